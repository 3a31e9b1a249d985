"""The text behind ``/ccm``: its subcommand, near misses, and arguments that name a month, a team and a program."""

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from bot.grammar.months import parse_month
from bot.grammar.problems import Problem
from bot.grammar.words import meaning_of
from ledger.rules.facts import Program

_NEAR_ENOUGH = 0.6
_LONGEST_MONTH_WORDS = 2


@dataclass(frozen=True, slots=True)
class CommandText:
    """A command line taken apart: ``name`` is lower case ("" for none), ``rest`` what follows, outer space trimmed.

    ``rest`` begins at ``rest_start`` of the text, so that a problem's offsets in it can be moved.
    """

    name: str
    rest: str
    rest_start: int


@dataclass(frozen=True, slots=True)
class MonthArgs:
    """What ``[MONTH] [TEAM] [PROGRAM]`` say; None where they say nothing. ``month`` is a first day."""

    month: date | None = None
    team: str | None = None
    program: Program | None = None
    problems: tuple[Problem, ...] = ()


def split_command(text: str) -> CommandText:
    """The subcommand and the rest of what was typed behind ``/ccm``."""
    words = text.split(maxsplit=1)
    name = words[0].lower() if words else ""
    rest = words[1].rstrip() if len(words) > 1 else ""
    return CommandText(name, rest, len(text.rstrip()) - len(rest))


def closest(word: str, known: Iterable[str]) -> str | None:
    """The known word that ``word`` most likely stands for (``lgo``: ``log``), or None where none is near."""
    found = difflib.get_close_matches(word.lower(), sorted(known), n=1, cutoff=_NEAR_ENOUGH)
    return found[0] if found else None


def parse_month_args(text: str, teams: Sequence[str], *, today: date) -> MonthArgs:
    """``[MONTH] [TEAM] [PROGRAM]`` in any order, each at most once.

    A team is named in full or by the beginning that only it has, in any case. A full name wins over a month
    ("May Team"). What is neither month, team nor program is a problem that names the teams.
    """
    words = _words(text)
    if not words:
        return MonthArgs()
    if _exact_team(text.strip(), teams) is None:
        for at in sorted({0, len(words) - 1}):
            program = meaning_of(words[at][0])
            if isinstance(program, Program):
                args = _month_and_team(words[:at] + words[at + 1 :], teams, today)
                return replace(args, program=program)
    return _month_and_team(words, teams, today)


def _month_and_team(words: list[tuple[str, int, int]], teams: Sequence[str], today: date) -> MonthArgs:
    if not words:
        return MonthArgs()
    if _exact_team(_joined(words), teams) is not None:
        return MonthArgs(team=_exact_team(_joined(words), teams))
    for count in range(min(_LONGEST_MONTH_WORDS, len(words)), 0, -1):
        for month_words, others in ((words[:count], words[count:]), (words[-count:], words[:-count])):
            month = parse_month(_joined(month_words), today=today)
            if isinstance(month, date):
                return replace(_team(others, teams), month=month)
            if month.code == "MONTH_IN_FUTURE":
                begin, end = month_words[0][1], month_words[-1][2]
                return MonthArgs(problems=(replace(month, start=begin, end=end),))
    return _team(words, teams)


def _team(words: list[tuple[str, int, int]], teams: Sequence[str]) -> MonthArgs:
    if not words:
        return MonthArgs()
    name = _joined(words)
    exact = _exact_team(name, teams)
    found = [exact] if exact else [team for team in teams if team.lower().startswith(name.lower())]
    if len(found) == 1:
        return MonthArgs(team=found[0])
    choices = ", ".join(found or teams)
    code, message = (
        ("TEAM_AMBIGUOUS", f"may be {choices}.")
        if found
        else ("TEAM_UNKNOWN", f"is no month and no team. Teams: {choices}.")
    )
    example = (found or list(teams) or ["Blue Team"])[0]
    begin, end = words[0][1], words[-1][2]
    return MonthArgs(problems=(Problem(begin, end, "team", code, f'"{name}" {message}', example),))


def _exact_team(name: str, teams: Sequence[str]) -> str | None:
    return next((team for team in teams if team.lower() == " ".join(name.lower().split())), None)


def _joined(words: list[tuple[str, int, int]]) -> str:
    return " ".join(word for word, _, _ in words)


def _words(text: str) -> list[tuple[str, int, int]]:
    """Each word with its offsets in ``text``."""
    words = []
    position = 0
    for word in text.split():
        begin = text.index(word, position)
        position = begin + len(word)
        words.append((word, begin, position))
    return words
