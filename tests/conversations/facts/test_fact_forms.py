"""The forms for facts: opened by a command with gaps or by a button, and what comes of submitting them."""

from collections.abc import Mapping
from typing import Any

import pytest
from sqlalchemy import select
from support.facts import import_fact_rows, stored_facts
from support.forms import opened, prefilled
from support.practice import import_rows, staff_row, verified
from support.slack import STRANGER, Harness, has_button, picked

from bot.commands.facts.kinds import fact_keepers
from bot.commands.registry import command_named
from bot.playground import Glance
from ledger.storage.tables import PatientFactRow

NURSE, LEAD, BILLER, DOCTOR, ADMIN = "U0NURSE1", "U0LEAD1", "U0BILLER1", "U0DOCTOR1", "U0ADMIN1"
TODAY = {"date": "2026-11-24"}
NOTHING_SAVED = "*That cannot be recorded yet.* Nothing was saved."

FORMS: dict[str, tuple[str, Mapping[str, str], Mapping[str, Any], str]] = {
    "consent": ("Record consent", TODAY, {"form": "verbal", "date": "2026-11-03"}, "consent P-1046 11/03 verbal"),
    "plan": ("Record care plan", TODAY, {"substantial": ["yes"]}, "plan P-1046 substantial"),
    "visit": ("Record visit", TODAY, {"type": "E/M", "date": "2026-11-20"}, "visit P-1046 e/m 11/20"),
    "stay": (
        "Record stay",
        {},
        {"setting": "inpatient_rehab", "admitted": "2026-11-10", "admitted_time": "14:30", "discharged": "2026-11-13"},
        "stay P-1046 rehab 11/10 14:30 11/13",
    ),
    "device": ("Record device", {"set_up": "2026-11-24"}, {"set_up": "2026-11-05"}, "device P-1046 set up 11/05"),
    "readings": ("Record readings", {}, {"days": "18", "month": "2026-10"}, "readings P-1046 18 oct"),
    "enroll": (
        "Record enrollment",
        {"from": "2026-11-24"},
        {"program": "RPM", "from": "2026-11-02", "to": "2026-11-20", "reason": "other_practice"},
        "enroll P-1046 rpm 11/02 until 11/20 other practice",
    ),
    "complex": (
        "Designate complex care",
        TODAY,
        {"mdm": "high", "rationale": "New heart failure.\nFour <medications> & doses changed."},
        'complex P-1046 high "New heart failure.\nFour <medications> & doses changed."',
    ),
    "mark": (
        "Mark a month",
        {"month": "2026-11"},
        {"mark": "billed_elsewhere", "program": "CCM", "month": "2026-10"},
        "mark P-1046 elsewhere ccm oct",
    ),
}
"""By command: the title, what the form begins with, what is filled in, and a line that says the same."""


def who(command: str) -> str:
    return {"complex": DOCTOR, "mark": BILLER}.get(command, NURSE)


def submit(harness: Harness, command: str, values: Mapping[str, Any], line: str = "") -> Glance:
    """What is seen after filling in the form that the command opens."""
    user = who(command)
    form = opened(harness.say(f"/ccm {command} {line}".strip(), user))
    return harness.person(user).submit(form, dict(values))


def stored(harness: Harness) -> list[dict[str, Any]]:
    """Facts of P-1046 without when they were recorded."""
    with harness.looking() as connection:
        rows = connection.execute(select(PatientFactRow.__table__).filter_by(patient_code="P-1046")).mappings()
        return [{name: value for name, value in row.items() if name != "recorded_at"} for row in rows]


def test_there_is_a_form_for_every_fact() -> None:
    assert set(FORMS) == set(fact_keepers())


@pytest.mark.parametrize("command", FORMS)
def test_a_command_alone_opens_its_form_and_complains_of_nothing(harness: Harness, command: str) -> None:
    title, begin, _, _ = FORMS[command]

    view = opened(harness.say(f"/ccm {command}", who(command)))

    assert view.title == title
    assert prefilled(view) == begin
    assert NOTHING_SAVED not in view.words
    assert "Still needed" not in view.words
    assert "In one line, for example: `/ccm " in view.words


@pytest.mark.parametrize("command", FORMS)
def test_the_line_below_a_form_works_when_pasted(harness: Harness, command: str) -> None:
    view = opened(harness.say(f"/ccm {command}", who(command)))
    example = view.words.partition("In one line, for example: `")[2].partition("`")[0]
    if command == "enroll":
        example = example.replace(" ccm", " rpm")

    assert "*Recorded" in harness.say(example, who(command)).words


