"""What in a message or a view somebody would miss who hears it, sees no colours, or cannot tell emoji apart.

A text beside blocks, labels on inputs, alternative text on pictures, buttons that say what they do, and no meaning in
an emoji or a sign alone. Colours carry none: the blocks have nothing but the style of a button.
"""

import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from typing import Any

JSON = dict[str, Any]

EMOJI = re.compile(r":[a-z0-9_+-]+:")
WORD = re.compile(r"\w{2,}|\d")
VAGUE = frozenset(
    {"click", "click here", "here", "more", "more…", "ok", "okay", "yes", "no", "go", "open", "edit", "it"}
)
"""What says nothing where it is heard by itself."""
EMPTY_CELL = "–"
FILE_NAME = re.compile(r"\w+\.(?:png|jpe?g|gif)", re.IGNORECASE)


def faults_in(payload: Any) -> list[str]:
    """Everything that somebody would miss in what the bot sent: an answer, a message or a view."""
    found: list[str] = []
    if isinstance(payload, dict) and payload.get("blocks") and "type" not in payload:
        found += _unreadable("the text beside the blocks", payload.get("text"))
    buttons: dict[str, set[str]] = defaultdict(set)
    for node in _nodes(payload):
        found += _faults_of(node)
        if node.get("type") == "button":
            buttons[_heard(node)].add(json.dumps([node["action_id"], node.get("value")]))
    found += [f"{len(does)} buttons are heard as {heard!r}" for heard, does in buttons.items() if len(does) > 1]
    return found


def _nodes(payload: Any) -> Iterator[JSON]:
    if isinstance(payload, str) and payload[:1] in {"{", "["}:
        try:
            payload = json.loads(payload)
        except json.JSONDecodeError:
            return
    if isinstance(payload, list):
        for each in payload:
            yield from _nodes(each)
    elif isinstance(payload, dict):
        yield payload
        for name, each in payload.items():
            if name not in {"value", "private_metadata", "metadata", "text"} or isinstance(each, dict):
                yield from _nodes(each)


def _faults_of(node: JSON) -> list[str]:
    check = _CHECKS.get(str(node.get("type")))
    return check(node) if check else []


def _menus(node: JSON) -> list[str]:
    menus = [one for one in node["elements"] if one["type"].endswith(("select", "picker"))]
    return [fault for menu in menus for fault in _unreadable("the words in a menu", menu.get("placeholder"))]


def _picture(node: JSON) -> list[str]:
    told = str(node.get("alt_text", "")).strip()
    if len(told.split()) < 2 or FILE_NAME.fullmatch(told):
        return [f"a picture whose alternative text is {told!r}"]
    return []


def _button(node: JSON) -> list[str]:
    heard = _heard(node)
    if heard.lower() in VAGUE:
        return [f"a button that is heard as {heard!r} says not what it does"]
    return _unreadable("a button", heard)


def _heard(button: JSON) -> str:
    return str(button.get("accessibility_label") or button["text"]["text"])


def _table(node: JSON) -> list[str]:
    names, *rows = node["rows"]
    found = [fault for cell in names for fault in _unreadable("the name of a column", cell)]
    for cell in (cell for row in rows for cell in row):
        text = cell.get("text", EMPTY_CELL)
        if text != EMPTY_CELL:
            found += _unreadable("a cell of a table", text)
    return found


def _unreadable(what: str, text: Any) -> list[str]:
    """That ``what`` has no word in it: nothing, or emoji and signs alone."""
    said = str(text.get("text", "") if isinstance(text, dict) else text or "")
    return [] if WORD.search(EMOJI.sub("", said)) else [f"{what} is {said!r}"]


_CHECKS: Mapping[str, Callable[[JSON], list[str]]] = {
    "image": _picture,
    "input": lambda node: _unreadable("the label of an input", node.get("label")),
    "button": _button,
    "modal": lambda node: (
        _unreadable("the title of a form", node["title"]) + _unreadable("its way out", node.get("close"))
    ),
    "section": lambda node: _unreadable("a section", node["text"]) if node.get("text") else [],
    "header": lambda node: _unreadable("a header", node["text"]),
    "actions": _menus,
    "table": _table,
}
