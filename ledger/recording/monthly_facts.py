"""What a row says of a patient's devices and their readings, and of what a month is marked with."""

import re
from datetime import date, timedelta

from ledger.patients.fact_values import Mark
from ledger.patients.facts import Fact, FactKind, ReadingsKnown
from ledger.recording.fact_rows import Known, begun_month, is_withdrawn, past_day
from ledger.rules.rulebook import known_programs, other_services
from ledger.validation import Cells
from ledger.values.days import refuse_outside_care
from ledger.values.reading import UnreadableValueError
from ledger.values.spreadsheets import read_date

LONGEST_PERIOD_DAYS = 30
LONGEST_SPAN_DAYS = 366
_BESIDE = "Give one of: a month, the period's first day (from), or the dates."


def read_device(row: Cells, known: Known) -> Fact | None:
    """Return that a device was set up."""
    day = past_day(row, "set_up", known)
    return Fact("", FactKind.DEVICE, day) if day else None


def read_readings(row: Cells, known: Known) -> Fact | None:
    """Return readings: as many in a month or in a period from its first day, or the dates themselves (R10)."""
    said = [column for column in ("month", "from", "dates") if row.values[column]]
    for column in said[1:]:
        row.refuse(column, f"stands beside {said[0]}.", _BESIDE)
    if row.values["dates"]:
        return _on_dates(row, known)
    if row.values["from"]:
        subject, first = ReadingsKnown.PERIOD, past_day(row, "from", known)
    else:
        subject, first = ReadingsKnown.MONTH, begun_month(row, known)
    days = _counted(row)
    if subject is ReadingsKnown.PERIOD and first and days and days > (known.today - first).days + 1:
        row.refuse("days", f"{days} is more than there were from {first} to {known.today}.", "Correct one of the two.")
    return Fact("", FactKind.READINGS, first, subject, details={"days": days}) if first and days is not None else None


def _counted(row: Cells) -> int | None:
    days = row.whole_number("days")
    if not row.values["days"]:
        row.refuse("days", "is empty.", "How many of the period's 30 days have readings, for example 18")
    elif days is not None and days > LONGEST_PERIOD_DAYS:
        row.refuse("days", f"{days} is more than a 30-day period can have.", "For example: 18")
    return days


def _on_dates(row: Cells, known: Known) -> Fact | None:
    """Return the dates with readings: a fact that begins with the first of them."""
    if row.values["days"]:
        row.refuse("days", "stands beside dates, which are counted.", "Leave one of the two empty.")

    def read(text: str) -> list[date]:
        between = "[;\n]" if re.search("[A-Za-z]", text) else r"[;,\s]+"  # names of months have commas and spaces
        days = sorted({day for word in re.split(between, text) if word.strip() for day in _spanned(word)})
        for day in () if is_withdrawn(row) else days:
            refuse_outside_care(day, known.today)
        return days

    dates = row.spelled("dates", read, lambda days: ";".join(day.isoformat() for day in days))
    if not dates:
        return None
    details = {"dates": [day.isoformat() for day in dates]}
    return Fact("", FactKind.READINGS, dates[0], ReadingsKnown.DATES, details=details)


def _spanned(word: str) -> list[date]:
    """Return the days of ``2026-11-05`` or of ``2026-11-05..2026-11-09``."""
    first, _, last = (part.strip() for part in word.partition(".."))
    begin = read_date(first)
    end = read_date(last) if last else begin
    if not 0 <= (end - begin).days < LONGEST_SPAN_DAYS:
        raise UnreadableValueError(f"{word} is no span of days.", "Write 2026-11-05..2026-11-09, at most a year.")
    return [begin + timedelta(days=number) for number in range((end - begin).days + 1)]


def service_codes() -> str:
    """Return the codes of the services of rule R2, those in a row as ``90951 to 90970``."""
    runs: list[list[str]] = []
    for code in sorted(other_services()):
        follows = runs and code.isdigit() and runs[-1][-1].isdigit() and int(code) == int(runs[-1][-1]) + 1
        if follows:
            runs[-1].append(code)
        else:
            runs.append([code])
    return ", ".join(run[0] if len(run) == 1 else f"{run[0]} to {run[-1]}" for run in runs)


def _mark(row: Cells) -> str | None:
    word = row.values["mark"]
    found = next((each for each in (*Mark, *other_services()) if each.lower() == word.lower()), None)
    if found is None:
        codes = f"the code of a service that excludes a program: {service_codes()}"
        row.refuse("mark", f"{word!r} is not known." if word else "is empty.", f"One of: {', '.join(Mark)}; or {codes}")
    return found


def read_mark(row: Cells, known: Known) -> Fact | None:
    """Return the mark of a month: APCM of ours, a service of R2 by its code, or a program billed elsewhere."""
    month, mark = begun_month(row, known), _mark(row)
    program = row.choice("program", known_programs())
    if mark == Mark.BILLED_ELSEWHERE and program is None and not row.values["program"]:
        row.refuse("program", "is empty.", "Name the program that another practice bills, for example CCM")
    if mark not in {None, Mark.BILLED_ELSEWHERE} and row.values["program"]:
        row.refuse(
            "program", f"stands beside {mark}.", f"{mark.upper()} excludes programs of its own accord: leave it empty."
        )
    if mark is None or month is None:
        return None
    if mark == Mark.APCM:
        return Fact("", FactKind.APCM, month)
    if mark == Mark.BILLED_ELSEWHERE:
        return Fact("", FactKind.BILLED_ELSEWHERE, month, program.value) if program else None
    return Fact("", FactKind.OTHER_SERVICE, month, mark)
