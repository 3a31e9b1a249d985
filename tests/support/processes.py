"""``ccm serve`` in a process of its own, with what it logs and a clock that stands where the test wants it."""

import json
import multiprocessing
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, TextIO

from support.bot_process import serve
from support.forks import Fork
from support.patience import PATIENCE_SECONDS

from bot.playground import Playground

PROGRAM = """
import datetime, sys
from bot.cli import main, serving
at = datetime.datetime.fromisoformat(sys.argv[1])
serving.now = lambda: at
sys.argv = ["ccm", *sys.argv[2:]]
main()
"""


class Bot:
    """A process that serves, and what it has logged."""

    def __init__(self, process: subprocess.Popen[str] | Fork, said: TextIO) -> None:
        self.process = process
        self._said_so_far = said
        self.lines: list[str] = []
        self._said = threading.Condition()
        self._reads = threading.Thread(target=self._read, daemon=True)
        self._reads.start()

    def wait_for_event(self, name: str, count: int = 1) -> dict[str, Any]:
        """The event of that name once it was logged so often; fails where the process ends or is silent before."""
        with self._said:
            self._said.wait_for(lambda: len(self.events(name)) >= count or self._is_silent(), PATIENCE_SECONDS)
        found = self.events(name)
        assert len(found) >= count, self.lines
        return found[count - 1]

    def events(self, name: str) -> list[dict[str, Any]]:
        """What it has logged under that name."""
        parsed = [json.loads(line) for line in list(self.lines) if line.startswith("{")]
        return [one for one in parsed if one.get("event") == name]

    def tell(self, number: signal.Signals = signal.SIGTERM) -> None:
        """Sends it a signal."""
        self.process.send_signal(number)

    def exit_code(self) -> int:
        """Its exit code, once it has ended and all is read that it logged."""
        code = self.process.wait(PATIENCE_SECONDS)
        self._reads.join(PATIENCE_SECONDS)
        return code

    def end(self) -> None:
        """Ends it at once."""
        self.process.kill()
        self.exit_code()
        self._said_so_far.close()

    def _is_silent(self) -> bool:
        return not self._reads.is_alive()

    def _read(self) -> None:
        for line in self._said_so_far:
            with self._said:
                self.lines.append(line)
                self._said.notify_all()
        with self._said:
            self._said.notify_all()


def started(words: list[str], environment: dict[str, str], at: datetime) -> Bot:
    """A process that Python was started for, with all that belongs to a start."""
    command = [sys.executable, "-c", PROGRAM, at.isoformat(), *words]
    process = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)  # noqa: S603 - ourselves
    assert process.stderr is not None
    return Bot(process, process.stderr)


def forked(words: list[str], environment: dict[str, str], at: datetime | None = None) -> Bot:
    """A process that begins where the program is loaded, in a moment; the rest of its life is that of any other.

    Its clock goes on unless it is to be ``at`` one time.
    """
    hears, says = multiprocessing.Pipe(duplex=False)
    with hears, says:
        return Bot(Fork(serve, words, environment, at, says), os.fdopen(os.dup(hears.fileno()), encoding="utf-8"))


@contextmanager
def bot_process(
    playground: Playground,
    database_url: str,
    *options: str,
    at: datetime,
    is_started: bool = False,
    **environment: str,
) -> Iterator[Bot]:
    """``ccm serve`` against that Slack and ledger, killed when the block ends unless it has ended by itself.

    It is a fork of a process that has loaded the program, unless it ``is_started`` anew.
    """
    installation = playground.workspace.installation
    settings = {
        "CCM_DATABASE_URL": database_url,
        "SLACK_API_URL": playground.api_url,
        "SLACK_BOT_TOKEN": installation.bot_token,
        "SLACK_APP_TOKEN": installation.app_token,
        "SLACK_SIGNING_SECRET": installation.signing_secret,
    }
    begin = started if is_started else forked
    bot = begin(["serve", *options], os.environ | settings | environment, at)
    try:
        yield bot
    finally:
        bot.end()
