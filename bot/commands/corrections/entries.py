"""The entry that a command names, and whether its caller may touch it."""

from functools import partial

from sqlalchemy import Connection

from bot.commands.call import Call
from bot.grammar.entry_names import EntryName, parse_entry_name
from bot.permissions import may, require_entry
from bot.views.forms.corrections import entry_view
from bot.views.reply import OpenForm
from ledger.errors import LedgerError
from ledger.recording.stored_entries import StoredEntry, find_entry, find_live_entry
from ledger.recording.voids import UNDO_WINDOW
from ledger.roster.directory import find_codes, team_of_patient

_BEHIND_THE_NAME = {
    "void": "Logged for the wrong patient.",
    "fix": "15m",
    "add": "The pharmacy confirmed the new dose.",
}


def named_entry(call: Call, connection: Connection, *, command: str) -> tuple[StoredEntry, str]:
    """Return the entry at the beginning of the call's text and what follows it.

    Raises:
        LedgerError: Where the words name no entry, or one that ``command`` may not touch for this person.
    """
    name = parse_entry_name(call.text)
    if not isinstance(name, EntryName):
        example = f"For example: /ccm {command} {name.example} {_BEHIND_THE_NAME[command]}"
        raise LedgerError(name.code, name.message, f"{example}\n/ccm me lists your entries by name.")
    practice_id = call.practice.practice_id
    codes = find_codes(connection, practice_id, name.code)
    if len(codes) != 1:
        known = f"may be {', '.join(codes)}" if codes else "names no patient"
        code = codes[0] if codes else "P-1042"
        raise LedgerError(
            "CODE_AMBIGUOUS" if codes else "CODE_UNKNOWN",
            f"{name.code} {known}.",
            f"Type the whole code, for example: /ccm {command} {code}#{name.position} {_BEHIND_THE_NAME[command]}",
        )
    entry = find_entry(connection, practice_id, codes[0], name.position)
    team = team_of_patient(connection, practice_id, entry.patient_code)
    require_entry(call.person, command, entry.name, author=entry.staff_id, team=team)
    return entry, name.rest


def bare_entry(call: Call, *, command: str) -> StoredEntry | None:
    """Return the entry that the call names, where nothing stands behind its name and a form has to ask for it.

    None where the line says more than the name.

    Raises as ``named_entry`` does, and ``LedgerError`` for an entry that was voided.
    """
    with call.database.reading() as connection:
        entry, rest = named_entry(call, connection, command=command)
        if rest:
            return None
        return find_live_entry(connection, call.practice.practice_id, entry.patient_code, entry.position)


def show_entry(call: Call) -> OpenForm:
    """Return the entry that the call names, with what its reader may do about it; raises as ``bare_entry`` does.

    Raises:
        LedgerError: ENTRY_UNREADABLE.
    """
    entry = bare_entry(call, command="add")
    if entry is None:
        raise LedgerError("ENTRY_UNREADABLE", "Which entry?", "For example: /ccm me")
    is_fresh = entry.recorded_at > call.at - UNDO_WINDOW
    return OpenForm(entry_view(entry, call.practice, is_fresh=is_fresh, may=partial(may, call.person)))
