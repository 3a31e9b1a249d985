"""Transitional care: the state of each discharge, as of a day (billing-rules section 11, T1 to T7)."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from ledger.clock import month_of
from ledger.rules.book_tables import DischargeFamily
from ledger.rules.business_days import business_days_after
from ledger.rules.catalogue import CATALOGUE
from ledger.rules.counting import ATTEMPTS
from ledger.rules.facts import CONTACT_ACTIVITIES, Contact, Discharge, Program, TimeEntry
from ledger.rules.formatting import day_words
from ledger.rules.month_view import MonthView, designated_on
from ledger.rules.rulebook import Rulebook
from ledger.rules.statement import Transition, TransitionState


class Judged(NamedTuple):
    """A discharge with its state before others are looked at, and the code that its visit reaches."""

    discharge: Discharge
    state: TransitionState
    code: str | None
    why: str


def transitions_of(month: MonthView, book: Rulebook) -> tuple[Transition, ...]:
    """Return the discharges of the month: each in that of its visit, until there is one in its own (T5, T7)."""
    found = []
    for family in (family for families in book.discharge_families.values() for family in families):
        judged = [_judged(one, family, month, book) for one in month.facts.discharges]
        found += [_transition(one, judged, family) for one in judged if _belongs(one.discharge, month)]
    return tuple(sorted(found, key=lambda one: one.discharged_on))


def contact_due_on(discharge: Discharge, family: DischargeFamily) -> date:
    """Return the last day for the contact: so many business days after the discharge (T2)."""
    return business_days_after(discharge.discharged_on, family.contact_business_days)


def visit_due_on(discharge: Discharge, family: DischargeFamily) -> date:
    """Return the last day on which a visit still reaches a code (T3)."""
    return discharge.discharged_on + timedelta(days=max(code.within_days for code in family.codes))


def _belongs(discharge: Discharge, month: MonthView) -> bool:
    own_day = discharge.discharged_on if discharge.visit is None else discharge.visit.visit_date
    return month_of(own_day) == month.first_day


def _transition(one: Judged, judged: Sequence[Judged], family: DischargeFamily) -> Transition:
    state, why = one.state, one.why
    if state is TransitionState.BILLABLE and any(_came_first(other, one, family) for other in judged):
        state, why = TransitionState.LOST, CATALOGUE["T5"].message
    billable, visit = state is TransitionState.BILLABLE, one.discharge.visit
    return Transition(
        program=family.program,
        family=family.name,
        discharged_on=one.discharge.discharged_on,
        state=state,
        contact_due=contact_due_on(one.discharge, family),
        visit_due=visit_due_on(one.discharge, family),
        code=one.code if billable else None,
        date_of_service=visit.visit_date if billable and visit is not None else None,
        why=why,
    )


def _came_first(other: Judged, one: Judged, family: DischargeFamily) -> bool:
    """T5: of two discharges in one period the one whose visit came first is billed, else the earlier one."""
    if other is one or other.state is not TransitionState.BILLABLE:
        return False
    apart = abs((other.discharge.discharged_on - one.discharge.discharged_on).days)
    return apart < family.period_days and _order(other.discharge) < _order(one.discharge)


def _order(discharge: Discharge) -> tuple[date, date]:
    return discharge.visit.visit_date if discharge.visit is not None else date.max, discharge.discharged_on


def _judged(discharge: Discharge, family: DischargeFamily, month: MonthView, book: Rulebook) -> Judged:
    lost = next(_lost_whatever_is_done(discharge, family, month, book), None)
    if lost is not None:
        return Judged(discharge, TransitionState.LOST, None, lost)
    attempts = _attempts(discharge, family, month)
    if attempts is not None and attempts < family.attempts_suffice:
        due = contact_due_on(discharge, family)
        if month.as_of > due:
            return Judged(discharge, TransitionState.LOST, None, CATALOGUE["T2"].message.format(due=day_words(due)))
        return Judged(
            discharge, TransitionState.SECOND_ATTEMPT_DUE if attempts else TransitionState.CONTACT_DUE, None, ""
        )
    return _judged_visit(discharge, family, month)


def _lost_whatever_is_done(
    discharge: Discharge, family: DischargeFamily, month: MonthView, book: Rulebook
) -> Iterator[str]:
    """T1, T5: yield why nothing can be billed for the discharge, whatever is done."""
    last_day = discharge.discharged_on + timedelta(days=family.period_days - 1)
    if discharge.to_setting not in family.to_settings:
        yield CATALOGUE["T1"].message.format(to=discharge.to_setting.replace("_", " "))
    if discharge.died_on is not None and discharge.died_on <= min(last_day, month.as_of):
        yield f"the patient died on {day_words(discharge.died_on)}, within the {family.period_days} days (T5)"
    if family.program in month.facts.billed_elsewhere:
        yield f"another practice bills {family.program} (T5)"
    if month.facts.apcm and family.program in book.conflict.advanced_primary_care_excludes:
        yield f"APCM is billed this month and excludes {family.program} (R2)"


def _attempts(discharge: Discharge, family: DischargeFamily, month: MonthView) -> int | None:
    """T2: return the documented attempts to reach somebody in time, None where somebody was reached."""
    until = min(contact_due_on(discharge, family), month.as_of)
    timely = [
        entry.contact
        for entry in month.facts.transition_entries
        if discharge.discharged_on < entry.date_of_service <= until and _is_documented(entry, family.program, month)
    ]
    return None if Contact.LIVE in timely else sum(contact in ATTEMPTS for contact in timely)


def _is_documented(entry: TimeEntry, program: Program, month: MonthView) -> bool:
    return (
        entry.program == program
        and entry.activity in CONTACT_ACTIVITIES
        and not entry.voided
        and bool(entry.note.strip())
        and month.qualified(entry.staff_id, entry.date_of_service) is not None
    )


def _judged_visit(discharge: Discharge, family: DischargeFamily, month: MonthView) -> Judged:
    """T3, T4: return the state once somebody was reached, or enough was tried."""
    visit, due = discharge.visit, visit_due_on(discharge, family)
    if visit is None or visit.visit_date > month.as_of:
        if month.as_of <= due:
            return Judged(discharge, TransitionState.VISIT_DUE, None, "")
        return Judged(discharge, TransitionState.LOST, None, f"no visit by {day_words(due)} (T3)")
    code = _code_of_visit(discharge, family, month)
    if code is None:
        return Judged(discharge, TransitionState.LOST, None, CATALOGUE["T3"].message)
    reconciled_on = discharge.reconciled_on
    if reconciled_on is None or reconciled_on > month.as_of:
        return Judged(discharge, TransitionState.RECONCILIATION_MISSING, code, "")
    if discharge.discharged_on <= reconciled_on <= visit.visit_date:
        return Judged(discharge, TransitionState.BILLABLE, code, "")
    return Judged(discharge, TransitionState.LOST, None, CATALOGUE["T4"].message)


def _code_of_visit(discharge: Discharge, family: DischargeFamily, month: MonthView) -> str | None:
    """T3: return the code that the visit reaches; none on the discharge day, nor by anybody but who bills."""
    visit = discharge.visit
    if visit is None:
        return None
    days = (visit.visit_date - discharge.discharged_on).days
    is_own = visit.staff_id == designated_on(month.facts.designations, visit.visit_date)
    if days < 1 or not is_own or not month.is_practitioner(visit.staff_id, visit.visit_date):
        return None
    return next((code.code for code in family.codes if visit.mdm in code.mdm and days <= code.within_days), None)
