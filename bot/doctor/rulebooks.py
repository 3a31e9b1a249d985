"""What may be wrong with the rulebooks: one cannot be used, next year's is missing, one is a mere copy (B1, B4)."""

from collections.abc import Iterator
from datetime import date

from bot.doctor.findings import Finding, Setup, ok, warning
from ledger.rules.book_changes import copied_from, doubt_of_copy
from ledger.rules.rulebook import BOOKS, FOLDER_VARIABLE, is_provisional, rulebooks

NEXT_YEARS_BOOK_FROM_MONTH = 12
"""From December on next year's book is asked for: its final rule is published in November."""


def books_can_be_used(setup: Setup) -> Iterator[Finding]:
    """Yield whether every book can be used and is there in time.

    Raises:
        RulebookError: One cannot be used; the title names the place.
    """
    books, today = rulebooks(), setup.now().date()
    missing = _missing_year(today)
    if missing is not None:
        yield warning(
            "RULEBOOK_MISSING",
            f"There is no rulebook of {missing}: its months are evaluated provisionally, by {books[-1].name}.",
            f"Upgrade the program, or bring it: ccm rulebook add medicare-{missing}.toml (docs/rulebooks.md)",
        )
    for book in books:
        original = copied_from(book, books) if book.is_brought else None
        if original is not None:
            yield warning(
                "RULEBOOK_COPIED",
                doubt_of_copy(book, original),
                f"Compare it with what CMS published: ccm rulebook diff {original.name} {book.name}",
            )
        if book.is_brought and (BOOKS / f"{book.name}.toml").exists():
            yield warning(
                "RULEBOOK_REPLACED",
                f"{book.name} of {FOLDER_VARIABLE} holds in place of the program's own.",
                f"Where the program's is right: take {book.path} away, restart the bot, then: ccm reevaluate",
            )
    if missing is None:
        yield ok("RULEBOOKS", f"{len(books)} rulebooks can be used, the newest is {books[-1].name}.")


def _missing_year(today: date) -> int | None:
    """Return the year whose book is missing: this one, or from December on the next."""
    years = [today.year, *([today.year + 1] if today.month >= NEXT_YEARS_BOOK_FROM_MONTH else [])]
    return next((year for year in years if is_provisional(date(year, 1, 1))), None)
