"""Digests: one message a team on its day, whatever dies and however many processes run."""

import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from structlog.testing import capture_logs
from support.channel import FakeChannel
from support.deaths import Death
from support.patience import PATIENCE_SECONDS
from support.practice import NOTE, a_practice, an_entry, import_rows, local, patient_row, record
from support.threads import at_once

from jobs.digests.posting import ASKED_FOR, SCHEDULED, digest_for, run, run_due
from jobs.scheduling.claims import LEASE, Occurrence, claim, finish
from jobs.scheduling.tables import OccurrenceRow
from ledger.errors import LedgerError
from ledger.practice.practice import Practice
from ledger.roster.directory import Team, teams
from ledger.storage.database import Database

NINE = local("2026-11-25 09:00")
"""A Wednesday; the digests of the 25th and, for Thanksgiving, of the 26th."""
BOTH = ["C0BLUE", "C0GREEN"]
KEY = "digest:T0TEST:blue-team:2026-11-25T14:00Z"


def due(database: Database, channel: FakeChannel, at: datetime = NINE, by: str = "one") -> int:
    return run_due(database.of("T0TEST"), "T0TEST", channel, by=by, now=lambda: at)


def occurrences(database: Database) -> list[Any]:
    with database.of("T0TEST").reading() as connection:
        return list(connection.execute(select(OccurrenceRow.__table__).order_by(OccurrenceRow.team_id)).all())


def blue(database: Database) -> Team:
    with database.of("T0TEST").reading() as connection:
        return teams(connection, "T0TEST")[0]


def blue_digest(at: datetime = NINE) -> Occurrence:
    return Occurrence("T0TEST", SCHEDULED, "blue-team", at.astimezone(UTC))


def test_each_team_gets_one_digest_in_its_channel_at_nine(database: Database, practice: Practice) -> None:
    channel = FakeChannel()
    assert due(database, channel) == 2
    assert channel.posts == [("C0BLUE", KEY), ("C0GREEN", KEY.replace("blue", "green"))]
    assert due(database, channel, NINE + timedelta(minutes=1)) == 0
    assert due(database, channel, NINE + timedelta(hours=14)) == 0
    assert channel.channels == BOTH


def test_what_was_posted_is_kept_on_record(database: Database, practice: Practice) -> None:
    due(database, FakeChannel(), NINE + timedelta(seconds=20), by="host:7")
    row, _ = occurrences(database)
    assert (row.practice_id, row.kind, row.team_id) == ("T0TEST", SCHEDULED, "blue-team")
    assert (row.scheduled_at, row.claimed_by) == (NINE.astimezone(UTC), "host:7")
    assert (row.claimed_at, row.posted_at) == (NINE + timedelta(seconds=20), NINE + timedelta(seconds=20))
    assert row.lease_until == NINE + timedelta(seconds=20) + LEASE
    assert (row.channel_id, row.message_ts) == ("C0BLUE", "0.000100")


@pytest.mark.parametrize(
    "at",
    [
        local("2026-11-25 08:59:59"),
        local("2026-11-24 09:00"),
        local("2026-11-26 09:00"),
        local("2026-11-28 12:00"),
        local("2026-11-30 09:00"),
        local("2026-11-26 00:00"),
    ],
    ids=["before nine", "the day before", "a holiday", "a Saturday", "the last of the month", "past midnight"],
)
def test_nothing_is_posted_at_other_times(sqlite_database: Database, at: datetime) -> None:
    a_practice(sqlite_database)
    channel = FakeChannel()
    assert due(sqlite_database, channel, at) == 0
    assert (channel.posts, occurrences(sqlite_database)) == ([], [])


def test_a_process_that_starts_late_in_the_day_posts_what_was_missed(sqlite_database: Database) -> None:
    a_practice(sqlite_database)
    channel = FakeChannel()
    assert due(sqlite_database, channel, local("2026-11-25 23:59")) == 2


def test_each_day_has_its_own_digest(sqlite_database: Database) -> None:
    a_practice(sqlite_database)
    channel = FakeChannel()
    for day in range(20, 31):
        due(sqlite_database, channel, local(f"2026-11-{day} 10:00"))
    assert [key.rpartition(":")[0][-13:] for _, key in channel.posts] == ["2026-11-25T14"] * 2 + ["2026-11-27T14"] * 2


def test_nine_is_nine_on_the_practices_clock(sqlite_database: Database) -> None:
    a_practice(sqlite_database, timezone="America/Los_Angeles")
    channel = FakeChannel()
    assert due(sqlite_database, channel, NINE + timedelta(hours=2, minutes=59)) == 0
    assert due(sqlite_database, channel, NINE + timedelta(hours=3)) == 2


