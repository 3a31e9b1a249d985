"""The shape of a rule in words, and the sources that rules name."""

import re
from dataclasses import dataclass

from ledger.rules.facts import Program

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


def about_patient(remedy: str, patient_code: str, program: Program) -> str:
    """Return a rule's remedy with what is known in place of ``CODE`` and ``PROGRAM``."""
    known = {"CODE": patient_code, "PROGRAM": program.value}
    return re.sub(r"\b(CODE|PROGRAM)\b", lambda found: known[found.group()], remedy)
