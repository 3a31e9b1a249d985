"""``ccm doctor`` before the local Slack: each fault is found under its code with what to do; none ends in a crash."""

import json
import shlex
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import Result
from sqlalchemy import insert, select, update
from structlog.testing import capture_logs
from support.attestations import attest_all
from support.books import a_book, brought
from support.databases import migrate_to
from support.practice import a_practice, an_entry, import_rows, patient_of_an_older_version, record, staff_row
from support.slack import BLUE, GREEN, Harness, ManualClock, open_harness
from support.workspaces import ONE, TWO, Workspaces, many_workspaces
from typer.testing import CliRunner

from bot.cli import app
from bot.doctor.checks import PARTS
from bot.oauth.encryption import new_key
from bot.runtime.demo import free_port
from bot.runtime.scheduler import practice_jobs, run_jobs
from ledger.storage.database import Database
from ledger.storage.tables import PracticeRow, StaffRow

Doctor = Callable[..., Result]


@pytest.fixture
def doctor(harness: Harness, monkeypatch: pytest.MonkeyPatch) -> Doctor:
    """Runs ``ccm doctor`` with the settings of the harness, at the harness's hour."""
    return doctor_of(harness, monkeypatch)


def doctor_of(harness: Harness, monkeypatch: pytest.MonkeyPatch) -> Doctor:
    place = harness.playground.workspace.installation
    monkeypatch.setenv("CCM_DATABASE_URL", harness.database.url.render_as_string(hide_password=False))
    monkeypatch.setenv("SLACK_API_URL", harness.playground.api_url)
    monkeypatch.setenv("SLACK_BOT_TOKEN", place.bot_token)
    monkeypatch.setenv("SLACK_APP_TOKEN", place.app_token)
    monkeypatch.setenv("SLACK_SIGNING_SECRET", place.signing_secret)
    run_jobs("T0TEST", practice_jobs(harness.database, "T0TEST", harness.client, harness.clock))
    attest_all(harness.database, harness.practice, harness.clock().date(), at=harness.clock())
    return at_hour(harness.clock, monkeypatch)


def at_hour(clock: ManualClock, monkeypatch: pytest.MonkeyPatch) -> Doctor:
    """Runs ``ccm doctor`` with the settings as they are, at the hour of that clock."""
    monkeypatch.setenv("COLUMNS", "220")

    def frozen(zone: tzinfo) -> datetime:
        return clock.now.astimezone(zone)

    monkeypatch.setattr("ledger.clock.datetime", SimpleNamespace(now=frozen))

    def run(*words: str) -> Result:
        with capture_logs():  # the entry point of ccm sends the log to standard error, which this leaves out
            return CliRunner().invoke(app, ["doctor", *words])

    return run


def found(result: Result) -> dict[str, tuple[str, str, str]]:
    """By code: the level, the title and the remedy of what was found."""
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return {one["code"]: (one["level"], one["title"], one["remedy"]) for one in json.loads(result.stdout)}


def amiss(result: Result) -> dict[str, str]:
    """By code: the level of what is not as it should be."""
    return {code: level for code, (level, _, _) in found(result).items() if level != "ok"}


def test_a_sound_installation_has_nothing_amiss(doctor: Doctor) -> None:
    result = doctor("--json")

    assert (amiss(result), result.exit_code) == ({}, 0)
    codes = set(found(result))
    assert codes >= {
        "SLACK_TOKEN",
        "SOCKET_MODE",
        "HTTP_MODE",
        "SCOPES",
        "CLOCK",
        "DATABASE",
        "MIGRATIONS",
        "DURABILITY",
    }
    assert codes >= {"TRIGGERS", "RECORD", "ADMINS", "NEXT", "QUEUES", "PRACTICE", "CHANNEL", "POLICY"}


def test_what_is_found_is_told_in_words_with_what_comes_next(doctor: Doctor) -> None:
    result = doctor()

    assert result.exit_code == 0
    assert "ok       NEXT: Digest of Blue Team: next on Wed Nov 25 at 9:00" in result.stdout
    assert "0 warning, 0 problem." in result.stderr


