"""How dates, minutes, money and names of things are said, everywhere alike."""

from collections.abc import Sequence
from datetime import date, datetime

from ledger.characters import beginning, characters
from ledger.rules import catalogue
from ledger.rules.facts import Activity, Contact
from ledger.rules.formatting import dollars
from ledger.rules.statement import CodeLine, Exclusion, Group, Status

ACTIVITY_WORDS = {activity: activity.value.replace("_", " ") for activity in Activity} | {
    Activity.EM_VISIT: "office visit",
    Activity.AI_CALL: "AI call",
    Activity.AI_SUMMARY_REVIEW: "AI summary review",
}
CONTACT_WORDS = {
    Contact.LIVE: "live call",
    Contact.MESSAGE: "message",
    Contact.VOICEMAIL: "voicemail",
    Contact.NO_ANSWER: "no answer",
}
STATUS_WORDS = {
    Status.BILLABLE: "Billable",
    Status.BLOCKED: "Blocked",
    Status.BELOW_THRESHOLD: "Below threshold",
}
GROUP_WORDS = {
    Group.BILLABLE: STATUS_WORDS[Status.BILLABLE],
    Group.BLOCKED: STATUS_WORDS[Status.BLOCKED],
    Group.BELOW_THRESHOLD: STATUS_WORDS[Status.BELOW_THRESHOLD],
    Group.UNTOUCHED: "No time logged",
}
about_patient = catalogue.about_patient
money = dollars


def escaped(text: str) -> str:
    """Return ``text`` as Slack's mrkdwn shows it literally."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def clipped(text: str, most_characters: int) -> str:
    """Return ``text``, or its beginning and dots where it is longer."""
    return text if characters(text) <= most_characters else f"{beginning(text, most_characters - 1)}…"


def some_of(parts: Sequence[str], most: int) -> str:
    """Return ``a, b and 3 more``: the first ``most`` of the parts."""
    shown = ", ".join(parts[:most])
    return f"{shown} and {len(parts) - most} more" if parts[most:] else shown


def minutes(count: int) -> str:
    """Return ``1 minute`` or ``12 minutes``."""
    return f"{count} minute{'' if count == 1 else 's'}"


def provisional_lines(month: date, *, is_so: bool) -> list[str]:
    """Return the line that marks a month whose year has no rulebook yet, nothing for another one (B1)."""
    if not is_so:
        return []
    said = (
        f"{month.year} has no rulebook yet. Codes and payments are those of an earlier year and may change (rule B1)."
    )
    return [f"*Provisional:* {said}"]


def month_name(month: date) -> str:
    """Return ``November 2026``."""
    return f"{month:%B %Y}"


def day(on: date) -> str:
    """Return ``Tue Nov 3``."""
    return f"{on:%a %b} {on.day}"


def full_day(on: date) -> str:
    """Return ``Tue Nov 3, 2026``."""
    return f"{day(on)}, {on.year}"


def clock(at: datetime) -> str:
    """Return ``2:05 pm``."""
    return f"{at:%I:%M} {at:%p}".lstrip("0").lower()


def span(start: datetime, end: datetime) -> str:
    """Return ``2:05–2:17 pm``, or ``11:55 am–12:10 pm`` over noon."""
    first = clock(start)
    if f"{start:%p}" == f"{end:%p}":
        first = first.split(" ")[0]
    return f"{first}–{clock(end)}"


def when(on: date, started_at: datetime | None, ended_at: datetime | None) -> str:
    """Return ``Tue Nov 3, 2:05–2:17 pm``, or the day alone where no times are known."""
    return f"{day(on)}, {span(started_at, ended_at)}" if started_at and ended_at else day(on)


def what(activity: Activity, contact: Contact | None) -> str:
    """Return ``medication management, live call``, or the activity alone where nobody was to be reached."""
    return f"{ACTIVITY_WORDS[activity]}, {CONTACT_WORDS[contact]}" if contact else ACTIVITY_WORDS[activity]


def not_counted(excluded: Sequence[Exclusion]) -> list[str]:
    """Return ``12 min OVERLAP (C5)`` of each exclusion."""
    return [f"{one.minutes} min {one.reason} ({one.rule})" for one in excluded]


def codes(lines: tuple[CodeLine, ...]) -> str:
    """Return ``99490 + 2 × 99439``."""
    return " + ".join(f"{line.units} × {line.code}" if line.units > 1 else line.code for line in lines)


def listed(count: int, one: str, many: str | None = None) -> str:
    """Return ``1 patient`` or ``4 patients``."""
    return f"{count} {one if count == 1 else many or one + 's'}"


def family(name: str) -> str:
    """Return ``CCM practitioner`` for the rulebook's ``ccm_practitioner``."""
    program, _, kind = name.partition("_")
    return f"{program.upper()} {kind}"
