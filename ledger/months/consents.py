"""Consents that are not on record for who bills now: never given, revoked, or given for another practitioner (R9)."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from ledger.clock import month_of
from ledger.patients.records import PatientRecord, load_records
from ledger.practice.practice import Practice
from ledger.rules.consents import consent_is_on_record, consents_of_month
from ledger.rules.facts import Program
from ledger.rules.month_view import view_of
from ledger.storage.batches import batches


@dataclass(frozen=True, slots=True)
class MissingConsent:
    """A patient enrolled in a program, without a consent to it that holds.

    ``practitioner`` is who bills now, where the patient consented to the care of another and has to consent anew (R9).
    """

    patient_code: str
    program: Program
    practitioner: str | None = None


def missing_consents(
    connection: Connection, practice: Practice, patient_codes: Sequence[str], *, on: date
) -> list[MissingConsent]:
    """Return what these patients have not consented to of what they are enrolled in on that day, by code and program.

    A revoked consent holds to the end of its month (C6).
    """
    found = []
    for batch in batches(patient_codes):
        for code, record in load_records(connection, practice, batch, month_of(on)).items():
            found += _missing(practice, code, record, on)
    return sorted(found, key=lambda one: (one.patient_code, one.program))


def _missing(practice: Practice, patient_code: str, record: PatientRecord, on: date) -> list[MissingConsent]:
    month = view_of(record.facts(month_of(on)), practice.policy)
    programs = {
        enrollment.program for enrollment in month.facts.enrollments if month.is_enrolled(enrollment.program, on)
    }
    missing = []
    for program in programs:
        is_for_another = consent_is_on_record(program, month)
        lacks_practitioner = is_for_another and month.billing_practitioner is None
        if not consents_of_month(program, month) and not lacks_practitioner:
            missing.append(
                MissingConsent(patient_code, program, month.billing_practitioner if is_for_another else None)
            )
    return missing


def renewal_lines(missing: Sequence[MissingConsent], *, most: int) -> tuple[str, ...]:
    """Return who has to consent anew for whom, a sentence a practitioner that names ``most`` patients."""
    by_practitioner: Mapping[str, list[str]] = defaultdict(list)
    for one in missing:
        if one.practitioner is not None:
            by_practitioner[one.practitioner].append(f"{one.patient_code} ({one.program})")
    return tuple(_renewal(who, named, most) for who, named in sorted(by_practitioner.items()))


def _renewal(practitioner: str, named: Sequence[str], most: int) -> str:
    more = f" and {len(named) - most} more" if len(named) > most else ""
    consents = "a new consent is needed" if len(named) == 1 else f"{len(named)} new consents are needed"
    return f"{practitioner} bills now, so {consents} (rule R9): {', '.join(named[:most])}{more}"
