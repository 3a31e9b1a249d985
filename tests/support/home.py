"""The Home tab as its owner sees it, when everything is done that was begun."""

from support.slack import Harness

from bot.playground import SeenView

NURSE = "U0NURSE1"


def opened(harness: Harness, user: str = NURSE) -> SeenView:
    """The Home tab of ``user``, opened, with everything done that this begins."""
    harness.person(user).home()
    harness.settle()
    return now(harness, user)


def now(harness: Harness, user: str = NURSE) -> SeenView:
    """The Home tab as it stands, when all that was begun is done."""
    harness.settle()
    home = harness.person(user).home_view
    assert home is not None
    return home


def buttons(home: SeenView, action_id: str) -> list[tuple[str, str]]:
    """Each button of that action: its block and its value."""
    found = []
    for block in home.blocks:
        elements = [*block.get("elements", []), *([block["accessory"]] if block.get("accessory") else [])]
        found += [(block["block_id"], each["value"]) for each in elements if each.get("action_id") == action_id]
    return found


def press(harness: Harness, home: SeenView, action_id: str, about: str = "", user: str = NURSE) -> SeenView:
    """The Home tab after a press on the first button of that action whose value has ``about`` in it."""
    block_id = next(block for block, value in buttons(home, action_id) if about in value)
    harness.person(user).press(home, action_id, block_id=block_id)
    return now(harness, user)


def row(home: SeenView, words: str) -> str:
    """The text of the only block in which ``words`` stand."""
    (found,) = [block["text"]["text"] for block in home.blocks if words in block.get("text", {}).get("text", "")]
    return str(found)
