"""The patient-month: evaluated from its facts, its figures stored in the transaction that changed them (design 1)."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from ledger.clock import month_of
from ledger.errors import LedgerError
from ledger.months.closed_months import Closing, closing_in_force, frozen_statements, nothing_frozen, share_months
from ledger.months.figures import Figures, figures_of, months_with_figures, store, stored_figures
from ledger.patients.records import PatientRecord, load_records, patient_codes
from ledger.practice.practice import Practice, get_practice
from ledger.rules.devices import ends_a_period
from ledger.rules.evaluation import evaluate
from ledger.rules.facts import PatientMonth, StaffMember, TimeEntry
from ledger.rules.month_view import view_of
from ledger.rules.rulebook import rulebook_for
from ledger.rules.statement import Statement
from ledger.storage.batches import batches
from ledger.storage.hash_chain import lock_heads


@dataclass(frozen=True, slots=True)
class EvaluatedMonth:
    """A patient-month with its facts, its statement and the figures before and after this evaluation.

    With ``closing`` statement and figures are those that the close froze; of the facts only the entries are as then.
    """

    facts: PatientMonth
    statement: Statement
    before: tuple[Figures, ...]
    after: tuple[Figures, ...]
    closing: Closing | None = None


Seen = Callable[[str, EvaluatedMonth], None]
"""Is shown each month that is evaluated again, with its patient's code."""


def statement_of(connection: Connection, practice: Practice, patient_code: str, month: date) -> EvaluatedMonth:
    """Return the statement of that patient and month.

    Evaluated now and stored nowhere, or as the month was closed (B2).

    Raises:
        LedgerError: Where the code names no patient.
    """
    found = evaluated_months(connection, practice, [patient_code], month)
    if patient_code not in found:
        raise unknown_patient(patient_code)
    return found[patient_code]


def evaluated_months(
    connection: Connection, practice: Practice, patient_codes: Sequence[str], month: date
) -> dict[str, EvaluatedMonth]:
    """Return what ``evaluated_month`` does for several patients, by code; codes that name no patient are absent."""
    records = load_records(connection, practice, patient_codes, month)
    closing = closing_in_force(connection, practice.practice_id, month)
    if closing is None:
        before = stored_figures(connection, practice.practice_id, patient_codes, month)
        return {
            code: evaluate_record(practice, code, record, month, before.get((code, month), ()))
            for code, record in records.items()
        }
    frozen = frozen_statements(connection, practice.practice_id, closing, list(records))
    kept = {code: frozen.get(code) or nothing_frozen(closing) for code in records}
    return {
        code: EvaluatedMonth(record.facts(month), kept[code].statement, kept[code].figures, kept[code].figures, closing)
        for code, record in records.items()
    }


def reevaluate(connection: Connection, practice: Practice, patient_code: str, month: date) -> EvaluatedMonth:
    """Return the statement of that patient and month after a write to it, its figures stored.

    The caller has made sure that the month is open (``refuse_closed``) and holds the lock of the patient's chain: the
    policy read here is the one in force, since a change of policy evaluates each patient under the same lock.
    """
    opened = open_month(connection, practice, patient_code, month)
    return _evaluate_and_store(connection, practice, opened, opened.record)


@dataclass(frozen=True, slots=True)
class OpenMonth:
    """A patient-month as it is before entries are added to it: loaded once, evaluated with them."""

    patient_code: str
    month: date
    record: PatientRecord
    figures: tuple[Figures, ...]


def open_month(connection: Connection, practice: Practice, patient_code: str, month: date) -> OpenMonth:
    """Return the patient-month as stored.

    Raises:
        LedgerError: Where the code names no patient.
    """
    record = load_records(connection, practice, [patient_code], month).get(patient_code)
    if record is None:
        raise unknown_patient(patient_code)
    stored = stored_figures(connection, practice.practice_id, [patient_code], month)
    return OpenMonth(patient_code, month, record, stored.get((patient_code, month), ()))


def evaluate_with(
    connection: Connection,
    practice: Practice,
    opened: OpenMonth,
    entries: Sequence[TimeEntry],
    member: Sequence[StaffMember],
) -> EvaluatedMonth:
    """Return the statement of the month with these entries of ``member`` added, its figures stored.

    The caller holds the locks that ``reevaluate`` asks for.
    """
    return _evaluate_and_store(connection, practice, opened, opened.record.joined_by(entries, member))


def _evaluate_and_store(
    connection: Connection, practice: Practice, opened: OpenMonth, record: PatientRecord
) -> EvaluatedMonth:
    practice = get_practice(connection, practice.practice_id)
    evaluated = evaluate_record(practice, opened.patient_code, record, opened.month, opened.figures)
    store(connection, practice.practice_id, evaluated.before, evaluated.after)
    return evaluated


def unknown_patient(patient_code: str) -> LedgerError:
    """Return what somebody is told who names a patient that the roster does not have."""
    return LedgerError(
        "PATIENT_UNKNOWN", f"No patient is called {patient_code}.", "Use a code of the roster, for example P-1042."
    )


def reevaluate_all(
    connection: Connection,
    practice: Practice,
    patient_codes: Sequence[str],
    seen: Seen = lambda _code, _evaluated: None,
    *,
    since: date = date.min,
) -> int:
    """Evaluate every month of these patients that has entries, readings or figures; return how many there were.

    Months before that of ``since`` are left alone. Closed months are left as they were (B2) and do not count. ``seen``
    is shown each with its patient's code.
    """
    practice_id = practice.practice_id
    lock_heads(connection, practice_id, patient_codes)
    practice = get_practice(connection, practice_id)
    records = load_records(connection, practice, patient_codes)
    keys = {key for code, record in records.items() for key in ((code, month) for month in record.months())}
    months = {month for _, month in keys} | set(months_with_figures(connection, practice_id, patient_codes))
    closed = share_months(connection, practice_id, months)
    # Read behind the months' locks: who reopened one just now has stored its figures.
    stored = stored_figures(connection, practice_id, patient_codes)
    opened = sorted(key for key in keys | stored.keys() if key[1] not in closed and key[1] >= month_of(since))
    for code, month in opened:
        evaluated = evaluate_record(practice, code, records[code], month, stored.get((code, month), ()))
        store(connection, practice_id, evaluated.before, evaluated.after)
        seen(code, evaluated)
    return len(opened)


def reevaluate_practice(
    connection: Connection,
    practice: Practice,
    progress: Callable[[int, int], None] = lambda _done, _all: None,
    seen: Seen = lambda _code, _evaluated: None,
) -> int:
    """Evaluate every patient-month of the practice but closed ones, and return how many there were.

    ``progress`` is told how many patients are done, of how many; ``seen`` as for ``reevaluate_all``.
    """
    codes = patient_codes(connection, practice.practice_id)
    months = done = 0
    for batch in batches(codes):
        months += reevaluate_all(connection, practice, batch, seen)
        done += len(batch)
        progress(done, len(codes))
    return months


def evaluate_record(
    practice: Practice, patient_code: str, record: PatientRecord, month: date, before: Iterable[Figures] = ()
) -> EvaluatedMonth:
    """Return the statement of one month of a loaded record. A month without entries or readings has no figures."""
    facts = record.facts(month)
    book = rulebook_for(month)
    statement = evaluate(facts, book, practice.policy)
    has_figures = facts.entries or ends_a_period(view_of(facts, practice.policy), book)
    after = figures_of(patient_code, facts, statement) if has_figures else ()
    return EvaluatedMonth(facts, statement, tuple(before), after)
