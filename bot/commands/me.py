"""``/ccm me [today|week|month]``: my entries and minutes, and what I still miss."""

from dataclasses import asdict
from datetime import date, timedelta
from typing import Any

from bot.commands.call import Call
from bot.commands.command import Command, Listing, Paging
from bot.commands.near import find_near
from bot.permissions import EVERYBODY, may
from bot.views import formatting
from bot.views.help import Topic
from bot.views.me import PAGE, own_pages
from bot.views.reply import Reply, joined, nearest_page
from ledger.clock import month_of
from ledger.errors import LedgerError
from ledger.reports.own_entries import OwnEntry, own_entries


def me(call: Call, page: int = 0) -> Reply:
    """Page ``page`` (from 0) of the person's work today, this week (from Monday) or this month."""
    pages = me_pages(call)
    return pages[nearest_page(page, len(pages))]


def me_pages(call: Call) -> list[Reply]:
    """Return all pages.

    Raises:
        LedgerError: For words that are no stretch of days.
    """
    title, entries = find_own(call)
    near, scope = find_near(call.behind(""))
    return own_pages(
        entries,
        title=title,
        near_patients=len(near.near),
        scope=scope,
        address={"text": call.text},
        may_correct=may(call.person, "add"),
    )


def find_own(call: Call) -> tuple[str, list[OwnEntry]]:
    """Return what the stretch of days is called, and the person's entries in it."""
    first_day, title = _since(call)
    with call.database.reading() as connection:
        return title, own_entries(connection, call.practice, call.person.staff_id, first_day, call.today)


def _since(call: Call) -> tuple[date, str]:
    today = call.today
    match call.text.strip().lower():
        case "" | "today":
            return today, f"My day · {formatting.day(today)}"
        case "week":
            monday = today - timedelta(days=today.weekday())
            return monday, f"My week · {formatting.day(monday)} to {formatting.day(today)}"
        case "month":
            return month_of(today), f"My month · {formatting.month_name(today)}"
        case other:
            raise LedgerError("PERIOD_UNKNOWN", f"{other!r} is not today, week or month.", "For example: /ccm me week")


def _data(call: Call) -> Any:
    """Return the entries for a program."""
    return [{"name": one.name, **asdict(one), "result": one.result._asdict()} for one in find_own(call)[1]]


ME = Command(
    "me",
    EVERYBODY,
    me,
    Topic(
        "me [today|week|month]",
        "Your entries and minutes, and what you still miss.",
        ("/ccm me", "/ccm me week"),
    ),
    saves=False,
    paging=Paging(PAGE, me),
    terminal=Listing("ccm me --as coord1 week", lambda call: joined(me_pages(call)), _data, is_own=True),
)
