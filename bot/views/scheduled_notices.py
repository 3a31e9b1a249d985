"""The messages of the month beside the digest: codes and minutes, staff by id, nothing else."""

from collections.abc import Callable, Sequence
from datetime import date

from bot.grammar.fact_vocabulary import CONSENT, PLAN
from bot.grammar.vocabulary import word_for
from bot.views import formatting
from bot.views.blocks import Block
from bot.views.closing import close_button, closed_line
from bot.views.diagnostic import diagnostic_lines, people_lines
from bot.views.fact_buttons import clearing_button
from bot.views.reply import Reply, actions, context, header, section, sections, table
from jobs.notices.contents import CarePlans, MonthEnd, MonthNotice, MonthStart, Occasion, WeeklySummary
from jobs.notices.delivery import MissedRun, Notice
from jobs.scheduling.schedules import CARE_PLANS, DIGEST, MONTH_END, MONTH_START, TITLES, WEEKLY
from ledger.clock import previous_month
from ledger.months.consents import MissingConsent
from ledger.months.figures import Figures
from ledger.reports.expiring import LapsingPlan
from ledger.reports.month_lists import Blocked, MonthCounts, Untouched
from ledger.reports.summaries import FewMinutes, StaffMinutes
from ledger.rules.catalogue import RULES_BY_NAME
from ledger.rules.statement import Group

NAME_CHARACTERS = 40
"""Of a code or a staff id in a table: so its rows fit, whatever becomes of them."""
MOST_STAFF = 50
MOST_WITH_BUTTON = 12
"""Of care plans and of consents each: a message has 50 blocks."""
MOST_MORE = 100
FEW_COLUMNS = ("Patient", "Program", "Minutes", "Missing", "Next code", "Worth")
STAFF_COLUMNS = ("Staff", "Minutes", "The week before")


def month_notice_message(notice: MonthNotice) -> Reply:
    """Return the message that tells ``notice``."""
    match notice:
        case MonthEnd():
            return month_end(notice)
        case WeeklySummary():
            return weekly_summary(notice)
        case CarePlans():
            return care_plans(notice)
        case MonthStart():
            return month_start(notice)


def month_end(notice: MonthEnd) -> Reply:
    """To leads: who has hardly any time this month and who has none, with what the first of these are worth."""
    few, team = notice.few, _team(notice.occasion)
    title = f"{team} · {formatting.month_name(notice.month)}"
    counted = [
        f"{formatting.listed(few.patients, 'enrollment')} under {formatting.minutes(few.below_minutes)}",
        f"{notice.untouched_count} without logged time",
    ]
    left = formatting.listed(notice.business_days_left, "business day")
    lines = [*_late(notice.occasion), f"*{left} left.* {counted[0]}, {counted[1]}."]
    blocks: list[Block] = [header(title), *sections([*lines, *_few_lines(few)])]
    if few.first:
        blocks.append(table(FEW_COLUMNS, [_few_row(one) for one in few.first], right=(2, 3, 5)))
        blocks += _more(few.patients - len(few.first))
    if notice.untouched:
        blocks += sections(["*Without logged time*", ", ".join(map(_untouched, notice.untouched))])
        blocks += _more(notice.untouched_count - len(notice.untouched))
    where = f"All of them: `/ccm month {team}`. Who is near the next code: `/ccm near {team}`. Your Home tab has both."
    blocks.append(context(formatting.escaped(where)))
    return Reply(f"{title}: {left} left, {', '.join(counted)}.", tuple(blocks))


def _few_lines(few: FewMinutes) -> list[str]:
    if not few.patients:
        return []
    line = f"Worth if those under {formatting.minutes(few.below_minutes)} reach their next code: "
    line += f"*{formatting.money(few.worth_cents)}*"
    if few.blocked:
        line += f" · {few.blocked} of them blocked: minutes alone would not make these billable"
    return [line]


def _few_row(figures: Figures) -> tuple[str, ...]:
    step = figures.next[0] if figures.next and not figures.blockers else None
    return (
        _clipped(figures.patient_code),
        figures.program.value,
        str(figures.counted_minutes),
        str(step.minutes_missing) if step else "",
        step.code if step else "blocked" if figures.blockers else "",
        formatting.money(step.amount_cents) if step and step.amount_cents else "",
    )


def _untouched(one: Untouched) -> str:
    return f"{_clipped(one.patient_code)} ({one.program})"


def _more(count: int) -> list[Block]:
    return [context(f"And {count} more.")] if count > 0 else []


