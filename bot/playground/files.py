"""Files on their way into the workspace: an upload address first, then the bytes, then a place to show them."""

import secrets
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import quote

from bot.playground.errors import SlackError
from bot.playground.settings import JSON

PICTURE_TYPES: Mapping[str, str] = {
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "gif": "image/gif",
}
"""The media types of the files that an image block can show, by the endings of their names."""


@dataclass
class StoredFile:
    """One file. `content` is None until it was uploaded; `shared` once a message may show it.

    `alt_text` says in words what a picture shows; `shown_in` holds the conversations where a message shows it.
    """

    id: str
    name: str
    length_bytes: int
    upload_token: str
    alt_text: str = ""
    content: bytes | None = None
    title: str = ""
    shared: bool = False
    shown_in: set[str] = field(default_factory=set)

    @property
    def extension(self) -> str:
        """Returns the ending of the name, without its dot and in lower case."""
        return self.name.rpartition(".")[2].lower() if "." in self.name else ""


class FileStore:
    """All files. See https://docs.slack.dev/messaging/working-with-files#upload."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._files: dict[str, StoredFile] = {}

    def expect(self, name: str, length_bytes: int, alt_text: str = "") -> StoredFile:
        """Return a place for a file of this name and length."""
        file = StoredFile(f"F{secrets.token_hex(5).upper()}", name, length_bytes, secrets.token_urlsafe(18), alt_text)
        with self._lock:
            self._files[file.id] = file
        return file

    def receive(self, upload_token: str, content: bytes) -> StoredFile:
        """Keep uploaded bytes.

        Raises:
            SlackError: HTTP 404 for an unknown address, HTTP 400 for another length than announced.
        """
        with self._lock:
            file = next((each for each in self._files.values() if each.upload_token == upload_token), None)
            if file is None:
                raise SlackError("invalid_upload_url", status=404)
            if len(content) != file.length_bytes:
                raise SlackError("length_mismatch", status=400)
            file.content = content
        return file

    def complete(self, file_id: str, title: str | None) -> StoredFile:
        """Return an uploaded file, now ready to be shown; raise SlackError `file_not_found`."""
        file = self.find(file_id)
        if file is None or file.content is None or file.shared:
            raise SlackError("file_not_found")
        file.title = title or file.name
        file.shared = True
        return file

    def find(self, file_id: str) -> StoredFile | None:
        """Return the file of this id, if there is one."""
        with self._lock:
            return self._files.get(file_id)

    def as_api(self, file: StoredFile, *, base_url: str, user_id: str) -> JSON:
        """Return the file as the Web API shows it."""
        link = f"{base_url}/files/{file.id}/{quote(file.name)}"
        return {
            "id": file.id,
            "created": int(self._clock()),
            "timestamp": int(self._clock()),
            "name": file.name,
            "title": file.title,
            "filetype": file.extension,
            "alt_txt": file.alt_text,
            "size": file.length_bytes,
            "user": user_id,
            "mode": "hosted",
            "url_private": link,
            "url_private_download": link,
            "permalink": link,
        }
