"""The lines that start and stop a timer: a log line's words, but the clock says when and how long."""

from collections.abc import Sequence
from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.examples import examples

from bot.grammar.log_line import LogLine
from bot.grammar.timer_line import parse_start, parse_stop
from bot.grammar.vocabulary import ACTIVITY_WORDS, CONTACT_WORDS
from ledger.rules.facts import Activity, Contact, Program

CODES = ("P-1042", "P-1043", "P-77", "N-0012", "S-0012")
TOKENS = (
    "P-1042 p1042 1042 77 0012 P-9 12 12m 1:05 1:75 1h5m -15 -5m 10:05-10:17 2:05-2:17 at 14:05 today yesterday mon "
    '11/03 2026-11-03 ccm rpm units refills to - : | 12x "" " “ ” &amp; &lt; care plan home health Reconciled A1c B12'
)
PIECES = [
    *TOKENS.split(),
    *(words[0] for table in (ACTIVITY_WORDS, CONTACT_WORDS) for words in table.values()),
    "\n",
]
texts = st.text() | st.lists(st.sampled_from(PIECES) | st.text(max_size=4), max_size=12).map(" ".join)


def find_codes(word: str) -> Sequence[str]:
    plain = word.upper().replace("-", "")
    return [code for code in CODES if plain == code.replace("-", "") or (plain and plain == code.split("-")[1])]


def start(text: str) -> LogLine:
    return parse_start(text, find_codes=find_codes)


@dataclass(frozen=True)
class Began:
    """What a start line said."""

    activity: Activity | None
    contact: Contact | None


def stop(text: str, activity: Activity | None = None, contact: Contact | None = None) -> LogLine:
    return parse_stop(text, patient_code="P-1042", find_codes=find_codes, begun=Began(activity, contact))


def problems_of(line: LogLine, text: str) -> list[tuple[str, str]]:
    return [(problem.code, text[problem.start : problem.end]) for problem in line.problems]


@pytest.mark.parametrize(
    ("text", "understood"),
    [
        ("", LogLine()),
        ("P-1042", LogLine("P-1042")),
        ("1042", LogLine("P-1042")),
        ("meds p1042 call", LogLine("P-1042", activity=Activity.MEDICATION, contact=Contact.LIVE)),
        ("P-1042 call", LogLine("P-1042", activity=Activity.PATIENT_CONTACT, contact=Contact.LIVE)),
        (
            "P-1042 rpm labs Reviewing &lt;5 &amp; more",
            LogLine("P-1042", activity=Activity.RESULTS_REVIEW, program=Program("RPM"), note="Reviewing <5 & more"),
        ),
        ("P-1042 meds 2 refills asked", LogLine("P-1042", activity=Activity.MEDICATION, note="2 refills asked")),
        ("P-1042 B12 is low", LogLine("P-1042", note="B12 is low")),
        ('P-1042 "12m is the usual" meds', LogLine("P-1042", activity=Activity.MEDICATION, note="12m is the usual")),
    ],
)
def test_a_start_line_says_who_and_what(text: str, understood: LogLine) -> None:
    assert start(text) == understood


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        ("P-1042 12m meds", [("TIMER_MEASURES", "12m")]),
        ("P-1042 meds 12", [("TIMER_MEASURES", "12")]),
        ("1042 12 meds", [("TIMER_MEASURES", "12")]),
        ("P-1042 10:05-10:17 meds", [("TIMER_MEASURES", "10:05-10:17")]),
        ("P-1042 at 14:05 meds", [("TIMER_MEASURES", "at 14:05")]),
        ("P-1042 -15", [("TIMER_MEASURES", "-15")]),
        ("P-1042 yesterday meds", [("TIMER_MEASURES", "yesterday")]),
        ("P-1042 11/03", [("TIMER_MEASURES", "11/03")]),
        ("P-9999 meds", [("CODE_UNKNOWN", "P-9999")]),
        ("9999", [("CODE_UNKNOWN", "9999")]),
        ("0012 meds", [("CODE_AMBIGUOUS", "0012")]),
        ("P-1042 P-1043 meds", [("CODE_CONFLICT", "P-1043")]),
    ],
)
def test_what_a_start_line_may_not_say_is_a_problem(text: str, problems: list[tuple[str, str]]) -> None:
    assert problems_of(start(text), text) == problems


