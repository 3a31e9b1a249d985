"""Which minutes count (billing-rules section 3): each counts, or is excluded under the first reason that applies."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from typing import NamedTuple

from ledger.rules.catalogue import CATALOGUE
from ledger.rules.consents import consent_on
from ledger.rules.durations import Span, spans_minutes, without
from ledger.rules.facts import CARE_ACTIVITIES, Contact, StaffMember, TimeEntry
from ledger.rules.formatting import day_words, listed
from ledger.rules.month_view import END, FacilityStay, MonthView
from ledger.rules.policy import PRACTITIONER_CREDENTIALS
from ledger.rules.rulebook import is_per_discharge, obeys_rpm_time
from ledger.rules.statement import EntryResult, Exclusion

ATTEMPTS = frozenset({Contact.VOICEMAIL, Contact.NO_ANSWER})


class Work(NamedTuple):
    """What is left of an entry on its way through the rules; no spans where it has no start and end.

    ``taken`` are the spans in which minutes of earlier entries already count, ``worker`` is the staff member as one
    who qualifies on that date (C4).
    """

    entry: TimeEntry
    minutes: int
    spans: tuple[Span, ...]
    taken: Sequence[Span]
    worker: StaffMember | None


class Cut(NamedTuple):
    """What a rule leaves of an entry, and in words why it took the rest."""

    text: str
    minutes_left: int = 0
    spans_left: tuple[Span, ...] = ()


class CountedEntry(NamedTuple):
    """An entry with its counted minutes, the spans they lie in (where it has times), and who worked.

    ``by_practitioner``: its minutes are practitioner minutes (section 4).
    """

    entry: TimeEntry
    minutes: int
    spans: tuple[Span, ...]
    by_practitioner: bool
    excluded: tuple[Exclusion, ...]

    @property
    def result(self) -> EntryResult:
        """What the statement says of the entry."""
        entry = self.entry
        return EntryResult(
            entry.number,
            entry.date_of_service,
            entry.program,
            entry.duration_minutes,
            self.minutes,
            self.excluded,
            entry.first_part_number is not None,
        )


Rule = Callable[[Work, MonthView], Cut | None]


def voided(work: Work, _month: MonthView) -> Cut | None:
    """C1: a voided entry does not count."""
    return Cut(CATALOGUE["C1"].message) if work.entry.voided else None


def undocumented(work: Work, _month: MonthView) -> Cut | None:
    """C2: an entry without a note does not count."""
    return None if work.entry.note.strip() else Cut(CATALOGUE["C2"].message)


def not_care_time(work: Work, _month: MonthView) -> Cut | None:
    """C3: an activity of the right-hand column of section 2 does not count."""
    if work.entry.activity in CARE_ACTIVITIES:
        return None
    return Cut(CATALOGUE["C3"].message.format(activity=work.entry.activity.value))


def unqualified_staff(work: Work, month: MonthView) -> Cut | None:
    """C4: on the date, the staff member has a qualifying credential, is active, and is supervised."""
    if work.worker is not None:
        return None
    staff_id, day = work.entry.staff_id, work.entry.date_of_service
    active = month.active_staff(staff_id, day)
    if any(member.credential in month.policy.qualifying_credentials for member in active):
        fault = "was not under the billing practitioner's supervision"
    else:
        fault = "held no qualifying credential" if active else "was not active"
    return Cut(CATALOGUE["C4"].message.format(day=day_words(day), fault=fault))


def not_enrolled(work: Work, month: MonthView) -> Cut | None:
    """C5: the patient is enrolled in the entry's program on that date."""
    day = work.entry.date_of_service
    if month.is_enrolled(work.entry.program, day) or is_per_discharge(work.entry.program):
        return None
    return Cut(CATALOGUE["C5"].message.format(program=work.entry.program.value, day=day_words(day)))


def no_consent(work: Work, month: MonthView) -> Cut | None:
    """C6: consent to the program on or before the date, not revoked before its month, for that day's practitioner."""
    day = work.entry.date_of_service
    if consent_on(work.entry.program, day, month) or is_per_discharge(work.entry.program):
        return None
    return Cut(CATALOGUE["C6"].message.format(program=work.entry.program.value, day=day_words(day)))


def in_facility(work: Work, month: MonthView) -> Cut | None:
    """C7: a date strictly inside a stay, or the minutes inside a stay known to the minute."""
    day = work.entry.date_of_service
    for stay in month.stays:
        if stay.strictly_inside(day):
            return Cut(_inside([stay], day))
    if not work.spans:
        return None
    known = [(stay, span) for stay in month.stays if stay.has_edge_on(day) and (span := stay.span_on_edge(day))]
    return _cut_out(work, [span for _, span in known], _inside([stay for stay, _ in known], day))


def facility_edge_day(work: Work, month: MonthView) -> Cut | None:
    """C8: the day of an admission or discharge, and nothing shows that the work lay outside the stay."""
    day = work.entry.date_of_service
    for stay in month.stays:
        if stay.has_edge_on(day) and not _settled_by_times(work, stay, day):
            return Cut(CATALOGUE["C8"].message.format(day=day_words(day)))
    return None


