"""A month for a spreadsheet: a workbook with everything a biller asks, and the same list as CSV.

Codes, minutes, rules and staff by id; names of the staff and notes only where the practice allows them.
"""

import csv
import io
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date, datetime

from sqlalchemy import Connection

from ledger.attestations import KINDS, attestations, due, in_force
from ledger.claims.exports import list_claims
from ledger.clock import last_of_month
from ledger.months.closed_months import Closing, closing_in_force
from ledger.months.crowded_days import told_of_crowded_days
from ledger.months.figures import Figures
from ledger.months.patient_months import EvaluatedMonth, evaluated_months
from ledger.practice.practice import Practice
from ledger.recording.entries import entry_name
from ledger.reports.claim_files import add_claims
from ledger.reports.diagnostic_sheet import add_diagnostic
from ledger.reports.month_lists import MonthList, Scope, month_list
from ledger.reports.sheets import Money, Month, Row, harmless, new_book, saved, sheet
from ledger.roster.directory import people
from ledger.rules.catalogue import about_patient
from ledger.rules.rulebook import is_provisional
from ledger.storage.batches import batches

SUMMARY = ("Figure", "Value")

BILLABLE = ("Patient", "Program", "Code", "Units", "Payment", "Date of service", "Minutes counted", "Provisional")
BLOCKED = ("Patient", "Program", "Minutes counted", "Blocker", "What blocks it", "How to clear it")
BELOW = ("Patient", "Program", "Minutes counted", "Minutes excluded", "Next code", "Minutes missing", "Worth")
ENTRIES = (
    "Entry",
    "Patient",
    "Date of service",
    "Start",
    "End",
    "Staff",
    "Program",
    "Activity",
    "Contact",
    "Minutes",
    "Counted",
    "Excluded",
    "Reason",
    "Rule",
    "Recorded",
)
STAFF_NAME, NOTE = "Staff name", "Note"
"""The columns of the entries that a practice may allow."""
WARNINGS = ("Patient", "Program", "Warning", "Name", "What an auditor would ask", "Entries")
ATTESTED = ("What", "What it says", "Status", "Attested on", "Attested by", "Good until", "Recorded", "Recorded by")
CSV_COLUMNS = (
    "patient",
    "program",
    "status",
    "minutes_counted",
    "code",
    "units",
    "payment_cents",
    "date_of_service",
    "why_not",
    "provisional",
)


def month_workbook(
    connection: Connection, practice: Practice, month: date, team_ids: Collection[str] | None = None
) -> bytes:
    """Return the month as a workbook (xlsx): claim lines, summary, billable, blocked, below threshold, entries.

    Its last sheets have the audit warnings, the diagnostic of the month beside the three before it, and what the
    practice had attested on the month's last day.

    The entries have the names of the staff and the notes with their addenda only where the practice allows them
    (``export_staff_names``, ``export_notes``); the summary says whether they do.
    """
    listed = month_list(connection, practice, Scope(month, team_ids))
    evaluated = _evaluated(connection, practice, month, listed)
    names = {person.staff_id: person.name for person in people(connection, practice.practice_id)}
    book = new_book()
    closing = closing_in_force(connection, practice.practice_id, month)
    claims = list_claims(connection, practice, month, team_ids=team_ids)
    add_claims(book, claims)
    sheet(book, "Summary", SUMMARY, [*_summary(practice, listed), *_closed(practice, month, closing)])
    sheet(book, "Billable", BILLABLE, _billable(listed))
    sheet(book, "Blocked", BLOCKED, _blocked(listed))
    sheet(book, "Below threshold", BELOW, _below(listed))
    sheet(book, "Entries", entry_columns(practice), _entries(practice, evaluated, names))
    sheet(book, "Audit warnings", WARNINGS, _warnings(evaluated))
    add_diagnostic(book, connection, practice, Scope(month, team_ids))
    sheet(book, "Attestations", ATTESTED, _attested(connection, practice, last_of_month(month)))
    return saved(book)


def month_csv(
    connection: Connection, practice: Practice, month: date, team_ids: Collection[str] | None = None
) -> bytes:
    """Return the month's list as CSV (UTF-8).

    A row a code of the billable, one a program of the others with the reason.
    """
    listed = month_list(connection, practice, Scope(month, team_ids))
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(CSV_COLUMNS)
    writer.writerows(map(harmless, _csv_rows(listed)))
    return text.getvalue().encode()


def _csv_rows(listed: MonthList) -> Iterator[Row]:
    for figures in listed.billable:
        for line in figures.codes:
            yield (
                *_start(figures),
                line.code,
                line.units,
                line.amount_cents,
                line.date_of_service,
                "",
                _provisional(figures),
            )
    for figures in (*listed.blocked, *listed.below):
        why_not = "; ".join(blocker.name for blocker in figures.blockers) or _missing(figures)
        yield *_start(figures), "", "", "", "", why_not, _provisional(figures)
    for one in listed.untouched:
        yield one.patient_code, one.program.value, "untouched", 0, "", "", "", "", "no time logged", ""


def _start(figures: Figures) -> Row:
    return figures.patient_code, figures.program.value, figures.status.value, figures.counted_minutes


def _provisional(figures: Figures) -> str:
    """Return ``yes`` where the figures are those of an earlier rulebook, for want of the month's own (B1)."""
    return "yes" if is_provisional(figures.month, figures.rulebook) else "no"


def _missing(figures: Figures) -> str:
    return "; ".join(f"{step.minutes_missing} minutes to {step.code}" for step in figures.next)


