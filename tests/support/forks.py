"""The bot in processes of its own, which a test starts, stops and kills."""

import multiprocessing
import os
import signal
import threading
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import wait
from pathlib import Path
from typing import Any

from support.patience import PATIENCE_SECONDS

_GLANCE_SECONDS = 0.01

_forks = multiprocessing.get_context("forkserver")
# Loaded once: each process is a copy of one that has it all, which takes milliseconds and not two seconds.
_forks.set_forkserver_preload(
    ["__main__", "bot.cli.serving", "bot.messages.chart", "matplotlib.backends.backend_agg", "psycopg"]
)


# Whoever starts a process looks after all others: two threads must not both read how one of them ended.
_looking = threading.Lock()


class Fork:
    """A running process that does ``work`` with these arguments, and ends as one does that was started for it."""

    def __init__(self, work: Callable[..., None], *args: Any, **more: Any) -> None:
        self._process = _forks.Process(target=work, args=args, kwargs=more, daemon=True)
        with _looking:
            self._process.start()

    def exit_code(self, timeout_seconds: float = 0) -> int | None:
        """How it ended, if it does in time; the negative number of a signal that ended it."""
        wait([self._process.sentinel], timeout_seconds)
        with _looking:
            return self._process.exitcode

    def wait(self, timeout_seconds: float) -> int:
        """How it ended; fails where it does not in time."""
        code = self.exit_code(timeout_seconds)
        assert code is not None
        return code

    def send_signal(self, number: signal.Signals) -> None:
        """Sends it a signal unless it has ended."""
        if self.exit_code() is None and self._process.pid:
            os.kill(self._process.pid, number)

    def kill(self) -> None:
        """Kills it as ``kill -9`` does."""
        self.send_signal(signal.SIGKILL)

    def forget(self) -> None:
        """Leaves nothing of it behind, once it has ended."""
        with _looking:
            self._process.close()


def eventually(happened: Callable[[], bool], what: str) -> None:
    """Returns as soon as ``happened()``, which is asked again and again; fails, naming ``what``, if it never does."""
    pause = threading.Event()
    for _ in range(round(PATIENCE_SECONDS / _GLANCE_SECONDS)):
        if happened():
            return
        pause.wait(_GLANCE_SECONDS)
    raise AssertionError(f"waited in vain: {what}")


@dataclass
class Bot:
    """One process of the bot; ``is_gone`` once it was killed or stopped."""

    process: Fork
    port: int
    effects: Path
    said: Path
    is_gone: bool = False

    @property
    def url(self) -> str:
        """Where Slack sends its requests."""
        return f"http://127.0.0.1:{self.port}/slack/events"

    def is_ready(self) -> bool:
        """Whether it says that it can do its work."""
        assert self.exit_code() is None, self.words()
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=PATIENCE_SECONDS):
                return True
        except urllib.error.HTTPError as error:
            error.close()
        except OSError:
            pass
        return False

    def wait_until_ready(self) -> None:
        """Returns when it can do its work."""
        eventually(self.is_ready, "a process that is ready")

    def wait_until_killed(self) -> None:
        """Returns when it has been killed, and by nothing else came to its end."""
        code = self.exit_code(PATIENCE_SECONDS)
        assert code == -9, (code, self.effects_so_far(), self.words())

    def exit_code(self, timeout_seconds: float = 0) -> int | None:
        """How it ended, if it does in time; the negative number of a signal that ended it."""
        return self.process.exit_code(timeout_seconds)

    def end(self) -> None:
        """Kills it if it still runs, and forgets it."""
        self.process.kill()
        self.process.wait(PATIENCE_SECONDS)
        self.process.forget()

    def kill(self) -> None:
        """Kills it as ``kill -9`` does."""
        self.is_gone = True
        self.process.kill()
        self.wait_until_killed()

    def stop(self) -> None:
        """Asks it to end, and waits until it has finished what it had begun."""
        self.is_gone = True
        self.process.send_signal(signal.SIGTERM)
        code = self.exit_code(PATIENCE_SECONDS)
        assert code in {0, -15}, (code, self.words())

    def effects_so_far(self) -> list[str]:
        """What it has done that can be seen from outside, in this order."""
        return self.effects.read_text(encoding="utf-8").splitlines() if self.effects.exists() else []

    def words(self) -> str:
        """What it has said so far."""
        return self.said.read_text(encoding="utf-8")
