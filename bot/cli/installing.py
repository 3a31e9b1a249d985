"""``ccm practices`` and ``ccm tokens``: who has the bot, and the keys under which their tokens are kept."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

import typer

from bot.cli.console import out, print_table
from bot.cli.opening import chosen_practice, opened_ledger
from bot.cli.shared import AsJson, Workspace, failures_told, print_json
from bot.config import Settings, required
from bot.oauth.encryption import Seal, new_key
from bot.oauth.key_rotation import installed_since, seal_anew
from ledger.practice.practice import all_practices
from ledger.roster.setup import move_practice

tokens = typer.Typer(no_args_is_help=True, add_completion=False)


@dataclass(frozen=True, slots=True)
class ListedPractice:
    """A practice, and since when the bot is installed in its workspace by OAuth; None where it is not."""

    workspace: str
    name: str
    timezone: str
    installed_at: datetime | None


def practices(
    workspace: Workspace = None,
    timezone: Annotated[
        str | None, typer.Option(help="Give the practice another zone; only before time is logged.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """List the practices, and in whose workspaces the bot is installed by OAuth."""
    with opened_ledger() as database:
        if timezone is not None:
            practice = chosen_practice(database, workspace)
            with database.of(practice.practice_id).writing() as connection:
                moved = move_practice(connection, practice, timezone)
            out.print(f"{moved.name} ({moved.practice_id}) has the dates of {moved.timezone} now.", markup=False)
            return
        since = installed_since(database)
        with database.across_practices().reading() as connection:
            listed = [
                ListedPractice(one.practice_id, one.name, one.timezone, since.get(one.practice_id))
                for one in all_practices(connection)
                if workspace in (None, one.practice_id)
            ]
    if as_json:
        print_json(listed)
        return
    rows = [(one.workspace, one.name, one.timezone, _said(one.installed_at)) for one in listed]
    print_table(("Workspace", "Practice", "Zone", "Installed by OAuth"), rows)


def _said(installed_at: datetime | None) -> str:
    return f"since {installed_at:%Y-%m-%d %H:%M} UTC" if installed_at else "no"


@tokens.command()
def key() -> None:
    """Print a new key for CCM_TOKEN_KEYS. Nothing is stored or changed."""
    typer.echo(new_key())


@tokens.command()
def rotate() -> None:
    """Seal every stored token anew with the first key of CCM_TOKEN_KEYS; the bot may run meanwhile.

    To change the key: put the new one first (CCM_TOKEN_KEYS=new,old), restart every process, run this, and take the
    old one away.
    """
    with failures_told():
        keys = required(Settings().ccm_token_keys, "CCM_TOKEN_KEYS", "(a key from: ccm tokens key)")
        seal = Seal(keys)
    with opened_ledger() as database:
        done = seal_anew(database, seal)
    out.print(f"{done.sealed_anew} of {done.secrets} secrets were sealed anew with the first key.")
    out.print("Every other key can be taken out of CCM_TOKEN_KEYS once all processes have the first.")
