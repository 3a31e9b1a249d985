"""What blocks a program for the month (billing-rules section 6): all blockers, each with the way to clear it."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import NamedTuple

from ledger.rules.book_tables import Need, Requirement
from ledger.rules.catalogue import CATALOGUE
from ledger.rules.coding import Tally
from ledger.rules.facts import Program
from ledger.rules.formatting import day_words
from ledger.rules.month_view import MonthView, consent_holds
from ledger.rules.rulebook import Rulebook
from ledger.rules.statement import Blocker

LIVE_CONTACT_BLOCKER = "NO_LIVE_CONTACT"
"""The one blocker that leaves codes open which need no live contact (billing-rules section 6)."""


class ProgramMonth(NamedTuple):
    """One program of a patient-month; ``outbid_by`` is the program that is billed in its place (R2)."""

    program: Program
    month: MonthView
    book: Rulebook
    tally: Tally
    outbid_by: Program | None = None

    @property
    def requirement(self) -> Requirement | None:
        """What the rulebook asks of the patient, None where it asks nothing."""
        table = self.book.programs.get(self.program)
        return None if table is None else table.requires


def blockers_of(asked: ProgramMonth) -> tuple[Blocker, ...]:
    """Return every blocker that holds, in the order of billing-rules."""
    return tuple([blocker for rule in BLOCKER_RULES if (blocker := rule(asked)) is not None])


def blocks(blocker: Blocker, needs: Sequence[Need]) -> bool:
    """Return whether ``blocker`` keeps the codes of a family with these needs off the claim."""
    return blocker.name != LIVE_CONTACT_BLOCKER or "live_contact" in needs


def no_consent(asked: ProgramMonth) -> Blocker | None:
    """Return no consent at any time in the month; one revoked in it still holds to its end (C6)."""
    month = asked.month
    if any(
        consent.program == asked.program and consent_holds(consent, month.first_day, month.last_day)
        for consent in month.facts.consents
    ):
        return None
    return _blocker("NO_CONSENT", program=asked.program.value)


def conditions(asked: ProgramMonth) -> Blocker | None:
    """Fewer chronic conditions than the program needs."""
    needed = 0 if asked.requirement is None else asked.requirement.conditions_at_least
    found = len(set(asked.month.facts.conditions))
    return _blocker("CONDITIONS", found=str(found), needed=str(needed)) if found < needed else None


def risk_not_documented(asked: ProgramMonth) -> Blocker | None:
    """Return the risk of death, decompensation or decline is not documented."""
    needed = asked.requirement is not None and asked.requirement.risk_documented
    return _blocker("RISK_NOT_DOCUMENTED") if needed and not asked.month.facts.risk_documented else None


def no_care_plan(asked: ProgramMonth) -> Blocker | None:
    """Return no care plan on or before the month's last day."""
    if asked.requirement is None or not asked.requirement.care_plan or asked.month.newest_plan is not None:
        return None
    return _blocker("NO_CARE_PLAN", last_day=day_words(asked.month.last_day))


def care_plan_expired(asked: ProgramMonth) -> Blocker | None:
    """Return the newest revision is older on the month's last day than policy ``care_plan_max_days`` allows."""
    month, newest = asked.month, asked.month.newest_plan
    if asked.requirement is None or not asked.requirement.care_plan or newest is None:
        return None
    age_days, limit_days = (month.last_day - newest).days, month.policy.care_plan_max_days
    if age_days <= limit_days:
        return None
    return _blocker(
        "CARE_PLAN_EXPIRED",
        revised=day_words(newest),
        age=str(age_days),
        last_day=day_words(month.last_day),
        limit=str(limit_days),
    )


def no_initiating_visit(asked: ProgramMonth) -> Blocker | None:
    """Return no initiating visit in the year before enrollment or since, up to the month's last day."""
    month = asked.month
    within_days = 0 if asked.requirement is None else asked.requirement.initiating_visit_within_days
    if not within_days or not month.policy.initiating_visit:
        return None
    enrollments = month.enrollments.get(asked.program, ())
    enrolled = min((enrollment.from_date for enrollment in enrollments), default=month.first_day)
    earliest = enrolled - timedelta(days=within_days)
    if any(earliest <= visit.visit_date <= month.last_day for visit in month.facts.initiating_visits):
        return None
    return _blocker("NO_INITIATING_VISIT", days=str(within_days))


def no_billing_practitioner(asked: ProgramMonth) -> Blocker | None:
    """Nobody is designated on the month's last day."""
    return None if asked.month.facts.billing_practitioner else _blocker("NO_BILLING_PRACTITIONER")


def billed_elsewhere(asked: ProgramMonth) -> Blocker | None:
    """Return another practice bills the program this month."""
    if asked.program not in asked.month.facts.billed_elsewhere:
        return None
    return _blocker("BILLED_ELSEWHERE", program=asked.program.value)


def program_conflict(asked: ProgramMonth) -> Blocker | None:
    """R2: APCM is marked for the month, or a program that may not be billed together with this one pays more."""
    conflict = asked.book.conflict
    if asked.month.facts.apcm and asked.program in conflict.advanced_primary_care_excludes:
        codes = conflict.advanced_primary_care_codes
        return _blocker("PROGRAM_CONFLICT", other=f"APCM ({codes[0]} to {codes[-1]})", program=asked.program.value)
    if asked.outbid_by is not None:
        return _blocker("PROGRAM_CONFLICT", other=asked.outbid_by.value, program=asked.program.value)
    return None


def no_live_contact(asked: ProgramMonth) -> Blocker | None:
    """Time was logged in a program whose codes need a live contact, and none counts (R7)."""
    families = asked.book.time_families.get(asked.program, ())
    if not any("live_contact" in family.needs for family in families):
        return None
    return _blocker(LIVE_CONTACT_BLOCKER) if asked.tally.logged and not asked.tally.live_contact else None


BLOCKER_RULES: tuple[Callable[[ProgramMonth], Blocker | None], ...] = (
    no_consent,
    conditions,
    risk_not_documented,
    no_care_plan,
    care_plan_expired,
    no_initiating_visit,
    no_billing_practitioner,
    billed_elsewhere,
    program_conflict,
    no_live_contact,
)
"""The blockers in the order in which they are listed."""


def _blocker(name: str, **facts: str) -> Blocker:
    rule = CATALOGUE[name]
    return Blocker(rule.name, rule.message.format(**facts), rule.remedy)