def test_a_digest_speaks_of_its_team_alone(database: Database, practice: Practice) -> None:
    import_rows(database, practice, "patients", [patient_row(code="P-1051", team="Green Team")])
    for code, minutes in (("P-1042", 17), ("P-1043", 25), ("P-1051", 38)):
        record(database, practice, an_entry(patient=code, minutes=minutes))
    channel = FakeChannel()
    due(database, channel)
    of_blue, of_green = channel.digests
    assert (of_blue.practice, of_blue.at, of_blue.team.name) == (practice, NINE, "Blue Team")
    assert [one.figures.patient_code for one in of_blue.worklist.near] == ["P-1042"]
    assert [one.figures.patient_code for one in of_green.worklist.near] == ["P-1051"]
    assert (of_blue.month.month, of_blue.month.expected_cents, of_blue.month.enrolled_patients) == (
        date(2026, 11, 1),
        6613,
        3,
    )
    assert NOTE not in str(channel.digests)


def test_a_digest_is_of_the_month_on_the_practices_clock(sqlite_database: Database) -> None:
    practice = a_practice(sqlite_database)
    team = blue(sqlite_database)
    with sqlite_database.of("T0TEST").reading() as connection:
        digest = digest_for(connection, practice, team, at=local("2026-11-30 23:30").astimezone(UTC))
    assert digest.worklist.month == digest.month.month == date(2026, 11, 1)


def test_two_processes_post_one_digest_a_team(database: Database, practice: Practice) -> None:
    channel = FakeChannel()
    others = [Database(database.url.render_as_string(hide_password=False)) for _ in range(3)]
    posted = at_once([partial(due, one, channel, by=str(number)) for number, one in enumerate((database, *others))])
    for other in others:
        other.close()
    assert channel.channels == BOTH
    assert sum(number for number in posted if isinstance(number, int)) == 2, posted


def test_a_process_that_dies_before_posting_leaves_the_digest_to_the_next(
    database: Database, practice: Practice
) -> None:
    channel = FakeChannel(dies="before posting")
    with pytest.raises(Death):
        due(database, channel)
    channel.dies = ""
    assert due(database, channel, NINE + timedelta(seconds=119), by="two") == 1
    assert channel.channels == ["C0GREEN"], "the lease holds for two minutes"
    assert due(database, channel, NINE + timedelta(minutes=2), by="two") == 1
    assert channel.channels == BOTH
    assert [row.claimed_by for row in occurrences(database)] == ["two", "two"]
    assert due(database, channel, NINE + timedelta(minutes=9)) == 0


def test_a_process_that_dies_after_posting_leaves_one_message(database: Database, practice: Practice) -> None:
    channel = FakeChannel(dies="after posting")
    with pytest.raises(Death):
        due(database, channel)
    assert [row.posted_at for row in occurrences(database)] == [None]
    channel.dies = ""
    assert due(database, channel, NINE + timedelta(minutes=2), by="two") == 2
    assert channel.channels == BOTH
    assert channel.asked_since == [NINE], "the message is looked for from its scheduled time on"
    found = occurrences(database)[0]
    assert (found.message_ts, found.posted_at, found.claimed_by) == ("0.000100", NINE + timedelta(minutes=2), "two")


def test_one_channel_that_refuses_keeps_nothing_from_the_others(database: Database, practice: Practice) -> None:
    channel = FakeChannel(refuses={"C0BLUE"})
    with capture_logs() as logs:
        assert due(database, channel) == 1
    assert channel.channels == ["C0GREEN"]
    (refused,) = [entry for entry in logs if entry["event"] == "digest_not_delivered"]
    assert (refused["channel"], refused["reason"], refused["key"]) == ("C0BLUE", "is_archived", KEY)
    channel.refuses.clear()
    assert due(database, channel, NINE + timedelta(minutes=1)) == 0
    assert due(database, channel, NINE + timedelta(minutes=2)) == 1
    assert channel.channels == BOTH


def test_a_slow_post_does_not_use_up_the_next_teams_lease(sqlite_database: Database) -> None:
    a_practice(sqlite_database)
    clock = iter([NINE, NINE, NINE + timedelta(minutes=3)])
    run_due(sqlite_database.of("T0TEST"), "T0TEST", FakeChannel(), by="one", now=lambda: next(clock))
    slow, next_one = occurrences(sqlite_database)
    assert slow.lease_until == NINE + LEASE
    assert next_one.lease_until == NINE + timedelta(minutes=3) + LEASE


def test_a_digest_asked_for_is_posted_once_and_keeps_nothing_from_the_scheduled_one(
    database: Database, practice: Practice
) -> None:
    channel = FakeChannel()
    asked = Occurrence("T0TEST", ASKED_FOR, "blue-team", NINE.astimezone(UTC))
    team = blue(database)
    posted = [
        run(database.of("T0TEST"), practice, team, asked, channel, by="lead1", now=lambda: NINE) for _ in range(2)
    ]
    assert posted == [True, False]
    assert due(database, channel) == 2
    assert channel.channels == ["C0BLUE", *BOTH]


