"""What was recorded of a patient's facts: every revision of each, with who recorded it and when."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, bindparam, select

from ledger.patients.facts import Fact, FactKind
from ledger.practice.practice import Practice
from ledger.storage.database import AnyRow
from ledger.storage.tables import PatientFactRow


@dataclass(frozen=True, slots=True)
class FactVersion:
    """One revision of a fact by what identifies it: a button carries it, and means this revision and no other."""

    patient_code: str
    kind: FactKind
    subject: str
    on_date: date
    revision: int


@dataclass(frozen=True, slots=True)
class Revision:
    """A fact as it was recorded at one time."""

    fact: Fact
    number: int
    recorded_at: datetime
    recorded_by: str

    @property
    def version(self) -> FactVersion:
        """What identifies this revision."""
        fact = self.fact
        return FactVersion(fact.patient_code, fact.kind, fact.subject, fact.on_date, self.number)


@dataclass(frozen=True, slots=True)
class FactHistory:
    """Every revision of one fact, the earliest first."""

    revisions: tuple[Revision, ...]

    @property
    def newest(self) -> Revision:
        """The revision that says how it stands."""
        return self.revisions[-1]

    @property
    def holds(self) -> bool:
        """Whether the fact holds: it was not withdrawn, or recorded again since."""
        return not self.newest.fact.withdrawn


_OF_PATIENT = (
    select(PatientFactRow.__table__)
    .where(PatientFactRow.practice_id == bindparam("mine"), PatientFactRow.patient_code == bindparam("code"))
    .order_by(PatientFactRow.on_date.desc(), PatientFactRow.kind, PatientFactRow.subject, PatientFactRow.revision)
)
_OF_FACT = _OF_PATIENT.where(
    PatientFactRow.kind == bindparam("kind"),
    PatientFactRow.subject == bindparam("subject"),
    PatientFactRow.on_date == bindparam("on_date"),
)


def fact_histories(connection: Connection, practice: Practice, patient_code: str) -> list[FactHistory]:
    """Return all that was ever recorded of the patient: by kind and subject, of each the latest day first."""
    rows = connection.execute(_OF_PATIENT, {"mine": practice.practice_id, "code": patient_code}).all()
    kinds = list(FactKind)
    return sorted(_histories(rows), key=lambda one: (kinds.index(one.newest.fact.kind), one.newest.fact.subject))


def fact_history(connection: Connection, practice: Practice, fact: Fact | FactVersion) -> FactHistory | None:
    """Return what was recorded of this fact, None where nothing was."""
    named = {"code": fact.patient_code, "kind": fact.kind.value, "subject": fact.subject, "on_date": fact.on_date}
    found = _histories(connection.execute(_OF_FACT, {"mine": practice.practice_id, **named}).all())
    return found[0] if found else None


def _histories(rows: Sequence[AnyRow]) -> list[FactHistory]:
    by_fact: defaultdict[tuple[str, str, str, date], list[Revision]] = defaultdict(list)
    for row in rows:
        fact = Fact(
            row.patient_code,
            FactKind(row.kind),
            row.on_date,
            row.subject,
            row.until_date,
            row.details,
            row.withdrawn,
        )
        by_fact[fact.identity].append(Revision(fact, row.revision, row.recorded_at, row.recorded_by))
    return [FactHistory(tuple(revisions)) for revisions in by_fact.values()]
