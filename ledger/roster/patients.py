"""The patients on the roster: what a row says of one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, insert, select

from ledger.months.consents import missing_consents, renewal_lines
from ledger.months.patient_months import reevaluate_all
from ledger.months.worth import Weighing, WorthChange, ask_about_worth
from ledger.patients.fact_values import ConsentForm, VisitType
from ledger.patients.facts import Fact, FactKind, append_facts
from ledger.practice.practice import Practice
from ledger.roster.directory import StaffIds, code_key, code_number, people, team_id_for, teams
from ledger.roster.storing import FROM, Put, first_change, put_dated
from ledger.rules.rulebook import known_programs
from ledger.storage.batches import batches
from ledger.storage.hash_chain import GENESIS
from ledger.storage.tables import ChainHeadRow, PatientRow
from ledger.validation import Cells, Column
from ledger.values.billing_ids import read_place_of_service
from ledger.values.codes import read_patient_code
from ledger.values.conditions import read_conditions

CODES_NAMED = 100
"""How many patients that have to consent anew are named; the others are counted."""
PATIENT_FILE = (
    Column("code", ("patient", "patient_code")),
    Column("team", ("care_team",)),
    Column("billing_practitioner", ("practitioner",), may_be_missing=True),
    Column("conditions", ("condition", "diagnoses"), may_be_missing=True),
    Column("risk_documented", may_be_missing=True),
    Column("programs", ("program",), may_be_missing=True),
    Column("enrolled_on", ("enrolled",), may_be_missing=True),
    Column("consent_date", may_be_missing=True),
    Column("consent_form", may_be_missing=True),
    Column("initiating_visit_date", may_be_missing=True),
    Column("initiating_visit_type", may_be_missing=True),
    Column("care_plan_date", may_be_missing=True),
    FROM,
    Column("place_of_service", ("pos",), may_be_missing=True),
)
"""The columns of patients.csv; what a file leaves out stays as it is known."""

DEFAULTS: Mapping[str, Any] = {"conditions": [], "risk_documented": True}
"""What a new patient has where the file says nothing of it."""

WORTH = frozenset({"billing_practitioner", "conditions", "risk_documented"})
"""The columns on which depends what a month is worth; beside them, the dated facts."""


@dataclass(frozen=True, slots=True)
class KnownRoster:
    """Whom and what a row may name: teams by the word that means them, staff ids, and codes as they are compared."""

    team_ids: Mapping[str, str]
    staff_ids: StaffIds
    codes: Mapping[str, str]
    """The codes of the patients whom the ledger has, by ``code_key``."""
    team_words: tuple[str, ...]
    today: date
    new_codes: dict[str, str] = field(default_factory=dict)
    """The codes that rows gave to new patients, by ``code_key``; a reader adds to them."""


def known_roster(
    connection: Connection,
    practice: Practice,
    team_ids: Mapping[str, str] | None = None,
    *,
    today: date,
    code: str | None = None,
) -> KnownRoster:
    """Return the roster as it is; teams are called by the letters of their names, or as ``team_ids`` has it.

    With ``code`` it knows of the patients only those that are written like that one.
    """
    known = teams(connection, practice.practice_id)
    rows = select(PatientRow.code_key, PatientRow.patient_code).where(PatientRow.practice_id == practice.practice_id)
    if code is not None:
        rows = rows.where(PatientRow.code_key == code_key(code))
    return KnownRoster(
        team_ids or {team_id_for(team.name): team.team_id for team in known},
        StaffIds.of(people(connection, practice.practice_id)),
        {row.code_key: row.patient_code for row in connection.execute(rows.order_by(PatientRow.code_key))},
        tuple(sorted({word for team in known for word in team.name.lower().split()})),
        today,
    )


NO_DAYS: Mapping[str, date | None] = {}


@dataclass(frozen=True, slots=True)
class StoredPatients:
    """What became of the rows, of whom facts were new or revised, and how many months were evaluated again.

    ``worth`` has the months in which other codes or payments came of it.
    """

    done: dict[str, Put]
    told: frozenset[str]
    months: int
    worth: tuple[WorthChange, ...] = ()
    renewals: tuple[str, ...] = ()
    """Who has to consent anew because the billing practitioner is another now (R9), a sentence a practitioner."""

    def ask(self, *, confirmed: bool) -> None:
        """Ask before columns of the roster change what is billed (``ask_about_worth``); facts alone may."""
        changed, _ = first_change(self.done, WORTH)
        ask_about_worth(self.worth if changed else (), confirmed=confirmed)


def put_patients(
    connection: Connection,
    practice: Practice,
    roster: Mapping[str, Mapping[str, Any]],
    facts: Sequence[Fact],
    *,
    from_dates: Mapping[str, date | None] = NO_DAYS,
    at: datetime,
    recorded_by: str,
) -> StoredPatients:
    """Store patients by code and their facts, and evaluate again the months that this touches.

    The roster's dated columns hold ``from_dates``, by code; otherwise as ``put_dated`` has it.
    """
    told = {code: [(from_dates.get(code), values)] for code, values in roster.items()}
    done = put_dated(
        connection, practice, PatientRow, "patient_code", told, at=at, recorded_by=recorded_by, defaults=DEFAULTS
    )
    added = {code for code, put in done.items() if put.outcome == "added"}
    _begin_chains(connection, practice, sorted(added))
    appended = append_facts(connection, practice, facts, at=at, recorded_by=recorded_by, partial=True)
    changed, since = first_change(done, WORTH)
    told_of = set(appended.patient_codes) - added
    others = sorted({*changed} - told_of)
    weighing = Weighing()
    months = sum(reevaluate_all(connection, practice, batch, weighing.seen) for batch in batches(sorted(told_of)))
    months += sum(reevaluate_all(connection, practice, batch, weighing.seen, since=since) for batch in batches(others))
    rebilled, _ = first_change(done, {"billing_practitioner"})
    missing = missing_consents(connection, practice, sorted(rebilled), on=practice.local_date(at)) if rebilled else []
    renewals = renewal_lines(missing, most=CODES_NAMED)
    worth = weighing.changes(connection, practice)
    return StoredPatients(done, frozenset(appended.patient_codes), months, worth, renewals)


def read_patient(row: Cells, known: KnownRoster) -> tuple[str, dict[str, Any], list[Fact]]:
    """Return the code, the roster's columns and the facts of the patient that a row describes.

    Problems with it are added to the row.
    """
    code = _code(row, known)
    return code, _roster_values(row, known, code), _facts(row, code, known.today)


def _code(row: Cells, known: KnownRoster) -> str:
    """Return the row's code; one that the ledger has already is taken as it is."""
    written = row.values["code"]
    if known.codes.get(code_key(written)) == written:
        return written
    faults = len(row.problems)
    code = row.read_text(
        "code", lambda text: read_patient_code(text, today=known.today, words=known.team_words), "P-1042"
    )
    if len(row.problems) > faults:
        return code
    other = known.codes.get(code_key(code)) or known.new_codes.setdefault(code_key(code), code)
    if other != code:
        row.refuse("code", f"{code} reads like {other}.", "Codes differ by letters and digits.")
    return code


