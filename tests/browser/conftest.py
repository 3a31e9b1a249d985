"""The fixtures of a bot before a strict local Slack."""

from support.harness_fixtures import *  # noqa: F403 - they are all for here
