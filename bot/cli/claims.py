"""``ccm claims``: a month's claim lines on the screen or as a file, and what became of them."""

import json
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from bot.cli.calls import Words, with_call
from bot.cli.console import err
from bot.cli.replies import print_blocks, print_reply
from bot.cli.shared import Workspace
from bot.commands.call import Call
from bot.commands.claims import MARK, do_export, find_claims, mark
from bot.permissions import require
from bot.views.claims import COLUMNS, changes_words, claims_head, line_cells
from bot.views.reply import table
from ledger.claims.states import ClaimList
from ledger.errors import LedgerError
from ledger.storage.private_files import new_file


class Form(StrEnum):
    """How an export is written."""

    CSV = "csv"
    XLSX = "xlsx"
    JSON = "json"


def claims(  # noqa: PLR0917 typer passes every option by its name
    words: Words = None,
    as_csv: Annotated[bool, typer.Option("--csv", help="Export as CSV.")] = False,
    as_xlsx: Annotated[bool, typer.Option("--xlsx", help="Export as a workbook; needs --out.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Export as JSON.")] = False,
    out: Annotated[Path | None, typer.Option(help="The file that the export goes to; else it is printed.")] = None,
    author: Annotated[str | None, typer.Option("--as", help="The staff id of the biller; else the operator.")] = None,
    workspace: Workspace = None,
) -> None:
    """List the month's claim lines; export them as --csv, --xlsx or --json; record what became of one with mark.

    An export is recorded: the next one says what is new since. Without one of the three the lines are only shown.

    For example: ccm claims 2026-10 --csv --out claims.csv
    """

    def work(call: Call) -> None:
        require(call.person, "claims")
        first, _, rest = call.text.partition(" ")
        form = _form(as_csv=as_csv, as_xlsx=as_xlsx, as_json=as_json)
        if first.lower() == MARK:
            print_reply(mark(call.behind(rest)))
        elif form is None:
            _show(call)
        else:
            _export(call, form, out)

    with_call(work, words, workspace, author=author)


def _form(*, as_csv: bool, as_xlsx: bool, as_json: bool) -> Form | None:
    chosen = [form for form, is_it in ((Form.CSV, as_csv), (Form.XLSX, as_xlsx), (Form.JSON, as_json)) if is_it]
    if len(chosen) > 1:
        raise LedgerError("FORM_TWICE", "An export is written in one form.", "For example: ccm claims 2026-10 --csv")
    return chosen[0] if chosen else None


def _show(call: Call) -> None:
    found, is_closed = find_claims(call)
    rows = [line_cells(one) for one in found.lines]
    head = claims_head(found, call.practice, is_closed=is_closed)
    print_blocks([*head.blocks, *([table(COLUMNS, rows)] if rows else [])])


def _export(call: Call, form: Form, path: Path | None) -> None:
    if path is None and form is Form.XLSX:
        raise LedgerError("OUT_MISSING", "A workbook goes to a file.", "For example: --xlsx --out claims.xlsx")
    if path is not None and path.exists():
        raise LedgerError(
            "EXPORT_EXISTS", f"{path} is there already; nothing was written.", "Name another file after --out."
        )
    exported = do_export(call)
    content = _written(exported, form)
    if path is None:
        typer.echo(content.decode(), nl=False)
    else:
        with new_file(path) as file:
            file.write(content)
    number = exported.export.number if exported.export else 0
    where = f" to {escape(str(path))}" if path else ""
    err.print(f"Export {number}{where}: {changes_words(exported)}.", soft_wrap=True)


def _written(exported: ClaimList, form: Form) -> bytes:
    from ledger.reports.claim_files import claims_csv, claims_data, claims_workbook  # openpyxl loads slowly

    match form:
        case Form.CSV:
            return claims_csv(exported)
        case Form.XLSX:
            return claims_workbook(exported)
        case Form.JSON:
            plain = {"month": f"{exported.month:%Y-%m}", "lines": claims_data(exported)}
            return f"{json.dumps(plain, indent=2, ensure_ascii=False, default=str)}\n".encode()
