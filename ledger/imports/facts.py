"""``ccm import consents|care-plans|visits|stays|complexity|readings|marks``: facts about patients, one kind a file.

Each row appends a fact or a revision of one: the same file twice changes nothing, a row that differs supersedes what
was known of the same patient, subject and date, and ``yes`` under ``withdrawn`` takes back what was a mistake.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path

from sqlalchemy import Connection, select

from ledger.batches import batches
from ledger.facts import Fact, FactKind, append_facts
from ledger.imports.reading import Cells, ConsentForm, ImportSummary, Progress, VisitType, read_rows, refuse_if_any
from ledger.imports.roster import IMPORTED_BY
from ledger.patient_months import reevaluate_all
from ledger.practice import Practice
from ledger.roster import Person, people
from ledger.rules.facts import Program
from ledger.rules.policy import PRACTITIONER_CREDENTIALS
from ledger.tables import PatientRow

WITHDRAWN = "withdrawn"
LONGEST_PERIOD_DAYS = 30


class Setting(StrEnum):
    """Where a stay is (billing-rules C7)."""

    INPATIENT = "inpatient"
    SNF = "snf"
    INPATIENT_REHAB = "inpatient_rehab"
    HOSPICE = "hospice"


class Mdm(StrEnum):
    """Medical decision making of a complexity designation (billing-rules R5)."""

    MODERATE = "moderate"
    HIGH = "high"


class Mark(StrEnum):
    """What a month can be marked with."""

    APCM = "apcm"
    BILLED_ELSEWHERE = "billed_elsewhere"


@dataclass(frozen=True, slots=True)
class Known:
    """Whom the rows may name, and the practice's clock."""

    practice: Practice
    codes: frozenset[str]
    staff: Mapping[str, Person]
    today: date


Reader = Callable[[Cells, Known], Fact | None]
"""Reads a row as a fact without its patient; None where it has a problem."""


@dataclass(frozen=True, slots=True)
class FactFile:
    """A kind of file: its columns beside ``patient`` and ``withdrawn``, and how a row is read."""

    columns: tuple[str, ...]
    read: Reader


def _consent(row: Cells, known: Known) -> Fact | None:
    program = row.needed_choice("program", Program)
    given, revoked = _past_day(row, "date", known), row.day("revoked")
    form = row.needed_choice("form", ConsentForm)
    if given and revoked and revoked < given:
        row.refuse("revoked", f"{revoked} is before the consent.", "Correct one of the two dates.")
    if program is None or given is None or form is None:
        return None
    return Fact("", FactKind.CONSENT, given, program.value, revoked, {"form": form.value})


def _care_plan(row: Cells, known: Known) -> Fact | None:
    revised = _past_day(row, "date", known)
    substantial = row.yes_no("substantial", default=False)
    return Fact("", FactKind.CARE_PLAN, revised, details={"substantial": substantial}) if revised else None


def _visit(row: Cells, known: Known) -> Fact | None:
    day, kind = _past_day(row, "date", known), row.needed_choice("type", VisitType)
    return Fact("", FactKind.INITIATING_VISIT, day, details={"type": kind.value}) if day and kind else None


def _stay(row: Cells, known: Known) -> Fact | None:
    setting = row.needed_choice("setting", Setting)
    admitted, admitted_at = row.day_or_time("admitted", known.practice)
    discharged, discharged_at = row.day_or_time("discharged", known.practice)
    if not row.values["admitted"]:
        row.refuse("admitted", "is empty.", "Write 2026-11-10, or 2026-11-10T14:30 where the time is known.")
    if admitted and discharged and (discharged < admitted or _before(discharged_at, admitted_at)):
        row.refuse("discharged", "is before the admission.", "Correct one of the two.")
    if setting is None or admitted is None:
        return None
    details = {"admitted_at": _iso(admitted_at), "discharged_at": _iso(discharged_at)}
    return Fact("", FactKind.STAY, admitted, setting.value, discharged, details)


def _complexity(row: Cells, known: Known) -> Fact | None:
    day, mdm = _past_day(row, "date", known), row.needed_choice("mdm", Mdm)
    by, rationale = row.text("by", "practitioner1"), row.text("rationale", "new heart failure, four medication changes")
    person = known.staff.get(by)
    if by and (person is None or person.credential not in PRACTITIONER_CREDENTIALS):
        fault = "is no practitioner" if person else "is not on the staff"
        row.refuse("by", f"{by!r} {fault}; a practitioner designates complex care (rule R5).", "Use the id of an MD.")
    if day is None or mdm is None:
        return None
    return Fact("", FactKind.COMPLEXITY, day, details={"mdm": mdm.value, "staff_id": by, "rationale": rationale})


