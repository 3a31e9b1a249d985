"""The shape of a rule in words, and the sources that rules name."""

from dataclasses import dataclass

MEDICARE_CCM = "CMS MLN909188, Chronic Care Management Services"
FEE_SCHEDULE = "CMS Physician Fee Schedule final rules, CY 2025 and CY 2026"
INCIDENT_TO = "42 CFR 410.26(b), services incident to a practitioner's"
RECORD_KEEPING = "record keeping of this ledger, so that an auditor can follow every minute"
AUDIT = "what an auditor would ask about; it never changes a code"


@dataclass(frozen=True, slots=True)
class RuleText:
    """A rule in words. ``number`` is that of billing-rules; a blocker has none there and is known by its name.

    ``policy`` is the practice policy that changes it, ``message`` what a statement says where it applies (with the
    facts of the case filled in), ``remedy`` the way out.
    """

    number: str
    name: str
    words: str
    source: str
    example: str
    policy: str | None = None
    message: str = ""
    remedy: str = ""
