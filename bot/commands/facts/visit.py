"""``/ccm visit``: the visit that opens care management."""

from bot.commands.facts.shared import ANY_ORDER, DATES, FactKeeper
from bot.grammar import fact_vocabulary as shapes
from bot.permissions import KEEPING_FACTS
from bot.views import formatting
from bot.views.forms.fact import FactForm
from bot.views.forms.fact_inputs import ChoiceInput, DayInput
from bot.views.help import Topic
from ledger.patients.fact_values import VisitType
from ledger.patients.facts import Fact
from ledger.practice.practice import Practice


def in_words(fact: Fact, _practice: Practice) -> list[str]:
    """Return what the fact says, part by part; an empty part says nothing."""
    return [f"initiating visit, {fact.details['type']}", formatting.full_day(fact.on_date)]


VISIT = FactKeeper(
    roles=KEEPING_FACTS,
    topic=Topic(
        "visit CODE [DATE] AWV|IPPE|E/M|TCM",
        "Records the visit that opens care management.",
        ("/ccm visit P-1042 mon AWV",),
        (DATES, ANY_ORDER),
    ),
    form=FactForm(
        shapes.VISIT,
        "Record visit",
        (
            ChoiceInput(
                column="type",
                label="Which visit",
                choices={
                    VisitType.AWV: "AWV, annual wellness visit",
                    VisitType.IPPE: "IPPE, “Welcome to Medicare” visit",
                    VisitType.EM: "E/M, office visit",
                    VisitType.TCM: "TCM, transitional care visit",
                },
            ),
            DayInput(column="date", attribute="first_day", label="On", is_now=True),
        ),
    ),
    file="visits",
    says=in_words,
)
"""The command, its form and its rules."""
