"""What people are told beside digests: codes and minutes, staff by id, nothing else."""

from bot.views import words
from bot.views.reply import Reply, section
from jobs.notices import MissedRun, Notice
from jobs.schedules import DIGEST

_WHAT = {DIGEST: "The digest"}
"""What each kind of run is called."""
_SEE = {DIGEST: "The list as it is now: /ccm near {team}"}
"""Where to find what a missed run would have told."""


def notice_message(notice: Notice) -> Reply:
    """The message that tells ``notice``."""
    return missed_run(notice)


def missed_run(missed: MissedRun) -> Reply:
    """One line: what did not come, when it was due, and where its content is."""
    due = missed.practice.local(missed.scheduled_at)
    team = words.escaped(missed.team.name) if missed.team else "the practice"
    see = _SEE[missed.kind].format(team=team)
    line = (
        f"{_WHAT[missed.kind]} of {team} due on {words.day(due.date())} at {words.clock(due)} was not posted: "
        f"the bot or Slack was away. {see}"
    )
    return Reply(line, (section(line),))
