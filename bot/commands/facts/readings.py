"""``/ccm readings``: on how many days of a 30-day period a device sent readings."""

from dataclasses import replace

from sqlalchemy import Connection

from bot.commands.call import Call
from bot.commands.facts.shared import ANY_ORDER, FactKeeper
from bot.grammar import fact_vocabulary as shapes
from bot.grammar.fact_line import FactLine
from bot.permissions import KEEPING_FACTS
from bot.views import formatting
from bot.views.forms.fact import FactForm
from bot.views.forms.fact_inputs import CountInput, MonthInput
from bot.views.help import Topic
from ledger.clock import month_of
from ledger.patients.facts import Fact
from ledger.practice.practice import Practice


def of_this_month(call: Call, _connection: Connection, line: FactLine, _corrects: Fact | None) -> FactLine:
    """Return the line with this month in place of one that it leaves out."""
    return replace(line, month=line.month or month_of(call.today))


def in_words(fact: Fact, _practice: Practice) -> list[str]:
    """Return what the fact says, part by part; an empty part says nothing."""
    return [f"readings on {formatting.listed(fact.details['days'], 'day')}", formatting.month_name(fact.on_date)]


READINGS = FactKeeper(
    roles=KEEPING_FACTS,
    topic=Topic(
        "readings CODE DAYS [MONTH]",
        "Records on how many days of a 30-day period a device sent readings.",
        ("/ccm readings P-1042 18", "/ccm readings P-1042 18 last"),
        ("*MONTH* `this`, `last`, `nov`, `2026-11`; without one it is this month.", ANY_ORDER),
    ),
    form=FactForm(
        shapes.READINGS,
        "Record readings",
        (
            CountInput(
                column="days",
                attribute="days",
                label="Days with readings",
                hint="Of a period of 30 days, for example 18.",
            ),
            MonthInput(),
        ),
    ),
    file="readings",
    says=in_words,
    fill=of_this_month,
)
"""The command, its form and its rules."""
