from collections.abc import Callable
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.grammar.log_line import LogLine, parse_log
from bot.grammar.vocabulary import ACTIVITY_WORDS, CONTACT_WORDS
from ledger.rules.facts import Activity, Contact, Program

NEW_YORK = ZoneInfo("America/New_York")
Parse = Callable[..., LogLine]
Troubles = Callable[..., list[tuple[str, str]]]


def local(month: int, day: int, hour: int, minute: int, year: int = 2026) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=NEW_YORK)


def test_a_usual_line_is_understood_whole(parse: Parse) -> None:
    line = parse("P-1042 12m meds call Reconciled the insulin list.")
    assert line == LogLine(
        patient_code="P-1042",
        duration_minutes=12,
        activity=Activity.MEDICATION,
        contact=Contact.LIVE,
        note="Reconciled the insulin list.",
    )
    assert line.is_complete


def test_every_part_in_another_order_is_understood(parse: Parse) -> None:
    line = parse("rpm yesterday call at 2:05pm labs 12 min p1042 Sugar log reviewed")
    assert (line.patient_code, line.duration_minutes, line.program) == ("P-1042", 12, Program("RPM"))
    assert (line.activity, line.contact) == (Activity.RESULTS_REVIEW, Contact.LIVE)
    assert (line.started_at, line.ended_at) == (local(11, 2, 14, 5), local(11, 2, 14, 17))
    assert (line.date_of_service, line.note) == (date(2026, 11, 2), "Sugar log reviewed")


@pytest.mark.parametrize("code", ["P-1042", "p-1042", "p1042", "P1042", "1042", "P–1042"])
def test_a_code_may_be_typed_in_the_ways_people_do(parse: Parse, code: str) -> None:
    line = parse(f"{code} 12m meds Note")
    assert (line.patient_code, line.duration_minutes, line.note) == ("P-1042", 12, "Note")


@pytest.mark.parametrize(
    ("text", "code", "minutes"),
    [
        ("1042 12 meds Note", "P-1042", 12),
        ("15 1042 meds Note", "P-1042", 15),
        ("15 P-1042 meds Note", "P-1042", 15),
        ("77 P-1042 meds Note", "P-1042", 77),  # 77 names a patient too, but a code is elsewhere
        ("77 15 meds Note", "P-77", 15),
        ("1042 77 meds Note", "P-1042", 77),
        ("12m 1042 meds Note", "P-1042", 12),
        ("long-7a 12 meds Note", "LONG-7A", 12),
        ("15 meds Note", None, 15),
        ("1042 meds Note", "P-1042", None),
    ],
)
def test_bare_numbers_are_told_apart(parse: Parse, text: str, code: str | None, minutes: int | None) -> None:
    line = parse(text)
    assert (line.patient_code, line.duration_minutes, line.note) == (code, minutes, "Note")
    assert line.problems == ()


def test_a_word_that_names_several_patients_is_a_problem_that_names_them(parse: Parse) -> None:
    line = parse("0012 12m meds Note")
    assert line.patient_code is None
    assert [problem.code for problem in line.problems] == ["CODE_AMBIGUOUS"]
    assert "N-0012, S-0012" in line.problems[0].message


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("P-9999 12m meds Note", ("CODE_UNKNOWN", "P-9999")),
        ("9999 12m meds Note", ("CODE_UNKNOWN", "9999")),
        ("9999 12 meds Note", ("CODE_UNKNOWN", "9999")),
        ("P-1042 12m meds P-1043 Note", ("CODE_CONFLICT", "P-1043")),
    ],
)
def test_a_patient_is_never_guessed(codes_of_problems: Troubles, text: str, problem: tuple[str, str]) -> None:
    assert codes_of_problems(text) == [problem]


@pytest.mark.parametrize(
    ("length", "minutes"),
    [
        ("12", 12),
        ("12m", 12),
        ("12M", 12),
        ("12 m", 12),
        ("12 min", 12),
        ("12min", 12),
        ("12 mins.", 12),
        ("12 minutes", 12),
        ("90m", 90),
        ("1h5m", 65),
        ("1h5", 65),
        ("1h", 60),
        ("2 hours", 120),
        ("1 h 5 m", 65),
        ("1 hr 5 min", 65),
        ("1:05", 65),
        ("0:45", 45),
        (":45", 45),
        ("1.5h", 90),
        ("1,5 hrs", 90),
        (".5h", 30),
        ("45min.", 45),
        ("1h30", 90),
        ("12.0m", 12),
        ("12,", 12),
        ("12m;", 12),
    ],
)
def test_a_length_may_be_written_in_the_ways_people_do(parse: Parse, length: str, minutes: int) -> None:
    line = parse(f"P-1042 {length} meds Reconciled the list.")
    assert (line.duration_minutes, line.activity, line.note) == (minutes, Activity.MEDICATION, "Reconciled the list.")
    assert line.is_complete


