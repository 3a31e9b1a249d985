"""B4: books that an administrator brings hold beside the program's, and what differs between two is told."""

from datetime import date
from pathlib import Path

import pytest
from support.books import a_book, brought

from ledger.rules.book_changes import copied_from, differences, figures_differ
from ledger.rules.rulebook import (
    BOOKS,
    FOLDER_VARIABLE,
    RulebookError,
    forget_rulebooks,
    load_rulebook,
    load_rulebooks,
    rulebook_for,
    rulebook_in,
    rulebooks,
)

JANUARY = date(2027, 1, 1)
OF_THE_YEAR = {"name", "in force from", "in force to"}
DEARER = ("cents = 6613", "cents = 6500")


def test_a_brought_book_holds_for_its_year_and_no_month_before_changes(tmp_path: Path) -> None:
    before = [rulebook_for(date(year, month, 1)) for year in (2025, 2026) for month in range(1, 13)]
    a_book(tmp_path, 2027, DEARER)
    with brought(tmp_path):
        book = rulebook_for(JANUARY)
        assert (book.name, book.national_payments["99490"], book.is_brought) == ("medicare-2027", 6500, True)
        assert not book.provisional_in(JANUARY)
        assert [rulebook_for(date(year, month, 1)) for year in (2025, 2026) for month in range(1, 13)] == before
        assert rulebook_for(date(2028, 1, 1)).provisional_in(date(2028, 1, 1))
    assert rulebook_for(JANUARY).provisional_in(JANUARY)


def test_of_two_books_of_one_name_the_brought_one_holds(tmp_path: Path) -> None:
    a_book(tmp_path, 2026, DEARER)
    with brought(tmp_path):
        assert [book.name for book in rulebooks()] == ["medicare-2025", "medicare-2026"]
        assert [book.is_brought for book in rulebooks()] == [False, True]
        assert rulebook_for(date(2026, 11, 1)).national_payments["99490"] == 6500


def test_without_a_folder_the_programs_books_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    for named in (None, "", "  "):
        monkeypatch.delenv(FOLDER_VARIABLE, raising=False)
        if named is not None:
            monkeypatch.setenv(FOLDER_VARIABLE, named)
        forget_rulebooks()
        assert rulebooks() == load_rulebooks()


def test_an_empty_folder_brings_nothing_and_one_that_is_not_there_is_told(tmp_path: Path) -> None:
    with brought(tmp_path / "books"):
        assert rulebooks() == load_rulebooks()
    with pytest.raises(RulebookError) as caught:
        load_rulebooks(brought=tmp_path / "away")
    assert caught.value.code == "RULEBOOK_FOLDER"
    assert str(tmp_path / "away") in caught.value.title


@pytest.mark.parametrize(
    ("year", "edits", "code", "words"),
    [
        (2027, [("cents = 6613", "cents = 66.13")], "RULEBOOK_INVALID", '"cents" must be a valid integer'),
        (2028, [], "RULEBOOK_DATES", "a gap after medicare-2026"),
        (2027, [("in_force_from = 2027-01-01", "in_force_from = 2026-12-01")], "RULEBOOK_DATES", "an overlap after"),
    ],
)
def test_a_brought_book_is_checked_as_strictly_as_ours(
    tmp_path: Path, year: int, edits: list[tuple[str, str]], code: str, words: str
) -> None:
    a_book(tmp_path, year, *edits)
    with brought(tmp_path), pytest.raises(RulebookError) as caught:
        rulebooks()
    assert caught.value.code == code
    assert words in caught.value.title


def test_a_month_before_the_first_book_has_none_that_could_be_asked_for() -> None:
    assert rulebook_in(date(2024, 12, 1)) is None
    assert rulebook_in(date(2025, 1, 31)) == rulebook_for(date(2025, 1, 1))


def test_every_fault_is_kept_apart(tmp_path: Path) -> None:
    path = a_book(tmp_path, 2027, ("cents = 6613", "cent = 6613"), ("at_most = 3", 'at_most = "3"'))
    with pytest.raises(RulebookError) as caught:
        load_rulebook(path)
    assert len(caught.value.problems) == 2
    assert all(problem in caught.value.title for problem in caught.value.problems)


@pytest.mark.parametrize(
    ("edit", "place", "before", "after"),
    [
        (("cents = 6613", "cents = 6500"), "payment 99490, cents", "6613", "6500"),
        (("cents = 6613", "cents = 6613\nfacility_cents = 5000"), "payment 99490, facility_cents", None, "5000"),
        (('"33.4009"', '"32.8409"'), "conversion factor, non_qualifying", "33.4009", "32.8409"),
        (('qualifying = "33.5675"\n', ""), "conversion factor, qualifying", "33.5675", None),
        (("at_most = 10", "at_most = 9"), "time family ccm_complex, add_on.at_most", "10", "9"),
        (
            ("from_days = 2, to_days = 15", "from_days = 3, to_days = 15"),
            "reading family rpm_device, codes",
            "code 99454 from_days 16 to_days 30; code 99445 from_days 2 to_days 15",
            "code 99454 from_days 16 to_days 30; code 99445 from_days 3 to_days 15",
        ),
        (
            ('[["CCM", "PCM"]]', '[["CCM", "PCM"], ["CCM", "APCM"]]'),
            "conflict, never_together",
            "CCM + PCM",
            "CCM + PCM; CCM + APCM",
        ),
        (("approximate = true", "approximate = false"), "payment 99427, approximate", "yes", "no"),
    ],
)
def test_each_figure_that_differs_is_named_with_both_values(
    tmp_path: Path, edit: tuple[str, str], place: str, before: str | None, after: str | None
) -> None:
    ours = load_rulebook(BOOKS / "medicare-2026.toml")
    book = load_rulebook(a_book(tmp_path, 2027, edit))
    found = differences(ours, book)
    assert [tuple(one) for one in found if one.place not in {"name", "in force from", "in force to"}] == [
        (place, before, after)
    ]
    assert figures_differ(ours, book)
    assert copied_from(book, load_rulebooks()) is None
    turned = [(one.place, one.after, one.before) for one in differences(book, ours)]
    assert sorted(turned, key=str) == sorted(map(tuple, found), key=str)


@pytest.mark.parametrize(
    "edits",
    [
        (),
        (('title = "CY 2026', 'title = "CY 2027'), ("date = 2025-11-05", "date = 2026-11-05")),
        (("[source.secondary]", "[source.third]"), *[('source = "secondary"', 'source = "third"')] * 3),
    ],
)
def test_a_copy_with_only_its_year_changed_is_recognized(tmp_path: Path, edits: tuple[tuple[str, str], ...]) -> None:
    book = load_rulebook(a_book(tmp_path, 2027, *edits))
    original = copied_from(book, load_rulebooks())
    assert original is not None
    assert original.name == "medicare-2026"
    assert copied_from(original, load_rulebooks()) is None


def test_a_book_differs_from_itself_in_nothing() -> None:
    for book in load_rulebooks():
        assert differences(book, book) == []
