import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st
from support.examples import examples

from bot.grammar.log_line import LogLine, format_log, parse_log
from bot.grammar.vocabulary import ACTIVITY_WORDS, CONTACT_WORDS

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


def test_the_canonical_form_reads_well(parse: Callable[..., LogLine]) -> None:
    assert (
        format_log(parse("1042 2:05-2:17pm call meds rpm Dose & list confirmed"))
        == 'P-1042 12m meds call 2026-11-03 at 14:05 rpm "Dose & list confirmed"'
    )
