"""Which two entries may be one piece of work (E7b, W12): without times nobody can tell them apart minute by minute."""

from ledger.rules.facts import TimeEntry


def look_alike(one: TimeEntry, other: TimeEntry) -> bool:
    """Return whether both say the same work of the same day, and times do not show that it was twice."""
    return (one.date_of_service, one.activity, one.contact) == (
        other.date_of_service,
        other.activity,
        other.contact,
    ) and (one.started_at is None or other.started_at is None)


def may_be_one(one: TimeEntry, other: TimeEntry) -> bool:
    """Return whether an auditor would ask about the two: of two people, or one row that came under two ids (W12).

    A row that was imported beside an entry that was typed came under another id, as it was not typed from the file.
    """
    if not look_alike(one, other):
        return False
    if one.staff_id != other.staff_id:
        return True
    return one.duration_minutes == other.duration_minutes and one.external_id != other.external_id
