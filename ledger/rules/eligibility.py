"""What blocks a program for the month (billing-rules section 6): all blockers, each with the way to clear it."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import NamedTuple

from ledger.rules.book_tables import Need, Requirement
from ledger.rules.catalogue import RULES_BY_NAME
from ledger.rules.coding import Tally
from ledger.rules.consents import consent_is_on_record, consents_of_month
from ledger.rules.facts import Program
from ledger.rules.formatting import day_words, listed
from ledger.rules.month_view import MonthView
from ledger.rules.records import missing_elements, missing_of_consent, plan_was_shared
from ledger.rules.rulebook import Rulebook, is_per_discharge
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
    def needs_plan(self) -> bool:
        """Whether the program needs a care plan."""
        return self.requirement is not None and self.requirement.care_plan

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
    """Return no consent at any time in the month that holds for its practitioner (C6, R9)."""
    if consents_of_month(asked.program, asked.month) or is_per_discharge(asked.program):
        return None
    fault = f"no {asked.program} consent at any time in the month"
    if consent_is_on_record(asked.program, asked.month) and asked.month.billing_practitioner is not None:
        who = asked.month.billing_practitioner
        fault = f"the {asked.program} consent was given for another practitioner than {who}, who bills the month (R9)"
    return _blocker("NO_CONSENT", fault=fault)


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
    if not asked.needs_plan or asked.month.newest_plan is not None:
        return None
    return _blocker("NO_CARE_PLAN", last_day=day_words(asked.month.last_day))


def care_plan_expired(asked: ProgramMonth) -> Blocker | None:
    """Return the newest revision is older on the month's last day than policy ``care_plan_max_days`` allows."""
    month, newest = asked.month, asked.month.newest_plan
    if not asked.needs_plan or newest is None:
        return None
    age_days, limit_days = (month.last_day - newest.revised_on).days, month.policy.care_plan_max_days
    if age_days <= limit_days:
        return None
    return _blocker(
        "CARE_PLAN_EXPIRED",
        revised=day_words(newest.revised_on),
        age=str(age_days),
        last_day=day_words(month.last_day),
        limit=str(limit_days),
    )


def no_initiating_visit(asked: ProgramMonth) -> Blocker | None:
    """Return no initiating visit in the year before enrollment or since; where it is renewed, before the month's end.

    Nobody is asked for the visit of a patient who is not enrolled.
    """
    month, requirement = asked.month, asked.requirement
    enrollments = month.enrollments.get(asked.program, ())
    if requirement is None or not requirement.initiating_visit_within_days or not month.policy.initiating_visit:
        return None
    if not enrollments:
        return None
    renewed = requirement.initiating_visit_renewed
    before = month.last_day if renewed else min(enrollment.from_date for enrollment in enrollments)
    earliest = before - timedelta(days=requirement.initiating_visit_within_days)
    if any(earliest <= visit.visit_date <= month.last_day for visit in month.facts.initiating_visits):
        return None
    until = day_words(month.last_day) if renewed else "enrollment or since"
    return _blocker("NO_INITIATING_VISIT", days=str(requirement.initiating_visit_within_days), until=until)


def no_billing_practitioner(asked: ProgramMonth) -> Blocker | None:
    """Nobody is designated on the month's last day, or somebody who is no active practitioner that day."""
    month = asked.month
    if month.billing_practitioner is None:
        return _blocker("NO_BILLING_PRACTITIONER", fault="no billing practitioner is designated")
    if month.is_practitioner(month.billing_practitioner, month.last_day):
        return None
    who, active = month.billing_practitioner, month.active_staff(month.billing_practitioner, month.last_day)
    fault = "is no practitioner" if active else "is not active" if who in month.staff else "is not known"
    return _blocker(
        "NO_BILLING_PRACTITIONER",
        fault=f"the billing practitioner {who} {fault} on {day_words(month.last_day)}",
    )


def other_service(asked: ProgramMonth) -> Blocker | None:
    """R2: a service is marked for the month that excludes the program."""
    marked = [
        f"{service.title} ({code})"
        for service in asked.book.conflict.other_services
        for code in service.codes
        if asked.program in service.excludes and code in asked.month.facts.other_services
    ]
    return _blocker("OTHER_SERVICE", services=listed(marked), program=asked.program.value) if marked else None


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


def plan_incomplete(asked: ProgramMonth) -> Blocker | None:
    """W13 by policy: the newest care plan is not recorded as having every element."""
    if asked.month.policy.care_plan_elements != "block" or not asked.needs_plan:
        return None
    missing = missing_elements(asked.month)
    return _blocker("PLAN_INCOMPLETE", missing=listed(missing)) if missing else None


def plan_not_shared(asked: ProgramMonth) -> Blocker | None:
    """W14 by policy: no copy of the newest care plan is recorded."""
    blocked = asked.month.policy.care_plan_copy == "block" and asked.needs_plan and not plan_was_shared(asked.month)
    return _blocker("PLAN_NOT_SHARED") if blocked else None


def consent_incomplete(asked: ProgramMonth) -> Blocker | None:
    """W15 by policy: the consent does not record all that was said, or who took it."""
    if asked.month.policy.consent_content != "block":
        return None
    missing = missing_of_consent(asked.program, asked.month)
    return _blocker("CONSENT_INCOMPLETE", missing=listed(missing)) if missing else None


BLOCKER_RULES: tuple[Callable[[ProgramMonth], Blocker | None], ...] = (
    no_consent,
    conditions,
    risk_not_documented,
    no_care_plan,
    care_plan_expired,
    no_initiating_visit,
    other_service,
    no_billing_practitioner,
    billed_elsewhere,
    program_conflict,
    no_live_contact,
    plan_incomplete,
    plan_not_shared,
    consent_incomplete,
)
"""The blockers in the order in which they are listed."""


def _blocker(name: str, **facts: str) -> Blocker:
    rule = RULES_BY_NAME[name]
    return Blocker(rule.name, rule.message.format(**facts), rule.remedy)
