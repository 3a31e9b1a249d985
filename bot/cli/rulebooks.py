"""``ccm rulebook``: the dated figures of Medicare, those of the program and those that an administrator brings."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape

from bot.cli.console import out, print_table, progress_bar
from bot.cli.opening import opened_ledger
from bot.cli.payment_files import payments
from bot.cli.shared import AsJson, failures_told, print_json
from bot.views.formatting import listed, money, month_name
from ledger.errors import LedgerError
from ledger.practice.practice import Practice, all_practices
from ledger.reports.new_book import MonthEffect, effect_of_books
from ledger.rules.book_changes import copied_from, differences, doubt_of_copy
from ledger.rules.rulebook import (
    FOLDER_VARIABLE,
    Rulebook,
    RulebookError,
    brought_folder,
    forget_rulebooks,
    in_order,
    load_rulebook,
    rulebooks,
)
from ledger.storage.database import Database

rulebook = typer.Typer(
    help="The rulebooks: every figure of Medicare by year, and those that you bring.",
    no_args_is_help=True,
    add_completion=False,
)

rulebook.command()(payments)

BookFile = Annotated[Path, typer.Argument(help="A rulebook, for example medicare-2027.toml.")]
BookName = Annotated[str, typer.Argument(help="A rulebook by its name, for example medicare-2026, or by its file.")]


@rulebook.command("list")
def list_(as_json: AsJson = False) -> None:
    """List the rulebooks with their dates, where they come from, and how many payments are known."""
    with failures_told():
        books = rulebooks()
    if as_json:
        print_json([_summary(book) for book in books])
        return
    columns = ("Rulebook", "In force", "From", "Payments", "Conversion factor", "SHA-256")
    print_table(columns, map(_row, books))


@rulebook.command()
def check(file: BookFile, as_json: AsJson = False) -> None:
    """Name every fault of a rulebook, and what is doubtful about it; exit code 1 where it cannot be used."""
    with failures_told():
        others = _others(file.stem)
        faults, doubts = _faults(file, others), []
        if not faults:
            book = load_rulebook(file)
            original = copied_from(book, others)
            doubts = [doubt_of_copy(book, original)] if original else []
    if as_json:
        print_json({"faults": faults, "doubts": doubts})
    else:
        for line in faults:
            out.print(f"• {line}", soft_wrap=True, markup=False)
        for line in doubts:
            out.print(f"? {line}", soft_wrap=True, markup=False)
        told = f"{file.name}: {listed(len(faults), 'fault')}." if faults else f"{file.name} can be used."
        out.print(told, soft_wrap=True, markup=False)
    if faults:
        raise typer.Exit(1)


@rulebook.command()
def diff(before: BookName, after: BookName, as_json: AsJson = False) -> None:
    """Say in which figures two rulebooks differ."""
    with failures_told():
        found = differences(_named(before), _named(after))
    if as_json:
        print_json([one._asdict() for one in found])
    elif not found:
        out.print("They have the same figures, dates and sources.")
    else:
        rows = ((one.place, one.before or "–", one.after or "–") for one in found)
        print_table(("Place", Path(before).stem, Path(after).stem), rows)


@rulebook.command()
def add(
    file: BookFile,
    yes: Annotated[bool, typer.Option("--yes", help="Take it without being asked.")] = False,
    same_figures: Annotated[
        bool, typer.Option("--same-figures", help="Take it though it repeats the figures of another year.")
    ] = False,
) -> None:
    """Show what a rulebook changes in patients and dollars, and take it into the folder of CCM_RULEBOOKS.

    For example: ccm rulebook add medicare-2027.toml
    """
    with opened_ledger() as database:
        folder = _folder()
        others = _others(file.stem)
        book = load_rulebook(file)
        books = in_order([*others, book])
        _show_changes(database, book, others, books)
        if not (_is_no_copy(book, others, same_figures=same_figures, yes=yes) and (yes or _is_wanted(book, folder))):
            return
        _put(file, folder / f"{book.name}.toml")
    forget_rulebooks()
    out.print(f"{book.name} is in {folder}.", soft_wrap=True, markup=False)
    out.print("Restart the bot so that it reads it (ccm serve), then evaluate the open months: ccm reevaluate")


def _show_changes(database: Database, book: Rulebook, others: Sequence[Rulebook], books: Sequence[Rulebook]) -> None:
    """Print what the book changes: against the one whose place it takes or that comes before it, and in the ledger."""
    held = next((known for known in rulebooks() if known.name == book.name), None)
    earlier = held or next((known for known in reversed(others) if known.in_force_from < book.in_force_from), None)
    if earlier is not None:
        count = listed(len(differences(earlier, book)), "place")
        says = f"takes the place of {earlier.name} and" if held else f"follows {earlier.name} and"
        shown = f"ccm rulebook diff {earlier.name} {book.path}"
        out.print(f"{book.name} {says} differs from it in {count}: {shown}", soft_wrap=True, markup=False)
    with database.across_practices().reading() as connection:
        practices = all_practices(connection)
    rows: list[tuple[str, ...]] = []
    for practice in practices:
        with progress_bar() as progress, database.of(practice.practice_id).reading() as connection:
            effects = effect_of_books(
                connection, practice, books, lambda done, total: progress("evaluating", done, total)
            )
        rows += [_effect_row(practice, effect) for effect in effects]
    if rows:
        print_table(("Practice", "Month", "Rulebook", "Patients", "Changed", "Expected payment"), rows)
    else:
        out.print("It changes no open month of the ledger.")


def _effect_row(practice: Practice, effect: MonthEffect) -> tuple[str, ...]:
    difference = effect.cents_after - effect.cents_before
    sign = "+" if difference >= 0 else "-"
    books = f"{effect.book_before} → {effect.book_after}"
    return (
        practice.practice_id,
        month_name(effect.month),
        books if effect.book_before != effect.book_after else f"{effect.book_after}, corrected",
        str(effect.patients),
        str(effect.changed),
        f"{money(effect.cents_before)} → {money(effect.cents_after)} ({sign}{money(abs(difference))})",
    )


def _is_no_copy(book: Rulebook, others: Sequence[Rulebook], *, same_figures: bool, yes: bool) -> bool:
    """Ask about a book that repeats another year's figures; ``--yes`` alone is no answer to that."""
    original = copied_from(book, others)
    if original is None or same_figures:
        return True
    doubt = doubt_of_copy(book, original)
    if yes:
        remedy = f"Correct its figures; or, where they are the same: ccm rulebook add {book.path.name} --same-figures"
        raise LedgerError("RULEBOOK_COPIED", f"{doubt} It was not taken.", remedy)
    return typer.confirm(doubt)


