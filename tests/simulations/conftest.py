"""The fixtures of ledgers for processes."""

from support.cluster_fixtures import *  # noqa: F403 - they are all for here
