"""Section 6: what blocks a program, on both sides of every edge, and what the way to clear it is."""

from datetime import date
from typing import Any

import pytest

from ledger.rules.eligibility import BLOCKER_RULES
from ledger.rules.facts import (
    Activity,
    CarePlanRevision,
    Consent,
    Contact,
    Enrollment,
    InitiatingVisit,
    Program,
    Readings,
    StaffMember,
)
from ledger.rules.policy import Policy
from ledger.rules.rulebook import is_per_discharge, known_programs
from ledger.rules.statement import ProgramStatement, Status

ALL_PROGRAMS = (Program("CCM"), Program("PCM"), Program("RPM"), Program("TCM"))


BY_POLICY = {"PLAN_INCOMPLETE", "PLAN_NOT_SHARED", "CONSENT_INCOMPLETE"}
"""Gaps of the record, which block by policy alone."""


def part(build: Any, program: Program = Program("CCM"), policy: Policy | None = None, **facts: Any) -> ProgramStatement:
    """The part of a patient enrolled in that program alone, with 35 counted minutes of it."""
    entry = build.entry(35, program=program, activity=Activity.PATIENT_CONTACT, contact=Contact.LIVE)
    return build.part(build.month([entry], **facts), program, policy or Policy())


def names(found: ProgramStatement) -> list[str]:
    return [blocker.name for blocker in found.blockers]


def test_nothing_blocks_an_eligible_patient(build: Any) -> None:
    for program in ALL_PROGRAMS:
        assert names(part(build, program)) == []


@pytest.mark.parametrize("program", ALL_PROGRAMS)
@pytest.mark.parametrize(
    ("consents", "expected"),
    [
        ((), ["NO_CONSENT"]),
        ((date(2026, 11, 30), None), []),
        ((date(2026, 12, 1), None), ["NO_CONSENT"]),
        ((date(2025, 6, 1), date(2026, 11, 1)), []),
        ((date(2025, 6, 1), date(2026, 10, 31)), ["NO_CONSENT"]),
    ],
)
def test_no_consent_blocks_where_none_holds_on_any_day_of_the_month(
    build: Any, program: Program, consents: Any, expected: list[str]
) -> None:
    given = (Consent(program, consents[0], revoked_on=consents[1]),) if consents else ()
    asked = [] if is_per_discharge(program) else expected  # T2
    assert [name for name in names(part(build, program, consents=given)) if name == "NO_CONSENT"] == asked


@pytest.mark.parametrize(
    ("program", "conditions", "blocked"),
    [
        (Program("CCM"), (), True),
        (Program("CCM"), ("I10",), True),
        (Program("CCM"), ("I10", "I10"), True),
        (Program("CCM"), ("I10", "E11.9"), False),
        (Program("PCM"), (), True),
        (Program("PCM"), ("I10",), False),
        (Program("RPM"), (), False),
        (Program("TCM"), (), False),
    ],
)
def test_conditions_block_under_two_for_ccm_and_under_one_for_pcm(
    build: Any, program: Program, conditions: tuple[str, ...], blocked: bool
) -> None:
    assert names(part(build, program, conditions=conditions)) == (["CONDITIONS"] if blocked else [])


@pytest.mark.parametrize("program", ALL_PROGRAMS)
def test_risk_care_plan_and_visit_are_asked_of_ccm_and_pcm_alone(build: Any, program: Program) -> None:
    found = part(build, program, risk_documented=False, care_plans=(), initiating_visits=())
    asked = ["RISK_NOT_DOCUMENTED", "NO_CARE_PLAN", "NO_INITIATING_VISIT"]
    assert names(found) == (asked if program in {Program("CCM"), Program("PCM")} else [])


@pytest.mark.parametrize(
    ("revisions", "expected"),
    [
        ([], ["NO_CARE_PLAN"]),
        ([date(2026, 12, 1)], ["NO_CARE_PLAN"]),
        ([date(2026, 11, 30)], []),
        ([date(2025, 11, 30)], []),
        ([date(2025, 11, 29)], ["CARE_PLAN_EXPIRED"]),
        ([date(2020, 1, 1), date(2026, 1, 1)], []),
        ([date(2025, 11, 29), date(2026, 12, 1)], ["CARE_PLAN_EXPIRED"]),
    ],
)
def test_the_care_plan_is_there_and_not_over_365_days_old_on_the_last_day(
    build: Any, revisions: list[date], expected: list[str]
) -> None:
    plans = tuple(CarePlanRevision(day) for day in revisions)
    assert names(part(build, care_plans=plans)) == expected


