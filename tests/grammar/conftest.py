from collections.abc import Callable, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from bot.grammar.log_line import LogLine, parse_log

NEW_YORK = ZoneInfo("America/New_York")
NOW = datetime(2026, 11, 3, 15, 0, tzinfo=NEW_YORK)  # a Tuesday
CODES = ("P-1042", "P-1043", "P-77", "N-0012", "S-0012", "LONG-7A")


def find_codes(word: str) -> Sequence[str]:
    """A small practice: a word names the codes it equals, or whose digits it is; case and hyphens do not matter."""
    plain = word.upper().replace("-", "")
    return [code for code in CODES if plain == code.replace("-", "") or (plain and plain == code.split("-")[1])]


@pytest.fixture
def parse() -> Callable[..., LogLine]:
    def parse(text: str, now: datetime = NOW) -> LogLine:
        return parse_log(text, now=now, find_codes=find_codes)

    return parse


@pytest.fixture
def codes_of_problems(parse: Callable[..., LogLine]) -> Callable[..., list[tuple[str, str]]]:
    """The problems of a text, each as its code and the words it points at."""

    def codes_of_problems(text: str, now: datetime = NOW) -> list[tuple[str, str]]:
        return [(problem.code, text[problem.start : problem.end]) for problem in parse(text, now).problems]

    return codes_of_problems
