"""What a row, a line or a form says of a patient, read as a fact, one reader a kind (``FACT_FILES``)."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, select

from ledger.characters import characters
from ledger.clock import month_of
from ledger.errors import LedgerError
from ledger.months.patient_months import reevaluate_all
from ledger.patients.fact_history import fact_history
from ledger.patients.fact_values import (
    CONSENT_POINTS,
    COPY_HOW,
    COPY_TO,
    PLAN_ELEMENTS,
    ConsentForm,
    CopyHow,
    CopyTo,
    EndReason,
    Mdm,
    Setting,
    VisitType,
)
from ledger.patients.facts import Fact, FactKind, append_facts, known_identities
from ledger.patients.records import load_records
from ledger.practice.practice import Practice
from ledger.recording.fact_rows import (
    WITHDRAWN,
    Known,
    all_meant,
    one_meant,
    past_day,
    plausible,
    practitioner,
    staff_member,
)
from ledger.recording.monthly_facts import read_device, read_mark, read_readings
from ledger.roster.directory import StaffIds, code_key, people, read_known_code
from ledger.rules.month_view import designated_on
from ledger.rules.rulebook import known_programs
from ledger.storage.batches import batches
from ledger.storage.tables import PatientRow
from ledger.validation import Cells, Column, ImportSummary, Problem, Progress
from ledger.values.identifiers import refuse_identifiers

RATIONALE_CHARACTERS = 3000


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
    first, last = past_day(row, "from", known), row.day("to")
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
    given, revoked = past_day(row, "date", known), plausible(row, "revoked", row.day("revoked"), known)
    form = row.needed_choice("form", ConsentForm)
    said = all_meant(row, "said", CONSENT_POINTS)
    recorded = {
        "practitioner": practitioner(row, "practitioner", known, "a consent is given to a practitioner's care (R9)"),
        "by": staff_member(row, "by", known),
        "said": list(said) if said is not None else None,
    }
    if given and revoked and revoked < given:
        row.refuse("revoked", f"{revoked} is before the consent.", "Correct one of the two dates.")
    if program is None or given is None or form is None:
        return None
    details = {"form": form.value} | {name: value for name, value in recorded.items() if value is not None}
    return Fact("", FactKind.CONSENT, given, program.value, revoked, details)


def _care_plan(row: Cells, known: Known) -> Fact | None:
    revised = past_day(row, "date", known)
    substantial = row.yes_no("substantial", default=False)
    elements, copy = all_meant(row, "elements", PLAN_ELEMENTS), _copy(row, revised, known)
    details: dict[str, Any] = {}
    if row.values["substantial"] or (elements is None and not copy):
        details["substantial"] = substantial  # else what is known of it stays: only the rest is told now
    if elements is not None:
        details["elements"] = list(elements)
    return Fact("", FactKind.CARE_PLAN, revised, details=details | copy) if revised else None


def _copy(row: Cells, revised: date | None, known: Known) -> dict[str, str]:
    """Return the copy that was given: to the patient and on the day of the plan where nothing else is said."""
    to, how = one_meant(row, "copy_to", COPY_TO), one_meant(row, "copy_how", COPY_HOW)
    given = plausible(row, "copy_date", row.day("copy_date"), known)
    if not row.values["copy_how"] and (row.values["copy_to"] or row.values["copy_date"]):
        row.refuse("copy_how", "is empty.", f"Say how the copy was given: {', '.join(CopyHow)}")
    if given and revised and given < revised:
        row.refuse("copy_date", f"{given} is before the plan.", "Correct one of the two dates.")
    if how is None or revised is None:
        return {}
    return {"copy_to": (to or CopyTo.PATIENT).value, "copy_how": how.value, "copy_date": (given or revised).isoformat()}


def _visit(row: Cells, known: Known) -> Fact | None:
    day, kind = past_day(row, "date", known), row.needed_choice("type", VisitType)
    return Fact("", FactKind.INITIATING_VISIT, day, details={"type": kind.value}) if day and kind else None


def _stay(row: Cells, known: Known) -> Fact | None:
    setting = row.needed_choice("setting", Setting)
    admitted, admitted_at = row.day_or_time("admitted", known.practice)
    discharged, discharged_at = row.day_or_time("discharged", known.practice)
    for column, day, instant in (("admitted", admitted, admitted_at), ("discharged", discharged, discharged_at)):
        if plausible(row, column, day, known) == known.today and _before(known.at, instant):
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
    day, mdm = past_day(row, "date", known), row.needed_choice("mdm", Mdm)
    row.text("by", "practitioner1")
    by = practitioner(row, "by", known, "a practitioner designates complex care (rule R5)")
    rationale = row.text("rationale", "new heart failure, four medication changes")
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
    if day is None or mdm is None or by is None:
        return None
    return Fact("", FactKind.COMPLEXITY, day, details={"mdm": mdm.value, "staff_id": by, "rationale": rationale})


FACT_FILES: Mapping[str, FactFile] = {
    "enrollments": FactFile(("program", "from", "to", "reason"), _enrollment, optional=("reason",)),
    "consents": FactFile(
        ("program", "date", "form", "revoked", "practitioner", "by", "said"),
        _consent,
        optional=("practitioner", "by", "said"),
    ),
    "care-plans": FactFile(
        ("date", "substantial", "elements", "copy_to", "copy_how", "copy_date"),
        _care_plan,
        optional=("elements", "copy_to", "copy_how", "copy_date"),
    ),
    "visits": FactFile(("date", "type"), _visit),
    "stays": FactFile(("setting", "admitted", "discharged"), _stay),
    "complexity": FactFile(("date", "mdm", "by", "rationale"), _complexity),
    "devices": FactFile(("set_up",), read_device),
    "readings": FactFile(
        ("month", "days", "from", "dates"), read_readings, optional=("month", "days", "from", "dates")
    ),
    "marks": FactFile(("month", "mark", "program"), read_mark),
}
"""The files by their name after ``ccm import``."""


@dataclass(frozen=True, slots=True)
class FactDraft:
    """A fact that was read, and what was read otherwise than it was written."""

    fact: Fact
    read_as: tuple[str, ...] = ()


def read_fact(
    connection: Connection,
    practice: Practice,
    kind: str,
    values: Mapping[str, str],
    *,
    at: datetime,
    author: str | None = None,
) -> FactDraft:
    """Return one fact from its cells by column, as typed in a terminal or in Slack; raises ``FactRefusedError``.

    A consent of which nothing is said otherwise was given to the patient's billing practitioner, and taken by its
    ``author``, the staff id of whoever records it.

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
    if author is not None and fact.kind is FactKind.CONSENT and not fact.withdrawn:
        fact = _complete_consent(connection, practice, fact, author)
    return FactDraft(fact, tuple(map(str, row.read_as)))


def _complete_consent(connection: Connection, practice: Practice, fact: Fact, author: str) -> Fact:
    """Return the consent with its practitioner and who took it, where neither the line nor the ledger names them.

    One that is known already, and of which no more is told than that it was revoked, is left as it is.
    """
    history = fact_history(connection, practice, fact)
    known = history.newest.fact if history is not None and history.holds else None
    if known is not None and "said" not in fact.details:
        return fact
    record = load_records(connection, practice, [fact.patient_code], month_of(fact.on_date))[fact.patient_code]
    assumed = {"by": author, "practitioner": designated_on(record.designations(), fact.on_date)}
    told = {**(known.details if known else {}), **fact.details}
    missing = {name: value for name, value in assumed.items() if value and name not in told}
    return replace(fact, details={**fact.details, **missing})


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


def _before(earlier: datetime | None, later: datetime | None) -> bool:
    return earlier is not None and later is not None and earlier < later


def _iso(instant: datetime | None) -> str | None:
    return instant.isoformat() if instant else None
