"""The form for a staff member: the columns of staff.csv."""

from collections.abc import Mapping

from bot.views.blocks import Block, View
from bot.views.forms.inputs import YES
from bot.views.forms.pickers import TEAM_PICKER
from bot.views.forms.roster_inputs import FROM_LABELS, Above, Filled, Inputs
from bot.views.reply import context
from ledger.roster.directory import Role
from ledger.rules.policy import CLINICAL_STAFF_CREDENTIALS, PRACTITIONER_CREDENTIALS
from ledger.values.names import LONGEST_PERSON_NAME

CALLBACK = "staff_form_submitted"
LABELS: Mapping[str, str] = {
    "slack_user_id": "Slack account",
    "id": "Staff id",
    "name": "Name",
    "credential": "Credential",
    "roles": "Roles",
    "teams": "Teams",
    "active_from": "First day",
    "active_to": "Last day",
    "supervised": "Supervision",
    "employed": "Employment",
    **FROM_LABELS,
    "npi": "NPI",
}
"""What the form calls each column."""
ROLE_WORDS: Mapping[Role, tuple[str, str]] = {
    Role.COORDINATOR: ("Coordinator", "Logs time and records facts about patients."),
    Role.LEAD: ("Lead", "Sees the month, posts digests and corrects entries of their teams."),
    Role.BILLER: ("Biller", "Sees every month of every team, exports it and closes it."),
    Role.PRACTITIONER: ("Practitioner", "Logs own time and designates complex care."),
    Role.ADMIN: ("Admin", "Changes patients, people, teams and settings."),
}


def person_form(filled: Filled, *, above: Above = None) -> View:
    """Return the form as a modal view; a new person's has a staff id to choose."""
    inputs = Inputs(filled, LABELS)
    qualifying = [*sorted(PRACTITIONER_CREDENTIALS), *sorted(CLINICAL_STAFF_CREDENTIALS)]
    other = filled.cells.get("credential")
    credentials = [(one, one) for one in (*qualifying, *([other] if other and other not in qualifying else []))]
    blocks: list[Block] = [
        inputs.identity("id", LABELS["id"], hint="Short and without a name: digests show it. coord1"),
        inputs.account("slack_user_id", hint="Empty for people who do not use Slack."),
        inputs.text("name", most=LONGEST_PERSON_NAME, hint="Colleagues see it in answers to them alone."),
        inputs.choice("credential", credentials, hint="Empty for who has none: that time does not count (rule C4)."),
        inputs.boxes("roles", [(role.value, *said) for role, said in ROLE_WORDS.items()]),
        inputs.found_several("teams", TEAM_PICKER),
        inputs.day("active_from", hint="Time before it does not count (rule C4)."),
        inputs.day("active_to", hint="Time after it does not count (rule C4)."),
        inputs.boxes("supervised", [(YES, "Works under the billing practitioner's supervision")]),
        inputs.text("npi", most=20, hint="Of who bills: ten digits, for claim lines.", optional=True),
        inputs.boxes("employed", [(YES, "Is employed by the practice, not contracted")]),
        *inputs.since("Credential, supervision, employment and teams"),
        context("A change that past time depends on evaluates those months again."),
    ]
    return inputs.form(inputs.titled("a person"), CALLBACK, blocks, above=above)
