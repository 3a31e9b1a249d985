"""The bot at work before a local Slack: a practice, its people at their screens, and a clock that is moved by hand."""

import json
import shutil
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from concurrent.futures import Future
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from slack_bolt import App, BoltRequest
from slack_sdk import WebClient
from sqlalchemy import Connection, func, select
from support.accessibility import faults_in
from support.block_kit import faults_by_library
from support.patience import PATIENCE_SECONDS
from support.practice import entry_row, import_rows, patient_row, record, staff_row

from bot.app import build_app
from bot.messages.digest_channel import SlackChannel
from bot.playground import Glance, Person, Playground, SeenMessage, Workspace
from bot.playground.delivery.http import signed_request
from bot.runtime.background import BackgroundThreads
from bot.slack.client import web_client
from jobs.digests.listing import Picture
from jobs.digests.posting import Digest
from ledger.practice.practice import Practice, get_practice
from ledger.recording.entries import NewEntry
from ledger.roster.directory import people
from ledger.storage.database import Database
from ledger.storage.tables import EntryVoidRow, TimeEntryRow

NOW = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
"""Tuesday, ten in the morning in New York."""
GENERAL, BLUE, GREEN = "C0GENERAL", "C0BLUE", "C0GREEN"
STRANGER, GONE = "U0VISITOR", "U0GONE1"
MANIFEST = Path(__file__).parents[2] / "manifest.yml"
LINE = "/ccm log P-1042 12m meds call Reconciled the insulin list. Dose confirmed with the patient."
"""A line of which nothing is missing and whose note needs no advice."""

MORE_STAFF = (
    {"id": "lead2", "slack_user_id": "U0LEAD2", "name": "Lead Two", "roles": "lead", "teams": "Green Team"},
    {"id": "gone1", "slack_user_id": GONE, "name": "Nurse Gone", "roles": "coordinator", "active_to": "2026-10-31"},
)

JSON = dict[str, Any]


@cache
def manifest() -> JSON:
    """The app's manifest, which nobody changes."""
    return dict(yaml.safe_load(MANIFEST.read_text(encoding="utf-8")))


def hire_more(database: Database, practice: Practice) -> None:
    """Adds a lead of one team, and somebody who has left, to the practice."""
    import_rows(database, practice, "staff", [staff_row(credential="RN", **row) for row in MORE_STAFF])


class ManualClock:
    """A clock that stands still until a test moves it."""

    def __init__(self, now: datetime = NOW) -> None:
        self.now = now

    def __call__(self) -> datetime:
        """The instant it shows."""
        return self.now

    def seconds(self) -> float:
        """The same as the playground wants it."""
        return self.now.timestamp()

    def move(self, **by: float) -> None:
        """Moves it on, for example by ``minutes=3``."""
        self.now += timedelta(**by)


class Afterwards(BackgroundThreads):
    """What is done behind the acknowledgements, so that a test can wait for it."""

    def __init__(self) -> None:
        super().__init__(4)
        self.begun: list[Future[Any]] = []

    def submit(self, work: Callable[..., Any], /, *args: Any, **more: Any) -> Future[Any]:
        """Begins ``work``."""
        future = super().submit(work, *args, **more)
        self.begun.append(future)
        return future

    def settle(self) -> None:
        """Returns when all that was begun is done, and all that this began; raises what went wrong in it."""
        while self.begun:
            self.begun.pop(0).result(timeout=PATIENCE_SECONDS)


