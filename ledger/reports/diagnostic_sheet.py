"""The diagnostic of a month as a sheet of its workbook: figures month by month, then the patients behind the gap."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection

from ledger.practice.practice import Practice
from ledger.reports.diagnostic import Capture, Diagnosis, Gap, diagnose, gaps
from ledger.reports.month_lists import Scope
from ledger.reports.sheets import Row, sheet
from ledger.roster.directory import teams
from ledger.rules.formatting import codes_words

SHEET = "Diagnostic"
DEVICE_ALONE, MANAGEMENT_ALONE = "Device code, none for management", "Management code, none for devices"
NOBODY = Capture(0, 0)


def add_diagnostic(book: Any, connection: Connection, practice: Practice, scope: Scope) -> None:
    """Add the diagnostic to a workbook as a sheet: a column a month, the latest first."""
    months = diagnose(connection, practice, scope)
    names = {team.team_id: team.name for team in teams(connection, practice.practice_id)}
    columns = ("Figure", "Of", *(f"{one.month:%Y-%m}" for one in months))
    rows = [*_rates(months, names), *_devices(months), *_patients(gaps(connection, practice, scope))]
    blank = ("",) * len(columns)
    sheet(book, SHEET, columns, [(*row, *blank)[: len(columns)] for row in rows])


def _rates(months: Sequence[Diagnosis], names: Mapping[str, str]) -> Iterator[Row]:
    yield from _captures("Enrolled patients", "All teams", [one.capture for one in months])
    for team_id in _everybody([one.teams for one in months]):
        rates = [one.teams.get(team_id, NOBODY) for one in months]
        yield from _captures("Enrolled patients", names.get(team_id, team_id), rates)
    for staff_id in _everybody([one.people for one in months]):
        rates = [one.people.get(staff_id, NOBODY) for one in months]
        yield from _captures("Patients with logged time", staff_id, rates)


def _everybody(rates: Sequence[Mapping[str, Capture]]) -> list[str]:
    return sorted({whose for month in rates for whose in month})


def _captures(patients: str, whose: str, rates: Sequence[Capture]) -> Iterator[Row]:
    yield patients, whose, *(one.patients for one in rates)
    yield "Billable patients", whose, *(one.billable for one in rates)
    yield "Capture rate, percent", whose, *(one.percent for one in rates)


def _devices(months: Sequence[Diagnosis]) -> Iterator[Row]:
    for codes in (one.codes for one in months[0].devices):
        counts, program = [one.counts_of(codes) for one in months], codes.program.value
        if codes.set_up:
            yield _with(codes.set_up), program, *(one.set_up for one in counts)
        yield _with(codes.device), program, *(one.device for one in counts)
        yield _with(codes.management), program, *(one.management for one in counts)
        yield DEVICE_ALONE, program, *(one.device_alone for one in counts)
        yield MANAGEMENT_ALONE, program, *(one.management_alone for one in counts)


def _with(codes: Sequence[str]) -> str:
    return f"Patients with {' or '.join(codes)}"


def _patients(found: Sequence[Gap]) -> Iterator[Row]:
    """Yield who is behind the gap, with the codes of the month."""
    for gap in found:
        for figure, patients in ((DEVICE_ALONE, gap.device_alone), (MANAGEMENT_ALONE, gap.management_alone)):
            for one in patients:
                yield figure, one.patient_code, codes_words(tuple((line.code, line.units) for line in one.codes))
