"""Practice policy as an administrator sees it: every setting with its value, a form for one, and every change."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from bot.grammar.setting_values import BANDS_EXAMPLE, BUSINESS_DAYS_EXAMPLE, CREDENTIALS_EXAMPLE, DAYS_OFF_EXAMPLE
from bot.views import formatting
from bot.views.blocks import (
    LABEL_CHARACTERS,
    Block,
    Element,
    Option,
    View,
    checkboxes,
    grouped_select_menu,
    input_block,
    modal,
    multi_select_menu,
    number_field,
    option,
    radio_buttons,
    select_menu,
    text_field,
)
from bot.views.reply import (
    Reply,
    actions,
    button,
    context,
    header,
    nearest_page,
    paged,
    section,
    sections,
    table,
    table_parts,
)
from ledger.characters import characters
from ledger.practice.settings import KNOWN_SETTINGS, LAST_DAY_OF_EVERY_MONTH, LAST_HOUR, is_hour, is_of_policy, said
from ledger.setting_changes import DEFAULTS, PAYMENTS, PolicyChange, PolicyReceipt

CHANGE = "settings_change"
HISTORY = "settings_history"
PAGE = "settings_page"
CALLBACK = "settings_submitted"
INPUT = "value"
VALUE, CODE, RESET = "setting_value", "setting_code", "setting_reset"
ROWS_PER_PAGE = 25
EXAMPLES: Mapping[str, str] = {
    "bands": BANDS_EXAMPLE,
    "qualifying_credentials": CREDENTIALS_EXAMPLE,
    "digest_business_days": BUSINESS_DAYS_EXAMPLE,
    "days_off": DAYS_OFF_EXAMPLE,
}
"""What may be typed into the settings that are text."""
MOST_TYPED = 500
COLUMNS = ("When", "Who", "Setting", "Before", "After")

Instant = Callable[[datetime], str]
"""How an instant is said on the practice's clock."""


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting with its value as it is written, and who changed it last; ``changed`` is None where nobody did."""

    name: str
    value: Any
    changed: PolicyChange | None

    @property
    def is_default(self) -> bool:
        """Whether the value is the one that billing-rules has."""
        return bool(self.value == DEFAULTS[self.name])


@dataclass(frozen=True, slots=True)
class CodePayment:
    """What a code pays in a year, in cents: in the rulebook (None: no figure), and where the practice says so.

    ``is_provisional`` says that the year has no rulebook yet: the figure is an earlier year's.
    """

    year: str
    code: str
    book_cents: int | None
    own_cents: int | None
    is_provisional: bool = False

    @property
    def value(self) -> str:
        """How the menu's choice is sent: year and code."""
        return f"{self.year} {self.code}"


def settings_list(settings: Sequence[Setting], *, staff: Callable[[str], str], when: Instant) -> Reply:
    """Return every setting in its group, with a menu to change one and a button to every change."""
    blocks: list[Block] = [header("Settings of the practice")]
    for group, members in groupby(settings, key=lambda one: KNOWN_SETTINGS[one.name].group):
        blocks += sections([f"*{group}*", *(_line(one, staff, when) for one in members)])
    groups = [
        (group.value, [option(one.name, KNOWN_SETTINGS[one.name].title) for one in members])
        for group, members in groupby(settings, key=lambda one: KNOWN_SETTINGS[one.name].group)
    ]
    menu = grouped_select_menu(CHANGE, groups, placeholder="Change…")
    blocks += [
        section("*Change a setting*, or see what it does:", menu),
        actions(button("Show every change", HISTORY, "")),
        context("Each change is recorded with who and when. One setting at once: `/ccm settings care_plan_max_days`"),
    ]
    return Reply("The settings of your practice", tuple(blocks))


