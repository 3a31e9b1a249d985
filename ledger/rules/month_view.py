"""A patient-month as the rules look things up in it: dates in UTC where minutes matter, staff and stays by date."""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from ledger.clock import last_of_month, month_of
from ledger.rules.durations import Span
from ledger.rules.facts import CarePlanRevision, Designation, Enrollment, PatientMonth, Program, StaffMember, Stay
from ledger.rules.policy import PRACTITIONER_CREDENTIALS, Policy

FACILITY_SETTINGS = frozenset({"inpatient", "snf", "inpatient_rehab", "hospice"})
"""The settings that are stays (billing-rules C7); home and assisted or independent living are not."""

BEGINNING = datetime.min.replace(tzinfo=UTC)
END = datetime.max.replace(tzinfo=UTC)


class FacilityStay(NamedTuple):
    """A stay in a facility with the local dates of its edges, and its edges in UTC where known to the minute."""

    setting: str
    first_day: date
    last_day: date
    admitted_at: datetime | None
    discharged_at: datetime | None

    def strictly_inside(self, day: date) -> bool:
        """Return whether the whole of ``day`` lies between admission and discharge."""
        return self.first_day < day < self.last_day

    def has_edge_on(self, day: date) -> bool:
        """Return whether ``day`` is the date of admission or of discharge."""
        return day in (self.first_day, self.last_day)

    def span_on_edge(self, day: date) -> Span | None:
        """Return the stay on its edge day ``day`` (its other edge may lie days away), None where it is not known."""
        starts = self.admitted_at if day == self.first_day else BEGINNING
        ends = self.discharged_at if day == self.last_day else END
        return None if starts is None or ends is None else (starts, ends)

    def is_outside(self, span: Span, day: date) -> bool:
        """Return whether ``span`` on the edge day ``day`` is known to lie before admission or after discharge."""
        before = day == self.first_day and self.admitted_at is not None and span[1] <= self.admitted_at
        after = day == self.last_day and self.discharged_at is not None and self.discharged_at <= span[0]
        return before or after


class MonthView(NamedTuple):
    """The facts of a patient-month with the policy, ready to be asked.

    ``enrollments`` are those that touch the month, ``newest_plan`` is the newest revision of the care plan on or before
    its last day, ``billing_practitioner`` who is designated on that day (section 4); None where there is none.
    """

    facts: PatientMonth
    policy: Policy
    zone: ZoneInfo
    first_day: date
    last_day: date
    staff: dict[str, list[StaffMember]]
    qualified_staff: dict[str, list[StaffMember]]
    stays: tuple[FacilityStay, ...]
    enrollments: dict[Program, list[Enrollment]]
    newest_plan: CarePlanRevision | None
    billing_practitioner: str | None
    as_of: date

    def is_enrolled(self, program: Program, day: date) -> bool:
        """Return whether the patient is enrolled in ``program`` on ``day``."""
        return any(
            one.program == program and one.from_date <= day and (one.to_date is None or day <= one.to_date)
            for one in self.facts.enrollments
        )

    def is_practitioner(self, staff_id: str, day: date) -> bool:
        """Return whether that staff member is active on ``day`` with a practitioner's credential."""
        return any(member.credential in PRACTITIONER_CREDENTIALS for member in self.active_staff(staff_id, day))

    def acts_as_practitioner(self, staff_id: str) -> bool:
        """Return whether that person's time is practitioner time, given the credential (section 4)."""
        return self.policy.practitioner_minutes == "any_practitioner" or staff_id == self.billing_practitioner

    def active_staff(self, staff_id: str, day: date) -> list[StaffMember]:
        """Return the rows of that staff member (one a credential) that hold on ``day``."""
        return [member for member in self.staff.get(staff_id, ()) if _holds(member, day)]

    def qualified(self, staff_id: str, day: date) -> StaffMember | None:
        """Return the row by which the staff member's time counts on ``day`` (C4), a practitioner's first.

        None where none of the staff member's rows qualifies on that day.
        """
        for member in self.qualified_staff.get(staff_id, ()):
            if _holds(member, day):
                return member
        return None


def view_of(facts: PatientMonth, policy: Policy) -> MonthView:
    """Return the view of these facts under this policy."""
    zone = ZoneInfo(facts.timezone)
    first_day, last_day = month_of(facts.month), last_of_month(facts.month)
    staff: dict[str, list[StaffMember]] = {}
    qualified_staff: dict[str, list[StaffMember]] = {}
    for member in sorted(facts.staff, key=lambda member: member.credential not in PRACTITIONER_CREDENTIALS):
        staff.setdefault(member.staff_id, []).append(member)
        if member.supervised and member.credential in policy.qualifying_credentials:
            qualified_staff.setdefault(member.staff_id, []).append(member)
    enrollments: dict[Program, list[Enrollment]] = {}
    for enrollment in facts.enrollments:
        if enrollment.from_date <= last_day and (enrollment.to_date is None or first_day <= enrollment.to_date):
            enrollments.setdefault(enrollment.program, []).append(enrollment)
    return MonthView(
        facts=facts,
        policy=policy,
        zone=zone,
        first_day=first_day,
        last_day=last_day,
        staff=staff,
        qualified_staff=qualified_staff,
        stays=tuple(_facility_stays(facts.stays, zone)),
        enrollments=enrollments,
        newest_plan=max(
            (plan for plan in facts.care_plans if plan.revised_on <= last_day),
            key=lambda plan: plan.revised_on,
            default=None,
        ),
        billing_practitioner=designated_on(facts.designations, last_day),
        as_of=facts.as_of or last_day,
    )


def designated_on(designations: Iterable[Designation], day: date) -> str | None:
    """Return who is the billing practitioner on ``day``, None where nobody is; of several, who was designated last."""
    holding = [one for one in designations if _reaches(one.from_date, one.to_date, day)]
    return max(holding, key=_from_day).staff_id if holding else None


def designated_first(designations: Iterable[Designation], day: date) -> str | None:
    """Return who is designated on ``day``, or where nobody is, who is the first to be later."""
    designations = tuple(designations)
    designated = designated_on(designations, day)
    if designated is not None:
        return designated
    later = [one for one in designations if day < _from_day(one)]
    return min(later, key=_from_day).staff_id if later else None


def _from_day(designation: Designation) -> date:
    return designation.from_date or date.min


def _reaches(from_date: date | None, to_date: date | None, day: date) -> bool:
    return (from_date is None or from_date <= day) and (to_date is None or day <= to_date)


def _holds(member: StaffMember, day: date) -> bool:
    return _reaches(member.active_from, member.active_to, day)


def _facility_stays(stays: Iterable[Stay], zone: ZoneInfo) -> Iterable[FacilityStay]:
    for stay in sorted(stays, key=lambda stay: (str(stay.admitted), stay.setting)):
        if stay.setting in FACILITY_SETTINGS:
            first_day, admitted_at = _edge(stay.admitted, zone)
            last_day, discharged_at = (date.max, None) if stay.discharged is None else _edge(stay.discharged, zone)
            yield FacilityStay(stay.setting, first_day, last_day, admitted_at, discharged_at)


def _edge(edge: date, zone: ZoneInfo) -> tuple[date, datetime | None]:
    """Return the local date of a stay's edge, and its instant in UTC where it is known."""
    if isinstance(edge, datetime):
        return edge.astimezone(zone).date(), edge.astimezone(UTC)
    return edge, None
