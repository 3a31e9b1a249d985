"""The menus that find a patient, a team or a person as one types, for every form (external select)."""

from hashlib import sha256

from bot.views.blocks import Block, Option, input_block, option, search_menu
from ledger.characters import beginning, characters

PATIENT_PICKER = "pick_patient"
"""The action of every menu of patients; ``bot.listeners.pickers`` answers what is typed into it."""
TEAM_PICKER, PRACTITIONER_PICKER = "pick_team", "pick_practitioner"
"""The actions of the menus of teams and of practitioners in an administrator's forms."""
CONSENT_PRACTITIONER, CONSENT_TAKER = "pick_consent_practitioner", "pick_consent_taker"
"""The menus of those to whom a consent is given, and of those who took it."""
EDIT_PATIENT, EDIT_PERSON, EDIT_TEAM = "patients_edit", "staff_edit", "team_edit"
"""The menus beside the roster's lists: who is picked there is edited."""
VALUE_CHARACTERS = 150


def patient_input(
    block_id: str, patient_code: str | None = None, *, label: str = "Patient", optional: bool = False
) -> Block:
    """Return the menu as an input of a form, with ``patient_code`` chosen where one is given."""
    chosen = patient_option(patient_code) if patient_code else None
    placeholder = "Type a code, for example P-1042 or 1042"
    element = search_menu(PATIENT_PICKER, chosen, placeholder=placeholder, least_typed=1)
    return input_block(block_id, label, element, optional=optional)


def patient_option(patient_code: str, team: str = "") -> Option:
    """Return one patient in the menu: the code, and its team where that is known."""
    return option(patient_code, f"{patient_code} · {team}" if team else patient_code)


def team_word(team_id: str) -> str:
    """Return the value that means a team in a menu: its id, shortened unmistakably where a menu would not take it."""
    if characters(team_id) <= VALUE_CHARACTERS:
        return team_id
    return f"{beginning(team_id, 100)}~{sha256(team_id.encode()).hexdigest()[:16]}"


def team_option(word: str, name: str) -> Option:
    """Return one team in the menu; ``word`` is its ``team_word``."""
    return option(word, name)


def person_option(staff_id: str, name: str) -> Option:
    """Return one staff member in the menu of an administrator."""
    return option(staff_id, f"{staff_id} · {name}" if name else staff_id)
