"""``ccm month``, ``patient``, ``near``, ``me`` and every write to entries: Slack's answers; and ``ccm verify``."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any
from uuid import uuid4

import typer
from rich.markup import escape

from bot.access import require, require_active
from bot.cli.console import (
    AsJson,
    Workspace,
    opened_practice,
    out,
    print_json,
    print_pages,
    print_reply,
    print_table,
    progress_bar,
)
from bot.commands.add import save_addendum
from bot.commands.call import Call
from bot.commands.cancel import cancel as cancel_command
from bot.commands.export import month_files
from bot.commands.fix import save_fix
from bot.commands.log import save_line
from bot.commands.me import find_own, me_pages
from bot.commands.month import find_month
from bot.commands.near import find_near, near_messages
from bot.commands.patient import find_statement, patient_pages
from bot.commands.start import save_start
from bot.commands.stop import save_stop
from bot.commands.undo import undo as undo_command
from bot.commands.void import save_void
from bot.views.month import COLUMNS, listed_rows, month_head, row_cells
from bot.views.reply import OpenForm, Reply
from bot.views.words import escaped, listed
from ledger.cases import statement_json
from ledger.clock import now
from ledger.database import ScopedDatabase
from ledger.errors import ConfirmationNeededError, LedgerError
from ledger.patient_months import reevaluate_practice
from ledger.practice import Practice, get_practice
from ledger.private_files import make_folder, new_file
from ledger.roster import OPERATOR, person_by_id
from ledger.verify import verify as verify_ledger

Words = Annotated[list[str] | None, typer.Argument(help="As in Slack.")]
Author = Annotated[str, typer.Option("--as", help="The staff id of the person who did the work.")]
Confirm = Annotated[
    bool, typer.Option("--confirm", help="Save an unusual entry (over 180 minutes, or a repeated one).")
]


def month(words: Words = None, workspace: Workspace = None, as_json: AsJson = False) -> None:
    """Billable patients with codes and payment, and for every other patient the reason why not.

    For example: ccm month 2026-11 "Blue Team"
    """

    def show(call: Call) -> None:
        listed, counts, scope, group = find_month(call)
        if as_json:
            print_json(listed)
            return
        print_reply(month_head(counts, call.practice, scope=scope, group=group))
        print_table(COLUMNS, map(row_cells, listed_rows(listed, group)))

    with_call(show, words, workspace)


def patient(words: Words = None, workspace: Workspace = None, as_json: AsJson = False) -> None:
    """The statement of a patient's month, every entry counted or excluded and why.

    For example: ccm patient P-1042 last
    """

    def show(call: Call) -> None:
        if as_json:
            code, _, evaluated = find_statement(call)
            print_json({"patient": code, **statement_json(evaluated.statement), "closing": evaluated.closing})
            return
        print_pages(patient_pages(call))

    with_call(show, words, workspace)


def near(words: Words = None, workspace: Workspace = None, as_json: AsJson = False) -> None:
    """Whom one short call makes billable.

    For example: ccm near "Blue Team"
    """

    def show(call: Call) -> None:
        if as_json:
            print_json(find_near(call)[0])
            return
        for reply in near_messages(call):
            print_reply(reply)

    with_call(show, words, workspace)


def log(
    words: Words = None,
    author: Author = "",
    confirm: Confirm = False,
    workspace: Workspace = None,
    as_json: AsJson = False,
) -> None:
    """Save time, as typed behind /ccm log.

    For example: ccm log --as coord1 P-1042 12m meds call Reconciled the insulin list. Dose confirmed.
    """

    def save(call: Call) -> None:
        require(call.person, "log")
        with _confirmed_by_option():
            # The grammar undoes Slack's escapes in the note: typed here, it has none yet.
            said = save_line(call.behind(escaped(call.text)), confirmed=confirm)
        example = "ccm log --as coord1 P-1042 12m meds call Reconciled the insulin list. Dose confirmed."
        _say(_complete(said, example), as_json=as_json)

    with_call(save, words, workspace, author=author)


def start(author: Author, words: Words = None, workspace: Workspace = None, as_json: AsJson = False) -> None:
    """Start the person's timer, as typed behind /ccm start.

    For example: ccm start --as coord1 P-1042 meds call
    """

    def begin(call: Call) -> Reply:
        return _complete(save_start(call.behind(escaped(call.text))), "ccm start --as coord1 P-1042 meds call")

    _write("start", begin, words, workspace, author, as_json=as_json)


def stop(
    author: Author,
    words: Words = None,
    confirm: Confirm = False,
    workspace: Workspace = None,
    as_json: AsJson = False,
) -> None:
    """Stop the person's timer and save its time as an entry.

    For example: ccm stop --as coord1 meds call Reconciled the insulin list. Dose confirmed.
    """

    def save(call: Call) -> Reply:
        with _confirmed_by_option():
            said = save_stop(call.behind(escaped(call.text)), confirmed=confirm)
        return _complete(said, "ccm stop --as coord1 meds call Reconciled the insulin list. Dose confirmed.")

    _write("stop", save, words, workspace, author, as_json=as_json)


def cancel(author: Author, workspace: Workspace = None, as_json: AsJson = False) -> None:
    """Throw the person's running timer away: nothing is logged."""
    _write("cancel", cancel_command, None, workspace, author, as_json=as_json)


