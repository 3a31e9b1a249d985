"""A line, and the form that it prefills: sent as it stands, it saves the same entry."""

from collections.abc import Mapping
from itertools import count
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.examples import examples
from support.slack import Harness

from bot.commands.call import Call
from bot.commands.log import log, open_form, submit_form
from bot.views.formatting import escaped
from bot.views.forms.inputs import submitted
from bot.views.reply import Reply
from ledger.errors import LedgerError
from ledger.roster.directory import person_by_id

LENGTHS = ("12m", "1h5m", "200m", "7:05-7:17", "9:05am-9:17am", "23:50-00:10", "12m at 8:05", "24h at 7:05", "12m -15")
ACTIVITIES = ("meds", "labs", "call", "caregiver vm", "meds no-answer", "doc", "patient-contact portal")
DAYS = ("", "", "yesterday", "11/20", "2026-11-03", "sun", "11/01")
PROGRAMS = ("", "ccm", "rpm")
NOTES = ("Reconciled <5 & more.", '"quoted, all of it"', '12 "units" of insulin', "- dash first.", "call back Friday")
lines = st.tuples(*map(st.sampled_from, (("P-1042", "1043", "p1044"), LENGTHS, ACTIVITIES, DAYS, PROGRAMS, NOTES))).map(
    " ".join
)
WORK = ("patient_code", "program", "activity", "contact", "date_of_service", "duration_minutes", "started_at", "note")
_keys = count()


def call_of(harness: Harness, text: str) -> Call:
    with harness.looking() as connection:
        nurse = person_by_id(connection, harness.practice.practice_id, "nurse1")
    return Call(
        harness.database.of("T0TEST"), harness.practice, nurse, escaped(text), harness.clock(), f"line:{next(_keys)}"
    )


def as_submitted(view: Mapping[str, Any]) -> dict[str, str]:
    """What is sent by somebody who changes nothing in the form."""
    kinds = {"value": "initial_value", "selected_date": "initial_date", "selected_option": "initial_option"}
    states = {
        block["block_id"]: {"any": {key: block["element"].get(initial) for key, initial in kinds.items()}}
        for block in view["blocks"]
        if block["type"] == "input"
    }
    return submitted({"state": {"values": states}})


def new_work(harness: Harness, known: set[tuple[str, int]]) -> list[tuple[Any, ...]]:
    """The work of the entries not yet ``known``, which are now, and are voided so that they are in nobody's way."""
    new = [entry for entry in harness.entries() if (entry.patient_code, entry.position) not in known]
    known |= {(entry.patient_code, entry.position) for entry in new}
    for entry in new[:1]:
        harness.say(f"/ccm void {entry.patient_code}#{entry.position} To log it once more.")
    return [tuple(getattr(entry, name) for name in WORK) for entry in new]


@settings(max_examples=examples(80), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lines)
def test_a_form_sent_as_a_line_prefilled_it_saves_what_the_line_saves(harness: Harness, line: str) -> None:
    known = {(entry.patient_code, entry.position) for entry in harness.entries()}
    try:
        saved = log(call_of(harness, line), confirmed=True)
    except LedgerError:
        return  # a day on which the patient has no program, say: there is no entry to compare with
    if not isinstance(saved, Reply):
        return
    by_line = new_work(harness, known)

    form = open_form(call_of(harness, line)).view
    submit_form(call_of(harness, ""), {**as_submitted(form), "confirm": "yes"})

    assert by_line
    assert new_work(harness, known) == by_line
