"""Practice policy: every SHOULD of billing-rules, with its default."""

from dataclasses import dataclass
from typing import Literal

PRACTITIONER_CREDENTIALS = frozenset({"MD", "DO", "NP", "PA", "CNS", "CNM"})
"""Credentials whose minutes are practitioner minutes (billing-rules section 4)."""

CLINICAL_STAFF_CREDENTIALS = frozenset({"RN", "LPN", "MA", "PharmD", "LCSW", "RD"})
"""Clinical staff credentials that qualify by default (billing-rules section 3)."""


@dataclass(frozen=True, slots=True)
class Policy:
    """What a practice may decide for itself; names and defaults are those of billing-rules."""

    bands: tuple[tuple[int, int], ...] = ((15, 19), (35, 39))
    qualifying_credentials: frozenset[str] = PRACTITIONER_CREDENTIALS | CLINICAL_STAFF_CREDENTIALS
    count_outreach_attempts: bool = False
    rpm_time: Literal["management", "interactive"] = "management"
    complex_needs_plan_revision: bool = True
    honor_complexity_designation: bool = True
    care_plan_max_days: int = 365
    initiating_visit: bool = True
    claim_date: Literal["threshold", "month_end"] = "threshold"
    payments: tuple[tuple[str, int], ...] = ()
    """Payments in cents that replace the rulebook's, by code (B3)."""


DEFAULT_POLICY = Policy()
