"""What a digest listed, kept so that its messages can show the same patients again as they stand today."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, delete, insert, select, update

from jobs.scheduling.tables import DigestMessageRow, DigestRow, ListedPatientRow
from ledger.practice.practice import Practice
from ledger.reports.worklists import NearPatient, Worklist, list_order
from ledger.roster.directory import Team
from ledger.rules.facts import Program
from ledger.rules.statement import NextThreshold
from ledger.storage.database import AnyRow

FIRST_MESSAGE = 1
UNKNOWN = ""
"""The fingerprint of a message of which nobody knows what it shows."""
ROWS_PER_MESSAGE = 50
"""Patients who are near, in one message."""
BLOCKED_BESIDE_ROWS = 10
"""Blocked patients in the first message, which has rows as well."""
BLOCKED_PER_MESSAGE = 20
"""Blocked patients, each with a line of what blocks it, in a message of theirs."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A patient as a digest listed one: the minutes then, and the next code with what was missing to it.

    ``units`` of that code were on the claim already; ``message_number`` counts the digest's messages from 1.
    """

    message_number: int
    patient_code: str
    program: Program
    band: tuple[int, int]
    counted_minutes: int
    threshold: NextThreshold
    units: int
    blocked: bool


@dataclass(frozen=True, slots=True)
class Picture:
    """The uploaded picture of a digest, and the same in words; ``shown`` where the first message has it."""

    file_id: str
    alt: str
    shown: bool


@dataclass(frozen=True, slots=True)
class Message:
    """A posted message of a digest, and the fingerprint of what it shows."""

    number: int
    ts: str
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Place:
    """Which message of which digest, and the month that the digest is of."""

    key: str
    number: int
    month: date


@dataclass(frozen=True, slots=True)
class Listing:
    """A digest that was listed at an instant, and as much of it as is posted."""

    key: str
    team_id: str
    month: date
    channel_id: str
    due_at: datetime | None
    listed_at: datetime
    listed: tuple[Listed, ...]
    messages: tuple[Message, ...]
    picture: Picture | None


def listed_of(found: Worklist) -> tuple[Listed, ...]:
    """Return the patients of a worklist in the order of the list, divided among messages that hold them."""
    near = sorted(found.near, key=list_order)
    rows = [_listed(patient, FIRST_MESSAGE + index // ROWS_PER_MESSAGE) for index, patient in enumerate(near)]
    beside, further = found.blocked[:BLOCKED_BESIDE_ROWS], found.blocked[BLOCKED_BESIDE_ROWS:]
    following = 1 + max((one.message_number for one in rows), default=FIRST_MESSAGE)
    return (
        *rows,
        *(_listed(patient, FIRST_MESSAGE) for patient in beside),
        *(_listed(patient, following + index // BLOCKED_PER_MESSAGE) for index, patient in enumerate(further)),
    )


def _listed(patient: NearPatient, message_number: int) -> Listed:
    figures, threshold = patient.figures, patient.threshold
    return Listed(
        message_number=message_number,
        patient_code=figures.patient_code,
        program=figures.program,
        band=patient.band,
        counted_minutes=figures.counted_minutes,
        threshold=threshold,
        units=sum(line.units for line in figures.codes if line.code == threshold.code),
        blocked=bool(figures.blockers),
    )


def store_listing(
    connection: Connection,
    practice: Practice,
    team: Team,
    key: str,
    listed: Sequence[Listed],
    *,
    month: date,
    due_at: datetime | None,
    at: datetime,
) -> None:
    """Keep what the digest ``key`` lists, which was due at ``due_at`` or asked for.

    It is the team's newest: those before it no longer follow what happens.
    """
    mine = {"practice_id": practice.practice_id, "digest_key": key}
    connection.execute(
        update(DigestRow)
        .where(DigestRow.practice_id == practice.practice_id, DigestRow.team_id == team.team_id, DigestRow.living)
        .values(living=False)
    )
    connection.execute(
        insert(DigestRow).values(
            **mine,
            team_id=team.team_id,
            month=month,
            channel_id=team.channel_id,
            due_at=due_at,
            listed_at=at,
            living=True,
            picture_shown=False,
        )
    )
    if listed:
        rows = [{**mine, "position": position, **_columns(one)} for position, one in enumerate(listed, start=1)]
        connection.execute(insert(ListedPatientRow), rows)


def _columns(one: Listed) -> dict[str, Any]:
    return {
        "message_number": one.message_number,
        "patient_code": one.patient_code,
        "program": one.program.value,
        "band_low": one.band[0],
        "band_high": one.band[1],
        "counted_minutes": one.counted_minutes,
        "next_code": one.threshold.code,
        "minutes_missing": one.threshold.minutes_missing,
        "amount_cents": one.threshold.amount_cents,
        "units": one.units,
        "blocked": one.blocked,
    }


def find_listing(connection: Connection, practice_id: str, key: str) -> Listing | None:
    """Return what the digest of that key listed, or None where nothing is kept of it."""
    row = connection.execute(
        select(DigestRow.__table__).where(DigestRow.practice_id == practice_id, DigestRow.digest_key == key)
    ).one_or_none()
    if row is None:
        return None
    picture = Picture(row.picture_file_id, row.picture_alt, row.picture_shown) if row.picture_file_id else None
    listed = connection.execute(_of_digest(ListedPatientRow, practice_id, key).order_by(ListedPatientRow.position))
    messages = connection.execute(_of_digest(DigestMessageRow, practice_id, key).order_by(DigestMessageRow.number))
    return Listing(
        key=row.digest_key,
        team_id=row.team_id,
        month=row.month,
        channel_id=row.channel_id,
        due_at=row.due_at,
        listed_at=row.listed_at,
        listed=tuple(map(_from_row, listed)),
        messages=tuple(Message(each.number, each.message_ts, each.fingerprint) for each in messages),
        picture=picture,
    )


def _of_digest(
    table: type[ListedPatientRow] | type[DigestMessageRow], practice_id: str, key: str
) -> Select[*tuple[Any, ...]]:
    return select(table.__table__).where(table.practice_id == practice_id, table.digest_key == key)


def _from_row(row: AnyRow) -> Listed:
    return Listed(
        message_number=row.message_number,
        patient_code=row.patient_code,
        program=Program(row.program),
        band=(row.band_low, row.band_high),
        counted_minutes=row.counted_minutes,
        threshold=NextThreshold(row.next_code, row.minutes_missing, row.amount_cents),
        units=row.units,
        blocked=row.blocked,
    )


def living_digests(
    connection: Connection, practice_id: str, patient_codes: Collection[str] | None = None
) -> dict[str, date]:
    """Return the months of the digests that follow what happens, by key; with codes, of those that list one."""
    query = select(DigestRow.digest_key, DigestRow.month).where(DigestRow.practice_id == practice_id, DigestRow.living)
    if patient_codes is not None:
        query = query.join(
            ListedPatientRow,
            and_(
                ListedPatientRow.practice_id == DigestRow.practice_id,
                ListedPatientRow.digest_key == DigestRow.digest_key,
            ),
        ).where(ListedPatientRow.patient_code.in_(patient_codes))
    return {row.digest_key: row.month for row in connection.execute(query.distinct().order_by(DigestRow.digest_key))}


def find_message(connection: Connection, practice_id: str, channel_id: str, ts: str) -> Place | None:
    """Return the place of a posted message in its digest; None for any other message."""
    row = connection.execute(
        select(DigestMessageRow.digest_key, DigestMessageRow.number, DigestRow.month)
        .join(
            DigestRow,
            and_(
                DigestRow.practice_id == DigestMessageRow.practice_id,
                DigestRow.digest_key == DigestMessageRow.digest_key,
            ),
        )
        .where(
            DigestMessageRow.practice_id == practice_id,
            DigestMessageRow.message_ts == ts,
            DigestRow.channel_id == channel_id,
        )
    ).one_or_none()
    return Place(*row) if row else None


def keep_message(connection: Connection, practice_id: str, key: str, message: Message) -> None:
    """Record that a message is posted or changed, and what it shows now."""
    known = connection.execute(
        update(DigestMessageRow)
        .where(*_is_message(practice_id, key, message.number))
        .values(message_ts=message.ts, fingerprint=message.fingerprint)
    )
    if not known.rowcount:
        connection.execute(
            insert(DigestMessageRow).values(
                practice_id=practice_id,
                digest_key=key,
                number=message.number,
                message_ts=message.ts,
                fingerprint=message.fingerprint,
            )
        )


def keep_fingerprint(connection: Connection, practice_id: str, key: str, number: int, fingerprint: str) -> None:
    """Record what a message shows now, unless it is forgotten."""
    connection.execute(
        update(DigestMessageRow).where(*_is_message(practice_id, key, number)).values(fingerprint=fingerprint)
    )


def forget_message(connection: Connection, practice_id: str, key: str, number: int) -> None:
    """Record that a message is not there any more."""
    connection.execute(delete(DigestMessageRow).where(*_is_message(practice_id, key, number)))


def _is_message(practice_id: str, key: str, number: int) -> tuple[ColumnElement[bool], ...]:
    return (
        DigestMessageRow.practice_id == practice_id,
        DigestMessageRow.digest_key == key,
        DigestMessageRow.number == number,
    )


def keep_picture(connection: Connection, practice_id: str, key: str, picture: Picture | None) -> None:
    """Record the picture of a digest and whether its first message has it; None where it has none any more."""
    _change(
        connection,
        practice_id,
        key,
        picture_file_id=picture.file_id if picture else None,
        picture_alt=picture.alt if picture else None,
        picture_shown=bool(picture and picture.shown),
    )


def end_life(connection: Connection, practice_id: str, key: str) -> None:
    """Make a digest follow no more what happens."""
    _change(connection, practice_id, key, living=False)


def _change(connection: Connection, practice_id: str, key: str, **values: Any) -> None:
    connection.execute(
        update(DigestRow).where(DigestRow.practice_id == practice_id, DigestRow.digest_key == key).values(**values)
    )
