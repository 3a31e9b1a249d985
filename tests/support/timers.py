"""Timers in an harness: started, waited for, looked at."""

from support.slack import Harness

from bot.playground import Glance
from ledger.recording.timers import Timer, running_timer


def start(harness: Harness, line: str = "P-1042 meds", *, minutes: float = 0, seconds: float = 0) -> Glance:
    """What the nurse sees after starting a timer; then that much time passes."""
    seen = harness.say(f"/ccm start {line}")
    harness.clock.move(minutes=minutes, seconds=seconds)
    return seen


def running(harness: Harness, staff_id: str = "nurse1") -> Timer | None:
    """The timer of that person as the ledger has it."""
    with harness.looking() as connection:
        return running_timer(connection, harness.practice, staff_id)
