"""What is still missing in a practice's set-up, in the order in which it is entered, and how each is."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from bot.views import formatting
from ledger.practice.practice import Practice
from ledger.roster.directory import Person, Role, administrators
from ledger.roster.setup import SetUpGaps, set_up_gaps

INVITE = "/invite @CCM Ledger"
NAMES_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Step:
    """Something to be entered: a stable code, what is missing, and the commands of Slack and of the terminal.

    While a step ``comes_first``, nobody can log time or nobody has a digest, whoever else is there.
    """

    code: str
    missing: str
    slack: str
    terminal: str
    comes_first: bool = False


@dataclass(frozen=True, slots=True)
class SetUp:
    """What is missing as one person sees it: an administrator all of it, others what keeps everybody from work.

    ``to_ask`` are the Slack ids of those who can enter it; None for an administrator.
    """

    steps: tuple[Step, ...]
    to_ask: tuple[str, ...] | None


def set_up_for(connection: Connection, practice: Practice, person: Person, on: date) -> SetUp:
    """Return what ``person`` is told of the set-up."""
    steps = missing_steps(set_up_gaps(connection, practice, on))
    if Role.ADMIN in person.roles:
        return SetUp(steps, None)
    first = tuple(step for step in steps if step.comes_first)
    asked = administrators(connection, practice.practice_id, on) if first else ()
    return SetUp(first, tuple(one.slack_user_id for one in asked if one.slack_user_id))


def missing_steps(gaps: SetUpGaps) -> tuple[Step, ...]:
    """Return what is missing, in the order in which it is entered: teams, their channels, people, patients."""
    return tuple(_missing(gaps))


def _missing(gaps: SetUpGaps) -> Iterator[Step]:
    if not gaps.has_teams:
        yield Step("NO_TEAM", "no care team yet", "/ccm team", "ccm import teams teams.csv", comes_first=True)
    if teams := gaps.teams_without_channel:
        missing = f"{formatting.listed(len(teams), 'team')} without a channel ({_some(teams)})"
        yield Step("TEAM_WITHOUT_CHANNEL", missing, f"/ccm team {teams[0]}", "ccm import teams teams.csv")
    if not gaps.has_people:
        missing = "nobody who logs time or bills yet"
        yield Step("NO_PEOPLE", missing, "/ccm staff", "ccm import staff staff.csv", comes_first=True)
    if people := gaps.people_without_role:
        missing = f"{formatting.listed(len(people), 'person', 'people')} without a role ({_some(people)})"
        yield Step("STAFF_WITHOUT_ROLE", missing, f"/ccm staff {people[0]}", "ccm import staff staff.csv")
    if not gaps.has_patients:
        missing = "no patient yet"
        yield Step("NO_PATIENTS", missing, "/ccm patients", "ccm import patients patients.csv", comes_first=True)
    if patients := gaps.patients_without_practitioner:
        missing = f"{formatting.listed(patients, 'patient')} without a billing practitioner"
        yield Step("NO_PRACTITIONER", missing, "/ccm patients", "ccm import patients patients.csv")


def _some(names: tuple[str, ...]) -> str:
    """Return the first few names, and how many more there are."""
    more = [f"{len(names) - NAMES_SHOWN} more"] if names[NAMES_SHOWN:] else []
    return ", ".join([*names[:NAMES_SHOWN], *more])
