"""A month for a spreadsheet: a workbook with everything a biller asks, and the same list as CSV.

Codes, minutes, rules and staff by id; no names and no notes.
"""

import csv
import io
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from sqlalchemy import Connection

from ledger.batches import batches
from ledger.figures import Figures
from ledger.patient_facts import load_records
from ledger.patient_months import EvaluatedMonth, evaluate_record
from ledger.practice import Practice
from ledger.recording import entry_name
from ledger.worklists import MonthList, month_list

Row = Sequence[Any]
DATE_FORMAT = "yyyy-mm-dd"
TIME_FORMAT = "yyyy-mm-dd hh:mm"
MONEY_FORMAT = '"$"#,##0.00'

BILLABLE = ("Patient", "Program", "Code", "Units", "Payment", "Date of service", "Minutes counted")
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
WARNINGS = ("Patient", "Program", "Warning", "Name", "What an auditor would ask", "Entries")
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
)


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in cents that a spreadsheet shows in dollars."""

    cents: int


def month_workbook(
    connection: Connection, practice: Practice, month: date, team_ids: Collection[str] | None = None
) -> bytes:
    """The month as a workbook (xlsx): summary, billable, blocked, below threshold, entries, audit warnings."""
    listed = month_list(connection, practice, month, team_ids=team_ids)
    evaluated = list(_evaluated(connection, practice, month, listed))
    book = Workbook(write_only=True)
    _sheet(book, "Summary", ("", ""), _summary(practice, listed))
    _sheet(book, "Billable", BILLABLE, _billable(listed))
    _sheet(book, "Blocked", BLOCKED, _blocked(listed))
    _sheet(book, "Below threshold", BELOW, _below(listed))
    _sheet(book, "Entries", ENTRIES, _entries(practice, evaluated))
    _sheet(book, "Audit warnings", WARNINGS, _warnings(evaluated))
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def month_csv(
    connection: Connection, practice: Practice, month: date, team_ids: Collection[str] | None = None
) -> bytes:
    """The month's list as CSV (UTF-8): a row a code of the billable, one a program of the others with the reason."""
    listed = month_list(connection, practice, month, team_ids=team_ids)
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(CSV_COLUMNS)
    for figures in listed.billable:
        for line in figures.codes:
            start = (*_start(figures), line.code, line.units, line.amount_cents, line.date_of_service, "")
            writer.writerow(start)
    for figures in (*listed.blocked, *listed.below):
        why_not = "; ".join(blocker.name for blocker in figures.blockers) or _missing(figures)
        writer.writerow((*_start(figures), "", "", "", "", why_not))
    for one in listed.untouched:
        writer.writerow((one.patient_code, one.program.value, "untouched", 0, "", "", "", "", "no time logged"))
    return text.getvalue().encode()


def _start(figures: Figures) -> Row:
    return figures.patient_code, figures.program.value, figures.status.value, figures.counted_minutes


def _missing(figures: Figures) -> str:
    return "; ".join(f"{step.minutes_missing} minutes to {step.code}" for step in figures.next)


def _evaluated(
    connection: Connection, practice: Practice, month: date, listed: MonthList
) -> Iterator[tuple[str, EvaluatedMonth]]:
    groups = (listed.billable, listed.blocked, listed.below)
    codes = sorted({figures.patient_code for group in groups for figures in group})
    for batch in batches(codes):
        for code, record in sorted(load_records(connection, practice, batch, month).items()):
            yield code, evaluate_record(practice, code, record, month)


def _sheet(book: Workbook, title: str, columns: Sequence[str], rows: Iterable[Row]) -> None:
    """A sheet with a frozen header in bold, columns as wide as what they hold, and real dates and numbers."""
    kept = [tuple(row) for row in rows]
    sheet: Any = book.create_sheet(title)  # openpyxl's stubs know less of write-only sheets than they can
    sheet.freeze_panes = "A2"
    for index, column in enumerate(columns, start=1):
        widest = max((len(_shown(row[index - 1])) for row in kept), default=0)
        sheet.column_dimensions[get_column_letter(index)].width = min(max(len(column), widest) + 2, 60)
    sheet.append([_cell(sheet, column, bold=True) for column in columns])
    for row in kept:
        sheet.append([_cell(sheet, value) for value in row])