def _line(setting: Setting, staff: Callable[[str], str], when: Instant) -> str:
    text = KNOWN_SETTINGS[setting.name]
    parts = [f"• *{text.title}:* {formatting.escaped(said(setting.name, setting.value))}"]
    if not setting.is_default:
        parts.append(f"default: {said(setting.name, DEFAULTS[setting.name])}")
    if setting.changed:
        parts.append(_by(setting.changed, staff, when))
    return " · ".join([*parts, f"`{setting.name}`"])


def _by(change: PolicyChange, staff: Callable[[str], str], when: Instant) -> str:
    return f"changed by {formatting.escaped(staff(change.recorded_by))}, {when(change.recorded_at)}"


def setting_form(
    setting: Setting, *, payments: Sequence[CodePayment], staff: Callable[[str], str], when: Instant
) -> View:
    """Return the form for one setting as a modal view; ``payments`` are the codes that the form for payments offers."""
    text = KNOWN_SETTINGS[setting.name]
    about = [f"*{text.title}*", text.changes, f"Default: {said(setting.name, DEFAULTS[setting.name])}"]
    if setting.changed:
        about.append(f"Last {_by(setting.changed, staff, when)}")
    blocks: list[Block] = list(sections(about))
    if setting.name == PAYMENTS:
        blocks += _payment_inputs(payments)
    else:
        blocks.append(input_block(VALUE, text.title, _element(setting)))
        if not setting.is_default:
            blocks.append(_reset(f"Back to default: {said(setting.name, DEFAULTS[setting.name])}"))
    if is_of_policy(setting.name):
        blocks.append(
            context(
                "Every month that is not closed is evaluated again. With thousands of patients that takes a while, and "
                "nobody can save time meanwhile: choose a quiet moment."
            )
        )
    return modal("Change a setting", blocks, callback_id=CALLBACK, private_metadata=setting.name, submit="Save")


def _element(setting: Setting) -> Element:
    """Return the input that fits the setting, filled with its value."""
    name, value, text = setting.name, setting.value, KNOWN_SETTINGS[setting.name]
    if text.choices:
        options = [_option(choice, label) for choice, label in text.choices.items()]
        chosen = next(one for one in options if one["value"] == json.dumps(value))
        return radio_buttons(INPUT, options, chosen)
    if text.unit:
        return number_field(INPUT, str(value), least="1")
    if is_hour(name):
        hours = [_option(hour, said(name, hour)) for hour in range(LAST_HOUR + 1)]
        return select_menu(INPUT, hours, hours[value])
    if name == "digest_days":
        days = [_option(day, f"The {day}.") for day in range(1, LAST_DAY_OF_EVERY_MONTH + 1)]
        chosen_days = [days[day - 1] for day in value]
        return multi_select_menu(INPUT, days, chosen_days, placeholder="Choose days of the month")
    example = f"For example: {EXAMPLES[name]}"
    return text_field(INPUT, typed(name, value)[:MOST_TYPED], most_characters=MOST_TYPED, placeholder=example)


def typed(name: str, value: Any) -> str:
    """Return a value as it is typed into the form; nothing for an empty list."""
    return "" if value == [] else said(name, value).removesuffix(" minutes")


def _option(value: Any, label: str) -> Option:
    return option(json.dumps(value), label)


def _payment_inputs(payments: Sequence[CodePayment]) -> list[Block]:
    groups = [
        (year, [option(one.value, _payment_label(one)) for one in ones])
        for year, ones in groupby(payments, key=lambda one: one.year)
    ]
    return [
        input_block(CODE, "Year and code", grouped_select_menu(INPUT, groups, placeholder="Choose year and code")),
        input_block(
            VALUE,
            "What it pays, in dollars",
            number_field(INPUT, is_decimal_allowed=True, least="0"),
            optional=True,
            hint="For example 66.13. The menu shows the rulebook's figure, and yours where you have one.",
        ),
        _reset("Back to the rulebook's figure for this code in this year"),
    ]


