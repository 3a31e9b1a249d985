"""``/ccm device``: that a device which sends readings was set up."""

from bot.commands.facts.shared import DATES, FactKeeper
from bot.grammar import fact_vocabulary as shapes
from bot.permissions import KEEPING_FACTS
from bot.views import formatting
from bot.views.forms.fact import FactForm
from bot.views.forms.fact_inputs import DayInput
from bot.views.help import Topic
from ledger.patients.facts import Fact
from ledger.practice.practice import Practice


def in_words(fact: Fact, _practice: Practice) -> list[str]:
    """Return what the fact says, part by part; an empty part says nothing."""
    return ["device set up", formatting.full_day(fact.on_date)]


DEVICE = FactKeeper(
    roles=KEEPING_FACTS,
    topic=Topic(
        "device CODE set up [DATE]",
        "Records that a device was set up: 30-day periods of readings begin there.",
        ("/ccm device P-1042 set up yesterday",),
        (DATES, "One line a set-up: 99453 is billed once for each, with the first period that has enough days (R11)."),
    ),
    form=FactForm(
        shapes.DEVICE,
        "Record device",
        (DayInput(column="set_up", attribute="first_day", label="Set up on", is_now=True),),
    ),
    file="devices",
    says=in_words,
)
"""The command, its form and its rules."""
