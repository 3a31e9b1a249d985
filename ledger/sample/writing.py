"""Writes the invented practice as CSV, row by row, so that 100,000 patients need no more memory than their diary."""

import csv
import io
import os
import shlex
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import astuple, dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random

from ledger.clock import month_of
from ledger.errors import LedgerError
from ledger.imports.entry_file import ENTRY_FILE
from ledger.roster.patients import PATIENT_FILE
from ledger.roster.staff import STAFF_FILE
from ledger.sample.cases import EARLY_PATIENTS_A_TEAM, Case, Extra, Lack, case_of
from ledger.sample.entries import Calendar, CareTeam, PatientDiary, SampleEntry
from ledger.sample.people import People, Person, invent_people
from ledger.sample.workdays import Diary
from ledger.storage.private_files import make_folder, new_file
from ledger.validation import names

_FIRST_CODE = 1001
_HIRED_BEFORE = timedelta(days=900)
_ENROLLED_DAYS_BEFORE = (30, 240)
_EXPIRED_PLAN_DAYS = 400
_CONDITIONS = ("E11.9", "I10", "I50.9", "J44.9", "N18.3", "F03.90", "M81.0", "I48.91", "E78.5")
_VISITS = ("AWV", "IPPE", "E/M", "TCM")


@dataclass(frozen=True, slots=True)
class SamplePaths:
    """The files written, in the order in which they are to be imported."""

    teams: Path
    staff: Path
    patients: Path
    entries: Path


def write_sample(directory: Path, *, patients: int, seed: int, today: date) -> SamplePaths:
    """Return the CSV files of an invented practice with so many patients, written into ``directory``.

    The same arguments write the same bytes. Entries fill last month and this month up to ``today``; those of
    ``today`` have no times, so nothing lies in the future at whatever hour they are imported. From four patients on,
    15 to 19 and 35 to 39 counted CCM minutes occur in each of the first two teams on every day of a month.

    Raises:
        ValueError: ``patients`` is less than 1.
        LedgerError: SAMPLE_EXISTS, where one of the files is there already; it may be of a practice that is not
            invented.
        OSError: a file cannot be written.
    """
    if patients < 1:
        raise ValueError("patients must be at least 1")
    paths = SamplePaths(*(directory / f"{name}.csv" for name in ("teams", "staff", "patients", "entries")))
    _refuse_to_overwrite(paths)
    make_folder(directory)
    people = invent_people(patients)
    _write(paths.teams, ("name", "channel_id"), ((team.name, team.channel_id) for team in people.teams))
    _write(paths.staff, names(STAFF_FILE), (_staff_row(person, today) for person in people.staff))
    rng = Random(f"{patients} {seed} {today}")  # noqa: S311 invented data, nothing secret
    with _rows_of(paths.patients, names(PATIENT_FILE)) as write_patient:
        _write(paths.entries, names(ENTRY_FILE), _entry_rows(patients, people, Calendar.of(today), rng, write_patient))
    return paths


def _refuse_to_overwrite(paths: SamplePaths) -> None:
    there = [path for path in astuple(paths) if os.path.lexists(path)]
    if there:
        raise LedgerError(
            "SAMPLE_EXISTS",
            f"{there[0]} is there already; nothing was written.",
            f"Name another folder, for example: ccm sample {shlex.quote(f'{there[0].parent}-invented')}",
        )


