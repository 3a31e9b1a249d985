"""Names of people and teams, as they are shown: in answers, menus, lists and the terminal."""

import re

from ledger.characters import characters
from ledger.values.reading import UnreadableValueError, refuse_invisible, shown

LONGEST_PERSON_NAME = LONGEST_TEAM_NAME = 75
"""What a menu of Slack's shows of an option."""

# Slack's marks for text (https://docs.slack.dev/messaging/formatting-message-text): mentions and links, bold, code,
# struck out, italics, an emoji by its name, and the words that call a whole channel.
_MARKUP = re.compile(
    r"[<>*`~]|(?<!\w)_|_(?!\w)|:[a-z0-9_+'-]+:|@(?:channel|here|everyone)\b|&(?:lt|gt|amp);", re.IGNORECASE
)


def read_name(text: str, *, longest: int, example: str) -> str:
    """Return the name with single plain spaces between its words, whatever stood there: a tab, a line's end.

    Raises:
        UnreadableValueError: Where characters of it are not seen, mean something to Slack, or are too many.
    """
    name = " ".join(text.split())
    refuse_invisible(name)
    found = _MARKUP.search(name)
    if found:
        raise UnreadableValueError(
            f"{shown(name)} has {shown(found.group())}, which is markup to Slack.", f"For example: {example}"
        )
    length = characters(name)
    if length > longest:
        raise UnreadableValueError(f"has {length} characters; {longest} fit.", f"For example: {example}")
    return name
