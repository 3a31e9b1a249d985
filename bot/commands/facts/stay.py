"""``/ccm stay``: a stay in a facility, in which time does not count (C7, C8)."""

from datetime import date, datetime

from bot.commands.facts.shared import ANY_ORDER, FactKeeper
from bot.grammar import fact_vocabulary as shapes
from bot.permissions import KEEPING_FACTS
from bot.views import formatting
from bot.views.forms.fact import FactForm
from bot.views.forms.fact_inputs import ChoiceInput, DayInput, TimeInput
from bot.views.help import Topic
from ledger.patients.fact_values import Setting
from ledger.patients.facts import Fact
from ledger.practice.practice import Practice


def in_words(fact: Fact, practice: Practice) -> list[str]:
    """Return what the fact says, part by part; an empty part says nothing."""
    left = "not discharged yet"
    if fact.until_date:
        left = f"discharged {_edge(fact.until_date, fact.details['discharged_at'], practice)}"
    admitted = f"admitted {_edge(fact.on_date, fact.details['admitted_at'], practice)}"
    return [f"stay, {fact.subject.replace('_', ' ')}", admitted, left]


def _edge(on: date, at: str | None, practice: Practice) -> str:
    day = formatting.full_day(on)
    return f"{day}, {formatting.clock(practice.local(datetime.fromisoformat(at)))}" if at else day


STAY = FactKeeper(
    roles=KEEPING_FACTS,
    topic=Topic(
        "stay CODE SETTING ADMITTED [DISCHARGED]",
        "Records a stay: inpatient, snf, rehab or hospice; with times where they are known.",
        ("/ccm stay P-1042 inpatient yesterday", "/ccm stay P-1042 snf 2026-01-10 14:30 2026-01-13"),
        (
            "*SETTING* `inpatient`, `snf`, `rehab`, `hospice`",
            "*ADMITTED*, *DISCHARGED* `yesterday`, `11/10`, `11/10 14:30`, `2026-11-10T14:30`",
            "To end a stay, write it again with both dates.",
            ANY_ORDER,
        ),
    ),
    form=FactForm(
        shapes.STAY,
        "Record stay",
        (
            ChoiceInput(
                column="setting",
                label="Where",
                choices={
                    Setting.INPATIENT: "Inpatient hospital",
                    Setting.SNF: "Skilled nursing facility (SNF)",
                    Setting.INPATIENT_REHAB: "Inpatient rehabilitation",
                    Setting.HOSPICE: "Hospice",
                },
            ),
            DayInput(column="admitted", attribute="first_day", label="Admitted on"),
            TimeInput(
                column="admitted",
                attribute="first_time",
                label="Admitted at",
                hint="Where it is known: then time before it counts.",
            ),
            DayInput(
                column="discharged",
                attribute="last_day",
                label="Discharged on",
                hint="Empty as long as the patient is there.",
                optional=True,
            ),
            TimeInput(
                column="discharged",
                attribute="last_time",
                label="Discharged at",
                hint="Where it is known: then time after it counts.",
            ),
        ),
    ),
    file="stays",
    says=in_words,
)
"""The command, its form and its rules."""
