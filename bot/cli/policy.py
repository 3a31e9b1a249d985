"""``ccm policy``: what a practice decides for itself, each change recorded with who and when."""

import json
from typing import Annotated, Any

import typer
from rich.markup import escape

from bot.cli.console import out, print_table, progress_bar
from bot.cli.opening import opened_practice
from bot.cli.shared import AsJson, Workspace, print_json
from bot.permissions import require_active
from ledger.clock import now
from ledger.errors import LedgerError
from ledger.practice.settings import KNOWN_SETTINGS, is_of_policy, written_settings
from ledger.roster.directory import Role, person_named
from ledger.setting_changes import PolicyValueError, change_policy, policy_changes, stored_settings

policy = typer.Typer(
    help="Practice policy: every SHOULD of the billing rules, and how the bot behaves.",
    no_args_is_help=True,
    add_completion=False,
)

Author = Annotated[str, typer.Option("--as", help="The staff id of the administrator who decides it.")]
Name = Annotated[str, typer.Argument(help="The policy's name, as ccm policy show lists it.")]


@policy.command()
def show(workspace: Workspace = None, as_json: AsJson = False) -> None:
    """List every policy with its value, and whether the practice changed it."""
    with opened_practice(workspace) as (practice, database), database.reading() as connection:
        own = stored_settings(connection, practice)
    settings = written_settings(own)
    if as_json:
        print_json(settings)
        return
    rows = (
        (name, KNOWN_SETTINGS[name].title, json.dumps(value), "changed" if name in own else "")
        for name, value in settings.items()
    )
    print_table(("Policy", "What it is", "Value", ""), rows)


@policy.command()
def history(workspace: Workspace = None, as_json: AsJson = False) -> None:
    """List who changed which policy, when, from what and to what; the newest first."""
    with opened_practice(workspace) as (practice, database), database.reading() as connection:
        changes = policy_changes(connection, practice)
    if as_json:
        print_json(changes)
        return
    rows = (
        (
            f"{practice.local(change.recorded_at):%Y-%m-%d %H:%M}",
            change.recorded_by,
            change.name,
            _written(change.before),
            _written(change.after),
        )
        for change in changes
    )
    print_table(("When", "Who", "Policy", "Before", "After"), rows)


@policy.command("set")
def set_(
    name: Name,
    value: Annotated[
        str, typer.Argument(help='JSON, or a word: true, 300, interactive, \'{"2026": {"99490": 6500}}\'.')
    ],
    author: Author,
    workspace: Workspace = None,
) -> None:
    """Change a policy; where the billing rules depend on it, every month that is not closed is evaluated again.

    For example: ccm policy set rpm_time interactive --as admin1
    """
    asked = _value(value)
    stored = _change(name, asked, author, workspace)
    said = value if stored == asked else json.dumps(stored)
    out.print(f"{name} is {escape(said)} now{_evaluated(name)}.")


@policy.command()
def reset(name: Name, author: Author, workspace: Workspace = None) -> None:
    """Return a policy to its default."""
    _change(name, None, author, workspace)
    out.print(f"{name} has its default again{_evaluated(name)}.")


def _evaluated(name: str) -> str:
    return "; every month that is not closed was evaluated again" if is_of_policy(name) else ""


def _written(value: Any) -> str:
    return "default" if value is None else json.dumps(value)


def _change(name: str, value: Any, author: str, workspace: str | None) -> Any:
    """Change the policy and return its value as it is stored, None for the default."""
    with (
        opened_practice(workspace) as (practice, database),
        progress_bar() as progress,
        database.writing() as connection,
    ):
        at = now()
        person = person_named(connection, practice.practice_id, author)
        require_active(person, practice.local_date(at))
        if Role.ADMIN not in person.roles:
            raise LedgerError(
                "ROLE_NEEDED",
                f"{author} is no admin. Nothing was changed.",
                "Name an administrator, for example --as admin1",
            )
        try:
            change_policy(
                connection,
                practice,
                name,
                value,
                at=at,
                recorded_by=person.staff_id,
                progress=lambda done, total: progress("evaluating", done, total),
            )
        except PolicyValueError as error:
            raise LedgerError(error.code, error.title, _as_typed(error)) from error
        return stored_settings(connection, practice).get(name)


def _as_typed(error: PolicyValueError) -> str:
    written = error.example if isinstance(error.example, str) else f"'{json.dumps(error.example)}'"
    return f"For example: ccm policy set {error.name} {written} --as admin1"


def _value(text: str) -> Any:
    """Return what the text says: JSON, or the text itself.

    JSON's null is no value; ``reset`` returns to the default.
    """
    try:
        value = json.loads(text)
    except json.JSONDecodeError:
        return text
    return text if value is None else value
