"""What an auditor would ask about (billing-rules section 7). Nothing here changes a code.

W3, W6, W8, W10 and W12 look at all entries of the month: they are asked once, and told of each program they concern.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import combinations
from typing import NamedTuple
from zoneinfo import ZoneInfo

from ledger.rules.catalogue import CATALOGUE
from ledger.rules.catalogue.lists import WARNINGS
from ledger.rules.coding import Offer, Tally
from ledger.rules.counting import CountedEntry
from ledger.rules.devices import overlapping, period_unknown
from ledger.rules.doubles import may_be_one
from ledger.rules.durations import MINUTE, end_of_day, is_late, nearest_minutes
from ledger.rules.facts import Program, TimeEntry
from ledger.rules.formatting import listed
from ledger.rules.month_view import MonthView
from ledger.rules.records import missing_elements, missing_of_consent, plan_was_shared
from ledger.rules.statement import AuditWarning, ProgramStatement, Statement

THIN_CHARACTERS = 40
LEAST_SENTENCES = 2
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
NOTES_REMEMBERED = 4096
"""How many notes are not judged anew when their month is evaluated again."""
HOUR = timedelta(hours=1)

_SENTENCE_END = re.compile(r"[.!?\n](?<!\bDr\.)(?<!\bMr\.)(?<!\bMs\.)(?<!\bMrs\.)(?<!\bvs\.)(?:(?<=\n)|(?=\s)|$)")
"""Where a sentence ends: not after a title, nor inside a number such as 7.2."""


PersonDay = tuple[date, str]
"""A date of service and whose it is."""


class Finding(NamedTuple):
    """A warning about entries of the month, and the programs of these entries."""

    warning: AuditWarning
    programs: frozenset[Program]


class Audit(NamedTuple):
    """One program of a patient-month under an auditor's eye.

    ``taken`` is the family its minutes select, ``minutes_billed`` whether it is on the claim, ``findings`` what was
    found over all programs of the month.
    """

    month: MonthView
    tally: Tally
    taken: Offer | None
    minutes_billed: bool
    needs_care_plan: bool
    counts_readings: bool
    findings: Sequence[Finding]


def month_findings(month: MonthView, counted: Sequence[CountedEntry]) -> list[Finding]:
    """Return what is found over all entries of the month, whatever their program."""
    live = [one.entry for one in counted if not one.entry.voided]
    found = (
        round_minutes(live),
        no_times(live),
        crowded_hour(counted, month),
        cloned_note(live),
        possible_double(live),
    )
    return [finding for finding in found if finding is not None]


def warnings_of(audit: Audit) -> tuple[AuditWarning, ...]:
    """Return every warning that holds, in the order of billing-rules."""
    program = audit.tally.program
    found = [finding.warning for finding in audit.findings if program in finding.programs]
    found += [warning for rule in PROGRAM_RULES if (warning := rule(audit)) is not None]
    found.sort(key=lambda warning: WARNING_NUMBERS.index(warning.code))
    return tuple(found)


def note_advice(note: str) -> str | None:
    """Return what would make the note hold before an auditor, None where it is fine (W1)."""
    sentences = [words for part in _SENTENCE_END.split(note) if (words := _words(part).strip(" .!?"))]
    telling = [words for words in sentences if words not in STOCK_PHRASES and " " in words]
    if not telling and any(words in STOCK_PHRASES for words in sentences):
        return "Note is a stock phrase: say what was found and what was decided."
    if len(note.strip()) < THIN_CHARACTERS:
        return "Note is short: say what was found and what was decided."
    if len(sentences) < LEAST_SENTENCES:
        return "Note is one sentence: add what was decided."
    return None


_remembered_advice = lru_cache(maxsize=NOTES_REMEMBERED)(note_advice)


def note_thin(audit: Audit) -> AuditWarning | None:
    """W1: notes of fewer than two sentences, under 40 characters, or of stock phrases alone."""
    thin = [entry for entry in audit.tally.logged if entry.note.strip() and _remembered_advice(entry.note)]
    return _warning("W1", thin) if thin else None


def plan_untouched(audit: Audit) -> AuditWarning | None:
    """W2: minutes count, but the care plan was not revised in the 90 days up to the month's last day."""
    newest = audit.month.newest_plan
    fresh = newest is not None and (audit.month.last_day - newest.revised_on).days <= UNTOUCHED_DAYS
    if fresh or not audit.needs_care_plan or not audit.tally.minutes.total:
        return None
    return _warning("W2", (), days=UNTOUCHED_DAYS)


def round_minutes(live: Sequence[TimeEntry]) -> Finding | None:
    """W3: at least 5 entries of the month have no times, and 80 % of those are multiples of 5."""
    untimed = [entry for entry in live if entry.started_at is None]
    rounded = [entry for entry in untimed if entry.duration_minutes % ROUND_MULTIPLE == 0]
    if len(untimed) < ROUND_ENTRIES or len(rounded) * 100 < len(untimed) * ROUND_PERCENT:
        return None
    return _finding("W3", rounded, round=len(rounded), untimed=len(untimed))


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
    late = [entry for entry in audit.tally.logged if _recorded_late(entry, audit.month.zone)]
    return _warning("W5", late) if late else None


