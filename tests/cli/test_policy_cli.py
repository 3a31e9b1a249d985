"""``ccm policy``: an administrator decides in the terminal what the rules leave to the practice."""

import json
import re
import sqlite3
from pathlib import Path

import pytest
from support.practice import NOTE
from support.terminal import Ccm, fine, refused

from ledger.practice.settings import EXAMPLES

ADMIN = ("--as", "admin1")


def row(printed: str, name: str) -> list[str]:
    (line,) = (line for line in printed.splitlines() if line.startswith(name))
    return re.split(r"\s{2,}", line.strip())


def test_show_lists_every_policy_with_its_value(ccm: Ccm) -> None:
    printed = fine(ccm("policy", "show"))
    assert [line.split()[0] for line in printed.splitlines()[1:]] == list(EXAMPLES)
    assert row(printed, "bands") == ["bands", "Minutes that count as near", "[[15, 19], [35, 39]]"]
    assert row(printed, "rpm_time") == ["rpm_time", "RPM minutes that count", '"management"']
    assert '"CNM", "CNS", "DO"' in row(printed, "qualifying_credentials")[2]
    assert "changed" not in printed


@pytest.mark.parametrize(
    ("name", "word", "value"),
    [
        ("rpm_time", "interactive", "interactive"),
        ("care_plan_max_days", "300", 300),
        ("count_outreach_attempts", "true", True),
        ("bands", "[[55, 59]]", [[55, 59]]),
        ("payments", '{"2026": {"99490": 6500}}', {"2026": {"99490": 6500}}),
        ("qualifying_credentials", '["RN"]', ["RN"]),
    ],
)
def test_a_policy_is_set_shown_as_changed_and_reset(ccm: Ccm, name: str, word: str, value: object) -> None:
    default = json.loads(fine(ccm("policy", "show", "--json")))
    said = fine(ccm("policy", "set", name, word, *ADMIN))
    assert said == f"{name} is {word} now; every month that is not closed was evaluated again.\n"
    assert json.loads(fine(ccm("policy", "show", "--json"))) == {**default, name: value}
    assert row(fine(ccm("policy", "show")), name)[-1] == "changed"
    said = fine(ccm("policy", "reset", name, *ADMIN))
    assert said == f"{name} has its default again; every month that is not closed was evaluated again.\n"
    assert json.loads(fine(ccm("policy", "show", "--json"))) == default


def test_what_no_bill_depends_on_evaluates_nothing_again(ccm: Ccm) -> None:
    assert fine(ccm("policy", "set", "digest_hour", "16", *ADMIN)) == "digest_hour is 16 now.\n"
    assert row(fine(ccm("policy", "show")), "digest_hour")[-1] == "changed"
    assert " at 4:00 pm." in ccm("digest", "--team", "Blue Team").stderr
    assert fine(ccm("policy", "reset", "digest_hour", *ADMIN)) == "digest_hour has its default again.\n"


@pytest.mark.parametrize(
    ("name", "word"), [("digest_days", "[29]"), ("digest_days", "[0]"), ("digest_hour", "24"), ("digest_hour", "x")]
)
def test_a_day_or_an_hour_that_is_none_is_refused(ccm: Ccm, name: str, word: str) -> None:
    said = refused(ccm("policy", "set", name, word, *ADMIN), "POLICY_VALUE")
    assert f"ccm policy set {name}" in said


def test_an_own_payment_stands_in_the_list_of_the_month_and_in_the_ledger(ccm: Ccm, ledger: Path) -> None:
    fine(ccm("log", "--as", "nurse1", "P-1042", "20m", "meds", *NOTE.split()))
    assert "expected payment $66.13" in fine(ccm("month"))
    fine(ccm("policy", "set", "payments", '{"2026": {"99490": 6500}}', *ADMIN))
    assert "expected payment $65.00" in fine(ccm("month"))
    assert "99490 ($65.00)" in fine(ccm("patient", "P-1042"))
    assert "is whole" in fine(ccm("verify"))
    with sqlite3.connect(ledger) as connection:
        changes = connection.execute("SELECT name, before, after, recorded_by FROM policy_changes").fetchall()
    connection.close()
    assert changes == [("payments", '{"value": null}', '{"value": {"2026": {"99490": 6500}}}', "admin1")]


