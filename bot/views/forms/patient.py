"""The form for a patient: the columns of patients.csv, those of dated facts for a new one only."""

from collections.abc import Mapping

from bot.views.blocks import Block, View
from bot.views.formatting import escaped
from bot.views.forms.inputs import YES
from bot.views.forms.pickers import PRACTITIONER_PICKER, TEAM_PICKER
from bot.views.forms.roster_inputs import FROM_LABELS, Above, Filled, Inputs
from bot.views.reply import context
from ledger.patients.fact_values import ConsentForm, VisitType
from ledger.rules.rulebook import known_programs

CALLBACK = "patients_form_submitted"
LABELS: Mapping[str, str] = {
    "code": "Code",
    "team": "Care team",
    "team_id": "Care team",
    "billing_practitioner": "Billing practitioner",
    "conditions": "Conditions",
    "risk_documented": "Risk",
    **FROM_LABELS,
    "programs": "Programs",
    "enrolled_on": "Enrolled on",
    "consent_date": "Consent given on",
    "consent_form": "Form of the consent",
    "initiating_visit_date": "Initiating visit on",
    "initiating_visit_type": "Kind of the visit",
    "care_plan_date": "Care plan established or revised on",
    "place_of_service": "Place of service",
}
"""What the form calls each column."""
_RISK = "Risk of death, decompensation or decline is documented"


def patient_form(filled: Filled, *, above: Above = None) -> View:
    """Return the form as a modal view; a new patient's has a code to choose, and the facts that make it billable."""
    inputs = Inputs(filled, LABELS)
    blocks: list[Block] = [
        inputs.identity("code", "Patient", hint="Opaque, never a name: letters and digits. P-1042"),
        inputs.found("team", TEAM_PICKER),
        inputs.found(
            "billing_practitioner", PRACTITIONER_PICKER, hint="Nothing can be billed without one.", optional=True
        ),
        inputs.text(
            "conditions",
            most=1000,
            hint="ICD-10-CM codes, one a line or with semicolons: E11.9; I10",
            multiline=True,
            optional=True,
        ),
        inputs.boxes("risk_documented", [(YES, _RISK)]),
        inputs.text(
            "place_of_service",
            most=2,
            hint="On claim lines, where it is not the practice's: 12 for home.",
            optional=True,
        ),
        *inputs.since("Team, billing practitioner, conditions and risk"),
        *(_facts(inputs) if filled.key is None else [_where_facts_are(filled.key)]),
    ]
    return inputs.form(inputs.titled("a patient"), CALLBACK, blocks, above=above)


def _where_facts_are(patient_code: str) -> Block:
    return context(
        "Dated facts, such as enrollment and consent, are recorded by coordinators and leads. "
        f"All of them: `/ccm patient {escaped(patient_code)} facts`"
    )


def _facts(inputs: Inputs) -> list[Block]:
    return [
        inputs.boxes("programs", [(one.value, one.value) for one in known_programs()]),
        inputs.day("enrolled_on", hint="Of all programs that are ticked."),
        inputs.day("consent_date", hint="To all programs that are ticked."),
        inputs.choice("consent_form", [(one.value, one.value) for one in ConsentForm]),
        inputs.day("initiating_visit_date"),
        inputs.choice("initiating_visit_type", [(one.value, one.value) for one in VisitType]),
        inputs.day("care_plan_date"),
    ]
