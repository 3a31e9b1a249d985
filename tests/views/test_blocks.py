"""Views and inputs as dictionaries: nothing empty is sent; the check by Slack's library notices what is wrong."""

import pytest
from support.block_kit import check_view, faults_by_library

from bot.views.blocks import checkboxes, home_tab, input_block, modal, option, search_menu, text_field
from bot.views.reply import Reply, section


def test_what_stays_empty_is_left_out_and_a_no_is_said() -> None:
    field = text_field("value", "", most_characters=10, multiline=False)
    block = input_block("note", "Note", field, hint="", optional=False)

    assert block["element"] == {"type": "plain_text_input", "action_id": "value", "max_length": 10, "multiline": False}
    assert block.keys() == {"type", "block_id", "label", "element", "optional"}
    assert "initial_options" not in checkboxes("value", [option("yes", "Yes")])
    assert search_menu("pick", placeholder="Type", least_typed=0)["min_query_length"] == 0
    assert modal("Note", [block]).keys() == {"type", "title", "close", "blocks"}


def test_a_choice_is_clipped_and_says_what_it_means_where_it_has_to() -> None:
    assert option("v", "x" * 76)["text"]["text"] == "x" * 74 + "…"
    assert option("v", "Lead", "Sees the month.")["description"]["text"] == "Sees the month."
    assert "description" not in option("v", "Lead")


@pytest.mark.parametrize(
    ("sent", "fault"),
    [
        ({"blocks": [section("x" * 3001)]}, "text attribute cannot exceed 3000 characters"),
        ({"view": modal("A title of 25 characters.", [section("x")])}, "title must be between 1 and 24 characters"),
        ({"view": home_tab([section("x")] * 101)}, "views must contain between 1 and 100 blocks"),
        ({"options": [option("v" * 151, "x")]}, "value attribute cannot exceed 150 characters"),
        ({"text": "x", "blocks": [{**section("x"), "accessory": []}]}, "would be"),
        ({"blocks": [{"type": "poem"}]}, "no such block"),
        ('{"blocks": [{"type": "divider", "text": ""}]}', "would be"),
    ],
)
def test_the_library_notices_what_is_too_long_and_what_it_would_not_write(sent: object, fault: str) -> None:
    (found,) = faults_by_library(sent)

    assert fault in found


def test_the_library_has_nothing_against_what_fits() -> None:
    check_view(home_tab([section("x" * 3000)]), kind="home")
    assert faults_by_library({"view": modal("Note", [section("x")]), **Reply("Saved", (section("y"),)).payload()}) == []