@pytest.mark.parametrize("command", FORMS)
def test_a_form_records_what_the_line_would_and_shows_what_it_changed(harness: Harness, command: str) -> None:
    _, _, values, line = FORMS[command]

    done = opened(submit(harness, command, {"patient": picked("P-1046"), **values}))

    assert done.title == "Recorded"
    assert "*Recorded* · *P-1046*" in done.words
    before = stored(harness)
    again = harness.say(f"/ccm {line}", who(command))
    assert "*Known already*" in again.words
    assert stored(harness) == before
    assert verified(harness.database, harness.practice).difference is None


@pytest.mark.parametrize("command", FORMS)
def test_a_form_delivered_twice_records_once_and_answers_alike(harness: Harness, command: str) -> None:
    _, _, values, _ = FORMS[command]
    submit(harness, command, {"patient": picked("P-1046"), **values})
    before = stored_facts(harness.database)

    again = harness.deliver_again("interactive")

    assert stored_facts(harness.database) == before
    assert "nothing was saved twice" in str(again)


@pytest.mark.parametrize("command", FORMS)
@pytest.mark.parametrize("user", [NURSE, LEAD, BILLER, DOCTOR, ADMIN])
def test_a_form_of_those_who_may_not_record_saves_nothing(harness: Harness, command: str, user: str) -> None:
    _, _, values, _ = FORMS[command]
    form = opened(harness.say(f"/ccm {command}", who(command)))
    harness.person(who(command)).submit(form, {"patient": picked("P-9999"), **values})
    view = harness.last_payload("interactive")["view"]
    view["state"]["values"]["patient"]["pick_patient"]["selected_option"] = picked("P-1046")
    before = stored_facts(harness.database)

    answer = str(harness.deliver_again("interactive", user={"id": user}, view=view))

    roles = {NURSE: "coordinator", LEAD: "lead", BILLER: "biller", DOCTOR: "practitioner", ADMIN: "admin"}
    may = roles[user] in command_named(command).roles
    assert ("ROLE_NEEDED" in answer) != may
    assert stored_facts(harness.database) == before + may


