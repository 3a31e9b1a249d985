import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st
from support.examples import examples

from bot.grammar.days import DAY_WORDS
from bot.grammar.log_line import LogLine, format_log, parse_log
from bot.grammar.vocabulary import ACTIVITY_WORDS, CONTACT_WORDS
from ledger.rules.facts import Contact

NEW_YORK = ZoneInfo("America/New_York")
NOW = datetime(2026, 11, 3, 15, 0, tzinfo=NEW_YORK)
CODES = ("P-1042", "P-77", "N-0012", "S-0012")
TOKENS = (
    "P-1042 p77 1042 77 0012 P-9 12 12m 0 1:05 1:75 1h5m 15 min -15 -5m 10:05-10:17 2:05-2:17pm 2:05-2:17 23:50–00:10 "
    "at 14:05 2:05pm today yesterday mon 11/03 2/30 6/10 2026-11-03 2026-12-01 ccm rpm units to - : | 12x 9999999999 "
    '" "" “ ” &amp; &lt; &amp;lt; care plan home health no answer Reconciled list A1c B12'
)
USUAL_WORDS = [words[0] for table in (ACTIVITY_WORDS, CONTACT_WORDS) for words in table.values()]
PIECES = [*TOKENS.split(), *USUAL_WORDS, "\n"]

texts = st.text() | st.lists(st.sampled_from(PIECES) | st.text(max_size=4), max_size=12).map(" ".join)
instants = st.datetimes(datetime(2024, 1, 1), datetime(2027, 12, 31), timezones=st.just(NEW_YORK)) | st.just(NOW)  # noqa: DTZ001 the strategy adds the zone


def find_codes(word: str) -> list[str]:
    plain = word.upper().replace("-", "")
    return [code for code in CODES if plain == code.replace("-", "") or (plain and plain == code.split("-")[1])]


def parse(text: str, now: datetime = NOW) -> LogLine:
    return parse_log(text, now=now, find_codes=find_codes)


@settings(max_examples=examples(400), deadline=None)
@given(texts, instants)
def test_any_text_is_answered_and_problems_point_into_it(text: str, now: datetime) -> None:
    for problem in parse(text, now).problems:
        assert 0 <= problem.start < problem.end <= len(text)
        assert text[problem.start : problem.end].strip()


@settings(max_examples=examples(400), deadline=None)
@given(texts, instants)
def test_a_length_is_one_that_was_written(text: str, now: datetime) -> None:
    minutes = parse(text, now).duration_minutes
    if minutes is None:
        return
    numbers = {int(number) for number in re.findall("[0-9]+", text)}
    hours, rest = divmod(minutes, 60)
    is_range = bool(re.search("[0-9].*(?:[-–—−]|to).*[0-9]", text, re.DOTALL))  # noqa: RUF001 a phone's dashes
    assert minutes in numbers or (hours in numbers and rest in numbers | {0}) or is_range


@settings(max_examples=examples(400), deadline=None)
@given(texts, instants)
def test_the_future_is_never_logged(text: str, now: datetime) -> None:
    line = parse(text, now)
    assert line.date_of_service is None or line.date_of_service <= now.date()
    for instant in (line.started_at, line.ended_at):
        assert instant is None or instant.timestamp() <= now.timestamp()


@settings(max_examples=examples(400), deadline=None)
@given(texts, instants)
def test_what_was_understood_is_written_so_that_it_is_understood_again(text: str, now: datetime) -> None:
    line = replace(parse(text, now), problems=())
    if line.duration_minutes is None:
        line = replace(line, ended_at=None)
    if line.started_at is not None and line.started_at.fold:
        line = replace(line, started_at=None, ended_at=None)
    assert parse(format_log(line), now) == line


TAIL = "Reconciled the list."
HOW_WORDS = ("call", "phone", "video", "vm", "voicemail", "no-answer", "portal", "left vm", "utr")
LINES = st.permutations(["P-1042", "12m", "meds", "call", "11/02", "ccm"]).map(list)
MARKS = st.lists(st.sampled_from(("", ",", ".", ";", ":", " -", " –", "...")), min_size=6, max_size=6)


@settings(max_examples=examples(200), deadline=None)
@given(LINES, MARKS)
def test_punctuation_behind_the_words_of_a_line_changes_nothing(words: list[str], marks: list[str]) -> None:
    plain = parse(f"{' '.join(words)} {TAIL}")
    marked = " ".join(f"{word}{mark}" for word, mark in zip(words, marks, strict=True))
    assert plain.is_complete
    assert parse(f"{marked} {TAIL}") == plain


@settings(max_examples=examples(200), deadline=None)
@given(st.lists(st.sampled_from(HOW_WORDS), min_size=1, max_size=3, unique=True).flatmap(st.permutations))
def test_the_order_of_the_words_for_how_changes_nothing(words: list[str]) -> None:
    lines = [parse(f"P-1042 4m {' '.join(order)} {TAIL}") for order in (words, sorted(words))]
    assert lines[0].contact == lines[1].contact
    assert lines[0].is_complete == lines[1].is_complete
    assert lines[0].note == lines[1].note or not lines[0].is_complete
    is_attempt = bool({"vm", "voicemail", "no-answer", "left vm", "utr"} & set(words))
    assert not (is_attempt and lines[0].contact is Contact.LIVE)


@settings(max_examples=examples(400), deadline=None)
@given(texts, instants)
def test_no_day_contact_or_activity_is_understood_that_the_words_do_not_say(text: str, now: datetime) -> None:
    line = parse(text, now)
    plain = re.sub(r"[^a-z0-9/]+", " ", text.lower())
    if line.contact is not None:
        phrases = [phrase.replace("-", " ") for phrase in CONTACT_WORDS[line.contact]]
        assert any(f" {phrase} " in f" {plain} " for phrase in phrases)
    if line.date_of_service is not None and line.started_at is None:
        days = re.search(rf"[0-9]|{'|'.join(DAY_WORDS)}", text.lower())
        assert days is not None


def test_the_canonical_form_reads_well(parse: Callable[..., LogLine]) -> None:
    assert (
        format_log(parse("1042 2:05-2:17pm call meds rpm Dose & list confirmed"))
        == 'P-1042 12m meds call 2026-11-03 at 14:05 rpm "Dose & list confirmed"'
    )