def _roster_values(row: Cells, known: KnownRoster, code: str) -> dict[str, Any]:
    team = row.text("team", "Blue Team")
    if team and team_id_for(team) not in known.team_ids:
        row.refuse("team", f"no team is called {team!r}.", "Import it first: ccm import teams teams.csv")
    values = {
        "code_key": code_key(code),
        "code_number": code_number(code),
        "team_id": known.team_ids.get(team_id_for(team), ""),
        "billing_practitioner": row.read_text("billing_practitioner", known.staff_ids.read) or None,
        "conditions": _conditions(row),
        "risk_documented": row.yes_no("risk_documented", default=True),
        "place_of_service": row.read_text("place_of_service", read_place_of_service) or None,
    }
    return {column: value for column, value in values.items() if column not in row.missing}


def _conditions(row: Cells) -> list[str]:
    """Return the codes of the row's conditions."""
    conditions = row.read("conditions", read_conditions) or []
    for condition in conditions:
        row.note_reading("conditions", condition.written, condition.code)
    return [condition.code for condition in conditions]


def _facts(row: Cells, code: str, today: date) -> list[Fact]:
    """Return the dated facts of a row."""
    programs = row.choices("programs", known_programs())
    if programs and not row.values["enrolled_on"]:
        row.refuse("enrolled_on", "is empty.", "Write the date as 2026-11-03.")
    enrolled_on = row.day_of_care("enrolled_on", today)
    consent_date, form = row.day_of_care("consent_date", today), row.choice("consent_form", ConsentForm)
    visit_date = row.day_of_care("initiating_visit_date", today)
    visit_type = row.choice("initiating_visit_type", VisitType)
    plan_date = row.day_of_care("care_plan_date", today)
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