@pytest.mark.parametrize(
    ("times", "start", "end"),
    [
        ("10:05-10:17", (10, 5), (10, 17)),
        ("10:05–10:17", (10, 5), (10, 17)),
        ("10:05 - 10:17", (10, 5), (10, 17)),
        ("10:05 to 10:17", (10, 5), (10, 17)),
        ("from 10:05 to 10:17", (10, 5), (10, 17)),
        ("at 10:05-10:17", (10, 5), (10, 17)),
        ("2:05pm-2:17pm", (14, 5), (14, 17)),
        ("2:05 PM - 2:17 PM", (14, 5), (14, 17)),
        ("2:05p-2:17p", (14, 5), (14, 17)),
        ("2:05-2:17pm", (14, 5), (14, 17)),
        ("2:05pm-2:17", (14, 5), (14, 17)),
        ("2-2:30pm", (14, 0), (14, 30)),
        ("10-10:20", (10, 0), (10, 20)),
        ("2pm-2:20", (14, 0), (14, 20)),
        ("11:50-12:10pm", (11, 50), (12, 10)),
        ("02:05-02:17", (2, 5), (2, 17)),
        ("12:10am-12:20am", (0, 10), (0, 20)),
    ],
)
def test_times_give_start_end_and_length(
    parse: Parse, times: str, start: tuple[int, int], end: tuple[int, int]
) -> None:
    line = parse(f"P-1042 {times} meds Reconciled the list.")
    assert (line.started_at, line.ended_at) == (local(11, 3, *start), local(11, 3, *end))
    assert line.duration_minutes == (end[0] - start[0]) * 60 + end[1] - start[1]
    assert line.date_of_service == date(2026, 11, 3)
    assert line.is_complete


def test_times_across_midnight_typed_the_next_morning_began_yesterday(parse: Parse) -> None:
    line = parse("P-1042 23:50-00:10 meds Note", local(11, 3, 0, 15))
    assert (line.started_at, line.ended_at) == (local(11, 2, 23, 50), local(11, 3, 0, 10))
    assert (line.duration_minutes, line.date_of_service) == (20, date(2026, 11, 2))


