"""``/ccm plan``: that the care plan was established or revised."""

from bot.commands.facts.shared import ANY_ORDER, DATES, FactKeeper
from bot.grammar import fact_vocabulary as shapes
from bot.permissions import KEEPING_FACTS
from bot.views import formatting
from bot.views.forms.fact import FactForm
from bot.views.forms.fact_inputs import DayInput, TickInput
from bot.views.help import Topic
from ledger.patients.facts import Fact
from ledger.practice.practice import Practice


def in_words(fact: Fact, _practice: Practice) -> list[str]:
    """Return what the fact says, part by part; an empty part says nothing."""
    revised = "substantially revised" if fact.details.get("substantial") else "revised"
    return [f"care plan {revised}", formatting.full_day(fact.on_date)]


PLAN = FactKeeper(
    roles=KEEPING_FACTS,
    topic=Topic(
        "plan CODE [DATE] [substantial]",
        "Records that the care plan was established or revised.",
        ("/ccm plan P-1042 today", "/ccm plan P-1042 yesterday substantial"),
        (DATES, ANY_ORDER),
    ),
    form=FactForm(
        shapes.PLAN,
        "Record care plan",
        (
            DayInput(column="date", attribute="first_day", label="Established or revised on", is_now=True),
            TickInput(
                column="substantial", attribute="substantial", label="Extent", said="It was revised substantially"
            ),
        ),
    ),
    file="care-plans",
    says=in_words,
)
"""The command, its form and its rules."""
