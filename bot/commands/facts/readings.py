"""``/ccm readings``: on how many days of a 30-day period a device sent readings."""

from dataclasses import replace
from datetime import date

from sqlalchemy import Connection

from bot.commands.call import Call
from bot.commands.facts.shared import ANY_ORDER, FactKeeper
from bot.grammar import fact_vocabulary as shapes
from bot.grammar.fact_line import FactLine
from bot.permissions import KEEPING_FACTS
from bot.views import formatting
from bot.views.forms.fact import FactForm
from bot.views.forms.fact_inputs import CountInput, DatesInput, DayInput, MonthInput
from bot.views.help import Topic
from ledger.clock import month_of
from ledger.patients.facts import Fact, ReadingsKnown
from ledger.practice.practice import Practice

DATES_SHOWN = 5


def of_this_month(call: Call, _connection: Connection, line: FactLine, _corrects: Fact | None) -> FactLine:
    """Return the line with this month in place of one that it leaves out, where it counts days of no known period."""
    if line.first_day or line.dates:
        return line
    return replace(line, month=line.month or month_of(call.today))


def in_words(fact: Fact, _practice: Practice) -> list[str]:
    """Return what the fact says, part by part; an empty part says nothing."""
    if fact.subject == ReadingsKnown.DATES:
        days = [date.fromisoformat(day) for day in fact.details["dates"]]
        named = ", ".join(map(formatting.day, days[:DATES_SHOWN]))
        more = f" and {len(days) - DATES_SHOWN} more" if days[DATES_SHOWN:] else ""
        return [f"readings on {formatting.listed(len(days), 'day')}", f"{named}{more}"]
    when = formatting.month_name(fact.on_date)
    if fact.subject == ReadingsKnown.PERIOD:
        when = f"of the 30 days from {formatting.full_day(fact.on_date)}"
    return [f"readings on {formatting.listed(fact.details['days'], 'day')}", when]


READINGS = FactKeeper(
    roles=KEEPING_FACTS,
    topic=Topic(
        "readings CODE DAYS from DATE",
        "Records on how many days of a 30-day period a device sent readings, or the days themselves.",
        (
            "/ccm readings P-1042 2 from yesterday",
            "/ccm readings P-1042 10/05-10/20 10/22",
            "/ccm readings P-1042 18 last",
        ),
        (
            "*from* the first day of the period: the set-up of the device, then every 30 days (R10).",
            "*dates* in place of a count: `11/05 11/06`, `11/05-11/20`. More dates add to what is known.",
            "*MONTH* a count of no known period: `this`, `last`, `nov`, `2026-11`; without one it is this month (W16).",
            ANY_ORDER,
        ),
    ),
    form=FactForm(
        shapes.READINGS,
        "Record readings",
        (
            CountInput(
                column="days",
                attribute="days",
                label="Days with readings",
                hint="Of a period of 30 days, for example 18. Empty where you give the dates.",
                optional=True,
            ),
            DayInput(
                column="from",
                attribute="first_day",
                label="From",
                hint="The first day of the period: the set-up, then every 30 days.",
                optional=True,
            ),
            MonthInput(
                hint="Where the period is not known: the month in which it is billed. Empty: this month.", optional=True
            ),
            DatesInput(label="Or the dates", hint="2026-11-05, 2026-11-06, or 2026-11-05..2026-11-20."),
        ),
    ),
    file="readings",
    says=in_words,
    fill=of_this_month,
)
"""The command, its form and its rules."""
