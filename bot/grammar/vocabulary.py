"""The words people use for WHAT, HOW and PROGRAM: one table each, which the help text prints too.

A phrase is written here with hyphens; typed, its parts may be joined by a hyphen, an underscore or a space
(``home-health``, ``home_health``, ``home health``). The first word of a row is the canonical one.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any

from ledger.rules.facts import Activity, Contact, Program
from ledger.rules.rulebook import program_tables, rulebooks
from ledger.values.activities import ACTIVITY_WORDS, CONTACT_WORDS
from ledger.values.phrases import phrase_of

WEEKDAYS: Mapping[str, int] = {
    word: weekday
    for weekday, words in enumerate(
        (
            ("mon", "monday"),
            ("tue", "tues", "tuesday"),
            ("wed", "weds", "wednesday"),
            ("thu", "thur", "thurs", "thursday"),
            ("fri", "friday"),
            ("sat", "saturday"),
            ("sun", "sunday"),
        )
    )
    for word in words
}
"""Day names, to the number ``date.weekday`` gives them."""

MEASURES = frozenset(
    "s sec secs second seconds day days week weeks month months year years "  # noqa: SIM905 as quoted words, 40 lines
    "unit units mg mcg g kg ml cc lb lbs pound pounds % percent tab tabs tablet tablets pill pills dose doses "
    "refill refills times steps points".split()
)
"""Words after a bare number that make it something other than minutes, so that "12 units" is never a length."""


@cache
def _meanings() -> Mapping[str, Activity | Contact | Program]:
    """Return what each phrase of the tables stands for; PROGRAM has the words that the rulebooks give each program."""
    programs = {name: table.words for name, table in program_tables().items()}
    tables: tuple[Mapping[Any, tuple[str, ...]], ...] = (ACTIVITY_WORDS, CONTACT_WORDS, programs)
    return {word: meaning for table in tables for meaning, words in table.items() for word in words}


def word_for(program: Program) -> str:
    """Return the word that people type for the program."""
    return program_tables()[program].words[0]


def program_words(*, timed: bool = False) -> str:
    """Return the words for all programs as a help text lists them, or for those with codes reached by minutes."""
    families = rulebooks()[-1].time_families
    tables = [table for name, table in program_tables().items() if families.get(name) or not timed]
    return ", ".join(f"`{table.words[0]}`" for table in tables)


@cache
def longest_phrase() -> int:
    """Return how many words the longest phrase has."""
    return max(word.count("-") for word in _meanings()) + 1


def meaning_of(phrase: str) -> Activity | Contact | Program | None:
    """Return what ``phrase`` (any case; parts joined by hyphens, underscores or spaces) stands for, or None."""
    return _meanings().get(phrase_of(phrase))