def no_times(live: Sequence[TimeEntry]) -> Finding | None:
    """W6: no entry of the month has start and end."""
    return None if any(entry.started_at for entry in live) else _finding("W6", live)


def facility_month(audit: Audit) -> AuditWarning | None:
    """W7: a stay touches the month, and minutes are billed."""
    month = audit.month
    touches = any(stay.first_day <= month.last_day and month.first_day <= stay.last_day for stay in month.stays)
    return _warning("W7", ()) if touches and audit.minutes_billed else None


def crowded_hour(counted: Sequence[CountedEntry], month: MonthView) -> Finding | None:
    """W8: one staff member has over 60 counted minutes in one clock hour, or over 600 in a day; each day is told.

    Of one patient's month alone; ``with_crowded_days`` tells what was found over all of a person's patients.
    """
    by_day: defaultdict[PersonDay, list[CountedEntry]] = defaultdict(list)
    for one in counted:
        if one.minutes:
            by_day[one.entry.date_of_service, one.entry.staff_id].append(one)
    crowded = crowded_days(by_day, month.zone)
    return _crowded_finding([one.entry for key in crowded for one in by_day[key]], crowded)


def crowded_days(worked: Mapping[PersonDay, Sequence[CountedEntry]], zone: ZoneInfo) -> dict[PersonDay, str]:
    """Return the days that are too full for one person, earliest first, each with its minutes in words (W8)."""
    found = {key: _crowded(entries, zone) for key, entries in sorted(worked.items())}
    return {key: words for key, words in found.items() if words is not None}


def with_crowded_days(
    statement: Statement, entries: Sequence[TimeEntry], crowded: Mapping[PersonDay, str]
) -> Statement:
    """Return the statement of one patient, warned of the crowded days that its ``entries`` lie in (W8)."""
    concerned = [one for one in entries if not one.voided and (one.date_of_service, one.staff_id) in crowded]
    finding = _crowded_finding(concerned, crowded)
    if finding is None:
        return statement
    return replace(
        statement,
        programs=tuple(
            _warned(part, finding.warning) if part.program in finding.programs else part for part in statement.programs
        ),
    )


def _warned(part: ProgramStatement, warning: AuditWarning) -> ProgramStatement:
    """Return the part with that warning, in place of one of its number."""
    others = [other for other in part.warnings if other.code != warning.code]
    found = sorted((*others, warning), key=lambda one: WARNING_NUMBERS.index(one.code))
    return replace(part, warnings=tuple(found))


def _crowded_finding(entries: Sequence[TimeEntry], crowded: Mapping[PersonDay, str]) -> Finding | None:
    days = sorted({(entry.date_of_service, entry.staff_id) for entry in entries})
    told = [f"{crowded[key]} on {key[0]:%b} {key[0].day}" for key in days]
    return _finding("W8", entries, crowded=listed(told))


def _crowded(worked: Sequence[CountedEntry], zone: ZoneInfo) -> str | None:
    """Return the minutes of one person's day that are too many, in words."""
    minutes = sum(one.minutes for one in worked)
    if minutes > CROWDED_DAY_MINUTES:
        return f"{minutes} counted minutes in one day"
    if minutes <= CROWDED_HOUR_MINUTES:
        return None
    fullest = max(_minutes_by_hour(worked, zone).values(), default=0)
    return f"{fullest} counted minutes in one clock hour" if fullest > CROWDED_HOUR_MINUTES else None


def last_minute(audit: Audit) -> AuditWarning | None:
    """W9: over half of the minutes fall in the last 3 days of the month."""
    from_day = audit.month.last_day - timedelta(days=LAST_DAYS - 1)
    late = [one for one in audit.tally.entries if one.minutes and one.entry.date_of_service >= from_day]
    late_minutes, total = sum(one.minutes for one in late), audit.tally.minutes.total
    if late_minutes * 2 <= total:
        return None
    return _warning("W9", [one.entry for one in late], late=late_minutes, total=total)


def cloned_note(live: Sequence[TimeEntry]) -> Finding | None:
    """W10: two entries of the month share a note word for word; the parts of one piece of work are one entry."""
    by_note: dict[str, list[TimeEntry]] = {}
    for entry in live:
        by_note.setdefault(_remembered_words(entry.note), []).append(entry)
    by_note.pop("", None)
    shared = [entries for entries in by_note.values() if len(entries) > 1 and len({_whole(one) for one in entries}) > 1]
    return _finding("W10", [entry for entries in shared for entry in entries])


def possible_double(live: Sequence[TimeEntry]) -> Finding | None:
    """W12: two entries say the same work of one day, at least one without times; by two people, or under two ids."""
    by_work: dict[tuple[date, str, str | None], list[TimeEntry]] = {}
    for entry in live:
        by_work.setdefault((entry.date_of_service, entry.activity, entry.contact), []).append(entry)
    pairs = [pair for alike in by_work.values() for pair in combinations(alike, 2) if may_be_one(*pair)]
    return _finding("W12", [entry for pair in pairs for entry in pair])