def test_times_across_midnight_begin_on_the_date_that_is_written(parse: Parse) -> None:
    line = parse("P-1042 11:50pm-12:10am 10/31 meds Note")
    assert (line.started_at, line.ended_at) == (local(10, 31, 23, 50), local(11, 1, 0, 10))


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("12x", ("LENGTH_UNREADABLE", "12x")),
        ("1:75", ("LENGTH_UNREADABLE", "1:75")),
        ("1h75m", ("LENGTH_UNREADABLE", "1h75m")),
        ("0", ("LENGTH_UNREADABLE", "0")),
        ("0m", ("LENGTH_UNREADABLE", "0m")),
        ("-5m", ("LENGTH_UNREADABLE", "-5m")),
        ("-5 min", ("LENGTH_UNREADABLE", "-5 min")),
        ("1.51h", ("LENGTH_UNREADABLE", "1.51h")),
        ("12.5m", ("LENGTH_UNREADABLE", "12.5m")),
        ("half an hour", ("LENGTH_UNREADABLE", "half an hour")),
        ("1/2 h", ("LENGTH_UNREADABLE", "1/2 h")),
        ("an hour", ("LENGTH_UNREADABLE", "an hour")),
        ("a while", ("LENGTH_UNREADABLE", "a while")),
        ("about 10 min", ("LENGTH_UNREADABLE", "about 10 min")),
        ("~10m", ("LENGTH_UNREADABLE", "~10m")),
        ("ten minutes", ("LENGTH_UNREADABLE", "ten minutes")),
        ("12 units", ("LENGTH_UNREADABLE", "12 units")),
        ("90 seconds", ("LENGTH_UNREADABLE", "90 seconds")),
        ("10:05-10:05", ("LENGTH_UNREADABLE", "10:05-10:05")),
        ("10-12", ("LENGTH_UNREADABLE", "10-12")),
        ("25:00-25:10", ("TIME_UNREADABLE", "25:00-25:10")),
        ("14:05pm-14:17pm", ("TIME_UNREADABLE", "14:05pm-14:17pm")),
        ("10:17-10:05", ("TIMES_REVERSED", "10:17-10:05")),
        ("2:05-2:17", ("TIME_AMBIGUOUS", "2:05-2:17")),
        ("12:50-1:10", ("TIME_AMBIGUOUS", "12:50-1:10")),
        ("1500", ("LENGTH_TOO_LONG", "1500")),
        ("25h", ("LENGTH_TOO_LONG", "25h")),
        ("99999999999", ("LENGTH_UNREADABLE", "99999999999")),
        ("12m 15m", ("LENGTH_CONFLICT", "15m")),
        ("12 15", ("LENGTH_CONFLICT", "15")),
        ("12m 10:05-10:17", ("LENGTH_CONFLICT", "10:05-10:17")),
        ("10:05-10:17 12m", ("LENGTH_CONFLICT", "12m")),
        ("12m meds 15", ("LENGTH_CONFLICT", "15")),
    ],
)
def test_a_length_that_cannot_be_read_is_a_problem_and_never_a_guess(
    parse: Parse, codes_of_problems: Troubles, text: str, problem: tuple[str, str]
) -> None:
    text = f"P-1042 {text} call Reconciled the list."
    assert codes_of_problems(text) == [problem]
    assert parse(text).duration_minutes is None
    assert not parse(text).is_complete


@pytest.mark.parametrize(
    ("word", "activity"),
    [(word, activity) for activity, words in ACTIVITY_WORDS.items() for word in words]
    + [(activity.value, activity) for activity in Activity]
    + [("Home Health", Activity.PROVIDER_COORDINATION), ("care plan", Activity.CARE_PLAN)],
)
def test_every_activity_is_known_by_its_name_and_its_usual_words(parse: Parse, word: str, activity: Activity) -> None:
    line = parse(f"P-1042 12m {word} Something was done.")
    assert (line.activity, line.note) == (activity, "Something was done.")


@pytest.mark.parametrize(
    ("word", "contact"),
    [(word, contact) for contact, words in CONTACT_WORDS.items() for word in words]
    + [("no answer", Contact.NO_ANSWER), ("portal message", Contact.MESSAGE)],
)
def test_how_without_a_what_is_a_patient_contact(parse: Parse, word: str, contact: Contact) -> None:
    line = parse(f"P-1042 12m {word} Something was done.")
    assert (line.activity, line.contact, line.note) == (Activity.PATIENT_CONTACT, contact, "Something was done.")


@pytest.mark.parametrize("words", ["meds call", "call meds"])
def test_a_call_about_something_is_that_activity_in_a_live_contact(parse: Parse, words: str) -> None:
    line = parse(f"P-1042 12m {words} Reconciled the list.")
    assert (line.activity, line.contact) == (Activity.MEDICATION, Contact.LIVE)