@pytest.mark.parametrize(("limit", "expected"), [(46, []), (45, ["CARE_PLAN_EXPIRED"])])
def test_the_age_of_a_care_plan_is_practice_policy(build: Any, limit: int, expected: list[str]) -> None:
    assert names(part(build, policy=Policy(care_plan_max_days=limit))) == expected


@pytest.mark.parametrize(
    ("visits", "blocked"),
    [
        ([], True),
        ([date(2024, 5, 31)], True),
        ([date(2024, 6, 1)], False),
        ([date(2025, 6, 1)], False),
        ([date(2026, 11, 30)], False),
        ([date(2026, 12, 1)], True),
    ],
)
def test_the_initiating_visit_lies_in_the_365_days_before_enrollment_or_since(
    build: Any, visits: list[date], blocked: bool
) -> None:
    given = tuple(InitiatingVisit(day, "AWV") for day in visits)
    assert names(part(build, initiating_visits=given)) == (["NO_INITIATING_VISIT"] if blocked else [])
    assert names(part(build, policy=Policy(initiating_visit=False), initiating_visits=given)) == []


@pytest.mark.parametrize("program", ALL_PROGRAMS)
def test_every_program_needs_a_billing_practitioner(build: Any, program: Program) -> None:
    assert names(part(build, program, designations=())) == ["NO_BILLING_PRACTITIONER"]


@pytest.mark.parametrize("program", ALL_PROGRAMS)
def test_a_program_billed_elsewhere_is_blocked_and_others_are_not(build: Any, program: Program) -> None:
    assert names(part(build, program, billed_elsewhere=frozenset({program}))) == ["BILLED_ELSEWHERE"]
    others = frozenset(known_programs()) - {program}
    assert names(part(build, program, billed_elsewhere=others)) == []


@pytest.mark.parametrize("program", ALL_PROGRAMS)
def test_r2_apcm_excludes_ccm_pcm_and_tcm_but_not_rpm(build: Any, program: Program) -> None:
    assert names(part(build, program, apcm=True)) == ([] if program == Program("RPM") else ["PROGRAM_CONFLICT"])


@pytest.mark.parametrize(
    ("ccm_minutes", "pcm_minutes", "codes", "blocked"),
    [
        (20, 30, ["99426"], Program("CCM")),  # 6613 against 6780
        (40, 30, ["99490", "99439"], Program("PCM")),  # 11657 against 6780
        (20, 29, ["99490"], Program("PCM")),
        (19, 30, ["99426"], Program("CCM")),
        (19, 29, [], None),
        (20, 0, ["99490"], None),
    ],
)
def test_r2_of_ccm_and_pcm_the_one_that_pays_more_is_billed(
    build: Any, ccm_minutes: int, pcm_minutes: int, codes: list[str], blocked: Program | None
) -> None:
    minutes = {Program("CCM"): ccm_minutes, Program("PCM"): pcm_minutes}
    entries = [build.entry(length, program=program) for program, length in minutes.items() if length]
    enrollments = tuple(Enrollment(program, date(2025, 6, 1)) for program in minutes)
    statement = build.statement(build.month(entries, enrollments=enrollments))
    assert build.codes(statement) == codes
    for found in statement.programs:
        assert names(found) == (["PROGRAM_CONFLICT"] if found.program == blocked else [])


def test_r2_a_tie_between_ccm_and_pcm_goes_to_the_lower_base_code(build: Any) -> None:
    entries = [build.entry(20), build.entry(30, program=Program("PCM"))]
    same = Policy(payments={"2026": {"99490": 7000, "99426": 7000}})
    assert build.codes(build.statement(build.month(entries), same)) == ["99426"]


def test_r2_a_program_that_is_blocked_otherwise_outbids_nobody(build: Any) -> None:
    entries = [build.entry(20), build.entry(30, program=Program("PCM"))]
    facts = build.month(entries, billed_elsewhere=frozenset({Program("PCM")}))
    statement = build.statement(facts)
    assert build.codes(statement) == ["99490"]
    assert names(statement.programs[1]) == ["BILLED_ELSEWHERE", "PROGRAM_CONFLICT"]


