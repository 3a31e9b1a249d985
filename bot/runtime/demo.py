"""``ccm demo``: an invented practice, a local Slack in the browser, and the bot against it."""

import os
import shlex
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict
from datetime import datetime
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bot.playground import Playground, Workspace
from bot.slack.manifest import manifest
from ledger.errors import LedgerError
from ledger.imports.kinds import FILE_KINDS, open_file
from ledger.practice.practice import Practice, create_practice
from ledger.roster.directory import Person, Role, people, teams
from ledger.sample import write_sample
from ledger.storage import schema
from ledger.storage.database import Database
from ledger.storage.private_files import make_folder
from ledger.storage.sqlite_files import alone, tables_of
from ledger.validation import Progress

WORKSPACE = "T0DEMO"
TIMEZONE = "America/New_York"
PRACTICE = "Invented Family Practice"
STRANGER = {"id": "U0VISITOR", "name": "visitor", "real_name": "Visitor", "title": "not on the staff list"}
SECONDS_TO_STOP = 10
OAUTH_SETTINGS = frozenset({"SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET", "CCM_TOKEN_KEYS"})
"""Of many workspaces; the demo has one."""
DEMO_ID = 0x43434D44
"""The demo's mark in its own ledgers: SQLite's application id, "CCMD"."""


def load_practice(database: Database, directory: Path, *, patients: int, at: datetime, progress: Progress) -> Practice:
    """Make the ledger and import an invented practice by the same path that users have.

    The import files are in ``directory`` meanwhile, in a folder of their own.
    """
    schema.upgrade(database)
    own = database.of(WORKSPACE)
    with own.writing() as connection:
        practice = create_practice(connection, WORKSPACE, PRACTICE, TIMEZONE, at=at)
    with TemporaryDirectory(prefix=".ccm-unfinished-", dir=directory) as room:
        paths = write_sample(Path(room), patients=patients, seed=1, today=practice.local_date(at))
        for kind, path in asdict(paths).items():
            table = open_file(kind, path)
            with own.writing() as connection:
                FILE_KINDS[kind].store(connection, practice, table, at=at, progress=progress)
    return practice


def workspace_for(database: Database, practice: Practice, bot_port: int | None) -> Workspace:
    """Return a local Slack workspace with the practice's people and channels, and one person who is not on the staff.

    ``bot_port`` is where the bot listens, None where it connects by Socket Mode.
    """
    with database.of(practice.practice_id).reading() as connection:
        staff = people(connection, practice.practice_id)
        care_teams = teams(connection, practice.practice_id)
    staff.sort(key=lambda person: min(map(list(Role).index, person.roles)))
    members = {person.slack_user_id: person for person in staff if person.slack_user_id}
    channels: list[dict[str, Any]] = [
        {
            "id": team.channel_id,
            "name": team.team_id,
            "members": [user for user, person in members.items() if _sees(person, team.team_id)],
        }
        for team in care_teams
    ]
    channels.insert(0, {"id": "C0GENERAL", "name": "general", "members": [*members, STRANGER["id"]]})
    users = [
        {
            "id": user,
            "name": person.staff_id,
            "real_name": person.name,
            "title": ", ".join(filter(None, [*sorted(person.roles), person.credential])),
            "is_admin": "admin" in person.roles,
            "tz": practice.timezone,
        }
        for user, person in members.items()
    ]
    return Workspace.from_dict(
        {
            "users": [*users, STRANGER],
            "channels": channels,
            "manifest": manifest(),
            "installation": {
                "team_id": practice.practice_id,
                "team_name": practice.name,
                "request_url": f"http://127.0.0.1:{bot_port}/slack/events" if bot_port else None,
            },
        }
    )


def _sees(person: Person, team_id: str) -> bool:
    return team_id in person.team_ids or bool(person.roles & {"biller", "admin", "practitioner"})


