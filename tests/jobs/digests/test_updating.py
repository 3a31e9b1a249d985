"""Posted digests follow what happens: at once, with the next tick, and never back to what is older."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import Connection, event
from structlog.testing import capture_logs
from support.channel import FakeChannel
from support.deaths import Death
from support.patience import PATIENCE_SECONDS
from support.practice import MONTH, a_practice, a_request, an_entry, import_rows, local, patient_row, record, undo
from support.threads import at_once

from jobs.channel import ChannelError, Content, Refusal
from jobs.digests.listing import Message, Place, find_listing, find_message, keep_fingerprint, living_digests
from jobs.digests.posting import run_due
from jobs.digests.updating import LivingDigests
from jobs.scheduling.claims import LEASE
from ledger.practice.practice import Practice
from ledger.reports.takes import take_or_release
from ledger.rules.facts import Activity
from ledger.storage.database import Database

NINE = local("2026-11-25 09:00")
NEWER = "P-1042 done nurse2; P-1043 done nurse2"
KEY = "digest:T0TEST:blue-team:2026-11-25T14:00Z"


@pytest.fixture
def channel(database: Database, practice: Practice) -> FakeChannel:
    """A channel with the digest of the blue team, which lists P-1042 at 17 and P-1043 at 16 minutes."""
    return posted(database, practice)


def posted(database: Database, practice: Practice) -> FakeChannel:
    record(database, practice, an_entry(minutes=17))
    record(database, practice, an_entry(patient="P-1043", minutes=16))
    channel = FakeChannel()
    run_due(database.of("T0TEST"), "T0TEST", channel, by="one", now=lambda: NINE)
    return channel


def living(database: Database, channel: FakeChannel) -> LivingDigests:
    return LivingDigests(database, channel, lambda: NINE + timedelta(minutes=1))


def work(database: Database, practice: Practice, code: str = "P-1042", minutes: int = 5, staff: str = "nurse2") -> None:
    entry = an_entry(patient=code, minutes=minutes, staff=staff, activity=Activity.RESULTS_REVIEW)
    record(database, practice, entry, at=NINE)


def take(database: Database, practice: Practice, code: str, staff_id: str) -> None:
    with database.of("T0TEST").writing() as connection:
        take_or_release(connection, practice, MONTH, code, staff_id, request=a_request(), at=NINE)


@pytest.mark.either_database
def test_the_listed_are_open_when_the_digest_is_posted(channel: FakeChannel) -> None:
    assert channel.shown[KEY] == ["P-1042 open", "P-1043 open"]


@pytest.mark.either_database
def test_a_tick_shows_who_is_done_and_who_is_taken(
    database: Database, practice: Practice, channel: FakeChannel
) -> None:
    work(database, practice)
    take(database, practice, "P-1043", "nurse1")

    living(database, channel).tick("T0TEST")

    assert channel.shown[KEY] == ["P-1042 done nurse2", "P-1043 open (nurse1)"]


@pytest.mark.either_database
def test_a_tick_without_changes_writes_nothing(database: Database, practice: Practice, channel: FakeChannel) -> None:
    living(database, channel).tick("T0TEST")

    assert channel.updates == 0


@pytest.mark.either_database
def test_who_follows_writes_for_listed_patients_alone(
    database: Database, practice: Practice, channel: FakeChannel
) -> None:
    work(database, practice)
    living(database, channel).follow("T0TEST", {"P-1046"})
    assert channel.updates == 0

    living(database, channel).follow("T0TEST", {"P-1042", "P-1046"})
    assert channel.shown[KEY][0] == "P-1042 done nurse2"


def test_a_change_that_no_digest_shows_costs_one_query(
    database: Database, practice: Practice, channel: FakeChannel
) -> None:
    asked: list[str] = []
    event.listen(database.engine, "before_cursor_execute", lambda *args: asked.append(args[2]))

    living(database, channel).follow("T0TEST", {"P-1046"})

    assert len([statement for statement in asked if " FROM " in statement.replace("\n", " ")]) == 1


@pytest.mark.either_database
def test_what_was_voided_is_open_again(database: Database, practice: Practice, channel: FakeChannel) -> None:
    work(database, practice)
    living(database, channel).tick("T0TEST")
    undo(database, practice, staff_id="nurse2", at=NINE)
    living(database, channel).tick("T0TEST")

    assert channel.shown[KEY][0] == "P-1042 open"


@dataclass
class InterruptedChannel(FakeChannel):
    """A channel in which something else happens while the first update is on its way there."""

    meanwhile: Callable[[], None] | None = field(default=None)

    def update(self, channel_id: str, key: str, message: Message, content: Content) -> None:
        meanwhile, self.meanwhile = self.meanwhile, None
        if meanwhile is not None:
            meanwhile()
        super().update(channel_id, key, message, content)


def test_what_arrives_last_though_it_is_older_does_not_stay(
    database: Database, practice: Practice, channel: FakeChannel
) -> None:
    slow = InterruptedChannel(posts=channel.posts, shown=channel.shown)

    def meanwhile() -> None:
        work(database, practice, "P-1043")
        living(database, FakeChannel(posts=channel.posts, shown=channel.shown)).tick("T0TEST")
        assert channel.shown[KEY] == ["P-1042 done nurse2", "P-1043 done nurse2"]

    slow.meanwhile = meanwhile
    work(database, practice)
    living(database, slow).tick("T0TEST")

    assert channel.shown[KEY] == ["P-1042 done nurse2", "P-1043 done nurse2"]
    with database.of("T0TEST").reading() as connection:
        listing = find_listing(connection, "T0TEST", KEY)
    assert listing is not None
    assert [message.fingerprint for message in listing.messages] == ["; ".join(channel.shown[KEY])]


@pytest.mark.either_database
def test_what_another_records_is_not_taken_for_what_was_written_last(
    database: Database, practice: Practice, channel: FakeChannel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another process wrote what is newer, then this one what is older; only then does the other record it."""
    recorded = 0

    def keep_first(connection: Connection, practice_id: str, key: str, number: int, fingerprint: str) -> None:
        nonlocal recorded
        recorded += 1
        keep_fingerprint(connection, practice_id, key, number, NEWER if recorded == 1 else fingerprint)

    slow = InterruptedChannel(posts=channel.posts, shown=channel.shown)
    slow.meanwhile = partial(work, database, practice, "P-1043")
    work(database, practice)
    monkeypatch.setattr("jobs.digests.updating.keep_fingerprint", keep_first)
    living(database, slow).tick("T0TEST")

    assert "; ".join(channel.shown[KEY]) == NEWER


