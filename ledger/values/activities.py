"""The words people use for an activity and for a way of contact, in a line and in a file: one table each.

A phrase is written here with hyphens; typed, its parts may be joined by a hyphen, an underscore or a space
(``home-health``, ``home_health``, ``home health``). The first word of a row is the canonical one.

Words that begin many notes ("patient", "discharge", "refill", "appointment") are left out on purpose: as long as WHAT
is not said, they would be taken for it and be lost to the note.
"""

import difflib
from collections.abc import Mapping

from ledger.rules.facts import Activity, Contact
from ledger.values.phrases import meant, phrase_of
from ledger.values.reading import UnreadableValueError, shown

ACTIVITY_WORDS: Mapping[Activity, tuple[str, ...]] = {
    Activity.CARE_PLAN: ("plan", "care-plan", "careplan", "care-planning"),
    Activity.MEDICATION: (
        "meds",
        "med",
        "medication",
        "medications",
        "med-rec",
        "medrec",
        "med-review",
        "medication-management",
    ),
    Activity.PATIENT_CONTACT: ("patient-contact", "patient-call", "check-in", "checkin", "outreach"),
    Activity.CAREGIVER_CONTACT: ("caregiver", "caregiver-contact", "family"),
    # Pharmacies, specialists and home-health agencies are other providers of care: talking to them is coordination.
    Activity.PROVIDER_COORDINATION: (
        "coordination",
        "provider-coordination",
        "care-coordination",
        "pharmacy",
        "pharmacist",
        "specialist",
        "home-health",
        "homehealth",
        "provider",
        "doctor",
        "pcp",
        "referral",
    ),
    Activity.RESULTS_REVIEW: ("labs", "lab", "results", "result", "results-review", "imaging", "readings"),
    Activity.COMMUNITY_RESOURCES: ("community", "community-resources", "resources", "social-services"),
    Activity.CARE_TRANSITION: ("transition", "transitions", "care-transition", "toc"),
    Activity.DOCUMENTATION: ("doc", "docs", "documentation", "charting"),
    Activity.AI_SUMMARY_REVIEW: ("ai-review", "ai-summary", "ai-summary-review"),
    Activity.EM_VISIT: ("visit", "em-visit", "office-visit", "e/m"),
    Activity.AI_CALL: ("ai-call",),
    Activity.ADMINISTRATIVE: ("admin", "administrative", "paperwork"),
    Activity.SCHEDULING: ("scheduling", "schedule"),
    Activity.REGISTRATION: ("registration", "intake"),
    Activity.TRAINING: ("training",),
    Activity.BENEFITS_CHECK: ("benefits", "benefits-check", "insurance", "eligibility"),
}
"""WHAT: every activity of billing-rules section 2 with its usual words."""

CONTACT_WORDS: Mapping[Contact, tuple[str, ...]] = {
    Contact.LIVE: ("call", "phone", "video", "live", "phone-call", "live-call", "video-call"),
    Contact.MESSAGE: ("message", "portal", "portal-message", "secure-message", "email"),
    Contact.VOICEMAIL: (
        "voicemail",
        "vm",
        "lvm",
        "voice-mail",
        "left-voicemail",
        "left-vm",
        "left-a-voicemail",
        "left-a-vm",
        "went-to-voicemail",
    ),
    Contact.NO_ANSWER: ("no-answer", "noanswer", "utr"),
}
"""HOW: every contact of billing-rules section 2 with its usual words."""


def read_activity(text: str) -> tuple[Activity, Contact | None]:
    """Return the activity that a cell names, and the contact where it names one, as ``phone call`` does.

    Raises:
        UnreadableValueError: It names none; the remedy has the nearest word, or all of them.
    """
    phrase = phrase_of(text)
    activity = meant(text, ACTIVITY_WORDS)
    if activity is not None:
        return activity, None
    contact = next((each for each, words in CONTACT_WORDS.items() if phrase in words), None)
    if contact is not None:
        return Activity.PATIENT_CONTACT, contact
    known = [word for words in ACTIVITY_WORDS.values() for word in words]
    near = difflib.get_close_matches(phrase, known, n=1)
    remedy = f"Did you mean {near[0]}?" if near else f"One of: {', '.join(Activity)}"
    raise UnreadableValueError(f"{shown(text)} is not known.", remedy)


def read_contact(text: str) -> Contact:
    """Return the way of contact that a cell names.

    Raises:
        UnreadableValueError: It names none.
    """
    found = meant(text, CONTACT_WORDS)
    if found is None:
        raise UnreadableValueError(f"{shown(text)} is not known.", f"One of: {', '.join(Contact)}")
    return found
