"""How the patients whom a digest listed stand today: open, done and by whom, or no longer what they were listed as."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy import Connection

from jobs.digests.listing import Listed
from ledger.months.figures import Figures, stored_figures
from ledger.months.patient_months import EvaluatedMonth, evaluated_months
from ledger.practice.practice import Practice
from ledger.reports.finishing import hindered
from ledger.reports.takes import takes_of
from ledger.reports.worklists import NEAR_MINUTES, day_of_list
from ledger.rules.facts import Program
from ledger.rules.statement import NextThreshold, Status
from ledger.storage.batches import batches


class State(StrEnum):
    """Where a listed patient stands."""

    OPEN = "open"
    DONE = "done"
    BLOCKED = "blocked"
    APART = "cannot be finished now"
    NOT_NEAR = "not near"


@dataclass(frozen=True, slots=True)
class Standing:
    """A listed patient today. Staff are named by id; ``done_by`` worked the minutes that reached the listed code.

    ``why_apart`` says why one who is apart cannot be finished now (N4).
    """

    listed: Listed
    figures: Figures | None
    state: State
    taken_by: str | None
    done_by: str | None
    why_apart: str = ""

    @property
    def step(self) -> NextThreshold:
        """The listed code with what is missing to it today: as listed where today's figures do not name it."""
        return _step(self.listed, self.figures) or self.listed.threshold

    @property
    def counted_minutes(self) -> int:
        """The minutes that count today."""
        return self.figures.counted_minutes if self.figures else 0


def standings(
    connection: Connection, practice: Practice, month: date, listed: Sequence[Listed], *, on: date | None = None
) -> tuple[Standing, ...]:
    """Return the listed patients of ``month`` as they stand now, in their order; ``on`` as for ``worklist``."""
    figures = _figures(connection, practice, month, listed)
    codes = {one.patient_code for one in listed}
    apart = hindered(connection, practice, month, codes, on=day_of_list(month, on))
    states = {_key(one): _state(one, figures.get(_key(one)), is_apart=_key(one) in apart) for one in listed}
    done = [one for one in listed if states[_key(one)] is State.DONE]
    authors = _authors(connection, practice, month, done)
    taken = takes_of(connection, practice, month)
    return tuple(
        Standing(
            listed=one,
            figures=figures.get(_key(one)),
            state=states[_key(one)],
            taken_by=take.staff_id if (take := taken.get(one.patient_code)) else None,
            done_by=authors.get(_key(one)),
            why_apart=apart.get(_key(one), ""),
        )
        for one in listed
    )


def _key(one: Listed) -> tuple[str, Program]:
    return one.patient_code, one.program


def _figures(
    connection: Connection, practice: Practice, month: date, listed: Sequence[Listed]
) -> dict[tuple[str, Program], Figures]:
    codes = sorted({one.patient_code for one in listed})
    return {
        (figures.patient_code, figures.program): figures
        for batch in batches(codes)
        for programs in stored_figures(connection, practice.practice_id, batch, month).values()
        for figures in programs
    }


def _state(one: Listed, figures: Figures | None, *, is_apart: bool = False) -> State:
    if figures is None:
        return State.NOT_NEAR
    if _is_done(one, figures):
        return State.DONE
    if is_apart:
        return State.APART
    if figures.status is Status.BLOCKED or figures.blockers:
        return State.BLOCKED
    step = _step(one, figures)
    return State.OPEN if step is not None and step.minutes_missing <= NEAR_MINUTES else State.NOT_NEAR


def _is_done(one: Listed, figures: Figures) -> bool:
    """Return whether the threshold is passed that was listed.

    The listed code is on the claim, or once more than it was; or it is ahead no longer, because codes of another
    family are billed in its place (R1). Minutes of the kind that the code does not count pass nothing.
    """
    if figures.status is not Status.BILLABLE or figures.counted_minutes < _goal_minutes(one):
        return False
    units = sum(line.units for line in figures.codes if line.code == one.threshold.code)
    return units > one.units or _step(one, figures) is None


def _goal_minutes(one: Listed) -> int:
    return one.counted_minutes + one.threshold.minutes_missing


def _step(one: Listed, figures: Figures | None) -> NextThreshold | None:
    return next((step for step in (figures.next if figures else ()) if step.code == one.threshold.code), None)


def _authors(
    connection: Connection, practice: Practice, month: date, done: Sequence[Listed]
) -> Mapping[tuple[str, Program], str]:
    """Return whose entry brought each of these patients to the listed threshold.

    The entries are taken in the order in which they were recorded.
    """
    found: dict[tuple[str, Program], str] = {}
    for batch in batches(done):
        evaluated = evaluated_months(connection, practice, sorted({one.patient_code for one in batch}), month)
        for one in batch:
            author = _author(evaluated[one.patient_code], one)
            if author is not None:
                found[_key(one)] = author
    return found


def _author(evaluated: EvaluatedMonth, one: Listed) -> str | None:
    staff = {entry.number: entry.staff_id for entry in evaluated.facts.entries}
    counted = 0
    for result in sorted(evaluated.statement.entries, key=lambda result: result.number):
        if result.program == one.program:
            counted += result.counted_minutes
        if counted >= _goal_minutes(one):
            return staff[result.number]
    return None
