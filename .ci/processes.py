"""Run programs with bounded patience, and tell what they said where they fail. Only what comes with Python."""

import os
import shlex
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn, TypeVar

COMMAND_SECONDS, ANSWER_SECONDS, STOP_SECONDS = 120, 60, 30
"""How long a command may take, a running program to do what is waited for, and to end when it is told to."""
POLL_SECONDS = 0.2
LINES_OF_LOG = 60

Found = TypeVar("Found")


class FailedError(Exception):
    """Something a stranger would not get."""


@dataclass(frozen=True, slots=True)
class Place:
    """A folder that commands run in, with the variables they have."""

    directory: Path
    environment: Mapping[str, str]

    def run(self, *command: str | Path, seconds: float = COMMAND_SECONDS, **variables: str) -> str:
        """Run a command to its end and return what it printed.

        Raises:
            FailedError: It did not end in time, or not with exit code 0.
        """
        words = list(map(str, command))
        try:
            done = subprocess.run(
                words,
                cwd=self.directory,
                env={**self.environment, **variables},
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=seconds,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise FailedError(f"{shlex.join(words)}: not done after {seconds:.0f} seconds") from None
        if done.returncode:
            raise FailedError(f"{shlex.join(words)}: exit code {done.returncode}\n{tail(done.stdout + done.stderr)}")
        return done.stdout

    @contextmanager
    def started(self, *command: str | Path, **variables: str) -> Iterator["Process"]:
        """Start a command in a session of its own, as a terminal does; what is left of it at the end is killed."""
        words = list(map(str, command))
        log = Path(tempfile.mkstemp(suffix=".log", dir=self.directory.parent)[1])
        with log.open("wb") as writing:
            popen = subprocess.Popen(
                words,
                cwd=self.directory,
                env={**self.environment, **variables},
                stdin=subprocess.DEVNULL,
                stdout=writing,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        process = Process(shlex.join(words), popen, log)
        try:
            yield process
        finally:
            for left in process.living():
                with suppress(ProcessLookupError):
                    os.kill(left, signal.SIGKILL)
            popen.wait()


@dataclass(frozen=True, slots=True)
class Process:
    """A program that runs until it is told to stop, and what it has said."""

    command: str
    popen: "subprocess.Popen[bytes]"
    log: Path

    def said(self) -> str:
        """Return its output so far."""
        return self.log.read_text(encoding="utf-8", errors="replace")

    def fail(self, what: str) -> NoReturn:
        """Raise ``FailedError`` with what it said."""
        raise FailedError(f"{self.command}: {what}\n{tail(self.said())}")

    def wait_until(self, what: str, look: Callable[[], Found | None], seconds: float = ANSWER_SECONDS) -> Found:
        """Return what ``look`` finds; fail where the program ends before, or time does."""
        deadline = time.monotonic() + seconds
        while not (found := look()):
            if self.popen.poll() is not None:
                self.fail(f"ended with exit code {self.popen.returncode} before this: {what}")
            if time.monotonic() > deadline:
                self.fail(f"not within {seconds:.0f} seconds: {what}")
            time.sleep(POLL_SECONDS)
        return found

    def stop(self, number: signal.Signals, exit_code: int = 0) -> None:
        """Send a signal to its process group, as Ctrl+C does, and see all that it started end in time."""
        os.killpg(self.popen.pid, number)
        try:
            self.popen.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.fail(f"still running {STOP_SECONDS} seconds after {number.name}")
        if self.popen.returncode != exit_code:
            self.fail(f"exit code {self.popen.returncode} after {number.name}, not {exit_code}")
        deadline = time.monotonic() + STOP_SECONDS
        while self.living():
            if time.monotonic() > deadline:
                self.fail(f"left a process behind after {number.name}")
            time.sleep(POLL_SECONDS)
        if "Traceback" in self.said():
            self.fail("showed a traceback")

    def living(self) -> list[int]:
        """Return the processes of its session, zombies left out; by Linux' /proc."""
        found = []
        for stat in Path("/proc").glob("[0-9]*/stat"):
            with suppress(OSError):
                state, _parent, _group, session = stat.read_text(encoding="utf-8").rpartition(")")[2].split()[:4]
                if int(session) == self.popen.pid and state != "Z":
                    found.append(int(stat.parent.name))
        return found


def tail(text: str) -> str:
    """Return the last lines of what a program said, set apart."""
    lines = text.rstrip().splitlines()[-LINES_OF_LOG:]
    return "\n".join(f"    | {line}" for line in lines) or "    | (it said nothing)"
