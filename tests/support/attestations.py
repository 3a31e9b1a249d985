"""A practice that attested everything, for tests."""

from datetime import date, datetime

from support.practice import a_request

from ledger.attestations import KINDS, Asked, attest
from ledger.practice.practice import Practice
from ledger.storage.database import Database

MEYER = "Dr. Meyer, medical director"


def attest_all(database: Database, practice: Practice, on: date, *, at: datetime) -> None:
    """Records each of the four kinds as attested on that day."""
    with database.of(practice.practice_id).writing() as connection:
        for kind in KINDS.values():
            asked = Asked(kind, on, MEYER)
            attest(connection, practice, asked, request=a_request(), at=at, by="admin1")
