"""``manifest.yml``: what the Slack app declares, in the one place that everything else is held to."""

from functools import cache
from pathlib import Path

import yaml


def manifest_path() -> Path:
    """Where ``manifest.yml`` is: beside the packages in a checkout, inside ``bot`` where it was installed."""
    checkout = Path(__file__).parents[1] / "manifest.yml"
    return checkout if checkout.exists() else Path(__file__).with_name("manifest.yml")


@cache
def bot_scopes() -> tuple[str, ...]:
    """The scopes of the bot's token."""
    manifest = yaml.safe_load(manifest_path().read_text(encoding="utf-8"))
    return tuple(manifest["oauth_config"]["scopes"]["bot"])
