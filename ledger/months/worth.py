"""What a change is worth: of each month that is evaluated again, who is billable and for how much, before and after."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, func, select

from ledger.errors import ConfirmationNeededError
from ledger.months.figures import Figures
from ledger.months.patient_months import EvaluatedMonth
from ledger.practice.practice import Practice
from ledger.rules.facts import Program
from ledger.rules.formatting import dollars
from ledger.rules.statement import Status
from ledger.storage.tables import PatientMonthRow

_Key = tuple[str, Program]
_Bill = tuple[int, tuple[tuple[str, int], ...]]
"""What is expected for a program of a patient, in cents, and the codes with their units."""


@dataclass(frozen=True, slots=True)
class WorthChange:
    """A month before and after a change: how many patients are billable in the whole practice, and for how many cents.

    ``patients`` have other codes or another payment; of their programs some became billable, and some no longer are.
    """

    month: date
    billable_before: int
    billable_after: int
    cents_before: int
    cents_after: int
    patients: int = 0
    became_billable: int = 0
    no_longer_billable: int = 0

    def __str__(self) -> str:
        """Return ``November 2026: 23 billable, $1,584.15 → 10, $772.54``, and how many have other codes or payments."""
        before = f"{self.billable_before} billable, {dollars(self.cents_before)}"
        after = f"{self.billable_after}, {dollars(self.cents_after)}"
        others = f"{self.patients} patient{'' if self.patients == 1 else 's'} with other codes"
        return f"{self.month:%B %Y}: {before} → {after} ({others})"


class Weighing:
    """Sees months as they are evaluated again, and knows afterwards what that changed.

    For example:

    weighing = Weighing()
    reevaluate_all(connection, practice, codes, weighing.seen)
    changes = weighing.changes(connection, practice)
    """

    def __init__(self) -> None:
        """Nothing was seen yet."""
        self._before: defaultdict[date, dict[_Key, _Bill]] = defaultdict(dict)
        self._after: defaultdict[date, dict[_Key, _Bill]] = defaultdict(dict)

    def seen(self, patient_code: str, evaluated: EvaluatedMonth) -> None:  # noqa: ARG002 - figures say whose they are
        """Look at a month that was evaluated again; closed months never are (B2)."""
        self._before[evaluated.statement.month] |= _bills(evaluated.before)
        self._after[evaluated.statement.month] |= _bills(evaluated.after)

    def changes(self, connection: Connection, practice: Practice) -> tuple[WorthChange, ...]:
        """Return the months in which codes or payments are others than before, in order."""
        months = (self.change_of(connection, practice, month) for month in sorted(self._before))
        return tuple(change for change in months if change.patients)

    def change_of(self, connection: Connection, practice: Practice, month: date) -> WorthChange:
        """Return the month as it is now and as it was before what was seen."""
        before, after = self._before.get(month, {}), self._after.get(month, {})
        billable, cents = _totals(connection, practice, month)
        return WorthChange(
            month=month,
            billable_before=billable - len(_codes(after)) + len(_codes(before)),
            billable_after=billable,
            cents_before=cents - _cents(after) + _cents(before),
            cents_after=cents,
            patients=len(_codes(key for key in before.keys() | after.keys() if before.get(key) != after.get(key))),
            became_billable=len(after.keys() - before.keys()),
            no_longer_billable=len(before.keys() - after.keys()),
        )


def ask_about_worth(changes: Sequence[WorthChange], *, confirmed: bool) -> None:
    """Raise where codes or payments of a month that is not closed become others, unless that is ``confirmed``.

    Raises:
        ConfirmationNeededError: WORTH_CHANGES; the title says each month before and after.
    """
    if changes and not confirmed:
        raise ConfirmationNeededError(
            "WORTH_CHANGES",
            f"This changes what is billed. {'; '.join(map(str, changes))}.",
            "If that is right, save it anyway; if not, change what you wrote.",
        )


def _bills(figures: Iterable[Figures]) -> dict[_Key, _Bill]:
    return {
        (one.patient_code, one.program): (one.expected_cents, tuple((line.code, line.units) for line in one.codes))
        for one in figures
        if one.status is Status.BILLABLE
    }


def _codes(keys: Iterable[_Key]) -> set[str]:
    return {patient_code for patient_code, _ in keys}


def _cents(bills: dict[_Key, _Bill]) -> int:
    return sum(cents for cents, _ in bills.values())


def _totals(connection: Connection, practice: Practice, month: date) -> tuple[int, int]:
    row = PatientMonthRow
    billable = (row.practice_id == practice.practice_id, row.month == month, row.status == Status.BILLABLE.value)
    query = select(func.count(row.patient_code.distinct()), func.coalesce(func.sum(row.expected_cents), 0))
    patients, cents = connection.execute(query.where(*billable)).one()
    return int(patients), int(cents)
