"""Attestations of the practice: what an auditor asks of the practice itself, recorded once a year with who attests it.

Nothing that is billed depends on them. A day that was recorded by mistake is withdrawn by a further record.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, insert, select

from ledger.clock import year_after
from ledger.errors import LedgerError
from ledger.practice.practice import Practice
from ledger.storage.idempotency import Once, Replayable, Request
from ledger.storage.tables import AttestationRow, PracticeRow
from ledger.values.days import refuse_outside_care
from ledger.values.identifiers import refuse_identifiers
from ledger.values.names import LONGEST_PERSON_NAME, read_name
from ledger.values.reading import UnreadableValueError

EXAMPLE_NAME = "Dr. Meyer, medical director"
DATE_FAULT, NAME_FAULT = "ATTESTATION_DATE", "ATTESTATION_NAME"


@dataclass(frozen=True, slots=True)
class Kind:
    """Something that a practice attests: the word for it, its title, and what whoever attests it says."""

    name: str
    title: str
    says: str


# What Medicare asks of the practice itself: 42 CFR 410.26(b)(5) (general supervision), and the elements of the service
# in CMS's booklet on chronic care management (MLN909188).
_KINDS = (
    Kind(
        "access",
        "24/7 access",
        "Patients and their caregivers can reach a clinician of the practice, who has the care plan at hand, for "
        "urgent needs at any hour of any day.",
    ),
    Kind(
        "team",
        "Designated team member",
        "Every enrolled patient has one member of the care team with whom successive routine appointments are made.",
    ),
    Kind(
        "record",
        "Certified record",
        "Demographics, problems, medications and allergies are kept in a certified electronic health record, and "
        "whoever works outside office hours can read the care plan.",
    ),
    Kind(
        "supervision",
        "Supervision arrangement",
        "Clinical staff, employed or contracted, work under the general supervision of the billing practitioner, by an "
        "arrangement in writing.",
    ),
)
KINDS = {kind.name: kind for kind in _KINDS}
"""The four kinds by their words, in the order in which they are listed."""


@dataclass(frozen=True, slots=True)
class Attestation:
    """What was recorded of a kind for a day; without ``attested_by`` it was withdrawn. ``number`` counts from 1."""

    kind: str
    number: int
    attested_on: date
    attested_by: str | None
    recorded_at: datetime
    recorded_by: str

    @property
    def good_until(self) -> date:
        """The last day of its year: after it the kind is due again."""
        return year_after(self.attested_on)


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be recorded: who attested the kind on that day, or with None that nobody did."""

    kind: Kind
    attested_on: date
    attested_by: str | None


@dataclass(frozen=True, slots=True)
class AttestationReceipt(Replayable):
    """What is recorded now; ``is_new`` is False where it was so already."""

    attestation: Attestation
    is_new: bool


_ATTESTATION = Once(AttestationReceipt)


def kind_named(name: str) -> Kind:
    """Return the kind that ``name`` is the word for.

    Raises:
        LedgerError: ATTESTATION_UNKNOWN.
    """
    kind = KINDS.get(name.strip().lower())
    if kind is None:
        raise LedgerError(
            "ATTESTATION_UNKNOWN", f"Nothing that is attested is called {name!r}.", f"There are: {', '.join(KINDS)}"
        )
    return kind


def attestations(connection: Connection, practice: Practice) -> list[Attestation]:
    """Return everything that was ever recorded, in the order in which it was."""
    row = AttestationRow
    query = select(row.__table__).where(row.practice_id == practice.practice_id).order_by(row.number)
    return [
        Attestation(one.kind, one.number, one.attested_on, one.attested_by, one.recorded_at, one.recorded_by)
        for one in connection.execute(query)
    ]


def in_force(recorded: Sequence[Attestation], on: date) -> dict[str, Attestation]:
    """Return the newest attestation of each kind that is dated ``on`` or earlier; of one day the last record holds."""
    of_day = {(one.kind, one.attested_on): one for one in recorded if one.attested_on <= on}
    newest_last = sorted(of_day.values(), key=lambda one: one.attested_on)
    return {one.kind: one for one in newest_last if one.attested_by is not None}


def due(recorded: Sequence[Attestation], on: date) -> dict[Kind, Attestation | None]:
    """Return the kinds that are due on that day: each with its last one, over a year old, or None."""
    held = in_force(recorded, on)
    return {
        kind: held.get(kind.name) for kind in KINDS.values() if kind.name not in held or held[kind.name].good_until < on
    }


def attest(
    connection: Connection, practice: Practice, asked: Asked, *, request: Request, at: datetime, by: str
) -> AttestationReceipt:
    """Record an attestation, or that one is withdrawn; the same ``request`` again returns the first receipt.

    Raises:
        LedgerError: For a day that cannot be, a name that is none, or a withdrawal of what is not there.
    """
    mine = PracticeRow.practice_id == practice.practice_id
    connection.execute(select(PracticeRow.practice_id).where(mine).with_for_update(key_share=True))

    def record() -> AttestationReceipt:
        return _recorded(connection, practice, asked, at=at, by=by)

    return _ATTESTATION.write(connection, practice.practice_id, request, record, at=at)


def _recorded(connection: Connection, practice: Practice, asked: Asked, *, at: datetime, by: str) -> AttestationReceipt:
    name = _checked(practice, asked, today=practice.local_date(at))
    recorded = attestations(connection, practice)
    of_day = [one for one in recorded if (one.kind, one.attested_on) == (asked.kind.name, asked.attested_on)]
    if name is None and not any(one.attested_by for one in of_day[-1:]):
        raise LedgerError(
            DATE_FAULT,
            f"{asked.kind.title}: nothing of {asked.attested_on} is there to be withdrawn. Nothing was saved.",
            "See what is recorded: /ccm attest",
        )
    if of_day and of_day[-1].attested_by == name:
        return AttestationReceipt(of_day[-1], is_new=False)
    found = Attestation(asked.kind.name, len(recorded) + 1, asked.attested_on, name, at, by)
    connection.execute(
        insert(AttestationRow).values(
            practice_id=practice.practice_id,
            number=found.number,
            kind=found.kind,
            attested_on=found.attested_on,
            attested_by=found.attested_by,
            recorded_at=found.recorded_at,
            recorded_by=found.recorded_by,
        )
    )
    return AttestationReceipt(found, is_new=True)


def _checked(practice: Practice, asked: Asked, *, today: date) -> str | None:
    """Return the name of who attests as it is stored."""
    try:
        refuse_outside_care(asked.attested_on, today)
    except UnreadableValueError as error:
        raise LedgerError(DATE_FAULT, f"{error.message} Nothing was saved.", error.remedy) from error
    if asked.attested_by is None:
        return None
    try:
        name = read_name(asked.attested_by, longest=LONGEST_PERSON_NAME, example=EXAMPLE_NAME)
    except UnreadableValueError as error:
        title = f"The name of who attests it: {error.message} Nothing was saved."
        raise LedgerError(NAME_FAULT, title, error.remedy) from error
    if not name:
        remedy = f"With what they are here, for example: {EXAMPLE_NAME}"
        raise LedgerError(NAME_FAULT, "Say who attests it. Nothing was saved.", remedy)
    refuse_identifiers(practice, name, "name", today=today)
    return name
