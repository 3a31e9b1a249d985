"""Dated facts about a patient: appended, never changed; a later revision supersedes the one before it (design 2).

What makes two rows revisions of one fact is its kind, its subject and its date: the consent to CCM of November 3 has
one truth, whatever was recorded of it. A fact that was recorded by mistake is withdrawn by a revision that says so.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select

from ledger.practice.practice import Practice
from ledger.storage.batches import batches
from ledger.storage.hash_chain import lock_heads
from ledger.storage.tables import PatientFactRow

FactIdentity = tuple[str, str, str, date]
"""Patient, kind, subject and date."""


class FactKind(StrEnum):
    """What a fact is about; its subject and its dates mean what the comment says."""

    ENROLLMENT = "enrollment"  # a program; from its first day to its last
    CONSENT = "consent"  # a program; given on, revoked on
    INITIATING_VISIT = "initiating_visit"  # no subject; the day of the visit
    CARE_PLAN = "care_plan"  # no subject; the day of the revision
    STAY = "stay"  # a setting; admitted on, discharged on
    COMPLEXITY = "complexity"  # no subject; the day of the designation
    DEVICE = "device"  # no subject; the day of the set-up
    READINGS = "readings"  # how they are known (ReadingsKnown); the first day of the month, period or dates
    BILLED_ELSEWHERE = "billed_elsewhere"  # a program; the first day of the month
    APCM = "apcm"  # no subject; the first day of the month
    OTHER_SERVICE = "other_service"  # a service of rule R2; the first day of the month


class ReadingsKnown(StrEnum):
    """How readings are known, which is the subject of their fact."""

    MONTH = ""  # a count, of no known period
    PERIOD = "period"  # a count, of the 30 days from the fact's date
    DATES = "dates"  # every date, the first of which is the fact's


_SAID_PIECE_BY_PIECE = frozenset({FactKind.CONSENT, FactKind.CARE_PLAN})
"""Kinds of which a later revision may tell more, without saying again what is known: a copy was given since."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact as it is recorded. ``details`` holds text, numbers and booleans that are the kind's own."""

    patient_code: str
    kind: FactKind
    on_date: date
    subject: str = ""
    until_date: date | None = None
    details: Mapping[str, Any] = field(default_factory=dict)
    withdrawn: bool = False

    @property
    def identity(self) -> "FactIdentity":
        """What makes two facts revisions of one."""
        return self.patient_code, self.kind.value, self.subject, self.on_date

    def columns(self) -> dict[str, Any]:
        """Return the columns that say what the fact is."""
        return {
            "patient_code": self.patient_code,
            "kind": self.kind.value,
            "subject": self.subject,
            "on_date": self.on_date,
            "until_date": self.until_date,
            "details": dict(self.details),
            "withdrawn": self.withdrawn,
        }


@dataclass(frozen=True, slots=True)
class Appended:
    """What was stored: facts of which the ledger had nothing, and revisions of what it knew otherwise."""

    added: tuple[Fact, ...]
    revised: tuple[Fact, ...]

    @property
    def patient_codes(self) -> list[str]:
        """Whose facts these are, in order."""
        return sorted({fact.patient_code for fact in (*self.added, *self.revised)})


_KNOWN = (
    select(PatientFactRow.__table__)
    .where(
        PatientFactRow.practice_id == bindparam("mine"),
        PatientFactRow.patient_code.in_(bindparam("codes", expanding=True)),
    )
    .order_by(PatientFactRow.revision)
)
_INSERT = insert(PatientFactRow)


def append_facts(
    connection: Connection,
    practice: Practice,
    facts: Sequence[Fact],
    *,
    at: datetime,
    recorded_by: str,
    partial: bool = False,
    verbatim: bool = False,
) -> Appended:
    """Append the facts that the ledger does not know so, and return those.

    ``partial`` facts keep what is known where they say nothing: an end, a detail, a withdrawal. ``verbatim`` ones hold
    word for word, also where an end that is said again says no reason: whoever saw the reason has taken it away.
    """
    added: list[Fact] = []
    revised: list[Fact] = []
    for batch in batches(facts):
        codes = sorted({fact.patient_code for fact in batch})
        lock_heads(connection, practice.practice_id, codes)
        latest = _latest(connection, practice, codes)
        new = []
        for fact in batch:
            columns = fact.columns()
            known = latest.get(fact.identity)
            if known is not None and partial:
                columns |= _kept(fact, known)
            elif known is not None and not verbatim and _says_end_again(fact, known):
                columns["details"] = known["details"]
            elif known is not None and not verbatim and _adds_to(fact, known):
                columns["details"] = {**known["details"], **fact.details}
            if known is not None and all(known[name] == value for name, value in columns.items()):
                continue
            row = {
                "practice_id": practice.practice_id,
                **columns,
                "revision": known["revision"] + 1 if known else 0,
                "recorded_at": at,
                "recorded_by": recorded_by,
            }
            latest[fact.identity] = row
            new.append(row)
            (added if known is None else revised).append(fact)
        if new:
            connection.execute(_INSERT, new)
    return Appended(tuple(added), tuple(revised))


def known_identities(connection: Connection, practice: Practice, patient_codes: Sequence[str]) -> set[FactIdentity]:
    """Return the facts of these patients of which the ledger has a revision, withdrawn or not."""
    return {identity for batch in batches(patient_codes) for identity in _latest(connection, practice, batch)}


def _latest(connection: Connection, practice: Practice, codes: Sequence[str]) -> dict[FactIdentity, Mapping[str, Any]]:
    rows = connection.execute(_KNOWN, {"mine": practice.practice_id, "codes": codes}).mappings()
    return {(row["patient_code"], row["kind"], row["subject"], row["on_date"]): dict(row) for row in rows}


def _says_end_again(fact: Fact, known: Mapping[str, Any]) -> bool:
    """Return whether an enrollment's end is said again without the reason that is known of it, which then stays."""
    is_end = fact.kind is FactKind.ENROLLMENT and fact.until_date is not None and not fact.details
    return is_end and fact.until_date == known["until_date"]


def _adds_to(fact: Fact, known: Mapping[str, Any]) -> bool:
    """Return whether what is known stays beside what is said now: what was taken back is not known."""
    return fact.kind in _SAID_PIECE_BY_PIECE and (fact.withdrawn or not known["withdrawn"])


def _kept(fact: Fact, known: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "until_date": fact.until_date or known["until_date"],
        "details": {**known["details"], **fact.details},
        "withdrawn": known["withdrawn"],
    }
