"""``/ccm plan``: that the care plan was established or revised."""

from collections.abc import Sequence
from datetime import date

from bot.commands.facts.shared import ANY_ORDER, DATES, FactKeeper
from bot.grammar import fact_vocabulary as shapes
from bot.permissions import KEEPING_FACTS
from bot.views import formatting
from bot.views.forms.fact import FactForm
from bot.views.forms.fact_inputs import BoxesInput, ChoiceInput, DayInput, TickInput
from bot.views.help import Topic
from ledger.patients.fact_values import COPY_HOW, PLAN_ELEMENTS, CopyHow, CopyTo, PlanElement
from ledger.patients.facts import Fact
from ledger.practice.practice import Practice
from ledger.rules.records import ELEMENT_WORDS


def in_words(fact: Fact, _practice: Practice) -> list[str]:
    """Return what the fact says, part by part; an empty part says nothing."""
    told = fact.details
    revised = "substantially revised" if told.get("substantial") else "revised"
    copy = ""
    if "copy_how" in told:
        given = formatting.full_day(date.fromisoformat(told["copy_date"]))
        copy = f"copy to the {told['copy_to']}, {told['copy_how'].replace('_', ' ')}, {given}"
    return [f"care plan {revised}", formatting.full_day(fact.on_date), _elements(told.get("elements")), copy]


def _elements(recorded: Sequence[str] | None) -> str:
    if recorded is None:
        return ""
    missing = [element for element in PLAN_ELEMENTS if element not in recorded]
    return f"without {', '.join(missing)}" if missing else "all elements"


ELEMENTS = {element: ELEMENT_WORDS[element].capitalize() for element in PlanElement}

PLAN = FactKeeper(
    roles=KEEPING_FACTS,
    topic=Topic(
        "plan CODE [DATE] [substantial] [complete] [copy:HOW]",
        "Records that the care plan was established or revised, what is in it, and who got a copy.",
        (
            "/ccm plan P-1042 today complete copy:mail",
            "/ccm plan P-1042 yesterday substantial without prognosis copy:caregiver,portal",
        ),
        (
            DATES,
            (
                "*elements* `complete`; `without prognosis, goals`; or `elements:` "
                f"{', '.join(f'`{element}`' for element in PLAN_ELEMENTS)} (W13)"
            ),
            (
                f"*copy* {', '.join(f'`{how}`' for how in COPY_HOW)}; to the patient that day, unless you say "
                "`caregiver` or `given DATE` (W14)"
            ),
            ANY_ORDER,
        ),
    ),
    form=FactForm(
        shapes.PLAN,
        "Record care plan",
        (
            DayInput(column="date", attribute="first_day", label="Established or revised on", is_now=True),
            BoxesInput(column="elements", attribute="elements", label="What is in it", choices=ELEMENTS),
            ChoiceInput(
                column="copy_how",
                attribute="copy_how",
                label="How a copy was given",
                optional=True,
                choices={
                    CopyHow.MAIL: "By mail",
                    CopyHow.PORTAL: "In the portal",
                    CopyHow.IN_PERSON: "In person",
                    CopyHow.EMAIL: "By email",
                    CopyHow.FAX: "By fax",
                },
            ),
            ChoiceInput(
                column="copy_to",
                attribute="copy_to",
                label="To whom",
                hint="Empty: the patient.",
                optional=True,
                choices={CopyTo.PATIENT: "The patient", CopyTo.CAREGIVER: "The caregiver"},
            ),
            DayInput(
                column="copy_date",
                attribute="last_day",
                label="Given on",
                hint="Empty: the day of the plan.",
                optional=True,
            ),
            TickInput(
                column="substantial", attribute="substantial", label="Extent", said="It was revised substantially"
            ),
        ),
    ),
    file="care-plans",
    says=in_words,
)
"""The command, its form and its rules."""
