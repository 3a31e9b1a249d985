"""The fixtures of a bot before a strict local Slack, and of ledgers for processes."""

from support.cluster_fixtures import *  # noqa: F403 - they are all for here
from support.harness_fixtures import *  # noqa: F403 - the same