def test_a_problem_is_told_with_its_remedy_and_an_exit_code(
    harness: Harness, doctor: Doctor, monkeypatch: pytest.MonkeyPatch
) -> None:
    harness.playground.workspace.channels[BLUE].bot_is_member = False

    result = doctor()

    assert result.exit_code == 1
    line = result.stdout.index("problem  BOT_NOT_IN_CHANNEL: The bot is not in C0BLUE of Blue Team.")
    assert "Type in it: /invite @CCM Ledger" in result.stdout[line:].splitlines()[1]
    assert "1 problem." in result.stderr


def test_scopes_that_the_token_lacks_are_named(harness: Harness, doctor: Doctor) -> None:
    harness.allows_refusals = True
    features = harness.playground.workspace.features
    harness.playground.workspace.features = replace(features, scopes=features.scopes - {"files:write", "groups:read"})

    level, title, remedy = found(doctor("--json"))["SCOPES_MISSING"]

    assert (level, title) == ("problem", "The bot token of T0TEST lacks files:write, groups:read.")
    assert "manifest.yml" in remedy


def test_an_earlier_installation_cannot_look_at_channels(harness: Harness, doctor: Doctor) -> None:
    harness.allows_refusals = True
    features = harness.playground.workspace.features
    harness.playground.workspace.features = replace(features, scopes=features.scopes - {"channels:read"})

    assert amiss(doctor("--json")) == {"SCOPES_MISSING": "problem", "CHANNEL_NOT_EXAMINED": "warning"}


def test_scopes_that_nothing_needs_are_named(harness: Harness, doctor: Doctor) -> None:
    features = harness.playground.workspace.features
    harness.playground.workspace.features = replace(features, scopes=features.scopes | {"users:read.email"})

    assert (
        found(doctor("--json"))["SCOPES_UNUSED"][1]
        == "The bot token of T0TEST may more than it needs: users:read.email."
    )


@pytest.mark.parametrize(
    ("minutes", "code", "words"),
    [
        (10, "CLOCK_WRONG", "600 seconds behind"),
        (-10, "CLOCK_WRONG", "600 seconds ahead of"),
        (0.5, "CLOCK_OFF", "30 seconds behind"),
    ],
)
def test_a_clock_that_differs_from_slacks_is_found(
    harness: Harness, doctor: Doctor, minutes: float, code: str, words: str
) -> None:
    harness.playground.workspace.clock = lambda: harness.clock.seconds() + 60 * minutes

    assert words in found(doctor("--json"))[code][1]


def test_a_channel_that_cannot_be_posted_in_is_found_with_why(harness: Harness, doctor: Doctor) -> None:
    harness.allows_refusals = True
    channels = harness.playground.workspace.channels
    channels[BLUE].is_archived = True
    channels[GREEN].is_private, channels[GREEN].bot_is_member = True, False
    import_rows(harness.database, harness.practice, "teams", [{"name": "Red Team", "channel_id": "C0RED"}])
    with harness.database.of("T0TEST").writing() as connection:
        connection.exec_driver_sql("UPDATE care_teams SET channel_id = '' WHERE name = 'Red Team'")

    codes = amiss(doctor("--json"))

    assert codes == {"CHANNEL_ARCHIVED": "problem", "CHANNEL_GONE": "problem", "TEAM_WITHOUT_CHANNEL": "warning"}


def test_a_channel_shared_with_another_organization_is_found(harness: Harness, doctor: Doctor) -> None:
    harness.playground.workspace.channels[BLUE].is_ext_shared = True

    level, title = found(doctor("--json"))["CHANNEL_SHARED"][:2]

    assert level == "problem"
    assert "shared with another organization" in title


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("SLACK_BOT_TOKEN", "xoxb-wrong", "SLACK_TOKEN"),
        ("SLACK_BOT_TOKEN", "", "SETTING_MISSING"),
        ("SLACK_BOT_TOKEN", "xoxb-…", "SETTING_WRONG"),
        ("SLACK_API_URL", "http://127.0.0.1:{port}/api/", "SLACK_AWAY"),
    ],
)
def test_without_slack_the_ledger_is_examined_all_the_same(
    harness: Harness, monkeypatch: pytest.MonkeyPatch, name: str, value: str, code: str
) -> None:
    harness.allows_refusals = True
    doctor = doctor_of(harness, monkeypatch)
    monkeypatch.setenv(name, value.format(port=free_port()))

    result = doctor("--json")

    assert amiss(result) == {code: "problem", "NOT_EXAMINED": "warning"}
    assert result.exit_code == 1
    assert "RECORD" in found(result)


