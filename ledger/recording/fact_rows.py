"""What the rows of every kind of fact share: whom they may name, and how their days, months and words are read."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from ledger.practice.practice import Practice
from ledger.roster.directory import Person, StaffIds
from ledger.rules.policy import PRACTITIONER_CREDENTIALS
from ledger.validation import Cells
from ledger.values.days import refuse_outside_care
from ledger.values.phrases import Meaning, is_canonical, read_phrase, read_phrases, spelled

WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Known:
    """Whom the rows may name, and the present on the practice's clock."""

    practice: Practice
    codes: Mapping[str, str]
    """The patients' codes by ``code_key``."""
    staff: Mapping[str, Person]
    staff_ids: StaffIds
    at: datetime

    @property
    def today(self) -> date:
        """The practice's date."""
        return self.practice.local_date(self.at)


def past_day(row: Cells, column: str, known: Known) -> date | None:
    """Return the cell's date; a problem where it is empty, no date, or one on which nothing of care happened."""
    return plausible(row, column, row.required_day(column), known)


def plausible(row: Cells, column: str, day: date | None, known: Known) -> date | None:
    """Return the day, with a problem where it can have been none of care.

    What is taken back may have any: it stands so in the ledger.
    """
    if day is not None and not is_withdrawn(row):
        row.read(column, lambda _text: refuse_outside_care(day, known.today))
    return day


def begun_month(row: Cells, known: Known) -> date | None:
    """Return the first day of the row's month; a problem where it is empty, no month, or has not begun."""
    month = row.month("month")
    if month is not None and month > known.today and not is_withdrawn(row):
        row.refuse("month", f"{month:%Y-%m} has not begun.", "Record it when it has happened.")
        return month
    return plausible(row, "month", month, known)


def is_withdrawn(row: Cells) -> bool:
    """Return whether the row takes a fact back."""
    return row.said_yes(WITHDRAWN)


def one_meant(row: Cells, column: str, phrases: Mapping[Meaning, tuple[str, ...]]) -> Meaning | None:
    """Return what the cell means by the table, or None where it is empty; a problem where it means nothing."""
    return row.spelled(column, lambda text: read_phrase(text, phrases), str) if row.values[column] else None


def all_meant(row: Cells, column: str, phrases: Mapping[Meaning, tuple[str, ...]]) -> tuple[Meaning, ...] | None:
    """Return all that the cell names, or None where it is empty; a problem where a word of it means nothing."""
    written = row.values[column]
    found = row.read(column, lambda text: read_phrases(text, phrases)) if written else None
    if found is not None and not is_canonical(written, phrases):
        row.note_reading(column, written, spelled(found))
    return found


def staff_member(row: Cells, column: str, known: Known) -> str | None:
    """Return the id of whom the cell names, or None where it is empty; a problem where that is nobody."""
    return row.read_text(column, known.staff_ids.read) or None


def practitioner(row: Cells, column: str, known: Known, does: str) -> str | None:
    """Return the id of the practitioner whom the cell names, or None where it is empty.

    A problem where that is nobody, or no practitioner: ``does`` is what only a practitioner does.
    """
    written = row.values[column]
    if not written:
        return None
    found = known.staff_ids.find(written)
    staff_id = found[0] if len(found) == 1 else written
    person = known.staff.get(staff_id)
    if person is None or person.credential not in PRACTITIONER_CREDENTIALS:
        fault = "is no practitioner" if person else "is not on the staff"
        row.refuse(column, f"{staff_id!r} {fault}; {does}.", "Use the id of an MD.")
    row.note_reading(column, written, staff_id)
    return staff_id