@pytest.mark.parametrize(
    ("word", "day"),
    [
        ("today", date(2026, 11, 3)),
        ("Yesterday", date(2026, 11, 2)),
        ("tue", date(2026, 11, 3)),
        ("tuesday", date(2026, 11, 3)),
        ("mon", date(2026, 11, 2)),
        ("sunday", date(2026, 11, 1)),
        ("wed", date(2026, 10, 28)),
        ("11/03", date(2026, 11, 3)),
        ("11/3", date(2026, 11, 3)),
        ("10/31", date(2026, 10, 31)),
        ("11/03/2026", date(2026, 11, 3)),
        ("11/3/26", date(2026, 11, 3)),
        ("2026-11-03", date(2026, 11, 3)),
        ("11/04/2025", date(2025, 11, 4)),
        ("11-3", date(2026, 11, 3)),
        ("11-02-2026", date(2026, 11, 2)),
        ("11-2-26", date(2026, 11, 2)),
        ("2026/11/02", date(2026, 11, 2)),
        ("Nov 2", date(2026, 11, 2)),
        ("Nov. 2nd", date(2026, 11, 2)),
        ("November 2, 2026", date(2026, 11, 2)),
        ("oct 31", date(2026, 10, 31)),
        ("2 Nov", date(2026, 11, 2)),
        ("2-Nov-26", date(2026, 11, 2)),
        ("2nd November 2026", date(2026, 11, 2)),
        ("Nov 2 '26", date(2026, 11, 2)),
        ("2nd of November", date(2026, 11, 2)),
        ("dated 11/2", date(2026, 11, 2)),
        ("date of service: 11/2", date(2026, 11, 2)),
        ("2 days ago", date(2026, 11, 1)),
        ("a day ago", date(2026, 11, 2)),
        ("day before yesterday", date(2026, 11, 1)),
        ("yday", date(2026, 11, 2)),
        ("yesterday morning", date(2026, 11, 2)),
        ("mon afternoon", date(2026, 11, 2)),
        ("last tue", date(2026, 10, 27)),
        ("on 11/2", date(2026, 11, 2)),
        ("for mon", date(2026, 11, 2)),
        ("DOS 11/2/26", date(2026, 11, 2)),
        ("dos: 11/2", date(2026, 11, 2)),
        ("yesterday,", date(2026, 11, 2)),
        ("11/2:", date(2026, 11, 2)),
        ("mon.", date(2026, 11, 2)),
    ],
)
def test_days_are_resolved_to_the_latest_that_is_meant(parse: Parse, word: str, day: date) -> None:
    line = parse(f"P-1042 12m {word} meds Note")
    assert (line.date_of_service, line.note, line.problems) == (day, "Note", ())


def test_a_date_without_a_year_in_january_is_last_years_december(parse: Parse) -> None:
    assert parse("P-1042 12m 12/31 meds Note", local(1, 5, 9, 0)).date_of_service == date(2025, 12, 31)


def test_a_leap_day_without_a_year_is_the_latest_one(parse: Parse) -> None:
    assert parse("P-1042 12m 2/29 meds Note").date_of_service == date(2024, 2, 29)


@pytest.mark.parametrize(
    ("word", "problem"),
    [
        ("2/30", "DATE_UNREADABLE"),
        ("13/01/2026", "DATE_UNREADABLE"),
        ("1026-11-03", "DATE_UNREADABLE"),
        ("2026-11-04", "DATE_IN_FUTURE"),
        ("11/04/2026", "DATE_IN_FUTURE"),
        ("6/10", "DATE_LONG_AGO"),  # "6/10 pain" is more likely than June
        ("11/04", "DATE_IN_FUTURE"),
        ("Nov 4", "DATE_IN_FUTURE"),
        ("12/24", "DATE_IN_FUTURE"),
    ],
)
def test_a_date_that_cannot_be_meant_is_a_problem(codes_of_problems: Troubles, word: str, problem: str) -> None:
    assert codes_of_problems(f"P-1042 12m {word} meds Note") == [(problem, word)]


def test_a_second_date_in_digits_is_a_conflict(codes_of_problems: Troubles) -> None:
    assert codes_of_problems("P-1042 12m 11/02 11/03 meds Note") == [("DATE_CONFLICT", "11/03")]
    assert codes_of_problems("P-1042 12m yesterday today meds Note") == [("DATE_CONFLICT", "today")]


@pytest.mark.parametrize("at", ["at 14:05", "at 2:05pm", "at 2:05 pm", "@2:05pm", "At 2:05 PM"])
def test_a_start_and_a_length_give_the_end(parse: Parse, at: str) -> None:
    line = parse(f"P-1042 12m {at} meds Note")
    assert (line.started_at, line.ended_at) == (local(11, 3, 14, 5), local(11, 3, 14, 17))
    assert (line.date_of_service, line.duration_minutes, line.note) == (date(2026, 11, 3), 12, "Note")


def test_ended_so_many_minutes_ago_gives_the_times(parse: Parse) -> None:
    line = parse("P-1042 12m -15 meds Note", local(11, 3, 15, 0).replace(second=40))
    assert (line.started_at, line.ended_at) == (local(11, 3, 14, 33), local(11, 3, 14, 45))


