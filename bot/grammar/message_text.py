"""A message of Slack's as its reader sees it: names and labels in place of what stands between ``<`` and ``>``.

https://docs.slack.dev/messaging/formatting-message-text
"""

import re
from collections.abc import Callable

from bot.grammar.tokens import unescape

NameOf = Callable[[str], str]
"""What somebody or a channel is called, by Slack's id; "" where that is not known."""

_MARKED = re.compile(r"<(?P<sign>[@#!]?)(?P<meant>[^<>|]+)(?:\|(?P<label>[^<>]*))?>")
_ADDRESSES = ("mailto:", "tel:")
_GROUPS = {"subteam": "group"}


def as_read(text: str, *, person: NameOf, channel: NameOf) -> str:
    """Return ``text``, which comes as Slack sends messages, with names, labels and the characters that were typed.

    A link without a label is its address. Of somebody whom nobody can name the id stays.
    """

    def shown(found: re.Match[str]) -> str:
        meant, label = found["meant"], (found["label"] or "").strip()
        match found["sign"]:
            case "@":
                return f"@{(label or person(meant) or meant).removeprefix('@')}"
            case "#":
                return f"#{(label or channel(meant) or meant).removeprefix('#')}"
            case "!":
                return _special(meant, label)
        return label or _address(meant)

    return unescape(_MARKED.sub(shown, text))


def mentioned(text: str) -> tuple[list[str], list[str]]:
    """Return the ids of the people and of the channels that ``text`` names by nothing else."""
    found = [one for one in _MARKED.finditer(text) if not (one["label"] or "").strip()]
    people, channels = ([one["meant"] for one in found if one["sign"] == sign] for sign in "@#")
    return list(dict.fromkeys(people)), list(dict.fromkeys(channels))


def _special(meant: str, label: str) -> str:
    """Return what Slack shows of a group, of everybody, or of a date: its label, else its own word."""
    word = meant.partition("^")[0]
    return label or f"@{_GROUPS.get(word, word)}"


def _address(meant: str) -> str:
    return next((meant.removeprefix(each) for each in _ADDRESSES if meant.startswith(each)), meant)
