"""The bot behind HTTP, served from a thread as ``ccm serve --http`` serves it."""

import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import uvicorn
from starlette.routing import Route
from support.slack import Harness

from bot.runtime.health import Health
from bot.runtime.http_door import PromptProtocol, http_app


@contextmanager
def served(harness: Harness, door: socket.socket, more: Sequence[Route] = ()) -> Iterator[str]:
    """The address of the bot behind HTTP; who knocks early waits at the ``door``."""
    health = Health(harness.database, more_routes=more)
    config = uvicorn.Config(
        http_app(harness.app, health), http=PromptProtocol, ws="none", log_config=None, lifespan="off"
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [door]}, daemon=True)
    thread.start()
    yield address_of(door)
    server.should_exit = True
    thread.join()


def address_of(door: socket.socket) -> str:
    """The address that the listening socket has."""
    return f"http://127.0.0.1:{door.getsockname()[1]}"
