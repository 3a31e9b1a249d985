"""A request's way through the bot is short enough to be read: how many of our files one line passes."""

import sys
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

import pytest
from support.slack import LINE, Harness

import bot

HOME = Path(bot.__file__).parent
MOST_FILES = 20
"""How many files below bot/ a line may pass from the signed request to its acknowledged answer."""


class Passed:
    """The files below bot/ in which a function of the watched thread ran."""

    def __init__(self) -> None:
        self.files: set[str] = set()

    def __call__(self, frame: FrameType, event: str, _argument: Any) -> None:
        code: CodeType = frame.f_code
        if event == "call" and code.co_name != "<module>" and code.co_filename.startswith(f"{HOME}/"):
            self.files.add(str(Path(code.co_filename).relative_to(HOME)))


def test_a_line_passes_at_most_20_files_on_its_way_to_its_answer(
    harness: Harness, monkeypatch: pytest.MonkeyPatch
) -> None:
    passed = Passed()
    dispatch = harness.app.dispatch

    def watched(request: Any) -> Any:
        sys.setprofile(passed)
        try:
            return dispatch(request)
        finally:
            sys.setprofile(None)

    monkeypatch.setattr(harness.app, "dispatch", watched)
    seen = harness.say(LINE)
    assert "*Saved*" in seen.words
    assert 0 < len(passed.files) <= MOST_FILES, sorted(passed.files)
