"""What a process says of its health: that it runs, and whether it can do its work."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from threading import Event

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from bot.slack.availability import slack_reach
from ledger.errors import LedgerError
from ledger.storage import schema
from ledger.storage.database import Database
from ledger.storage.reach import Reach

SLACK_PATIENCE_SECONDS = 60
"""How long Slack may be away before a process says that it is not ready: what is shorter is made up for."""


def _is_connected() -> bool:
    return True


@dataclass
class Health:
    """What one process knows of the ledger and of Slack, and whether it was told to stop."""

    database: Database
    slack: Reach = field(default_factory=slack_reach)
    asked_to_stop: Event = field(default_factory=Event)
    is_connected: Callable[[], bool] = _is_connected
    """Whether Slack can send it anything: in Socket Mode, whether the connection stands."""
    more_routes: Sequence[BaseRoute] = ()
    """What is to be served beside: the metrics."""

    def check(self) -> None:
        """Raise ``LedgerError`` with what is wrong and how it is cured. Calls the ledger, never Slack.

        Raises:
            LedgerError: STOPPING, NOT_CONNECTED.
        """
        if self.asked_to_stop.is_set():
            raise LedgerError("STOPPING", "This process is stopping.", "Send requests to another one.")
        schema.check(self.database)
        if self.database.writes.refusal is not None:
            raise self.database.writes.refusal
        if self.slack.away_seconds > SLACK_PATIENCE_SECONDS:
            raise slack_away()
        if not self.is_connected():
            raise LedgerError(
                "NOT_CONNECTED",
                "Socket Mode is not connected.",
                "It connects by itself. If it does not: check the network, and that SLACK_APP_TOKEN is valid.",
            )


def slack_away() -> LedgerError:
    """Return what a Slack that does not answer means to whoever runs the bot."""
    return LedgerError("SLACK_AWAY", "Slack cannot be reached.", "Check the network and SLACK_API_URL.")


def health_routes(health: Health) -> list[BaseRoute]:
    """Return ``/healthz`` (it runs; asks nobody) and ``/readyz`` (it can do its work.

    Else 503, with a code and a remedy).
    """

    async def healthz(_request: Request) -> Response:
        return JSONResponse({"status": "ok"})

    async def readyz(_request: Request) -> Response:
        try:
            await run_in_threadpool(health.check)
        except LedgerError as error:
            return JSONResponse({"status": "not ready", "code": error.code, "remedy": error.remedy}, status_code=503)
        return JSONResponse({"status": "ready"})

    return [Route("/healthz", healthz), Route("/readyz", readyz), *health.more_routes]
