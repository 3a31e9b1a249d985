"""Device periods of 30 days, and the codes that are paid for them (billing-rules R10, R11)."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from ledger.clock import month_of
from ledger.rules.book_tables import ReadingFamily
from ledger.rules.consents import consent_on
from ledger.rules.facts import Program
from ledger.rules.month_view import MonthView
from ledger.rules.rulebook import Rulebook, earlier_rulebook

PERIOD_DAYS = 30
"""Device codes are paid once in so many days (R10)."""


class Period(NamedTuple):
    """A device period: its first and last day and the days with readings.

    ``first_day`` is None where only the month is known. ``overlaps`` says that it begins before the one before it has
    ended: it is no line (W18).
    """

    first_day: date | None
    last_day: date
    days: int
    overlaps: bool = False


class DeviceLine(NamedTuple):
    """A device code on the claim, with the period that it is paid for."""

    code: str
    units: int
    period: Period


def periods_of(program: Program, month: MonthView) -> tuple[Period, ...]:
    """Return the device periods that are known, those of other months too, and the month's own bare count (R10).

    A bare count is left out beside a known period that ends in the month.
    """
    periods = tuple(_known_periods(program, month))
    bare = [readings.days for readings in month.facts.readings if readings.days and readings.from_date is None]
    if bare and not any(_ends_in(period, month) for period in periods):
        return (*periods, *(Period(None, month.last_day, days) for days in bare))
    return periods


def ends_a_period(month: MonthView, book: Rulebook) -> bool:
    """Return whether a device period with readings ends in the month, in whichever program."""
    return bool(month.facts.readings) and any(
        period.days and _ends_in(period, month)
        for program in book.reading_families
        for period in periods_of(program, month)
    )


def device_lines(family: ReadingFamily, month: MonthView, book: Rulebook) -> list[DeviceLine]:
    """Return the codes of the periods that end in the month, each with the set-ups that it is the first period of.

    Enrollment and consent must hold on a period's last day.
    """
    periods = [period for period in periods_of(family.program, month) if not period.overlaps]
    lines = []
    for period in periods:
        if not _ends_in(period, month) or not _is_covered(family.program, period.last_day, month):
            continue
        lines += [
            DeviceLine(code.code, 1, period) for code in family.codes if code.from_days <= period.days <= code.to_days
        ]
        set_ups = _set_ups_first_in(period, periods, family, month, book)
        if set_ups and family.set_up is not None:
            lines.append(DeviceLine(family.set_up.code, set_ups, period))
    return lines


def overlapping(program: Program, month: MonthView) -> bool:
    """Return whether a period that ends in the month begins before the one before it had ended (W18)."""
    return any(period.overlaps and _ends_in(period, month) for period in periods_of(program, month))


def period_unknown(program: Program, month: MonthView) -> bool:
    """Return whether the month's readings are a bare count of no known period (W16)."""
    return any(period.first_day is None for period in periods_of(program, month))


def _known_periods(program: Program, month: MonthView) -> Iterator[Period]:
    """Yield the periods in the order in which they begin.

    A count says where its period begins. Days with readings that lie in no period begin one: at the set-up, right after
    the period before where that was not a whole period ago, or with the first of those days after a longer pause.
    """
    counts = sorted((one.from_date, one.days) for one in month.facts.readings if one.from_date and one.days)
    dates = sorted({day for one in month.facts.readings for day in one.dates})
    begins = [*counts, *((device.set_up_on, None) for device in month.facts.devices), *((day, None) for day in dates)]
    set_ups = {device.set_up_on for device in month.facts.devices}
    ended = date.min
    for day, days in sorted(begins, key=lambda begin: (begin[0], -(begin[1] or 0))):
        if days is not None:
            period = Period(day, _last_day(day), days, overlaps=day <= ended)
            ended = max(ended, period.last_day) if not period.overlaps else ended
            yield period
        elif ended < day:
            follows = day not in set_ups and ended != date.min and day <= ended + timedelta(days=PERIOD_DAYS)
            first_day = ended + timedelta(days=1) if follows else day
            read = [one for one in dates if first_day <= one <= _last_day(first_day)]
            if read:
                ended = _last_day(first_day)
                yield Period(first_day, ended, sum(_is_covered(program, one, month) for one in read))


def _last_day(first_day: date) -> date:
    return first_day + timedelta(days=PERIOD_DAYS - 1)


def _ends_in(period: Period, month: MonthView) -> bool:
    return month.first_day <= period.last_day <= month.last_day


def _is_covered(program: Program, day: date, month: MonthView) -> bool:
    return month.is_enrolled(program, day) and consent_on(program, day, month)


def _set_ups_first_in(
    period: Period, periods: Sequence[Period], family: ReadingFamily, month: MonthView, book: Rulebook
) -> int:
    """Return how many set-ups have ``period`` as the first that reaches the days and begins soon enough (R11)."""
    reached = [one for one in periods if one.first_day is not None and one.days >= _set_up_days(one, family, book)]
    found = 0
    for set_up_on in {device.set_up_on for device in month.facts.devices}:
        first = next((one for one in reached if one.first_day is not None and set_up_on <= one.first_day), None)
        if first == period and family.set_up is not None and period.first_day is not None:
            found += (period.first_day - set_up_on).days <= family.set_up.within_days
    return found


def _set_up_days(period: Period, family: ReadingFamily, book: Rulebook) -> int:
    """Return the days that a period must reach for the set-up's code, by the book of the period's last day."""
    own_book = book if month_of(period.last_day) >= book.in_force_from else earlier_rulebook(period.last_day, book)
    own = next((one for one in own_book.reading_families.get(family.program, ()) if one.name == family.name), family)
    return own.set_up.from_days if own.set_up is not None else PERIOD_DAYS + 1
