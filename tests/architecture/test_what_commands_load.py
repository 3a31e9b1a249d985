"""A command in a terminal loads what it needs: a list is there at once, not after Slack's libraries and a plot's."""

import subprocess
import sys

SLOW = frozenset(
    {
        "aiohttp",
        "apscheduler",
        "cryptography",
        "matplotlib",
        "numpy",
        "openpyxl",
        "prometheus_client",
        "slack_bolt",
        "slack_sdk",
        "starlette",
        "uvicorn",
        "websockets",
    }
)
"""What takes long to load and no command reads the ledger with."""
LOADED = "import sys, bot.commands.home, bot.commands.registry; print(*sys.modules)"


def test_no_command_waits_for_libraries_that_it_does_not_use() -> None:
    command = [sys.executable, "-c", LOADED]
    loaded = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()  # noqa: S603 - ours

    assert "bot.commands.month" in loaded
    assert SLOW.intersection(loaded) == set()