@dataclass
class Harness:
    """The bot, its ledger and the Slack in front of it."""

    database: Database
    practice: Practice
    clock: ManualClock
    playground: Playground
    client: WebClient
    app: App
    afterwards: Afterwards = field(default_factory=Afterwards)
    allows_refusals: bool = False
    slowness: timedelta = timedelta()
    """How much later it is when a request reaches the bot."""

    def person(self, user: str = "U0NURSE1") -> Person:
        """Somebody at their screen."""
        return self.playground.as_user(user)

    def say(self, line: str, user: str = "U0NURSE1", channel: str = GENERAL) -> Glance:
        """What ``user`` sees after typing ``line``."""
        return self.person(user).command(channel, line)

    def press(self, seen: Glance, action_id: str, user: str = "U0NURSE1") -> Glance:
        """What ``user`` sees after pressing a button of the only message in ``seen``."""
        return self.person(user).press(seen.message, action_id)

    def receive(self, headers: dict[str, str], body: str) -> tuple[int, Mapping[str, Any], str]:
        """The bot's answer to one signed request."""
        self.clock.now += self.slowness
        response = self.app.dispatch(BoltRequest(body=body, headers=headers))  # type: ignore[arg-type]
        return response.status, response.first_headers(), response.body

    def settle(self) -> None:
        """Waits for all that the bot does behind its acknowledgements: the Home tab, digests, direct messages."""
        self.afterwards.settle()

    def sent(self) -> list[Any]:
        """All that the bot sent to Slack: answers, messages and views, oldest first."""
        newest = self.playground.workspace.traffic.newest(2000)
        return [one.payload for one in reversed(newest) if one.direction == "from_bot"]

    def faults(self) -> list[str]:
        """What somebody who hears all that was sent, or sees no colours, would miss (``support.accessibility``)."""
        return [fault for payload in self.sent() for fault in faults_in(payload)]

    def misformed(self) -> list[str]:
        """What slack_sdk would not have written so in all that Slack took (``support.block_kit``)."""
        taken = [one for one in self.playground.workspace.traffic.newest(2000) if one.refused is None]
        return [fault for one in taken if one.direction == "from_bot" for fault in faults_by_library(one.payload)]

    def last_payload(self, kind: str) -> JSON:
        """What Slack sent last: a command (``slash_commands``) or an interaction (``interactive``)."""
        sent = [one for one in self.playground.workspace.traffic.newest(2000) if one.kind == kind]
        return dict(next(one.payload for one in sent if one.direction == "to_bot"))

    def deliver_again(self, kind: str, **changes: Any) -> JSON:
        """The answer to the last payload delivered once more, perhaps with other fields."""
        payload = {**self.last_payload(kind), **changes}
        secret = self.playground.workspace.installation.signing_secret
        status, _, body = self.receive(*signed_request(kind, payload, secret, None))  # type: ignore[arg-type]
        assert status == 200, body
        return dict(json.loads(body)) if body else {}

    def forget_message_rate(self) -> None:
        """Lets a channel take any number of messages while the clock stands still."""
        self.playground.workspace.enforce_message_rate = False

    @contextmanager
    def looking(self) -> Iterator[Connection]:
        """A connection to look into the ledger."""
        with self.database.of(self.practice.practice_id).reading() as connection:
            yield connection

    def entries(self) -> list[Any]:
        """All stored entries, in the order in which they were recorded."""
        with self.looking() as connection:
            query = select(TimeEntryRow.__table__).order_by(TimeEntryRow.recorded_at, TimeEntryRow.position)
            return list(connection.execute(query))

    def live_count(self) -> int:
        """How many entries are stored and not voided."""
        with self.looking() as connection:
            stored = connection.scalar(select(func.count()).select_from(TimeEntryRow)) or 0
            return stored - (connection.scalar(select(func.count()).select_from(EntryVoidRow)) or 0)

    def enroll(self, rows: Iterable[Mapping[str, str]]) -> None:
        """Imports patients: each of ``rows`` over the values of a patient whom nothing blocks."""
        import_rows(self.database, self.practice, "patients", [patient_row(**row) for row in rows], at=self.clock())

    def work(self, entry: NewEntry) -> None:
        """Records an entry behind Slack's back, an hour ago."""
        record(self.database, self.practice, entry, at=self.clock() - timedelta(hours=1), confirmed=True)

    def all_pages(self, seen: Glance, page_action: str, user: str) -> list[SeenMessage]:
        """Every page of a list, by pressing "Next page" as long as there is one."""
        pages = [seen.message]
        while has_button(pages[-1], f"{page_action}_next"):
            pages.append(self.person(user).press(pages[-1], f"{page_action}_next").message)
        return pages

    def posts(self, channel: str) -> list[SeenMessage]:
        """What everybody sees in a channel, threads not opened."""
        return [seen for seen in self.person("U0ADMIN1").messages(channel) if not seen.ephemeral]

    def thread(self, channel: str, ts: str) -> list[SeenMessage]:
        """The thread under a message, the message first."""
        return self.person("U0ADMIN1").messages(channel, thread_ts=ts)


def local_slack(database: Database, practice: Practice, clock: ManualClock, **installation: Any) -> Workspace:
    """A workspace with the practice's staff, one stranger, and a channel for each team."""
    with database.of(practice.practice_id).reading() as connection:
        staff = [person for person in people(connection, practice.practice_id) if person.slack_user_id]
    members = [str(person.slack_user_id) for person in staff] + [STRANGER]
    users = [{"id": person.slack_user_id, "name": person.staff_id, "real_name": person.name} for person in staff]
    channels = [
        {"id": GENERAL, "name": "general", "members": members},
        {"id": BLUE, "name": "blue-team", "members": members},
        {"id": GREEN, "name": "green-team", "members": members},
        {"id": LONG, "name": "long-team", "members": members},
    ]
    config = {
        "users": [*users, {"id": STRANGER, "name": "visitor"}],
        "channels": channels,
        "manifest": manifest(),
        "installation": {"team_id": practice.practice_id, **installation},
    }
    return Workspace.from_dict(config, clock=clock.seconds)