def test_a_start_without_a_length_is_kept(parse: Parse) -> None:
    line = parse("P-1042 at 14:05 meds Note")
    assert (line.started_at, line.ended_at, line.missing) == (local(11, 3, 14, 5), None, ("duration_minutes",))


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        ("14:50-15:01", ("TIME_IN_FUTURE", "14:50-15:01")),
        ("12m at 14:50", ("TIME_IN_FUTURE", "at 14:50")),
        ("23:50-00:10 today", ("TIME_IN_FUTURE", "23:50-00:10")),
        ("12m at 2:05", ("TIME_AMBIGUOUS", "at 2:05")),
        ("12m at 25:05", ("TIME_UNREADABLE", "at 25:05")),
        ("12m -15 at 14:05", ("TIMES_CONFLICT", "at 14:05")),
        ("12m -15 yesterday", ("TIMES_CONFLICT", "-15")),
    ],
)
def test_times_that_cannot_be_meant_are_problems(
    codes_of_problems: Troubles, words: str, problem: tuple[str, str]
) -> None:
    assert codes_of_problems(f"P-1042 {words} meds Note") == [problem]


def test_a_time_that_clocks_skipped_is_a_problem(codes_of_problems: Troubles) -> None:
    assert codes_of_problems("P-1042 12m 3/8 at 02:30 meds Note", local(3, 9, 12, 0)) == [("TIME_SKIPPED", "at 02:30")]


def test_times_around_a_skipped_hour_have_the_length_that_passed(parse: Parse) -> None:
    assert parse("P-1042 01:50-03:10 3/8 meds Note", local(3, 9, 12, 0)).duration_minutes == 20


def test_an_ambiguous_time_is_the_earlier_one(parse: Parse) -> None:
    started_at = parse("P-1042 12m 11/1 at 01:30 meds Note").started_at
    assert started_at is not None
    assert started_at.utcoffset() == local(10, 31, 12, 0).utcoffset()


def test_a_length_across_the_repeated_hour_ends_after_it_began(parse: Parse) -> None:
    line = parse("P-1042 20m 11/1 at 01:50 meds Note")
    assert line.started_at is not None
    assert line.ended_at is not None
    assert line.ended_at.timestamp() - line.started_at.timestamp() == 20 * 60


def test_times_without_a_date_fall_on_the_day_a_correction_is_about() -> None:
    line = parse_log("10:05-10:17", now=local(11, 3, 9, 0), find_codes=lambda _: [], default_day=date(2026, 10, 30))
    assert line.started_at == local(10, 30, 10, 5)


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("P-1042 12m meds call labs were fine", "labs were fine"),
        ("P-1042 12m meds call 2 refills approved", "2 refills approved"),
        ("P-1042 12m meds call 10mg lisinopril started", "10mg lisinopril started"),
        ("P-1042 12m meds call 120/80 at home", "120/80 at home"),
        ("P-1042 12m meds call today Friday's refill is due", "Friday's refill is due"),
        ("P-1042 12m meds call today Friday refill is due", "Friday refill is due"),
        ("P-1042 12m meds call A1c was 8.1", "A1c was 8.1"),
        ("P-1042 12m meds call B12 was low", "B12 was low"),
        ("P-1042 12m meds call: she is fine", "she is fine"),
        ("P-1042 12m meds - call - she is fine", "she is fine"),
        ('P-1042 12m meds call "yesterday she fell"', "yesterday she fell"),
        ("P-1042 12m meds call “yesterday she fell”", "yesterday she fell"),
        ('P-1042 12m "yesterday she fell" meds call', "yesterday she fell"),
        ('"yesterday she fell" P-1042 12m meds call', "yesterday she fell"),
        ('P-1042 12m meds call "Fine" she said "ok"', '"Fine" she said "ok"'),
        ('P-1042 12m meds call "Fine" call meds', '"Fine" call meds'),
        ('P-1042 12m meds call "never closed', "never closed"),
        ("P-1042 12m meds call BP &lt; 130 &amp; stable", "BP < 130 & stable"),
        ("P-1042 12m meds call  Two  spaces\nand a line \n", "Two  spaces\nand a line"),
    ],
)
def test_the_note_begins_at_the_first_word_that_means_nothing(parse: Parse, text: str, note: str) -> None:
    line = parse(text)
    assert (line.patient_code, line.duration_minutes, line.activity) == ("P-1042", 12, Activity.MEDICATION)
    assert (line.note, line.problems) == (note, ())


