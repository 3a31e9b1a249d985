"""``/ccm complex``: complex care this month, designated by a practitioner with a rationale (R5)."""

from bot.commands.facts.shared import DATES, FactKeeper
from bot.grammar import fact_vocabulary as shapes
from bot.permissions import DESIGNATING
from bot.views import formatting
from bot.views.forms.fact import FactForm
from bot.views.forms.fact_inputs import ChoiceInput, DayInput, RationaleInput
from bot.views.help import Topic
from ledger.patients.fact_values import Mdm
from ledger.patients.facts import Fact
from ledger.practice.practice import Practice


def in_words(fact: Fact, _practice: Practice) -> list[str]:
    """Return what the fact says, part by part; an empty part says nothing."""
    return [f"complex care, {fact.details['mdm']} complexity", formatting.full_day(fact.on_date)]


COMPLEX = FactKeeper(
    roles=DESIGNATING,
    topic=Topic(
        "complex CODE [DATE] moderate|high RATIONALE",
        "Designates complex care this month, with your rationale.",
        ("/ccm complex P-1042 high New heart failure. Four medications changed.",),
        (DATES, "The rationale begins at the first word that is none of these, or with a quote."),
    ),
    form=FactForm(
        shapes.COMPLEX,
        "Designate complex care",
        (
            ChoiceInput(
                column="mdm",
                label="Medical decision making",
                choices={Mdm.MODERATE: "Moderate complexity", Mdm.HIGH: "High complexity"},
            ),
            RationaleInput(hint="What makes the decisions complex, and what was changed."),
            DayInput(column="date", attribute="first_day", label="Designated on", is_now=True),
        ),
    ),
    file="complexity",
    says=in_words,
    signs=True,
)
"""The command, its form and its rules."""