@contextmanager
def open_harness(
    database: Database,
    practice: Practice,
    clock: ManualClock,
    *,
    attached: bool = True,
    admins: Collection[str] = (),
    **installation: Any,
) -> Iterator[Harness]:
    """The bot before a local Slack; with ``attached``, signed requests are handed to it within this process.

    ``admins`` are those whom CCM_ADMINS names.
    """
    playground = Playground(local_slack(database, practice, clock, **installation)).start()
    place = playground.workspace.installation
    client = web_client(place.bot_token, playground.api_url)
    afterwards = Afterwards()
    app = build_app(database, client, place.signing_secret, clock, admins=admins, executor=afterwards)
    harness = Harness(database, practice, clock, playground, client, app, afterwards)
    if attached:
        playground.attach(harness.receive)
    yield harness
    # What was begun after an acknowledgement is finished before the ledger and Slack go away.
    afterwards.shutdown(wait=True)
    playground.stop(wait=False)
    refused = [(each.summary, each.refused) for each in playground.refusals]
    assert harness.allows_refusals or not refused, refused
    faults = harness.faults()
    assert not faults, faults
    misformed = harness.misformed()
    assert not misformed, misformed


@contextmanager
def copied_harness(template: Path, place: Path, clock: ManualClock) -> Iterator[Harness]:
    """The bot at work on a copy, at that place, of a SQLite ledger with one practice."""
    with closing(Database(f"sqlite:///{shutil.copy(template, place)}")) as database:
        with database.of("T0TEST").reading() as connection:
            practice = get_practice(connection, "T0TEST")
        with open_harness(database, practice, clock) as harness:
            yield harness


def paint_points_alone(patch: pytest.MonkeyPatch) -> None:
    """Pictures are not painted; matplotlib is loaded by whoever draws."""
    upload = SlackChannel._upload

    def quick(channel: SlackChannel, digest: Digest) -> Picture:
        from support.pictures import Figure, paint_a_point  # noqa: PLC0415 - as the docstring says

        patch.setattr(Figure, "savefig", paint_a_point)
        return upload(channel, digest)

    patch.setattr(SlackChannel, "_upload", quick)


NEAR_COUNT, BLOCKED_COUNT, BARE_COUNT, ENTRY_COUNT = 500, 200, 60, 120
LONG_NAME = "Team " + "with a very long name " * 12 + "& <sons>"
LONG = "C0LONG"


def fill_lists(database: Database, practice: Practice) -> None:
    """Adds 500 near patients, 200 near but blocked by five things, 60 blocked by all, and one with 120 entries.

    One team and one nurse have very long names.
    """
    import_rows(database, practice, "teams", [{"name": LONG_NAME, "channel_id": LONG}], at=NOW)
    nurse = {"id": "nurse9", "name": "Nurse " + "Nine " * 40, "credential": "RN", "roles": "coordinator"}
    import_rows(database, practice, "staff", [staff_row(**nurse)], at=NOW)
    near = [f"N-{number:04}" for number in range(NEAR_COUNT)]
    stuck = [f"S-{number:04}" for number in range(BLOCKED_COUNT)]
    lacking = dict.fromkeys(
        ("billing_practitioner", "conditions", "initiating_visit_date", "initiating_visit_type", "care_plan_date"), ""
    )
    rows = [patient_row(code=code) for code in near]
    rows += [patient_row(code=code, risk_documented="no", **lacking) for code in stuck]
    bare = [f"T-{number:04}" for number in range(BARE_COUNT)]
    lacking |= {"consent_date": "", "consent_form": "", "care_plan_date": "2024-01-01"}
    rows += [patient_row(code=code, risk_documented="no", **lacking) for code in bare]
    rows += [patient_row(code="B-0001"), patient_row(code="L-0001", team=LONG_NAME)]
    import_rows(database, practice, "patients", rows, at=NOW)
    call = {"minutes": "17", "activity": "patient_contact", "contact": "live", "staff": "nurse9"}
    entries = [entry_row(patient=code, **call) for code in near]
    entries += [entry_row(patient=code, minutes="17") for code in [*stuck, *bare, "L-0001"]]
    entries += [entry_row(patient="B-0001", minutes="1", note=f"Entry {number}.") for number in range(ENTRY_COUNT)]
    import_rows(database, practice, "entries", entries, at=NOW)


def picked(value: str, label: str = "") -> JSON:
    """What was chosen in a form's menu, which found it by what was typed: a patient by the code, others by a label."""
    return {"text": {"type": "plain_text", "text": label or value, "emoji": True}, "value": value}


BLUE_TEAM, GREEN_TEAM = picked("blue-team", "Blue Team"), picked("green-team", "Green Team")
"""The teams, chosen in a form's menu."""


def table_rows(seen: SeenMessage) -> list[list[str]]:
    """The rows of the message's table as text, without the row of column names."""
    tables = [block for block in seen.blocks if block["type"] == "table"]
    return [[cell["text"] for cell in row] for table in tables for row in table["rows"][1:]]


def has_button(seen: SeenMessage, action_id: str) -> bool:
    """Whether the message has that button."""
    elements = [element for block in seen.blocks for element in block.get("elements", [])]
    return any(element.get("action_id") == action_id for element in elements)
