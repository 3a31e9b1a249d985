"""The form that gives many patients to another billing practitioner."""

from collections.abc import Mapping

from bot.views.blocks import Block, View
from bot.views.forms.pickers import PATIENT_PICKER, PRACTITIONER_PICKER
from bot.views.forms.roster_inputs import FROM_LABELS, Above, Filled, Inputs
from bot.views.reply import context

CALLBACK = "reassign_form_submitted"
LABELS: Mapping[str, str] = {
    "leaves": "Patients of",
    "patients": "Only these patients",
    "practitioner": "New billing practitioner",
    "from": FROM_LABELS["from"],
}
"""What the form calls each column."""


def reassign_form(filled: Filled, *, above: Above = None) -> View:
    """Return the form as a modal view."""
    inputs = Inputs(filled, LABELS)
    blocks: list[Block] = [
        inputs.found("leaves", PRACTITIONER_PICKER, hint="All patients of whoever leaves.", optional=True),
        inputs.found_several("patients", PATIENT_PICKER),
        inputs.found("practitioner", PRACTITIONER_PICKER, hint="An MD, DO, NP, PA, CNS or CNM who works here."),
        inputs.day("from", hint="The new practitioner bills from this day on; empty: from today."),
        context("The months that depend on it are evaluated again. Long lists: `ccm import designations FILE`"),
    ]
    return inputs.form("Billing practitioner", CALLBACK, blocks, above=above)
