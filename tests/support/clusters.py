"""A practice whose bot runs in processes of its own, against a local Slack; each cluster has a ledger to itself."""

import itertools
import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import make_url, select
from support.bot_process import Orders, give, run
from support.databases import OWNER, SUPERUSER, in_database, run_outside_a_transaction
from support.forks import Bot, Fork
from support.practice import a_practice, entry_row, import_file, import_rows, patient_row, verified, write_csv
from support.slack import GREEN, NOW, ManualClock, local_slack

from bot.playground import Person, Playground
from bot.runtime.demo import free_port
from jobs.scheduling.claims import LEASE
from jobs.scheduling.tables import OccurrenceRow
from ledger.practice.practice import Practice, get_practice
from ledger.setting_changes import change_policy
from ledger.storage.database import Database, ScopedDatabase

NEAR_COUNT = 55
"""More near patients than one message holds: the blue team's digest goes on in its thread."""
NINE = datetime(2026, 11, 25, 14, 0, tzinfo=UTC)
"""When the month's first digest is due in New York."""


def fill(database: Database, directory: Path, *, pictures: bool) -> None:
    """Stores the invented practice, with more near patients in the blue team than fit in one message.

    The green team's digest comes an hour later. What comes every week is switched off: it would come in between.
    """
    practice = a_practice(database)
    later = {"name": "Green Team", "channel_id": GREEN, "digest_hour": "10"}
    import_file(database, practice, "teams", write_csv(directory / "teams.csv", tuple(later), [later]), at=NOW)
    codes = [f"N-{number:03}" for number in range(NEAR_COUNT)]
    import_rows(database, practice, "patients", [patient_row(code=code) for code in codes], at=NOW)
    import_rows(database, practice, "entries", [entry_row(patient=code, minutes="17") for code in codes], at=NOW)
    with database.of(practice.practice_id).writing() as connection:
        for name, value in {"digest_picture": pictures, "care_plan_notice": False, "weekly_summary": False}.items():
            change_policy(connection, practice, name, value, at=NOW, recorded_by="admin1")
    database.close()


@dataclass
class Cluster:
    """A practice, its ledger, its Slack, and the processes that serve it."""

    database: Database
    practice: Practice
    playground: Playground
    clock: ManualClock
    directory: Path
    bots: list[Bot] = field(default_factory=list)
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    def start(
        self,
        *,
        die_before: tuple[str, int] | None = None,
        ticks: bool = False,
        socket_mode: bool = False,
        database_url: str | None = None,
    ) -> Bot:
        """Starts a process that serves HTTP, or in ``socket_mode``, as ``support.bot_process`` says."""
        self.order(die_before)
        port, number = free_port(), next(self._numbers)
        place = self.playground.workspace.installation
        environment = {
            "CCM_DATABASE_URL": database_url or self.database.url.render_as_string(hide_password=False),
            "SLACK_API_URL": self.playground.api_url,
            "SLACK_BOT_TOKEN": place.bot_token,
            "SLACK_APP_TOKEN": place.app_token,
            "SLACK_SIGNING_SECRET": place.signing_secret,
        }
        effects, said = self.directory / f"effects-{number}", self.directory / f"said-{number}"
        arguments = ["serve", *([] if socket_mode else ["--http", "--port", str(port)])]
        process = Fork(run, arguments, environment, self._orders, effects, said, ticks=ticks)
        bot = Bot(process, port, effects, said)
        self.bots.append(bot)
        return bot

    @property
    def ledger(self) -> ScopedDatabase:
        """The database as the practice sees it."""
        return self.database.of(self.practice.practice_id)

    @property
    def _orders(self) -> Path:
        return self.directory / "orders.json"

    @property
    def serving(self) -> list[Bot]:
        """The processes that have not been killed or stopped."""
        return [bot for bot in self.bots if not bot.is_gone]

    def order(self, die_before: tuple[str, int] | None = None) -> None:
        """Tells every process what time it is, and before what it is killed."""
        give(self._orders, Orders(self.clock().isoformat(), die_before))

    def move(self, **by: float) -> None:
        """Moves the clock on for everybody, for example by ``minutes=3``; nobody is to be killed any more."""
        self.clock.move(**by)
        self.order()

    def let_the_lease_end(self) -> None:
        """Moves on to when another process may take over."""
        self.move(seconds=LEASE.total_seconds() + 1)

    def person(self, user: str = "U0NURSE1", at: Bot | None = None) -> Person:
        """Somebody at their screen, whose requests go to the process ``at``, or to the newest."""
        self.playground.delivery.set_request_url((at or self.bots[-1]).url)
        return self.playground.as_user(user)

    def keys_in(self, channel: str) -> Counter[str]:
        """How often each key of a scheduled message is in a channel, threads included."""
        return Counter(
            str(each.body["metadata"]["event_payload"]["key"])
            for each in self._messages(channel)
            if "metadata" in each.body
        )

    def pictures_in(self, channel: str) -> int:
        """How many pictures the messages of a channel show, threads included."""
        return sum(
            block["type"] == "image" for each in self._messages(channel) for block in each.body.get("blocks", [])
        )

    def _messages(self, channel: str) -> list[Any]:
        return self.playground.workspace.messages.all_seen_by(channel, "nobody")

    def occurrences(self, kind: str = "digest") -> list[Any]:
        """The claims of one kind, in order of team and time."""
        query = select(OccurrenceRow.__table__).where(OccurrenceRow.kind == kind)
        with self.ledger.reading() as connection:
            return list(connection.execute(query.order_by(OccurrenceRow.team_id, OccurrenceRow.scheduled_at)))

    def posted(self) -> int:
        """How many digests are on record as posted."""
        return sum(one.posted_at is not None for one in self.occurrences())

    def check(self) -> None:
        """Fails unless ``ccm verify`` finds nothing and Slack has refused nothing."""
        assert verified(self.database, self.practice).difference is None
        assert self.playground.refusals == []


