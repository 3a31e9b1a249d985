"""The words of a new program are those of its table in a rulebook."""

from pathlib import Path

import pytest
from support.new_program import with_bhi

from bot.grammar import vocabulary
from ledger.rules.facts import Program


def forget_words() -> None:
    vocabulary._meanings.cache_clear()
    vocabulary.longest_phrase.cache_clear()


@pytest.mark.parametrize("words", ["bhi", "BHI", "behavioral health"])
def test_people_type_the_words_of_its_table(tmp_path: Path, words: str) -> None:
    with with_bhi(tmp_path):
        forget_words()
        found = vocabulary.meaning_of(words)
    forget_words()

    assert (found, type(found)) == ("BHI", Program)
    assert vocabulary.meaning_of(words) is None
