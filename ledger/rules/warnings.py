"""What an auditor would ask about (billing-rules section 7). Nothing here changes a code."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from ledger.rules.catalogue import CATALOGUE
from ledger.rules.coding import Offer, Tally
from ledger.rules.counting import CountedEntry
from ledger.rules.durations import end_of_day, is_late
from ledger.rules.facts import TimeEntry
from ledger.rules.month import MonthView
from ledger.rules.statement import AuditWarning

THIN_CHARACTERS = 40
STOCK_PHRASES = frozenset(
    {"reviewed chart", "followed up", "coordinated care", "patient contacted", "reviewed readings"}
)
UNTOUCHED_DAYS = 90
ROUND_ENTRIES = 5
ROUND_MULTIPLE = 5
ROUND_PERCENT = 80
CROWDED_HOUR_MINUTES = 60
CROWDED_DAY_MINUTES = 600
LAST_DAYS = 3
HOUR = timedelta(hours=1)

_SENTENCE_END = re.compile(r"[.!?\n](?<!\bDr\.)(?<!\bMr\.)(?<!\bMs\.)(?<!\bMrs\.)(?<!\bvs\.)(?:(?<=\n)|(?=\s)|$)")
"""Where a sentence ends: not after a title, nor inside a number such as 7.2."""


@dataclass(frozen=True, slots=True)
class Audit:
    """One program of a patient-month under an auditor's eye.

    ``everything`` holds the entries of all programs, ``tally`` those of this one; ``taken`` is the family its minutes
    select, ``minutes_billed`` whether it is on the claim.
    """

    month: MonthView
    everything: tuple[CountedEntry, ...]
    tally: Tally
    taken: Offer | None
    minutes_billed: bool
    needs_care_plan: bool


def warnings_of(audit: Audit) -> tuple[AuditWarning, ...]:
    """Every warning that holds, in the order of billing-rules."""
    return tuple(warning for rule in WARNING_RULES if (warning := rule(audit)) is not None)


def note_advice(note: str) -> str | None:
    """What would make the note hold before an auditor, None where it is fine (W1)."""
    first, *rest = _SENTENCE_END.split(note, maxsplit=1)
    if _words(first) in STOCK_PHRASES and all(
        _words(part) in {*STOCK_PHRASES, ""} for part in _SENTENCE_END.split(note)
    ):
        return "Note is a stock phrase: say what was found and what was decided."
    if len(note.strip()) < THIN_CHARACTERS:
        return "Note is short: say what was found and what was decided."
    if not "".join(rest).strip(" .!?\n"):
        return "Note is one sentence: add what was decided."
    return None


def note_thin(audit: Audit) -> AuditWarning | None:
    """W1: notes of fewer than two sentences, under 40 characters, or of stock phrases alone."""
    thin = [entry for entry in _live(audit.tally.entries) if entry.note.strip() and note_advice(entry.note)]
    return _about(audit, "W1", thin)


def plan_untouched(audit: Audit) -> AuditWarning | None:
    """W2: minutes count, but the care plan was not revised in the 90 days up to the month's last day."""
    newest = audit.month.newest_plan
    fresh = newest is not None and (audit.month.last_day - newest).days <= UNTOUCHED_DAYS
    if fresh or not audit.needs_care_plan or not audit.tally.minutes.total:
        return None
    return _warning("W2", (), days=UNTOUCHED_DAYS)


def round_minutes(audit: Audit) -> AuditWarning | None:
    """W3: at least 5 entries of the month have no times, and 80 % of those are multiples of 5."""
    untimed = [entry for entry in _live(audit.everything) if entry.started_at is None]
    rounded = [entry for entry in untimed if entry.duration_minutes % ROUND_MULTIPLE == 0]
    if len(untimed) < ROUND_ENTRIES or len(rounded) * 100 < len(untimed) * ROUND_PERCENT:
        return None
    return _about(audit, "W3", rounded, round=len(rounded), untimed=len(untimed))


def exact_threshold(audit: Audit) -> AuditWarning | None:
    """W4: the minutes of the family are exactly one of its thresholds, reached with the entry recorded last."""
    if audit.taken is None:
        return None
    family = audit.taken.family
    thresholds = family.unit_minutes if family.short is None else (family.short.at_minutes, *family.unit_minutes)
    if audit.taken.minutes not in thresholds:
        return None
    counted = [one.entry for one in audit.tally.entries if one.minutes]
    last = max(counted, key=lambda entry: (entry.recorded_at, entry.number))
    return _warning("W4", [last], minutes=audit.taken.minutes)


def late_entry(audit: Audit) -> AuditWarning | None:
    """W5: entries recorded more than 72 hours after the work (E8); without times, after the end of its date."""
    late = [entry for entry in _live(audit.tally.entries) if _recorded_late(entry, audit.month.zone)]
    return _about(audit, "W5", late)


def no_times(audit: Audit) -> AuditWarning | None:
    """W6: no entry of the month has start and end."""
    live = _live(audit.everything)
    return None if any(entry.started_at for entry in live) else _about(audit, "W6", live)


