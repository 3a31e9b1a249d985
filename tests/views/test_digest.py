"""Digests with the longest of everything, without a Slack: each message within the limits, whatever becomes of rows."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import cycle, islice
from typing import Any

import pytest
from support.block_kit import check_message

from bot.views.digest import digest_messages, digest_preview
from jobs.digests.listing import Picture, listed_of
from jobs.digests.posting import Digest
from jobs.digests.standing import Standing, State
from ledger.months.figures import Figures
from ledger.practice.practice import Practice
from ledger.reports.month_lists import MonthList
from ledger.reports.worklists import NearPatient, Worklist
from ledger.roster.directory import Team
from ledger.rules.facts import Program
from ledger.rules.statement import Blocker, NextThreshold, Status

MONTH = date(2026, 11, 1)
AT = datetime(2026, 11, 25, 14, 0, tzinfo=UTC)
LONGEST = 120
"""Characters of a code or of a staff id that nobody has."""
STAFF = "n" * LONGEST
BLOCKER = Blocker("A", f"{'What keeps the program from being billed, in many words' * 2}.", "Do it.")


def near(number: int, *, blockers: tuple[Blocker, ...] = (), long: bool = True) -> NearPatient:
    code = f"P-{number:06}" + ("9" * LONGEST if long else "")
    step = NextThreshold("99490", 3, 1_000_000)
    figures = Figures(
        patient_code=code,
        month=MONTH,
        program=Program("APCM"),
        status=Status.BLOCKED if blockers else Status.BELOW_THRESHOLD,
        counted_minutes=1437,
        excluded_minutes=0,
        staff_minutes=17,
        practitioner_minutes=0,
        expected_cents=0,
        codes=(),
        next=(step,),
        blockers=blockers,
        last_contact_on=date(2026, 11, 25),
        last_contact_by=STAFF,
        rulebook="medicare-2026",
    )
    return NearPatient(figures, (1435, 1439), step)


def states() -> Iterator[tuple[State, str | None, str | None]]:
    return cycle(
        [(state, taken, done) for state in State for taken in (STAFF, None) for done in (STAFF, None)],
    )


def a_digest(rows: int, blocked: int, *, long: bool = True, state: State | None = None) -> Digest:
    """A digest of so many rows and blocked patients: in every state, or all in one."""
    found = Worklist(
        MONTH,
        tuple(near(number, long=long) for number in range(rows)),
        tuple(near(100_000 + number, blockers=(BLOCKER,) * 5, long=long) for number in range(blocked)),
    )
    figures = {one.figures.patient_code: one.figures for one in (*found.near, *found.blocked)}
    listed = listed_of(found)
    standings = tuple(
        Standing(one, figures[one.patient_code], state or of_state, taken, done)
        for one, (of_state, taken, done) in zip(listed, islice(states(), len(listed)), strict=True)
    )
    return Digest(
        practice=Practice("T0TEST", "Test Practice", "America/New_York"),
        team=Team("team", "Team " + "with a very long name " * 12 + "& <sons>", "C0TEAM"),
        worklist=found,
        month=MonthList(MONTH, (), (), (), (), rows + blocked),
        standings=standings,
        picture=Picture("F0PICTURE", "x" * 2000, shown=True),
        at=AT,
    )


def payloads(digest: Digest) -> list[dict[str, Any]]:
    """The messages as Slack takes them, each within its limits."""
    sent = [reply.payload() for reply in digest_messages(digest)]
    for payload in sent:
        check_message(payload["text"], payload["blocks"])
    return sent


@pytest.mark.parametrize(
    ("rows", "blocked"),
    [(0, 0), (1, 0), (0, 1), (50, 10), (51, 11), (500, 200), pytest.param(5000, 0, marks=pytest.mark.slow)],
)
@pytest.mark.parametrize("long", [True, False])
def test_every_message_fits_whatever_becomes_of_its_rows(rows: int, blocked: int, long: bool) -> None:
    digest = a_digest(rows, blocked, long=long)
    sent = payloads(digest)
    for reply in digest_preview(digest, coming="Wed Nov 25 at 9:00 am"):
        check_message(reply.payload()["text"], reply.payload()["blocks"])

    seen = [row for payload in sent for block in payload["blocks"] if block["type"] == "table" for row in block["rows"]]
    assert len(seen) - sum(row[0]["text"] == "Patient" for row in seen) == rows
    assert sum(str(payload["blocks"]).count("• *P-1") for payload in sent) == blocked


def test_messages_are_as_many_and_hold_the_same_patients_whatever_becomes_of_their_rows() -> None:
    kinds = [payloads(a_digest(120, 50, state=state)) for state in State]

    assert {len(sent) for sent in kinds} == {5}


def test_what_is_listed_first_stands_in_the_first_message() -> None:
    numbers = [one.listed.message_number for one in a_digest(120, 50).standings]

    assert numbers == [1] * 50 + [2] * 50 + [3] * 20 + [1] * 10 + [4] * 20 + [5] * 20


def test_a_digest_of_blocked_patients_alone_continues_with_its_second_message() -> None:
    numbers = [one.listed.message_number for one in a_digest(0, 25).standings]

    assert numbers == [1] * 10 + [2] * 15
    assert "Nobody whom minutes alone would make billable" in str(payloads(a_digest(0, 25))[0])


def test_a_picture_that_the_message_does_not_have_is_not_spoken_of() -> None:
    digest = a_digest(1, 0)
    kinds = {block["type"] for block in payloads(digest)[0]["blocks"]}
    without = {block["type"] for block in payloads(replace(digest, picture=None))[0]["blocks"]}

    assert kinds - without == {"image"}


def test_the_preview_has_no_menus_and_no_picture_but_says_that_there_will_be_menus() -> None:
    (preview,) = digest_preview(a_digest(2, 1, long=False), coming="Wed Nov 25 at 9:00 am")
    blocks = preview.payload()["blocks"]

    assert [block["type"] for block in blocks if block["type"] in {"image", "actions"}] == ["actions"]
    assert [element["action_id"] for element in blocks[-1]["elements"]] == ["digest_post_now"]
    assert "menus to take a patient and to log time" in str(blocks)
