"""Digests that live: what is posted shows how the listed patients stand, whoever changes that and from where."""

import threading
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime

import structlog

from jobs.channel import ChannelError, Refusal
from jobs.digests.listing import (
    FIRST_MESSAGE,
    UNKNOWN,
    Listing,
    Message,
    end_life,
    find_listing,
    find_message,
    forget_message,
    keep_fingerprint,
    keep_picture,
    living_digests,
)
from jobs.digests.posting import Digest, DigestChannel, digest_for
from ledger.clock import month_of
from ledger.practice.practice import get_practice
from ledger.roster.directory import teams
from ledger.storage.database import Database

log = structlog.get_logger("jobs.digests.updating")


class Turns:
    """One thread at a time does a piece of work; who asks for it meanwhile leaves it to that one, to do again."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._asked_again: dict[str, bool] = {}

    def run(self, key: str, work: Callable[[], None]) -> None:
        """Do ``work`` once more than it is asked for while it is being done; return at once to those who ask."""
        with self._lock:
            if key in self._asked_again:
                self._asked_again[key] = True
                return
            self._asked_again[key] = True
        try:
            while self._goes_on(key):
                work()
        except BaseException:
            with self._lock:
                del self._asked_again[key]
            raise

    def _goes_on(self, key: str) -> bool:
        with self._lock:
            if self._asked_again[key]:
                self._asked_again[key] = False
                return True
            del self._asked_again[key]
            return False


@dataclass(frozen=True, slots=True)
class LivingDigests:
    """Keeps the posted digests of a ledger up to date. Safe to use from several threads and processes."""

    database: Database
    channel: DigestChannel
    now: Callable[[], datetime]
    turns: Turns = field(default_factory=Turns)

    def follow(self, practice_id: str, patient_codes: Collection[str]) -> None:
        """Update the living digests that list one of these patients, after something about them was saved."""
        for key in self._living(practice_id, patient_codes):
            self.refresh(practice_id, key)

    def tick(self, practice_id: str) -> None:
        """Update every living digest that does not show what it would show now."""
        for key in self._living(practice_id, None):
            self.refresh(practice_id, key)

    def refresh(self, practice_id: str, key: str) -> None:
        """Update those messages of a digest, living or not, that do not show what they would show now.

        What the channel refuses is logged; where that may change, the next tick tries again.
        """
        self.turns.run(key, lambda: self._refresh(practice_id, key))

    def show_again(self, practice_id: str, channel_id: str, ts: str) -> None:
        """Refresh the digest that a message belongs to, and that message whatever it shows.

        A menu shows what was chosen in it until its message is written again.
        """
        with self.database.of(practice_id).writing() as connection:
            found = find_message(connection, practice_id, channel_id, ts)
            if found is None:
                return
            keep_fingerprint(connection, practice_id, found.key, found.number, UNKNOWN)
        self.refresh(practice_id, found.key)

    def _living(self, practice_id: str, patient_codes: Collection[str] | None) -> list[str]:
        """Return the keys of digests of the present month; of most changes one query says that no digest shows them."""
        with self.database.of(practice_id).reading() as connection:
            found = living_digests(connection, practice_id, patient_codes)
            if not found:
                return []
            month = month_of(get_practice(connection, practice_id).local_date(self.now()))
        return [key for key, of_month in found.items() if of_month == month]

    def _refresh(self, practice_id: str, key: str) -> None:
        """Write what differs until nothing does.

        Another process may write at the same time, and what is older may arrive last. So whoever has written looks
        again at the ledger and at what it wrote itself, not only at what is recorded: that may be the other's.
        """
        written: dict[int, str] = {}
        while (found := self._look(practice_id, key)) is not None:
            listing, digest = found
            contents = self.channel.contents(digest)
            pairs = [(message, contents[message.number - 1]) for message in listing.messages]
            stale = [
                (message, content)
                for message, content in pairs
                if message.fingerprint != content.fingerprint
                or written.get(message.number, content.fingerprint) != content.fingerprint
            ]
            if not stale:
                return
            for message, content in stale:
                try:
                    self.channel.update(listing.channel_id, key, message, content)
                except ChannelError as error:
                    if not self._goes_on_after(practice_id, listing, message, error):
                        return
                    break
                written[message.number] = content.fingerprint
                log.debug("digest_updated", key=key, channel=listing.channel_id)
                with self.database.of(practice_id).writing() as connection:
                    keep_fingerprint(connection, practice_id, key, message.number, content.fingerprint)

    def _look(self, practice_id: str, key: str) -> tuple[Listing, Digest] | None:
        """Return what the digest listed and how that stands, both in one state of the ledger."""
        with self.database.of(practice_id).reading() as connection:
            listing = find_listing(connection, practice_id, key)
            if listing is None:
                return None
            practice = get_practice(connection, practice_id)
            team = {team.team_id: team for team in teams(connection, practice_id)}[listing.team_id]
            return listing, digest_for(connection, practice, team, at=self.now(), listing=listing)

    def _goes_on_after(self, practice_id: str, listing: Listing, message: Message, error: ChannelError) -> bool:
        """Record what the refusal means, and return whether the rest of the digest can be written after it."""
        log.warning("digest_not_updated", key=listing.key, channel=listing.channel_id, reason=error.reason)
        if error.refusal is Refusal.FOR_NOW:
            return False
        with self.database.of(practice_id).writing() as connection:
            if error.refusal is Refusal.PICTURE:
                keep_picture(connection, practice_id, listing.key, None)
                return True
            if error.refusal is Refusal.MESSAGE_GONE:
                forget_message(connection, practice_id, listing.key, message.number)
            if error.refusal is Refusal.CHANNEL_GONE or message.number == FIRST_MESSAGE:
                end_life(connection, practice_id, listing.key)
            return error.refusal is Refusal.MESSAGE_GONE
