"""``/ccm fix ENTRY …``: voids an entry and records the one that replaces it, as one (E5)."""

from sqlalchemy import Connection

from bot.commands.call import Call
from bot.commands.command import Command, Saving
from bot.commands.corrections.entries import bare_entry, named_entry
from bot.commands.corrections.fix_form import entry_form
from bot.commands.corrections.fixing import corrected, replaced
from bot.grammar.log_line import LogLine, parse_log
from bot.permissions import DOCUMENTING
from bot.views.correction import FIX_ANYWAY
from bot.views.help import LOG_WORDS, Topic
from bot.views.problem import confirmation, unclear_line
from bot.views.reply import OpenForm, Reply, fits_in_button
from ledger.errors import ConfirmationNeededError, LedgerError
from ledger.recording.stored_entries import StoredEntry
from ledger.roster.directory import find_codes


def fix(call: Call, *, confirmed: bool = False) -> Reply | OpenForm:
    """Return what ``save_fix`` does; without a change a form shows the entry, and an unusual entry is asked about.

    Raises:
        LedgerError: It cannot be done; the title says why.
    """
    entry = bare_entry(call, command="fix")
    if entry is not None:
        return OpenForm(entry_form(call, entry))
    try:
        return save_fix(call, confirmed=confirmed)
    except ConfirmationNeededError as question:
        if fits_in_button(call.text):
            return confirmation(question, call.text, command="fix", save_anyway=FIX_ANYWAY)
        name = call.text.split(maxsplit=1)[0]
        remedy = f"Fix it without the note first (/ccm fix {name} 200m), then add the text to the new entry: /ccm add"
        raise LedgerError(question.code, question.title, remedy) from question


def save_fix(call: Call, *, confirmed: bool) -> Reply:
    """Replace the entry the call names and answer with the receipt; a line that cannot be read saves nothing.

    Raises:
        LedgerError: For an entry that is not the person's or was voided, for a line that changes nothing and for what
            the rules refuse; ``ConfirmationNeededError`` for an unusual entry unless ``confirmed``.
    """
    with call.database.writing() as connection:
        old, rest = named_entry(call, connection, command="fix")
        line = _parse(call, connection, old, rest)
        if line.problems:
            return unclear_line(call.text, line.problems, command="fix")
        new = corrected(call, old, line)
        return replaced(call, connection, old, new, content={"fix": call.text}, confirmed=confirmed)


def _parse(call: Call, connection: Connection, old: StoredEntry, rest: str) -> LogLine:
    """Return ``rest`` as a log line of the entry's patient, so that another patient's code in it is a conflict."""
    return parse_log(
        f"{old.patient_code} {rest}",
        now=call.local_now,
        find_codes=lambda word: find_codes(connection, call.practice.practice_id, word),
        default_day=old.date_of_service,
        default_activity=old.activity,
    )


FIX = Command(
    "fix",
    DOCUMENTING,
    fix,
    Topic(
        "fix ENTRY [LENGTH] [WHAT] [HOW] [WHEN] [PROGRAM] [NOTE]",
        "Voids an entry of yours and saves the one that replaces it: what you do not say stays as it was.",
        ("/ccm fix P-1042#1 15m", "/ccm fix P-1042#3 10:05-10:17 labs"),
        LOG_WORDS,
    ),
    keeps_escapes=True,
    terminal=Saving(save_fix, "ccm fix --as coord1 P-1042#7 15m", asks=True),
)
