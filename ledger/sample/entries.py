"""The time entries of one invented patient."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random

from ledger.clock import month_of, previous_month
from ledger.rules.facts import CONTACT_ACTIVITIES, Activity, Contact
from ledger.sample.cases import LAST_MONTH_CCM, Case, Extra, Minutes
from ledger.sample.notes import ACTIVITIES, care_note
from ledger.sample.workdays import Diary, month_days

_MINUTES_A_SESSION = 6
_MOST_SESSIONS = 5
_LATE_ONE_IN = 40
_LATE_DAYS = 4
_UNTIMED_ONE_IN = 6
_VISIT_NOTE = "Office visit with the practitioner; vitals taken and medicines listed. Billed as a visit."
_ATTEMPT_NOTE = "Attempt {number} to reach the patient about the sugar diary. Nobody answered, will try again."
_CONSENT_NOTE = "Explained what the program is and answered questions about the copay. Consent is still to be given."
_MEETING_NOTES = (
    "Case meeting on the repeated falls and the new walker. Agreed on a home safety visit.",
    "Discussed the falls in the case meeting. The home safety visit comes before any change of medicines.",
)


@dataclass(frozen=True, slots=True)
class Work:
    """What was done, for which program."""

    program: str
    activity: Activity
    contact: Contact | None
    note: str


@dataclass(frozen=True, slots=True)
class SampleEntry:
    """An entry of the file; ``started_at`` and ``recorded_at`` are local, and None where the file leaves them empty."""

    work: Work
    staff_id: str
    day: date
    duration_minutes: int
    started_at: datetime | None
    recorded_at: datetime | None


@dataclass(frozen=True, slots=True)
class CareTeam:
    """Who works for a patient. The lead stands in on days of the month that end in ``lead_digit``."""

    coordinator: str
    lead: str
    practitioner: str
    lead_digit: int

    def on(self, day: date) -> str:
        """Return who works for the patient that day: one alone, so that no minutes coincide by accident (C11)."""
        return self.lead if day.day % 10 == self.lead_digit else self.coordinator


@dataclass(frozen=True, slots=True)
class Calendar:
    """The days of last month, of this month so far, and of the whole of this month."""

    today: date
    last_month: Sequence[date]
    so_far: Sequence[date]
    this_month: Sequence[date]

    @classmethod
    def of(cls, today: date) -> "Calendar":
        """Return the calendar as seen from ``today``."""
        first = month_of(today)
        return cls(today, month_days(previous_month(today)), month_days(first, until=today), month_days(first))


@dataclass(slots=True)
class PatientDiary:
    """Writes one patient's entries."""

    rng: Random
    diary: Diary
    calendar: Calendar
    team: CareTeam

    def entries(self, case: Case, *, is_early: bool, consent_date: date | None) -> list[SampleEntry]:
        """Return the entries of both months in order of time."""
        calendar = self.calendar
        days = calendar.so_far if is_early else calendar.this_month
        found = [*self._care(case, case.ccm, case.rpm, days)]
        ccm_last = self.rng.choice(LAST_MONTH_CCM) if "CCM" in case.programs else (0, 0)
        found += self._care(case, ccm_last, case.rpm, calendar.last_month)
        found += self._extras(case, consent_date)
        return sorted(found, key=lambda entry: (entry.day, entry.started_at or datetime.combine(entry.day, time.max)))

    def _care(self, case: Case, ccm: Minutes, rpm: Minutes, days: Sequence[date]) -> Iterator[SampleEntry]:
        for program, minutes in (("CCM", ccm), ("RPM", rpm)):
            for number, length in enumerate(_sessions(self.rng, self.rng.randint(*minutes))):
                day = self.rng.choice(days)
                if day > self.calendar.today:
                    continue
                yield self._entry(self._care_work(case, program, number), day, length)

    def _care_work(self, case: Case, program: str, number: int) -> Work:
        contact = None
        activity = self.rng.choice(ACTIVITIES)
        if program == "RPM":
            activity = Activity.PATIENT_CONTACT if case.has_live_contact and number == 0 else Activity.RESULTS_REVIEW
        if activity is Activity.PATIENT_CONTACT and program == "CCM":
            contact = self.rng.choice((Contact.LIVE, Contact.LIVE, Contact.LIVE, Contact.MESSAGE))
        elif activity in CONTACT_ACTIVITIES:
            contact = Contact.LIVE
        return Work(program, activity, contact, care_note(self.rng, activity))

    def _extras(self, case: Case, consent_date: date | None) -> Iterator[SampleEntry]:
        day = self.rng.choice(self.calendar.so_far)
        match case.extra:
            case Extra.OFFICE_VISIT:
                visit = Work("CCM", Activity.EM_VISIT, None, _VISIT_NOTE)
                yield self._entry(visit, day, self.rng.randint(12, 20), self.team.practitioner)
            case Extra.VOICEMAILS:
                for number in range(1, self.rng.randint(2, 4) + 1):
                    contact = self.rng.choice((Contact.VOICEMAIL, Contact.NO_ANSWER))
                    attempt = Work("CCM", Activity.PATIENT_CONTACT, contact, _ATTEMPT_NOTE.format(number=number))
                    yield self._entry(attempt, day, self.rng.randint(2, 4))
            case Extra.BEFORE_CONSENT if consent_date is not None:
                talk = Work("CCM", Activity.CARE_PLAN, None, _CONSENT_NOTE)
                yield self._entry(talk, consent_date - timedelta(days=1), self.rng.randint(8, 14))
            case Extra.SAME_MINUTES:
                yield from self._meeting()
            case _:
                return

    def _meeting(self) -> Iterator[SampleEntry]:
        """Yield two people in one meeting: its minutes count once (C11). It needs times, so it was before today."""
        day = [day for day in (*self.calendar.last_month, *self.calendar.so_far) if day < self.calendar.today][-1]
        both = (self.team.coordinator, self.team.lead)
        length = self.rng.randint(8, 12)
        start = self.diary.book(both, day, length)
        if start is not None:
            for staff_id, note in zip(both, _MEETING_NOTES, strict=True):
                meeting = Work("CCM", Activity.PROVIDER_COORDINATION, None, note)
                yield self._written(meeting, staff_id, day, length, start)

    def _entry(self, work: Work, day: date, length: int, staff_id: str | None = None) -> SampleEntry:
        staff_id = staff_id or self.team.on(day)
        # What was done today has no times: the file may be imported at any hour, and times could lie ahead of it.
        is_timed = day < self.calendar.today and self.rng.randrange(_UNTIMED_ONE_IN) > 0
        start = self.diary.book((staff_id,), day, length) if is_timed else None
        return self._written(work, staff_id, day, length, start)

    def _written(self, work: Work, staff_id: str, day: date, length: int, start: datetime | None) -> SampleEntry:
        if day == self.calendar.today:
            return SampleEntry(work, staff_id, day, length, start, None)
        done = start + timedelta(minutes=length) if start else datetime.combine(day, time(18))
        recorded = done + timedelta(minutes=self.rng.randint(1, 20))
        late = recorded + timedelta(days=_LATE_DAYS)
        if self.rng.randrange(_LATE_ONE_IN) == 0 and late.date() < self.calendar.today:
            recorded = late
        return SampleEntry(work, staff_id, day, length, start, recorded)


def _sessions(rng: Random, total_minutes: int) -> list[int]:
    """Return ``total_minutes`` in a few sessions of uneven length."""
    count = min(_MOST_SESSIONS, max(1, total_minutes // _MINUTES_A_SESSION))
    lengths = []
    for left in range(count, 0, -1):
        share = total_minutes // left
        length = share if left == 1 else rng.randint(max(1, share - 2), share + 2)
        lengths.append(length)
        total_minutes -= length
    return [length for length in lengths if length]
