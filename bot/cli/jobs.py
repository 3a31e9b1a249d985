"""``ccm jobs``: what comes next by itself, and what became of what was due."""

from collections.abc import Mapping
from datetime import datetime

from bot.cli.console import out, print_table
from bot.cli.opening import opened_practice
from bot.cli.shared import AsJson, Workspace, print_json
from jobs.scheduling.runs import Run, latest_runs
from jobs.scheduling.schedules import TITLES, Plan, plans
from ledger.clock import now
from ledger.roster.directory import teams

RUNS = 20
_WHOLE_PRACTICE = "the practice"


def jobs(workspace: Workspace = None, as_json: AsJson = False) -> None:
    """Show what comes next by itself for each team, and what became of the last runs."""
    at = now()
    with opened_practice(workspace) as (practice, own), own.reading() as connection:
        known = teams(connection, practice.practice_id)
        planned = plans(practice, known)
        runs = latest_runs(connection, practice.practice_id, most=RUNS)
    names = {team.team_id: team.name for team in known}
    coming = sorted(
        ((plan, upcoming) for plan in planned if (upcoming := plan.schedule.next_after(at)) is not None),
        key=lambda one: one[1].timestamp(),
    )
    if as_json:
        print_json({"coming": [_coming(plan, upcoming) for plan, upcoming in coming], "runs": runs})
        return
    print_table(
        ("What", "For", "Next"), [(_what(plan.kind), _for(plan.team_id, names), _when(at)) for plan, at in coming]
    )
    if not runs:
        out.print("Nothing was due yet.")
        return
    rows = [
        (
            _what(run.kind),
            _for(run.team_id, names),
            run.recipient,
            _when(practice.local(run.scheduled_at)),
            _became(run),
        )
        for run in runs
    ]
    print_table(("What", "For", "To", "Due", "What became of it"), rows)


def _coming(plan: Plan, upcoming: datetime) -> Mapping[str, object]:
    return {"kind": plan.kind, "team_id": plan.team_id, "at": upcoming}


def _what(kind: str) -> str:
    """Return what a kind of run is called; what is not planned is called by its kind."""
    return TITLES.get(kind, kind)


def _for(team_id: str, names: Mapping[str, str]) -> str:
    return names.get(team_id, team_id) if team_id else _WHOLE_PRACTICE


def _when(local: datetime) -> str:
    return f"{local:%a %Y-%m-%d %H:%M %Z}"


def _became(run: Run) -> str:
    if run.missed_at is not None:
        return "missed"
    if run.posted_at is None:
        return "begun"
    if run.message_ts is None:
        return "nothing to say"
    return "posted late" if run.is_late else "posted"
