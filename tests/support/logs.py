"""The log as a test reads it: what is amiss, and what is printed with all that is bound."""

import io
import json
import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pytest
import structlog

from bot.telemetry.logs import JSON, configure_logs


@contextmanager
def structlog_as_in_tests() -> Iterator[None]:
    """What a test captures of the log is what is printed: events that metrics alone hear are not among it.

    Who runs ``ccm serve`` in the block leaves its log's set-up behind; the next one has its own.
    """
    handlers = list(logging.root.handlers)
    structlog.reset_defaults()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.INFO))
    yield
    logging.root.handlers[:] = handlers


def troubles(logs: Sequence[Any]) -> list[Any]:
    """What was logged as a warning or an error; that a request was handled is neither."""
    return [each for each in logs if each["log_level"] in {"warning", "error"}]


class Printed:
    """The lines that were printed."""

    def __init__(self) -> None:
        self.stream = io.StringIO()

    @property
    def lines(self) -> list[dict[str, Any]]:
        """The lines, taken apart."""
        return [json.loads(line) for line in self.stream.getvalue().splitlines()]

    def of(self, event: str) -> list[dict[str, Any]]:
        """The lines of one event."""
        return [line for line in self.lines if line["event"] == event]


@contextmanager
def printed_logs(*, heard_by: Sequence[Any] = ()) -> Iterator[Printed]:
    """What ``ccm serve`` would print, as JSON; the log is as it was afterwards."""
    printed = Printed()
    before = structlog.get_config()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.stderr", printed.stream)
        patch.setattr("logging.basicConfig", lambda **_: None)
        configure_logs(JSON, heard_by=heard_by)
    yield printed
    structlog.configure(**before)
