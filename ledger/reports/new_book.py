"""What a rulebook that is not taken yet would change in the months that are open, in patients and dollars (B4)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from ledger.months.closed_months import closings_in_force
from ledger.patients.records import PatientRecord, load_records, patient_codes
from ledger.practice.practice import Practice
from ledger.rules.evaluation import evaluate
from ledger.rules.rulebook import Rulebook, book_of, rulebooks
from ledger.storage.batches import batches


@dataclass(slots=True)
class MonthEffect:
    """What other books make of a month that is not closed.

    Of ``patients`` with time or readings ``changed`` would bill other codes or amounts; payments are in cents.
    """

    month: date
    book_before: str
    book_after: str
    patients: int = 0
    changed: int = 0
    cents_before: int = 0
    cents_after: int = 0


def effect_of_books(
    connection: Connection,
    practice: Practice,
    books: Sequence[Rulebook],
    progress: Callable[[int, int], None] = lambda _done, _all: None,
) -> list[MonthEffect]:
    """Return what ``books``, earliest first, in place of those that hold would change, in order of the months.

    A month is among them where another book would hold for it. Nothing is stored.
    """
    codes = patient_codes(connection, practice.practice_id)
    closed = closings_in_force(connection, practice.practice_id)
    effects: dict[date, MonthEffect] = {}
    done = 0
    for batch in batches(codes):
        for record in load_records(connection, practice, batch).values():
            for month in record.months():
                before, after = book_of(month, rulebooks()), book_of(month, books)
                if month in closed or before is None or after is None or before.file_hash == after.file_hash:
                    continue
                effect = effects.setdefault(month, MonthEffect(month, before.name, after.name))
                _add(effect, practice, record, before, after)
        done += len(batch)
        progress(done, len(codes))
    return [effects[month] for month in sorted(effects)]


def _add(effect: MonthEffect, practice: Practice, record: PatientRecord, before: Rulebook, after: Rulebook) -> None:
    facts = record.facts(effect.month)
    old, new = evaluate(facts, before, practice.policy), evaluate(facts, after, practice.policy)
    effect.patients += 1
    effect.changed += old.codes != new.codes
    effect.cents_before += old.expected_cents
    effect.cents_after += new.expected_cents
