"""A clean stop: told once, finished what was begun; told twice, gone at once."""

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import structlog

log = structlog.get_logger("bot.runtime.shutdown")

STOPPING = frozenset({signal.SIGTERM, signal.SIGINT})
KILLED_BY = 128
"""What a shell adds to a signal's number for the exit code of what it ended."""


@contextmanager
def stop_signals() -> Iterator[threading.Event]:
    """Return an event that SIGTERM or SIGINT sets, for the length of the block; a second one ends the process at once.

    The signals are written to a pipe, and one thread waits at its end: what a handler may do (locks, logs) would depend
    on where it interrupts. Enter it in the main thread.
    """
    asked = threading.Event()
    reads, writes = os.pipe()
    os.set_blocking(writes, False)
    waits = threading.Thread(target=_wait_at, args=(reads, asked), name="signals", daemon=True)
    waits.start()
    before = {number: signal.signal(number, lambda _number, _frame: None) for number in STOPPING}
    pipe_before = signal.set_wakeup_fd(writes)
    try:
        yield asked
    finally:
        signal.set_wakeup_fd(pipe_before)
        for number, handler in before.items():
            signal.signal(number, handler)
        os.close(writes)
        waits.join()
        os.close(reads)


def _wait_at(pipe: int, asked: threading.Event) -> None:
    """Set the event for the first signal, and end the process for the second; return when the pipe is closed."""
    while received := os.read(pipe, 1):
        number = received[0]
        if number not in STOPPING:
            continue
        if asked.is_set():
            log.warning("stopped", at_once=True)
            os._exit(KILLED_BY + number)
        asked.set()
        log.info("stopping", signal=signal.Signals(number).name)