def test_an_app_token_that_slack_refuses_is_found(harness: Harness, doctor: Doctor, monkeypatch: Any) -> None:
    harness.allows_refusals = True
    monkeypatch.setenv("SLACK_APP_TOKEN", "xapp-wrong")

    assert found(doctor("--json"))["SLACK_TOKEN"][:2] == ("problem", "Slack refuses a token (invalid_auth).")


def test_an_app_token_copied_from_an_example_is_found(doctor: Doctor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLACK_APP_TOKEN", "xapp-…")

    assert amiss(doctor("--json")) == {"SETTING_WRONG": "problem"}


def test_without_a_way_in_nothing_can_come(doctor: Doctor, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET"):
        monkeypatch.delenv(name)

    assert amiss(doctor("--json")) == {"NO_WAY_IN": "problem"}


def test_an_answer_of_slack_that_nobody_expects_is_a_finding(harness: Harness, doctor: Doctor) -> None:
    harness.playground.fail_next("auth.test", status=500)

    assert amiss(doctor("--json")) == {"SLACK_REFUSES": "problem", "NOT_EXAMINED": "warning"}


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("postgresql://nobody@127.0.0.1:{port}/ccm", "DATABASE_AWAY"),
        ("sqlite:///{path}/nowhere.sqlite3", "LEDGER_MISSING"),
        ("nonsense", "DATABASE_URL"),
        ("mysql://localhost/ccm", "DATABASE_KIND"),
        ("sqlite:///{path}/broken.sqlite3", "LEDGER_UNREADABLE"),
    ],
)
def test_without_the_database_slack_is_examined_all_the_same(
    doctor: Doctor, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, url: str, code: str
) -> None:
    (tmp_path / "broken.sqlite3").write_bytes(b"no database" * 500)
    monkeypatch.setenv("CCM_DATABASE_URL", url.format(port=free_port(), path=tmp_path))

    result = doctor("--json")

    assert amiss(result) == {code: "problem", "NOT_EXAMINED": "warning"}
    assert "SCOPES" in found(result)
    assert not (tmp_path / "nowhere.sqlite3").exists()


