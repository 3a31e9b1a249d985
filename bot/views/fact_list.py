"""What is recorded of a patient: in a few lines of the statement, or all of it with what mends it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.views import formatting
from bot.views.blocks import Block
from bot.views.fact_buttons import correct_button, withdraw_button
from bot.views.reply import Reply, actions, context, header, paged, section, sections
from ledger.patients.fact_history import FactVersion

FACTS_PER_PAGE = 10
EARLIER_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Recorded:
    """One revision in words: what it says, who recorded it, and when on the practice's clock."""

    words: str
    by: str
    at: datetime
    is_withdrawal: bool = False


@dataclass(frozen=True, slots=True)
class ShownFact:
    """A fact with all its revisions, the newest first, and whether its reader may correct or withdraw it."""

    version: FactVersion
    revisions: tuple[Recorded, ...]
    may_correct: bool = False
    may_withdraw: bool = False


def short_lines(facts: Sequence[ShownFact], others: int) -> list[str]:
    """Return a line for each of the facts, with who recorded it and when; ``others`` counts those left out."""
    if not facts:
        return []
    lines = ["*Recorded*"]
    for fact in facts:
        newest = fact.revisions[0]
        said = f"{newest.words} ({newest.by}, {newest.at:%b} {newest.at.day}, {newest.at.year})"
        lines.append(f"• {formatting.escaped(said)}")
    if others:
        lines.append(f"and {formatting.listed(others, 'other fact')}")
    return lines


def fact_pages(
    patient_code: str, team: str, facts: Sequence[ShownFact], *, paging: str, address: Mapping[str, Any]
) -> list[Reply]:
    """Return all facts of a patient, those that were withdrawn too, each under what was recorded of it before."""
    title = f"{patient_code} · facts · {team}"
    text = f"{patient_code}: {formatting.listed(len(facts), 'recorded fact')}."
    if not facts:
        return [Reply(text, (header(title), section("Nothing is recorded of this patient yet.")))]
    parts = [facts[begin : begin + FACTS_PER_PAGE] for begin in range(0, len(facts), FACTS_PER_PAGE)]
    count = context(f"{formatting.listed(len(facts), 'fact')}, all that was ever recorded of each")
    pages = [Reply(text, (header(title), *(block for fact in part for block in _fact(fact)), count)) for part in parts]
    return [paged(reply, paging, page, len(pages), address) for page, reply in enumerate(pages)]


def _fact(fact: ShownFact) -> list[Block]:
    newest, *earlier = fact.revisions
    lines = [_newest(newest, is_first=not earlier), *map(_earlier, earlier[:EARLIER_SHOWN])]
    if earlier[EARLIER_SHOWN:]:
        lines.append(f"• and {formatting.listed(len(earlier[EARLIER_SHOWN:]), 'earlier revision')}")
    buttons = [
        *([correct_button(fact.version, newest.words)] if fact.may_correct else []),
        *([withdraw_button(fact.version, newest.words)] if fact.may_withdraw else []),
    ]
    return [*sections(lines), *([actions(*buttons)] if buttons else [])]


def _newest(newest: Recorded, *, is_first: bool) -> str:
    words = formatting.escaped(newest.words)
    if newest.is_withdrawal:
        return f"Withdrawn: {words}\nWithdrawn {_by(newest)}."
    return f"*{words}*\n{'Recorded' if is_first else 'Recorded anew'} {_by(newest)}."


def _earlier(revision: Recorded) -> str:
    if revision.is_withdrawal:
        return f"• Before: withdrawn {_by(revision)}"
    return f"• Before: {formatting.escaped(revision.words)}, recorded {_by(revision)}"


def _by(revision: Recorded) -> str:
    return formatting.escaped(f"by {revision.by}, {said_at(revision.at)}")


def said_at(at: datetime) -> str:
    """Return ``Tue Nov 24, 2026, 10:00 am``."""
    return f"{formatting.full_day(at.date())}, {formatting.clock(at)}"
