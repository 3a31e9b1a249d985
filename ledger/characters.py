"""How long a text is, counted as Slack's clients count it: in UTF-16 units, so that an emoji is two characters.

Whoever holds a text to a limit, or cuts it to one, counts here; what is let in here fits into every form and message.
"""

_BYTES_PER_UNIT = 2
_FIRST_HALVES = range(0xD800, 0xDC00)
"""The units that stand before the other half of one character."""


def characters(text: str) -> int:
    """Return how many characters Slack counts in ``text``."""
    return len(_encoded(text)) // _BYTES_PER_UNIT


def beginning(text: str, most: int) -> str:
    """Return as much of the beginning of ``text`` as fits into ``most`` characters; no character is cut in two."""
    units = _encoded(text)
    end = min(most * _BYTES_PER_UNIT, len(units))
    last = int.from_bytes(units[end - _BYTES_PER_UNIT : end], "little")
    if end < len(units) and last in _FIRST_HALVES:
        end -= _BYTES_PER_UNIT
    return units[:end].decode("utf-16-le", "surrogatepass")


def _encoded(text: str) -> bytes:
    # Half a character, which a faulty client may send, is counted like a whole one of its size.
    return text.encode("utf-16-le", "surrogatepass")
