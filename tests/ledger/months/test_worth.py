"""What a change of the roster is said to be worth is what the month's list says before and after it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection
from support.closing import OCTOBER, close
from support.examples import examples
from support.practice import AT, MONTH, a_practice, a_request, an_entry, patient_row, record, verified

from ledger.errors import ConfirmationNeededError
from ledger.months.worth import WorthChange
from ledger.practice.practice import Practice
from ledger.reports.month_lists import Scope, month_list
from ledger.roster.changes import RosterReceipt, save_patient, save_person
from ledger.roster.reassigning import ReassignmentReceipt, reassign
from ledger.rules.facts import Program
from ledger.storage.database import Database

TEAM_IDS = {"blue-team": "blue-team", "green-team": "green-team"}
NURSE = {
    "name": "Nurse One",
    "credential": "RN",
    "roles": "coordinator",
    "teams": "blue-team",
    "active_from": "2025-01-01",
    "supervised": "yes",
}
PATIENT = {**patient_row(), "team": "blue-team"}
MONTHS = (OCTOBER, MONTH)

ENTRIES = st.lists(
    st.tuples(
        st.sampled_from(("P-1042", "P-1043", "P-1044")),
        st.dates(date(2026, 10, 1), date(2026, 11, 17)),
        st.integers(10, 60),
        st.sampled_from(("nurse1", "doctor1")),
        st.sampled_from((Program("CCM"), Program("RPM"))),
    ),
    max_size=6,
)
OF_NURSE = st.fixed_dictionaries(
    {},
    optional={
        "credential": st.sampled_from(["", "MD", "LPN"]),
        "supervised": st.sampled_from(["yes", "no"]),
        "active_to": st.sampled_from(["2026-10-20", "2026-11-10"]),
    },
)
OF_PATIENT = st.fixed_dictionaries(
    {},
    optional={
        "conditions": st.sampled_from(["E11.9", "E11.9;I10;J44.9"]),
        "billing_practitioner": st.just(""),
        "risk_documented": st.sampled_from(["yes", "no"]),
    },
)


Codes = dict[str, tuple[int, tuple[tuple[str, int], ...]]]


def listed(database: Database, practice: Practice, month: date) -> tuple[int, int, Codes]:
    """How many patients the month's list has as billable, for how much, and each one's payment and codes."""
    with database.of("T0TEST").reading() as connection:
        found = month_list(connection, practice, Scope(month))
    bills = {
        f"{one.patient_code} {one.program}": (one.expected_cents, tuple((line.code, line.units) for line in one.codes))
        for one in found.billable
    }
    return found.billable_patients, found.expected_cents, bills


def change_person(database: Database, practice: Practice, *, confirmed: bool, **cells: str) -> RosterReceipt:
    """Saves the nurse's form."""
    with database.of("T0TEST").writing() as connection:
        how: dict[str, Any] = {"request": a_request(), "at": AT, "by": "admin1", "confirmed": confirmed}
        return save_person(connection, practice, {**NURSE, **cells}, TEAM_IDS, key="nurse1", **how)


def change_patient(database: Database, practice: Practice, *, confirmed: bool, **cells: str) -> RosterReceipt:
    """Saves the form of P-1042."""
    with database.of("T0TEST").writing() as connection:
        how: dict[str, Any] = {"request": a_request(), "at": AT, "by": "admin1", "confirmed": confirmed}
        return save_patient(connection, practice, {**PATIENT, **cells}, TEAM_IDS, key="P-1042", **how)


@given(entries=ENTRIES, of_nurse=OF_NURSE, of_patient=OF_PATIENT, is_closed=st.booleans())
@settings(max_examples=examples(80), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_is_asked_is_what_the_lists_say_before_and_after(
    sqlite_template: Path, tmp_path: Path, entries: Any, of_nurse: Any, of_patient: Any, *, is_closed: bool
) -> None:
    path = tmp_path / "ledger.sqlite3"
    for old in tmp_path.glob("ledger.sqlite3*"):
        old.unlink()
    path.write_bytes(sqlite_template.read_bytes())
    database = Database(f"sqlite:///{path}")
    practice = a_practice(database)
    for patient, day, minutes, staff, program in entries:
        entry = an_entry(patient=patient, day=day, minutes=minutes, staff=staff, program=program)
        record(database, practice, entry, confirmed=True)
    if is_closed:
        close(database, practice)

    for change, cells in ((change_person, of_nurse), (change_patient, of_patient)):
        before = {month: listed(database, practice, month) for month in MONTHS}
        asked = question(database, practice, change, cells)
        assert {month: listed(database, practice, month) for month in MONTHS} == before

        receipt = change(database, practice, confirmed=True, **cells)

        after = {month: listed(database, practice, month) for month in MONTHS}
        assert [one.month for one in receipt.worth] == [month for month in MONTHS if before[month] != after[month]]
        for one in receipt.worth:
            assert (one.billable_before, one.cents_before) == before[one.month][:2]
            assert (one.billable_after, one.cents_after) == after[one.month][:2]
        assert asked == "; ".join(map(str, receipt.worth))
    assert verified(database, practice).difference is None
    database.close()


def question(database: Database, practice: Practice, change: Any, cells: Any) -> str:
    """What is asked before the change; nothing where it would be saved, which is taken back."""
    try:
        with database.of("T0TEST").trying() as connection:
            change(AlreadyIn(connection), practice, confirmed=False, **cells)
    except ConfirmationNeededError as asked:
        return asked.title.removeprefix("This changes what is billed. ").removesuffix(".")
    return ""


class AlreadyIn:
    """A database whose transaction is one that goes on."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def of(self, _practice_id: str) -> "AlreadyIn":
        return self

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        yield self.connection


def test_the_example_is_said_as_it_is_written() -> None:
    change = WorthChange(MONTH, 23, 10, 158_415, 77_254, 13)

    assert str(change) == "November 2026: 23 billable, $1,584.15 → 10, $772.54 (13 patients with other codes)"


def test_other_codes_for_the_same_number_of_patients_are_asked_about(database: Database, practice: Practice) -> None:
    record(database, practice, an_entry(minutes=25))
    record(database, practice, an_entry(minutes=20, staff="lead1"), confirmed=True)

    with pytest.raises(ConfirmationNeededError) as asked:
        change_person(database, practice, confirmed=False, credential="")

    assert "November 2026: 1 billable, $116.57 → 1, $66.13 (1 patient with other codes)" in asked.value.title
    assert verified(database, practice).difference is None


def test_what_was_confirmed_and_comes_again_is_not_asked_again(database: Database, practice: Practice) -> None:
    record(database, practice, an_entry(minutes=25))
    request = a_request()

    def give(*, confirmed: bool) -> ReassignmentReceipt:
        cells = {"patients": "P-1042", "practitioner": "doctor1"}
        with database.of("T0TEST").writing() as connection:
            how: dict[str, Any] = {"request": request, "at": AT, "by": "admin1", "confirmed": confirmed}
            return reassign(connection, practice, cells, **how)

    change_patient(database, practice, confirmed=True, billing_practitioner="")
    with pytest.raises(ConfirmationNeededError, match="0 billable, "):
        give(confirmed=False)
    first = give(confirmed=True)

    again = give(confirmed=False)

    assert again.replayed
    assert (again.patient_codes, again.worth) == (first.patient_codes, first.worth) != ((), ())
