"""``manifest.yml``: what the Slack app declares, in the one place that everything else is held to."""

from functools import cache
from pathlib import Path
from typing import Any

import yaml

from ledger.errors import installation_lacks

NAME = "manifest.yml"
PACKAGE = Path(__file__).parents[1]


def manifest() -> dict[str, Any]:
    """Read what the Slack app declares, as Slack does when the file is pasted there.

    An installed package has the file inside ``bot``; a checkout has it at its top, where users find it.

    Raises:
        LedgerError: The file is in neither place.
    """
    for path in (PACKAGE / NAME, PACKAGE.parent / NAME):
        if path.is_file():
            return dict(yaml.safe_load(path.read_text(encoding="utf-8")))
    raise installation_lacks(NAME)


@cache
def bot_scopes() -> tuple[str, ...]:
    """Return the scopes of the bot's token."""
    return tuple(manifest()["oauth_config"]["scopes"]["bot"])
