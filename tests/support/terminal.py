"""What ``ccm`` printed and how it ended, for tests of the terminal."""

from collections.abc import Callable

from click.testing import Result

Ccm = Callable[..., Result]
"""Runs ``ccm`` with words."""


def fine(result: Result) -> str:
    """What a command that did its work printed."""
    assert result.exit_code == 0, result.output
    assert result.exception is None
    return result.stdout


def refused(result: Result, code: str) -> str:
    """What a command that refused its work said of it."""
    assert result.exit_code == 1, result.output
    assert result.stdout == ""
    assert f"Error {code}:" in result.stderr
    assert "Traceback" not in result.output
    return result.stderr