@contextmanager
def bot_running(
    playground: Playground, database_url: str, *, http_port: int | None, is_heard: bool = True
) -> Iterator[subprocess.Popen[bytes]]:
    """Run ``ccm serve`` in a process of its own, which knows of the playground only its address and tokens.

    Its log goes to standard error, unless nobody wants to hear it.
    """
    installation = playground.workspace.installation
    environment = {name: value for name, value in os.environ.items() if name not in OAUTH_SETTINGS} | {
        "CCM_DATABASE_URL": database_url,
        "SLACK_API_URL": playground.api_url,
        "SLACK_BOT_TOKEN": installation.bot_token,
        "SLACK_APP_TOKEN": installation.app_token,
        "SLACK_SIGNING_SECRET": installation.signing_secret,
    }
    mode = ["--http", "--port", str(http_port)] if http_port else []
    command = [sys.executable, "-m", "bot", "serve", *mode]
    log = None if is_heard else subprocess.DEVNULL
    # A process group of its own: Ctrl+C is for the demo, which stops the bot. Told twice, the bot would drop its work.
    process = subprocess.Popen(command, env=environment, stderr=log, process_group=0)  # noqa: S603 - ourselves
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(SECONDS_TO_STOP)
        except subprocess.TimeoutExpired:
            process.kill()


def free_port() -> int:
    """Return a port that nothing listens on at the moment."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def fresh_ledger(directory: Path) -> str:
    """Return the URL of an empty SQLite ledger in ``directory``.

    An earlier demo's ledger is emptied. Whatever else is in ``directory`` is left alone.

    Raises:
        LedgerError: DEMO_FOLDER where the ledger that is there is no demo's, or none can be written;
            DEMO_RUNNING where a program has it open. Nothing has changed then.
    """
    ledger = directory / "ccm.sqlite3"
    try:
        make_folder(directory)
        _refuse_anothers(ledger)
        with alone(ledger) as ours, closing(sqlite3.connect(":memory:")) as empty:
            _refuse_practices(ours, ledger)
            empty.execute(f"PRAGMA application_id={DEMO_ID}")
            empty.backup(ours)
    except (OSError, sqlite3.Error) as error:
        raise LedgerError(
            "DEMO_FOLDER",
            f"The demo cannot keep its ledger in {directory} ({error}).",
            "Name a folder where you may write: ccm demo --directory ~/ccm-demo",
        ) from error
    except LedgerError as error:
        if error.code != "LEDGER_IN_USE":
            raise
        raise LedgerError(
            "DEMO_RUNNING",
            f"A program has {ledger} open, such as another demo.",
            f"Stop it with Ctrl+C where it runs, or start this one beside it: {_beside(directory)} --port 0",
        ) from error
    return f"sqlite:///{ledger.resolve()}"


def _refuse_anothers(ledger: Path) -> None:
    """Raise ``LedgerError`` where something stands at the demo's ledger, or beside it, that no demo made."""
    beside = [ledger.with_name(f"{ledger.name}{end}") for end in ("-wal", "-journal")]
    if ledger.is_symlink() or (ledger.exists() and not ledger.is_file()):
        raise _not_ours(ledger)
    if not ledger.exists():
        if any(map(os.path.lexists, beside)):
            raise _not_ours(beside[0])
        return
    with closing(sqlite3.connect(f"{ledger.resolve().as_uri()}?mode=rw", uri=True)) as theirs:
        _refuse_practices(theirs, ledger)


def _refuse_practices(connection: sqlite3.Connection, ledger: Path) -> None:
    """Raise ``LedgerError`` where a ledger without the demo's mark has tables, or one with it has another practice."""
    try:
        tables = tables_of(connection)
        is_marked = connection.execute("PRAGMA application_id").fetchone() == (DEMO_ID,)
        practices = connection.execute("SELECT practice_id FROM practices").fetchall() if "practices" in tables else []
    except sqlite3.DatabaseError as error:
        raise _not_ours(ledger) from error
    if (tables and not is_marked) or any(practice != (WORKSPACE,) for practice in practices):
        raise _not_ours(ledger)


def _not_ours(file: Path) -> LedgerError:
    title = f"{file} is no ledger that the demo made; it is left as it is."
    return LedgerError("DEMO_FOLDER", title, f"Name another folder: {_beside(file.parent)}")


def _beside(directory: Path) -> str:
    """Return the command of a demo in a folder beside ``directory`` that is not there yet."""
    names = (f"{directory.resolve()}-{number}" for number in count(2))
    free = next(name for name in names if not os.path.lexists(name))
    return f"ccm demo --directory {shlex.quote(free)}"


def wait_for_stop(process: subprocess.Popen[bytes]) -> None:
    """Return when the person stops the demo; raise ``LedgerError`` where the bot ended by itself.

    Raises:
        LedgerError: BOT_STOPPED.
    """
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda _number, _frame: stopped.set())
    while not stopped.wait(1):
        if process.poll() is not None:
            raise LedgerError("BOT_STOPPED", "The bot stopped by itself.", "What it said stands above.")