def undo(author: Author, workspace: Workspace = None, as_json: AsJson = False) -> None:
    """Void the person's last entry if it is under 15 minutes old."""
    _write("undo", undo_command, None, workspace, author, as_json=as_json)


def void(author: Author, words: Words = None, workspace: Workspace = None, as_json: AsJson = False) -> None:
    """Void an entry for a reason: one's own, or as a lead one of the team's.

    For example: ccm void --as coord1 P-1042#7 Logged for the wrong patient.
    """
    _write("void", save_void, words, workspace, author, as_json=as_json)


def fix(
    author: Author,
    words: Words = None,
    confirm: Confirm = False,
    workspace: Workspace = None,
    as_json: AsJson = False,
) -> None:
    """Void an entry and save the one that replaces it; what is not said stays as it was.

    For example: ccm fix --as coord1 P-1042#7 15m
    """

    def save(call: Call) -> Reply:
        with _confirmed_by_option():
            return save_fix(call.behind(escaped(call.text)), confirmed=confirm)

    _write("fix", save, words, workspace, author, as_json=as_json)


def add(author: Author, words: Words = None, workspace: Workspace = None, as_json: AsJson = False) -> None:
    """Add to the note of an entry; the note before it stays as it was.

    For example: ccm add --as coord1 P-1042#7 The pharmacy confirmed the new dose.
    """
    _write("add", save_addendum, words, workspace, author, as_json=as_json)


def me(author: Author, words: Words = None, workspace: Workspace = None, as_json: AsJson = False) -> None:
    """The person's entries and minutes today, this week or this month, and what they still miss.

    For example: ccm me --as coord1 week
    """

    def show(call: Call) -> None:
        if as_json:
            own = find_own(call)[1]
            print_json([{"name": one.name, **asdict(one), "result": one.result._asdict()} for one in own])
            return
        print_pages(me_pages(call))

    with_call(show, words, workspace, author=author)


def _write(
    name: str, handle: Callable[[Call], Reply], words: Words, workspace: str | None, author: str, *, as_json: bool
) -> None:
    """Does what the command ``name`` does in Slack, for those who may, and prints the answer."""

    def work(call: Call) -> None:
        require(call.person, name)
        _say(handle(call), as_json=as_json)

    with_call(work, words, workspace, author=author)


def _complete(said: Reply | OpenForm, example: str) -> Reply:
    """The answer; raises ``LedgerError`` where Slack would open a form, which a terminal has not."""
    if isinstance(said, OpenForm):
        raise LedgerError(
            "LINE_INCOMPLETE",
            "The line has a gap; in Slack the form would open. Nothing was saved.",
            f"For example: {example}",
        )
    return said