@pytest.mark.parametrize(
    ("entries", "blocked"),
    [
        ([], False),
        ([("live", 12)], False),
        ([(None, 12)], True),
        ([("message", 12)], True),
        ([("voicemail", 12)], True),
        ([(None, 12), ("live", 1)], False),
    ],
)
def test_rpm_time_without_a_live_contact_blocks_management_but_not_the_device(
    build: Any, entries: list[tuple[str | None, int]], blocked: bool
) -> None:
    work = [build.rpm(minutes, contact=Contact(how) if how else None) for how, minutes in entries]
    enrollments = (Enrollment(Program("RPM"), date(2025, 6, 1)),)
    found = build.part(build.month(work, enrollments=enrollments, readings=(Readings(days=16),)), Program("RPM"))
    assert names(found) == (["NO_LIVE_CONTACT"] if blocked else [])
    assert found.status == Status.BILLABLE
    assert build.codes(found)[0] == "99454"
    assert len(found.codes) == (2 if entries and not blocked else 1)
    without_device = build.part(build.month(work, enrollments=enrollments), Program("RPM"))
    expected = Status.BLOCKED if blocked else Status.BILLABLE if entries else Status.BELOW_THRESHOLD
    assert without_device.status == expected


def test_rpm_a_live_contact_that_does_not_count_opens_nothing(build: Any) -> None:
    for fields in ({"voided": True}, {"staff_id": "dot"}):
        work = [build.rpm(5, **fields), build.rpm(20, contact=None)]
        assert names(build.part(build.month(work), Program("RPM"))) == ["NO_LIVE_CONTACT"]


def test_rpm_time_that_was_voided_was_not_logged(build: Any) -> None:
    found = build.part(build.month([build.rpm(20, contact=None, voided=True)]), Program("RPM"))
    assert (names(found), found.status) == ([], Status.BELOW_THRESHOLD)


def test_rpm_blocked_as_a_whole_bills_no_device_either(build: Any) -> None:
    facts = build.month([build.rpm(20)], readings=(Readings(days=16),), designations=())
    assert build.codes(build.statement(facts)) == []


def test_all_blockers_are_listed_in_their_order_each_with_words_and_a_remedy(build: Any) -> None:
    facts = build.month(
        [build.entry(20)],
        consents=(),
        conditions=(),
        risk_documented=False,
        care_plans=(),
        initiating_visits=(),
        designations=(),
        billed_elsewhere=frozenset({Program("CCM")}),
        apcm=True,
        other_services=frozenset({"G0181"}),
    )
    found = build.part(facts)
    expected = [rule.__name__.upper() for rule in BLOCKER_RULES]
    assert names(found) == [
        name for name in expected if name not in {"CARE_PLAN_EXPIRED", "NO_LIVE_CONTACT", *BY_POLICY}
    ]
    for blocker in found.blockers:
        assert blocker.text
        assert "{" not in blocker.text
        assert blocker.remedy
    assert (found.status, found.codes) == (Status.BLOCKED, ())


def test_a_blocked_program_keeps_its_minutes_its_next_code_and_what_it_would_pay(build: Any) -> None:
    found = part(build, designations=())
    assert (found.counted_minutes, found.next[0].code, found.next[0].minutes_missing) == (35, "99439", 5)
    assert (found.alternatives[0].amount_cents, found.alternatives[0].why_not) == (
        6613,
        "blocked: NO_BILLING_PRACTITIONER",
    )
    assert found.why.startswith("Blocked: no billing practitioner is designated.")


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"consents": ()}, "no CCM consent at any time in the month"),
        (
            {"consents": (Consent(Program("CCM"), date(2025, 6, 1), practitioner="npat"),)},
            "the CCM consent was given for another practitioner than lee, who bills the month (R9)",
        ),
        ({"conditions": ("I10",)}, "1 of 2 chronic conditions recorded"),
        ({"risk_documented": False}, "the risk of death, decompensation or decline is not documented"),
        ({"care_plans": ()}, "no care plan on or before Nov 30, 2026"),
        (
            {"care_plans": (CarePlanRevision(date(2025, 11, 29)),)},
            "the care plan was last revised on Nov 29, 2025, 366 days before Nov 30, 2026; 365 are allowed",
        ),
        ({"initiating_visits": ()}, "no initiating visit in the 365 days before enrollment or since"),
        ({"designations": ()}, "no billing practitioner is designated"),
        ({"billed_elsewhere": frozenset({Program("CCM")})}, "another practice bills CCM this month"),
        ({"apcm": True}, "APCM (G0556 to G0558) is billed this month and excludes CCM (R2)"),
    ],
)
def test_a_blocker_says_what_is_wrong_in_numbers_and_dates(build: Any, facts: dict[str, Any], words: str) -> None:
    (blocker,) = part(build, **facts).blockers
    assert blocker.text == words


