"""What holds for every patient-month: found by trying many."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.examples import examples

from ledger.rules.coding import Minutes, offer_of, units_at
from ledger.rules.durations import duration_minutes, split_at_midnight
from ledger.rules.evaluation import evaluate
from ledger.rules.facts import (
    CONTACT_ACTIVITIES,
    Activity,
    CarePlanRevision,
    ComplexityDesignation,
    Consent,
    Contact,
    Designation,
    Enrollment,
    InitiatingVisit,
    PatientMonth,
    Program,
    Readings,
    StaffMember,
    Stay,
    TimeEntry,
)
from ledger.rules.policy import Policy
from ledger.rules.prices import prices_of
from ledger.rules.rulebook import rulebook_for
from ledger.rules.statement import Statement, Status

NEW_YORK = ZoneInfo("America/New_York")
PROGRAMS = [Program("CCM"), Program("PCM"), Program("RPM")]
CAPS = {"99439": 2, "99437": 2, "99489": 10, "99427": 2, "99425": 2, "99458": 3}
BASES = {"99439": "99490", "99437": "99491", "99489": "99487", "99427": "99426", "99425": "99424", "99458": "99457"}
MANY, SOME = examples(240), examples(120)

days = st.integers(1, 30)
months = st.sampled_from([date(2025, 11, 1), date(2026, 11, 1)])
policies = st.builds(
    Policy,
    count_outreach_attempts=st.booleans(),
    rpm_time=st.sampled_from(["management", "interactive"]),
    complex_needs_plan_revision=st.booleans(),
    honor_complexity_designation=st.booleans(),
    claim_date=st.sampled_from(["threshold", "month_end"]),
    payments=st.sampled_from(
        [{}, {"2026": {"99491": 20000}}, {"2026": {"99490": 0, "99426": 1}, "2025": {"99490": 1}, "2027": {"99490": 2}}]
    ),
    practice_type=st.sampled_from(["clinic", "hospital_outpatient"]),
    qualifying_apm=st.booleans(),
)


@st.composite
def entries(draw: Any, month: date, number: int) -> TimeEntry:
    day = month.replace(day=draw(days))
    activity = draw(st.sampled_from([Activity.MEDICATION, Activity.PATIENT_CONTACT, Activity.EM_VISIT]))
    started_at = ended_at = None
    minutes = draw(st.integers(1, 90))
    if draw(st.booleans()):
        offset = timedelta(minutes=draw(st.integers(8 * 60, 11 * 60)), seconds=draw(st.sampled_from([0, 0, 20, 30])))
        started_at = datetime.combine(day, datetime.min.time(), NEW_YORK) + offset
        ended_at = started_at + timedelta(minutes=minutes, seconds=draw(st.sampled_from([0, 0, -20, 29, 30])))
        minutes = duration_minutes(started_at, ended_at)
    return TimeEntry(
        number=number,
        staff_id=draw(st.sampled_from(["ann", "bob", "lee", "dot"])),
        program=draw(st.sampled_from(PROGRAMS)),
        activity=activity,
        contact=draw(st.sampled_from(Contact)) if activity in CONTACT_ACTIVITIES else None,
        date_of_service=day,
        duration_minutes=max(minutes, 1),
        started_at=started_at,
        ended_at=ended_at,
        note=draw(st.sampled_from(["", "Reviewed chart.", "Went through the list of medicines. Nothing was changed."])),
        recorded_at=datetime.combine(day, datetime.min.time(), UTC) + timedelta(hours=draw(st.integers(12, 120))),
        voided=draw(st.integers(0, 9)) == 0,
    )


@st.composite
def stays(draw: Any, month: date) -> Stay:
    admitted, length = month.replace(day=draw(days)), timedelta(days=draw(st.integers(0, 9)))
    hour = timedelta(hours=draw(st.integers(8, 11)))
    edges: list[Any] = [admitted, draw(st.sampled_from([None, admitted + length]))]
    for place in range(2):
        if edges[place] is not None and draw(st.booleans()):
            edges[place] = datetime.combine(edges[place], datetime.min.time(), NEW_YORK) + hour + place * hour
    return Stay(draw(st.sampled_from(["inpatient", "snf", "home"])), *edges)


@st.composite
def patient_months(draw: Any) -> PatientMonth:
    month = draw(months)
    since = draw(st.sampled_from([month - timedelta(days=300), month.replace(day=12)]))
    return PatientMonth(
        month=month,
        timezone="America/New_York",
        conditions=draw(st.sampled_from([("I10", "E11.9"), ("I10", "E11.9"), ("I10",)])),
        designations=draw(
            st.sampled_from(
                [
                    (Designation("lee"),),
                    (Designation("lee"),),
                    (Designation("npat", to_date=month), Designation("lee", month)),
                    (),
                ]
            )
        ),
        apcm=draw(st.integers(0, 9)) == 0,
        enrollments=tuple(Enrollment(program, since) for program in PROGRAMS),
        consents=tuple(
            Consent(program, since) for program in draw(st.sampled_from([PROGRAMS, PROGRAMS, PROGRAMS[:1]]))
        ),
        initiating_visits=(InitiatingVisit(month - timedelta(days=320), "AWV"),),
        care_plans=(CarePlanRevision(month.replace(day=4), substantial=True),),
        stays=tuple(draw(st.lists(stays(month), max_size=2))),
        complexity=draw(st.sampled_from([(), (ComplexityDesignation(month, "high", "lee", "new disease"),)])),
        readings=(Readings(days=draw(st.integers(0, 30))),),
        staff=(
            StaffMember("ann", "RN"),
            StaffMember("bob", "LPN", active_from=month.replace(day=3)),
            StaffMember("lee", "MD"),
            StaffMember("dot", "front services"),
        ),
        entries=tuple(draw(entries(month, number)) for number in range(draw(st.integers(0, 9)))),
    )


def statement_of(facts: PatientMonth, policy: Policy) -> Statement:
    return evaluate(facts, rulebook_for(facts.month), policy)


@settings(max_examples=MANY, deadline=None)
@given(facts=patient_months(), policy=policies)
def test_every_minute_is_counted_or_excluded_under_one_reason(facts: PatientMonth, policy: Policy) -> None:
    statement = statement_of(facts, policy)
    assert len(statement.entries) == len(facts.entries)
    for entry in statement.entries:
        assert 0 <= entry.counted_minutes <= entry.duration_minutes
        assert all(cut.minutes > 0 for cut in entry.excluded)
        assert entry.counted_minutes + sum(cut.minutes for cut in entry.excluded) == entry.duration_minutes
        reasons = [cut.reason for cut in entry.excluded]
        assert len(reasons) == len(set(reasons))
    for part in statement.programs:
        own = [entry.counted_minutes for entry in statement.entries if entry.program == part.program]
        assert part.counted_minutes == sum(own) == part.staff_minutes + part.practitioner_minutes


@settings(max_examples=MANY, deadline=None)
@given(facts=patient_months(), policy=policies)
def test_codes_never_break_a_rule_of_section_5(facts: PatientMonth, policy: Policy) -> None:
    statement = statement_of(facts, policy)
    units = {line.code: line.units for line in statement.codes}
    assert len(units) == len(statement.codes)
    for code, cap in CAPS.items():
        assert units.get(code, 0) <= cap
        assert code not in units or units[BASES[code]] == 1  # R6: no add-on without its base
    for program in (Program("CCM"), Program("PCM")):  # R1: one family a program
        assert len({line.family for line in statement.codes if line.program == program}) <= 1
    assert len({"99454", "99445"} & units.keys()) <= 1
    assert len({"99457", "99470"} & units.keys()) <= 1
    billed = {line.program for line in statement.codes}
    assert not {Program("CCM"), Program("PCM")} <= billed  # R2
    assert not (facts.apcm and billed & {Program("CCM"), Program("PCM"), Program("TCM")})
    if not facts.complexity:
        assert "99487" not in units  # R3
    if facts.month.year == 2025:
        assert not {"99470", "99445"} & units.keys()
    assert all(line.date_of_service.replace(day=1) == facts.month for line in statement.codes)


@settings(max_examples=MANY, deadline=None)
@given(facts=patient_months(), policy=policies)
def test_status_codes_and_blockers_agree(facts: PatientMonth, policy: Policy) -> None:
    for part in statement_of(facts, policy).programs:
        assert (part.status is Status.BILLABLE) == bool(part.codes)
        assert (part.status is Status.BLOCKED) == (bool(part.blockers) and not part.codes)
        names = {blocker.name for blocker in part.blockers}
        assert not part.codes or names <= {"NO_LIVE_CONTACT"}
        assert all(step.minutes_missing > 0 for step in part.next)


@settings(max_examples=SOME, deadline=None)
@given(facts=patient_months(), policy=policies, data=st.data())
def test_the_order_of_entries_and_a_second_evaluation_change_nothing(
    facts: PatientMonth, policy: Policy, data: st.DataObject
) -> None:
    shuffled = replace(facts, entries=tuple(data.draw(st.permutations(facts.entries))))
    assert statement_of(facts, policy) == statement_of(shuffled, policy) == statement_of(facts, policy)


@settings(max_examples=MANY, deadline=None)
@given(facts=patient_months(), policy=policies)
def test_the_named_next_code_is_what_the_missing_minutes_bring(facts: PatientMonth, policy: Policy) -> None:
    plain = replace(
        facts,
        stays=(),
        enrollments=(Enrollment(Program("RPM"), facts.month), Enrollment(Program("CCM"), facts.month)),
        apcm=False,
        designations=(Designation("lee"),),
        conditions=("I10", "E11.9"),
        consents=tuple(Consent(program, facts.month) for program in PROGRAMS),
        staff=(StaffMember("ann", "RN"), StaffMember("lee", "MD")),
    )
    for part in statement_of(plain, policy).programs:
        if part.program == Program("PCM"):
            continue
        for step in part.next:
            staff_id = "lee" if step.code in {"99491", "99437"} else "ann"
            more = TimeEntry(
                number=99, staff_id=staff_id, program=part.program, activity=Activity.PATIENT_CONTACT,
                contact=Contact.LIVE, date_of_service=facts.month, duration_minutes=step.minutes_missing,
                note="Called about the readings. Agreed to go on.", recorded_at=datetime(2026, 11, 1, tzinfo=UTC),
            )  # fmt: skip
            then = statement_of(replace(plain, entries=(*plain.entries, more)), policy).program(part.program)
            assert then is not None
            assert step.code in {line.code for line in then.codes}


@settings(max_examples=MANY, deadline=None)
@given(
    facts=patient_months(),
    policy=policies,
    days=st.lists(st.integers(3, 5), min_size=9, max_size=9),
    ids=st.lists(st.sampled_from([None, None, "B-1", "B-2"]), min_size=9, max_size=9),
)
def test_w12_names_those_that_may_be_one_piece_of_work_and_no_others(
    facts: PatientMonth, policy: Policy, days: list[int], ids: list[str | None]
) -> None:
    crowded = replace(
        facts,
        entries=tuple(
            replace(
                one,
                date_of_service=facts.month.replace(day=day),
                started_at=None,
                ended_at=None,
                external_id=external_id,
            )
            if one.started_at is None
            else replace(one, external_id=external_id)
            for one, day, external_id in zip(facts.entries, days, ids, strict=False)
        ),
    )
    statement = statement_of(crowded, policy)
    named = {
        number for part in statement.programs for one in part.warnings if one.code == "W12" for number in one.entries
    }
    live = [one for one in crowded.entries if not one.voided]
    doubles = {
        one.number
        for one in live
        for other in live
        if one is not other
        and (one.date_of_service, one.activity, one.contact) == (other.date_of_service, other.activity, other.contact)
        and not (one.started_at and other.started_at)
        and (
            one.staff_id != other.staff_id
            or (one.duration_minutes == other.duration_minutes and one.external_id != other.external_id)
        )
    }
    assert named == doubles
    without_ids = replace(crowded, entries=tuple(replace(one, external_id=None) for one in crowded.entries))
    assert statement_of(without_ids, policy).codes == statement.codes


@settings(max_examples=SOME, deadline=None)
@given(month=months, total=st.integers(0, 400), more=st.integers(1, 60), share=st.integers(0, 400))
def test_more_minutes_never_lower_what_a_family_pays(month: date, total: int, more: int, share: int) -> None:
    book = rulebook_for(month)
    prices = prices_of(book, Policy(), month)
    practitioner = min(share, total)
    for program in PROGRAMS:
        for family in book.time_families[program]:
            before = offer_of(family, Minutes(total, practitioner), prices)
            after = offer_of(family, Minutes(total + more, practitioner + more), prices)
            assert before.amount_cents <= after.amount_cents
            # Full units alone: never more minutes billed than there are.
            billed = sum(
                units * (family.add_on.each_further_minutes if code == family.add_on.code else 0)
                for code, units in units_at(family, before.minutes)
            )
            opening = 0 if not before.units else min(family.base.at_minutes, before.minutes)
            assert billed + opening <= before.minutes


@settings(max_examples=SOME, deadline=None)
@given(
    lengths=st.lists(st.tuples(st.integers(0, 600), st.integers(2, 80)), max_size=6),
    staff_id=st.sampled_from(["ann", "lee"]),
    which=st.integers(0, 5),
    cut=st.integers(1, 79),
)
def test_splitting_an_entry_in_two_adjacent_ones_changes_no_code(
    build_month: Any, lengths: list[tuple[int, int]], staff_id: str, which: int, cut: int
) -> None:
    # One kind of staff: where a nurse and a practitioner share minutes, the start of each piece decides whose they are.
    whole = build_month(lengths, staff_id)
    if which >= len(lengths) or cut >= lengths[which][1]:
        return
    start, minutes = lengths[which]
    halves = [(start, cut), (start + cut, minutes - cut)]
    split = build_month([*lengths[:which], *halves, *lengths[which + 1 :]], staff_id)
    before, after = statement_of(whole, Policy()), statement_of(split, Policy())
    assert before.codes == after.codes
    assert before.programs[0].counted_minutes == after.programs[0].counted_minutes


@pytest.fixture(scope="session")
def build_month(build: Any) -> Any:
    """Timed entries of one day and staff member, as (minutes after 08:00, length)."""

    def month(pieces: list[tuple[int, int]], staff_id: str) -> PatientMonth:
        made = []
        for offset, minutes in pieces:
            start = build.at(3, "08:00") + timedelta(minutes=offset)
            made.append(
                build.entry(
                    minutes,
                    staff_id=staff_id,
                    started_at=start,
                    ended_at=start + timedelta(minutes=minutes),
                    recorded_at=build.at(5, "08:00"),
                )
            )
        facts: PatientMonth = build.month(made)
        return facts

    return month


@settings(max_examples=MANY, deadline=None)
@given(
    zone=st.sampled_from(
        ["America/New_York", "America/Phoenix", "America/Havana", "Pacific/Honolulu", "Asia/Kathmandu"]
    ),
    night=st.sampled_from(
        [datetime(2026, 3, 8), datetime(2026, 11, 1), datetime(2026, 12, 1), datetime(2028, 2, 29)]  # noqa: DTZ001 - the zone is drawn
    ),
    before=st.integers(0, 5 * 3600),
    seconds=st.integers(1, 24 * 3600),
)
def test_e3_parts_of_a_split_add_up_on_every_night(zone: str, night: datetime, before: int, seconds: int) -> None:
    where = ZoneInfo(zone)
    start = night.replace(tzinfo=where).astimezone(UTC) - timedelta(seconds=before)
    end = start + timedelta(seconds=seconds)
    parts = split_at_midnight(start, end, where)
    assert sum(part.duration_minutes for part in parts) == duration_minutes(start, end)
    assert all(part.duration_minutes > 0 for part in parts)
    dates = [part.date_of_service for part in parts]
    assert dates == sorted(set(dates))
    for part in parts:
        assert part.started_at.date() == part.date_of_service
        last = (part.ended_at.astimezone(UTC) - timedelta(microseconds=1)).astimezone(where)
        assert last.date() == part.date_of_service or len(parts) == 1