def _write(path: Path, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    with _rows_of(path, columns) as write:
        for row in rows:
            write(row)


@contextmanager
def _rows_of(path: Path, columns: Sequence[str]) -> Iterator[Callable[[Sequence[str]], object]]:
    """Return what adds a row to a new CSV file with these columns."""
    with new_file(path) as file, io.TextIOWrapper(file, encoding="utf-8", newline="") as text:
        writer = csv.writer(text)
        writer.writerow(columns)
        yield writer.writerow


def _staff_row(person: Person, today: date) -> Sequence[str]:
    hired = month_of(today - _HIRED_BEFORE).isoformat()
    roles, teams = ";".join(person.roles), ";".join(person.teams)
    who = person.staff_id, person.slack_user_id, person.name, person.credential
    return *who, roles, teams, hired, "", "yes", "yes", "", person.npi


def _entry_rows(
    patients: int, people: People, calendar: Calendar, rng: Random, write_patient: Callable[[Sequence[str]], object]
) -> Iterator[Sequence[str]]:
    """Yield the rows of all entries; each patient's own row is written on the way."""
    diary = Diary(rng)
    count = 0
    for number in range(patients):
        code = f"P-{_FIRST_CODE + number}"
        team = people.teams[number % len(people.teams)].name
        place = number // len(people.teams)
        case = case_of(place)
        coordinators = people.coordinators[team]
        care_team = CareTeam(
            coordinators[place % len(coordinators)], people.leads[team], people.practitioners[team], place % 10
        )
        consent_date, row = _patient_row(code, team, case, care_team=care_team, calendar=calendar, rng=rng)
        write_patient(row)
        is_early = case.is_worked_early and place < EARLY_PATIENTS_A_TEAM
        patient = PatientDiary(rng, diary, calendar, care_team)
        for entry in patient.entries(case, is_early=is_early, consent_date=consent_date):
            count += 1
            yield _entry_row(f"E-{count:06}", code, entry)


def _patient_row(
    code: str, team: str, case: Case, *, care_team: CareTeam, calendar: Calendar, rng: Random
) -> tuple[date | None, Sequence[str]]:
    """Return the patient's consent date and row."""
    enrolled_on = calendar.last_month[0] - timedelta(days=rng.randint(*_ENROLLED_DAYS_BEFORE))
    consent_date = _consent_date(case, calendar, enrolled_on)
    conditions = rng.sample(_CONDITIONS, 1 if case.lack is Lack.SECOND_CONDITION else rng.randint(2, 4))
    plan_date = _care_plan_date(case, calendar, enrolled_on, rng)
    return consent_date, (
        code,
        team,
        "" if case.lack is Lack.PRACTITIONER else care_team.practitioner,
        ";".join(conditions),
        "yes",
        ";".join(case.programs),
        enrolled_on.isoformat(),
        consent_date.isoformat() if consent_date else "",
        rng.choice(("verbal", "written")) if consent_date else "",
        (enrolled_on - timedelta(days=rng.randint(5, 60))).isoformat(),
        rng.choice(_VISITS),
        plan_date.isoformat() if plan_date else "",
        "",
        "",
    )


def _consent_date(case: Case, calendar: Calendar, enrolled_on: date) -> date | None:
    """Return the day of enrollment; None, or in the midst of the work, where the case wants it so."""
    if case.lack is Lack.CONSENT:
        return None
    if case.extra is Extra.BEFORE_CONSENT:
        days = calendar.so_far if len(calendar.so_far) > 1 else calendar.last_month
        return days[len(days) // 2]
    return enrolled_on


def _care_plan_date(case: Case, calendar: Calendar, enrolled_on: date, rng: Random) -> date | None:
    if case.lack is Lack.CARE_PLAN:
        return None
    if case.lack is Lack.RECENT_CARE_PLAN:
        return calendar.last_month[0] - timedelta(days=_EXPIRED_PLAN_DAYS)
    days_since = (calendar.last_month[0] - enrolled_on).days
    return enrolled_on + timedelta(days=rng.randint(0, days_since))


def _entry_row(external_id: str, code: str, entry: SampleEntry) -> Sequence[str]:
    start = entry.started_at
    end = start + timedelta(minutes=entry.duration_minutes) if start else None
    return (
        external_id,
        entry.staff_id,
        code,
        entry.work.program,
        entry.work.activity.value,
        entry.work.contact.value if entry.work.contact else "",
        "" if start else entry.day.isoformat(),
        "" if start else str(entry.duration_minutes),
        _local(start),
        _local(end),
        entry.work.note,
        _local(entry.recorded_at),
    )


def _local(instant: datetime | None) -> str:
    return instant.isoformat(timespec="minutes") if instant else ""
