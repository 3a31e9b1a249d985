"""Changing a practice's policy: checked, recorded with who and when, and every month evaluated under it."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import uuid4

from pydantic import ValidationError
from sqlalchemy import Connection, insert, select, update

from ledger.batches import batches
from ledger.errors import LedgerError
from ledger.patient_months import reevaluate_all
from ledger.policy_settings import PolicySettings
from ledger.practice import Practice, get_practice
from ledger.tables import PatientRow, PolicyChangeRow, PracticeRow


def stored_settings(connection: Connection, practice: Practice) -> dict[str, Any]:
    """What the practice decided for itself, by name; what is absent is as billing-rules has it."""
    return dict(
        connection.execute(
            select(PracticeRow.policy).where(PracticeRow.practice_id == practice.practice_id)
        ).scalar_one()
    )


def change_policy(
    connection: Connection,
    practice: Practice,
    name: str,
    value: Any,
    *,
    at: datetime,
    recorded_by: str,
    progress: Callable[[int, int], None] = lambda _done, _all: None,
) -> Practice:
    """The practice under its changed policy; a ``value`` of None returns to the default.

    Raises ``LedgerError`` for a name or a value that is none. Every patient-month is evaluated again.
    """
    settings = stored_settings(connection, practice)
    before = settings.pop(name, None)
    if value is not None:
        settings[name] = value
    _check(name, value)
    connection.execute(
        update(PracticeRow).where(PracticeRow.practice_id == practice.practice_id).values(policy=settings)
    )
    connection.execute(
        insert(PolicyChangeRow).values(
            practice_id=practice.practice_id,
            change_id=uuid4().hex,
            name=name,
            before={"value": before},
            after={"value": value},
            recorded_at=at,
            recorded_by=recorded_by,
        )
    )
    changed = get_practice(connection, practice.practice_id)
    codes = connection.scalars(select(PatientRow.patient_code).filter_by(practice_id=practice.practice_id)).all()
    for done, batch in enumerate(batches(codes), start=1):
        reevaluate_all(connection, changed, batch)
        progress(min(done * len(batch), len(codes)), len(codes))
    return changed


def _check(name: str, value: Any) -> None:
    names = ", ".join(PolicySettings.model_fields)
    if name not in PolicySettings.model_fields:
        raise LedgerError("POLICY_UNKNOWN", f"There is no policy {name!r}.", f"There are: {names}")
    if value is None:
        return
    try:
        PolicySettings.model_validate({name: value})
    except ValidationError as error:
        reason = error.errors()[0]["msg"].removeprefix("Value error, ")
        raise LedgerError(
            "POLICY_VALUE", f"{name}: {reason}.", "For example: ccm policy set payments '{\"99490\": 6500}' --as admin1"
        ) from error
