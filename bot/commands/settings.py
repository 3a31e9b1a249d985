"""``/ccm settings [NAME|history]``: what the practice decides for itself, one setting at a time."""

import json
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from bot.commands.call import Call
from bot.commands.command import Command, Paging
from bot.grammar.commands import closest
from bot.grammar.problems import Problem
from bot.grammar.setting_values import (
    parse_bands,
    parse_business_days,
    parse_credentials,
    parse_days_off,
    parse_dollars,
)
from bot.permissions import ADMINISTERING
from bot.views import formatting
from bot.views.help import Topic
from bot.views.reply import OpenForm, Reply
from bot.views.settings import (
    CODE,
    EXAMPLES,
    PAGE,
    RESET,
    VALUE,
    CodePayment,
    Setting,
    decided,
    history_page,
    setting_form,
    settings_list,
    typed,
)
from ledger.errors import LedgerError
from ledger.practice.settings import KNOWN_SETTINGS, written_settings
from ledger.roster.directory import people
from ledger.rules.prices import national_prices
from ledger.rules.rulebook import rulebook_in
from ledger.setting_changes import (
    DEFAULTS,
    PAYMENTS,
    Decision,
    PolicyValueError,
    check_value,
    decide,
    policy_changes,
    stored_settings,
)

SHOW_HISTORY = "history"
_TYPED: Mapping[str, Callable[[str], Any]] = {
    "bands": parse_bands,
    "qualifying_credentials": parse_credentials,
    "digest_business_days": parse_business_days,
    "days_off": parse_days_off,
    "digest_days": lambda text: sorted(map(int, text.split(","))),
}


def settings(call: Call) -> Reply | OpenForm:
    """Return every setting, the form of the one that is named, or every change.

    Raises:
        LedgerError: For other words.
    """
    name = "_".join(call.text.lower().split())
    if not name:
        return _list(call)
    if name == SHOW_HISTORY:
        return history_at_page(call, 0)
    if name not in KNOWN_SETTINGS:
        near = closest(name, (*KNOWN_SETTINGS, SHOW_HISTORY))
        remedy = f"Did you mean: /ccm settings {near}" if near else "What there is: /ccm settings"
        raise LedgerError("SETTING_UNKNOWN", f"There is no setting {call.text!r}.", remedy)
    return _form(call, name)


def history_at_page(call: Call, page: int) -> Reply:
    """Page ``page`` (from 0) of every change."""
    with call.database.reading() as connection:
        changes = policy_changes(connection, call.practice)
        staff = _names(call, connection)
    return history_page(changes, page=page, staff=staff, when=_when(call), address={"text": SHOW_HISTORY})


def read_decision(name: str, values: Mapping[str, str]) -> Decision | dict[str, str]:
    """Return what was decided in the form of that setting, or what is wrong with it, by input."""
    year, code = values[CODE].split() if CODE in values else ("", None)
    if RESET in values:
        return Decision(name, None, code, year)
    if VALUE not in values:
        return {VALUE: "Give an amount, for example 66.13, or choose to go back to the rulebook's figure."}
    value = parse_dollars(values[VALUE]) if name == PAYMENTS else _TYPED.get(name, json.loads)(values[VALUE])
    if isinstance(value, Problem):
        return {VALUE: f"{value.message} For example: {value.example}"}
    try:
        check_value(name, {year: {code: value}} if name == PAYMENTS else value)
    except PolicyValueError as error:
        example = "66.13" if name == PAYMENTS else EXAMPLES.get(name) or typed(name, DEFAULTS[name])
        return {VALUE: f"{error.reason[0].upper()}{error.reason[1:]}. For example: {example}"}
    return Decision(name, value, code, year)


def save_decision(call: Call, decision: Decision) -> Reply:
    """Take the decision, once however often it is asked for, and say what it changed."""
    content = {"setting": decision.name, "value": decision.value, "code": decision.code, "year": decision.year}
    with call.database.writing() as connection:
        receipt = decide(
            connection, call.practice, decision, request=call.request(content), at=call.at, by=call.person.staff_id
        )
    return decided(receipt, evaluated=decision.evaluates)


def _list(call: Call) -> Reply:
    with call.database.reading() as connection:
        known = _known(call, connection)
        return settings_list([known[name] for name in KNOWN_SETTINGS], staff=_names(call, connection), when=_when(call))


def _form(call: Call, name: str) -> OpenForm:
    with call.database.reading() as connection:
        setting, staff = _known(call, connection)[name], _names(call, connection)
    payments = _payments(call, setting.value) if name == PAYMENTS else []
    return OpenForm(setting_form(setting, payments=payments, staff=staff, when=_when(call)))


def _known(call: Call, connection: Connection) -> dict[str, Setting]:
    values = written_settings(stored_settings(connection, call.practice))
    latest = {change.name: change for change in reversed(policy_changes(connection, call.practice))}
    return {name: Setting(name, value, latest.get(name)) for name, value in values.items()}


def _payments(call: Call, own: Mapping[str, Mapping[str, int]]) -> list[CodePayment]:
    """Return the codes of this year, the next and the last, each with the rulebook's payment and the practice's."""
    return [
        CodePayment(str(year), code, cents, own.get(str(year), {}).get(code), book.provisional_in(january))
        for year in (call.today.year, call.today.year + 1, call.today.year - 1)
        if (book := rulebook_in(january := date(year, 1, 1))) is not None
        for code, cents in sorted(national_prices(book, call.practice.policy).items())
    ]


def _names(call: Call, connection: Connection) -> Callable[[str], str]:
    names = {person.staff_id: person.name for person in people(connection, call.practice.practice_id)}
    return lambda staff_id: names.get(staff_id, staff_id)


def _when(call: Call) -> Callable[[datetime], str]:
    def said(at: datetime) -> str:
        local = call.practice.local(at)
        return f"{formatting.full_day(local.date())}, {formatting.clock(local)}"

    return said


SETTINGS = Command(
    "settings",
    ADMINISTERING,
    settings,
    Topic(
        "settings [NAME|history]",
        "What the practice decides for itself: its settings, who changed them, and a form for each.",
        ("/ccm settings", "/ccm settings care_plan_max_days", "/ccm settings history"),
    ),
    saves=False,
    paging=Paging(PAGE, history_at_page),
)
