"""A way to PostgreSQL, or to Slack, that can be cut: at a commit, or for as long as one likes."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from enum import Enum, auto

from sqlalchemy import make_url
from support.patience import PATIENCE_SECONDS

CHUNK_BYTES = 65_536
COMMIT = b"COMMIT\x00"


class Cut(Enum):
    """When a connection is cut off."""

    BEFORE_COMMIT = auto()
    """The server never hears of the commit."""
    AFTER_COMMIT = auto()
    """The server commits, and its answer is lost."""


@dataclass(eq=False)
class Link:
    """One connection through the proxy."""

    near: socket.socket
    far: socket.socket
    is_muted: bool = False
    has_answered: threading.Event = field(default_factory=threading.Event)

    def end(self) -> None:
        """Ends both halves."""
        for one in (self.near, self.far):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)


class Proxy:
    """Hands bytes on between the bot and a server."""

    def __init__(self, server_url: str) -> None:
        """``server_url`` is where the server is; ``url``, or ``address`` for HTTP, is the way through here."""
        self._target = make_url(server_url)
        self._door = socket.create_server(("127.0.0.1", 0))
        self._lock = threading.Lock()
        self._links: list[Link] = []
        self._is_unplugged = False
        self._cuts: list[tuple[Cut, bool]] = []
        self.on_sent: Callable[[bytes], None] = lambda _sent: None
        """Told what is sent to the server, before it is."""
        self.on_knock: Callable[[], None] = lambda: None
        """Told when a connection is asked for, before it is made or refused."""

    @property
    def address(self) -> str:
        """The server's address by this way, as HTTP has it."""
        return f"http://127.0.0.1:{self._door.getsockname()[1]}"

    @property
    def url(self) -> str:
        """The database's address by this way."""
        port = self._door.getsockname()[1]
        way = self._target.set(host="127.0.0.1", port=port, query={"sslmode": "disable", "gssencmode": "disable"})
        return way.render_as_string(hide_password=False)

    def unplug(self) -> None:
        """Ends every connection, and each that is made until it is plugged in again."""
        with self._lock:
            self._is_unplugged = True
            links, self._links = self._links, []
        for link in links:
            link.end()

    def plug_in(self) -> None:
        """Takes connections again."""
        with self._lock:
            self._is_unplugged = False

    def cut_next_commit(self, cut: Cut, *, unplug: bool = False) -> None:
        """Cuts the next connection that commits; with ``unplug``, the others too."""
        self._cuts.append((cut, unplug))

    def run(self) -> None:
        """Takes connections until ``close``."""
        with suppress(OSError):
            while True:
                near, _ = self._door.accept()
                self.on_knock()
                self._take(near)

    def close(self) -> None:
        """Ends everything."""
        with suppress(OSError):  # wakes who waits at the door
            self._door.shutdown(socket.SHUT_RDWR)
        self._door.close()
        self.unplug()

    def _take(self, near: socket.socket) -> None:
        with self._lock:
            if self._is_unplugged:
                near.close()
                return
            link = Link(near, self._connect())
            self._links.append(link)
        for hand_on in (self._to_server, self._to_bot):
            threading.Thread(target=hand_on, args=(link,), daemon=True).start()

    def _connect(self) -> socket.socket:
        host = str(self._target.query.get("host") or self._target.host)
        port = self._target.port or 5432
        if not host.startswith("/"):
            return socket.create_connection((host, port))
        far = socket.socket(socket.AF_UNIX)
        far.connect(f"{host}/.s.PGSQL.{port}")
        return far

    def _to_server(self, link: Link) -> None:
        with suppress(OSError):
            while sent := link.near.recv(CHUNK_BYTES):
                self.on_sent(sent)
                if COMMIT in sent and self._cuts:
                    cut, unplug = self._cuts.pop(0)
                    if cut is Cut.AFTER_COMMIT:
                        link.is_muted = True
                        link.far.sendall(sent)
                        link.has_answered.wait(PATIENCE_SECONDS)
                    if unplug:
                        self.unplug()
                    break
                link.far.sendall(sent)
        link.end()
        link.near.close()

    def _to_bot(self, link: Link) -> None:
        with suppress(OSError):
            while said := link.far.recv(CHUNK_BYTES):
                if link.is_muted:
                    link.has_answered.set()
                else:
                    link.near.sendall(said)
        link.end()
        link.far.close()


@contextmanager
def proxied(server_url: str) -> Iterator[Proxy]:
    """A way to the server at ``server_url`` that can be cut, for as long as the block."""
    proxy = Proxy(server_url)
    runs = threading.Thread(target=proxy.run, name="proxy", daemon=True)
    runs.start()
    yield proxy
    proxy.close()
    runs.join(PATIENCE_SECONDS)
