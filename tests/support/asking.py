"""Asking a server as a monitor would."""

import json
import urllib.error
import urllib.request
from typing import Any


def ask(address: str, body: str | None = None, headers: dict[str, str] | None = None) -> tuple[int, Any]:
    """The status and the JSON at an address."""
    data = body.encode() if body is not None else None
    request = urllib.request.Request(address, data, headers or {})  # noqa: S310 - our own server
    try:
        with urllib.request.urlopen(request) as response:  # noqa: S310 - the same
            return response.status, json.loads(response.read() or b"{}")
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.loads(error.read() or b"{}")
