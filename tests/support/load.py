"""Many people who log at once, through whichever process answers; and what each of them was told."""

import http.client
import json
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from enum import Enum, auto

from sqlalchemy import select
from support.clusters import NEAR_COUNT, Cluster
from support.practice import import_rows, staff_row
from support.requests import RETRY, post
from support.slack import GENERAL, NOW

from bot.playground.delivery.http import signed_request
from ledger.storage.tables import TimeEntryRow

PEOPLE = 8
DELIVERIES = 6
"""How often a request is delivered at most, each time to the next process."""


class Told(Enum):
    """What somebody read after logging."""

    SAVED = auto()
    NOT_SAVED = auto()
    UNKNOWN = auto()


@dataclass
class Load:
    """So many ``logs``, sent by ``clients`` at once to the processes of a cluster that are in ``cluster.serving``.

    ``after`` says what is done, by whoever comes to it, after so many answers.
    """

    cluster: Cluster
    logs: int
    clients: int
    after: Mapping[int, Callable[[], None]] = field(default_factory=dict)
    told: dict[int, Told] = field(default_factory=dict)
    answers: dict[int, str] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def log(self) -> None:
        """Returns when everybody has been told."""
        names = [f"person{number}" for number in range(PEOPLE)]
        rows = [
            staff_row(id=name, slack_user_id=f"U0{name.upper()}", name=name, credential="RN", roles="coordinator")
            for name in names
        ]
        import_rows(self.cluster.database, self.cluster.practice, "staff", rows, at=NOW)
        with ThreadPoolExecutor(self.clients) as pool:
            for done in [pool.submit(self._log_one, number) for number in range(self.logs)]:
                done.result()

    def _log_one(self, number: int) -> None:
        told = self._answer_to(number)
        with self._lock:
            self.told[number] = told
            act = self.after.get(len(self.told))
        if act is not None:
            act()

    def _answer_to(self, number: int) -> Told:
        payload = {
            "command": "/ccm",
            "text": f"log N-{number % NEAR_COUNT:03} {1 + number // NEAR_COUNT}m meds call {note(number)}",
            "team_id": self.cluster.practice.practice_id,
            # One person a patient: the same call of two people would be asked about (E7b).
            "user_id": f"U0PERSON{number % NEAR_COUNT % PEOPLE}",
            "channel_id": GENERAL,
            "trigger_id": f"{number}.load",
            "response_url": f"{self.cluster.playground.url}/response/none",
        }
        for delivery, bot in enumerate(self._ways(number)):
            headers, body = signed_request(
                "slash_commands", payload, self.cluster.playground.workspace.installation.signing_secret, None
            )
            try:
                status, _, answer = post(bot, {**headers, **(RETRY if delivery else {})}, body)
            except (OSError, http.client.HTTPException):
                continue
            if status == http.client.OK:
                self.answers[number] = answer
                return _told(answer)
        return Told.UNKNOWN

    def _ways(self, number: int) -> Iterator[int]:
        """The ports to try, each process in turn; which they are may change meanwhile."""
        for delivery in range(DELIVERIES):
            serving = list(self.cluster.serving)
            yield serving[(number + delivery) % len(serving)].port

    def check(self) -> None:
        """Fails unless what was told to be saved is in the ledger once, and what was told not to be is not.

        Everybody was answered, and who was not told that it is saved has what was typed back.
        """
        with self.cluster.ledger.reading() as connection:
            stored = Counter(connection.scalars(select(TimeEntryRow.note).where(TimeEntryRow.note.like("Result %"))))
        assert set(stored.values()) <= {1}, stored.most_common(3)
        wrong = {
            number: told
            for number, told in self.told.items()
            if told is not Told.UNKNOWN and (note(number) in stored) != (told is Told.SAVED)
        }
        assert not wrong, wrong
        assert len(self.told) == len(self.answers) == self.logs
        lost = {
            number: self.answers[number]
            for number, told in self.told.items()
            if told is not Told.SAVED and note(number) not in self.answers[number]
        }
        assert not lost, lost

    def count(self, told: Told) -> int:
        """How many were told that."""
        return Counter(self.told.values())[told]


def note(number: int) -> str:
    """What is written down of a log; no other has the same."""
    return f"Result {number} was reviewed. Nothing has to change."


def _told(answer: str) -> Told:
    if json.loads(answer)["text"].startswith("Saved") or "nothing was saved twice" in answer:
        return Told.SAVED
    return Told.NOT_SAVED if "Nothing was saved" in answer else Told.UNKNOWN
