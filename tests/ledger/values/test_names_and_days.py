"""Names that are shown, and days on which something can have been."""

import unicodedata
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.characters import characters
from ledger.values.days import refuse_first_day, refuse_last_day, refuse_outside_care
from ledger.values.names import LONGEST_PERSON_NAME, read_name
from ledger.values.reading import UnreadableValueError

TODAY = date(2026, 11, 24)


def name(text: str) -> str:
    return read_name(text, longest=LONGEST_PERSON_NAME, example="Nurse One")


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        *[
            (plain, plain)
            for plain in (
                "Nurse One",
                "Red & Gray Team",
                'Red, "the" Team',
                "Élise O'Brien-Müller, RN",
                "Team #2 (west)",
                "Dr. 李",
                "Blue_Team",
                "Team @ Main St",
                "🦋 Team",
                "12:30 Team",
                "n" * LONGEST_PERSON_NAME,
            )
        ],
        ("  Nurse   One ", "Nurse One"),
        ("Nurse\u00a0One", "Nurse One"),
        ("Nurse\tOne\r\nof Blue", "Nurse One of Blue"),
    ],
)
def test_a_name_is_kept_as_it_is_seen(text: str, stored: str) -> None:
    assert name(text) == stored


@pytest.mark.parametrize(
    "text",
    [
        "<@U0NURSE1>",
        "<!channel>",
        "Nurse <https://example.org|One>",
        "*Nurse* One",
        "_Nurse_ One",
        "~Nurse~ One",
        "`Nurse` One",
        ":skull: Team",
        "@here Team",
        "Team &lt;3",
        "Nurse\x07One",
        "Nurse\x1b[31mOne",
        "Nu\u200brse",
        "\u202eesruN",
        "Nurse\ufeff",
        "Nurse\ud800",
        "n" * (LONGEST_PERSON_NAME + 1),
        "🦋" * (LONGEST_PERSON_NAME // 2 + 1),
    ],
)
def test_a_name_with_markup_or_hidden_characters_or_too_long_is_refused(text: str) -> None:
    with pytest.raises(UnreadableValueError) as refused:
        name(text)
    assert refused.value.remedy
    assert refused.value.message.isprintable()


@given(st.text(max_size=120))
def test_no_name_that_is_accepted_has_hidden_characters(text: str) -> None:
    try:
        kept = name(text)
    except UnreadableValueError:
        return
    assert {unicodedata.category(character)[0] for character in kept}.isdisjoint("C")
    assert not {"\u2028", "\u2029", *"<>*`~"} & set(kept)
    assert characters(kept) <= LONGEST_PERSON_NAME
    assert name(kept) == kept


def outside_care(day: date) -> None:
    refuse_outside_care(day, TODAY)


def first_day(day: date) -> None:
    refuse_first_day(day, TODAY)


@pytest.mark.parametrize(
    ("check", "earliest", "latest"),
    [
        (outside_care, date(2015, 1, 1), TODAY),
        (first_day, date(1950, 1, 1), TODAY + timedelta(days=366)),
        (refuse_last_day, date(1950, 1, 1), date(9999, 12, 31)),
    ],
)
def test_a_day_is_taken_between_two_limits(check: Callable[[date], None], earliest: date, latest: date) -> None:
    check(earliest)
    check(latest)
    for day in (earliest - timedelta(days=1), date(1926, 11, 3), date(206, 11, 3)):
        with pytest.raises(UnreadableValueError) as refused:
            check(day)
        assert str(day) in refused.value.message
    if latest != date.max:
        with pytest.raises(UnreadableValueError):
            check(latest + timedelta(days=1))