def _cell(sheet: Any, value: Any, *, bold: bool = False) -> Any:
    cell: Any = WriteOnlyCell(sheet, value=value.cents / 100 if isinstance(value, Money) else value)
    if bold:
        cell.font = Font(bold=True)
    if isinstance(value, Money):
        cell.number_format = MONEY_FORMAT
    elif isinstance(value, datetime):
        cell.number_format = TIME_FORMAT
    elif isinstance(value, date):
        cell.number_format = DATE_FORMAT
    return cell


def _shown(value: Any) -> str:
    if isinstance(value, Money):
        return f"${value.cents / 100:,.2f}"
    return f"{value:%Y-%m-%d %H:%M}" if isinstance(value, datetime) else str(value or "")


def _summary(practice: Practice, listed: MonthList) -> Iterator[Row]:
    yield "Practice", practice.name
    yield "Month", f"{listed.month:%Y-%m}"
    yield "Enrolled patients", listed.enrolled_patients
    yield "Billable patients", listed.billable_patients
    yield "Capture rate, percent", listed.capture_percent
    yield "Expected payment", Money(listed.expected_cents)
    yield "Programs blocked", len(listed.blocked)
    yield "Programs below threshold", len(listed.below)
    yield "Programs without logged time", len(listed.untouched)


def _billable(listed: MonthList) -> Iterator[Row]:
    for figures in listed.billable:
        for line in figures.codes:
            paid = Money(line.amount_cents) if line.payment_known else "unknown"
            row = (figures.patient_code, figures.program.value, line.code, line.units, paid, line.date_of_service)
            yield *row, figures.counted_minutes


def _blocked(listed: MonthList) -> Iterator[Row]:
    for figures in listed.blocked:
        start = (figures.patient_code, figures.program.value, figures.counted_minutes)
        for blocker in figures.blockers:
            yield *start, blocker.name, blocker.text, blocker.remedy


def _below(listed: MonthList) -> Iterator[Row]:
    for figures in listed.below:
        start = (figures.patient_code, figures.program.value, figures.counted_minutes, figures.excluded_minutes)
        step = figures.next[0] if figures.next else None
        end = (step.code, step.minutes_missing, Money(step.amount_cents)) if step else ("", "", "")
        yield *start, *end
    for one in listed.untouched:
        yield one.patient_code, one.program.value, 0, 0, "no time logged", "", ""


def _entries(practice: Practice, evaluated: Iterable[tuple[str, EvaluatedMonth]]) -> Iterator[Row]:
    for code, month in evaluated:
        entries = {entry.number: entry for entry in month.facts.entries}
        for result in month.statement.entries:
            entry = entries[result.number]
            yield (
                entry_name(code, result.number),
                code,
                result.date_of_service,
                _local(practice, entry.started_at),
                _local(practice, entry.ended_at),
                entry.staff_id,
                entry.program.value,
                entry.activity.value,
                entry.contact.value if entry.contact else "",
                result.duration_minutes,
                result.counted_minutes,
                result.duration_minutes - result.counted_minutes,
                "; ".join(cut.reason for cut in result.excluded),
                "; ".join(cut.rule for cut in result.excluded),
                _local(practice, entry.recorded_at),
            )


def _local(practice: Practice, at: datetime | None) -> datetime | None:
    """The instant on the practice's clock, without its zone: spreadsheets know none."""
    return practice.local(at).replace(tzinfo=None) if at else None


def _warnings(evaluated: Iterable[tuple[str, EvaluatedMonth]]) -> Iterator[Row]:
    for code, month in evaluated:
        for part in month.statement.programs:
            for warning in part.warnings:
                entries = ", ".join(entry_name(code, number) for number in warning.entries)
                yield code, part.program.value, warning.code, warning.name, warning.text, entries
