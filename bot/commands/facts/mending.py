"""Mending what was recorded: undo, withdraw and correct, for whoever may record such a fact."""

from collections.abc import Sequence

from bot.commands.call import Call
from bot.commands.facts.kinds import kind_of
from bot.commands.facts.shared import receipt_reply
from bot.views import formatting
from bot.views.fact_list import said_at
from bot.views.forms.fact import fact_form, values_of_cells
from bot.views.reply import OpenForm, Reply
from ledger.errors import LedgerError
from ledger.patients.fact_history import FactVersion, fact_history
from ledger.recording.fact_cells import cells_of_fact
from ledger.recording.facts import undo_fact, withdraw_fact
from ledger.roster.directory import people


def undo_recorded(call: Call, stored: Sequence[FactVersion], *, is_in_modal: bool = False) -> Reply:
    """Take back what one receipt told of; raise ``LedgerError`` where that is too late."""
    kind = kind_of(stored[0].kind)
    kind.require(call.person, "Undoing this")
    request = call.request({"undo facts": [_content(version) for version in stored]})
    with call.database.writing() as connection:
        receipt = undo_fact(connection, call.practice, stored, request=request, at=call.at, by=call.person.staff_id)
    return receipt_reply(call, receipt, kind.says, is_in_modal=is_in_modal)


def withdraw(call: Call, version: FactVersion) -> Reply:
    """Take one fact back; raise ``LedgerError`` where it has changed or a closed month rests on it."""
    kind = kind_of(version.kind)
    kind.require(call.person, "Withdrawing this fact")
    request = call.request({"withdraw fact": _content(version)})
    with call.database.writing() as connection:
        receipt = withdraw_fact(
            connection, call.practice, version, request=request, at=call.at, by=call.person.staff_id
        )
    return receipt_reply(call, receipt, kind.says)


def open_correction(call: Call, version: FactVersion, corrects: str) -> OpenForm:
    """Return the form of a recorded fact as it stands; ``corrects`` comes back with what is filled in.

    Raises:
        LedgerError: FACT_CHANGED, where it does not stand so any more.
    """
    kind = kind_of(version.kind)
    kind.require(call.person, "Correcting this fact")
    with call.database.reading() as connection:
        history = fact_history(connection, call.practice, version)
        names = {person.staff_id: person.name for person in people(connection, call.practice.practice_id)}
    if history is None or history.newest.number != version.revision:
        raise LedgerError(
            "FACT_CHANGED",
            "This fact was recorded anew or withdrawn meanwhile.",
            f"Look at it as it is now: /ccm patient {version.patient_code} facts",
        )
    newest = history.newest
    by, at = names.get(newest.recorded_by, newest.recorded_by), call.practice.local(newest.recorded_at)
    said = formatting.escaped(f"{kind.words(newest.fact, call.practice)}, recorded by {by}, {said_at(at)}.")
    form = kind.keeper.form
    values = values_of_cells(form, cells_of_fact(newest.fact, call.practice))
    lines = [said, "What you change holds in its place; what was recorded before is kept."]
    return OpenForm(fact_form(form, values, today=call.today, said=lines, corrects=corrects))


def _content(version: FactVersion) -> list[str | int]:
    return [version.patient_code, version.kind.value, version.subject, version.on_date.isoformat(), version.revision]