def _is_wanted(book: Rulebook, folder: Path) -> bool:
    return typer.confirm(f"Take {book.name} into {folder}?")


def _folder() -> Path:
    """Return the folder of the books that are brought.

    Raises:
        LedgerError: RULEBOOK_FOLDER: none is named.
    """
    folder = brought_folder()
    if folder is None:
        raise LedgerError(
            "RULEBOOK_FOLDER",
            "No folder is named for the rulebooks that you bring. Nothing was taken.",
            f"Make one and name it to every process of the bot, for example {FOLDER_VARIABLE}=/var/lib/ccm/rulebooks",
        )
    return folder


def _put(file: Path, place: Path) -> None:
    """Copy the file to its place, all of it or nothing."""
    half = place.with_name(f".{place.name}.new")
    half.write_bytes(file.read_bytes())
    half.replace(place)


def _others(name: str) -> tuple[Rulebook, ...]:
    """Return the books that hold beside one of that name."""
    return tuple(book for book in rulebooks() if book.name != name)


def _faults(file: Path, others: Sequence[Rulebook]) -> list[str]:
    """Return all that is wrong in the file, and whether it follows the other books without gap or overlap."""
    try:
        in_order([*others, load_rulebook(file)])
    except RulebookError as error:
        return [problem.rstrip(".") for problem in error.problems]
    return []


def _named(name: str) -> Rulebook:
    """Return the book of that name or in that file.

    Raises:
        LedgerError: RULEBOOK_UNKNOWN.
    """
    known = {book.name: book for book in rulebooks()}
    if name in known:
        return known[name]
    if Path(name).suffix:
        return load_rulebook(Path(name))
    raise LedgerError(
        "RULEBOOK_UNKNOWN",
        f"There is no rulebook {name!r}.",
        f"There are {', '.join(known)}; or name a file, for example medicare-2027.toml",
    )


def _row(book: Rulebook) -> tuple[str, ...]:
    said = _summary(book)
    factor = said["conversion_factor"]
    return (
        book.name,
        f"{book.in_force_from} to {book.in_force_to}",
        escape(str(book.path.parent)) if book.is_brought else "the program",
        f"{said['payments']} ({said['approximate']} approximate, {said['unknown']} unknown)",
        factor["non_qualifying"] + (f" ({factor['qualifying']} qualifying)" if factor["qualifying"] else ""),
        book.file_hash[:12],
    )


def _summary(book: Rulebook) -> dict[str, Any]:
    payments, factor = book.payments.values(), book.conversion_factor
    return {
        "name": book.name,
        "in_force_from": book.in_force_from,
        "in_force_to": book.in_force_to,
        "path": str(book.path),
        "is_brought": book.is_brought,
        "payments": sum(payment.cents is not None for payment in payments),
        "approximate": sum(payment.approximate for payment in payments),
        "unknown": sum(payment.cents is None for payment in payments),
        "conversion_factor": {
            "non_qualifying": str(factor.non_qualifying),
            "qualifying": str(factor.qualifying) if factor.qualifying else None,
        },
        "hash": book.file_hash,
    }
