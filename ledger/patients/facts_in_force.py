"""Which facts hold: the one place that knows what a revision, a withdrawal and an end mean."""

from collections.abc import Collection
from datetime import date

from sqlalchemy import BindParameter, or_, select
from sqlalchemy.orm import aliased

from ledger.patients.facts import FactKind
from ledger.storage.database import AnySelect
from ledger.storage.tables import PatientFactRow


def facts_in_force(
    practice_id: str | BindParameter[str],
    kinds: Collection[FactKind] = (),
    *,
    on: date | None = None,
    until: date | None = None,
) -> AnySelect:
    """Return the query for the facts that hold: the newest revision of each, unless it was withdrawn.

    Narrow it by patient, and to the columns that are needed, where it is used. For example, who is enrolled today:

        facts_in_force(practice.practice_id, [FactKind.ENROLLMENT], on=today)

    Args:
        practice_id: Whose facts.
        kinds: The kinds asked for; none for every kind.
        on: A day on which a fact holds: it has begun and is not over. None for facts of any time.
        until: With ``on``, the last day of a period; a fact that holds on any of its days is in force.

    Returns:
        Rows of ``patient_facts``, in no order.
    """
    fact, later = PatientFactRow, aliased(PatientFactRow)
    is_revised = select(later.revision).where(
        later.practice_id == fact.practice_id,
        later.patient_code == fact.patient_code,
        later.kind == fact.kind,
        later.subject == fact.subject,
        later.on_date == fact.on_date,
        later.revision > fact.revision,
    )
    query = select(fact.__table__).where(
        fact.practice_id == practice_id, fact.withdrawn.is_(False), ~is_revised.exists()
    )
    if kinds:
        query = query.where(fact.kind.in_([kind.value for kind in kinds]))
    if on is not None:
        query = query.where(fact.on_date <= (until or on), or_(fact.until_date.is_(None), fact.until_date >= on))
    return query


def holds_on(day: date, first: date, last: date | None) -> bool:
    """Return whether a fact from ``first`` to ``last`` holds on ``day``, as ``facts_in_force`` decides it.

    For whoever has many days to ask about and has read the facts once.
    """
    return first <= day and (last is None or day <= last)
