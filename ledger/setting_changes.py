"""Changing a practice's policy: checked, recorded with who and when, and every month evaluated under it."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import uuid4

from pydantic import ValidationError
from sqlalchemy import Connection, bindparam, insert, select, update

from ledger.clock import month_of
from ledger.errors import LedgerError
from ledger.months.patient_months import Seen, reevaluate_practice
from ledger.months.worth import Weighing
from ledger.practice.practice import Practice, get_practice
from ledger.practice.settings import EXAMPLES, is_of_policy, read_setting, written_settings
from ledger.rules.rulebook import rulebooks
from ledger.storage.idempotency import Once, Replayable, Request
from ledger.storage.tables import PolicyChangeRow, PracticeRow
from ledger.values.credentials import read_qualifying

PAYMENTS = "payments"
_SETTINGS = select(PracticeRow.policy).where(PracticeRow.practice_id == bindparam("mine"))


class PolicyValueError(LedgerError):
    """A value that the setting ``name`` cannot have: ``reason`` says why, ``example`` is one it can, as JSON has it."""

    def __init__(self, name: str, reason: str) -> None:
        """Say it in the words of no place: a terminal and a form each add how it is written there."""
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
    """Return what the practice decided for itself, by name; what is absent is as billing-rules has it."""
    return dict(connection.execute(_SETTINGS, {"mine": practice.practice_id}).scalar_one())


def policy_changes(connection: Connection, practice: Practice) -> list[PolicyChange]:
    """Return every change of the practice's settings, the newest first."""
    changes = select(PolicyChangeRow.__table__).where(PolicyChangeRow.practice_id == practice.practice_id)
    newest_first = changes.order_by(PolicyChangeRow.recorded_at.desc(), PolicyChangeRow.change_id)
    return [
        PolicyChange(row.name, row.before["value"], row.after["value"], row.recorded_at, row.recorded_by)
        for row in connection.execute(newest_first)
    ]


def lock_settings(connection: Connection, practice: Practice) -> dict[str, Any]:
    """Return what ``stored_settings`` returns; of two who lock them the second waits, and sees what the first decides.

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
    seen: Seen = lambda _code, _evaluated: None,
) -> Practice:
    """Return the practice under its changed policy; a ``value`` of None returns to the default.

    Where the billing rules depend on it, every patient-month is evaluated again, and shown to ``seen``.

    Raises:
        LedgerError: For a name or a value that is none.
    """
    check_value(name, value)
    value = _as_stored(name, value)
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
    if is_of_policy(name):
        reevaluate_practice(connection, changed, progress, seen)
    return changed


def check_value(name: str, value: Any) -> None:
    """Raise ``LedgerError`` for a name that is none, ``PolicyValueError`` for a value that it cannot have.

    Raises:
        LedgerError: POLICY_UNKNOWN.
        PolicyValueError: It cannot be done; the title says why.
    """
    if name not in EXAMPLES:
        raise LedgerError(
            "POLICY_UNKNOWN", f"There is no policy {name!r}. Nothing was changed.", f"There are: {', '.join(EXAMPLES)}"
        )
    if value is None:
        return
    try:
        read = read_setting(name, value)
    except ValidationError as error:
        reason = error.errors()[0]["msg"].removeprefix("Value error, ").replace("Input should be", "must be")
        raise PolicyValueError(name, reason.replace("frozenset", "list")) from error
    own = {code for payments in read.values() for code in payments} if name == PAYMENTS else set()
    unknown = sorted(own - {code for book in rulebooks() for code in book.payments})
    if unknown:
        raise PolicyValueError(name, f"no rulebook has the code {', '.join(unknown)}")


DEFAULTS: Mapping[str, Any] = written_settings({})
"""Every setting's default, as it is written."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What a setting is to be, as it is written; a ``value`` of None is the default.

    Of the payments one is decided at a time: ``value`` is then the cents of ``code`` in ``year``, None the rulebook's.
    """

    name: str
    value: Any
    code: str | None = None
    year: str = ""

    @property
    def evaluates(self) -> bool:
        """Whether every patient-month has to be evaluated again."""
        return is_of_policy(self.name)


@dataclass(frozen=True, slots=True)
class PolicyReceipt(Replayable):
    """What a setting was and is, and what that did to the programs and the expected payment of ``month``."""

    name: str
    before: Any
    after: Any
    month: date
    became_billable: int = 0
    no_longer_billable: int = 0
    cents_before: int = 0
    cents_after: int = 0


_DECISION = Once(PolicyReceipt)


def decide(
    connection: Connection, practice: Practice, decision: Decision, *, request: Request, at: datetime, by: str
) -> PolicyReceipt:
    """Take ``decision`` and return what it changed; the same ``request`` again returns the first receipt.

    What is so already is not recorded as a change. Raises as ``change_policy`` does.
    """
    settings = lock_settings(connection, practice)

    def take() -> PolicyReceipt:
        return _take(connection, practice, settings, decision, at=at, by=by)

    return _DECISION.write(connection, practice.practice_id, request, take, at=at)


def _take(
    connection: Connection,
    practice: Practice,
    settings: Mapping[str, Any],
    decision: Decision,
    *,
    at: datetime,
    by: str,
) -> PolicyReceipt:
    month = month_of(practice.local_date(at))
    weighing = Weighing()
    wanted = _wanted(settings, decision)
    changed = {**settings, decision.name: wanted} if wanted is not None else _without(settings, decision.name)
    if changed != settings:
        change_policy(connection, practice, decision.name, wanted, at=at, recorded_by=by, seen=weighing.seen)
    worth = weighing.change_of(connection, practice, month)
    return PolicyReceipt(
        name=decision.name,
        before=written_settings(settings)[decision.name],
        after=written_settings(changed)[decision.name],
        month=month,
        became_billable=worth.became_billable,
        no_longer_billable=worth.no_longer_billable,
        cents_before=worth.cents_before,
        cents_after=worth.cents_after,
    )


def _wanted(settings: Mapping[str, Any], decision: Decision) -> Any:
    """Return the setting's value to be stored, None for the default."""
    value = decision.value
    if decision.code is not None:
        value = _payments_with(settings.get(PAYMENTS, {}), decision.year, decision.code, decision.value)
    value = _as_stored(decision.name, value)
    return None if value == DEFAULTS[decision.name] else value


def _payments_with(
    payments: Mapping[str, Mapping[str, int]], year: str, code: str, cents: int | None
) -> dict[str, Mapping[str, int]]:
    """Return the practice's payments with one replaced, None by the rulebook's; a year without any is left out."""
    own = {known: amount for known, amount in payments.get(year, {}).items() if known != code}
    if cents is not None:
        own[code] = cents
    changed = {**payments, year: own}
    return {named: amounts for named, amounts in changed.items() if amounts}


def _as_stored(name: str, value: Any) -> Any:
    """Return the value as it is stored: credentials as those of the staff are, letter by letter."""
    return read_qualifying(value) if name == "qualifying_credentials" and value is not None else value


def _without(settings: Mapping[str, Any], name: str) -> dict[str, Any]:
    return {known: value for known, value in settings.items() if known != name}