def test_digests_of_a_workspace_without_a_practice_are_refused(sqlite_database: Database) -> None:
    with pytest.raises(LedgerError, match="PRACTICE_UNKNOWN"):
        due(sqlite_database, FakeChannel())


def test_a_claim_is_one_persons_until_its_lease_ends(database: Database, practice: Practice) -> None:
    first = claim(database.of("T0TEST"), blue_digest(), by="one", at=NINE)
    assert (first.is_retry if first else None) is False
    assert claim(database.of("T0TEST"), blue_digest(), by="two", at=NINE + LEASE - timedelta(microseconds=1)) is None
    again = claim(database.of("T0TEST"), blue_digest(), by="two", at=NINE + LEASE)
    assert (again.is_retry if again else None) is True
    assert claim(database.of("T0TEST"), blue_digest(), by="three", at=NINE + LEASE) is None


def test_what_is_finished_is_nobodys_ever_again(database: Database, practice: Practice) -> None:
    held = claim(database.of("T0TEST"), blue_digest(), by="one", at=NINE)
    assert held is not None
    assert finish(database.of("T0TEST"), held, channel_id="C0BLUE", message_ts="1.0", at=NINE)
    assert claim(database.of("T0TEST"), blue_digest(), by="two", at=NINE + timedelta(days=400)) is None


def test_of_many_who_claim_at_once_one_gets_it(database: Database, practice: Practice) -> None:
    claims = at_once(
        [partial(claim, database.of("T0TEST"), blue_digest(), by=str(number), at=NINE) for number in range(6)]
    )
    assert sum(one is not None for one in claims) == 1
    later = NINE + LEASE
    claims = at_once(
        [partial(claim, database.of("T0TEST"), blue_digest(), by=str(number), at=later) for number in range(6)]
    )
    assert sum(one is not None for one in claims) == 1


@pytest.mark.parametrize(
    "other",
    [
        Occurrence("T0TEST", SCHEDULED, "green-team", NINE.astimezone(UTC)),
        Occurrence("T0TEST", ASKED_FOR, "blue-team", NINE.astimezone(UTC)),
        Occurrence("T0TEST", SCHEDULED, "blue-team", NINE.astimezone(UTC) + timedelta(days=2)),
        Occurrence("T0OTHER", SCHEDULED, "blue-team", NINE.astimezone(UTC)),
    ],
    ids=["team", "kind", "time", "practice"],
)
def test_a_claim_takes_nothing_from_other_runs(sqlite_database: Database, other: Occurrence) -> None:
    a_practice(sqlite_database)
    a_practice(sqlite_database, "T0OTHER")
    claim(sqlite_database.of("T0TEST"), blue_digest(), by="one", at=NINE)
    assert other.key != blue_digest().key
    assert claim(sqlite_database.of("T0TEST"), other, by="two", at=NINE) is not None


PROGRAM = """
import sys
sys.path.insert(0, sys.argv[1])
from datetime import datetime
from pathlib import Path
from jobs.digests.posting import run_due
from ledger.storage.database import Database

class FileChannel:
    def deliver(self, digest, key, *, since, may_be_there, progress):
        file = Path(sys.argv[3])
        if sys.argv[4] == "before":
            print("ready", flush=True)
            sys.stdin.read()
        if not (may_be_there and key in file.read_text()):
            with file.open("a") as posts:
                posts.write(key + "\\n")
        if sys.argv[4] == "after":
            print("ready", flush=True)
            sys.stdin.read()
        return "1.0"

at = datetime.fromisoformat(sys.argv[5])
print(run_due(Database(sys.argv[2]).of("T0TEST"), "T0TEST", FileChannel(), by="a process", now=lambda: at))
"""


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_process_killed_at_the_worst_moment_costs_no_digest_and_doubles_none(
    sqlite_database: Database, tmp_path: Path, moment: str
) -> None:
    a_practice(sqlite_database)
    posts = tmp_path / "posts.txt"
    posts.touch()
    tests = next(path for path in sys.path if path.endswith("tests"))

    def start(dies: str, at: datetime) -> subprocess.Popen[str]:
        address = sqlite_database.url.render_as_string()
        command = [sys.executable, "-c", PROGRAM, tests, address, str(posts), dies, at.isoformat()]
        return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)  # noqa: S603

    with start(moment, NINE) as victim:
        assert victim.stdout is not None
        assert victim.stdout.readline() == "ready\n"
        victim.kill()
    with start("never", NINE + LEASE) as successor:
        said, _ = successor.communicate(timeout=PATIENCE_SECONDS)
    assert said.splitlines()[-1] == "2"
    assert sorted(posts.read_text().split()) == [KEY, KEY.replace("blue", "green")]
