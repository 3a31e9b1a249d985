"""Notes in quotes, and Slack's escapes."""

import re

_CLOSERS = {'"': '"', "“": '”“"', "”": '”“"', "„": '”“"'}
_SLACK_ESCAPE = re.compile(r"&(?:amp|lt|gt);")
_UNESCAPED = {"&amp;": "&", "&lt;": "<", "&gt;": ">"}


def opens_quote(text: str, position: int) -> bool:
    """Whether a quoted note begins at ``position``."""
    return text[position : position + 1] in _CLOSERS


def read_quoted(text: str, position: int) -> tuple[str, int]:
    """What stands in the quotes that open at ``position``, and the offset behind them.

    Straight quotes doubled inside straight ones stand for one. Where nothing closes the quote it holds all the rest.
    """
    opener = text[position]
    closers = _CLOSERS[opener]
    at = position + 1
    while at < len(text):
        if opener == '"' and text.startswith('""', at):
            at += 2
        elif text[at] in closers:
            return _undouble(text[position + 1 : at], opener), at + 1
        else:
            at += 1
    return _undouble(text[position + 1 :], opener), len(text)


def quoted(note: str) -> str:
    """``note`` as ``read_quoted`` and ``unescape`` read it back."""
    escaped = _SLACK_ESCAPE.sub(lambda found: "&amp;" + found.group()[1:], note)
    return '"' + escaped.replace('"', '""') + '"'


def unescape(text: str) -> str:
    """``text`` with Slack's three escapes undone (docs.slack.dev, "Formatting message text", escaping)."""
    return _SLACK_ESCAPE.sub(lambda found: _UNESCAPED[found.group()], text)


def _undouble(text: str, opener: str) -> str:
    return text.replace('""', '"') if opener == '"' else text