def _payment_label(payment: CodePayment) -> str:
    book = formatting.money(payment.book_cents) if payment.book_cents is not None else "no figure"
    provisional = ", provisionally" if payment.is_provisional else ""
    own = f" · yours {formatting.money(payment.own_cents)}" if payment.own_cents is not None else ""
    return f"{payment.year} · {payment.code} · rulebook {book}{provisional}{own}"


def _reset(label: str) -> Block:
    box = option("yes", label if characters(label) <= LABEL_CHARACTERS else "Back to default")
    return input_block(RESET, "Or", checkboxes(INPUT, [box]), optional=True)


def saving_view(external_id: str) -> View:
    """Return the modal while every patient-month is evaluated; ``external_id`` is how it is found when that is done."""
    lines = "*Saving…* Every month that is not closed is evaluated again. You may close this: it goes on by itself."
    return outcome_view(Reply("Saving", (section(lines),)), external_id)


def outcome_view(reply: Reply, external_id: str) -> View:
    """Return the modal that shows what came of the decision."""
    return modal("Settings", reply.blocks, close="Close", external_id=external_id)


def decided(receipt: PolicyReceipt, *, evaluated: bool) -> Reply:
    """Return what the setting is now, and what that did to the month."""
    title = KNOWN_SETTINGS[receipt.name].title
    before, after = (formatting.escaped(said(receipt.name, value)) for value in (receipt.before, receipt.after))
    if receipt.before == receipt.after:
        return Reply(f"Nothing to change: {title}.", (section(f"*{title}* is so already: {after}"),))
    lines = [f"*Saved* · *{title}*", f"Before: {before}", f"Now: *{after}*"]
    if evaluated:
        lines += _effect(receipt)
    blocks: list[Block] = list(sections(lines))
    if receipt.replayed:
        blocks.append(context("This request had already been saved; nothing was saved twice."))
    return Reply(f"Saved: {title}.", tuple(blocks))


def _effect(receipt: PolicyReceipt) -> list[str]:
    month = formatting.month_name(receipt.month)
    difference = receipt.cents_after - receipt.cents_before
    moved = receipt.became_billable or receipt.no_longer_billable
    if not moved and not difference:
        return [f"Nothing changed in what {month} is worth: {formatting.money(receipt.cents_after)}."]
    sign = "+" if difference >= 0 else "-"
    before, after = formatting.money(receipt.cents_before), formatting.money(receipt.cents_after)
    gained = formatting.listed(receipt.became_billable, "program")
    return [
        f"{month}: {gained} became billable, {receipt.no_longer_billable} no longer so.",
        f"Expected payment: {before} → *{after}* ({sign}{formatting.money(abs(difference))})",
    ]


def history_page(
    changes: Sequence[PolicyChange],
    *,
    page: int,
    staff: Callable[[str], str],
    when: Instant,
    address: Mapping[str, Any],
) -> Reply:
    """Page ``page`` (from 0) of every change, the newest first."""
    rows = [
        (
            when(change.recorded_at),
            staff(change.recorded_by),
            KNOWN_SETTINGS[change.name].title if change.name in KNOWN_SETTINGS else change.name,
            _in_words(change.name, change.before),
            _in_words(change.name, change.after),
        )
        for change in changes
    ]
    title = "Every change of the settings"
    parts = table_parts(COLUMNS, rows, most_rows=ROWS_PER_PAGE)
    if not parts:
        return Reply(title, (header(title), section("Nothing was changed yet: every setting has its default.")))
    page = nearest_page(page, len(parts))
    count = context(f"{formatting.listed(len(rows), 'change')}, the newest first")
    reply = Reply(title, (header(title), table(COLUMNS, parts[page]), count))
    return paged(reply, PAGE, page, len(parts), address)


def _in_words(name: str, value: Any) -> str:
    if name not in KNOWN_SETTINGS:
        return json.dumps(value)
    return f"{said(name, DEFAULTS[name])} (default)" if value is None else said(name, value)
