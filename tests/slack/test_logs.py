"""Log lines are JSON, and hold neither the words of a library's message nor those of an exception."""

import json
import logging

import pytest

from bot.logs import WordlessFormatter


def test_a_library_is_heard_without_its_words() -> None:
    record = logging.LogRecord("library", logging.WARNING, "library.py", 7, "ZEBRANOTE %s", ("ZEBRANOTE",), None)

    line = WordlessFormatter().format(record)

    assert json.loads(line) == {"level": "WARNING", "logger": "library", "place": "library.py:7", "kind": None}


def test_a_failure_in_a_library_is_told_by_its_kind_alone() -> None:
    with pytest.raises(ValueError, match="ZEBRANOTE") as caught:
        int("ZEBRANOTE")
    failure = (caught.type, caught.value, caught.tb)
    record = logging.LogRecord("library", logging.ERROR, "library.py", 7, "failed", None, failure)

    line = WordlessFormatter().format(record)

    assert json.loads(line)["kind"] == "ValueError"
    assert "ZEBRANOTE" not in line
