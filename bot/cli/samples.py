"""``ccm sample``: the import files of an invented practice."""

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from bot.cli.console import out
from bot.cli.shared import failures_told
from ledger.clock import now
from ledger.practice.practice import zone_named
from ledger.sample import write_sample


def sample(
    directory: Annotated[Path, typer.Argument(help="Where the files go; it is made where it is missing.")],
    patients: Annotated[int, typer.Option(min=1, help="How many patients.")] = 60,
    seed: Annotated[int, typer.Option(help="The same seed writes the same practice.")] = 1,
    timezone: Annotated[str, typer.Option(help="The practice's zone.")] = "America/New_York",
) -> None:
    """Write the import files of an invented practice of any size."""
    with failures_told():
        zone = zone_named(timezone)
        today = now().astimezone(zone).date()
        write_sample(directory, patients=patients, seed=seed, today=today)
    out.print(f"Wrote teams.csv, staff.csv, patients.csv and entries.csv to {escape(str(directory))}.", soft_wrap=True)
