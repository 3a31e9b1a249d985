"""The roster as files in the columns of its import, to be changed and read again.

A cell holds a value exactly as the import reads it, so nothing is put in front of one that a spreadsheet may compute.
"""

import csv
import io
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, select

from ledger.patients.facts import FactKind
from ledger.patients.facts_in_force import facts_in_force
from ledger.patients.roster_history import DATED, STAFF, histories
from ledger.practice.practice import Practice
from ledger.roster.directory import team_id_for, teams
from ledger.roster.patients import PATIENT_FILE
from ledger.roster.staff import STAFF_FILE
from ledger.roster.storing import FROM
from ledger.roster.teams import TEAM_FILE
from ledger.storage.database import AnyRow
from ledger.storage.tables import CareTeamRow, PatientFactRow, PatientRow, StaffRow
from ledger.validation import Column, names

_Cells = dict[str, str]
Newest = dict[tuple[str, str], AnyRow]
"""The newest fact of each kind and subject."""


@dataclass(frozen=True, slots=True)
class RosterFiles:
    """The files by name, and the patients whose programs differ: one line cannot say those, and leaves them empty."""

    contents: Mapping[str, bytes]
    unsaid: tuple[str, ...]


def roster_files(connection: Connection, practice: Practice) -> RosterFiles:
    """Return teams.csv, staff.csv and patients.csv as the roster is; importing them again changes nothing."""
    team_names = {team.team_id: team.name for team in teams(connection, practice.practice_id)}
    facts = _facts(connection, practice)
    patients = _rows(connection, practice, PatientRow)
    programs = {row.patient_code: _programs(facts[row.patient_code]) for row in patients}
    lines = (
        _patient(row, team_names) | (programs[row.patient_code] or {}) | _visit_and_plan(facts[row.patient_code])
        for row in patients
    )
    contents = {
        "teams.csv": _csv(TEAM_FILE, map(_team, _rows(connection, practice, CareTeamRow))),
        "staff.csv": _csv(STAFF_FILE, _people(connection, practice, team_names)),
        "patients.csv": _csv(PATIENT_FILE, lines),
    }
    return RosterFiles(contents, tuple(code for code, said in programs.items() if said is None))


def _rows(connection: Connection, practice: Practice, table: Any) -> Sequence[AnyRow]:
    """Return the practice's rows of the table in order of their key."""
    key = list(table.__table__.primary_key)[1]
    return connection.execute(
        select(table.__table__).where(table.practice_id == practice.practice_id).order_by(key)
    ).all()


def _csv(columns: Iterable[Column], rows: Iterable[_Cells]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, names(columns), restval="")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def _team(row: AnyRow) -> _Cells:
    return {
        "name": row.name,
        "channel_id": row.channel_id,
        "digest_days": _several(row.digest_days or []),
        "digest_business_days": _several(row.digest_business_days or []),
        "digest_hour": "" if row.digest_hour is None else str(row.digest_hour),
        "digest_zone": row.digest_zone or "",
    }


def _people(connection: Connection, practice: Practice, team_names: Mapping[str, str]) -> Iterable[_Cells]:
    """Yield a line for each stretch of days on which the same held of a person, so that the past is told again too."""
    rows = _rows(connection, practice, StaffRow)
    told = histories(connection, practice.practice_id, STAFF, [row.staff_id for row in rows])
    for row in rows:
        for period in told[row.staff_id].periods(DATED[STAFF].keys()):
            yield _person(row, {**DATED[STAFF], **period.values}, team_names) | {FROM.name: _day(period.first)}


def _person(row: AnyRow, held: Mapping[str, Any], team_names: Mapping[str, str]) -> _Cells:
    return {
        "id": row.staff_id,
        "slack_user_id": row.slack_user_id or "",
        "name": row.name,
        "credential": held["credential"],
        "roles": _several(row.roles),
        "teams": _several(_one_of_several(team_names[team_id]) for team_id in held["teams"]),
        "active_from": _day(row.active_from),
        "active_to": _day(row.active_to),
        "supervised": _yes_no(said=held["supervised"]),
        "employed": _yes_no(said=held["employed"]),
        "npi": row.npi or "",
    }


def _patient(row: AnyRow, team_names: Mapping[str, str]) -> _Cells:
    return {
        "code": row.patient_code,
        "team": team_names[row.team_id],
        "billing_practitioner": row.billing_practitioner or "",
        "conditions": _several(row.conditions),
        "risk_documented": _yes_no(said=row.risk_documented),
        "place_of_service": row.place_of_service or "",
    }


def _facts(connection: Connection, practice: Practice) -> defaultdict[str, Newest]:
    """Return the newest facts in force that a line of patients.csv speaks of, by patient."""
    kinds = (FactKind.ENROLLMENT, FactKind.CONSENT, FactKind.INITIATING_VISIT, FactKind.CARE_PLAN)
    query = facts_in_force(practice.practice_id, kinds).where(PatientFactRow.until_date.is_(None))
    found: defaultdict[str, Newest] = defaultdict(dict)
    for fact in connection.execute(query.order_by(PatientFactRow.on_date)):
        found[fact.patient_code][fact.kind, fact.subject] = fact
    return found


def _programs(facts: Newest) -> _Cells | None:
    """Return the cells of programs and consents, or None where programs differ in what one line says of all of them."""
    enrolled = {program: fact for (kind, program), fact in facts.items() if kind == FactKind.ENROLLMENT}
    consents = [facts.get((FactKind.CONSENT, program)) for program in enrolled]
    said = {(fact.on_date, fact.details.get("form", "")) if fact else (None, "") for fact in consents}
    days = {fact.on_date for fact in enrolled.values()}
    if len(days) > 1 or len(said) > 1:
        return None
    consent_date, form = next(iter(said), (None, ""))
    return {
        "programs": _several(sorted(enrolled)),
        "enrolled_on": _day(next(iter(days), None)),
        "consent_date": _day(consent_date),
        "consent_form": form,
    }


def _visit_and_plan(facts: Newest) -> _Cells:
    visit, plan = facts.get((FactKind.INITIATING_VISIT, "")), facts.get((FactKind.CARE_PLAN, ""))
    return {
        "initiating_visit_date": _day(visit.on_date if visit else None),
        "initiating_visit_type": visit.details.get("type", "") if visit else "",
        "care_plan_date": _day(plan.on_date if plan else None),
    }


def _one_of_several(team: str) -> str:
    """Return what means the team among others: its name, or its letters and digits where that would be two."""
    return team_id_for(team) if ";" in team else team


def _several(values: Iterable[object]) -> str:
    return ";".join(map(str, values))


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""


def _yes_no(*, said: bool) -> str:
    return "yes" if said else "no"
