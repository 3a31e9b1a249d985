"""The Home tab of each role in two practices: it is counted and paged, so it takes a small part of the whole list."""

from dataclasses import replace
from pathlib import Path
from statistics import median

from benchmarks.practice import AT, sample_ledger
from benchmarks.timing import in_turn, milliseconds
from bot.commands.call import Call
from bot.commands.home import home
from bot.commands.month import month
from bot.runtime.demo import WORKSPACE
from bot.views.home.place import UNTOUCHED, Place
from ledger.clock import month_of
from ledger.practice.practice import get_practice
from ledger.reports.month_lists import Scope, month_list
from ledger.roster.directory import Role, person_by_id, teams

PRACTICES = (5_000, 20_000)
AIM_SECONDS = 1.0
PEOPLE = {"coordinator": "coord1", "lead": "lead1", "biller": "biller1", "administrator": "admin1"}


def run(directory: Path) -> None:
    """Prints what opening the tab takes before it is sent, against reading the month's list whole."""
    for patients in PRACTICES:
        _run(directory, patients)


def _run(directory: Path, patients: int) -> None:
    database = sample_ledger(directory, patients)
    with database.of(WORKSPACE).reading() as connection:
        practice = get_practice(connection, WORKSPACE)
        people = {role: person_by_id(connection, WORKSPACE, staff_id) for role, staff_id in PEOPLE.items()}
        every_team = tuple(team.team_id for team in teams(connection, WORKSPACE))
    people["every role"] = replace(people["coordinator"], roles=frozenset(Role), team_ids=every_team)
    biller = Call(database.of(WORKSPACE), practice, people["biller"], "", AT, "benchmark")

    def whole_list(_: int) -> None:
        with database.of(WORKSPACE).reading() as connection:
            month_list(connection, practice, Scope(month_of(practice.local_date(AT))))

    seconds = in_turn(
        {
            **{
                role: lambda _, person=person: home(replace(biller, person=person), Place(opened=UNTOUCHED))
                for role, person in people.items()
            },
            "/ccm month": lambda _: month(biller).payload(),
            "reading the month whole": whole_list,
        },
        rounds=5,
        warm_up=1,
    )
    print(f"The Home tab of {patients:,} patients, in process (aim: under {AIM_SECONDS:.0f} s, sending included)")
    for name, taken in seconds.items():
        ratio = median(taken) / median(seconds["reading the month whole"])
        print(f"  {name:24} median {milliseconds(taken)}, {ratio:.2f} of reading the month whole")
    database.close()
