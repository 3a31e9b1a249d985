"""Logs: one line an event on standard error, with codes and counts, never a request body, note, name or token.

JSON for a program that collects them, columns for a person at a terminal (``CCM_LOG_FORMAT``).
"""

import logging
import sys
from collections.abc import Sequence
from contextlib import suppress
from io import TextIOBase
from typing import TextIO, cast

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

JSON, CONSOLE = "json", "console"
_FORMATS: dict[str, Processor] = {
    JSON: structlog.processors.JSONRenderer(),
    CONSOLE: structlog.dev.ConsoleRenderer(),
}
_TIME = structlog.processors.TimeStamper(fmt="iso", utc=True)


class _Forgiving(TextIOBase):
    """A stream that whoever reads it may close: lines are lost then, and nothing else is."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Write the text, or nothing where nobody can read it."""
        with suppress(OSError):
            return self._stream.write(text)
        return 0

    def flush(self) -> None:
        """Send on what was written."""
        with suppress(OSError):
            self._stream.flush()


class WordlessFormatter(logging.Formatter):
    """A library's record by its place and the kind of its exception: the words of both may carry what people typed."""

    def __init__(self, log_format: str = JSON) -> None:
        """``log_format`` is that of the project's own lines."""
        super().__init__()
        self._render = _FORMATS[log_format]

    def format(self, record: logging.LogRecord) -> str:
        """Return one line."""
        kind = record.exc_info[0] if record.exc_info else None
        event: EventDict = {
            "event": "library",
            "level": record.levelname.lower(),
            "logger": record.name,
            "place": f"{record.pathname}:{record.lineno}",
            "kind": kind.__name__ if kind else None,
        }
        event = structlog.contextvars.merge_contextvars(None, "", event)
        return str(self._render(None, "", _TIME(None, "", event)))


def configure_logs(log_format: str = "", *, heard_by: Sequence[Processor] = ()) -> None:
    """Send the project's logs and the libraries' warnings to standard error.

    Without a format it is JSON, unless somebody watches standard error at a terminal. ``heard_by`` are given every
    event, those too that are not worth a line (``log.debug``): the metrics count them.
    """
    log_format = log_format or (CONSOLE if sys.stderr.isatty() else JSON)
    stream = _Forgiving(sys.stderr)
    handler = logging.StreamHandler(stream)
    handler.setFormatter(WordlessFormatter(log_format))
    # Bolt warns of its own set-up, and of requests that nobody listens to by quoting them; it sets its loggers' levels.
    handler.addFilter(lambda record: record.levelno >= logging.ERROR or not record.name.startswith("slack_bolt"))
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            *heard_by,
            _drop_what_is_not_printed,
            structlog.processors.add_log_level,
            _TIME,
            _FORMATS[log_format],
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.DEBUG if heard_by else logging.INFO),
        logger_factory=structlog.WriteLoggerFactory(cast("TextIO", stream)),
    )


def _drop_what_is_not_printed(_logger: WrappedLogger, level: str, event: EventDict) -> EventDict:
    if level == "debug":
        raise structlog.DropEvent
    return event
