"""The answers to a void, a fix and an addendum: what holds now, the total before and after, what stays on record."""

from bot.views import formatting
from bot.views.blocks import Block
from bot.views.receipt import REPLAYED, change, kept, receipt
from bot.views.reply import Reply, as_typed, context, sections
from ledger.practice.practice import Practice
from ledger.recording.addenda import AddendumReceipt
from ledger.recording.entries import entry_name
from ledger.recording.fixes import FixReceipt
from ledger.recording.voids import VoidReceipt

FIX_ANYWAY = "fix_save_anyway"


def voided(done: VoidReceipt, reason: str) -> Reply:
    """Return the answer to a void: what no longer counts, and the total now."""
    names = ", ".join(entry_name(done.patient_code, position) for position in done.positions)
    lines = [f"*Voided* · *{done.patient_code}* · {done.duration_minutes} min · entry {names}"]
    lines += map(change, done.months)
    text = f"Voided: {done.patient_code}, {formatting.minutes(done.duration_minutes)}."
    said = [*sections(lines), *as_typed(f"Reason: {reason}")]
    blocks = (*said, *_remarks([kept(done)], replayed=done.replayed))
    return Reply(text, blocks, frozenset({done.patient_code}))


def fixed(done: FixReceipt, practice: Practice, *, note_advice: str | None) -> Reply:
    """Return the answer to a fix: the entry as it is now, what changed, and which entry it replaces."""
    saved = receipt(done.saved, practice, note_advice=note_advice, with_buttons=False, title="Fixed")
    names = ", ".join(entry_name(done.saved.patient_code, position) for position in done.replaced)
    replaced = f"It replaces {names}, which stays in the record as voided (rule E5)."
    blocks = (*saved.blocks, *_remarks([replaced], replayed=done.replayed))
    return Reply(saved.text, blocks, saved.changed)


def added(done: AddendumReceipt, text: str, *, note_advice: str | None) -> Reply:
    """Return the answer to an addendum; ``note_advice`` says what the note still lacks, None where nothing."""
    name = entry_name(done.patient_code, done.entry_position)
    said = [*sections([f"*Added* to the note of *{name}*:"]), *as_typed(text)]
    said += sections([change(month) for month in done.months if month.before != month.after])
    remarks = ["The note before it stays as it was; both keep their times (rule E5)."]
    remarks += [formatting.escaped(note_advice)] if note_advice else []
    blocks = (*said, *_remarks(remarks, replayed=done.replayed))
    return Reply(f"Added to the note of {name}.", blocks, frozenset({done.patient_code}))


def _remarks(remarks: list[str], *, replayed: bool) -> list[Block]:
    return [context(remark) for remark in ([*remarks, REPLAYED] if replayed else remarks)]
