"""What is typed into a form's menu of patients, among 100,000: one look through their codes, and no more."""

from pathlib import Path
from statistics import median

from sqlalchemy import func, insert, select

from benchmarks.practice import AT
from benchmarks.timing import in_turn, milliseconds
from bot.views.blocks import MOST_OPTIONS
from ledger.practice.practice import create_practice
from ledger.roster.directory import code_key, code_number, suggest_codes
from ledger.storage import schema
from ledger.storage.database import Database
from ledger.storage.tables import CareTeamRow, PatientRow

PATIENTS = 100_000
PRACTICE = "T0MANY"
TYPED = ("P-0123", "99999", "zz")


def run(directory: Path) -> None:
    """Prints what finding patients takes, against counting them all once by the index of their codes."""
    database = _many_patients(directory)

    def counting(_: int) -> None:
        query = select(func.count()).where(PatientRow.practice_id == PRACTICE, PatientRow.code_key.contains("Q"))
        with database.of(PRACTICE).reading() as connection:
            assert connection.scalar(query) == 0

    def finding(typed: str) -> None:
        with database.of(PRACTICE).reading() as connection:
            suggest_codes(connection, PRACTICE, typed, most=MOST_OPTIONS)

    works = {typed: lambda _, typed=typed: finding(typed) for typed in TYPED}
    seconds = in_turn({**works, "looking through all codes": counting}, rounds=20, warm_up=2)
    print(f"Finding a patient among {PATIENTS:,} as one types (Slack waits 3 s)")
    for name, taken in seconds.items():
        ratio = median(taken) / median(seconds["looking through all codes"])
        print(f"  {name:26} median {milliseconds(taken)}, {ratio:.2f} of looking through all codes")
    database.close()


def _many_patients(directory: Path) -> Database:
    database = Database(f"sqlite:///{directory / 'many.sqlite3'}")
    schema.upgrade(database)
    with database.of(PRACTICE).writing() as connection:
        create_practice(connection, PRACTICE, "Many", "America/New_York", at=AT)
        team = {"practice_id": PRACTICE, "team_id": "team", "name": "Team", "channel_id": "C0TEAM"}
        connection.execute(insert(CareTeamRow).values(team))
        codes = [f"P-{number:06}" for number in range(PATIENTS)]
        rows = [
            {
                "practice_id": PRACTICE,
                "patient_code": code,
                "code_key": code_key(code),
                "code_number": code_number(code),
                "team_id": "team",
                "conditions": [],
                "risk_documented": True,
            }
            for code in codes
        ]
        connection.execute(insert(PatientRow), rows)
    return database
