"""A message of Slack's becomes what its reader sees."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.grammar.message_text import as_read, mentioned
from bot.views.formatting import escaped

NAMES = {"U1": "Nurse One", "C1": "blue-team"}


def read(text: str) -> str:
    return as_read(text, person=lambda one: NAMES.get(one, ""), channel=lambda one: NAMES.get(one, ""))


@pytest.mark.parametrize(
    ("sent", "seen"),
    [
        ("Asked <@U1> about it.", "Asked @Nurse One about it."),
        ("Asked <@U1|nurse> about it.", "Asked @nurse about it."),
        ("Asked <@U9>.", "Asked @U9."),
        ("See <#C1>.", "See #blue-team."),
        ("See <#C1|name>.", "See #name."),
        ("See <#C1|>.", "See #blue-team."),
        ("See <#C9|>.", "See #C9."),
        ("<https://example.com/a?b=1&amp;c=2|the label>", "the label"),
        ("<https://example.com/a?b=1&amp;c=2>", "https://example.com/a?b=1&c=2"),
        ("<https://example.com|R&amp;D &lt;new&gt;>", "R&D <new>"),
        ("<mailto:lab@example.com|lab@example.com>", "lab@example.com"),
        ("<tel:+15550100>", "+15550100"),
        ("<!here> and <!channel>", "@here and @channel"),
        ("<!subteam^S1|@nurses> <!subteam^S2>", "@nurses @group"),
        ("<!date^1795532400^{date}|Nov 24>", "Nov 24"),
        ("BP &lt;140 &amp; &gt;90, 1 &amp;amp; 2", "BP <140 & >90, 1 &amp; 2"),
        ("&lt;@U1&gt;", "<@U1>"),
        ("*bold* stays, and :pill: too", "*bold* stays, and :pill: too"),
        ("", ""),
    ],
)
def test_names_and_labels_stand_in_place_of_marks(sent: str, seen: str) -> None:
    assert read(sent) == seen


@given(st.text())
def test_what_a_person_typed_comes_out_as_it_was_typed(text: str) -> None:
    assert read(escaped(text)) == text


@given(st.lists(st.sampled_from(["<@U1>", "<#C1|>", "<https://x|y>", "<!here>", "&amp;", " a "])))
def test_nothing_of_the_marks_is_left(parts: list[str]) -> None:
    assert not set("<>|") & set(read("".join(parts)))


def test_only_whom_the_message_does_not_name_is_asked_for() -> None:
    assert mentioned("<@U2> <@U1|one> <@U2> <#C1|> <#C2|two> <https://x>") == (["U2"], ["C1"])
