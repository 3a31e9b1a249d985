"""Timers in an harness: started, waited for, looked at."""

from support.slack import Harness

from bot.playground import Glance, SeenView
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


def opened(seen: Glance) -> SeenView:
    """The modal that is open now."""
    assert seen.modal is not None
    return seen.modal


def prefilled(view: SeenView) -> dict[str, str]:
    """What stands in the form, by the names of its inputs."""
    values = {}
    for block in view.blocks:
        element = block.get("element", {})
        option = element.get("initial_option") or {}
        value = element.get("initial_value") or element.get("initial_date") or option.get("value")
        if value:
            values[block["block_id"]] = value
    return values
