"""The forms of a timer: one starts it, the log form with another name ends it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.views import formatting
from bot.views.blocks import Block, View, modal
from bot.views.forms.inputs import FormValues
from bot.views.forms.log import (
    ACTIVITY,
    CALLBACK,
    CONFIRM,
    CONTACT,
    DATE,
    LENGTH,
    NOTE,
    PATIENT,
    PROGRAM,
    log_form,
    prefill,
)
from bot.views.reply import Reply
from ledger.practice.practice import Practice
from ledger.recording.timers import Timer
from ledger.rules.durations import duration_minutes

START_CALLBACK = "timer_start_submitted"
STOP_CALLBACK = "timer_stop_submitted"
_START_INPUTS = frozenset({PATIENT, ACTIVITY, CONTACT, PROGRAM, NOTE})
_STOP_INPUTS = _START_INPUTS | {LENGTH, DATE, CONFIRM}
_MAY_WAIT = {"optional": True, "hint": {"type": "plain_text", "text": "May wait until you stop the timer."}}
_MOST_CLEAR_MINUTES = 12 * 60
"""Up to here two times of day say one length; beyond, nobody can have meant to work so long."""


@dataclass(frozen=True, slots=True)
class Stopped:
    """What a form that ends a timer is about: the timer, when the stop was asked for, and the message to be told."""

    started_at: datetime
    stopped_at: datetime
    response_url: str = ""

    def encoded(self) -> str:
        """Return it as a view's private metadata."""
        ends = {"started_at": self.started_at.isoformat(), "stopped_at": self.stopped_at.isoformat()}
        return json.dumps({**ends, "response_url": self.response_url})

    @classmethod
    def decoded(cls, private_metadata: str) -> "Stopped":
        """Return it from a view's private metadata."""
        said = json.loads(private_metadata)
        started_at, stopped_at = (datetime.fromisoformat(said[name]) for name in ("started_at", "stopped_at"))
        return cls(started_at, stopped_at, said["response_url"])

    def measured(self, practice: Practice) -> dict[str, str]:
        """Return its length and its date as they are written in the form.

        ``10:05-10:17``; minutes where clocks were changed between; an open end where it ran over 12 hours.
        """
        began, ended = practice.local(self.started_at), practice.local(self.stopped_at)
        length = f"{began:%H:%M}-{ended:%H:%M}"
        if duration_minutes(began, ended) > _MOST_CLEAR_MINUTES:
            length = f"{began:%H:%M}-"
        elif began.utcoffset() != ended.utcoffset():
            length = f"{duration_minutes(began, ended)}m at {began:%H:%M}"
        return {LENGTH: length, DATE: began.date().isoformat()}


def start_form(values: FormValues, *, intro: str = "") -> View:
    """Return the form that starts a timer; only the patient must be known."""
    view = log_form(values, intro=intro)
    blocks = _with_inputs(view, _START_INPUTS)
    optional = [
        {**block, **_MAY_WAIT} if block.get("block_id") in _START_INPUTS - {PATIENT} else block for block in blocks
    ]
    return {
        **view,
        "callback_id": START_CALLBACK,
        "title": {"type": "plain_text", "text": "Start a timer"},
        "submit": {"type": "plain_text", "text": "Start"},
        "blocks": optional,
    }


def started_view(reply: Reply) -> View:
    """Return the modal after a start."""
    return modal("Timer started", reply.blocks[:-1], close="Close")


def stop_values(timer: Timer, stopped: Stopped, practice: Practice, *, open_end: bool) -> dict[str, str]:
    """Return what stands in the form that ends ``timer``; with ``open_end`` its owner is to say when the work ended."""
    began = practice.local(timer.started_at)
    measured = stopped.measured(practice)
    return prefill(
        patient_code=timer.patient_code,
        length=f"{began:%H:%M}-" if open_end else measured[LENGTH],
        activity=timer.activity,
        contact=timer.contact,
        day=began.date(),
        program=timer.program,
        note=timer.note,
    )


def as_stop_form(view: Mapping[str, Any], stopped: Stopped) -> View:
    """Return the log form ``view`` as the one that ends a timer; any other view as it is."""
    if view.get("callback_id") != CALLBACK:
        return dict(view)
    return {
        **view,
        "callback_id": STOP_CALLBACK,
        "title": {"type": "plain_text", "text": "Stop and log"},
        "private_metadata": stopped.encoded(),
        "blocks": _with_inputs(view, _STOP_INPUTS),
    }


def _with_inputs(view: Mapping[str, Any], names: frozenset[str]) -> list[Block]:
    """Return the blocks of the log form ``view`` with those of its inputs alone that a timer's form has, too."""
    return [block for block in view["blocks"] if block["type"] != "input" or block["block_id"] in names]


def stop_intro(timer: Timer, stopped: Stopped, practice: Practice) -> str:
    """Return what was measured, and the question whether it is right where that is longer than the practice's limit."""
    began, ended = practice.local(timer.started_at), practice.local(stopped.stopped_at)
    minutes = formatting.minutes(timer.minutes_until(ended))
    line = f"Your timer for *{timer.patient_code}* ran {formatting.span(began, ended)}: *{minutes}*."
    if not timer.is_long(practice, stopped.stopped_at):
        return line
    return f"{line} Is that right? If you stopped earlier, correct it: nothing else is logged than stands here."