def test_who_asks_while_the_digest_is_being_written_does_not_wait_and_is_not_forgotten(
    database: Database, practice: Practice, channel: FakeChannel
) -> None:
    slow = InterruptedChannel(posts=channel.posts, shown=channel.shown)
    digests = living(database, slow)
    waited = threading.Event()

    def meanwhile() -> None:
        work(database, practice, "P-1043")
        other = threading.Thread(target=lambda: (digests.follow("T0TEST", {"P-1043"}), waited.set()))
        other.start()
        other.join(timeout=PATIENCE_SECONDS)
        assert waited.is_set()

    slow.meanwhile = meanwhile
    work(database, practice)
    digests.follow("T0TEST", {"P-1042"})

    assert channel.shown[KEY] == ["P-1042 done nurse2", "P-1043 done nurse2"]
    assert slow.updates == 2


def test_many_who_follow_at_once_leave_what_is_newest(
    database: Database, practice: Practice, channel: FakeChannel
) -> None:
    processes = [living(database, channel) for _ in range(3)]

    def change(number: int, code: str) -> None:
        work(database, practice, code, staff="nurse2" if code == "P-1042" else "lead1")
        processes[number].follow("T0TEST", {code})

    failed = at_once([partial(change, 0, "P-1042"), partial(change, 1, "P-1043")])

    assert failed == [None, None]
    assert channel.shown[KEY] == ["P-1042 done nurse2", "P-1043 done lead1"]


