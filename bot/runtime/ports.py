"""The ports at which a process listens, and why it cannot listen at one, told apart."""

import errno
import socket

from ledger.errors import LedgerError

LAST_PORT = 65_535
_NOT_HERE = frozenset({errno.EADDRNOTAVAIL, socket.EAI_NONAME, socket.EAI_AGAIN, socket.EAI_FAMILY, socket.EAI_FAIL})


def listen_at(host: str, port: int, *, option: str = "--port") -> socket.socket:
    """Return a socket that listens at that address and port.

    Raises:
        LedgerError: nothing can listen there; the remedy names the ``option`` of the command line to change.
    """
    try:
        return socket.create_server((host, port))
    except OSError as error:
        raise cannot_listen(error, host, port, option=option) from error


def cannot_listen(error: OSError, host: str, port: int, *, option: str) -> LedgerError:
    """Return the error that says why nothing can listen there, and which ``option`` to change."""
    if error.errno in _NOT_HERE:
        return LedgerError(
            "HOST_UNKNOWN",
            f"{host} is no address of this machine.",
            "This machine alone: --host 127.0.0.1. Every network that it is in: --host 0.0.0.0",
        )
    match error.errno:
        case errno.EADDRINUSE:
            return LedgerError(
                "PORT_TAKEN",
                f"Another program listens at {host}, port {port}.",
                f"Stop it (ss -ltnp says which it is), or choose another port, such as {option} {port % 60_000 + 1}",
            )
        case errno.EACCES:
            return LedgerError(
                "PORT_FORBIDDEN",
                f"This user may not listen at port {port}.",
                f"Ports below 1024 are the administrator's: choose another, for example {option} 3000, and let a proxy "
                "listen at that one.",
            )
    return LedgerError(
        "PORT_UNUSABLE",
        f"Nothing can listen at {host}, port {port} ({error.strerror}).",
        f"Choose another address or port, for example: {option} 3002",
    )