@pytest.mark.parametrize(
    ("words", "contact"),
    [
        ("call vm", Contact.VOICEMAIL),
        ("vm call", Contact.VOICEMAIL),
        ("phone, lvm", Contact.VOICEMAIL),
        ("phone, left voicemail", Contact.VOICEMAIL),
        ("left a voicemail call", Contact.VOICEMAIL),
        ("call no answer", Contact.NO_ANSWER),
        ("no-answer, video", Contact.NO_ANSWER),
        ("UTR call", Contact.NO_ANSWER),
        ("no answer vm", Contact.VOICEMAIL),
    ],
)
def test_of_several_ways_of_contact_the_one_that_counts_least_holds(parse: Parse, words: str, contact: Contact) -> None:
    line = parse(f"P-1042 4m {words} Asked to be called.")
    assert (line.activity, line.contact) == (Activity.PATIENT_CONTACT, contact)
    assert (line.note, line.problems) == ("Asked to be called.", ())


@pytest.mark.parametrize(
    ("words", "problem", "field"),
    [
        ("call portal Sent it.", ("CONTACT_CONFLICT", "portal"), "contact"),
        ("vm message Sent it.", ("CONTACT_CONFLICT", "message"), "contact"),
        ("call busy, tried twice.", ("CONTACT_IN_DOUBT", "busy"), "contact"),
        ("call attempted twice.", ("CONTACT_IN_DOUBT", "attempted"), "contact"),
        ("call Patient did not answer.", ("CONTACT_IN_DOUBT", "did not answer"), "contact"),
        ("call Daughter's phone went to voicemail", ("CONTACT_IN_DOUBT", "voicemail"), "contact"),
        ("call unable to reach her", ("CONTACT_IN_DOUBT", "unable to reach"), "contact"),
        ("called, no answer", ("CONTACT_IN_DOUBT", "no answer"), "contact"),
        ("call her back on the result", ("CONTACT_IN_DOUBT", "call her back"), "contact"),
        ("call last week she fell", ("DATE_UNREADABLE", "last week"), "date_of_service"),
        ("call last mon she fell", ("DATE_AMBIGUOUS", "last mon"), "date_of_service"),
        ("call a week ago she fell", ("DATE_UNREADABLE", "a week ago"), "date_of_service"),
        ("call the 3rd Sent it.", ("DATE_UNREADABLE", "the 3rd"), "date_of_service"),
        ("call 11.2. Sent it.", ("DATE_UNREADABLE", "11.2."), "date_of_service"),
        ("call 11.2.26 Sent it.", ("DATE_UNREADABLE", "11.2.26"), "date_of_service"),
        ("call 30/11 Sent it.", ("DATE_UNREADABLE", "30/11"), "date_of_service"),
        ("call 11/1-11/2 Sent it.", ("DATE_UNREADABLE", "11/1-11/2"), "date_of_service"),
        ("call yesteday Sent it.", ("DATE_UNREADABLE", "yesteday"), "date_of_service"),
        ("call tomorrow again", ("DATE_UNREADABLE", "tomorrow"), "date_of_service"),
        ("call next tue again", ("DATE_UNREADABLE", "next tue"), "date_of_service"),
        ("call sat down with her", ("DATE_AMBIGUOUS", "sat"), "date_of_service"),
        ("call sun was too much", ("DATE_AMBIGUOUS", "sun"), "date_of_service"),
        ("call 10/10 today was better", ("DATE_AMBIGUOUS", "10/10"), "date_of_service"),
        ("call 10-12 reps each day", ("DATE_AMBIGUOUS", "10-12"), "date_of_service"),
        ("call 12 Nov 3 Sent it.", ("DATE_AMBIGUOUS", "12 Nov"), "date_of_service"),
        ("call (11/2) Sent it.", ("DATE_UNREADABLE", "(11/2"), "date_of_service"),
        ("call from yesterday Sent it.", ("DATE_UNREADABLE", "from yesterday"), "date_of_service"),
        ("call late entry for 11/2 Sent it.", ("DATE_UNREADABLE", "late entry for 11/2"), "date_of_service"),
        ("call November Sent it.", ("DATE_UNREADABLE", "November"), "date_of_service"),
        ("call 11022026 Sent it.", ("DATE_UNREADABLE", "11022026"), "date_of_service"),
        ("call 2d ago Sent it.", ("DATE_UNREADABLE", "2d ago"), "date_of_service"),
        ("call mailbox full", ("CONTACT_IN_DOUBT", "mailbox"), "contact"),
        ("call wrong number", ("CONTACT_IN_DOUBT", "wrong number"), "contact"),
        ("call until 2:20pm Sent it.", ("TIME_UNREADABLE", "until 2:20pm"), "started_at"),
        ("call 15m Sent it.", ("LENGTH_CONFLICT", "15m"), "duration_minutes"),
    ],
)
def test_what_looks_like_a_part_of_the_line_is_asked_about_and_kept_in_the_note(
    parse: Parse, words: str, problem: tuple[str, str], field: str
) -> None:
    text = f"P-1042 12m meds {words}"
    found = [each for each in parse(text).problems if each.code == problem[0]]
    assert [(each.code, text[each.start : each.end], each.field) for each in found] == [(*problem, field)]
    quoted = parse(f'P-1042 12m meds call "{words}"')
    assert (quoted.note, quoted.problems, quoted.date_of_service) == (words, (), None)


