"""Claim lines: what a biller loads elsewhere, made from a statement and the patient's facts (billing-rules section 12).

Pure: nothing here knows where a statement, a practitioner or a patient was stored.
"""

import base64
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from pydantic import TypeAdapter

from ledger.rules.facts import Program
from ledger.rules.rulebook import Rulebook, rulebook_for
from ledger.rules.statement import CodeLine, Statement
from ledger.storage.hash_chain import canonical_json, content_hash
from ledger.values.conditions import is_condition

MOST_DIAGNOSES = 4
"""So many diagnoses a line of the professional claim points at (CMS-1500, item 24E; 837P, SV107)."""
_KEY_BYTES = 10


@dataclass(frozen=True, slots=True)
class Practitioner:
    """Who bills and, in a claim for care management, renders: the id and name in the roster, and the NPI if known."""

    staff_id: str
    name: str
    npi: str | None = None


@dataclass(frozen=True, slots=True)
class ClaimFacts:
    """What a claim says of a patient beside the statement: who bills, the conditions, and where the service took place.

    ``conditions`` are ICD-10-CM codes in the order of the record.
    """

    patient_code: str
    practitioner: Practitioner | None
    conditions: tuple[str, ...]
    place_of_service: str


@dataclass(frozen=True, slots=True)
class ClaimLine:
    """One row of a claim. ``key`` stays the same while the line is corrected; ``expected_cents`` is for all units.

    ``from_date`` and ``to_date`` are one day, or the first and last of a device's period. An unknown payment is None.
    """

    key: str
    patient_code: str
    program: Program
    month: date
    family: str
    practitioner: Practitioner | None
    code: str
    units: int
    from_date: date
    to_date: date
    place_of_service: str
    diagnoses: tuple[str, ...]
    expected_cents: int | None
    provisional: bool
    statement_hash: str

    @property
    def lacks(self) -> tuple[str, ...]:
        """What a payer would send the line back for, in words; nothing where it can be filed as it is."""
        missing = []
        if self.practitioner is None:
            missing.append("no billing practitioner")
        elif self.practitioner.npi is None:
            missing.append(f"no NPI of {self.practitioner.staff_id}")
        if not self.diagnoses:
            missing.append("no diagnosis")
        missing += [f"{one} is no ICD-10-CM code" for one in self.diagnoses if not is_condition(one)]
        return tuple(missing)


_LINES = TypeAdapter(ClaimLine)
_STATEMENTS = TypeAdapter(Statement)


def claim_lines(practice_id: str, statement: Statement, facts: ClaimFacts) -> tuple[ClaimLine, ...]:
    """Return a line for each code of the statement, in its order; none where nothing is billable."""
    if not statement.codes:
        return ()
    book = rulebook_for(statement.month)
    evidence = statement_hash(statement)
    return tuple(
        ClaimLine(
            key=line_key(
                practice_id,
                facts.patient_code,
                line.program,
                period=line.first_day or statement.month,
                family=line.family,
                part=_part(line, book),
            ),
            patient_code=facts.patient_code,
            program=line.program,
            month=statement.month,
            family=line.family,
            practitioner=facts.practitioner,
            code=line.code,
            units=line.units,
            from_date=line.first_day or line.date_of_service,
            to_date=line.date_of_service,
            place_of_service=facts.place_of_service,
            diagnoses=facts.conditions[: _most_diagnoses(line.program, book)],
            expected_cents=line.amount_cents if line.payment_known else None,
            provisional=statement.provisional,
            statement_hash=evidence,
        )
        for line in statement.codes
    )


def line_key(practice_id: str, patient_code: str, program: str, *, period: date, family: str, part: str) -> str:
    """Return the stable name of a line: ``L-`` and 16 letters and digits, the same whenever it is asked for.

    ``period`` is the first day of the month, or of a device's period; ``part`` tells a family's codes apart. It is
    short enough for the line item control number of an 837 (30 characters), and no spreadsheet takes it for a number.
    """
    said = canonical_json([practice_id, patient_code, program, period, family, part])
    digest = hashlib.sha256(said.encode()).digest()[:_KEY_BYTES]
    return f"L-{base64.b32encode(digest).decode()}"


