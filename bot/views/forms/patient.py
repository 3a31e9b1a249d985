"""The form for a patient: the columns of patients.csv, those of dated facts for a new one only."""

from collections.abc import Mapping
from typing import Any

from bot.views.blocks import Block
from bot.views.formatting import escaped
from bot.views.forms import roster_inputs
from bot.views.forms.inputs import YES
from bot.views.forms.pickers import PRACTITIONER_PICKER, TEAM_PICKER
from bot.views.forms.roster_inputs import Filled
from bot.views.reply import Reply, context, section
from ledger.patients.fact_values import ConsentForm, VisitType
from ledger.rules.rulebook import known_programs
from ledger.values.codes import LONGEST_CODE

CALLBACK = "patients_form_submitted"
LABELS: Mapping[str, str] = {
    "code": "Code",
    "team": "Care team",
    "team_id": "Care team",
    "billing_practitioner": "Billing practitioner",
    "conditions": "Conditions",
    "risk_documented": "Risk",
    "programs": "Programs",
    "enrolled_on": "Enrolled on",
    "consent_date": "Consent given on",
    "consent_form": "Form of the consent",
    "initiating_visit_date": "Initiating visit on",
    "initiating_visit_type": "Kind of the visit",
    "care_plan_date": "Care plan established or revised on",
}
"""What the form calls each column."""
_RISK = "Risk of death, decompensation or decline is documented"


def patient_form(filled: Filled, *, card: Reply | None = None) -> dict[str, Any]:
    """Return the form as a modal view; a new patient's has a code to choose, and the facts that make it billable."""
    first: Block = (
        roster_inputs.text(
            "code", LABELS["code"], filled, most=LONGEST_CODE, hint="Opaque, never a name: letters and digits. P-1042"
        )
        if filled.key is None
        else section(f"*Patient* {escaped(filled.key)}")
    )
    blocks: list[Block] = [
        first,
        roster_inputs.found("team", LABELS["team"], filled, TEAM_PICKER),
        roster_inputs.found(
            "billing_practitioner",
            LABELS["billing_practitioner"],
            filled,
            PRACTITIONER_PICKER,
            hint="Nothing can be billed without one.",
            optional=True,
        ),
        roster_inputs.text(
            "conditions",
            LABELS["conditions"],
            filled,
            most=1000,
            hint="ICD-10-CM codes, one a line or with semicolons: E11.9; I10",
            multiline=True,
            optional=True,
        ),
        roster_inputs.boxes("risk_documented", LABELS["risk_documented"], filled, [(YES, _RISK, "")]),
    ]
    if filled.key is None:
        return roster_inputs.form("Add a patient", CALLBACK, [*blocks, *_facts(filled)], None, card=card)
    code = escaped(filled.key)
    facts = f"Dated facts: `/ccm enroll {code} …`, `/ccm consent {code} …`, `/ccm visit {code} …`, `/ccm plan {code} …`"
    return roster_inputs.form("Change a patient", CALLBACK, [*blocks, context(facts)], filled.key, card=card)


def _facts(filled: Filled) -> list[Block]:
    return [
        roster_inputs.boxes(
            "programs", LABELS["programs"], filled, [(one.value, one.value, "") for one in known_programs()]
        ),
        roster_inputs.day("enrolled_on", LABELS["enrolled_on"], filled, hint="Of all programs that are ticked."),
        roster_inputs.day("consent_date", LABELS["consent_date"], filled, hint="To all programs that are ticked."),
        roster_inputs.choice(
            "consent_form",
            LABELS["consent_form"],
            filled,
            [(one.value, one.value) for one in ConsentForm],
            optional=True,
        ),
        roster_inputs.day("initiating_visit_date", LABELS["initiating_visit_date"], filled),
        roster_inputs.choice(
            "initiating_visit_type",
            LABELS["initiating_visit_type"],
            filled,
            [(one.value, one.value) for one in VisitType],
            optional=True,
        ),
        roster_inputs.day("care_plan_date", LABELS["care_plan_date"], filled),
    ]
