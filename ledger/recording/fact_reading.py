"""What a row, a line or a form says of a patient, read as a fact, one reader a kind (``FACT_FILES``)."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Connection, select

from ledger.characters import characters
from ledger.errors import LedgerError
from ledger.months.patient_months import reevaluate_all
from ledger.patients.fact_values import ConsentForm, EndReason, Mdm, Setting, VisitType
from ledger.patients.facts import Fact, FactKind, append_facts, known_identities
from ledger.practice.practice import Practice
from ledger.roster.directory import Person, StaffIds, code_key, people, read_known_code
from ledger.rules.policy import PRACTITIONER_CREDENTIALS
from ledger.rules.rulebook import known_programs
from ledger.storage.batches import batches
from ledger.storage.tables import PatientRow
from ledger.validation import Cells, Column, ImportSummary, Problem, Progress
from ledger.values.days import refuse_outside_care
from ledger.values.identifiers import refuse_identifiers

WITHDRAWN = "withdrawn"
LONGEST_PERIOD_DAYS = 30
RATIONALE_CHARACTERS = 3000


class Mark(StrEnum):
    """What a month can be marked with."""

    APCM = "apcm"
    BILLED_ELSEWHERE = "billed_elsewhere"


@dataclass(frozen=True, slots=True)
class Known:
    """Whom the rows may name, and the present on the practice's clock."""

    practice: Practice
    codes: Mapping[str, str]
    """The patients' codes by ``code_key``."""
    staff: Mapping[str, Person]
    staff_ids: StaffIds
    at: datetime

    @property
    def today(self) -> date:
        """The practice's date."""
        return self.practice.local_date(self.at)


