"""Days on which something of a patient's care happened: none lies ahead, none before there was such care."""

from datetime import date

from ledger.values.reading import UnreadableValueError

FIRST_DAY_OF_CARE = date(2015, 1, 1)
"""Medicare began to pay for care management on this day (CMS-1612-FC); a date before it is a slip of the pen."""
EARLIEST_EMPLOYMENT = date(1950, 1, 1)
LONGEST_AHEAD_DAYS = 366
"""So far ahead may somebody's first day of work lie."""


def refuse_ahead(day: date, today: date) -> None:
    """Raise where the day is still to come, in the practice's time.

    Raises:
        UnreadableValueError: It lies after ``today``.
    """
    if day > today:
        raise UnreadableValueError(f"{day} lies in the future.", "Record it when it has happened.")


def refuse_outside_care(day: date, today: date) -> None:
    """Raise where nothing of care management can have happened on that day.

    Raises:
        UnreadableValueError: It is still to come, or lies before ``FIRST_DAY_OF_CARE``.
    """
    refuse_ahead(day, today)
    if day < FIRST_DAY_OF_CARE:
        raise UnreadableValueError(
            f"{day} lies before {FIRST_DAY_OF_CARE.year}: there was no care management then.",
            f"Correct the year, for example {today}.",
        )


def refuse_first_day(day: date, today: date) -> None:
    """Raise where nobody who works here can have begun, or will begin, on that day.

    Raises:
        UnreadableValueError: It lies before ``EARLIEST_EMPLOYMENT``, or over a year ahead.
    """
    if day < EARLIEST_EMPLOYMENT or (day - today).days > LONGEST_AHEAD_DAYS:
        raise UnreadableValueError(f"{day} is no day on which somebody begins.", f"Correct the year: {today}.")


def refuse_last_day(day: date) -> None:
    """Raise where nobody who works here can have left on that day; it may lie ahead.

    Raises:
        UnreadableValueError: It lies before ``EARLIEST_EMPLOYMENT``.
    """
    if day < EARLIEST_EMPLOYMENT:
        raise UnreadableValueError(f"{day} is no day on which somebody left.", "Correct the year, or leave it empty.")


def refuse_since(day: date, today: date) -> None:
    """Raise where nothing of the roster can be known to hold from that day on.

    Raises:
        UnreadableValueError: It is still to come, or lies before ``EARLIEST_EMPLOYMENT``.
    """
    if day > today:
        raise UnreadableValueError(f"{day} lies in the future.", "Record it on that day, or later.")
    if day < EARLIEST_EMPLOYMENT:
        raise UnreadableValueError(f"{day} is too long ago.", "For what was always so write: always")