def test_a_failure_in_the_midst_keeps_nobody_from_the_next_try(
    database: Database, practice: Practice, channel: FakeChannel
) -> None:
    digests = living(database, channel)
    work(database, practice)
    channel.refuses_updates = [RuntimeError("never mind")]  # type: ignore[list-item]
    with pytest.raises(RuntimeError):
        digests.tick("T0TEST")
    digests.tick("T0TEST")

    assert channel.shown[KEY][0] == "P-1042 done nurse2"


@pytest.mark.either_database
@pytest.mark.parametrize("refusal", [Refusal.MESSAGE_GONE, Refusal.CHANNEL_GONE])
def test_a_digest_that_is_gone_lives_no_more(
    database: Database, practice: Practice, channel: FakeChannel, refusal: Refusal
) -> None:
    work(database, practice)
    channel.refuses_updates = [ChannelError("its word", refusal)]
    with capture_logs() as logs:
        living(database, channel).tick("T0TEST")
        living(database, channel).tick("T0TEST")

    assert logs == [
        {"event": "digest_not_updated", "key": KEY, "channel": "C0BLUE", "reason": "its word", "log_level": "warning"}
    ]
    assert channel.updates == 0
    with database.of("T0TEST").reading() as connection:
        assert KEY not in living_digests(connection, "T0TEST")


@pytest.mark.either_database
def test_what_is_refused_for_now_is_tried_again(database: Database, practice: Practice, channel: FakeChannel) -> None:
    work(database, practice)
    channel.refuses_updates = [ChannelError("ratelimited")]
    for _ in range(2):
        living(database, channel).tick("T0TEST")

    assert (channel.updates, channel.shown[KEY][0]) == (1, "P-1042 done nurse2")


@pytest.mark.either_database
def test_a_newer_digest_of_the_team_takes_the_place_of_the_older(
    database: Database, practice: Practice, channel: FakeChannel
) -> None:
    run_due(database.of("T0TEST"), "T0TEST", channel, by="one", now=lambda: NINE + timedelta(days=2))

    with database.of("T0TEST").reading() as connection:
        assert [key[-17:] for key in living_digests(connection, "T0TEST")] == ["2026-11-27T14:00Z"] * 2


def test_of_another_month_nothing_lives(sqlite_database: Database) -> None:
    practice = a_practice(sqlite_database)
    channel = posted(sqlite_database, practice)
    work(sqlite_database, practice)
    in_december = LivingDigests(sqlite_database, channel, lambda: local("2026-12-01 09:00"))
    in_december.tick("T0TEST")
    in_december.follow("T0TEST", {"P-1042"})
    assert channel.updates == 0

    in_december.refresh("T0TEST", KEY)
    assert channel.shown[KEY][0] == "P-1042 done nurse2"


@pytest.mark.parametrize("moment", ["before posting", "after posting"])
def test_who_takes_over_lists_whom_the_first_has_listed_and_the_digest_lives(
    database: Database, practice: Practice, moment: str
) -> None:
    record(database, practice, an_entry(minutes=17))
    channel = FakeChannel(dies=moment)
    with pytest.raises(Death):
        run_due(database.of("T0TEST"), "T0TEST", channel, by="one", now=lambda: NINE)
    channel.dies = ""
    import_rows(database, practice, "patients", [patient_row(code="P-1048")])
    work(database, practice, "P-1048", minutes=16)
    work(database, practice)
    run_due(database.of("T0TEST"), "T0TEST", channel, by="two", now=lambda: NINE + LEASE)
    living(database, channel).tick("T0TEST")

    assert [key for _, key in channel.posts].count(KEY) == 1
    assert channel.shown[KEY] == ["P-1042 done nurse2"]


def test_a_message_is_known_by_channel_and_timestamp(sqlite_database: Database) -> None:
    channel = posted(sqlite_database, a_practice(sqlite_database))
    ts = f"{channel.posts.index(('C0BLUE', KEY))}.000100"
    with sqlite_database.of("T0TEST").reading() as connection:
        assert find_message(connection, "T0TEST", "C0BLUE", ts) == Place(KEY, 1, MONTH)
        assert find_message(connection, "T0TEST", "C0GREEN", ts) is None
        assert find_message(connection, "T0OTHER", "C0BLUE", ts) is None