@pytest.mark.parametrize(
    ("text", "understood"),
    [
        ("", LogLine("P-1042")),
        ("Reconciled the list.", LogLine("P-1042", note="Reconciled the list.")),
        (
            "meds call Reconciled the list.",
            LogLine("P-1042", activity=Activity.MEDICATION, contact=Contact.LIVE, note="Reconciled the list."),
        ),
        ("P-1042 meds", LogLine("P-1042", activity=Activity.MEDICATION)),
        ("p1042 Dose kept.", LogLine("P-1042", note="Dose kept.")),
        ("2 refills approved", LogLine("P-1042", note="2 refills approved")),
        ("B12 is low", LogLine("P-1042", note="B12 is low")),
        ("P-9999 is a pharmacy's number", LogLine("P-1042", note="P-9999 is a pharmacy's number")),
        ("yesterday a fall", LogLine("P-1042", note="yesterday a fall")),
    ],
)
def test_a_stop_line_says_what_was_done(text: str, understood: LogLine) -> None:
    assert stop(text) == understood


@pytest.mark.parametrize(
    ("begun", "text", "contact", "problems"),
    [
        (Contact.LIVE, "vm Asked to be called.", Contact.VOICEMAIL, []),
        (Contact.VOICEMAIL, "call Asked to be called.", Contact.VOICEMAIL, []),
        (Contact.LIVE, "no answer", Contact.NO_ANSWER, []),
        (Contact.LIVE, "call Dose kept.", Contact.LIVE, []),
        (Contact.LIVE, "Dose kept.", Contact.LIVE, []),
        (None, "call Dose kept.", Contact.LIVE, []),
        (Contact.LIVE, "portal Sent it.", None, [("CONTACT_CONFLICT", "portal")]),
        (Contact.LIVE, "Daughter did not answer.", None, [("CONTACT_IN_DOUBT", "did not answer")]),
    ],
)
def test_what_start_and_stop_say_of_the_contact_is_taken_together(
    begun: Contact | None, text: str, contact: Contact | None, problems: list[tuple[str, str]]
) -> None:
    line = stop(text, contact=begun)
    assert (line.contact, problems_of(line, text)) == (contact, problems)


def test_a_word_for_how_means_what_was_begun() -> None:
    assert stop("voicemail", Activity.CAREGIVER_CONTACT).activity is Activity.CAREGIVER_CONTACT
    assert stop("voicemail").activity is Activity.PATIENT_CONTACT
    assert stop("Dose kept.", Activity.MEDICATION).activity is None


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        ("12m meds call Reconciled.", [("TIMER_MEASURES", "12m")]),
        ("10:05-10:17", [("TIMER_MEASURES", "10:05-10:17")]),
        ("until 4:20pm", [("TIMER_MEASURES", "until 4:20pm")]),
        ("meds ended at 4:20 Reconciled.", [("TIMER_MEASURES", "ended at 4:20")]),
        ("P-1043 Dose kept.", [("CODE_CONFLICT", "P-1043")]),
        ("P-1042 P-1043 Dose kept.", [("CODE_CONFLICT", "P-1043")]),
    ],
)
def test_a_stop_line_names_no_length_and_no_other_patient(text: str, problems: list[tuple[str, str]]) -> None:
    assert problems_of(stop(text), text) == problems


@settings(max_examples=examples(300), deadline=None)
@given(texts)
def test_any_text_is_answered_without_a_length_and_problems_point_into_it(text: str) -> None:
    for line in (start(text), stop(text)):
        assert (line.duration_minutes, line.started_at, line.ended_at, line.date_of_service) == (None,) * 4
        for problem in line.problems:
            assert 0 <= problem.start < problem.end <= len(text)
            assert text[problem.start : problem.end].strip()


@settings(max_examples=examples(300), deadline=None)
@given(texts)
def test_a_patient_is_one_that_was_written_and_a_stop_is_always_for_its_own(text: str) -> None:
    named = start(text).patient_code
    assert named is None or any(named in find_codes(word) for word in text.replace('"', " ").split()), text
    assert stop(text).patient_code == "P-1042"


@settings(max_examples=examples(300), deadline=None)
@given(texts)
def test_a_note_in_quotes_is_kept_whole(text: str) -> None:
    note = text.replace('"', "").replace("&", "").strip()
    assert stop(f'meds "{note}"').note == note
    assert start(f'P-1042 meds "{note}"').note == note
