"""Rulebooks that an administrator might bring, made of the newest one that the program has."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ledger.rules import rulebook
from ledger.rules.rulebook import BOOKS, FOLDER_VARIABLE, forget_rulebooks


def a_book(folder: Path, year: int = 2027, *edits: tuple[str, str]) -> Path:
    """A book of that year with the figures of 2026, in which each of ``edits`` stands in place of what was there."""
    text = (BOOKS / "medicare-2026.toml").read_text(encoding="utf-8")
    dates = [('"medicare-2026"', f'"medicare-{year}"')]
    dates += [(f"in_force_{end} = 2026", f"in_force_{end} = {year}") for end in ("from", "to")]
    for old, new in (*dates, *edits):
        assert old in text, old
        text = text.replace(old, new, 1)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"medicare-{year}.toml"
    path.write_text(text, encoding="utf-8")
    return path


@contextmanager
def brought(folder: Path) -> Iterator[Path]:
    """The folder, as long as the block runs the one whose books hold beside the program's."""
    folder.mkdir(parents=True, exist_ok=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(FOLDER_VARIABLE, str(folder))
        forget_rulebooks()
        yield folder
    forget_rulebooks()


@contextmanager
def no_book_of_2026(folder: Path) -> Iterator[None]:
    """As long as the block runs the program has the book of 2025 alone: every month of 2026 is provisional."""
    (folder / "medicare-2025.toml").write_bytes((BOOKS / "medicare-2025.toml").read_bytes())
    real = rulebook.load_rulebooks
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rulebook, "load_rulebooks", lambda **how: real(folder, **how))
        forget_rulebooks()
        yield
    forget_rulebooks()