UNCLEAR: dict[str, tuple[list[str], dict[str, str]]] = {
    "consent P-1046 11/03": (["Still needed: verbal or written."], {"patient": "P-1046", "date": "2026-11-03"}),
    "consent P-9999 verbal": (['"P-9999" names no patient.', NOTHING_SAVED], {"form": "verbal", **TODAY}),
    "consent P-1042 verbal 2026-12-01": (
        ['"2026-12-01" lies in the future.'],
        {"patient": "P-1042", "form": "verbal"},
    ),
    "consent P-1042 verbal written": (
        ['"written" is one too many beside "verbal".'],
        {"patient": "P-1042", **TODAY},
    ),
    "consent P-1042 verbal ccm 11/03 revoked 11/01": (
        ["Revoked on: 2026-11-01 is before the consent. Correct one of the two dates."],
        {"patient": "P-1042", "form": "verbal", "program": "CCM", "date": "2026-11-03", "revoked": "2026-11-01"},
    ),
    "consent P-1044 verbal": (
        [
            "Program: P-1044 is enrolled in CCM and RPM: which program",
            "`/ccm consent P-1044 verbal ccm 2026-11-24`",
        ],
        {"patient": "P-1044", "form": "verbal", **TODAY},
    ),
    "plan P-1042 <b>&": (['"&lt;b&gt;&amp;" means nothing here.'], {"patient": "P-1042", **TODAY}),
    "visit P-1042": (["Still needed: which visit it was: AWV, IPPE, E/M or TCM."], {"patient": "P-1042", **TODAY}),
    "stay P-1042 snf": (
        ["Still needed: the day of admission.", "`/ccm stay P-1042 snf 2026-11-24`"],
        {"patient": "P-1042", "setting": "snf"},
    ),
    "stay P-1042 snf 11/10 14:30 11/05": (
        ["Discharged on: is before the admission."],
        {
            "patient": "P-1042",
            "setting": "snf",
            "admitted": "2026-11-10",
            "admitted_time": "14:30",
            "discharged": "2026-11-05",
        },
    ),
    "stay P-1042 snf 2026-03-08T02:30": (
        ["2026-03-08T02:30 did not happen in America/New_York"],
        {"patient": "P-1042", "setting": "snf", "admitted": "2026-03-08", "admitted_time": "02:30"},
    ),
    "readings P-1042 31": (
        ["Days with readings: 31 is more than a 30-day period can have.", "`/ccm readings P-1042 18`"],
        {"patient": "P-1042", "days": "31"},
    ),
    "readings P-1042 2025-01": (
        ["Still needed: on how many days there were readings."],
        {"patient": "P-1042", "month": "2025-01"},
    ),
    "readings P-1042 18 from 11/20": (
        ["Days with readings: 18 is more than there were from 2026-11-20 to 2026-11-24."],
        {"patient": "P-1042", "days": "18", "from": "2026-11-20"},
    ),
    "readings P-1042 11/05-11/06 oct": (
        ["Or the dates: stands beside month."],
        {"patient": "P-1042", "month": "2026-10", "dates": "2026-11-05;2026-11-06"},
    ),
    "consent P-1042 verbal with nurse1 by nobody said:cost": (
        ["Practitioner: 'nurse1' is no practitioner", "Taken by: no staff member has the id 'nobody'."],
        {
            "patient": "P-1042",
            "form": "verbal",
            "practitioner": "nurse1",
            "by": "nobody",
            "said": "cost_sharing",
            **TODAY,
        },
    ),
    "plan P-1042 11/03 copy:caregiver": (
        ["How a copy was given: is empty. Say how the copy was given: mail, portal, in_person, email, fax"],
        {"patient": "P-1042", "copy_to": "caregiver", "date": "2026-11-03"},
    ),
    "plan P-1042 11/03 copy:mail given 11/02": (
        ["Given on: 2026-11-02 is before the plan."],
        {"patient": "P-1042", "copy_how": "mail", "date": "2026-11-03", "copy_date": "2026-11-02"},
    ),
    "mark P-1042": (
        ["Still needed: what the month is marked with: apcm, elsewhere, or a code such as G0181."],
        {"patient": "P-1042", "month": "2026-11"},
    ),
    "mark P-1042 elsewhere": (
        ["Program: is empty. Name the program that another practice bills"],
        {"patient": "P-1042", "mark": "billed_elsewhere", "month": "2026-11"},
    ),
    "mark P-1042 G0181 ccm": (
        ["Program: stands beside G0181."],
        {"patient": "P-1042", "mark": "G0181", "program": "CCM", "month": "2026-11"},
    ),
    "mark P-1042 G0181 undo": (
        ["says yes, but P-1042 has nothing like it on 2026-11-01."],
        {"patient": "P-1042", "mark": "G0181", "month": "2026-11", "withdrawn": "yes"},
    ),
    "enroll P-1042": (["Still needed: the program."], {"patient": "P-1042", "from": "2026-11-24"}),
    "enroll P-1042 ccm": (
        ["From: P-1042 is enrolled in CCM already, since 2026-01-05.", "`/ccm enroll P-1042 ccm until 2026-11-24`"],
        {"patient": "P-1042", "program": "CCM", "from": "2026-01-05"},
    ),
    "enroll P-1042 rpm until today": (
        ["P-1042 is not enrolled in RPM, so there is nothing to end."],
        {"patient": "P-1042", "program": "RPM", "to": "2026-11-24"},
    ),
    "complex P-1042 high": (
        ["Still needed: the rationale."],
        {"patient": "P-1042", "mdm": "high", **TODAY},
    ),
}


@pytest.mark.parametrize("line", UNCLEAR)
def test_a_line_with_gaps_or_mistakes_opens_the_form_with_what_was_understood(harness: Harness, line: str) -> None:
    said, begin = UNCLEAR[line]
    before = stored_facts(harness.database)

    view = opened(harness.say(f"/ccm {line}", who(line.partition(" ")[0])))

    assert [words for words in said if words not in view.words] == []
    assert prefilled(view) == begin
    assert stored_facts(harness.database) == before


@pytest.mark.parametrize(
    ("command", "wrong", "field", "words"),
    [
        ("consent", {"patient": picked("P-9999")}, "patient", "No patient is called P-9999."),
        ("consent", {"date": "2026-11-25"}, "date", "lies in the future"),
        ("consent", {"revoked": "2026-11-01"}, "revoked", "is before the consent"),
        ("consent", {"patient": picked("P-1044")}, "program", "P-1044 is enrolled in CCM and RPM"),
        ("stay", {"discharged": "2026-11-09"}, "discharged", "is before the admission"),
        ("stay", {"discharged": None, "discharged_time": "10:00"}, "discharged", "Say the day too."),
        ("stay", {"admitted": "2026-03-08", "admitted_time": "02:30"}, "admitted", "did not happen"),
        ("readings", {"days": "31"}, "days", "more than a 30-day period can have"),
        ("enroll", {"program": "CCM"}, "from", "is enrolled in CCM already, since 2026-01-05."),
        ("enroll", {"to": "2026-11-01"}, "to", "is before the first day"),
        ("enroll", {"to": None, "reason": "moved"}, "to", "Say until when: the reason is why the enrollment ended."),
        ("enroll", {"to": "2026-11-30", "reason": "died"}, "to", "lies in the future"),
        ("complex", {"rationale": "  "}, "rationale", "Say the rationale"),
    ],
)
def test_what_is_wrong_is_said_beside_its_input(
    harness: Harness, command: str, wrong: dict[str, Any], field: str, words: str
) -> None:
    before = stored_facts(harness.database)

    seen = submit(harness, command, {"patient": picked("P-1046"), **FORMS[command][2], **wrong})

    assert list(seen.errors) == [field]
    assert words in seen.errors[field]
    assert stored_facts(harness.database) == before


