"""Behavioral health integration (BHI 99484) as a table of a rulebook, which the real rulebooks do not have."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ledger.rules import rulebook
from ledger.rules.facts import Program

BHI = """
[[program]]
name = "BHI"
title = "behavioral health integration"
words = ["bhi", "behavioral-health"]
source = "secondary"

[[time_family]]
name = "bhi_staff"
title = "BHI"
program = "BHI"
counts = "total"
base = { code = "99484", at_minutes = 20 }
source = "secondary"

[[payment]]
code = "99484"
cents = 5000
approximate = true
source = "secondary"
"""
"""All that makes the program; the payment is invented."""


@contextmanager
def with_bhi(directory: Path) -> Iterator[Program]:
    """The program, known as long as the block runs, in rulebooks that have its table."""
    for path in rulebook.BOOKS.glob("*.toml"):
        (directory / path.name).write_text(path.read_text(encoding="utf-8") + BHI, encoding="utf-8")
    real = rulebook.load_rulebooks
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rulebook, "load_rulebooks", lambda **_: real(directory))
        rulebook.forget_rulebooks()
        yield Program("BHI")
    rulebook.forget_rulebooks()