@pytest.mark.parametrize(
    "note",
    [
        "sat 92% on room air.",
        "sat was 92 on room air.",
        "sun exposure counselled.",
        "10/10 pain since the fall.",
        "5/10 pain after walking.",
        "1/2 tablet from now on.",
        "2-3 times daily.",
        "5m walk done.",
        "march of dimes form sent.",
        "may need a refill.",
        "7.2 A1c reported.",
        "Monday's refill is due.",
        "phone number was updated.",
    ],
)
def test_a_word_that_begins_a_note_is_no_day_and_no_length(parse: Parse, note: str) -> None:
    line = parse(f"P-1042 12m meds call {note}")
    assert (line.note, line.date_of_service, line.duration_minutes, line.problems) == (note, None, 12, ())


@pytest.mark.parametrize("words", ["pt", "Pt.", "patient", "for"])
def test_a_word_in_front_of_the_code_is_ignored(parse: Parse, words: str) -> None:
    line = parse(f"{words} P-1042 12m meds call Note")
    assert (line.patient_code, line.duration_minutes, line.note, line.problems) == ("P-1042", 12, "Note", ())


def test_unknown_words_in_front_of_the_code_are_named_and_the_rest_is_understood(parse: Parse) -> None:
    line = parse("hi there P-1042 12m meds call Reconciled it.")
    assert [(each.code, each.field) for each in line.problems] == [("WORD_UNKNOWN", "note")]
    assert (line.patient_code, line.duration_minutes, line.note) == ("P-1042", 12, "Reconciled it.")


@pytest.mark.parametrize(
    ("typed", "right"),
    [
        ("half an hour", "30m"),
        ("1/2 h", "30m"),
        ("an hour", "1h"),
        ("ten minutes", "10m"),
        ("~10m", "10m"),
        ("12x", "12m"),
        ("12.5m", "12m"),
        ("1.51h", "1h30m"),
        ("10-12", "10:00-12:00"),
    ],
)
def test_a_refused_length_is_answered_with_its_nearest_right_spelling(parse: Parse, typed: str, right: str) -> None:
    (problem,) = parse(f"P-1042 {typed} meds call Note").problems
    assert problem.example == right


def test_all_problems_are_reported_in_their_order(codes_of_problems: Troubles) -> None:
    assert codes_of_problems("P-9999 12x 2/30 at 2:05 meds") == [
        ("CODE_UNKNOWN", "P-9999"),
        ("LENGTH_UNREADABLE", "12x"),
        ("DATE_UNREADABLE", "2/30"),
        ("TIME_AMBIGUOUS", "at 2:05"),
    ]


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("", ("patient_code", "duration_minutes", "activity", "note")),
        ("P-1042", ("duration_minutes", "activity", "note")),
        ("P-1042 12m meds", ("note",)),
        ("P-1042 12m Talked it over", ("activity",)),
        ("P-1042 12m caregiver Talked it over", ("contact",)),
    ],
)
def test_what_is_missing_is_named_and_nothing_is_complete(parse: Parse, text: str, missing: tuple[str, ...]) -> None:
    line = parse(text)
    assert (line.missing, line.is_complete, line.problems) == (missing, False, ())


def test_a_naive_now_is_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        parse_log("P-1042", now=local(11, 3, 9, 0).replace(tzinfo=None), find_codes=lambda _: [])