def test_r2_a_program_that_is_outbid_names_the_one_that_is_billed(build: Any) -> None:
    facts = build.month([build.entry(40), build.entry(30, 4, program=Program("PCM"))])
    assert [blocker.text for blocker in build.part(facts, Program("PCM")).blockers] == [
        "CCM is billed this month and excludes PCM (R2)"
    ]


def test_who_is_not_enrolled_is_told_so_and_not_asked_for_a_visit(build: Any) -> None:
    found = part(build, enrollments=(), initiating_visits=())
    assert names(found) == []
    assert "NOT_ENROLLED: the patient is not enrolled in CCM this month (C5)." in found.why


@pytest.mark.parametrize(
    ("visit", "blocked"), [(date(2025, 11, 30), False), (date(2025, 11, 29), True), (date(2026, 11, 30), False)]
)
def test_pcm_asks_for_the_visit_anew_each_year(build: Any, visit: date, blocked: bool) -> None:
    found = part(build, Program("PCM"), initiating_visits=(InitiatingVisit(visit, "AWV"),))
    assert names(found) == (["NO_INITIATING_VISIT"] if blocked else [])


@pytest.mark.parametrize(
    ("staff", "words"),
    [
        ((StaffMember("ann", "RN"),), "the billing practitioner lee is not known on Nov 30, 2026"),
        ((StaffMember("lee", "RN"),), "the billing practitioner lee is no practitioner on Nov 30, 2026"),
        (
            (StaffMember("lee", "MD", active_to=date(2026, 11, 29)),),
            "the billing practitioner lee is not active on Nov 30, 2026",
        ),
        ((StaffMember("lee", "MD", active_to=date(2026, 11, 30)),), None),
        ((StaffMember("lee", "RN", active_to=date(2026, 11, 29)), StaffMember("lee", "NP", date(2026, 11, 30))), None),
    ],
)
def test_who_bills_is_an_active_practitioner_on_the_months_last_day(
    build: Any, staff: tuple[StaffMember, ...], words: str | None
) -> None:
    found = part(build, staff=staff)
    assert [blocker.text for blocker in found.blockers if blocker.name == "NO_BILLING_PRACTITIONER"] == (
        [words] if words else []
    )


@pytest.mark.parametrize("code", ["G0181", "G0182", "90951", "90960", "90970"])
@pytest.mark.parametrize("program", ALL_PROGRAMS)
def test_r2_another_service_of_the_practitioner_excludes_ccm_and_is_named(
    build: Any, program: Program, code: str
) -> None:
    blockers = part(build, program, other_services=frozenset({code})).blockers
    assert [blocker.name for blocker in blockers] == (["OTHER_SERVICE"] if program == Program("CCM") else [])
    assert all(f"({code}) is billed this month and excludes CCM" in blocker.text for blocker in blockers)


@pytest.mark.parametrize("code", ["90950", "90971", "99213"])
def test_r2_a_service_that_excludes_nothing_blocks_nothing(build: Any, code: str) -> None:
    assert part(build, other_services=frozenset({code})).blockers == ()


def test_two_codes_of_one_category_are_two_conditions_with_an_advice_to_check(build: Any) -> None:
    found = part(build, conditions=("E11.65", "E11.9"))
    assert names(found) == []
    assert "E11.65, E11.9 are of one ICD-10-CM category: check that they are 2 conditions." in found.why
    assert "category" not in part(build, conditions=("E11.65", "E11.9", "I10")).why


def test_all_blockers_are_told_in_one_sentence(build: Any) -> None:
    found = part(build, designations=(), risk_documented=False)
    assert found.why == (
        "Blocked: the risk of death, decompensation or decline is not documented; no billing practitioner is "
        "designated. 5 more minutes to 99439."
    )


def test_a_program_that_is_partly_blocked_says_what_is_billed_all_the_same(build: Any) -> None:
    facts = build.month([build.rpm(12, contact=Contact.MESSAGE)], readings=(Readings(days=18),))
    assert build.part(facts, Program("RPM")).why == (
        "Partly blocked: RPM time was logged, but no live contact counts. 99454 ($52.11). 8 more minutes to 99457."
    )
