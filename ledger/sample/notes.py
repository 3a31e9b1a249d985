"""Invented notes: what was found, what was decided, and what comes next. A few are as thin as real ones get."""

from collections.abc import Mapping, Sequence
from random import Random

from ledger.rules.facts import Activity

_THIN_ONE_IN = 25
_THIN = ("Reviewed chart", "Followed up", "Coordinated care", "Patient contacted", "BP ok.")

_FOUND: Mapping[Activity, Sequence[str]] = {
    Activity.CARE_PLAN: (
        "Went through the care plan goals for weight and blood pressure",
        "Updated the care plan after the new heart failure medicine",
        "Revised the walking goal to {minutes} minutes a day",
    ),
    Activity.MEDICATION: (
        "Reconciled {count} medicines against the pharmacy list; one was listed twice",
        "Insulin dose on the list did not match the bottle, now {units} units at night",
        "Missed {count} evening doses of metformin last week because of nausea",
    ),
    Activity.PATIENT_CONTACT: (
        "Home blood pressure {systolic}/{diastolic} on average over the last week",
        "Ankles less swollen, weight down {count} pounds since the last call",
        "Fasting sugar between {sugar} and 165 this week, no lows",
        "Short of breath on the stairs again, sleeps on {count} pillows",
    ),
    Activity.CAREGIVER_CONTACT: (
        "Caregiver reports {count} falls this month, none with injury",
        "Caregiver fills the pill box now and asked about the evening dose",
        "Caregiver noticed more confusion on {count} evenings",
    ),
    Activity.PROVIDER_COORDINATION: (
        "Cardiology moved the follow-up forward by {count} weeks",
        "Home-health nurse found the wound {count} cm smaller",
        "Pharmacy confirmed that the refill is ready and {count} interactions were checked",
    ),
    Activity.RESULTS_REVIEW: (
        "A1c came back at 7.{count}, lower than in spring",
        "Potassium 4.{count} and creatinine stable after the dose change",
        "Device readings averaged {systolic}/{diastolic} over {units} days",
    ),
    Activity.COMMUNITY_RESOURCES: (
        "Meal delivery can start in {count} days",
        "Transport to dialysis is arranged for the next {count} weeks",
    ),
    Activity.DOCUMENTATION: (
        "Wrote down the outcome of {count} outside visits in the care record",
        "Entered the symptom diary of the last {units} days",
    ),
}
_DECIDED = (
    "Agreed to keep the dose and measure twice a day",
    "Asked for a medication review with the practitioner this week",
    "Taught the warning signs again and had them repeated back",
    "Ordered a new cuff because the old one reads high",
    "Moved the evening dose to breakfast, as it was being forgotten",
    "Left the plan as it is, since the goal is being met",
    "Sent the list to the specialist with the question about side effects",
    "Cut salt further and wrote down {count} meals that work",
)
_NEXT = (
    "Will call again in {count} days.",
    "Next weight check on Monday.",
    "The practitioner was told.",
    "Labs are due in {count} weeks.",
    "",
)

ACTIVITIES: Sequence[Activity] = tuple(_FOUND)
"""The activities that notes are known for; all of them count."""


def care_note(rng: Random, activity: Activity) -> str:
    """Return a note for care that counts."""
    if rng.randrange(_THIN_ONE_IN) == 0:
        return rng.choice(_THIN)
    template = f"{rng.choice(_FOUND[activity])}. {rng.choice(_DECIDED)}. {rng.choice(_NEXT)}".strip()
    return template.format(
        count=rng.randint(2, 6),
        minutes=rng.choice((15, 20, 25)),
        units=rng.randint(10, 24),
        systolic=rng.randint(122, 158),
        diastolic=rng.randint(68, 92),
        sugar=rng.randint(95, 130),
    )
