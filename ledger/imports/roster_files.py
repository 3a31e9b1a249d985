"""``ccm import teams|staff|patients|designations``: the roster, one kind a file."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from ledger.imports.table_file import Rows, refuse_if_any
from ledger.months.worth import Weighing, WorthChange, ask_about_worth
from ledger.patients.facts import Fact
from ledger.patients.roster_history import DATED, STAFF
from ledger.practice.practice import Practice
from ledger.roster.designations import (
    Designation,
    designate,
    known_for_designations,
    leaving,
    needing_words,
    read_designation,
)
from ledger.roster.directory import team_id_for
from ledger.roster.patients import known_roster, put_patients, read_patient
from ledger.roster.staff import DEFAULTS, WORTH, known_staff, read_person, reevaluate_patients_of
from ledger.roster.storing import IMPORTED_BY, Statement, first_change, put_all, put_dated, read_from
from ledger.roster.teams import known_teams, read_team
from ledger.storage.roster_tables import BEGINNING
from ledger.storage.tables import CareTeamRow, StaffRow
from ledger.validation import Cells, ImportSummary, Progress

CODES_NAMED = 100
"""How many patients of somebody who leaves are named; the others are counted."""


def import_patients(
    connection: Connection,
    practice: Practice,
    table: Rows,
    *,
    at: datetime,
    progress: Progress,
    confirmed: bool = False,
) -> ImportSummary:
    """Store the patients of the file; raise ``ImportRefusedError`` where any row is wrong.

    The months of a patient whose facts changed are evaluated again.

    Raises:
        ConfirmationNeededError: What the roster has of a patient changes what is billed, and that is not ``confirmed``.
    """
    rows = table.rows
    known = known_roster(connection, practice, today=practice.local_date(at))
    roster: dict[str, dict[str, Any]] = {}
    from_dates: dict[str, date | None] = {}
    facts: list[Fact] = []
    for row in rows:
        code, values, told = read_patient(row, known)
        if code and code in roster:
            row.refuse("code", f"{code} stands in the file twice.", "Remove one of the lines.")
        facts += told
        roster[code], from_dates[code] = values, read_from(row, known.today)
    refuse_if_any(table)
    stored = put_patients(connection, practice, roster, facts, from_dates=from_dates, at=at, recorded_by=IMPORTED_BY)
    stored.ask(confirmed=confirmed)
    progress("patients", len(rows), len(rows))
    outcomes = {code: put.outcome for code, put in stored.done.items()}
    outcomes |= {code: "changed" for code in stored.told if outcomes[code] == "unchanged"}
    summary = _summary(outcomes.values(), table, stored.worth)
    return replace(summary, warnings=(*summary.warnings, *stored.renewals))


def import_designations(
    connection: Connection,
    practice: Practice,
    table: Rows,
    *,
    at: datetime,
    progress: Progress,
    confirmed: bool = False,
) -> ImportSummary:
    """Give the patients of the file to others who bill; raise ``ImportRefusedError`` where any row is wrong.

    The months of a patient whose practitioner is another now are evaluated again.

    Raises:
        ConfirmationNeededError: As ``import_patients`` does.
    """
    known = known_for_designations(connection, practice, today=practice.local_date(at))
    wanted: dict[str, Designation] = {}
    for row in table.rows:
        code, designation = read_designation(row, known)
        if code and code in wanted:
            row.refuse("patient", f"{code} stands in the file twice.", "Remove one of the lines.")
        wanted[code] = designation
    refuse_if_any(table)
    stored = designate(connection, practice, wanted, at=at, recorded_by=IMPORTED_BY)
    stored.ask(confirmed=confirmed)
    progress("designations", len(wanted), len(wanted))
    summary = _summary((put.outcome for put in stored.done.values()), table, stored.worth)
    return replace(summary, warnings=(*summary.warnings, *stored.renewals))


def import_staff(
    connection: Connection,
    practice: Practice,
    table: Rows,
    *,
    at: datetime,
    progress: Progress,
    confirmed: bool = False,
) -> ImportSummary:
    """Store the people of the file; raise ``ImportRefusedError`` where any row is wrong.

    A person may have several rows, each from another day; the one without a day then holds since the beginning. Who
    changed may change what entries from that day on are worth (C4): their patients' months are evaluated again.

    Raises:
        ConfirmationNeededError: That changes what is billed, and is not ``confirmed``.
    """
    rows = table.rows
    known = known_staff(connection, practice, today=practice.local_date(at))
    wanted: dict[str, list[Statement]] = {}
    for row in rows:
        staff_id, values = read_person(row, known)
        from_date, said = read_from(row, known.today), wanted.setdefault(staff_id, [])
        if staff_id:
            _refuse_other(row, values, from_date, said)
        said.append((from_date, values))
    refuse_if_any(table)
    for staff_id, said in wanted.items():
        if len(said) > 1:
            wanted[staff_id] = [(day or BEGINNING, values) for day, values in said]
    done = put_dated(
        connection, practice, StaffRow, "staff_id", wanted, at=at, recorded_by=IMPORTED_BY, defaults=DEFAULTS
    )
    changed, since = first_change(done, WORTH)
    weighing = Weighing()
    reevaluate_patients_of(connection, practice, changed, since, weighing.seen)
    worth = weighing.changes(connection, practice)
    ask_about_worth(worth, confirmed=confirmed)
    progress("staff", len(rows), len(rows))
    summary = _summary((put.outcome for put in done.values()), table, worth)
    needing = (needing_words(each, most=CODES_NAMED) for each in leaving(connection, practice, done))
    reassigned = tuple(f"{said}. Give them to another: ccm import designations FILE" for said in needing)
    return replace(summary, warnings=(*summary.warnings, *reassigned))


def _summary(outcomes: Iterable[str], table: Rows, worth: Iterable[WorthChange]) -> ImportSummary:
    return replace(ImportSummary.of(outcomes, table.said()), warnings=tuple(map(str, worth)))


def _refuse_other(row: Cells, values: Mapping[str, Any], day: date | None, said: Sequence[Statement]) -> None:
    """Refuse another row of a person that is about the same day, or says something else of what holds on every day."""
    if any((day or BEGINNING) == (other or BEGINNING) for other, _ in said):
        row.refuse("id", f"{row.values['id']!r} stands in the file twice.", _TWICE)
        return
    for column in values.keys() - DATED[STAFF]:
        if said and said[0][1][column] != values[column]:
            row.refuse(column, f"is not as in the first line of {row.values['id']!r}.", "It is not dated: make it so.")


_TWICE = "Remove one of the lines, or say in the column from on which day each begins to hold."


def import_teams(
    connection: Connection, practice: Practice, table: Rows, *, at: datetime, progress: Progress
) -> ImportSummary:
    """Store the teams of the file; raise ``ImportRefusedError`` where any row is wrong."""
    rows = table.rows
    known = known_teams(connection, practice.practice_id)
    seen: set[str] = set()
    wanted: dict[str, dict[str, Any]] = {}
    for row in rows:
        values = read_team(row)
        plain = team_id_for(values["name"])
        if plain and plain in seen:
            row.refuse("name", f"{row.values['name']!r} stands in the file twice.", "Remove one of the lines.")
        else:
            team_id = known.id_for(values["name"])
            known.ids.add(team_id)
            wanted[team_id] = values
        seen.add(plain)
    refuse_if_any(table)
    done = put_all(connection, practice, CareTeamRow, "team_id", wanted, at=at, recorded_by=IMPORTED_BY)
    progress("teams", len(rows), len(rows))
    return ImportSummary.of((put.outcome for put in done.values()), table.said())
