"""What people are told beside digests: codes and minutes, staff by id, nothing else."""

from datetime import timedelta

from bot.views import words
from bot.views.month_notices import month_notice_message
from bot.views.reply import Reply, section
from jobs.notices.delivery import MissedRun, Notice
from jobs.scheduling.schedules import CARE_PLANS, DIGEST, MONTH_END, MONTH_START, TITLES, WEEKLY

_SEE = {
    DIGEST: "The list as it is now: /ccm near {team}",
    MONTH_END: "Everybody of the month: /ccm month {team}",
    WEEKLY: "The month so far: /ccm month {team}",
    CARE_PLANS: "Whom these block already: /ccm month {team}",
    MONTH_START: "That month as it is now: /ccm month {month_before}",
}
"""Where to find what a missed run would have told."""


def notice_message(notice: Notice) -> Reply:
    """The message that tells ``notice``."""
    return missed_run(notice) if isinstance(notice, MissedRun) else month_notice_message(notice)


def missed_run(missed: MissedRun) -> Reply:
    """One line: what did not come, when it was due, and where its content is."""
    due = missed.practice.local(missed.scheduled_at)
    title, team = TITLES[missed.kind], words.escaped(missed.team.name) if missed.team else ""
    what = f"The {title[0].lower()}{title[1:]}{f' of {team}' if team else ''}"
    month_before = due.date().replace(day=1) - timedelta(days=1)
    see = _SEE[missed.kind].format(team=team, month_before=f"{month_before:%Y-%m}")
    line = (
        f"{what} due on {words.day(due.date())} at {words.clock(due)} was not posted: the bot or Slack was away. {see}"
    )
    return Reply(line, (section(line),))