def rounded_over(audit: Audit) -> AuditWarning | None:
    """W11: the last unit is reached by rounded lengths, but not by the exact seconds of the counted entries (E2)."""
    if audit.taken is None or not audit.taken.units:
        return None
    family = audit.taken.family
    exact = timedelta()
    entries = []
    for one in audit.tally.entries:
        if one.minutes and (family.counts == "total" or one.by_practitioner):
            exact += sum((end - start for start, end in one.spans), timedelta()) if one.spans else one.minutes * MINUTE
            entries += [one.entry] if one.spans else []
    at_minutes = family.minutes_of(audit.taken.units)
    if exact >= at_minutes * MINUTE:
        return None
    minutes, rest = divmod(exact, MINUTE)
    return _warning("W11", entries, minutes=at_minutes, exact=f"{minutes} min {rest.seconds} s")


def plan_incomplete(audit: Audit) -> AuditWarning | None:
    """W13: the newest care plan is not recorded as having all elements."""
    missing = missing_elements(audit.month) if audit.needs_care_plan else []
    return _warning("W13", (), missing=listed(missing)) if missing else None


def plan_not_shared(audit: Audit) -> AuditWarning | None:
    """W14: no copy of the newest care plan is recorded."""
    return None if not audit.needs_care_plan or plan_was_shared(audit.month) else _warning("W14", ())


def consent_incomplete(audit: Audit) -> AuditWarning | None:
    """W15: the consent does not record all that was said, or who took it."""
    missing = missing_of_consent(audit.tally.program, audit.month)
    return _warning("W15", (), missing=listed(missing)) if missing else None


def device_period_unknown(audit: Audit) -> AuditWarning | None:
    """W16: days with readings are a bare count for the month."""
    return _warning("W16", ()) if audit.counts_readings and period_unknown(audit.tally.program, audit.month) else None


def device_period_overlap(audit: Audit) -> AuditWarning | None:
    """W18: a device period begins before the one before it has ended."""
    return _warning("W18", ()) if audit.counts_readings and overlapping(audit.tally.program, audit.month) else None


PROGRAM_RULES: tuple[Callable[[Audit], AuditWarning | None], ...] = (
    note_thin,
    plan_untouched,
    exact_threshold,
    late_entry,
    facility_month,
    last_minute,
    rounded_over,
    plan_incomplete,
    plan_not_shared,
    consent_incomplete,
    device_period_unknown,
    device_period_overlap,
)
"""The warnings that are asked of each program."""

WARNING_NUMBERS = tuple(rule.number for rule in WARNINGS)
"""The warnings in the order of billing-rules."""


def _words(text: str) -> str:
    return " ".join(text.casefold().split())


_remembered_words = lru_cache(maxsize=NOTES_REMEMBERED)(_words)


def _whole(entry: TimeEntry) -> int:
    """Return the number of the piece of work that the entry is, or is a part of."""
    return entry.number if entry.first_part_number is None else entry.first_part_number


def _recorded_late(entry: TimeEntry, zone: ZoneInfo) -> bool:
    # A date and the next are never 72 hours apart, in whatever zone either is told: most entries end here.
    if (entry.recorded_at.date() - entry.date_of_service).days <= 1:
        return False
    ended_at = entry.work_ended_at or entry.ended_at or end_of_day(entry.date_of_service, zone)
    return is_late(entry.recorded_at, ended_at)


def _minutes_by_hour(worked: Iterable[CountedEntry], zone: ZoneInfo) -> dict[datetime, int]:
    """Return the counted minutes of entries with times, by the clock hour in which they lie.

    Each hour has whole minutes: of an entry over the full hour, what its running length, rounded by E2, grows by.
    """
    minutes: defaultdict[datetime, int] = defaultdict(int)
    for one in worked:
        elapsed, before = timedelta(), 0
        for start, end in one.spans:
            moment = start
            while moment < end:
                local = moment.astimezone(zone)
                hour = local.replace(minute=0, second=0, microsecond=0).astimezone(UTC)
                until = min(end, hour + HOUR)
                elapsed += until - moment
                counted = min(nearest_minutes(elapsed), one.minutes)
                minutes[hour] += counted - before
                moment, before = until, counted
    return minutes


def _finding(number: str, entries: Sequence[TimeEntry], **facts: object) -> Finding | None:
    """Return the warning about ``entries`` with their programs, None where there are no entries."""
    return (
        Finding(_warning(number, entries, **facts), frozenset(entry.program for entry in entries)) if entries else None
    )


def _warning(number: str, entries: Iterable[TimeEntry], **facts: object) -> AuditWarning:
    rule = CATALOGUE[number]
    numbers = tuple(sorted({entry.number for entry in entries}))
    return AuditWarning(rule.number, rule.name, rule.message.format(**facts), numbers)
