"""The text behind ``/ccm``: its subcommand, near misses, and arguments that name a month, team, program or status."""

import difflib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TypeAlias

from bot.grammar.months import parse_month
from bot.grammar.problems import Problem
from bot.grammar.vocabulary import meaning_of
from ledger.rules.facts import Program
from ledger.rules.statement import Group

_NEAR_ENOUGH = 0.6
_LONGEST_PHRASE_WORDS = 3

_Word: TypeAlias = tuple[str, int, int]
"""A word with its offsets in the text."""

_GROUPS: Mapping[str, Group] = {
    "billable": Group.BILLABLE,
    "blocked": Group.BLOCKED,
    "below": Group.BELOW_THRESHOLD,
    "below threshold": Group.BELOW_THRESHOLD,
    "untouched": Group.UNTOUCHED,
    "no time": Group.UNTOUCHED,
    "no time logged": Group.UNTOUCHED,
}
"""The words for a status of the month's list; hyphens may join them."""


@dataclass(frozen=True, slots=True)
class MonthArgs:
    """What ``[MONTH] [TEAM] [PROGRAM] [STATUS]`` say; None where they say nothing. ``month`` is a first day."""

    month: date | None = None
    team: str | None = None
    program: Program | None = None
    group: Group | None = None
    problems: tuple[Problem, ...] = ()


def split_command(text: str) -> tuple[str, str]:
    """Return the subcommand of what was typed behind ``/ccm``, in lower case ("" for none), and what follows it."""
    words = text.split(maxsplit=1)
    return (words[0].lower() if words else ""), (words[1].rstrip() if len(words) > 1 else "")


def closest(word: str, known: Iterable[str]) -> str | None:
    """Return the known word that ``word`` most likely stands for (``lgo``: ``log``), or None where none is near."""
    found = difflib.get_close_matches(word.lower(), sorted(known), n=1, cutoff=_NEAR_ENOUGH)
    return found[0] if found else None


def parse_month_args(text: str, teams: Sequence[str], *, today: date, groups: bool = False) -> MonthArgs:
    """Return ``[MONTH] [TEAM] [PROGRAM]``, with ``groups`` also a ``[STATUS]``, in any order, each at most once.

    A team is named in full or by the beginning that only it has, in any case. A full name wins over a month or a
    status ("May Team"). What is none of these is a problem that names the teams.
    """
    known = _GROUPS if groups else {}
    return _args(_words(text), teams, today, known, MonthArgs())


def _args(
    words: list[_Word], teams: Sequence[str], today: date, groups: Mapping[str, Group], found: MonthArgs
) -> MonthArgs:
    """Return ``found`` with what ``words`` add.

    From either end a team's full name, else the longest phrase that is known.
    """
    if not words:
        return found
    for phrase, others in _ends(words, len(words)):
        team = _exact_team(_joined(phrase), teams) if found.team is None else None
        if team is not None:
            return _args(others, teams, today, groups, replace(found, team=team))
    for phrase, others in _ends(words, _LONGEST_PHRASE_WORDS):
        more = _with_phrase(phrase, today, groups, found)
        if more is not None and more.problems:
            return more
        if more is not None:
            return _args(others, teams, today, groups, more)
    return _with_team(words, teams, found)


def _ends(words: list[_Word], most: int) -> Iterator[tuple[list[_Word], list[_Word]]]:
    """Yield the phrases of at most so many words at either end, the longest first, each with the other words."""
    for count in range(min(most, len(words)), 0, -1):
        yield words[:count], words[count:]
        yield words[-count:], words[:-count]


def _with_phrase(phrase: list[_Word], today: date, groups: Mapping[str, Group], found: MonthArgs) -> MonthArgs | None:
    """Return ``found`` with the program, status or month that the phrase names.

    None where it names none, or a second one.
    """
    said = _joined(phrase)
    program, group = meaning_of(said), groups.get(said.lower().replace("-", " "))
    if found.program is None and isinstance(program, Program):
        return replace(found, program=program)
    if found.group is None and group is not None:
        return replace(found, group=group)
    month = parse_month(said, today=today) if found.month is None else None
    if isinstance(month, date):
        return replace(found, month=month)
    if month is not None and month.code == "MONTH_IN_FUTURE":
        return MonthArgs(problems=(replace(month, start=phrase[0][1], end=phrase[-1][2]),))
    return None


def _with_team(words: list[_Word], teams: Sequence[str], args: MonthArgs) -> MonthArgs:
    name = _joined(words)
    found = [team for team in teams if team.lower().startswith(name.lower())]
    if len(found) == 1 and args.team is None:
        return replace(args, team=found[0])
    choices = ", ".join(found or teams)
    code, message = "TEAM_UNKNOWN", f"is no month and no team. Teams: {choices}."
    if args.team is not None:
        code, message = "TEAM_TWICE", f"is more than {args.team}: name one team."
    elif found:
        code, message = "TEAM_AMBIGUOUS", f"may be {choices}."
    example = (found or list(teams) or ["Blue Team"])[0]
    begin, end = words[0][1], words[-1][2]
    return MonthArgs(problems=(Problem(begin, end, "team", code, f'"{name}" {message}', example),))


def _exact_team(name: str, teams: Sequence[str]) -> str | None:
    return next((team for team in teams if team.lower() == " ".join(name.lower().split())), None)


def _joined(words: list[_Word]) -> str:
    return " ".join(word for word, _, _ in words)


def _words(text: str) -> list[_Word]:
    """Return each word with its offsets in ``text``."""
    words = []
    position = 0
    for word in text.split():
        begin = text.index(word, position)
        position = begin + len(word)
        words.append((word, begin, position))
    return words