def facility_month(audit: Audit) -> AuditWarning | None:
    """W7: a stay touches the month, and minutes are billed."""
    month = audit.month
    touches = any(stay.first_day <= month.last_day and month.first_day <= stay.last_day for stay in month.stays)
    return _warning("W7", ()) if touches and audit.minutes_billed else None


def crowded_hour(audit: Audit) -> AuditWarning | None:
    """W8: one staff member has over 60 counted minutes in one clock hour, or over 600 in a day."""
    if sum(one.minutes for one in audit.everything) <= CROWDED_HOUR_MINUTES:
        return None
    days: defaultdict[tuple[str, date], list[CountedEntry]] = defaultdict(list)
    for one in audit.everything:
        if one.minutes:
            days[one.entry.staff_id, one.entry.date_of_service].append(one)
    for _, worked in sorted(days.items()):
        day_minutes = sum(one.minutes for one in worked)
        if day_minutes > CROWDED_DAY_MINUTES:
            return _about(audit, "W8", (one.entry for one in worked), minutes=day_minutes, stretch="day")
        if day_minutes > CROWDED_HOUR_MINUTES:
            hour_minutes = round(max(_minutes_by_hour(worked, audit.month).values(), default=0), 3)
            if hour_minutes > CROWDED_HOUR_MINUTES:
                minutes = f"{hour_minutes:g}"
                return _about(audit, "W8", (one.entry for one in worked), minutes=minutes, stretch="clock hour")
    return None


def last_minute(audit: Audit) -> AuditWarning | None:
    """W9: over half of the minutes fall in the last 3 days of the month."""
    from_day = audit.month.last_day - timedelta(days=LAST_DAYS - 1)
    late = [one for one in audit.tally.entries if one.minutes and one.entry.date_of_service >= from_day]
    late_minutes, total = sum(one.minutes for one in late), audit.tally.minutes.total
    if late_minutes * 2 <= total:
        return None
    return _warning("W9", [one.entry for one in late], late=late_minutes, total=total)


def cloned_note(audit: Audit) -> AuditWarning | None:
    """W10: two entries of the month share a note word for word; the parts of one piece of work are one entry."""
    by_note: dict[str, list[TimeEntry]] = {}
    for entry in _live(audit.everything):
        by_note.setdefault(_words(entry.note), []).append(entry)
    by_note.pop("", None)
    shared = [entries for entries in by_note.values() if len(entries) > 1 and len({_whole(one) for one in entries}) > 1]
    return _about(audit, "W10", (entry for entries in shared for entry in entries))


WARNING_RULES: tuple[Callable[[Audit], AuditWarning | None], ...] = (
    note_thin,
    plan_untouched,
    round_minutes,
    exact_threshold,
    late_entry,
    no_times,
    facility_month,
    crowded_hour,
    last_minute,
    cloned_note,
)
"""The warnings in the order of billing-rules."""


def _live(counted: Iterable[CountedEntry]) -> list[TimeEntry]:
    return [one.entry for one in counted if not one.entry.voided]


def _words(text: str) -> str:
    return " ".join(text.casefold().split())


def _whole(entry: TimeEntry) -> int:
    """The number of the piece of work that the entry is, or is a part of."""
    return entry.number if entry.first_part_number is None else entry.first_part_number


def _recorded_late(entry: TimeEntry, zone: ZoneInfo) -> bool:
    # A date and the next are never 72 hours apart, in whatever zone either is told: most entries end here.
    if (entry.recorded_at.date() - entry.date_of_service).days <= 1:
        return False
    return is_late(entry.recorded_at, entry.ended_at or end_of_day(entry.date_of_service, zone))


def _minutes_by_hour(worked: Iterable[CountedEntry], month: MonthView) -> dict[datetime, float]:
    """The counted minutes of entries with times, by the clock hour in which they lie."""
    minutes: defaultdict[datetime, float] = defaultdict(float)
    for one in worked:
        length = sum((end - start for start, end in one.spans), timedelta())
        for start, end in one.spans:
            moment = start
            while moment < end:
                local = moment.astimezone(month.zone)
                hour = local.replace(minute=0, second=0, microsecond=0).astimezone(UTC)
                until = min(end, hour + HOUR)
                minutes[hour] += one.minutes * ((until - moment) / length)
                moment = until
    return minutes


def _about(audit: Audit, number: str, entries: Iterable[TimeEntry], **facts: object) -> AuditWarning | None:
    """The warning about ``entries``, where at least one of them is of the program that is looked at."""
    concerned = list(entries)
    if not any(entry.program is audit.tally.program for entry in concerned):
        return None
    return _warning(number, concerned, **facts)


def _warning(number: str, entries: Iterable[TimeEntry], **facts: object) -> AuditWarning:
    rule = CATALOGUE[number]
    numbers = tuple(sorted({entry.number for entry in entries}))
    return AuditWarning(rule.number, rule.name, rule.message.format(**facts), numbers)