class FactRefusedError(LedgerError):
    """A fact that was not recorded; ``problems`` names everything that is wrong with it, by column."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        """All of ``problems`` in one sentence."""
        self.problems = tuple(problems)
        faults = "; ".join(f"{problem.column} {problem.message.rstrip('.')}" for problem in problems)
        remedies = " ".join(dict.fromkeys(problem.remedy for problem in problems))
        super().__init__("FACT_REFUSED", f"{faults}. Nothing was saved.", remedies)


Reader = Callable[[Cells, Known], Fact | None]
"""Reads a row as a fact without its patient; None where it has a problem."""


@dataclass(frozen=True, slots=True)
class FactFile:
    """A kind of file: its columns beside ``patient`` and ``withdrawn``, and how a row is read.

    Of ``columns`` those in ``optional`` may be missing from a file, as ``withdrawn`` may.
    """

    columns: tuple[str, ...]
    read: Reader
    optional: tuple[str, ...] = ()

    @property
    def described(self) -> tuple[Column, ...]:
        """Every column that a file of this kind has or may have."""
        own = (Column(name, may_be_missing=name in self.optional) for name in self.columns)
        return Column("patient", ("code", "patient_code")), *own, Column(WITHDRAWN, may_be_missing=True)


def _enrollment(row: Cells, known: Known) -> Fact | None:
    program = row.needed_choice("program", known_programs())
    first, last = _past_day(row, "from", known), row.day("to")
    if first and last and last < first:
        row.refuse("to", f"{last} is before the first day.", "Correct one of the two dates.")
    reason = row.choice("reason", EndReason, re.sub(r"[\s-]+", "_", row.values["reason"]))
    if reason and not row.values["to"]:
        row.refuse(
            "reason", "says why it ended, but nothing says when.", "Give the last day too, for example 2026-11-10"
        )
    if reason is EndReason.DIED and last and last > known.today:
        row.refuse("to", f"{last} lies in the future.", "Record it when it has happened.")
    details = {"reason": reason.value} if reason else {}
    return Fact("", FactKind.ENROLLMENT, first, program.value, last, details) if program and first else None


def _consent(row: Cells, known: Known) -> Fact | None:
    program = row.needed_choice("program", known_programs())
    given, revoked = _past_day(row, "date", known), _plausible(row, "revoked", row.day("revoked"), known)
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
    for column, day, instant in (("admitted", admitted, admitted_at), ("discharged", discharged, discharged_at)):
        if _plausible(row, column, day, known) == known.today and _before(known.at, instant):
            row.refuse(column, f"{row.values[column]} lies in the future.", "Record it when it has happened.")
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
    if characters(rationale) > RATIONALE_CHARACTERS:
        row.refuse(
            "rationale",
            f"has {characters(rationale)} characters; {RATIONALE_CHARACTERS} fit.",
            "Say what makes the decisions complex, and keep the rest in the chart.",
        )
    try:
        refuse_identifiers(known.practice, rationale, "rationale", today=known.today)
    except LedgerError as error:
        row.refuse("rationale", error.title, error.remedy)
    found = known.staff_ids.find(by)
    if len(found) == 1:
        row.note_reading("by", by, found[0])
        by = found[0]
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
    program = row.choice("program", known_programs())
    if mark is Mark.BILLED_ELSEWHERE and program is None and not row.values["program"]:
        row.refuse("program", "is empty.", "Name the program that another practice bills, for example CCM")
    if mark is Mark.APCM and row.values["program"]:
        row.refuse("program", "stands beside apcm.", "APCM excludes programs of its own accord: leave it empty.")
    if mark is None or month is None:
        return None
    if mark is Mark.APCM:
        return Fact("", FactKind.APCM, month)
    return Fact("", FactKind.BILLED_ELSEWHERE, month, program.value) if program else None


FACT_FILES: Mapping[str, FactFile] = {
    "enrollments": FactFile(("program", "from", "to", "reason"), _enrollment, optional=("reason",)),
    "consents": FactFile(("program", "date", "form", "revoked"), _consent),
    "care-plans": FactFile(("date", "substantial"), _care_plan),
    "visits": FactFile(("date", "type"), _visit),
    "stays": FactFile(("setting", "admitted", "discharged"), _stay),
    "complexity": FactFile(("date", "mdm", "by", "rationale"), _complexity),
    "readings": FactFile(("month", "days"), _readings),
    "marks": FactFile(("month", "mark", "program"), _mark),
}
"""The files by their name after ``ccm import``."""


@dataclass(frozen=True, slots=True)
class FactDraft:
    """A fact that was read, and what was read otherwise than it was written."""

    fact: Fact
    read_as: tuple[str, ...] = ()


def read_fact(
    connection: Connection, practice: Practice, kind: str, values: Mapping[str, str], *, at: datetime
) -> FactDraft:
    """Return one fact from its cells by column, as typed in a terminal or in Slack; raises ``FactRefusedError``.

    Raises:
        FactRefusedError: It cannot be recorded so; the problems name every column.
    """
    file = FACT_FILES[kind]
    row = Cells(1, {"patient": "", WITHDRAWN: "", **dict.fromkeys(file.columns, ""), **values})
    fact = _fact(row, file, _known(connection, practice, at=at, patient_code=row.values["patient"]))
    if fact is not None:
        _refuse_nothing_to_withdraw(connection, practice, [(row, fact)])
    if fact is None or row.problems:
        raise FactRefusedError(row.problems)
    return FactDraft(fact, tuple(map(str, row.read_as)))


def record_facts(
    connection: Connection,
    practice: Practice,
    facts: list[Fact],
    *,
    at: datetime,
    recorded_by: str,
    progress: Progress = lambda _step, _done, _all: None,
) -> ImportSummary:
    """Append the facts, evaluate what they touch, and return how many were new, or changed what was known."""
    appended = append_facts(connection, practice, facts, at=at, recorded_by=recorded_by)
    codes = appended.patient_codes
    done = 0
    for batch in batches(codes):
        reevaluate_all(connection, practice, batch)
        done += len(batch)
        progress("evaluating", done, len(codes))
    added, changed = len(appended.added), len(appended.revised)
    return ImportSummary(added, changed, len(facts) - added - changed)


def _refuse_nothing_to_withdraw(connection: Connection, practice: Practice, read: Sequence[tuple[Cells, Fact]]) -> None:
    """Add a problem to each row that takes back what was never recorded: one of its cells must be wrong."""
    codes = sorted({fact.patient_code for _, fact in read if fact.withdrawn})
    known = known_identities(connection, practice, codes)
    for row, fact in read:
        if fact.withdrawn and fact.identity not in known:
            row.refuse(
                WITHDRAWN,
                f"says yes, but {fact.patient_code} has nothing like it on {fact.on_date}.",
                "Give the date as it was recorded.",
            )


def _known(connection: Connection, practice: Practice, *, at: datetime, patient_code: str | None = None) -> Known:
    """Return what rows may name; with ``patient_code``, of the patients that one alone."""
    only = {} if patient_code is None else {"code_key": code_key(patient_code)}
    mine = select(PatientRow.code_key, PatientRow.patient_code).filter_by(practice_id=practice.practice_id, **only)
    codes = {row.code_key: row.patient_code for row in connection.execute(mine)}
    staff = {person.staff_id: person for person in people(connection, practice.practice_id)}
    return Known(practice, codes, staff, StaffIds.of(staff.values()), at)


def _fact(row: Cells, file: FactFile, known: Known) -> Fact | None:
    code = row.read_text("patient", lambda text: read_known_code(known.codes, text), "P-1042")
    fact = file.read(row, known)
    withdrawn = row.yes_no(WITHDRAWN, default=False)
    return replace(fact, patient_code=code, withdrawn=withdrawn) if fact and not row.problems else None


def _past_day(row: Cells, column: str, known: Known) -> date | None:
    return _plausible(row, column, row.required_day(column), known)


def _plausible(row: Cells, column: str, day: date | None, known: Known) -> date | None:
    """Return the day, with a problem where it can have been none of care.

    What is taken back may have any: it stands so in the ledger.
    """
    if day is not None and not _is_withdrawn(row):
        row.read(column, lambda _text: refuse_outside_care(day, known.today))
    return day


def _begun_month(row: Cells, known: Known) -> date | None:
    month = row.month("month")
    if month is not None and month > known.today and not _is_withdrawn(row):
        row.refuse("month", f"{month:%Y-%m} has not begun.", "Record it when it has happened.")
        return month
    return _plausible(row, "month", month, known)


def _is_withdrawn(row: Cells) -> bool:
    return row.said_yes(WITHDRAWN)


def _before(earlier: datetime | None, later: datetime | None) -> bool:
    return earlier is not None and later is not None and earlier < later


def _iso(instant: datetime | None) -> str | None:
    return instant.isoformat() if instant else None
