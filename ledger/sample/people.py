"""Teams and staff of the invented practice: people are roles, never names."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from ledger.values.billing_ids import with_check_digit

PATIENTS_A_TEAM = 500
PATIENTS_A_COORDINATOR = 150
FEWEST_COORDINATORS = 3
FEWEST_TEAMS = 2
TEAMS_A_PRACTITIONER = 4

_COLOURS = ("Blue", "Green", "Amber", "Violet", "Teal", "Coral", "Silver", "Indigo", "Olive", "Maroon")
_NUMBERS = ("One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten", "Eleven", "Twelve")
_COORDINATOR_CREDENTIALS = ("RN", "LPN", "MA")


@dataclass(frozen=True, slots=True)
class Team:
    """A care team and the channel of its digest."""

    name: str
    channel_id: str


@dataclass(frozen=True, slots=True)
class Person:
    """A staff member, called by role and number. Without a credential the minutes do not count (C4)."""

    staff_id: str
    slack_user_id: str
    name: str
    credential: str
    roles: tuple[str, ...]
    teams: tuple[str, ...]
    npi: str = ""


@dataclass(frozen=True, slots=True)
class People:
    """Everyone, and who works for which team (by the team's name)."""

    teams: tuple[Team, ...]
    staff: tuple[Person, ...]
    coordinators: Mapping[str, Sequence[str]] = field(default_factory=dict)
    leads: Mapping[str, str] = field(default_factory=dict)
    practitioners: Mapping[str, str] = field(default_factory=dict)


def invent_people(patients: int) -> People:
    """Return the teams and staff of a practice with so many patients; two teams and eight people up to 450 patients."""
    teams = _teams(FEWEST_TEAMS + _shares(max(0, patients - PATIENTS_A_TEAM), PATIENTS_A_TEAM))
    names = [team.name for team in teams]
    coordinators = _coordinators(max(FEWEST_COORDINATORS, _shares(patients, PATIENTS_A_COORDINATOR), len(names)), names)
    leads = [_person("lead", "Lead", number, ("RN", "lead"), (name,)) for number, name in enumerate(names, start=1)]
    practitioners = [
        replace(_person("practitioner", "Practitioner", number, ("MD", "practitioner"), tuple(own)), npi=_npi(number))
        for number, own in enumerate(_chunks(names, TEAMS_A_PRACTITIONER), start=1)
    ]
    biller = _person("biller", "Biller", 1, ("", "biller"), tuple(names[:FEWEST_TEAMS]))
    admin = _person("admin", "Admin", 1, ("", "admin"), tuple(names[:FEWEST_TEAMS]))
    return People(
        teams=teams,
        staff=(*coordinators, *leads, *practitioners, biller, admin),
        coordinators={name: [one.staff_id for one in coordinators if name in one.teams] for name in names},
        leads={name: lead.staff_id for lead in leads for name in lead.teams},
        practitioners={name: one.staff_id for one in practitioners for name in one.teams},
    )


def _npi(number: int) -> str:
    """Return an NPI of the right form, of those below all that CMS has given out."""
    return with_check_digit(f"1{number:08}")


def _teams(count: int) -> tuple[Team, ...]:
    words = [_COLOURS[number] if number < len(_COLOURS) else f"Care {number + 1}" for number in range(count)]
    return tuple(Team(f"{word} Team", f"C0{word.upper().replace(' ', '')}") for word in words)


def _coordinators(count: int, teams: Sequence[str]) -> list[Person]:
    """Coordinators spread over the teams; the last of an uneven few works for two."""
    people = []
    for number in range(count):
        own = [teams[number % len(teams)]]
        if number == count - 1 and count % len(teams):
            own.append(teams[count % len(teams)])
        credential = _COORDINATOR_CREDENTIALS[number % len(_COORDINATOR_CREDENTIALS)]
        people.append(_person("coord", "Coordinator", number + 1, (credential, "coordinator"), tuple(own)))
    return people


def _person(kind: str, title: str, number: int, work: tuple[str, str], teams: tuple[str, ...]) -> Person:
    credential, role = work
    spoken = _NUMBERS[number - 1] if number <= len(_NUMBERS) else str(number)
    return Person(f"{kind}{number}", f"U0{kind.upper()}{number}", f"{title} {spoken}", credential, (role,), teams)


def _shares(count: int, size: int) -> int:
    """Return how many shares of at most ``size`` hold ``count``."""
    return -(-count // size)


def _chunks(items: Sequence[str], size: int) -> list[Sequence[str]]:
    return [items[start : start + size] for start in range(0, len(items), size)]
