"""What the roster's forms share: teams in menus, faults beside inputs, and saves that take longer than Slack waits."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import Connection

from bot.commands.call import Call
from bot.views.forms.pickers import team_word
from bot.views.forms.roster_inputs import Filled
from bot.views.reply import OpenForm
from ledger.errors import ConfirmationNeededError
from ledger.roster.changes import RosterRefusedError
from ledger.roster.directory import Team, teams
from ledger.roster.lists import beginning
from ledger.roster.storing import ALWAYS, FROM
from ledger.validation import Problem

PATIENTS_AT_ONCE = 50
"""Of how many patients the months are evaluated before the acknowledgement; of more it would come too late."""


@dataclass(frozen=True, slots=True)
class SaveLater:
    """A form without faults whose save takes long: months of so many patients have to be evaluated again."""

    patients: int


@dataclass(frozen=True, slots=True)
class Asked:
    """A form that was not saved yet: it is shown again under a question."""

    question: ConfirmationNeededError


FormAnswer = OpenForm | SaveLater | Asked | dict[str, str]
"""What a submitted form leads to: a view, a save behind the acknowledgement, a question, or faults by input."""


def team_words(connection: Connection, call: Call) -> dict[str, Team]:
    """Return the teams by what means them in a form's menus."""
    return {team_word(team.team_id): team for team in teams(connection, call.practice.practice_id)}


def teams_named(known: Sequence[Team], asked: str) -> list[Team]:
    """Return the team of that name, or those whose name begins so."""
    return [team for team in known if team.name.lower() == asked.lower()] or beginning(known, asked)


def team_ids(known: Mapping[str, Team]) -> dict[str, str]:
    """Ids of ``team_words``, as the import's rules look teams up."""
    return {word: team.team_id for word, team in known.items()}


def team_names(known: Mapping[str, Team]) -> dict[str, str]:
    """Name of ``team_words`` by id."""
    return {team.team_id: team.name for team in known.values()}


def with_day(cells: Mapping[str, str]) -> dict[str, str]:
    """Return what a form says with the day from which it holds in one column, as files have it.

    Raises:
        RosterRefusedError: The form says a day and that it was always so.
    """
    said = {name: value for name, value in cells.items() if name != ALWAYS}
    if not cells.get(ALWAYS):
        return said
    if said.get(FROM.name):
        both = Problem(1, FROM.name, f"{said[FROM.name]} and always are two answers.", "Leave one of them empty.")
        raise RosterRefusedError([both])
    return {**said, FROM.name: ALWAYS}


def answered_beside(save: Callable[[], FormAnswer], filled: Filled, labels: Mapping[str, str]) -> FormAnswer:
    """Return what ``save`` answers, or what it refuses: all of it at once, each beside its input.

    Raises:
        RosterRefusedError: Where the form has no input for what is wrong.
    """
    try:
        return asked(save)
    except RosterRefusedError as refused:
        if {problem.column for problem in refused.problems} - filled.cells.keys():
            raise
        return beside_inputs(refused.problems, labels)


Saved = TypeVar("Saved")


def asked(save: Callable[[], Saved]) -> Saved | Asked:
    """Return what ``save`` answers, or what it asks first."""
    try:
        return save()
    except ConfirmationNeededError as question:
        return Asked(question)


def beside_inputs(problems: Sequence[Problem], labels: Mapping[str, str]) -> dict[str, str]:
    """Return the problems as a form says them: by input, in the form's words for the columns."""
    # Of the columns, only those with an underscore are no words that a message may have of its own.
    columns = re.compile(rf"\b({'|'.join(name for name in labels if '_' in name) or '(?!)'})\b")
    said: dict[str, list[str]] = {}
    for problem in problems:
        message = re.sub(r"^(?=(?:is|already) )", "This ", problem.message)
        named = columns.sub(lambda found: f"“{labels[found.group()]}”", message)
        said.setdefault(problem.column, []).append(f"{named[:1].upper()}{named[1:]} {problem.remedy}")
    return {column: " ".join(words) for column, words in said.items()}
