"""Practice policy: every SHOULD of billing-rules, with its default. A field says all there is to say of a setting."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field

from ledger.rules.formatting import dollars
from ledger.rules.setting import About, SettingGroup
from ledger.rules.toml_files import Name, Positive, Whole, YesNo

PRACTITIONER_CREDENTIALS = frozenset({"MD", "DO", "NP", "PA", "CNS", "CNM"})
"""Credentials whose minutes are practitioner minutes (billing-rules section 4)."""

CLINICAL_STAFF_CREDENTIALS = frozenset({"RN", "LPN", "MA", "PharmD", "LCSW", "RD"})
"""Clinical staff credentials that qualify by default (billing-rules section 3)."""


WarnOrBlock = Literal["warn", "block"]
"""What follows from a record that is not complete (billing-rules section 7)."""

_WARN_OR_BLOCK = {"warn": "A warning", "block": "A warning, and the month is blocked"}


def _band(band: object) -> object:
    match band:
        case (int(low), int(high)) if low <= high:
            return tuple(band)
    raise ValueError("must be two minutes, the lower first, such as [15, 19]")


def _bands(bands: Sequence[Sequence[int]]) -> str:
    return f"{', '.join(f'{low}-{high}' for low, high in bands)} minutes"


def _year(year: str) -> str:
    if _YEAR.fullmatch(year):
        return year
    raise ValueError(f"{year} is no year: payments stand under their year, such as 2026")


_YEAR = re.compile(r"20\d\d")


def _by_year(payments: object) -> object:
    if isinstance(payments, Mapping) and any(not isinstance(own, Mapping) for own in payments.values()):
        raise ValueError("must say the year for which these payments hold")
    return payments


def _payments(cents: Mapping[str, Mapping[str, int] | int]) -> str:
    """Say payments by year, and those of no year, which stand in the history of an older ledger."""
    ageless = {code: own for code, own in cents.items() if isinstance(own, int)}
    years = {year: own for year, own in sorted(cents.items()) if isinstance(own, Mapping) and own}
    named = {**years, "every year": ageless} if ageless else years
    own = "; ".join(
        f"{year}: {', '.join(f'{code} {dollars(amount)}' for code, amount in sorted(payments.items()))}"
        for year, payments in named.items()
    )
    return f"{own}; the rulebook's for all others" if own else "The rulebook's for every code"


@dataclass(frozen=True, slots=True)
class Policy:
    """What a practice may decide for itself about its bills; pydantic reads it from JSON and TOML."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    bands: Annotated[
        tuple[Annotated[tuple[Whole, Whole], BeforeValidator(_band)], ...],
        Field(min_length=1),
        About(
            SettingGroup.LISTS,
            "Minutes that count as near",
            "Who stands on the worklist and in the digest: with so many minutes, 1 to 5 short of the next code "
            "(rule N2).",
            say=_bands,
        ),
    ] = ((15, 19), (35, 39))
    qualifying_credentials: Annotated[
        frozenset[Name],
        About(
            SettingGroup.BILLING,
            "Credentials whose time counts",
            "Time counts only where the person who logged it holds one of these credentials (rule C4).",
            say=", ".join,
        ),
    ] = PRACTITIONER_CREDENTIALS | CLINICAL_STAFF_CREDENTIALS
    count_outreach_attempts: Annotated[
        YesNo,
        About(
            SettingGroup.BILLING,
            "Voicemails and unanswered calls",
            "Whether minutes spent on a voicemail or an unanswered call count toward a code (rule C9).",
            {False: "They do not count", True: "They count"},
        ),
    ] = False
    rpm_time: Annotated[
        Literal["management", "interactive"],
        About(
            SettingGroup.BILLING,
            "RPM minutes that count",
            "Whether reviewing and managing counts as RPM time beside live contact (rules R7 and C10).",
            {"management": "Care management and live contact", "interactive": "Live contact alone"},
        ),
    ] = "management"
    practitioner_minutes: Annotated[
        Literal["billing_practitioner", "any_practitioner"],
        About(
            SettingGroup.BILLING,
            "Practitioner minutes",
            "Whose time counts toward the practitioner codes, and who may designate complex care (section 4, rule R5).",
            {
                "billing_practitioner": "The billing practitioner's own alone",
                "any_practitioner": "Any practitioner's",
            },
        ),
    ] = "billing_practitioner"
    consent_per_practitioner: Annotated[
        YesNo,
        About(
            SettingGroup.BILLING,
            "Consent and a new practitioner",
            "Whether a patient consents anew when the billing practitioner changes (rule R9).",
            {True: "A new consent is needed", False: "The consent given before goes on"},
        ),
    ] = True
    complex_needs_plan_revision: Annotated[
        YesNo,
        About(
            SettingGroup.BILLING,
            "Complex care and the care plan",
            "Whether complex care needs a care plan established or substantially revised in that month (rule R5).",
            {True: "A new or substantially revised plan is needed", False: "The designation is enough"},
        ),
    ] = True
    honor_complexity_designation: Annotated[
        YesNo,
        About(
            SettingGroup.BILLING,
            "Designated complex care",
            "What is billed for a month that a practitioner designated as complex care (rule R5).",
            {True: "Complex care, even where plain codes pay more", False: "Whatever pays more"},
        ),
    ] = True
    care_plan_max_days: Annotated[
        Positive,
        About(
            SettingGroup.BILLING,
            "Longest age of a care plan",
            "After so many days without a revision the care plan blocks the bill (CARE_PLAN_EXPIRED).",
            unit="day",
        ),
    ] = 365
    initiating_visit: Annotated[
        YesNo,
        About(
            SettingGroup.BILLING,
            "Initiating visit",
            "Whether a month can be billed only after a visit that opens care management (NO_INITIATING_VISIT).",
            {True: "Needed", False: "Not needed"},
        ),
    ] = True
    care_plan_elements: Annotated[
        WarnOrBlock,
        About(
            SettingGroup.BILLING,
            "A care plan without all its elements",
            "What follows where the newest care plan is not recorded as having every element (warning W13).",
            _WARN_OR_BLOCK,
        ),
    ] = "warn"
    care_plan_copy: Annotated[
        WarnOrBlock,
        About(
            SettingGroup.BILLING,
            "A care plan of which no copy was given",
            "What follows where no copy for the patient or caregiver is recorded (warning W14).",
            _WARN_OR_BLOCK,
        ),
    ] = "warn"
    consent_content: Annotated[
        WarnOrBlock,
        About(
            SettingGroup.BILLING,
            "A consent that does not say all",
            "What follows where it is not recorded what the patient was told, or who took the consent (warning W15).",
            _WARN_OR_BLOCK,
        ),
    ] = "warn"
    claim_date: Annotated[
        Literal["threshold", "month_end"],
        About(
            SettingGroup.BILLING,
            "Date of service on the claim",
            "Which date the claim carries (rule R8).",
            {"threshold": "The day on which the last code was reached", "month_end": "The last day of the month"},
        ),
    ] = "threshold"
    payments: Annotated[
        dict[Annotated[str, AfterValidator(_year)], dict[str, Whole]],
        BeforeValidator(_by_year),
        About(
            SettingGroup.PAYMENTS,
            "Payments of your locality",
            "What a code pays where you are in a year, in place of the rulebook's national figure. No other year's "
            "months change (rule B3).",
            say=_payments,
        ),
    ] = field(default_factory=dict, hash=False)
    practice_type: Annotated[
        Literal["clinic", "hospital_outpatient", "fqhc", "rhc"],
        About(
            SettingGroup.PAYMENTS,
            "Kind of practice",
            "Whether the rulebook's payments outside facilities hold or, for a hospital's outpatient department, those "
            "in facilities, where the book has both (rule B3).",
            {
                "clinic": "Clinic or office",
                "hospital_outpatient": "Hospital outpatient department",
                "fqhc": "Federally qualified health center",
                "rhc": "Rural health clinic",
            },
        ),
    ] = "clinic"
    qualifying_apm: Annotated[
        YesNo,
        About(
            SettingGroup.PAYMENTS,
            "Alternative payment model",
            "By which conversion factor Medicare pays your practitioners, where the year has two: those who qualify as "
            "participants of an advanced alternative payment model are paid by the higher one (rule B3).",
            {False: "They do not qualify", True: "They qualify"},
        ),
    ] = False

    @property
    def in_facility(self) -> bool:
        """Whether the rulebook's payments in facilities hold for the practice."""
        return self.practice_type == "hospital_outpatient"


DEFAULT_POLICY = Policy()
