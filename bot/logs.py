"""Logs: one JSON object a line on standard error, with codes and counts, never a request body, note or name."""

import logging
import sys

import structlog


def configure_logs() -> None:
    """Sends the project's logs and the libraries' warnings to standard error as JSON lines."""
    logging.basicConfig(
        level=logging.WARNING, stream=sys.stderr, format='{"level":"%(levelname)s","logger":"%(name)s"}'
    )
    # Bolt warns of its own set-up, and of requests nobody listens to by quoting them.
    logging.getLogger("slack_bolt").setLevel(logging.ERROR)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
