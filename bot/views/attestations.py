"""Attestations as an administrator sees them: the list, the form, what was recorded, and what is due."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime

from bot.views import formatting
from bot.views.blocks import Block, View, modal
from bot.views.forms.inputs import FormValues, date_input, text_input, tick_input
from bot.views.reply import Reply, button, context, header, section, sections, table
from ledger.attestations import EXAMPLE_NAME, KINDS, Attestation, AttestationReceipt, Kind, due, in_force
from ledger.values.names import LONGEST_PERSON_NAME

RECORD, CALLBACK = "attest_record", "attestation_submitted"
ON, BY, WITHDRAW = "on", "by", "withdraw"
TITLE = "Attestation"
COLUMNS = ("What", "Attested on", "By", "Recorded", "Recorded by")
MOST_ROWS = 50
"""The latest of what was ever recorded, as many as a table shows well; all of it is in ``ccm attest --json``."""


def attestation_list(recorded: Sequence[Attestation], today: date, local: Callable[[datetime], datetime]) -> Reply:
    """Return each kind with what holds of it and a button to record it, and below them everything recorded so far."""
    lacking, held = due(recorded, today), in_force(recorded, today)
    blocks: list[Block] = [header("Attestations of the practice")]
    for kind in KINDS.values():
        words = f"*{kind.title}* (`{kind.name}`) · {_state(kind, held.get(kind.name), lacking)}\n{kind.says}"
        blocks.append(section(words, button("Record", RECORD, kind.name, heard_as=f"Record {kind.title}")))
    blocks.append(context("Recorded once a year. Nothing that is billed depends on them; an auditor asks for them."))
    if recorded:
        blocks.append(table(COLUMNS, [_row(one, local) for one in reversed(recorded[-MOST_ROWS:])]))
    counted = f"{len(KINDS) - len(lacking)} of {len(KINDS)} are recorded and not over a year old"
    return Reply(f"Attestations: {counted}.", tuple(blocks))


def _state(kind: Kind, one: Attestation | None, lacking: Mapping[Kind, Attestation | None]) -> str:
    if one is None:
        return "*missing*"
    words = f"{formatting.escaped(one.attested_by or '')}, {one.attested_on}"
    return f"*over a year old:* {words}" if kind in lacking else f"{words}, good until {one.good_until}"


def _row(one: Attestation, local: Callable[[datetime], datetime]) -> tuple[str, ...]:
    by = one.attested_by or "withdrawn"
    return KINDS[one.kind].title, f"{one.attested_on}", by, f"{local(one.recorded_at):%Y-%m-%d %H:%M}", one.recorded_by


def attestation_form(kind: Kind, today: date) -> View:
    """Return the form that records an attestation of that kind, or takes one back."""
    filled: FormValues = {ON: today.isoformat()}
    blocks: list[Block] = [
        section(f"*{kind.title}*\n{kind.says}"),
        date_input(ON, "Attested on", filled),
        text_input(
            BY,
            "Who attests it",
            filled,
            most_characters=LONGEST_PERSON_NAME,
            hint=f"With what they are here, for example: {EXAMPLE_NAME}",
            optional=True,
        ),
        tick_input(WITHDRAW, "A mistake", filled, "Withdraw what is recorded of that day"),
    ]
    return modal(TITLE, blocks, callback_id=CALLBACK, private_metadata=kind.name, submit="Save")


def attested(receipt: AttestationReceipt) -> Reply:
    """Return what is recorded now."""
    one = receipt.attestation
    title = KINDS[one.kind].title
    if one.attested_by is None:
        words = f"withdrawn is what was recorded of {one.attested_on}"
    else:
        by = formatting.escaped(one.attested_by)
        words = f"{by}, {one.attested_on}; it is due again after {one.good_until}"
    saved = "Saved" if receipt.is_new else "So already"
    return Reply(f"{saved}: {title}.", tuple(sections([f"*{saved}* · *{title}*: {words}"])))


def due_lines(lacking: Mapping[Kind, Attestation | None]) -> list[str]:
    """Return what is missing and what is over a year old, as lines of mrkdwn; none where nothing is due."""
    if not lacking:
        return []
    return [f"*Attestations* · {due_words(lacking)}: `/ccm attest`"]


def due_words(lacking: Mapping[Kind, Attestation | None]) -> str:
    """Return ``missing: 24/7 access; over a year old: Certified record (2025-10-01)``."""
    missing = [kind.title for kind, one in lacking.items() if one is None]
    old = [f"{kind.title} ({one.attested_on})" for kind, one in lacking.items() if one is not None]
    parts = {"missing": missing, "over a year old": old}
    return "; ".join(f"{what}: {', '.join(titles)}" for what, titles in parts.items() if titles)