def weekly_summary(notice: WeeklySummary) -> Reply:
    """To leads: the month so far, who logged how much in the week, and what blocks how many."""
    counts, team = notice.counts, _team(notice.occasion)
    week = f"{formatting.day(notice.first)} – {formatting.day(notice.last)}"
    title = f"{team} · week of {week}"
    lines = [*_late(notice.occasion), f"*{formatting.month_name(counts.month)}:* {_capture(counts)}"]
    if notice.became_billable is not None:
        lines.append(f"{formatting.listed(notice.became_billable, 'patient')} reached the first code in that week.")
    lines += [_by_program(counts), *formatting.provisional_lines(counts.month, is_so=counts.provisional)]
    blocks: list[Block] = [header(title), *sections(lines), *_staff_blocks(notice.minutes)]
    blocks += sections([*diagnostic_lines(notice.diagnosed), *people_lines(notice.diagnosed)])
    blocks += sections(_blockers(notice.blocked))
    where = f"Everybody of the month, and the patients behind the diagnostic: `/ccm month {team}`"
    blocks.append(context(formatting.escaped(where)))
    percent = f"{counts.billable_patients} of {counts.enrolled_patients} billable ({counts.capture_percent} %)"
    minutes = formatting.minutes(sum(one.minutes for one in notice.minutes))
    return Reply(f"{title}: {percent}, {minutes} logged.", tuple(blocks))


def _staff_blocks(staff: Sequence[StaffMinutes]) -> list[Block]:
    if not staff:
        return [section("*Minutes by person* · nobody logged time in that week or in the one before.")]
    total, before = sum(one.minutes for one in staff), sum(one.minutes_before for one in staff)
    rows = [(_clipped(one.staff_id), str(one.minutes), str(one.minutes_before)) for one in staff[:MOST_STAFF]]
    line = f"*Minutes by person* · {formatting.minutes(total)} logged, {before} in the week before; counted or not"
    rest = staff[MOST_STAFF:]
    return [
        section(line),
        table(STAFF_COLUMNS, rows, right=(1, 2)),
        *(
            [context(f"And {len(rest)} more with {formatting.minutes(sum(one.minutes for one in rest))}.")]
            if rest
            else []
        ),
    ]


def care_plans(notice: CarePlans) -> Reply:
    """To a team's channel: care plans that run out and missing consents, each with what records it."""
    plans, consents = notice.lapsing.plans, notice.lapsing.consents
    title = f"{_team(notice.occasion)} · care plans and consents"
    counted = (
        (
            f"{formatting.listed(len(plans), 'care plan')} missing or good for at most "
            f"{formatting.listed(notice.days_ahead, 'day')}"
        ),
        f"{formatting.listed(len(consents), 'consent')} missing{_anew(consents)}",
    )
    longest = formatting.listed(notice.occasion.practice.policy.care_plan_max_days, "day")
    lines = [*_late(notice.occasion), f"*{counted[0]}*, *{counted[1]}*."]
    blocks: list[Block] = [header(title), *sections(lines)]
    if plans:
        rule = f"A month can be billed where the plan is at most {longest} old on the month's last day."
        blocks.append(section(f"*Care plans* · {rule} Once it is revised: `/ccm plan CODE`"))
        blocks += [_plan_block(one, notice.occasion.today) for one in plans[:MOST_WITH_BUTTON]]
        blocks += _more_codes([one.patient_code for one in plans[MOST_WITH_BUTTON:]])
    if consents:
        rule = "Minutes before the day of consent do not count."
        blocks.append(section(f"*Consents* · {rule} Once it is given: `/ccm consent CODE`"))
        blocks += [_consent_block(one) for one in consents[:MOST_WITH_BUTTON]]
        blocks += _more_codes([one.patient_code for one in consents[MOST_WITH_BUTTON:]])
    return Reply(f"{title}: {', '.join(counted)}.", tuple(blocks))


def _anew(consents: Sequence[MissingConsent]) -> str:
    """Return how many of the consents were given for somebody who bills no more."""
    count = sum(one.practitioner is not None for one in consents)
    return f", {count} of them anew for another billing practitioner" if count else ""


def _plan_block(plan: LapsingPlan, today: date) -> Block:
    if plan.revised_on is None or plan.good_until is None:
        when = "no care plan on record"
    else:
        good = "good until" if plan.good_until >= today else "was good until"
        when = f"revised {formatting.full_day(plan.revised_on)}, {good} {formatting.full_day(plan.good_until)}"
    code = plan.patient_code
    line = f"*{code}* · {when} · `/ccm {PLAN.name} {code}`"
    return section(line, clearing_button(code, PLAN.name, None, heard_as=f"Record care plan of {code}"))


