"""``ccm log --dry-run``: what a line, or each line of a file, would be understood as; nothing is saved."""

import json
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any
from uuid import uuid4

import typer
from pydantic import TypeAdapter

from bot.cli.calls import Words, with_call
from bot.cli.replies import print_reply
from bot.cli.shared import failures_told, print_json
from bot.commands.call import Call
from bot.commands.reading import Reading, reading_card
from bot.views.formatting import escaped
from ledger.errors import LedgerError

DryRun = Annotated[bool, typer.Option("--dry-run", help="Show how the line would be read; nothing is saved.")]
LocalNow = Annotated[
    datetime | None,
    typer.Option("--now", formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"], help="With --dry-run: as if typed then."),
]
Lines = Annotated[
    Path | None,
    typer.Option(help="Read each [[line]] of a TOML file (text, at) as --dry-run does: one JSON object a line."),
]


def print_reading(
    read: Callable[[Call], Reading],
    words: Words,
    workspace: str | None,
    author: str,
    at: datetime | None,
    *,
    as_json: bool,
) -> None:
    """Print how the line of ``words`` would be read if it were typed at ``at``, local time."""

    def work(call: Call) -> None:
        reading = read(_typed(call, call.text, at))
        if as_json:
            print_json(reading)
        else:
            print_reply(reading_card(reading))

    with_call(work, words, workspace, author=author)


def print_readings(
    read: Callable[[Call], Reading], file: Path, workspace: str | None, author: str, at: datetime | None
) -> None:
    """Print one JSON object for each line of the file, in its order."""
    with failures_told():
        lines = list(_lines(file))

    def work(call: Call) -> None:
        for text, typed_at in lines:
            reading = read(_typed(call, text, typed_at or at))
            plain = TypeAdapter(Any).dump_python(reading, mode="json")
            typer.echo(json.dumps(plain, ensure_ascii=False))

    with_call(work, None, workspace, author=author)


def _typed(call: Call, text: str, at: datetime | None) -> Call:
    """Return the call as if the line were typed at ``at``; the grammar undoes the escapes that Slack would send."""
    instant = at.replace(tzinfo=call.practice.zone).astimezone(UTC) if at else call.at
    return replace(call, text=escaped(text), at=instant, key=f"terminal:{uuid4().hex}")


def _lines(file: Path) -> Iterator[tuple[str, datetime | None]]:
    try:
        read = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise LedgerError(
            "LINES_UNREADABLE", f"{file.name} cannot be read: {error}.", "Name a TOML file with [[line]] tables."
        ) from error
    for number, line in enumerate(read.get("line", []), start=1):
        text, at = line.get("text"), line.get("at")
        if not isinstance(text, str) or not isinstance(at, datetime | None):
            raise LedgerError(
                "LINES_UNREADABLE",
                f"Line {number} of {file.name} has no text, or an at that is no local date and time.",
                'For example: text = "P-1042 12m meds call Note", at = 2026-11-24T15:00:00',
            )
        yield text, at
