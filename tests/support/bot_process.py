"""``ccm serve`` in a process of its own whose clock a test moves, and which is killed where the test says.

Nothing of this is in the program. Around it, at the edges of its libraries, is counted what can be seen from outside:
transactions that are committed, and calls that change something in Slack. To die before one of them is to die after the
one before it.
"""

import http.client
import json
import os
import re
import signal
import sys
import threading
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from multiprocessing.connection import Connection as Pipe
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary

from apscheduler.schedulers.background import BackgroundScheduler
from sqlalchemy import Connection, Engine, event
from support.pictures import Figure, paint_a_point

import bot.cli.serving
import bot.slack.client
import ledger.clock

TICK_SECONDS = 0.1
"""How often the jobs are asked, in place of every minute."""
PATIENCE_SECONDS = 2
"""How long Slack is waited for, in place of 30 seconds."""
READING_METHODS = re.compile(r"/api/(auth|apps|api|users|conversations)\.")
CHANGING_STATEMENT = re.compile(r"\s*(INSERT INTO|UPDATE|DELETE FROM)\s+(\w+)")


@dataclass(frozen=True, slots=True)
class Orders:
    """What a test tells a process while it runs: what time it is, and before what it is killed.

    ``die_before`` is a pattern for the names of effects, and which of those that match: the first is 1.
    """

    now: str
    die_before: tuple[str, int] | None = None


class Director:
    """Reads the orders from a file, and writes down every effect before it happens."""

    def __init__(self, orders: Path, effects: Path) -> None:
        self._orders = orders
        self._effects = effects
        self._counted: defaultdict[str, int] = defaultdict(int)
        self._lock = threading.Lock()

    def read(self) -> Orders:
        """The orders as they are now."""
        return Orders(**json.loads(self._orders.read_text(encoding="utf-8")))

    def now(self) -> datetime:
        """What time it is, says the test."""
        return datetime.fromisoformat(self.read().now)

    def before(self, effect: str) -> None:
        """Notes that ``effect`` comes now, unless this process is killed before it."""
        deadly = self.read().die_before
        with self._lock:
            if deadly is not None and re.search(deadly[0], effect):
                self._counted[deadly[0]] += 1
                if self._counted[deadly[0]] == deadly[1]:
                    os.kill(os.getpid(), signal.SIGKILL)
            with self._effects.open("a", encoding="utf-8") as file:
                file.write(f"{effect}\n")


def give(orders: Path, what: Orders) -> None:
    """Leaves orders where a process reads them; it never sees half of them."""
    draft = orders.with_suffix(".draft")
    draft.write_text(json.dumps(asdict(what)), encoding="utf-8")
    draft.replace(orders)


def run(
    arguments: list[str], environment: Mapping[str, str], orders: Path, effects: Path, said: Path, *, ticks: bool
) -> None:
    """Runs ``ccm`` with these arguments until it ends; what it says goes to the file ``said``.

    With ``ticks`` the jobs are asked again and again, else when it starts and then every minute.
    """
    with said.open("ab") as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    os.environ.update(environment)
    director = Director(orders, effects)
    _move_clock(director)
    if ticks:
        _ask_jobs_often()
    _watch_commits(director)
    _watch_slack(director)
    Figure.savefig = paint_a_point  # type: ignore[method-assign]
    bot.slack.client.SLACK_TIMEOUT_SECONDS = PATIENCE_SECONDS  # type: ignore[misc] # the module calls it a constant
    sys.argv = ["ccm", *arguments]
    bot.cli.main()


def serve(words: list[str], environment: Mapping[str, str], at: datetime | None, says: Pipe) -> None:
    """Runs ``ccm`` with these words, in exactly this environment; if it is ``at`` one time, it always is.

    Errors go to ``says``.
    """
    with says:
        os.dup2(says.fileno(), 2)
    os.environ.clear()
    os.environ.update(environment)
    if at is not None:
        bot.cli.serving.now = lambda: at
    sys.argv = ["ccm", *words]
    bot.cli.main()


def _move_clock(director: Director) -> None:
    class Moved(datetime):
        @classmethod
        def now(cls, tz: Any = UTC) -> datetime:
            return director.now().astimezone(tz)

    ledger.clock.datetime = Moved  # type: ignore[attr-defined]


def _ask_jobs_often() -> None:
    add_job = BackgroundScheduler.add_job

    def often(self: Any, work: Any, *_: Any, **more: Any) -> Any:
        kept = {name: value for name, value in more.items() if name in {"args", "kwargs", "id", "max_instances"}}
        return add_job(self, work, "interval", seconds=TICK_SECONDS, coalesce=True, misfire_grace_time=None, **kept)

    BackgroundScheduler.add_job = often


def _watch_commits(director: Director) -> None:
    changes: WeakKeyDictionary[Connection, list[str]] = WeakKeyDictionary()

    @event.listens_for(Engine, "before_cursor_execute")
    def on_statement(connection: Connection, _cursor: Any, statement: str, *_: Any) -> None:
        found = CHANGING_STATEMENT.match(statement)
        if found:
            changes.setdefault(connection, []).append(found[2])

    @event.listens_for(Engine, "rollback")
    def on_rollback(connection: Connection) -> None:
        changes.pop(connection, None)

    @event.listens_for(Engine, "commit")
    def on_commit(connection: Connection) -> None:
        tables = changes.pop(connection, [])
        if tables:
            director.before(f"commit {' '.join(dict.fromkeys(tables))}")


def _watch_slack(director: Director) -> None:
    request = http.client.HTTPConnection.request

    def watched(self: Any, method: str, url: str, *more: Any, **others: Any) -> None:
        path = urlsplit(url).path
        if not READING_METHODS.match(path):
            director.before(f"slack {'upload' if path.startswith('/upload/') else path.removeprefix('/api/')}")
        request(self, method, url, *more, **others)

    http.client.HTTPConnection.request = watched  # type: ignore[method-assign]
