"""``ccm rulebook payments``: CMS's relative value file or a list of payments, looked at, made a rulebook, or taken."""

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.console import out, print_table
from bot.cli.opening import opened_practice
from bot.cli.shared import AsJson, Workspace, failures_told, print_json
from bot.permissions import require_active
from bot.views.formatting import listed, money
from ledger.clock import now
from ledger.errors import LedgerError
from ledger.imports.book_of_payments import book_text
from ledger.imports.payment_file import FilePayment, PaymentFile, read_payments
from ledger.practice.practice import Practice
from ledger.roster.directory import Role, person_named
from ledger.rules.rulebook import Rulebook, load_rulebook, rulebook_for, rulebooks
from ledger.setting_changes import PAYMENTS, change_policy, stored_settings
from ledger.storage.private_files import make_folder, new_file


def payments(
    file: Annotated[Path, typer.Argument(help="CMS's PPRRVU….csv, or lines of code and amount: 99490,66.13")],
    *,
    year: Annotated[int | None, typer.Option(help="For which year; CMS's file says it itself.")] = None,
    into: Annotated[Path | None, typer.Option(help="Make a rulebook of CMS's file, in this folder.")] = None,
    author: Annotated[
        str | None, typer.Option("--as", help="Take them as your practice's own: the staff id of an administrator.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Take them without being asked.")] = False,
    workspace: Workspace = None,
    as_json: AsJson = False,
) -> None:
    """Show the payments of a file beside the rulebook's; make a rulebook of them, or your practice's own of that year.

    For example: ccm rulebook payments PPRRVU2027_Jan_nonQPP.csv --into .
    """
    with failures_told():
        codes = list(dict.fromkeys(code for book in reversed(rulebooks()) for code in book.payments))
        found = read_payments(file, codes)
        of_year = _year(file, found, year)
        book = rulebook_for(date(of_year, 1, 1))
    if as_json:
        print_json({"year": of_year, "conversion_factor": found.conversion_factor, "payments": dict(found.payments)})
    else:
        held = f"{book.name}, provisionally" if book.provisional_in(date(of_year, 1, 1)) else book.name
        columns = ("Code", held, "File", "In facilities")
        print_table(columns, (_row(book, code, payment) for code, payment in found.payments.items()))
    if into is not None:
        with failures_told():
            path = _write_book(file, found, of_year, into)
        out.print(
            f"Wrote {path}. Enter by hand what the year changed in the rules, then:", soft_wrap=True, markup=False
        )
        out.print(f"ccm rulebook check {path}, and: ccm rulebook add {path}", soft_wrap=True, markup=False)
    if author is not None:
        _take(found, of_year, author, workspace, yes=yes)


def _year(file: Path, found: PaymentFile, asked: int | None) -> int:
    if asked is not None and found.year not in {None, asked}:
        raise LedgerError(
            "PAYMENTS_YEAR",
            f"{file.name} is CMS's file of {found.year}, not of {asked}. Nothing was saved.",
            f"Leave --year out, or give the file of {asked}.",
        )
    year = asked or found.year
    if year is None:
        raise LedgerError(
            "PAYMENTS_YEAR",
            f"{file.name} does not say for which year its payments hold. Nothing was saved.",
            f"Say it: ccm rulebook payments {file.name} --year 2027",
        )
    return year


def _row(book: Rulebook, code: str, payment: FilePayment) -> tuple[str, ...]:
    held = book.payments.get(code)
    return (
        code,
        money(held.cents) if held and held.cents is not None else "–",
        money(payment.cents),
        money(payment.facility_cents) if payment.facility_cents is not None else "–",
    )


def _write_book(file: Path, found: PaymentFile, year: int, folder: Path) -> Path:
    """Write the rulebook and return its place; it is read again, so that what is written can be used.

    Raises:
        LedgerError: PAYMENTS_NOT_CMS, RULEBOOK_EXISTS.
    """
    if not found.is_relative_values:
        raise LedgerError(
            "PAYMENTS_NOT_CMS",
            f"{file.name} is a list of amounts: a rulebook is made of CMS's relative value file alone.",
            "Take them as your practice's own: the same command with --as admin1 in place of --into",
        )
    original = rulebook_for(date(year, 1, 1))
    name, text = book_text(original, found, year, file_name=file.name, read_on=now().date())
    path = folder / f"{name}.toml"
    make_folder(folder)
    try:
        with new_file(path) as content:
            content.write(text.encode())
    except FileExistsError as error:
        raise LedgerError(
            "RULEBOOK_EXISTS", f"{path} is there already; nothing was written.", "Name another folder: --into new"
        ) from error
    load_rulebook(path)
    return path


def _take(found: PaymentFile, year: int, author: str, workspace: str | None, *, yes: bool) -> None:
    """Make the payments the practice's own of that year, once somebody says so."""
    with opened_practice(workspace) as (practice, database):
        at = now()
        with database.reading() as connection:
            person = person_named(connection, practice.practice_id, author)
        require_active(person, practice.local_date(at))
        if Role.ADMIN not in person.roles:
            raise LedgerError(
                "ROLE_NEEDED", f"{author} is no admin. Nothing was changed.", "Name an administrator: --as admin1"
            )
        count = listed(len(found.payments), "payment")
        if not (yes or typer.confirm(f"Take {count} as those of {practice.name} for {year}?")):
            return
        own = {code: _cents(practice, payment) for code, payment in found.payments.items()}
        with database.writing() as connection:
            before = stored_settings(connection, practice).get(PAYMENTS, {})
            after = {**before, str(year): {**before.get(str(year), {}), **own}}
            change_policy(connection, practice, PAYMENTS, after, at=at, recorded_by=person.staff_id)
    out.print(
        f"{count} of {year} are the practice's own now; every month of {year} that is not closed was evaluated again."
    )


def _cents(practice: Practice, payment: FilePayment) -> int:
    in_facility = practice.policy.in_facility and payment.facility_cents is not None
    return (payment.facility_cents or 0) if in_facility else payment.cents
