"""Changing a practice's policy: checked, recorded with who and when, and every month evaluated under it."""

import json
from collections.abc import Callable
from dataclasses import dataclass
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

PAYMENTS = "payments"
_SETTINGS = select(PracticeRow.policy).where(PracticeRow.practice_id == bindparam("mine"))


class PolicyValueError(LedgerError):
    """A value that the setting ``name`` cannot have: ``reason`` says why, ``example`` is one it can, as JSON has it."""

    def __init__(self, name: str, reason: str) -> None:
        """The error in the words of no place: a terminal and a form each add how it is written there."""
        self.name, self.reason, self.example = name, reason, EXAMPLES[name]
        written = self.example if isinstance(self.example, str) else json.dumps(self.example)
        super().__init__("POLICY_VALUE", f"{name}: {reason}. Nothing was changed.", f"For example: {written}")


@dataclass(frozen=True, slots=True)
class PolicyChange:
    """One change of a setting: by whom, when, from what and to what; a value of None is the default."""

    name: str
    before: Any
    after: Any
    recorded_at: datetime
    recorded_by: str


def stored_settings(connection: Connection, practice: Practice) -> dict[str, Any]:
    """What the practice decided for itself, by name; what is absent is as billing-rules has it."""
    return dict(connection.execute(_SETTINGS, {"mine": practice.practice_id}).scalar_one())


def policy_changes(connection: Connection, practice: Practice) -> list[PolicyChange]:
    """Every change of the practice's settings, the newest first."""
    changes = select(PolicyChangeRow.__table__).where(PolicyChangeRow.practice_id == practice.practice_id)
    newest_first = changes.order_by(PolicyChangeRow.recorded_at.desc(), PolicyChangeRow.change_id)
    return [
        PolicyChange(row.name, row.before["value"], row.after["value"], row.recorded_at, row.recorded_by)
        for row in connection.execute(newest_first)
    ]


def lock_settings(connection: Connection, practice: Practice) -> dict[str, Any]:
    """What ``stored_settings`` returns; of two who lock them the second waits, and sees what the first decides.

    Whoever only names the practice in a row of theirs does not wait: they may have a patient whom the first waits for.
    """
    locked = _SETTINGS.with_for_update(key_share=True)
    return dict(connection.execute(locked, {"mine": practice.practice_id}).scalar_one())


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
    check_value(name, value)
    # Locked, so that of two administrators at the same moment neither undoes what the other decides.
    settings = lock_settings(connection, practice)
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


def check_value(name: str, value: Any) -> None:
    """Raises ``LedgerError`` for a name that is none, ``PolicyValueError`` for a value that it cannot have."""
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
        raise PolicyValueError(name, reason.replace("frozenset", "list")) from error
    payments = settings.payments if isinstance(settings, PolicySettings) else {}
    unknown = sorted(payments.keys() - {code for book in load_rulebooks() for code in book.payments})
    if unknown:
        raise PolicyValueError(name, f"no rulebook has the code {', '.join(unknown)}")