@contextmanager
def _confirmed_by_option() -> Iterator[None]:
    """Turns the question about an unusual entry into an error that names the option."""
    try:
        yield
    except ConfirmationNeededError as question:
        remedy = "If that is right, add --confirm; if not, correct it."
        raise LedgerError(question.code, f"{question.title} Nothing was saved.", remedy) from question


def _say(reply: Reply, *, as_json: bool) -> None:
    """Prints the answer; one that saved nothing ends the program with exit code 1."""
    if as_json:
        print_json(reply.payload())
    else:
        print_reply(reply)
    if "Nothing was saved" in reply.text:
        raise typer.Exit(1)


def with_call(work: Callable[[Call], None], words: Words, workspace: str | None, *, author: str | None = None) -> None:
    """Does ``work`` with the call that the terminal makes: as the operator, or as the person ``author`` names."""
    with opened_practice(workspace) as (practice, database):
        work(_call(database, practice, " ".join(words or []), author))


def _call(database: ScopedDatabase, practice: Practice, text: str, author: str | None) -> Call:
    with database.reading() as connection:
        if author == "":
            raise LedgerError("AUTHOR_MISSING", "Who did the work?", "Name the staff id, for example: --as coord1")
        person = OPERATOR if author is None else person_by_id(connection, practice.practice_id, author)
    at = now()
    require_active(person, practice.local_date(at))
    return Call(database, practice, person, text, at, f"terminal:{uuid4().hex}")


def verify(workspace: Workspace = None, as_json: AsJson = False) -> None:
    """Recompute every figure and every hash, and name the first that differs."""
    with opened_practice(workspace) as (chosen, database):
        with progress_bar() as progress, database.reading() as connection:
            practice = get_practice(connection, chosen.practice_id)  # its policy as of the months that are verified
            found = verify_ledger(connection, practice, lambda done, total: progress("verifying", done, total))
        if as_json:
            print_json(found)
        elif found.difference is None:
            closes = listed(found.closings, "close as it was frozen", "closes as they were frozen")
            out.print(
                f"The ledger of {escape(practice.name)} is whole: {found.patients} patients, {found.links} links, "
                f"{found.patient_months} patient-months recomputed, {closes}."
            )
        else:
            out.print(
                f"[bold red]The ledger differs from what was recorded:[/] {escape(found.difference)}", soft_wrap=True
            )
        if found.difference is not None:
            raise typer.Exit(2)


def reevaluate(workspace: Workspace = None) -> None:
    """Evaluate every month that is not closed again, as after an upgrade that brings a new rulebook."""
    with (
        opened_practice(workspace) as (practice, database),
        progress_bar() as progress,
        database.writing() as connection,
    ):
        months = reevaluate_practice(connection, practice, lambda done, total: progress("evaluating", done, total))
    out.print(f"{months} patient-months were evaluated.")


def export(
    directory: Annotated[Path, typer.Argument(help="Where the two files go; it is made where it is missing.")],
    words: Words = None,
    workspace: Workspace = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite files of those names.")] = False,
) -> None:
    """Write the month as a workbook and as CSV.

    For example: ccm export out 2026-11 "Blue Team"
    """

    def write(call: Call) -> None:
        files = month_files(call)
        contents = {directory / files.workbook_name: files.workbook, directory / files.csv_name: files.csv}
        there = [path for path in contents if os.path.lexists(path)]
        if there and not force:
            raise LedgerError(
                "EXPORT_EXISTS",
                f"{there[0]} is there already; nothing was written.",
                "Name another folder, or overwrite it: the same command with --force",
            )
        make_folder(directory)
        for path, content in contents.items():
            path.unlink(missing_ok=True)
            with new_file(path) as file:
                file.write(content)
            out.print(f"Wrote {escape(str(path))}.", soft_wrap=True)

    with_call(write, words, workspace)


def register(app: typer.Typer) -> None:
    """Adds these commands to ``app``."""
    commands: tuple[Callable[..., Any], ...] = (
        month,
        patient,
        near,
        log,
        start,
        stop,
        cancel,
        undo,
        void,
        fix,
        add,
        me,
        verify,
        reevaluate,
        export,
    )
    for command in commands:
        app.command(context_settings={"ignore_unknown_options": True})(command)
