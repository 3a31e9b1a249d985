"""Logs: one JSON object a line on standard error, with codes and counts, never a request body, note or name."""

import json
import logging
import sys

import structlog


class WordlessFormatter(logging.Formatter):
    """A library's record by its place and the kind of its exception: the words of both may carry what people typed."""

    def format(self, record: logging.LogRecord) -> str:
        """One JSON object."""
        kind = record.exc_info[0] if record.exc_info else None
        line = {
            "level": record.levelname,
            "logger": record.name,
            "place": f"{record.pathname}:{record.lineno}",
            "kind": kind.__name__ if kind else None,
        }
        return json.dumps(line)


def configure_logs() -> None:
    """Sends the project's logs and the libraries' warnings to standard error as JSON lines."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(WordlessFormatter())
    # Bolt warns of its own set-up, and of requests that nobody listens to by quoting them; it sets its loggers' levels.
    handler.addFilter(lambda record: record.levelno >= logging.ERROR or not record.name.startswith("slack_bolt"))
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