def _settled_by_times(work: Work, stay: FacilityStay, day: date) -> bool:
    """Return whether times tell, on an edge day of ``stay``, which of the work lay outside it."""
    if not work.spans:
        return False
    return stay.span_on_edge(day) is not None or all(stay.is_outside(span, day) for span in work.spans)


def outreach_attempt(work: Work, month: MonthView) -> Cut | None:
    """C9: a voicemail or an unanswered call, unless the policy counts attempts."""
    contact = work.entry.contact
    if contact not in ATTEMPTS or contact is None or month.policy.count_outreach_attempts:
        return None
    return Cut(CATALOGUE["C9"].message.format(contact=contact.value.replace("_", " ")))


def not_interactive(work: Work, month: MonthView) -> Cut | None:
    """C10: RPM minutes that are no live contact, under policy ``rpm_time = "interactive"`` (R7)."""
    if (
        month.policy.rpm_time == "interactive"
        and obeys_rpm_time(work.entry.program)
        and work.entry.contact is not Contact.LIVE
    ):
        return Cut(CATALOGUE["C10"].message)
    return None


def same_minutes(work: Work, _month: MonthView) -> Cut | None:
    """C11: minutes that already count for this patient in an entry with an earlier start, or recorded earlier."""
    return _cut_out(work, work.taken, CATALOGUE["C11"].message) if work.taken and work.spans else None


COUNTING_RULES: tuple[tuple[str, Rule], ...] = (
    ("C1", voided),
    ("C2", undocumented),
    ("C3", not_care_time),
    ("C4", unqualified_staff),
    ("C5", not_enrolled),
    ("C6", no_consent),
    ("C7", in_facility),
    ("C8", facility_edge_day),
    ("C9", outreach_attempt),
    ("C10", not_interactive),
    ("C11", same_minutes),
)
"""The rules in the order in which they apply."""

RULES_WITHOUT_STAYS = tuple((number, rule) for number, rule in COUNTING_RULES if number not in {"C7", "C8"})
"""The same for a patient who was in no facility, as most are."""


def count_entries(month: MonthView) -> tuple[CountedEntry, ...]:
    """Return every entry of the month with its minutes counted or excluded, in order of number and date.

    Entries take their minutes in the order of C11: by start, then by recording, then by number; those of programs that
    are billed by the discharge take theirs before all others (T6).
    """
    rules = COUNTING_RULES if month.stays else RULES_WITHOUT_STAYS
    reserved: list[Span] = []
    taken: list[Span] = []
    counted = []
    for entry, spans in sorted(((entry, _spans_of(entry)) for entry in month.facts.entries), key=_first_come):
        if spans and taken:
            taken = [span for span in taken if span[1] > spans[0][0]]
        worker = month.qualified(entry.staff_id, entry.date_of_service)
        before = [*reserved, *taken] if reserved else taken
        found = _count(Work(entry, entry.duration_minutes, spans, before, worker), month, rules)
        if found.minutes:
            (reserved if is_per_discharge(entry.program) else taken).extend(found.spans)
        counted.append(found)
    counted.sort(key=lambda one: (one.entry.number, one.entry.date_of_service))
    return tuple(counted)


def _spans_of(entry: TimeEntry) -> tuple[Span, ...]:
    if entry.started_at is None or entry.ended_at is None:
        return ()
    return ((entry.started_at.astimezone(UTC), entry.ended_at.astimezone(UTC)),)


def _first_come(work: tuple[TimeEntry, tuple[Span, ...]]) -> tuple[bool, datetime, datetime, int]:
    entry, spans = work
    started_at = spans[0][0] if spans else END
    return not is_per_discharge(entry.program), started_at, entry.recorded_at.astimezone(UTC), entry.number


def _count(work: Work, month: MonthView, rules: Sequence[tuple[str, Rule]]) -> CountedEntry:
    entry = work.entry
    excluded = []
    for number, rule in rules:
        cut = rule(work, month)
        if cut is None:
            continue
        if cut.minutes_left < work.minutes:
            reason = CATALOGUE[number].name
            excluded.append(Exclusion(work.minutes - cut.minutes_left, reason, number, cut.text))
        work = work._replace(minutes=cut.minutes_left, spans=cut.spans_left)
        if not work.minutes:
            break
    by_practitioner = (
        work.worker is not None
        and work.worker.credential in PRACTITIONER_CREDENTIALS
        and month.acts_as_practitioner(entry.staff_id)
    )
    return CountedEntry(entry, work.minutes, work.spans, by_practitioner, tuple(excluded))


def _inside(stays: Sequence[FacilityStay], day: date) -> str:
    settings = listed(stay.setting.replace("_", " ") for stay in stays)
    return CATALOGUE["C7"].message.format(setting=settings, day=day_words(day))


def _cut_out(work: Work, taken: Sequence[Span], text: str) -> Cut | None:
    """Return the work without the spans ``taken``.

    What is left counts to the nearest minute (E2), never more than before.
    """
    left = without(work.spans, taken)
    if left == work.spans:
        return None
    return Cut(text, min(work.minutes, spans_minutes(left)), left)
