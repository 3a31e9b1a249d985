"""Section 5's families and section 9's payments, copied by hand from the specification."""

from typing import NamedTuple


class Family(NamedTuple):
    """A line of section 5: a base code at so many minutes, an add-on each further so many, at most so often."""

    name: str
    program: str
    minutes: str  # "total" or "practitioner"
    base: str
    base_at: int
    add_on: str
    each_further: int
    at_most: int


FAMILIES = [
    Family("ccm_staff", "CCM", "total", "99490", 20, "99439", 20, 2),
    Family("ccm_practitioner", "CCM", "practitioner", "99491", 30, "99437", 30, 2),
    Family("ccm_complex", "CCM", "total", "99487", 60, "99489", 30, 10),
    Family("pcm_staff", "PCM", "total", "99426", 30, "99427", 30, 2),
    Family("pcm_practitioner", "PCM", "practitioner", "99424", 30, "99425", 30, 2),
    Family("rpm_management", "RPM", "total", "99457", 20, "99458", 20, 3),
]

PAYMENTS = {
    2025: {
        "99490": 6049,
        "99439": 4593,
        "99487": 13165,
        "99489": 7052,
        "99491": 8216,
        "99437": 5758,
        "99424": 8087,
        "99425": 5887,
        "99495": 20120,
        "99457": 4787,
        "99458": 3849,
        "99454": 4302,
        "99453": 1973,
        "99496": 27268,
    },
    2026: {
        "99490": 6613,
        "99439": 5044,
        "99487": 14429,
        "99489": 7816,
        "99491": 8918,
        "99437": 6313,
        "99424": 8751,
        "99425": 6146,
        "99495": 22011,
        "99457": 5177,
        "99458": 4142,
        "99470": 2605,
        "99454": 5211,
        "99445": 5211,
        "99453": 2171,
        "99426": 6780,
        "99427": 5411,
        "99496": 29860,
    },
}

SHORT_CODE, SHORT_AT, SHORT_FROM_YEAR = "99470", 10, 2026
FEW_DAYS_CODE, FEW_DAYS_AT, FEW_DAYS_FROM_YEAR = "99445", 2, 2026
DEVICE_CODE, DEVICE_AT = "99454", 16
SET_UP_CODE = "99453"
PERIOD_DAYS = 30
SET_UP_WITHIN_DAYS = 60

PRACTITIONERS = {"MD", "DO", "NP", "PA", "CNS", "CNM"}
QUALIFYING = PRACTITIONERS | {"RN", "LPN", "MA", "PharmD", "LCSW", "RD"}
WRITTEN = {
    "r.n.": "RN",
    "rn, bsn": "RN",
    "lvn": "LPN",
    "cma": "MA",
    "rma": "MA",
    "m.d.": "MD",
    "fnp-c": "NP",
    "aprn": "NP",
    "arnp": "NP",
    "pa-c": "PA",
    "rdn": "RD",
} | {name.lower(): name for name in QUALIFYING}

CARE_ACTIVITIES = {
    "care_plan",
    "medication",
    "patient_contact",
    "caregiver_contact",
    "provider_coordination",
    "results_review",
    "community_resources",
    "care_transition",
    "documentation",
    "ai_summary_review",
}
FACILITIES = {"inpatient", "snf", "inpatient_rehab", "hospice"}
EXCLUDE_CCM = {"G0181", "G0182"} | {str(code) for code in range(90951, 90971)}
PLAN_ELEMENTS = {
    "problems",
    "prognosis",
    "goals",
    "symptoms",
    "medication",
    "interventions",
    "coordination",
    "review",
}
SAID = {"service", "cost_sharing", "one_practitioner", "may_stop"}


def payment(year: int, code: str) -> int:
    return PAYMENTS[year].get(code, 0)  # "it counts as 0 when families are compared"