def _evaluated(
    connection: Connection, practice: Practice, month: date, listed: MonthList
) -> list[tuple[str, EvaluatedMonth]]:
    groups = (listed.billable, listed.blocked, listed.below)
    codes = sorted({figures.patient_code for group in groups for figures in group})
    found: dict[str, EvaluatedMonth] = {}
    for batch in batches(codes):
        found |= evaluated_months(connection, practice, batch, month)
    return sorted(told_of_crowded_days(connection, practice, month, found).items())


def _summary(practice: Practice, listed: MonthList) -> Iterator[Row]:
    yield "Practice", practice.name
    yield "Month", Month(listed.month)
    yield "Enrolled patients", listed.enrolled_patients
    yield "Billable patients", listed.billable_patients
    yield "Capture rate, percent", listed.capture_percent
    yield "Expected payment", Money(listed.expected_cents)
    yield "Programs blocked", len(listed.blocked)
    yield "Programs below threshold", len(listed.below)
    yield "Programs without logged time", len(listed.untouched)
    yield "Names of the staff", _whether(practice.conduct.export_staff_names, "export_staff_names")
    yield "Notes", _whether(practice.conduct.export_notes, "export_notes")


def _closed(practice: Practice, month: date, closing: Closing | None) -> Iterator[Row]:
    if is_provisional(month, closing.rulebook if closing else None):
        yield "Provisional", f"yes: {month.year} has no rulebook yet, the figures are those of an earlier one (B1)"
    if closing is None:
        yield "Closed", "no"
        return
    yield "Closed", _local(practice, closing.recorded_at)
    yield "Closed by", closing.recorded_by
    yield "Rulebook", closing.rulebook
    yield "SHA-256 of the rulebook", closing.rulebook_hash
    yield "SHA-256 of what was frozen", closing.hash


def _whether(included: bool, setting: str) -> str:
    return "in the sheet Entries" if included else f"left out (/ccm settings {setting})"


def _billable(listed: MonthList) -> Iterator[Row]:
    for figures in listed.billable:
        for line in figures.codes:
            paid = Money(line.amount_cents) if line.payment_known else "unknown"
            row = (figures.patient_code, figures.program.value, line.code, line.units, paid, line.date_of_service)
            yield *row, figures.counted_minutes, _provisional(figures)


def _blocked(listed: MonthList) -> Iterator[Row]:
    for figures in listed.blocked:
        start = (figures.patient_code, figures.program.value, figures.counted_minutes)
        for blocker in figures.blockers:
            remedy = about_patient(blocker.remedy, figures.patient_code, figures.program)
            yield *start, blocker.name, blocker.text, remedy


def _below(listed: MonthList) -> Iterator[Row]:
    for figures in listed.below:
        start = (figures.patient_code, figures.program.value, figures.counted_minutes, figures.excluded_minutes)
        step = figures.next[0] if figures.next else None
        end = (step.code, step.minutes_missing, Money(step.amount_cents)) if step else ("", "", "")
        yield *start, *end
    for one in listed.untouched:
        yield one.patient_code, one.program.value, 0, 0, "no time logged", "", ""


def entry_columns(practice: Practice) -> tuple[str, ...]:
    """Return the columns of the entries: the staff member's name and the note only where the practice allows them."""
    staff = ENTRIES.index("Staff") + 1
    names = (STAFF_NAME,) if practice.conduct.export_staff_names else ()
    notes = (NOTE,) if practice.conduct.export_notes else ()
    return (*ENTRIES[:staff], *names, *ENTRIES[staff:], *notes)


def _entries(
    practice: Practice, evaluated: Iterable[tuple[str, EvaluatedMonth]], names: Mapping[str, str]
) -> Iterator[Row]:
    columns = entry_columns(practice)
    for code, month in evaluated:
        entries = {entry.number: entry for entry in month.facts.entries}
        for result in month.statement.entries:
            entry = entries[result.number]
            cells = {
                "Entry": entry_name(code, result.number),
                "Patient": code,
                "Date of service": result.date_of_service,
                "Start": _local(practice, entry.started_at),
                "End": _local(practice, entry.ended_at),
                "Staff": entry.staff_id,
                STAFF_NAME: names.get(entry.staff_id, ""),
                "Program": entry.program.value,
                "Activity": entry.activity.value,
                "Contact": entry.contact.value if entry.contact else "",
                "Minutes": result.duration_minutes,
                "Counted": result.counted_minutes,
                "Excluded": result.duration_minutes - result.counted_minutes,
                "Reason": "; ".join(cut.reason for cut in result.excluded),
                "Rule": "; ".join(cut.rule for cut in result.excluded),
                "Recorded": _local(practice, entry.recorded_at),
                NOTE: entry.note,
            }
            yield tuple(cells[column] for column in columns)


def _local(practice: Practice, at: datetime | None) -> datetime | None:
    """Return the instant on the practice's clock, without its zone: spreadsheets know none."""
    return practice.local(at).replace(tzinfo=None) if at else None


def _warnings(evaluated: Iterable[tuple[str, EvaluatedMonth]]) -> Iterator[Row]:
    for code, month in evaluated:
        for part in month.statement.programs:
            for warning in part.warnings:
                entries = ", ".join(entry_name(code, number) for number in warning.entries)
                yield code, part.program.value, warning.code, warning.name, warning.text, entries


def _attested(connection: Connection, practice: Practice, on: date) -> Iterator[Row]:
    recorded = attestations(connection, practice)
    held, lacking = in_force(recorded, on), due(recorded, on)
    for kind in KINDS.values():
        one = held.get(kind.name)
        if one is None:
            yield kind.title, kind.says, "missing", "", "", "", "", ""
            continue
        status = "over a year old" if kind in lacking else "attested"
        dates = (one.attested_on, one.attested_by, one.good_until)
        yield kind.title, kind.says, status, *dates, _local(practice, one.recorded_at), one.recorded_by
