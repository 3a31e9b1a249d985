"""Changing a practice's policy: checked, recorded with who and when, and every month evaluated under it."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import uuid4

from pydantic import ValidationError
from sqlalchemy import Connection, bindparam, insert, select, update

from ledger.errors import LedgerError
from ledger.patient_months import reevaluate_practice
from ledger.policy_settings import EXAMPLES, ConductSettings, PolicySettings
from ledger.practice import Practice, get_practice
from ledger.rules.rulebook import load_rulebooks
from ledger.tables import PolicyChangeRow, PracticeRow

_SETTINGS = select(PracticeRow.policy).where(PracticeRow.practice_id == bindparam("mine"))


def stored_settings(connection: Connection, practice: Practice) -> dict[str, Any]:
    """What the practice decided for itself, by name; what is absent is as billing-rules has it."""
    return dict(connection.execute(_SETTINGS, {"mine": practice.practice_id}).scalar_one())


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

    Raises ``LedgerError`` for a name or a value that is none. Where the billing rules depend on it, every
    patient-month is evaluated again.
    """
    _check(name, value)
    # Locked, so that of two administrators at the same moment neither undoes what the other decides.
    settings = dict(connection.execute(_SETTINGS.with_for_update(), {"mine": practice.practice_id}).scalar_one())
    before = settings.pop(name, None)
    if value is not None:
        settings[name] = value
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
    if name in PolicySettings.model_fields:
        reevaluate_practice(connection, changed, progress)
    return changed


def _check(name: str, value: Any) -> None:
    if name not in EXAMPLES:
        raise LedgerError(
            "POLICY_UNKNOWN", f"There is no policy {name!r}. Nothing was changed.", f"There are: {', '.join(EXAMPLES)}"
        )
    if value is None:
        return
    table = PolicySettings if name in PolicySettings.model_fields else ConductSettings
    try:
        settings = table.model_validate({name: value})
    except ValidationError as error:
        reason = error.errors()[0]["msg"].removeprefix("Value error, ").replace("Input should be", "must be")
        raise _value_error(name, reason.replace("frozenset", "list")) from error
    payments = settings.payments if isinstance(settings, PolicySettings) else {}
    unknown = sorted(payments.keys() - {code for book in load_rulebooks() for code in book.payments})
    if unknown:
        raise _value_error(name, f"no rulebook has the code {', '.join(unknown)}")


def _value_error(name: str, reason: str) -> LedgerError:
    example = EXAMPLES[name]
    written = example if isinstance(example, str) else f"'{json.dumps(example)}'"
    return LedgerError(
        "POLICY_VALUE",
        f"{name}: {reason}. Nothing was changed.",
        f"For example: ccm policy set {name} {written} --as admin1",
    )
