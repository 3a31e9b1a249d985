"""What is recorded of a patient, with who recorded it and when: for the statement, the list of all, and programs."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection

from bot.commands.call import Call
from bot.commands.facts.kinds import kind_of
from bot.views.fact_list import Recorded, ShownFact
from ledger.clock import month_of, next_month
from ledger.patients.fact_history import FactHistory, Revision, fact_histories
from ledger.recording.fact_cells import cells_of_fact, layout_of
from ledger.roster.directory import people
from ledger.roster.storing import IMPORTED_BY


def shown_facts(call: Call, connection: Connection, patient_code: str) -> list[ShownFact]:
    """Return all that was ever recorded of the patient."""
    named = _namer(call, connection)
    return [_shown(call, history, named) for history in fact_histories(connection, call.practice, patient_code)]


def facts_of_month(call: Call, connection: Connection, patient_code: str, month: date) -> tuple[list[ShownFact], int]:
    """Return the facts that stand behind a statement of the month, and how many others hold.

    Of each kind and subject the newest that had begun by the month's end; of what is recorded by month, that of this.
    """
    named = _namer(call, connection)
    holding = [one for one in fact_histories(connection, call.practice, patient_code) if one.holds]
    newest: dict[tuple[str, str], FactHistory] = {}
    for history in holding:  # of each kind and subject the latest day comes first
        fact = history.newest.fact
        had_begun = fact.on_date < next_month(month)
        if had_begun and (not layout_of(fact).is_of_month or fact.on_date == month_of(month)):
            newest.setdefault((fact.kind.value, fact.subject), history)
    return [_shown(call, history, named) for history in newest.values()], len(holding) - len(newest)


def facts_data(call: Call, connection: Connection, patient_code: str) -> list[dict[str, Any]]:
    """Return all that was ever recorded of the patient, for a program: by the columns of the import files."""
    return [_data(call, history) for history in fact_histories(connection, call.practice, patient_code)]


def _namer(call: Call, connection: Connection) -> Callable[[str], str]:
    names: Mapping[str, str] = {
        person.staff_id: person.name for person in people(connection, call.practice.practice_id)
    } | {IMPORTED_BY: "an import"}
    return lambda staff_id: names.get(staff_id, staff_id)


def _shown(call: Call, history: FactHistory, named: Callable[[str], str]) -> ShownFact:
    kind = kind_of(history.newest.fact.kind)
    may = history.holds and kind.may(call.person)
    return ShownFact(
        history.newest.version,
        tuple(_recorded(call, revision, named) for revision in reversed(history.revisions)),
        may_correct=may,
        may_withdraw=may,
    )


def _recorded(call: Call, revision: Revision, named: Callable[[str], str]) -> Recorded:
    fact = revision.fact
    words = kind_of(fact.kind).words(fact, call.practice)
    return Recorded(words, named(revision.recorded_by), call.practice.local(revision.recorded_at), fact.withdrawn)


def _data(call: Call, history: FactHistory) -> dict[str, Any]:
    newest = history.newest
    fact = newest.fact
    return {
        "kind": fact.kind.value,
        "subject": fact.subject,
        "date": fact.on_date,
        "until": fact.until_date,
        "holds": history.holds,
        "said": kind_of(fact.kind).words(fact, call.practice),
        "recorded_by": newest.recorded_by,
        "recorded_at": newest.recorded_at,
        "file": layout_of(fact).file,
        "revisions": _revisions(call, history.revisions),
    }


def _revisions(call: Call, revisions: Sequence[Revision]) -> list[dict[str, Any]]:
    return [
        {
            "columns": cells_of_fact(one.fact, call.practice),
            "withdrawn": one.fact.withdrawn,
            "recorded_by": one.recorded_by,
            "recorded_at": one.recorded_at,
        }
        for one in revisions
    ]