@contextmanager
def open_cluster(database: Database, practice: Practice, directory: Path, at: datetime) -> Iterator[Cluster]:
    """A cluster without a process yet; those that were started end with the block."""
    clock = ManualClock(at.astimezone(UTC))
    workspace = local_slack(database, practice, clock)
    workspace.enforce_message_rate = False
    playground = Playground(workspace).start()
    directory.mkdir(parents=True, exist_ok=True)
    cluster = Cluster(database, practice, playground, clock, directory)
    try:
        yield cluster
    finally:
        playground.workspace.traffic.let_all_go()
        for bot in cluster.bots:
            bot.end()
        playground.stop(wait=False)


@dataclass(frozen=True)
class Clusters:
    """Makes clusters, each with a ledger of its own that has near patients; ``template`` is a path or a URL."""

    template: str
    directory: Path
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    @contextmanager
    def open(self, at: datetime = NINE) -> Iterator[Cluster]:
        """A cluster at that time, without a process yet."""
        number = next(self._numbers)
        with self._copied(number) as url:
            database = Database(url)
            with database.of("T0TEST").reading() as connection:
                practice = get_practice(connection, "T0TEST")
            with (
                closing(database),
                open_cluster(database, practice, self.directory / f"cluster-{number}", at) as cluster,
            ):
                yield cluster

    @contextmanager
    def _copied(self, number: int) -> Iterator[str]:
        if not self.template.startswith("postgresql"):
            yield f"sqlite:///{shutil.copy(self.template, self.directory / f'cluster-{number}.sqlite3')}"
            return
        name = f"house_{self.directory.name.replace('-', '_')[-40:].lower()}_{number}"
        template = make_url(self.template)
        server = template.set(username=SUPERUSER, database="postgres").render_as_string(hide_password=False)
        run_outside_a_transaction(server, f'CREATE DATABASE "{name}" TEMPLATE "{template.database}" OWNER {OWNER}')
        try:
            yield in_database(self.template, name)
        finally:
            run_outside_a_transaction(server, f'DROP DATABASE "{name}" WITH (FORCE)')
