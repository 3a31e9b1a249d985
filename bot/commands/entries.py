"""The entry that a command names, and whether its caller may touch it."""

from sqlalchemy import Connection

from bot.access import require_entry
from bot.commands.call import Call
from bot.grammar.entries import EntryName, parse_entry_name
from ledger.errors import LedgerError
from ledger.roster import find_codes, team_of_patient
from ledger.stored_entries import StoredEntry, find_entry

_BEHIND_THE_NAME = {
    "void": "Logged for the wrong patient.",
    "fix": "15m",
    "add": "The pharmacy confirmed the new dose.",
}


def named_entry(call: Call, connection: Connection, *, command: str) -> tuple[StoredEntry, str]:
    """The entry at the beginning of the call's text and what follows it.

    Raises ``LedgerError`` where the words name no entry, or one that ``command`` may not touch for this person.
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
