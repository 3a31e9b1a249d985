"""C1 to C11: which minutes count, on both sides of every edge."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from ledger.clock import last_of_month
from ledger.rules.counting import COUNTING_RULES
from ledger.rules.facts import Activity, Consent, Contact, Enrollment, Program, StaffMember, Stay
from ledger.rules.policy import Policy
from ledger.rules.statement import Exclusion

SINCE = date(2025, 6, 1)
NEW_YORK = ZoneInfo("America/New_York")


def day(number: int) -> date:
    return date(2026, 11, number)


def hour(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-11-{text}").replace(tzinfo=NEW_YORK)


def only_exclusion(build: Any, facts: Any, **policy: Any) -> Exclusion | None:
    """The one exclusion of the one entry, None where all of it counts."""
    (entry,) = build.statement(facts, Policy(**policy)).entries
    assert entry.counted_minutes + sum(cut.minutes for cut in entry.excluded) == entry.duration_minutes
    assert len(entry.excluded) <= 1
    return entry.excluded[0] if entry.excluded else None


def reason(build: Any, facts: Any, **policy: Any) -> str | None:
    cut = only_exclusion(build, facts, **policy)
    return cut.reason if cut else None


def test_reasons_stand_in_the_order_of_the_rules() -> None:
    assert [number for number, _ in COUNTING_RULES] == [f"C{number}" for number in range(1, 12)]


def test_c1_a_voided_entry_does_not_count(build: Any) -> None:
    assert reason(build, build.month([build.entry(voided=True)])) == "VOIDED"
    assert reason(build, build.month([build.entry()])) is None


@pytest.mark.parametrize("note", ["", "   ", "\n"])
def test_c2_an_entry_without_a_note_does_not_count(build: Any, note: str) -> None:
    assert reason(build, build.month([build.entry(note=note)])) == "UNDOCUMENTED"


LEFT_HAND = [
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
]
RIGHT_HAND = ["em_visit", "ai_call", "administrative", "scheduling", "registration", "training", "benefits_check"]


def test_c3_every_activity_stands_in_one_column() -> None:
    assert sorted([*LEFT_HAND, *RIGHT_HAND]) == sorted(Activity)


@pytest.mark.parametrize("activity", Activity)
def test_c3_the_left_hand_activities_count_and_the_right_hand_ones_do_not(build: Any, activity: Activity) -> None:
    expected = None if activity in LEFT_HAND else "NOT_CARE_TIME"
    assert reason(build, build.month([build.entry(activity=activity)])) == expected


@pytest.mark.parametrize(
    "credential", ["MD", "DO", "NP", "PA", "CNS", "CNM", "RN", "LPN", "MA", "PharmD", "LCSW", "RD"]
)
def test_c4_qualifying_credentials_count(build: Any, credential: str) -> None:
    assert reason(build, build.month([build.entry()], staff=(StaffMember("ann", credential),))) is None


@pytest.mark.parametrize(
    ("member", "words"),
    [
        (StaffMember("ann", "front services"), "held no qualifying credential"),
        (StaffMember("ann", "rn"), "held no qualifying credential"),
        (StaffMember("ann", "RN", supervised=False), "was not under the billing practitioner's supervision"),
        (StaffMember("ann", "MD", supervised=False), "was not under the billing practitioner's supervision"),
        (StaffMember("ann", "RN", active_to=day(9)), "was not active"),
        (StaffMember("ann", "RN", active_from=day(11)), "was not active"),
        (StaffMember("bob", "RN"), "was not active"),
    ],
)
def test_c4_says_why_the_staff_member_does_not_qualify(build: Any, member: StaffMember, words: str) -> None:
    cut = only_exclusion(build, build.month([build.entry(day=10)], staff=(member,)))
    assert cut is not None
    assert (cut.reason, cut.rule) == ("UNQUALIFIED_STAFF", "C4")
    assert cut.text == f"on Nov 10, 2026 the staff member {words}"


def test_c4_the_first_and_the_last_active_day_count(build: Any) -> None:
    one_day = StaffMember("ann", "RN", active_from=day(10), active_to=day(10))
    assert reason(build, build.month([build.entry(day=10)], staff=(one_day,))) is None


def test_c4_a_credential_gained_later_counts_from_that_day(build: Any) -> None:
    staff = (StaffMember("ann", "front services", active_to=day(9)), StaffMember("ann", "MA", active_from=day(10)))
    statement = build.statement(build.month([build.entry(5, 9), build.entry(6, 10)], staff=staff))
    assert [entry.counted_minutes for entry in statement.entries] == [0, 6]


def test_c4_the_list_of_credentials_is_practice_policy(build: Any) -> None:
    facts = build.month([build.entry()], staff=(StaffMember("ann", "CHW"),))
    assert reason(build, facts) == "UNQUALIFIED_STAFF"
    assert reason(build, facts, qualifying_credentials=frozenset({"CHW"})) is None


@pytest.mark.parametrize(("worked", "expected"), [(9, "NOT_ENROLLED"), (10, None), (20, None), (21, "NOT_ENROLLED")])
def test_c5_time_counts_from_the_first_to_the_last_day_of_enrollment(
    build: Any, worked: int, expected: str | None
) -> None:
    enrollments = (Enrollment(Program("CCM"), day(10), day(20)), Enrollment(Program("RPM"), SINCE))
    assert reason(build, build.month([build.entry(day=worked)], enrollments=enrollments)) == expected


@pytest.mark.parametrize(
    ("consents", "worked", "expected"),
    [
        ([Consent(Program("CCM"), day(12))], 11, "NO_CONSENT"),
        ([Consent(Program("CCM"), day(12))], 12, None),
        ([Consent(Program("RPM"), SINCE)], 12, "NO_CONSENT"),
        ([Consent(Program("CCM"), SINCE, revoked_on=day(1))], 30, None),
        ([Consent(Program("CCM"), SINCE, revoked_on=day(15))], 30, None),
        ([Consent(Program("CCM"), SINCE, revoked_on=date(2026, 10, 31))], 1, "NO_CONSENT"),
        (
            [Consent(Program("CCM"), SINCE, revoked_on=date(2026, 10, 1)), Consent(Program("CCM"), day(5))],
            4,
            "NO_CONSENT",
        ),
        ([Consent(Program("CCM"), SINCE, revoked_on=date(2026, 10, 1)), Consent(Program("CCM"), day(5))], 5, None),
    ],
)
def test_c6_time_counts_from_consent_to_the_end_of_the_month_of_revocation(
    build: Any, consents: list[Consent], worked: int, expected: str | None
) -> None:
    assert reason(build, build.month([build.entry(day=worked)], consents=tuple(consents))) == expected


@pytest.mark.parametrize(
    ("any_day", "last"),
    [
        (date(2026, 2, 1), date(2026, 2, 28)),
        (date(2028, 2, 29), date(2028, 2, 29)),
        (date(2026, 11, 30), date(2026, 11, 30)),
        (date(2026, 12, 31), date(2026, 12, 31)),
    ],
)
def test_a_month_ends_on_its_last_day(any_day: date, last: date) -> None:
    assert last_of_month(any_day) == last


STAY = Stay("inpatient", day(10), day(13))
KNOWN = Stay("inpatient", hour("10T14:00"), hour("13T09:30"))


@pytest.mark.parametrize("setting", ["inpatient", "snf", "inpatient_rehab", "hospice"])
@pytest.mark.parametrize(
    ("worked", "expected"),
    [
        (9, None),
        (10, "FACILITY_EDGE_DAY"),
        (11, "IN_FACILITY"),
        (12, "IN_FACILITY"),
        (13, "FACILITY_EDGE_DAY"),
        (14, None),
    ],
)
def test_c7_c8_days_inside_a_stay_and_its_edge_days(
    build: Any, setting: str, worked: int, expected: str | None
) -> None:
    stays = (replace(STAY, setting=setting),)
    assert reason(build, build.month([build.entry(day=worked)], stays=stays)) == expected


@pytest.mark.parametrize(("worked", "expected"), [(9, "FACILITY_EDGE_DAY"), (13, "FACILITY_EDGE_DAY"), (14, None)])
def test_c8_the_days_of_a_stay_known_to_the_minute_are_those_of_the_practice(
    build: Any, worked: int, expected: str | None
) -> None:
    late = Stay("inpatient", hour("09T22:00").astimezone(UTC), hour("13T22:00").astimezone(UTC))  # UTC: a day later
    assert reason(build, build.month([build.entry(day=worked)], stays=(late,))) == expected


@pytest.mark.parametrize("setting", ["home", "assisted_living", "independent_living"])
def test_c7_home_and_assisted_living_are_no_stays(build: Any, setting: str) -> None:
    assert reason(build, build.month([build.entry(day=11)], stays=(replace(STAY, setting=setting),))) is None


def test_c7_a_stay_without_discharge_is_still_open(build: Any) -> None:
    stays = (Stay("snf", date(2026, 9, 1)),)
    assert reason(build, build.month([build.entry(day=30)], stays=stays)) == "IN_FACILITY"


@pytest.mark.parametrize(
    ("start", "end", "worked", "excluded"),
    [
        ("13:40", "14:00", 10, {}),
        ("13:50", "14:10", 10, {"IN_FACILITY": 10}),
        ("14:00", "14:20", 10, {"IN_FACILITY": 20}),
        ("09:20", "09:40", 13, {"IN_FACILITY": 10}),
        ("09:30", "09:50", 13, {}),
        ("08:00", "08:20", 12, {"IN_FACILITY": 20}),
    ],
)
def test_c7_a_stay_known_to_the_minute_takes_only_its_minutes(
    build: Any, start: str, end: str, worked: int, excluded: dict[str, int]
) -> None:
    statement = build.statement(build.month([build.timed(start, end, worked)], stays=(KNOWN,)))
    assert statement.entries[0].counted_minutes == 20 - sum(excluded.values())
    assert build.excluded(statement) == excluded


def test_c7_a_stay_inside_one_piece_of_work_leaves_both_ends(build: Any) -> None:
    short = Stay("inpatient", hour("10T14:05"), hour("10T14:15"))
    statement = build.statement(build.month([build.timed("14:00", "14:30", 10)], stays=(short,)))
    assert statement.entries[0].counted_minutes == 20
    assert build.excluded(statement) == {"IN_FACILITY": 10}


@pytest.mark.parametrize("worked", [10, 13])
def test_c8_an_entry_without_times_on_an_edge_day_is_not_shown_to_lie_outside(build: Any, worked: int) -> None:
    assert reason(build, build.month([build.entry(day=worked)], stays=(KNOWN,))) == "FACILITY_EDGE_DAY"


@pytest.mark.parametrize(
    ("stay", "worked", "expected"),
    [
        (Stay("snf", hour("10T14:00"), day(13)), 10, None),
        (Stay("snf", hour("10T14:00"), day(13)), 13, "FACILITY_EDGE_DAY"),
        (Stay("snf", day(10), hour("13T09:30")), 10, "FACILITY_EDGE_DAY"),
        (Stay("snf", day(10), hour("13T07:30")), 13, None),
        (Stay("snf", hour("10T14:00")), 10, None),
        (Stay("snf", hour("10T14:00"), day(10)), 10, None),
        (Stay("snf", hour("10T07:00"), day(10)), 10, "FACILITY_EDGE_DAY"),
        (Stay("snf", hour("10T08:20"), day(10)), 10, None),
        (Stay("snf", hour("10T08:19"), day(10)), 10, "FACILITY_EDGE_DAY"),
        (Stay("snf", day(10), hour("10T07:00")), 10, None),
        (Stay("snf", day(10), hour("10T08:00")), 10, None),
        (Stay("snf", day(10), hour("10T08:01")), 10, "FACILITY_EDGE_DAY"),
        (Stay("snf", day(10), day(10)), 10, "FACILITY_EDGE_DAY"),
    ],
)
def test_c8_times_settle_an_edge_day_only_where_that_edge_is_known(
    build: Any, stay: Stay, worked: int, expected: str | None
) -> None:
    assert reason(build, build.month([build.timed("08:00", "08:20", worked)], stays=(stay,))) == expected


def test_c7_comes_before_c8_minute_by_minute_when_two_stays_meet(build: Any) -> None:
    stays = (Stay("inpatient", day(5), hour("10T14:10")), Stay("snf", day(10), day(20)))
    statement = build.statement(build.month([build.timed("14:00", "14:30", 10)], stays=stays))
    assert build.excluded(statement) == {"IN_FACILITY": 10, "FACILITY_EDGE_DAY": 20}


def test_c7_an_edge_day_of_one_stay_inside_another_lies_inside(build: Any) -> None:
    stays = (Stay("inpatient", day(8), day(10)), Stay("hospice", day(1), None))
    assert reason(build, build.month([build.entry(day=10)], stays=stays)) == "IN_FACILITY"


def test_c7_the_date_of_a_stay_is_that_of_the_practice(build: Any) -> None:
    # 02:00 UTC on the 11th is 21:00 on the 10th in New York.
    admitted = datetime.fromisoformat("2026-11-11T02:00+00:00")
    facts = build.month([build.timed("20:50", "21:10", 10)], stays=(Stay("inpatient", admitted),))
    assert build.statement(facts).entries[0].counted_minutes == 10


@pytest.mark.parametrize(
    ("contact", "expected"),
    [("live", None), ("message", None), ("voicemail", "OUTREACH_ATTEMPT"), ("no_answer", "OUTREACH_ATTEMPT")],
)
@pytest.mark.parametrize("activity", [Activity.PATIENT_CONTACT, Activity.CAREGIVER_CONTACT])
def test_c9_an_attempt_is_not_care_unless_policy_counts_it(
    build: Any, activity: Activity, contact: str, expected: str | None
) -> None:
    facts = build.month([build.entry(activity=activity, contact=Contact(contact))])
    assert reason(build, facts) == expected
    assert reason(build, facts, count_outreach_attempts=True) is None


def test_c10_under_the_interactive_policy_only_live_contact_counts_in_rpm(build: Any) -> None:
    review, message = build.rpm(contact=None), build.rpm(contact=Contact.MESSAGE)
    assert reason(build, build.month([review]), rpm_time="interactive") == "NOT_INTERACTIVE"
    assert reason(build, build.month([message]), rpm_time="interactive") == "NOT_INTERACTIVE"
    assert reason(build, build.month([build.rpm()]), rpm_time="interactive") is None
    assert reason(build, build.month([review])) is None
    assert reason(build, build.month([build.entry()]), rpm_time="interactive") is None


def counted(build: Any, *entries: Any, **facts: Any) -> list[int]:
    return [entry.counted_minutes for entry in build.statement(build.month(entries, **facts)).entries]


def test_c11_two_people_in_one_meeting_count_once(build: Any) -> None:
    first, second = build.timed("10:00", "10:20"), build.timed("10:10", "10:30", staff_id="bob")
    assert counted(build, first, second) == [20, 10]
    assert counted(build, second, first) == [10, 20]


def test_c11_with_one_start_the_earlier_recording_has_the_minutes_then_the_lower_number(build: Any) -> None:
    early = build.timed("10:00", "10:20", recorded_at=build.at(3, "11:00"))
    late = build.timed("10:00", "10:20", recorded_at=build.at(3, "12:00"), staff_id="bob")
    assert counted(build, late, early) == [0, 20]
    assert counted(build, early, replace(early, staff_id="bob")) == [20, 0]


def test_c11_one_minute_feeds_one_program(build: Any) -> None:
    ccm = build.timed("10:00", "10:20")
    rpm = build.timed("10:05", "10:25", program=Program("RPM"), activity=Activity.PATIENT_CONTACT, contact=Contact.LIVE)
    assert counted(build, ccm, rpm) == [20, 5]


def test_c11_a_long_meeting_leaves_what_lies_around_it(build: Any) -> None:
    around = build.timed("09:50", "10:30", staff_id="bob")
    inside = build.timed("10:00", "10:10")
    assert counted(build, inside, around) == [0, 40]


def test_c11_entries_that_only_touch_or_have_no_times_share_nothing(build: Any) -> None:
    assert counted(build, build.timed("10:00", "10:20"), build.timed("10:20", "10:40")) == [20, 20]
    assert counted(build, build.timed("10:00", "10:20"), build.entry(15, staff_id="bob")) == [20, 15]


@pytest.mark.parametrize(
    "fields", [{"voided": True}, {"note": ""}, {"activity": Activity.EM_VISIT}, {"staff_id": "dot"}]
)
def test_c11_entries_that_do_not_count_take_no_minutes(build: Any, fields: dict[str, Any]) -> None:
    lost = build.timed("10:00", "10:20", **fields)
    assert counted(build, lost, build.timed("10:00", "10:20", staff_id="bob")) == [0, 20]


def test_c11_minutes_cut_by_a_stay_take_none_from_others(build: Any) -> None:
    # The first entry keeps 13:50 to 14:00; the second shares only that.
    first, second = build.timed("13:50", "14:20", 10), build.timed("13:55", "14:00", 10, staff_id="bob")
    assert counted(build, first, second, stays=(KNOWN,)) == [10, 0]


def test_c11_lengths_that_are_not_whole_minutes_still_add_up(build: Any) -> None:
    first = build.timed("10:00:00", "10:10:20")
    second = build.timed("10:10:00", "10:20:00", staff_id="bob")
    third = build.timed("10:10:40", "10:20:40", staff_id="npat")
    statement = build.statement(build.month([first, second, third]))
    for entry in statement.entries:
        assert entry.counted_minutes + sum(cut.minutes for cut in entry.excluded) == entry.duration_minutes
    # 10:10:20 to 10:20:00 is left of the second (9:40, nearest 10), 10:20:00 to 10:20:40 of the third (1).
    assert [entry.counted_minutes for entry in statement.entries] == [10, 10, 1]


def test_c11_on_the_night_the_clocks_go_back_the_repeated_hour_is_two_hours(build: Any) -> None:
    first_pass, second_pass = build.timed("01:10", "01:30", 1), build.timed("01:10", "01:30", 1, staff_id="bob")
    second_pass = replace(
        second_pass,
        started_at=second_pass.started_at.replace(fold=1),
        ended_at=second_pass.ended_at.replace(fold=1),
    )
    assert counted(build, first_pass, second_pass) == [20, 20]


def test_c11_minutes_cut_by_a_stay_and_by_another_entry_are_cut_from_what_is_left(build: Any) -> None:
    short = Stay("inpatient", hour("10T14:00"), hour("10T14:10"))
    first = build.timed("13:45", "13:55", 10, staff_id="bob")
    second = build.timed("13:50", "14:20", 10)
    statement = build.statement(build.month([first, second], stays=(short,)))
    assert [entry.counted_minutes for entry in statement.entries] == [10, 15]
    assert [(cut.reason, cut.minutes) for cut in statement.entries[1].excluded] == [
        ("IN_FACILITY", 10),
        ("SAME_MINUTES", 5),
    ]


def test_c7_seconds_that_make_no_minute_are_no_exclusion(build: Any) -> None:
    stay = Stay("inpatient", hour("10T14:00:00"), hour("10T14:00:20"))
    statement = build.statement(build.month([build.timed("13:50", "14:20", 10)], stays=(stay,)))
    assert (statement.entries[0].counted_minutes, statement.entries[0].excluded) == (30, ())


def test_an_entry_with_a_start_alone_counts_like_one_without_times(build: Any) -> None:
    assert counted(build, build.entry(12, started_at=build.at(3, "10:00"))) == [12]


INTERACTIVE = {"rpm_time": "interactive"}


@pytest.mark.parametrize(
    ("fields", "facts", "policy", "expected"),
    [
        ({"voided": True}, {}, {}, "C1: the entry was voided"),
        ({"note": " "}, {}, {}, "C2: nothing says what was done"),
        ({"activity": Activity.EM_VISIT}, {}, {}, "C3: em_visit is not care management time"),
        (
            {"staff_id": "dot"},
            {},
            {},
            "C4: on Nov 11, 2026 the staff member held no qualifying credential",
        ),
        ({}, {"enrollments": ()}, {}, "C5: not enrolled in CCM on Nov 11, 2026"),
        ({}, {"consents": ()}, {}, "C6: no CCM consent on or before Nov 11, 2026"),
        (
            {},
            {"stays": (replace(STAY, setting="inpatient_rehab"),)},
            {},
            "C7: inside a stay (inpatient rehab) on Nov 11, 2026",
        ),
        (
            {},
            {"stays": (Stay("snf", day(11)),)},
            {},
            "C8: Nov 11, 2026 is a day of admission or discharge, and no times show that the work lay outside the stay",
        ),
        ({"contact": Contact.NO_ANSWER}, {}, {}, "C9: no answer is an attempt to reach somebody"),
        (
            {"program": Program("RPM")},
            {},
            INTERACTIVE,
            "C10: under this practice's policy RPM time is live contact only",
        ),
    ],
)
def test_every_reason_says_its_rule_and_words(
    build: Any, fields: dict[str, Any], facts: dict[str, Any], policy: dict[str, Any], expected: str
) -> None:
    cut = only_exclusion(build, build.month([build.entry(10, 11, **fields)], **facts), **policy)
    assert cut is not None
    assert (cut.minutes, f"{cut.rule}: {cut.text}") == (10, expected)


def test_reasons_that_take_a_part_say_their_words_too(build: Any) -> None:
    stays = (KNOWN, Stay("snf", hour("09T10:00"), hour("10T13:55")))
    first, second = build.timed("13:50", "14:10", 10), build.timed("13:50", "14:05", 10, staff_id="bob")
    entries = build.statement(build.month([first, second], stays=stays)).entries
    assert entries[0].excluded == (
        Exclusion(15, "IN_FACILITY", "C7", "inside a stay (snf, inpatient) on Nov 10, 2026"),
    )
    assert entries[1].excluded[1] == Exclusion(5, "SAME_MINUTES", "C11", "these minutes already count in another entry")
