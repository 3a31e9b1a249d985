"""Practice policy as it is written: in a case file, in a terminal, in the ledger (every SHOULD of billing-rules)."""

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from ledger.rules.policy import DEFAULT_POLICY, Policy
from ledger.rules.reading import Name, Positive, Table, Whole, YesNo


def _band(band: tuple[int, ...]) -> tuple[int, ...]:
    match band:
        case (low, high) if low <= high:
            return band
    raise ValueError("must be two minutes, the lower first, such as [15, 19]")


class PolicySettings(Table):
    """What may be written of a policy; names and defaults are those of billing-rules, payments are cents by code."""

    bands: Annotated[tuple[Annotated[tuple[Whole, ...], AfterValidator(_band)], ...], Field(min_length=1)] = (
        DEFAULT_POLICY.bands
    )
    qualifying_credentials: frozenset[Name] = DEFAULT_POLICY.qualifying_credentials
    count_outreach_attempts: YesNo = DEFAULT_POLICY.count_outreach_attempts
    rpm_time: Literal["management", "interactive"] = DEFAULT_POLICY.rpm_time
    complex_needs_plan_revision: YesNo = DEFAULT_POLICY.complex_needs_plan_revision
    honor_complexity_designation: YesNo = DEFAULT_POLICY.honor_complexity_designation
    care_plan_max_days: Positive = DEFAULT_POLICY.care_plan_max_days
    initiating_visit: YesNo = DEFAULT_POLICY.initiating_visit
    claim_date: Literal["threshold", "month_end"] = DEFAULT_POLICY.claim_date
    payments: dict[str, Whole] = Field(default_factory=dict)

    def policy(self) -> Policy:
        """The policy as the rules take it."""
        fields = {name: getattr(self, name) for name in type(self).model_fields if name != "payments"}
        return Policy(**fields, payments=tuple(sorted(self.payments.items())))


EXAMPLES: Mapping[str, Any] = {
    **PolicySettings().model_dump(mode="json"),
    "qualifying_credentials": sorted(DEFAULT_POLICY.qualifying_credentials),
    "payments": {"99490": 6500},
}
"""A value of each policy, as it is written: the default, where that shows anything."""


def policy_of(settings: Mapping[str, Any]) -> Policy:
    """The policy that a practice's stored settings make."""
    return _policy_of(json.dumps(settings, sort_keys=True)) if settings else DEFAULT_POLICY


@lru_cache(maxsize=64)
def _policy_of(settings: str) -> Policy:
    return PolicySettings.model_validate_json(settings).policy()
