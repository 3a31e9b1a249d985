"""The form for a staff member: the columns of staff.csv."""

from collections.abc import Mapping
from typing import Any

from bot.views.blocks import Block
from bot.views.formatting import escaped
from bot.views.forms import roster_inputs
from bot.views.forms.inputs import YES
from bot.views.forms.pickers import TEAM_PICKER
from bot.views.forms.roster_inputs import Filled
from bot.views.reply import Reply, context, section
from ledger.roster.directory import Role
from ledger.rules.policy import CLINICAL_STAFF_CREDENTIALS, PRACTITIONER_CREDENTIALS
from ledger.validation import ID_CHARACTERS, NAME_CHARACTERS

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
}
"""What the form calls each column."""
ROLE_WORDS: Mapping[Role, tuple[str, str]] = {
    Role.COORDINATOR: ("Coordinator", "Logs time and records facts about patients."),
    Role.LEAD: ("Lead", "Sees the month, posts digests and corrects entries of their teams."),
    Role.BILLER: ("Biller", "Sees every month of every team, exports it and closes it."),
    Role.PRACTITIONER: ("Practitioner", "Logs own time and designates complex care."),
    Role.ADMIN: ("Admin", "Changes patients, people, teams and settings."),
}
_NO_CREDENTIAL = "Without one, time does not count (rule C4)."


def person_form(filled: Filled, *, card: Reply | None = None) -> dict[str, Any]:
    """Return the form as a modal view; a new person's has a staff id to choose."""
    qualifying = [*sorted(PRACTITIONER_CREDENTIALS), *sorted(CLINICAL_STAFF_CREDENTIALS)]
    other = filled.cells.get("credential")
    credentials = [(one, one) for one in (*qualifying, *([other] if other and other not in qualifying else []))]
    first: Block = (
        roster_inputs.text(
            "id", LABELS["id"], filled, most=ID_CHARACTERS, hint="Short and without a name: digests show it. coord1"
        )
        if filled.key is None
        else section(f"*Staff id* {escaped(filled.key)}")
    )
    blocks: list[Block] = [
        first,
        roster_inputs.account(
            "slack_user_id", LABELS["slack_user_id"], filled, hint="Empty for people who do not use Slack."
        ),
        roster_inputs.text(
            "name", LABELS["name"], filled, most=NAME_CHARACTERS, hint="Colleagues see it in answers to them alone."
        ),
        roster_inputs.choice(
            "credential", LABELS["credential"], filled, credentials, hint=_NO_CREDENTIAL, optional=True
        ),
        roster_inputs.boxes(
            "roles", LABELS["roles"], filled, [(role.value, *said) for role, said in ROLE_WORDS.items()]
        ),
        roster_inputs.found_several("teams", LABELS["teams"], filled, TEAM_PICKER),
        roster_inputs.day(
            "active_from", LABELS["active_from"], filled, hint="Time before it does not count (rule C4)."
        ),
        roster_inputs.day("active_to", LABELS["active_to"], filled, hint="Time after it does not count (rule C4)."),
        roster_inputs.boxes(
            "supervised",
            LABELS["supervised"],
            filled,
            [(YES, "Works under the billing practitioner's supervision", "")],
        ),
        context("A change that past time depends on evaluates those months again."),
    ]
    title = "Add a person" if filled.key is None else "Change a person"
    return roster_inputs.form(title, CALLBACK, blocks, filled.key, card=card)
