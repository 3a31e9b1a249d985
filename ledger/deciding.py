"""A decision of an administrator in Slack: taken once however often it is delivered, with what it changed."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Connection, select

from ledger.clock import month_of
from ledger.policy import PAYMENTS, change_policy, lock_settings
from ledger.policy_settings import PolicySettings, written_settings
from ledger.practice import Practice
from ledger.requests import Request, earlier_result, remember
from ledger.rules.statement import Status
from ledger.tables import PatientMonthRow

DEFAULTS: Mapping[str, Any] = written_settings({})
"""Every setting's default, as it is written."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What a setting is to be, as it is written; a ``value`` of None is the default.

    Of the payments one is decided at a time: ``value`` is then the cents of ``code``, None the rulebook's.
    """

    name: str
    value: Any
    code: str | None = None

    @property
    def evaluates(self) -> bool:
        """Whether every patient-month has to be evaluated again."""
        return self.name in PolicySettings.model_fields


@dataclass(frozen=True, slots=True)
class PolicyReceipt:
    """What a setting was and is, and what that did to the programs and the expected payment of ``month``."""

    name: str
    before: Any
    after: Any
    month: date
    became_billable: int = 0
    no_longer_billable: int = 0
    cents_before: int = 0
    cents_after: int = 0
    replayed: bool = False


_RECEIPT = TypeAdapter(PolicyReceipt)


def decide(
    connection: Connection, practice: Practice, decision: Decision, *, request: Request, at: datetime, by: str
) -> PolicyReceipt:
    """Takes ``decision`` and returns what it changed; the same ``request`` again returns the first receipt.

    What is so already is not recorded as a change. Raises as ``change_policy`` does.
    """
    settings = lock_settings(connection, practice)
    earlier = earlier_result(connection, practice.practice_id, request)
    if earlier is not None:
        return replace(_RECEIPT.validate_python(earlier), replayed=True)
    month = month_of(practice.local_date(at))
    before = _billed(connection, practice, month) if decision.evaluates else Counter()
    after = before
    wanted = _wanted(settings, decision)
    changed = {**settings, decision.name: wanted} if wanted is not None else _without(settings, decision.name)
    if changed != settings:
        change_policy(connection, practice, decision.name, wanted, at=at, recorded_by=by)
        after = _billed(connection, practice, month) if decision.evaluates else before
    receipt = PolicyReceipt(
        name=decision.name,
        before=written_settings(settings)[decision.name],
        after=written_settings(changed)[decision.name],
        month=month,
        became_billable=len(after.keys() - before.keys()),
        no_longer_billable=len(before.keys() - after.keys()),
        cents_before=before.total(),
        cents_after=after.total(),
    )
    remember(connection, practice.practice_id, request, _RECEIPT.dump_python(receipt, mode="json"), at=at)
    return receipt


def _wanted(settings: Mapping[str, Any], decision: Decision) -> Any:
    """The setting's value to be stored, None for the default."""
    value = decision.value
    if decision.code is not None:
        own = dict(settings.get(PAYMENTS, {}))
        own.pop(decision.code, None)
        value = own if decision.value is None else {**own, decision.code: decision.value}
    return None if value == DEFAULTS[decision.name] else value


def _without(settings: Mapping[str, Any], name: str) -> dict[str, Any]:
    return {known: value for known, value in settings.items() if known != name}


def _billed(connection: Connection, practice: Practice, month: date) -> Counter[tuple[str, str]]:
    """The expected payment, in cents, of each billable program of the month by patient and program."""
    rows = connection.execute(
        select(PatientMonthRow.patient_code, PatientMonthRow.program, PatientMonthRow.expected_cents).where(
            PatientMonthRow.practice_id == practice.practice_id,
            PatientMonthRow.month == month,
            PatientMonthRow.status == Status.BILLABLE.value,
        )
    )
    return Counter({(row.patient_code, row.program): row.expected_cents for row in rows})