def test_bands_change_whom_the_near_list_shows(ccm: Ccm) -> None:
    fine(ccm("log", "--as", "nurse1", "P-1042", "57m", "meds", *NOTE.split()))
    assert "P-1042" not in fine(ccm("near"))
    fine(ccm("policy", "set", "bands", "[[55, 59]]", *ADMIN))
    assert "P-1042" in fine(ccm("near"))


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("set", "rpm_tme", "interactive", *ADMIN), "POLICY_UNKNOWN", "There are: bands, qualifying_credentials"),
        (("set", "rpm_time", "all", *ADMIN), "POLICY_VALUE", "ccm policy set rpm_time management --as admin1"),
        (("set", "bands", "[[9]]", *ADMIN), "POLICY_VALUE", "ccm policy set bands '[[15, 19], [35, 39]]' --as admin1"),
        (
            ("set", "care_plan_max_days", "many", *ADMIN),
            "POLICY_VALUE",
            "must be a valid integer. Nothing was changed.",
        ),
        (("set", "care_plan_max_days", "null", *ADMIN), "POLICY_VALUE", "Nothing was changed."),
        (("set", "payments", '{"2026": {"1": 5}}', *ADMIN), "POLICY_VALUE", "no rulebook has the code 1"),
        (("set", "payments", "{99490: 65}", *ADMIN), "POLICY_VALUE", '\'{"2026": {"99490": 6500}}\''),
        (("reset", "everything", *ADMIN), "POLICY_UNKNOWN", "Nothing was changed."),
        (("set", "rpm_time", "interactive", "--as", "lead1"), "ROLE_NEEDED", "lead1 is no admin. Nothing was changed."),
        (("reset", "rpm_time", "--as", "biller1"), "ROLE_NEEDED", "Name an administrator"),
        (("set", "rpm_time", "interactive", "--as", "gone1"), "PERSON_INACTIVE", "correct your dates"),
        (("set", "rpm_time", "interactive", "--as", "nobody"), "STAFF_UNKNOWN", "'nobody'"),
    ],
)
def test_what_cannot_be_decided_says_why_and_changes_nothing(
    ccm: Ccm, words: tuple[str, ...], code: str, told: str
) -> None:
    before = fine(ccm("policy", "show"))
    assert told in refused(ccm("policy", *words), code)
    assert fine(ccm("policy", "show")) == before


def test_a_decision_needs_somebody_who_takes_it(ccm: Ccm) -> None:
    result = ccm("policy", "set", "rpm_time", "interactive")
    assert result.exit_code == 2
    assert "--as" in result.stderr


def test_an_admin_who_has_left_decides_nothing(ccm: Ccm, tmp_path: Path) -> None:
    file = tmp_path / "staff.csv"
    columns = "id,slack_user_id,name,credential,roles,teams,active_from,active_to,supervised"
    file.write_text(f"{columns}\nadmin1,,Admin One,,admin,,,2026-11-23,yes\n", encoding="utf-8")
    fine(ccm("import", "staff", str(file)))
    refused(ccm("policy", "set", "rpm_time", "interactive", *ADMIN), "PERSON_INACTIVE")


def test_the_history_says_who_changed_what_and_when_newest_first(ccm: Ccm) -> None:
    fine(ccm("policy", "set", "digest_hour", "16", *ADMIN))
    fine(ccm("policy", "reset", "digest_hour", *ADMIN))
    lines = fine(ccm("policy", "history")).splitlines()[1:]
    assert sorted(re.split(r"\s{2,}", line.strip()) for line in lines) == [
        ["2026-11-24 10:00", "admin1", "digest_hour", "16", "default"],
        ["2026-11-24 10:00", "admin1", "digest_hour", "default", "16"],
    ]
    assert {change["name"] for change in json.loads(fine(ccm("policy", "history", "--json")))} == {"digest_hour"}


def test_credentials_are_stored_as_those_of_the_staff_are_compared_and_that_is_told(ccm: Ccm) -> None:
    result = ccm("policy", "set", "qualifying_credentials", '["R.N.", "rn", "LVN", "CHW"]', *ADMIN)

    assert result.exit_code == 0, result.output
    assert 'qualifying_credentials is ["RN", "LPN", "CHW"] now' in result.stdout