def test_everything_that_is_wrong_is_said_at_once(harness: Harness) -> None:
    wrong = {"date": "2026-11-25", "revoked": "2026-11-26"}

    seen = submit(harness, "consent", {"patient": picked("P-1046"), **FORMS["consent"][2], **wrong})

    assert set(seen.errors) == {"date", "revoked"}


def test_what_is_wrong_with_no_input_is_said_above_the_form_which_keeps_what_was_filled_in(harness: Harness) -> None:
    row = staff_row(id="doctor2", slack_user_id=STRANGER, name="Doctor Two", credential="RN", roles="practitioner")
    import_rows(harness.database, harness.practice, "staff", [row], at=harness.clock())
    form = opened(harness.say("/ccm complex P-1042 high", STRANGER))

    seen = opened(harness.person(STRANGER).submit(form, {"rationale": "New heart failure."}))

    assert "'doctor2' is no practitioner" in seen.words
    assert prefilled(seen) == {"patient": "P-1042", "mdm": "high", "rationale": "New heart failure.", **TODAY}


def test_a_failure_keeps_what_was_filled_in(harness: Harness, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.commands.facts.shared.record_fact", lambda *_, **__: {}["gone"])

    seen = opened(submit(harness, "plan", {"patient": picked("P-1046"), "substantial": ["yes"]}))

    assert "Nothing was saved." in seen.words
    assert prefilled(seen) == {"patient": "P-1046", "substantial": "yes", **TODAY}


def test_a_form_that_came_too_late_gives_the_line_back(harness: Harness) -> None:
    harness.allows_refusals = True
    harness.slowness = harness.slowness.resolution * 4_000_000

    seen = harness.say("/ccm consent P-1046 11/03")

    assert "Slack waits three seconds for a form" in seen.words
    assert "/ccm consent P-1046 11/03" in seen.words


def lacking(harness: Harness) -> None:
    """A patient who lacks a consent to two programs, a care plan and a visit."""
    gaps = dict.fromkeys(
        ("consent_date", "consent_form", "care_plan_date", "initiating_visit_date", "initiating_visit_type"), ""
    )
    harness.enroll([{"code": "P-1050", "programs": "CCM;RPM", **gaps}])


def test_the_statement_has_a_button_for_each_fact_that_would_clear_a_blocker(harness: Harness) -> None:
    lacking(harness)

    seen = harness.say("/ccm patient P-1050")

    labels = [
        element["text"]["text"]
        for block in seen.message.blocks
        if block["type"] == "actions"
        for element in block["elements"]
    ]
    wanted = ["Record consent (CCM)", "Record care plan", "Record visit", "Record consent (RPM)"]
    assert labels == [*wanted, "All facts"]
    form = opened(harness.press(seen, "fact_form_open_plan"))
    assert prefilled(form) == {"patient": "P-1050", **TODAY}
    assert opened(harness.person().submit(form)).title == "Recorded"
    assert not has_button(harness.say("/ccm patient P-1050").message, "fact_form_open_plan")


@pytest.mark.parametrize("user", [BILLER, DOCTOR, ADMIN])
def test_those_who_may_record_none_of_them_have_no_button(harness: Harness, user: str) -> None:
    lacking(harness)

    seen = harness.say("/ccm patient P-1050", user)

    assert "*Blocked:*" in seen.words
    assert "fact_form_open" not in str(seen.message.blocks)


def test_a_button_for_a_fact_does_nothing_for_those_who_may_not(harness: Harness) -> None:
    lacking(harness)
    harness.press(harness.say("/ccm patient P-1050"), "fact_form_open_plan")
    harness.deliver_again("interactive", user={"id": BILLER})

    assert "ROLE_NEEDED" in "\n".join(each.words for each in harness.person().messages("C0GENERAL"))


def test_a_consent_from_before_is_revoked_by_form(harness: Harness) -> None:
    import_fact_rows(
        harness.database,
        harness.practice,
        "consents",
        [{"patient": "P-1046", "program": "CCM", "date": "2026-11-03", "form": "verbal"}],
        at=harness.clock(),
    )

    done = opened(submit(harness, "consent", {"revoked": "2026-11-20"}, "P-1046 verbal 11/03 revoked"))

    assert "revoked Fri Nov 20, 2026" in done.words
