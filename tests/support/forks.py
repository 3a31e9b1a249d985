"""The bot in processes of its own, which a test starts, stops and kills."""

import multiprocessing
import threading
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

from support.bot_process import run

PATIENCE_SECONDS = 15
_GLANCE_SECONDS = 0.01

_forks = multiprocessing.get_context("forkserver")
# Loaded once: each process is a copy of one that has it all, which takes milliseconds and not two seconds.
_forks.set_forkserver_preload(["__main__", "bot.cli", "bot.picture", "matplotlib.backends.backend_agg", "psycopg"])


def fork(*args: Any, **more: Any) -> ForkServerProcess:
    """A running process of the bot; the arguments are those of ``support.bot_process.run``."""
    process = _forks.Process(target=run, args=args, kwargs=more, daemon=True)
    process.start()
    return process


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

    process: ForkServerProcess
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
        assert self.process.is_alive(), self.said.read_text(encoding="utf-8")
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
        self.process.join(PATIENCE_SECONDS)
        assert self.process.exitcode == -9, (self.process.exitcode, self.effects_so_far(), self.words())

    def kill(self) -> None:
        """Kills it as ``kill -9`` does."""
        self.is_gone = True
        self.process.kill()
        self.wait_until_killed()

    def stop(self) -> None:
        """Asks it to end, and waits until it has finished what it had begun."""
        self.is_gone = True
        self.process.terminate()
        self.process.join(PATIENCE_SECONDS)
        assert self.process.exitcode in {0, -15}, (self.process.exitcode, self.words())

    def effects_so_far(self) -> list[str]:
        """What it has done that can be seen from outside, in this order."""
        return self.effects.read_text(encoding="utf-8").splitlines() if self.effects.exists() else []

    def words(self) -> str:
        """What it has said so far."""
        return self.said.read_text(encoding="utf-8")
