"""The worked examples of the specification (section 10) as cases."""

from typing import Any


def month(*entries: dict[str, Any], program: str = "CCM", **tables: Any) -> dict[str, Any]:
    """November 2026 of a patient for whom nothing is missing."""
    return {
        "month": "2026-11",
        "patient": {"conditions": ["E11.9", "I10"], "billing_practitioner": "lee"},
        "enrollment": [{"program": program, "from": "2025-06-01"}],
        "consent": [{"program": program, "date": "2025-06-01", "form": "verbal"}],
        "initiating_visit": [{"date": "2025-05-20", "type": "AWV"}],
        "care_plan": [{"date": "2026-11-01"}],
        "staff": [
            {"id": staff, "credential": credential}
            for staff, credential in {"ann": "RN", "bob": "LPN", "cy": "MA", "lee": "MD", "npat": "NP"}.items()
        ],
        "entry": [{"staff": "ann", "program": program, "activity": "medication", "note": f"{n}."} | entry
                  for n, entry in enumerate(entries)],
    } | tables  # fmt: skip


def on(number: int, minutes: int, staff: str = "ann", **more: Any) -> dict[str, Any]:
    return {"date": f"2026-11-{number:02}", "minutes": minutes, "staff": staff, **more}


def at(start: str, end: str, staff: str = "ann") -> dict[str, Any]:
    return {"start": start, "end": end, "staff": staff}


CALL = {"activity": "patient_contact", "contact": "live"}
VOICEMAIL = {"activity": "patient_contact", "contact": "voicemail"}
COMPLEX: dict[str, Any] = {
    "complexity": [{"date": "2026-11-05", "mdm": "high", "by": "lee", "rationale": "new heart failure"}],
    "care_plan": [{"date": "2026-11-04", "substantial": True}],
}
STAY = {"stay": [{"setting": "inpatient", "admitted": "2026-11-10", "discharged": "2026-11-13"}]}
TWELFTH = {"consent": [{"program": "CCM", "date": "2026-11-12", "form": "verbal"}]}
REVOKED = {"consent": [{"program": "CCM", "date": "2026-01-12", "revoked": "2026-11-15", "form": "verbal"}]}
SET_UP = {
    "device": [{"set_up": "2026-01-15"}],
    "readings": [{"from": first, "days": 20} for first in ("2026-01-15", "2026-02-14", "2026-03-16")],
}

EXAMPLES = {
    "1 five calls": (month(*[on(day, 4) for day in (2, 6, 11, 17, 24)]), ["99490 on 2026-11-24 x1"], 6613, {}),
    "1 nineteen": (month(on(2, 19)), [], 0, {}),
    "2 three people": (month(on(3, 8), on(4, 6, "bob"), on(5, 7, "cy")), ["99490 on 2026-11-05 x1"], 6613, {}),
    "3 a visit": (month(on(3, 15), on(4, 10, activity="em_visit")), [], 0, {"NOT_CARE_TIME": 10}),
    "4 sixty": (month(on(3, 60)), ["99439 on 2026-11-03 x2", "99490 on 2026-11-03 x1"], 16701, {}),
    "4 a hundred": (
        month(on(3, 60), on(4, 40)), ["99439 on 2026-11-03 x2", "99490 on 2026-11-03 x1"], 16701, {},
    ),
    "5 complex": (month(on(3, 60), **COMPLEX), ["99487 on 2026-11-05 x1"], 14429, {}),
    "5 complex, 89": (month(on(3, 89), **COMPLEX), ["99487 on 2026-11-05 x1"], 14429, {}),
    "5 complex, 90": (
        month(on(3, 89), on(9, 1), **COMPLEX), ["99487 on 2026-11-09 x1", "99489 on 2026-11-09 x1"], 22245, {},
    ),
    "6 practitioner": (month(on(3, 35, "lee")), ["99491 on 2026-11-03 x1"], 8918, {}),
    "6 and staff": (
        month(on(3, 35, "lee"), on(4, 25)), ["99439 on 2026-11-04 x2", "99490 on 2026-11-04 x1"], 16701, {},
    ),
    "7 three contacts": (
        month(on(3, 12, **CALL), on(4, 12, **CALL), on(5, 10, **CALL), program="RPM", readings=[{"days": 18}]),
        ["99454 on 2026-11-30 x1", "99457 on 2026-11-04 x1"], 10388, {},
    ),
    "7 voicemails": (month(on(3, 12, **VOICEMAIL), program="RPM"), [], 0, {"OUTREACH_ATTEMPT": 12}),
    "8 a stay": (
        month(on(10, 5), on(11, 6), on(12, 7), on(13, 8), **STAY), [], 0, {"FACILITY_EDGE_DAY": 13, "IN_FACILITY": 13},
    ),
    "9 consent": (month(on(11, 15), on(12, 20), **TWELFTH), ["99490 on 2026-11-12 x1"], 6613, {"NO_CONSENT": 15}),
    "9 revoked": (month(on(30, 20), **REVOKED), ["99490 on 2026-11-30 x1"], 6613, {}),
    "10 together": (
        month(at("2026-11-03T10:00", "2026-11-03T10:20"), at("2026-11-03T10:10", "2026-11-03T10:30", "bob")),
        ["99490 on 2026-11-03 x1"], 6613, {"SAME_MINUTES": 10},
    ),
    "11 midnight": (month(on(5, 10), at("2026-11-30T23:50", "2026-12-01T00:10")), ["99490 on 2026-11-30 x1"], 6613, {}),
    "12 an NP": (month(on(3, 35, "npat")), ["99490 on 2026-11-03 x1"], 6613, {}),
    "12 both": (month(on(3, 15, "npat"), on(4, 15, "lee")), ["99490 on 2026-11-04 x1"], 6613, {}),
    "13 no answer": (
        month(on(3, 9), on(4, 4, activity="patient_contact", contact="no_answer"), program="RPM"),
        [], 0, {"OUTREACH_ATTEMPT": 4},
    ),
    "15 rounded": (
        month(*[at(f"2026-11-{day:02}T10:00:00", f"2026-11-{day:02}T10:03:31") for day in range(3, 8)]),
        ["99490 on 2026-11-07 x1"], 6613, {},
    ),
    "16 February": (
        month(program="RPM", **SET_UP) | {"month": "2026-02", "care_plan": [{"date": "2026-01-01"}]},
        ["99453 on 2026-02-13 x1", "99454 on 2026-02-13 x1"], 7382, {},
    ),
    "16 March": (
        month(program="RPM", **SET_UP) | {"month": "2026-03"}, ["99454 on 2026-03-15 x1"], 5211, {},
    ),
    "16 April": (
        month(program="RPM", **SET_UP) | {"month": "2026-04"}, ["99454 on 2026-04-14 x1"], 5211, {},
    ),
}  # fmt: skip
"""Section 10: a case, its lines, its cents, and the minutes left out."""
