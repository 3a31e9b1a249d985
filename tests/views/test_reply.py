"""Messages that fit: long text is broken and never lost, tables end where Slack's limits are."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.block_kit import check_message

from bot.views.reply import (
    TABLE_CHARACTERS,
    Reply,
    broken,
    button,
    context,
    fits_in_button,
    header,
    paged,
    section,
    sections,
    table,
    table_parts,
)
from ledger.characters import characters

COLUMNS = ("One", "Two")


@given(st.text(alphabet="ab &;\n💊𝒳é", max_size=400), st.integers(5, 50))
def test_text_is_broken_without_losing_a_character(text: str, most: int) -> None:
    parts = broken(text, most)

    assert "".join(parts) == text
    assert all(characters(part) <= most for part in parts)


def test_text_is_broken_at_spaces_where_it_has_some() -> None:
    assert broken("one two three", 8) == ["one two ", "three"]
    assert broken("x" * 12, 8) == ["x" * 8, "x" * 4]
    assert broken("as it is", 8) == ["as it is"]
    assert broken("💊" * 6, 8) == ["💊" * 4, "💊" * 2]


def test_lines_stand_in_as_few_sections_as_they_fit_in() -> None:
    assert [len(block["text"]["text"]) for block in sections(["x" * 1499, "y" * 1500, "z"])] == [3000, 1]
    assert sections([]) == []


@given(st.lists(st.text(alphabet="ab 💊", min_size=1, max_size=7000).filter(str.strip), min_size=1, max_size=5))
def test_no_line_is_too_long_for_sections(lines: list[str]) -> None:
    blocks = sections(lines)

    check_message("text", blocks)
    shown = "".join(block["text"]["text"] for block in blocks).replace("\n", "")
    assert shown == "".join(lines)


def test_a_heading_that_is_too_long_ends_in_dots() -> None:
    assert header("x" * 150)["text"]["text"] == "x" * 150
    assert header("x" * 151)["text"]["text"] == "x" * 149 + "…"
    assert header("💊" * 76)["text"]["text"] == "💊" * 74 + "…"


def test_a_notification_shows_its_text_word_for_word() -> None:
    assert Reply("Team <A> & B: <!channel>").payload() == {"text": "Team &lt;A&gt; &amp; B: &lt;!channel&gt;"}


def test_a_message_of_more_blocks_or_tables_than_slack_takes_is_an_error() -> None:
    assert len(Reply("text", tuple(map(context, "x" * 50))).payload()["blocks"]) == 50
    with pytest.raises(ValueError, match="50 blocks"):
        Reply("text", tuple(map(context, "x" * 51))).payload()
    with pytest.raises(ValueError, match="one table"):
        Reply("text", (table(COLUMNS, [("a", "b")]), table(COLUMNS, [("c", "d")]))).payload()


def test_an_empty_cell_shows_a_dash() -> None:
    block = table(COLUMNS, [("", "b")], right=(1,))

    assert [cell["text"] for cell in block["rows"][1]] == ["–", "b"]
    assert block["column_settings"] == [{"is_wrapped": True}, {"align": "right"}]


@given(st.lists(st.integers(0, 3000), max_size=60), st.integers(1, 100))
def test_rows_are_spread_over_tables_that_fit_without_losing_one(lengths: list[int], most_rows: int) -> None:
    rows = [(str(number), "x" * length) for number, length in enumerate(lengths)]

    parts = table_parts(COLUMNS, rows, most_rows=most_rows)

    assert [row for part in parts for row in part] == rows
    for part in parts:
        assert 1 <= len(part) <= most_rows
        check_message("text", [table(COLUMNS, part)] if len(part) < 100 else [])


def test_a_table_is_filled_up_to_the_last_character() -> None:
    room = TABLE_CHARACTERS - len("OneTwo")

    assert len(table_parts(COLUMNS, [("a", "x" * (room // 2 - 1))] * 2, most_rows=50)) == 1
    assert len(table_parts(COLUMNS, [("a", "x" * (room // 2))] * 2, most_rows=50)) == 2


def test_a_button_carries_what_fits_in_it() -> None:
    assert fits_in_button("é" * 1998)
    assert not fits_in_button("é" * 1999)
    assert json.loads(button("Press", "go", {"note": 'é "<'})["value"]) == {"note": 'é "<'}
    with pytest.raises(ValueError, match=r"2,000 characters"):
        button("Press", "go", "x" * 2000)


@pytest.mark.parametrize(
    ("page", "pages", "turns"),
    [(0, 1, []), (0, 3, ["next"]), (1, 3, ["previous", "next"]), (2, 3, ["previous"])],
)
def test_a_page_leads_to_the_pages_beside_it(page: int, pages: int, turns: list[str]) -> None:
    reply = paged(Reply("text", (section("list"),)), "list_page", page, pages, {"text": "nov"})

    buttons = [element for block in reply.payload()["blocks"] for element in block.get("elements", [])]
    named = {each["action_id"]: json.loads(each["value"]) for each in buttons if each["type"] == "button"}
    beside = {"previous": page - 1, "next": page + 1}
    assert named == {f"list_page_{turn}": {"text": "nov", "page": beside[turn]} for turn in turns}
