"""``ccm import patients``: the roster of patients, and the facts that make them billable.

A row adds and corrects facts; it never takes one away. What a cell leaves empty stays as it was known,
but for the billing practitioner, the conditions and the risk, which are as the row says.
"""

from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, insert, select

from ledger.batches import batches
from ledger.chain import GENESIS
from ledger.fact_values import ConsentForm, VisitType
from ledger.facts import Fact, FactKind, append_facts
from ledger.imports.reading import Cells, ImportSummary, Progress, read_rows, refuse_if_any
from ledger.imports.roster import IMPORTED_BY, put_all
from ledger.patient_months import reevaluate_all
from ledger.practice import Practice
from ledger.roster import code_key, code_number, people, teams
from ledger.rules.facts import Program
from ledger.tables import ChainHeadRow, PatientRow

COLUMNS = (
    "code",
    "team",
    "billing_practitioner",
    "conditions",
    "risk_documented",
    "programs",
    "enrolled_on",
    "consent_date",
    "consent_form",
    "initiating_visit_date",
    "initiating_visit_type",
    "care_plan_date",
)


def import_patients(
    connection: Connection, practice: Practice, path: Path, *, at: datetime, progress: Progress
) -> ImportSummary:
    """Stores the patients of the file; raises ``ImportRefusedError`` where any row is wrong.

    The months of a patient whose facts changed are evaluated again.
    """
    rows = read_rows(path, COLUMNS)
    team_ids = {team.name.lower(): team.team_id for team in teams(connection, practice.practice_id)}
    staff_ids = {person.staff_id for person in people(connection, practice.practice_id)}
    known_keys = _known_keys(connection, practice)
    roster: dict[str, dict[str, Any]] = {}
    facts: list[Fact] = []
    for row in rows:
        code, values = _roster_values(row, team_ids, staff_ids)
        _check_code(row, code, roster, known_keys)
        facts += _facts(row, code)
        roster[code] = values
    refuse_if_any(path, rows)
    outcomes = put_all(connection, practice, PatientRow, "patient_code", roster, at=at)
    _begin_chains(connection, practice, [code for code, outcome in outcomes.items() if outcome == "added"])
    touched = {code for code, outcome in outcomes.items() if outcome == "changed"}
    appended = append_facts(connection, practice, facts, at=at, recorded_by=IMPORTED_BY, partial=True)
    touched.update(appended.patient_codes)
    known = sorted(code for code in touched if outcomes[code] != "added")
    for batch in batches(known):
        reevaluate_all(connection, practice, batch)
    outcomes |= dict.fromkeys(known, "changed")
    progress("patients", len(rows), len(rows))
    return ImportSummary.of(outcomes.values())


def _known_keys(connection: Connection, practice: Practice) -> dict[str, str]:
    rows = connection.execute(
        select(PatientRow.code_key, PatientRow.patient_code).where(PatientRow.practice_id == practice.practice_id)
    )
    return {row.code_key: row.patient_code for row in rows}


def _check_code(row: Cells, code: str, roster: dict[str, Any], known_keys: dict[str, str]) -> None:
    if not code:
        return
    if not code_number(code) or not code.isascii() or any(character.isspace() for character in code):
        row.refuse("code", f"{code!r} is not a patient code.", "Letters, hyphens and digits: P-1042")
    elif code in roster:
        row.refuse("code", f"{code} stands in the file twice.", "Remove one of the lines.")
    elif known_keys.setdefault(code_key(code), code) != code:
        row.refuse("code", f"{code} reads like {known_keys[code_key(code)]}.", "Codes differ by letters and digits.")


def _roster_values(row: Cells, team_ids: dict[str, str], staff_ids: set[str]) -> tuple[str, dict[str, Any]]:
    code = row.text("code", "P-1042")
    team = row.text("team", "Blue Team")
    if team and team.lower() not in team_ids:
        row.refuse("team", f"no team is called {team!r}.", "Import it first: ccm import teams teams.csv")
    practitioner = row.optional("billing_practitioner")
    if practitioner and practitioner not in staff_ids:
        row.refuse("billing_practitioner", f"no staff member has the id {practitioner!r}.", "Use an id of staff.csv.")
    return code, {
        "code_key": code_key(code),
        "code_number": code_number(code),
        "team_id": team_ids.get(team.lower(), ""),
        "billing_practitioner": practitioner,
        "conditions": row.words("conditions"),
        "risk_documented": row.yes_no("risk_documented", default=True),
    }


def _facts(row: Cells, code: str) -> list[Fact]:
    """The dated facts of a row."""
    programs = row.choices("programs", Program)
    enrolled_on = row.required_day("enrolled_on") if programs else row.day("enrolled_on")
    consent_date, form = row.day("consent_date"), row.choice("consent_form", ConsentForm)
    visit_date, visit_type = row.day("initiating_visit_date"), row.choice("initiating_visit_type", VisitType)
    plan_date = row.day("care_plan_date")
    _need_together(row, "consent_date", "consent_form", ConsentForm)
    _need_together(row, "initiating_visit_date", "initiating_visit_type", VisitType)
    if not row.values["programs"] and (row.values["enrolled_on"] or row.values["consent_date"]):
        row.refuse("programs", "is empty, but the dates of programs are not.", "Name them, for example: CCM;RPM")
    facts = []
    for program in programs:
        if enrolled_on:
            facts.append(Fact(code, FactKind.ENROLLMENT, enrolled_on, program.value))
        if consent_date and form:
            facts.append(Fact(code, FactKind.CONSENT, consent_date, program.value, details={"form": form.value}))
    if visit_date and visit_type:
        facts.append(Fact(code, FactKind.INITIATING_VISIT, visit_date, details={"type": visit_type.value}))
    if plan_date:
        facts.append(Fact(code, FactKind.CARE_PLAN, plan_date))
    return facts


def _need_together(row: Cells, day_column: str, word_column: str, words: type[StrEnum]) -> None:
    if row.values[day_column] and not row.values[word_column]:
        row.refuse(word_column, f"is empty, but {day_column} is not.", f"One of: {', '.join(words)}")
    if row.values[word_column] and not row.values[day_column]:
        row.refuse(day_column, f"is empty, but {word_column} is not.", "Write the date as 2026-11-03.")


def _begin_chains(connection: Connection, practice: Practice, codes: list[str]) -> None:
    for batch in batches(codes):
        connection.execute(
            insert(ChainHeadRow),
            [
                {"practice_id": practice.practice_id, "patient_code": code, "position": 0, "hash": GENESIS}
                for code in batch
            ],
        )