def statement_hash(statement: Statement) -> str:
    """SHA-256 over the statement's canonical JSON: which evaluation a line came from."""
    return content_hash(_STATEMENTS.dump_python(statement, mode="json"))


def _part(line: CodeLine, book: Rulebook) -> str:
    """Return what the code is in its family: ``base``, of which a month has one, ``add_on``, or the code itself.

    So 99457 takes the place of 99470 on one line, and 99490 and 99439 have a line each.
    """
    for family in book.time_families.get(line.program, ()):
        if family.name == line.family:
            return "add_on" if family.add_on and family.add_on.code == line.code else "base"
    readings = (family for family in book.reading_families.get(line.program, ()) if family.name == line.family)
    return "base" if any(line.code == one.code for family in readings for one in family.codes) else line.code


def _most_diagnoses(program: Program, book: Rulebook) -> int:
    """Return how many conditions a claim of the program names: the one that it is about, where one is enough for it."""
    table = book.programs.get(program)
    needs_one = table is not None and table.requires is not None and table.requires.conditions_at_least == 1
    return 1 if needs_one else MOST_DIAGNOSES


def to_json(line: ClaimLine) -> str:
    """Return the line as canonical JSON, as it is stored."""
    return canonical_json(_LINES.dump_python(line, mode="json"))


def from_json(text: str) -> ClaimLine:
    """Return the line that was stored so."""
    return _LINES.validate_json(text)


def differs(before: ClaimLine, after: ClaimLine, *, for_payer: bool = False) -> bool:
    """Return whether a line says something else than it did; ``for_payer``: something that stands on a claim.

    Another hash of the statement alone is no difference: an entry was added that changed no code. What a line is
    expected to pay and how the roster spells a name are no reasons to correct a claim, nor is an NPI that the roster
    learned after the biller had typed it.
    """
    if not for_payer:
        return _compared(before) != _compared(after)
    knew_npi = before.practitioner is not None and before.practitioner.npi is not None
    return _for_payer(before, with_npi=knew_npi) != _for_payer(after, with_npi=knew_npi)


def _compared(line: ClaimLine) -> ClaimLine:
    return replace(line, statement_hash="", provisional=False)


def _for_payer(line: ClaimLine, *, with_npi: bool) -> ClaimLine:
    who = line.practitioner
    known = Practitioner(who.staff_id, "", who.npi if with_npi else None) if who else None
    return replace(_compared(line), expected_cents=None, practitioner=known)


def difference(before: ClaimLine, after: ClaimLine) -> str:
    """Return in words what a line says otherwise than before: ``units 1 → 2; to 2026-11-04 → 2026-11-20``."""
    olds, news = _said(before), _said(after)
    return "; ".join(f"{name} {olds[name]} → {news[name]}" for name in olds if olds[name] != news[name])


def _said(line: ClaimLine) -> Mapping[str, str]:
    who = line.practitioner
    return {
        "code": line.code,
        "units": str(line.units),
        "from": line.from_date.isoformat(),
        "to": line.to_date.isoformat(),
        "practitioner": who.staff_id if who else "none",
        "name": who.name if who else "none",
        "NPI": (who.npi if who else None) or "none",
        "place of service": line.place_of_service,
        "diagnoses": " ".join(line.diagnoses) or "none",
        "payment": "unknown" if line.expected_cents is None else f"${line.expected_cents / 100:,.2f}",
    }


def by_key(lines: Sequence[ClaimLine]) -> dict[str, ClaimLine]:
    """Return the lines by their keys, in order."""
    return {line.key: line for line in lines}