def test_a_database_of_an_earlier_migration_is_found(
    doctor: Doctor, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    url = f"sqlite:///{tmp_path / 'old.sqlite3'}"
    migrate_to(url, "0005")
    monkeypatch.setenv("CCM_DATABASE_URL", url)

    level, title, remedy = found(doctor("--json"))["DATABASE_NOT_UPGRADED"]

    assert (level, remedy) == ("problem", "Run: ccm db upgrade")
    assert title.startswith("The database is at migration 0005; this program needs ")


def test_a_database_of_a_newer_program_is_found(harness: Harness, doctor: Doctor) -> None:
    with harness.database.of("T0TEST").writing() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")

    assert amiss(doctor("--json"))["DATABASE_NEWER"] == "problem"


def test_a_workspace_without_a_practice_is_found(
    harness: Harness, doctor: Doctor, monkeypatch: pytest.MonkeyPatch, sqlite_template: Path, tmp_path: Path
) -> None:
    other = shutil.copy(sqlite_template, tmp_path / "other.sqlite3")
    monkeypatch.setenv("CCM_DATABASE_URL", f"sqlite:///{other}")

    level, _, remedy = found(doctor("--json"))["PRACTICE_UNKNOWN"]

    assert level == "problem"
    assert remedy.startswith("Run: ccm init --workspace T0TEST")


def test_a_record_that_was_changed_and_a_trigger_that_is_gone_are_found(harness: Harness, doctor: Doctor) -> None:
    record(harness.database, harness.practice, an_entry())
    with closing(sqlite3.connect(str(harness.database.url.database))) as connection:
        connection.execute("DROP TRIGGER time_entries_no_update")
        connection.execute("UPDATE time_entries SET duration_minutes = 2")
        connection.commit()

    for words in (("--json",), ("--json", "--full")):
        told = found(doctor(*words))
        assert told["RECORD_DIFFERS"][0] == told["TRIGGERS_MISSING"][0] == "problem"
        assert "P-1042#1" in told["RECORD_DIFFERS"][1]
        assert "time_entries_no_update" in told["TRIGGERS_MISSING"][1]


def test_in_full_every_patient_is_verified(harness: Harness, doctor: Doctor) -> None:
    harness.enroll({"code": f"Q-{number}"} for number in range(40))

    assert "20 patients (a sample)" in found(doctor("--json"))["RECORD"][1]
    assert "45 patients (every one)" in found(doctor("--json", "--full"))["RECORD"][1]


def test_people_who_cannot_work_are_named_by_their_ids(harness: Harness, doctor: Doctor) -> None:
    rows = [
        staff_row(id="nurse8", slack_user_id="", name="Nurse Eight", credential="RN", roles="coordinator"),
        staff_row(id="nurse9", slack_user_id="U0NURSE9", name="Nurse Nine", credential="RN", roles=""),
        staff_row(id="admin1", slack_user_id="U0ADMIN1", name="Admin One", roles="admin", active_to="2026-01-31"),
    ]
    import_rows(harness.database, harness.practice, "staff", rows)

    result = doctor("--json")

    assert amiss(result) == dict.fromkeys(("STAFF_WITHOUT_SLACK", "STAFF_WITHOUT_ROLE", "NO_ADMIN"), "warning")
    assert result.exit_code == 0
    assert "Eight" not in result.stdout
    assert found(result)["STAFF_WITHOUT_SLACK"][1:] == ("No Slack id in T0TEST: nurse8.", "Type: /ccm staff nurse8")


def test_a_digest_that_waits_and_jobs_that_do_not_run_are_found(harness: Harness, doctor: Doctor) -> None:
    harness.clock.now = datetime(2026, 11, 25, 14, 30, tzinfo=UTC)

    result = doctor("--json")

    assert amiss(result) == {"MESSAGE_WAITS": "problem", "NOBODY_WATCHES": "warning"}
    assert "due for 30 minutes, not posted" in found(result)["MESSAGE_WAITS"][1]


def test_a_policy_that_cannot_be_read_is_found(harness: Harness, doctor: Doctor) -> None:
    with harness.database.of("T0TEST").writing() as connection:
        connection.exec_driver_sql("""UPDATE practices SET policy = '{"digest_hour": 99}'""")

    level, title, remedy = found(doctor("--json"))["POLICY_UNREADABLE"]

    assert (level, title) == ("problem", "A practice's setting digest_hour cannot be read.")
    assert "ccm policy reset digest_hour" in remedy


def test_a_full_disk_is_found_before_it_is_full(
    harness: Harness, doctor: Doctor, monkeypatch: pytest.MonkeyPatch
) -> None:
    for free, code, level in ((100_000_000, "DISK_FULL", "problem"), (900_000_000, "DISK_FILLS", "warning")):
        monkeypatch.setattr("bot.doctor.database.shutil.disk_usage", lambda _, free=free: SimpleNamespace(free=free))
        assert amiss(doctor("--json")) == {code: level}


def test_a_ledger_that_others_can_read_is_found(harness: Harness, doctor: Doctor) -> None:
    ledger = Path(str(harness.database.url.database))
    log = ledger.with_name(f"{ledger.name}-wal")
    for file in (ledger, log):
        file.chmod(0o644)
    said = doctor("--json")
    assert amiss(said) == {"LEDGER_READABLE": "warning"}
    _, title, remedy = found(said)["LEDGER_READABLE"]
    assert title == f"Others on this machine can read {ledger}, {log}."

    _, command = remedy.split(": ")
    subprocess.run(shlex.split(command), check=True)  # noqa: S603 - the remedy itself

    assert amiss(doctor("--json")) == {}


@pytest.fixture
def postgresql_harness(postgresql_database: Database, clock: ManualClock) -> Iterator[Harness]:
    """The bot at work on PostgreSQL."""
    with open_harness(postgresql_database, a_practice(postgresql_database), clock) as harness:
        yield harness


def test_postgresql_is_examined_by_its_own_measures(
    postgresql_harness: Harness, monkeypatch: pytest.MonkeyPatch
) -> None:
    doctor = doctor_of(postgresql_harness, monkeypatch)

    result = doctor("--json")

    # The server of the tests does not wait for the disk.
    assert amiss(result) == {"DURABILITY_OFF": "problem"}
    assert found(result)["APART"][1] == "PostgreSQL shows the role ccm no row of another practice."
    assert found(result)["DATABASE"][1].startswith("PostgreSQL ")
    assert "TRIGGERS" in found(result)
    with postgresql_harness.database.of("T0TEST").writing() as connection:
        connection.exec_driver_sql("ALTER TABLE takes DISABLE TRIGGER takes_append_only")
    try:
        assert "takes_append_only" in found(doctor("--json"))["TRIGGERS_MISSING"][1]
    finally:
        with postgresql_harness.database.of("T0TEST").writing() as connection:
            connection.exec_driver_sql("ALTER TABLE takes ENABLE TRIGGER takes_append_only")


@pytest.fixture
def workspaces(sqlite_database: Database, clock: ManualClock) -> Iterator[Workspaces]:
    """Two workspaces that installed the bot."""
    with many_workspaces(sqlite_database, clock) as workspaces:
        workspaces.install(ONE, TWO)
        for team in (ONE, TWO):
            workspaces.employ(team)
        yield workspaces


def test_every_workspace_that_installed_the_app_is_examined(
    workspaces: Workspaces, monkeypatch: pytest.MonkeyPatch
) -> None:
    doctor = doctor_in(workspaces, monkeypatch)
    assert {code for code, level in amiss(doctor("--json")).items() if level == "problem"} == set()

    workspaces.allows_refusals = True
    workspaces.playground(ONE).workspace.access.end("token_revoked")
    workspaces.playground(TWO).workspace.channels[BLUE].bot_is_member = False
    told = found(doctor("--json"))

    assert told["INSTALLATIONS"][1] == "2 workspaces have the app; CCM_TOKEN_KEYS opens their tokens."
    assert told["TOKEN_REFUSED"][1] == f"Slack refuses the token of {ONE} (token_revoked)."
    assert told["TOKEN_REFUSED"][2].endswith("/slack/install")
    assert TWO in told["SCOPES"][1]
    assert told["BOT_NOT_IN_CHANNEL"][0] == "problem"


def test_an_app_that_nobody_installed_yet_is_found(
    sqlite_database: Database, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    with many_workspaces(sqlite_database, clock) as workspaces:
        result = doctor_in(workspaces, monkeypatch)("--json")

    assert amiss(result) == {"NOT_INSTALLED": "warning"}
    assert found(result)["NOT_INSTALLED"][2].endswith("/slack/install")


def test_keys_that_do_not_open_the_tokens_are_found(workspaces: Workspaces, monkeypatch: pytest.MonkeyPatch) -> None:
    doctor = doctor_in(workspaces, monkeypatch)
    monkeypatch.setenv("CCM_TOKEN_KEYS", new_key())

    codes = amiss(doctor("--json"))

    assert codes["TOKEN_KEYS_WRONG"] == "problem"
    assert codes["NOT_EXAMINED"] == "warning"


def doctor_in(workspaces: Workspaces, monkeypatch: pytest.MonkeyPatch) -> Doctor:
    """Runs ``ccm doctor`` with the settings of an app that is installed by OAuth."""
    ours = workspaces.installations.app
    for name in ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("CCM_DATABASE_URL", workspaces.database.url.render_as_string(hide_password=False))
    monkeypatch.setenv("SLACK_API_URL", workspaces.slack.api_url)
    monkeypatch.setenv("SLACK_SIGNING_SECRET", "0123")
    monkeypatch.setenv("SLACK_CLIENT_ID", ours.client_id)
    monkeypatch.setenv("SLACK_CLIENT_SECRET", ours.client_secret.get_secret_value())
    monkeypatch.setenv("CCM_TOKEN_KEYS", ours.token_keys.get_secret_value())
    monkeypatch.setenv("CCM_PUBLIC_URL", ours.public_url)
    return at_hour(workspaces.clock, monkeypatch)


def test_every_check_says_what_it_looks_at() -> None:
    checks = [check for part in PARTS for check in (*part.first, *part.others)]

    assert len(checks) == len(set(checks)) > 14
    assert all(check.__doc__ for check in checks)


def test_what_an_older_version_stored_is_named_with_how_to_mend_it(harness: Harness, doctor: Doctor) -> None:
    assert found(doctor("--json"))["VALUES"][0] == "ok"
    with harness.database.of("T0TEST").writing() as connection:
        for staff_id, credential in (("nurse1", "R.N."), ("nurse2", "Cook")):
            connection.execute(update(StaffRow).where(StaffRow.staff_id == staff_id).values(credential=credential))
        copied = connection.execute(select(StaffRow.__table__).where(StaffRow.staff_id == "lead1")).mappings().one()
        connection.execute(insert(StaffRow).values({**copied, "staff_id": "Lead1", "slack_user_id": "U0OTHER9"}))

        settings = {"qualifying_credentials": ["RN", "L.P.N.", "MD"]}
        connection.execute(update(PracticeRow).values(policy=settings))
    patient_of_an_older_version(harness.database, harness.practice, "SMITH-1950", ["N/A", "none"])

    said = found(doctor("--json"))

    assert "VALUES" not in said
    assert "nurse1 (means RN), nurse2." in said["CREDENTIAL_UNREAD"][1]
    assert said["CREDENTIAL_UNREAD"][2] == "Choose it again, as what it always was: /ccm staff nurse1"
    assert "L.P.N." in said["CREDENTIALS_UNMATCHED"][1]
    assert "Lead1, lead1" in said["STAFF_ALIKE"][1]
    assert said["CONDITIONS_UNREAD"][2] == "Write ICD-10-CM codes: /ccm patients SMITH-1950"
    assert said["CODES_NOT_OPAQUE"][1].endswith("that say something of the patient: 1.")
    assert "consent 1926-01-05" in said["DATES_UNLIKELY"][1]


def on_the(harness: Harness, day: datetime) -> None:
    harness.clock.now = day


@pytest.mark.parametrize(
    ("day", "missing"), [(datetime(2026, 11, 30, 15, tzinfo=UTC), False), (datetime(2026, 12, 1, 15, tzinfo=UTC), True)]
)
def test_from_december_on_next_years_rulebook_is_asked_for(
    harness: Harness, monkeypatch: pytest.MonkeyPatch, day: datetime, missing: bool
) -> None:
    doctor = doctor_of(harness, monkeypatch)
    on_the(harness, day)
    known = found(doctor("--json"))

    assert ("RULEBOOK_MISSING" in known) == missing
    assert ("RULEBOOKS" in known) == (not missing)
    if missing:
        level, title, remedy = known["RULEBOOK_MISSING"]
        assert level == "warning"
        assert title == "There is no rulebook of 2027: its months are evaluated provisionally, by medicare-2026."
        assert "ccm rulebook add medicare-2027.toml" in remedy


def test_brought_books_are_looked_at(harness: Harness, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    doctor = doctor_of(harness, monkeypatch)
    on_the(harness, datetime(2026, 12, 1, 15, tzinfo=UTC))
    a_book(tmp_path, 2027)
    a_book(tmp_path, 2026, ("cents = 6613", "cents = 6600"))
    with brought(tmp_path):
        known = found(doctor("--json"))
    assert known["RULEBOOKS"][0] == "ok"
    assert known["RULEBOOK_REPLACED"][0] == "warning"
    assert "RULEBOOK_COPIED" not in known  # of the corrected 2026 one figure differs

    (tmp_path / "medicare-2026.toml").unlink()
    with brought(tmp_path):
        level, title, _ = found(doctor("--json"))["RULEBOOK_COPIED"]
    assert level == "warning"
    assert title.startswith("medicare-2027 has every figure of medicare-2026")


def test_a_rulebook_that_cannot_be_used_is_a_problem_and_the_rest_is_looked_at(
    harness: Harness, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    a_book(tmp_path, 2027, ("cents = 6613", "cents = 66.13"))
    with brought(tmp_path):
        known = found(doctor_of(harness, monkeypatch)("--json"))
    assert known["RULEBOOK_INVALID"][0] == "problem"
    assert "DATABASE" in known


def test_what_the_practice_has_not_attested_for_a_year_is_named(harness: Harness, doctor: Doctor) -> None:
    assert found(doctor("--json"))["ATTESTATIONS"][0] == "ok"

    harness.clock.move(days=366)
    level, title, remedy = found(doctor("--json"))["ATTESTATIONS_DUE"]

    assert level == "warning"
    assert "T0TEST has not attested all: over a year old: 24/7 access (2026-11-24), Designated team member" in title
    assert "/ccm attest" in remedy
