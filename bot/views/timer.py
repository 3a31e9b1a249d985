"""A running timer and what becomes of it. Its buttons work in a message and in the Home tab alike."""

from datetime import datetime

from bot.grammar.log_line import LogLine, format_log
from bot.views import formatting
from bot.views.blocks import Block, Element
from bot.views.receipt import LOG_ANOTHER, REPLAYED
from bot.views.reply import Reply, actions, button, context, section
from ledger.practice.practice import Practice
from ledger.recording.timers import Timer, TimerReceipt

START = "timer_start"
STOP = "timer_stop"
STOP_NOW = "timer_stop_now"
STOP_AT = "timer_stop_at"
CANCEL = "timer_cancel"
KEEP = "timer_keep"


def timer_blocks(timer: Timer, at: datetime) -> list[Block]:
    """Return the running timer, and buttons to stop and to cancel it; ``at`` is now on the practice's clock."""
    said = [
        f"*{timer.patient_code}*",
        f"running since {since(timer, at)}",
        f"{timer.minutes_until(at)} min so far",
        *_said(timer),
    ]
    return [section(f"*Timer* · {' · '.join(said)}"), actions(*_buttons(timer))]


def start_button() -> Element:
    """Return the button that opens the form of a new timer."""
    return button("Start timer", START, "")


def since(timer: Timer, at: datetime) -> str:
    """Return ``10:05 am``, or ``Mon Nov 23, 11:50 pm`` where it began on another day than ``at``."""
    began = timer.started_at.astimezone(at.tzinfo)
    return (
        formatting.clock(began) if began.date() == at.date() else f"{formatting.day(began)}, {formatting.clock(began)}"
    )


def started(receipt: TimerReceipt, practice: Practice) -> Reply:
    """Return the answer to a start."""
    timer = receipt.timer
    began = formatting.clock(practice.local(timer.started_at))
    todo = "Stop it with `/ccm stop` and what was found and decided."
    if practice.conduct.timer_reminder:
        asked = formatting.minutes(practice.conduct.timer_reminder_minutes)
        todo += f" After {asked} you are asked whether you still work."
    remarks = [todo, REPLAYED] if receipt.replayed else [todo]
    blocks = (
        section(" · ".join(["*Started*", f"*{timer.patient_code}*", began, *_said(timer)])),
        *map(context, remarks),
        actions(*_buttons(timer)),
    )
    return Reply(f"Started: {timer.patient_code}, {began}.", blocks, frozenset({timer.patient_code}))


def cancelled(receipt: TimerReceipt, practice: Practice) -> Reply:
    """Return the answer to a cancellation: what was not logged, and the way to log it after all."""
    timer, ended_at = receipt.timer, receipt.ended_at or receipt.timer.started_at
    at = practice.local(ended_at)
    minutes = timer.minutes_until(ended_at)
    line = f"*Cancelled* · *{timer.patient_code}* · {minutes} min since {since(timer, at)} were not logged."
    blocks: list[Block] = [section(line)]
    if receipt.replayed:
        blocks.append(context(REPLAYED))
    if minutes:
        blocks.append(actions(button("Log it after all", LOG_ANOTHER, _as_line(timer, practice, minutes))))
    return Reply(f"Cancelled: {timer.patient_code}.", tuple(blocks), frozenset({timer.patient_code}))


def running_already(timer: Timer, at: datetime) -> Reply:
    """Return the answer to a start while one's timer runs: it goes on, and can be ended here."""
    text = f"Your timer for {timer.patient_code} is running already."
    line = f"*{text}* Since {since(timer, at)}, {timer.minutes_until(at)} min so far. No other was started."
    return Reply(text, (section(line), actions(*_buttons(timer))))


def reminder(timer: Timer, at: datetime) -> Reply:
    """Return the question to the owner of a forgotten timer."""
    text = (
        f"Your timer for {timer.patient_code} has run since {since(timer, at)} "
        f"({timer.minutes_until(at)} min). Still working?"
    )
    named = _named(timer)
    buttons = (
        button("Stop now and log…", STOP_NOW, named, style="primary"),
        button("Stop at…", STOP_AT, named),
        button("Cancel the timer", CANCEL, named),
        button("Keep running", KEEP, named),
    )
    remark = context("Nothing is logged before you have confirmed it.")
    return Reply(text, (section(text), remark, actions(*buttons)))


def kept_running(timer: Timer, at: datetime) -> Reply:
    """Return the answer to "Keep running"."""
    return Reply(f"Your timer for {timer.patient_code} goes on.", tuple(timer_blocks(timer, at)))


def logged_elsewhere(patient_code: str) -> Reply:
    """Return what stands in place of a message from which a form was opened, once the form is saved."""
    text = f"The timer for {patient_code} was stopped and its time logged."
    return Reply(text, (section(text),))


def _buttons(timer: Timer) -> tuple[Element, Element]:
    named = _named(timer)
    return button("Stop and log", STOP, named, style="primary"), button("Cancel it", CANCEL, named)


def _named(timer: Timer) -> dict[str, str]:
    """Return what a button says of its timer: a later one of the same person is none of its business."""
    return {"timer": timer.started_at.isoformat()}


def _said(timer: Timer) -> list[str]:
    known = (
        formatting.ACTIVITY_WORDS[timer.activity] if timer.activity else "",
        formatting.CONTACT_WORDS[timer.contact] if timer.contact else "",
        timer.program.value if timer.program else "",
    )
    return [word for word in known if word]


def _as_line(timer: Timer, practice: Practice, minutes: int) -> str:
    began = practice.local(timer.started_at).replace(second=0, microsecond=0)
    return format_log(
        LogLine(
            patient_code=timer.patient_code,
            duration_minutes=minutes,
            started_at=began,
            activity=timer.activity,
            contact=timer.contact,
            date_of_service=began.date(),
            program=timer.program,
        )
    )
