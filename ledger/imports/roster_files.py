"""``ccm import teams|staff|patients``: the roster, one kind a file."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from ledger.imports.table_file import Rows, refuse_if_any
from ledger.patients.facts import Fact
from ledger.practice.practice import Practice
from ledger.roster.directory import team_id_for
from ledger.roster.patients import known_roster, put_patients, read_patient
from ledger.roster.staff import DEFAULTS, WORTH, known_staff, read_person, reevaluate_patients_of
from ledger.roster.storing import IMPORTED_BY, keys_where, put_all
from ledger.roster.teams import known_teams, read_team
from ledger.storage.tables import CareTeamRow, StaffRow
from ledger.validation import ImportSummary, Progress


def import_patients(
    connection: Connection, practice: Practice, table: Rows, *, at: datetime, progress: Progress
) -> ImportSummary:
    """Store the patients of the file; raise ``ImportRefusedError`` where any row is wrong.

    The months of a patient whose facts changed are evaluated again.
    """
    rows = table.rows
    known = known_roster(connection, practice, today=practice.local_date(at))
    roster: dict[str, dict[str, Any]] = {}
    facts: list[Fact] = []
    for row in rows:
        code, values, told = read_patient(row, known)
        if code and code in roster:
            row.refuse("code", f"{code} stands in the file twice.", "Remove one of the lines.")
        facts += told
        roster[code] = values
    refuse_if_any(table)
    stored = put_patients(connection, practice, roster, facts, at=at, recorded_by=IMPORTED_BY)
    progress("patients", len(rows), len(rows))
    outcomes = {code: put.outcome for code, put in stored.done.items()}
    outcomes |= {code: "changed" for code in stored.told if outcomes[code] == "unchanged"}
    return replace(ImportSummary.of(outcomes.values(), table.said()), warnings=stored.renewals)


def import_staff(
    connection: Connection, practice: Practice, table: Rows, *, at: datetime, progress: Progress
) -> ImportSummary:
    """Store the people of the file; raise ``ImportRefusedError`` where any row is wrong.

    Who changed may change what past entries are worth (C4): their patients' months are evaluated again.
    """
    rows = table.rows
    known = known_staff(connection, practice, today=practice.local_date(at))
    wanted: dict[str, dict[str, Any]] = {}
    for row in rows:
        staff_id, values = read_person(row, known)
        if staff_id and staff_id in wanted:
            row.refuse("id", f"{staff_id!r} stands in the file twice.", "Remove one of the lines.")
        wanted[staff_id] = values
    refuse_if_any(table)
    done = put_all(
        connection, practice, StaffRow, "staff_id", wanted, at=at, recorded_by=IMPORTED_BY, defaults=DEFAULTS
    )
    reevaluate_patients_of(connection, practice, keys_where(done, WORTH))
    progress("staff", len(rows), len(rows))
    return ImportSummary.of((put.outcome for put in done.values()), table.said())


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