def _consent_block(missing: MissingConsent) -> Block:
    code, program = missing.patient_code, missing.program
    renewed = ""
    if missing.practitioner is not None:
        renewed = f" · anew for {formatting.escaped(missing.practitioner)}, who bills now (R9)"
    line = f"*{code}* · {program}{renewed} · `/ccm {CONSENT.name} {code} {word_for(program)}`"
    heard = f"Record {program} consent of {code}"
    return section(line, clearing_button(code, CONSENT.name, program, heard_as=heard))


def _more_codes(codes: Sequence[str]) -> list[Block]:
    """Codes for which there is no button in this message, as many as are readable."""
    if not codes:
        return []
    return list(sections([f"And: {formatting.some_of([*map(_clipped, dict.fromkeys(codes))], MOST_MORE)}"]))


def month_start(notice: MonthStart) -> Reply:
    """To billers: what the month before came to, what still blocks some of it, and the way to close it."""
    counts = notice.counts
    month = formatting.month_name(counts.month)
    totals = f"{_capture(counts)} · {formatting.listed(notice.units, 'unit')} of codes"
    provisional = formatting.provisional_lines(counts.month, is_so=counts.provisional)
    blocks: list[Block] = [
        header(f"{month} is over"),
        *sections([*_late(notice.occasion), totals, _by_program(counts), *provisional]),
    ]
    blocks += sections(_blockers(notice.blocked))
    if notice.closing is None:
        blocks.append(actions(close_button(counts.month)))
    else:
        blocks.append(section(closed_line(notice.closing, notice.occasion.practice)))
    blocks.append(context(f"Everybody of the month: `/ccm month {counts.month:%Y-%m}`"))
    said = (
        f"{formatting.listed(counts.billable_patients, 'billable patient')}, {formatting.money(counts.expected_cents)}"
    )
    blocked = formatting.listed(notice.blocked.programs, "program")
    return Reply(f"{month} is over: {said}, {blocked} of patients blocked.", tuple(blocks))


def _team(occasion: Occasion) -> str:
    return occasion.team.name if occasion.team else occasion.practice.name


def _late(occasion: Occasion) -> list[str]:
    if occasion.late_since is None:
        return []
    return [f"*Late:* due at {formatting.clock(occasion.late_since)}."]


def _capture(counts: MonthCounts) -> str:
    enrolled = formatting.listed(counts.enrolled_patients, "enrolled patient")
    return (
        f"{counts.billable_patients} of {enrolled} billable (*{counts.capture_percent} %*) · "
        f"expected payment *{formatting.money(counts.expected_cents)}*"
    )


def _by_program(counts: MonthCounts) -> str:
    return (
        f"Not billable, by program: {counts.programs[Group.BLOCKED]} blocked · "
        f"{counts.programs[Group.BELOW_THRESHOLD]} below threshold · "
        f"{counts.programs[Group.UNTOUCHED]} without logged time"
    )


def _blockers(blocked: Blocked) -> list[str]:
    if not blocked.counts:
        return ["*Blocked* · no patient is."]
    lines = [f"*Blocked* · {formatting.listed(blocked.programs, 'program')} of patients, by what blocks them"]
    return lines + [f"• *{count}* · {formatting.escaped(RULES_BY_NAME[name].words)}" for name, count in blocked.counts]


def _clipped(name: str) -> str:
    return formatting.clipped(name, NAME_CHARACTERS)


_SEE = {
    DIGEST: "The list as it is now: /ccm near {team}",
    MONTH_END: "Everybody of the month: /ccm month {team}",
    WEEKLY: "The month so far: /ccm month {team}",
    CARE_PLANS: "Whom these block already: /ccm month {team}",
    MONTH_START: "That month as it is now: /ccm month {month_before}",
}
"""Where to find what a missed run would have told."""


def notice_message(notice: Notice, told: Callable[[str], str] = str) -> Reply:
    """Return the message that tells ``notice``; ``told`` says where to look as its reader is told it."""
    return missed_run(notice, told) if isinstance(notice, MissedRun) else month_notice_message(notice)


def missed_run(missed: MissedRun, told: Callable[[str], str]) -> Reply:
    """Return one line: what did not come, when it was due, and where its content is, or whom to ask for it."""
    due = missed.practice.local(missed.scheduled_at)
    title, team = TITLES[missed.kind], formatting.escaped(missed.team.name) if missed.team else ""
    what = f"The {title[0].lower()}{title[1:]}{f' of {team}' if team else ''}"
    month_before = previous_month(due.date())
    see = told(_SEE[missed.kind].format(team=team, month_before=f"{month_before:%Y-%m}"))
    when = f"{formatting.day(due.date())} at {formatting.clock(due)}"
    line = f"{what} due on {when} was not posted: the bot or Slack was away. {see}"
    return Reply(line, (section(line),))
