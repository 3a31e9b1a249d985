"""One entry in a modal: what it says, what can be done about it, and the forms for an addendum and a void."""

from collections.abc import Callable

from bot.views import formatting
from bot.views.blocks import Block, View, modal, option, select_menu
from bot.views.forms.inputs import text_input
from bot.views.receipt import ADD_DETAIL, UNDO
from bot.views.reply import actions, button, sections
from ledger.practice.practice import Practice
from ledger.recording.entries import NOTE_CHARACTERS
from ledger.recording.stored_entries import StoredEntry
from ledger.recording.voids import REASON_CHARACTERS
from ledger.rules.warnings import note_advice

ADD_CALLBACK = "add_form_submitted"
VOID_CALLBACK = "void_form_submitted"
ADDENDUM = "addendum"
REASON = "reason"
PICK_ENTRY = "entry_pick"
"""The action of the menu of entries in a list."""
FIX_ENTRY = "entry_fix"
VOID_ENTRY = "entry_void"


def entry_menu(entries: list[tuple[str, str]]) -> Block:
    """Return a menu of at most 100 entries, each by its name and with words to know it by."""
    options = [option(name, f"{name} · {said}") for name, said in entries]
    return actions(select_menu(PICK_ENTRY, options, placeholder="Undo, fix or add to an entry"))


def entry_view(entry: StoredEntry, practice: Practice, *, is_fresh: bool, may: Callable[[str], bool]) -> View:
    """Return the entry with what its reader ``may`` do about it; one that ``is_fresh`` can still be undone."""
    undo = {"code": entry.patient_code, "position": entry.position}
    offered = {
        "undo": button("Undo", UNDO, undo, heard_as=f"Undo the entry {entry.name}") if is_fresh else None,
        "fix": button("Fix", FIX_ENTRY, entry.name, heard_as=f"Fix the entry {entry.name}"),
        "add": button("Add detail", ADD_DETAIL, entry.name, heard_as=f"Add detail to the entry {entry.name}"),
        "void": button("Void", VOID_ENTRY, entry.name, heard_as=f"Void the entry {entry.name}"),
    }
    buttons = [one for command, one in offered.items() if one is not None and may(command)]
    blocks: list[Block] = [*_entry(entry, practice), *([actions(*buttons)] if buttons else [])]
    return modal("Entry", blocks, close="Close")


def add_form(entry: StoredEntry, practice: Practice) -> View:
    """Return what the note says and lacks, and room to add to it."""
    hint = "The note stays as it is; both keep their times."
    field = text_input(ADDENDUM, "What to add", {}, most_characters=NOTE_CHARACTERS, hint=hint, multiline=True)
    return _form(entry, practice, field, callback=ADD_CALLBACK, title="Add detail", submit="Add")


def void_form(entry: StoredEntry, practice: Practice) -> View:
    """Return the entry, and why it is not to count."""
    hint = "The entry stays in the record as voided, with this reason."
    field = text_input(REASON, "Reason", {}, most_characters=REASON_CHARACTERS, hint=hint)
    return _form(entry, practice, field, callback=VOID_CALLBACK, title="Void an entry", submit="Void it")


def _form(entry: StoredEntry, practice: Practice, field: Block, *, callback: str, title: str, submit: str) -> View:
    blocks = [*_entry(entry, practice), field]
    return modal(title, blocks, callback_id=callback, private_metadata=entry.name, submit=submit)


def _entry(entry: StoredEntry, practice: Practice) -> list[Block]:
    started_at, ended_at = (at and practice.local(at) for at in (entry.started_at, entry.ended_at))
    parts = [
        f"*{entry.name}*",
        formatting.when(entry.date_of_service, started_at, ended_at),
        f"{entry.duration_minutes} min",
        formatting.ACTIVITY_WORDS[entry.activity],
        formatting.CONTACT_WORDS[entry.contact] if entry.contact else "",
        entry.program.value,
    ]
    advice = note_advice(entry.note)
    lines = [" · ".join(filter(None, parts)), f"Note: {formatting.escaped(entry.note)}"]
    return sections([*lines, *([f"*{formatting.escaped(advice)}*"] if advice else [])])
