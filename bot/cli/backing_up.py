"""``ccm backup`` and ``ccm restore``: the ledger's file, copied while the bot runs, and put back."""

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from bot.cli.console import out, progress_bar
from bot.cli.opening import opened_ledger
from bot.cli.shared import AsJson, print_json
from ledger.audit.backup import Contents, back_up
from ledger.audit.backup import restore as restore_ledger
from ledger.clock import now

File = Annotated[Path, typer.Argument(help="The backup's file.", dir_okay=False)]


def backup(
    file: File,
    force: Annotated[bool, typer.Option("--force", help="Overwrite a file of that name.")] = False,
    unverified: Annotated[bool, typer.Option("--unverified", help="Keep it even where verification fails.")] = False,
    as_json: AsJson = False,
) -> None:
    """Copy a SQLite ledger while others write to it, verify the copy, and only then put it at its name.

    For example: ccm backup /var/backups/ccm/ccm-2026-11-24.sqlite3
    """
    with opened_ledger(needs_schema=False) as database, progress_bar() as progress:
        contents = back_up(database, file, force=force, unverified=unverified, progress=progress)
    if as_json:
        print_json(contents)
    else:
        _tell(contents)
        out.print(f"Written to {escape(str(file))}.", soft_wrap=True)


def restore(
    file: File,
    replace: Annotated[
        bool, typer.Option("--replace", help="Restore even where the ledger has records that the backup lacks.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Verify a backup and make the SQLite ledger what it holds; the ledger that was there is kept beside it.

    For example: ccm restore /var/backups/ccm/ccm-2026-11-24.sqlite3
    """
    with opened_ledger(needs_schema=False) as database, progress_bar() as progress:
        restored = restore_ledger(database, file, at=now(), replace=replace, progress=progress)
        place = str(database.url.database)
    if as_json:
        print_json(restored)
        return
    _tell(restored.contents)
    if restored.kept is not None:
        out.print(f"The ledger as it was is kept at {escape(str(restored.kept))}.", soft_wrap=True)
    out.print(f"Restored to {escape(place)}. Next: ccm doctor, then start the bot.", soft_wrap=True)


def _tell(contents: Contents) -> None:
    newest = f"{contents.newest_entry:%Y-%m-%d %H:%M} UTC" if contents.newest_entry else "none"
    verified = "verified" if contents.difference is None else f"NOT WHOLE: {contents.difference}"
    out.print(
        f"{contents.practices} practices, {contents.patients} patients, {contents.entries} entries, the newest "
        f"recorded {newest}; migration {contents.migration}; {escape(verified)}.",
        soft_wrap=True,
    )
    out.print(f"SHA-256 {contents.sha256}, {contents.size_bytes} bytes.", soft_wrap=True)
