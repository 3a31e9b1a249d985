"""A line pasted into the log form: what it fills in, and what it says otherwise than the form."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from bot.grammar.log_line import LogLine
from bot.views.forms.log import DATE, INPUT_BY_FIELD, LINE

_COMMAND = re.compile(r"^\s*(?:/ccm\s+)?log(?:\s+|$)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Filled:
    """The form with a line in it: what stands in it now, and the line's words that do not, by the names of inputs."""

    values: Mapping[str, str]
    unlike: Mapping[str, str]


def without_command(pasted: str) -> str:
    """Return a pasted line as it stands behind ``/ccm log``, which people paste too."""
    return _COMMAND.sub("", pasted, count=1).strip()


def fill(values: Mapping[str, str], said: Mapping[str, str], line: LogLine, *, today: date) -> Filled:
    """Return ``values`` of the form, and where they are empty what is ``said`` by ``line``.

    A date of today is the one that the form began with: a date in the line holds, and one that cannot be read is asked
    for.
    """
    entered = {name: value for name, value in values.items() if name != LINE}
    dated = DATE in said or any(INPUT_BY_FIELD[problem.field] == DATE for problem in line.problems)
    if dated and entered.get(DATE) == today.isoformat():
        del entered[DATE]
    filled = {**said, **entered}
    return Filled(filled, {name: value for name, value in said.items() if filled[name].strip() != value})


def means_the_same(entered: LogLine, said: LogLine) -> bool:
    """Return whether two lengths are the same, and the times too where both have some."""
    both_timed = entered.started_at is not None and said.started_at is not None
    return entered.duration_minutes == said.duration_minutes and (
        not both_timed or entered.started_at == said.started_at
    )


def unread_error(line: LogLine, values: Mapping[str, str]) -> str:
    """Return what could not be read of a line, but where the form says it; nothing where all of it could."""
    open_problems = [problem for problem in line.problems if INPUT_BY_FIELD[problem.field] not in values]
    return " ".join(f"{problem.message} For example: {problem.example}" for problem in open_problems)
