"""The form behind ``/ccm staff`` that gives the patients of one billing practitioner to another."""

from bot.commands.call import Call
from bot.commands.roster.shared import PATIENTS_AT_ONCE, FormAnswer, SaveLater, answered_beside
from bot.views.forms.pickers import person_option
from bot.views.forms.reassign import LABELS, reassign_form
from bot.views.forms.roster_inputs import Filled
from bot.views.reply import OpenForm
from bot.views.roster import reassigned_view
from ledger.roster.directory import person_by_id
from ledger.roster.reassigning import draft_reassignment, reassign


def open_reassignment(call: Call, staff_id: str) -> OpenForm:
    """Return the form with that practitioner as the one who leaves, or an empty one where ``staff_id`` is empty."""
    if not staff_id:
        return OpenForm(reassign_form(Filled({})))
    with call.database.reading() as connection:
        person = person_by_id(connection, call.practice.practice_id, staff_id)
    label = person_option(staff_id, person.name)["text"]["text"]
    return OpenForm(reassign_form(Filled({"leaves": staff_id}, {staff_id: label})))


def submit_reassignment(call: Call, filled: Filled) -> FormAnswer:
    """Save what the form says, later where it is about many patients, or answer what is wrong, by input."""

    def save() -> FormAnswer:
        with call.database.reading() as connection:
            wanted = draft_reassignment(connection, call.practice, filled.cells, today=call.today)
        return SaveLater(len(wanted)) if len(wanted) > PATIENTS_AT_ONCE else save_reassignment(call, filled)

    return answered_beside(save, filled, LABELS)


def save_reassignment(call: Call, filled: Filled) -> OpenForm:
    """Return the view that tells what was saved; raises ``RosterRefusedError``."""
    with call.database.writing() as connection:
        receipt = reassign(
            connection,
            call.practice,
            filled.cells,
            request=call.request({"reassign": dict(filled.cells)}),
            at=call.at,
            by=call.person.staff_id,
            confirmed=filled.confirmed,
        )
    return OpenForm(reassigned_view(receipt), frozenset(receipt.patient_codes))
