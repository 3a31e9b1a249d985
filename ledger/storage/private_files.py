"""Files that hold a practice's data, and the folders made for them: their owner's alone from the first byte on.

A mode that is set once a file is there comes too late: whoever opened it before goes on reading.
"""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

_FILE, _FOLDER = 0o600, 0o700
_MAKING = threading.Lock()
"""To close a file takes from the process every lock that SQLite holds on it, so nobody may open one that is being made.

https://www.sqlite.org/howtocorrupt.html#_posix_advisory_locks_canceled_by_a_separate_thread_doing_close_
"""


def make_folder(folder: Path) -> None:
    """Make the folder and those above it that are missing; what is there stays as it is.

    Raises:
        OSError: one of them cannot be made.
    """
    missing = [each for each in (folder, *folder.parents) if not each.is_dir()]
    for each in reversed(missing):
        each.mkdir(_FOLDER, exist_ok=True)


def make_file(file: Path) -> None:
    """Make an empty file where there is none; one that is there stays as it is, its mode too.

    SQLite gives the files that it makes beside a database (-wal, -shm, -journal) the mode of the database.

    Raises:
        OSError: it cannot be made.
    """
    with _MAKING, suppress(FileExistsError):
        os.close(_made(Path(os.path.realpath(file))))


@contextmanager
def new_file(file: Path) -> Iterator[BinaryIO]:
    """Return a new file to write into; it is gone again where the block raises.

    Raises:
        FileExistsError: something of that name is there.
        OSError: it cannot be made.
    """
    with os.fdopen(_made(file), "wb") as content:
        try:
            yield content
        except BaseException:
            file.unlink()
            raise


def _made(file: Path) -> int:
    return os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, _FILE)
