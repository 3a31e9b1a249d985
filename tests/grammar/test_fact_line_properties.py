"""Whatever is typed is answered: problems point into the text, nothing is guessed, what is understood is kept."""

from dataclasses import replace
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st
from support.codes import CODES, find_codes
from support.examples import examples

from bot.grammar.fact_line import FactLine, completed, format_fact, parse_fact
from bot.grammar.fact_vocabulary import ENROLL, SHAPES, Part, Shape

WORDS = (
    "P-1042 p77 1042 77 0012 P-9 B12 9 18 0 9999999999 11/03 2/30 2/29 6/10 12/31 2026-11-03 2026-12-01 1999-01-01 "
    "today yesterday mon 11/10T14:30 2026-11-10T25:99 14:30 2:05 2:05pm at @ verbal written oral AWV e/m tcm ccm rpm "
    "with by copy:mail,portal copy given complete without goals, said: all said service elements none device set up "
    "G0181 90960 apcm elsewhere undo 11/05-11/09 11/20..11/05 "
    "revoked until to from admitted discharged snf inpatient rehab hospice nov 2026-11 11/2026 last month substantial "
    'moderate high New failure "quoted thing" " "" - : on for in days CODE DATE &amp; é ١٨'
)
texts = st.text() | st.lists(st.sampled_from(WORDS.split()) | st.text(max_size=4), max_size=12).map(" ".join)
commands = st.sampled_from(SHAPES)
days = st.dates(date(2024, 1, 1), date(2027, 12, 31)) | st.just(date(2026, 11, 24)) | st.just(date(2028, 2, 29))


def parse(command: Shape, text: str, today: date) -> FactLine:
    return parse_fact(command, text, today=today, find_codes=find_codes)


@settings(max_examples=examples(200), deadline=None)
@given(commands, texts, days)
def test_any_text_is_answered_and_problems_point_into_it(command: Shape, text: str, today: date) -> None:
    line = parse(command, text, today)

    assert line.patient_code in {None, *CODES}
    assert line.choice is None or line.choice in command.choices
    for problem in line.problems:
        assert 0 <= problem.start < problem.end <= len(text)
        assert text[problem.start : problem.end].strip()


@settings(max_examples=examples(200), deadline=None)
@given(commands, texts, days)
def test_nothing_that_has_not_happened_is_understood_except_the_end_of_an_enrollment(
    command: Shape, text: str, today: date
) -> None:
    line = parse(command, text, today)

    assert line.first_day is None or line.first_day <= today
    assert line.last_day is None or line.last_day <= today or command is ENROLL
    assert line.month is None or line.month <= today


@settings(max_examples=examples(200), deadline=None)
@given(commands, texts, days)
def test_a_command_understands_only_what_it_can_record(command: Shape, text: str, today: date) -> None:
    line = parse(command, text, today)

    for part in set(Part) - command.parts:
        assert getattr(line, part.value) in {None, False, ""}


@settings(max_examples=examples(200), deadline=None)
@given(commands, texts, days)
def test_what_was_understood_is_written_so_that_it_is_understood_again(command: Shape, text: str, today: date) -> None:
    line = replace(completed(parse(command, text, today), today=today), problems=())

    _, _, written = format_fact(line).partition(" ")

    assert parse(command, written, today) == line