def _readings(row: Cells, known: Known) -> Fact | None:
    month, days = _begun_month(row, known), row.whole_number("days")
    if not row.values["days"]:
        row.refuse("days", "is empty.", "How many of the period's 30 days have readings, for example 18")
    elif days is not None and days > LONGEST_PERIOD_DAYS:
        row.refuse("days", f"{days} is more than a 30-day period can have.", "For example: 18")
    return Fact("", FactKind.READINGS, month, details={"days": days}) if month and days is not None else None


def _mark(row: Cells, known: Known) -> Fact | None:
    month, mark = _begun_month(row, known), row.needed_choice("mark", Mark)
    program = row.choice("program", Program)
    if mark is Mark.BILLED_ELSEWHERE and program is None and not row.values["program"]:
        row.refuse("program", "is empty.", "Name the program that another practice bills, for example CCM")
    if mark is None or month is None:
        return None
    if mark is Mark.APCM:
        return Fact("", FactKind.APCM, month)
    return Fact("", FactKind.BILLED_ELSEWHERE, month, program.value) if program else None


FACT_FILES: Mapping[str, FactFile] = {
    "consents": FactFile(("program", "date", "form", "revoked"), _consent),
    "care-plans": FactFile(("date", "substantial"), _care_plan),
    "visits": FactFile(("date", "type"), _visit),
    "stays": FactFile(("setting", "admitted", "discharged"), _stay),
    "complexity": FactFile(("date", "mdm", "by", "rationale"), _complexity),
    "readings": FactFile(("month", "days"), _readings),
    "marks": FactFile(("month", "mark", "program"), _mark),
}
"""The files by their name after ``ccm import``."""


def import_facts(
    connection: Connection, practice: Practice, path: Path, *, kind: str, at: datetime, progress: Progress
) -> ImportSummary:
    """Stores the facts of the file; raises ``ImportRefusedError`` where any row is wrong.

    The months of the patients whose facts changed are evaluated again.
    """
    file = FACT_FILES[kind]
    rows = read_rows(path, ("patient", *file.columns), optional=(WITHDRAWN,))
    known = _known(connection, practice, at=at)
    facts = [fact for row in rows if (fact := _fact(row, file, known)) is not None]
    refuse_if_any(path, rows)
    changed = record_facts(connection, practice, facts, at=at, recorded_by=IMPORTED_BY, progress=progress)
    return ImportSummary(added=changed, unchanged=len(rows) - changed)


def read_fact(
    connection: Connection, practice: Practice, kind: str, values: Mapping[str, str], *, at: datetime
) -> Fact:
    """One fact from its cells by column, as typed in a terminal; raises ``ImportRefusedError`` with its problems."""
    file = FACT_FILES[kind]
    cells = {"patient": "", WITHDRAWN: "", **dict.fromkeys(file.columns, ""), **values}
    row = Cells(1, cells)
    fact = _fact(row, file, _known(connection, practice, at=at))
    refuse_if_any(Path(kind), [row])
    if fact is None:
        raise ValueError("a row without problems is a fact")
    return fact


def record_facts(
    connection: Connection,
    practice: Practice,
    facts: list[Fact],
    *,
    at: datetime,
    recorded_by: str,
    progress: Progress = lambda _step, _done, _all: None,
) -> int:
    """Appends the facts, evaluates what they touch, and returns how many of them were new or changed something."""
    appended = append_facts(connection, practice, facts, at=at, recorded_by=recorded_by)
    codes = sorted({fact.patient_code for fact in appended})
    done = 0
    for batch in batches(codes):
        reevaluate_all(connection, practice, batch)
        done += len(batch)
        progress("evaluating", done, len(codes))
    return len(appended)


def _known(connection: Connection, practice: Practice, *, at: datetime) -> Known:
    codes = connection.scalars(select(PatientRow.patient_code).filter_by(practice_id=practice.practice_id))
    staff = {person.staff_id: person for person in people(connection, practice.practice_id)}
    return Known(practice, frozenset(codes), staff, practice.local_date(at))


def _fact(row: Cells, file: FactFile, known: Known) -> Fact | None:
    code = row.text("patient", "P-1042")
    if code and code not in known.codes:
        row.refuse("patient", f"no patient is called {code!r}.", "Import it first: ccm import patients patients.csv")
    fact = file.read(row, known)
    withdrawn = row.yes_no(WITHDRAWN, default=False)
    return replace(fact, patient_code=code, withdrawn=withdrawn) if fact and not row.problems else None


def _past_day(row: Cells, column: str, known: Known) -> date | None:
    day = row.required_day(column)
    if day is not None and day > known.today:
        row.refuse(column, f"{day} lies in the future.", "Record it when it has happened.")
    return day


def _begun_month(row: Cells, known: Known) -> date | None:
    month = row.month("month")
    if month is not None and month > known.today:
        row.refuse("month", f"{month:%Y-%m} has not begun.", "Record it when it has happened.")
    return month


def _before(earlier: datetime | None, later: datetime | None) -> bool:
    return earlier is not None and later is not None and earlier < later


def _iso(instant: datetime | None) -> str | None:
    return instant.isoformat() if instant else None
