"""The settings, their forms and their changes, without a Slack: within its limits whatever was decided."""

from datetime import UTC, date, datetime
from typing import Any

from support.block_kit import check_message, check_view

from bot.views.settings import (
    CodePayment,
    Setting,
    decided,
    history_page,
    outcome_view,
    saving_view,
    setting_form,
    settings_list,
)
from ledger.practice.settings import KNOWN_SETTINGS, written_settings
from ledger.rules.rulebook import load_rulebooks
from ledger.setting_changes import PolicyChange, PolicyReceipt

MONTH = date(2026, 11, 1)
AT = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
MANY = [f"CREDENTIAL-{number}" for number in range(200)]


def test_the_settings_and_the_form_of_each_fit_whatever_was_decided() -> None:
    codes = sorted({code for book in load_rulebooks() for code in book.payments})
    largest: dict[str, Any] = {
        "payments": {str(year): dict.fromkeys(codes, 9_999_999) for year in range(2025, 2032)},
        "qualifying_credentials": MANY,
        "bands": [[number, number] for number in range(1000, 1300)],
        "digest_days": list(range(1, 29)),
    }
    values = written_settings(largest)
    known = [Setting(name, values[name], PolicyChange(name, None, 1, AT, "admin1")) for name in KNOWN_SETTINGS]
    payments = [
        CodePayment(str(year), code, 9_999_999, 9_999_999, is_provisional=True)
        for year in (2026, 2027, 2025)
        for code in codes
    ]

    payload = settings_list(known, staff=lambda _: "Admin " * 40, when=str).payload()
    check_message(payload["text"], payload["blocks"])
    for setting in known:
        view = setting_form(setting, payments=payments, staff=lambda _: "Admin " * 40, when=str)
        check_view(view, kind="modal")


def test_what_came_of_a_setting_fits() -> None:
    receipt = PolicyReceipt("qualifying_credentials", MANY, [*MANY, "RN"], MONTH, 5000, 5000, 10**9, 10**9 + 1)
    check_view(outcome_view(decided(receipt, evaluated=True), "setting:1"), kind="modal")
    check_view(saving_view("setting:1"), kind="modal")


def test_every_change_stands_on_one_page_and_every_page_fits() -> None:
    changes = [PolicyChange("qualifying_credentials", MANY, None, AT, f"admin{number}") for number in range(60)]

    seen: list[str] = []
    page = 0
    while len(seen) < len(changes):
        reply = history_page(changes, page=page, staff=str, when=str, address={"text": "history"}).payload()
        check_message(reply["text"], reply["blocks"])
        (table,) = (block for block in reply["blocks"] if block["type"] == "table")
        seen += [row[1]["text"] for row in table["rows"][1:]]
        page += 1
    assert seen == [change.recorded_by for change in changes]
