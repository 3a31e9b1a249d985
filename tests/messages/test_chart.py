"""The picture of how many patients stand at which minute: right in words, small, and drawn for any number."""

import re
import struct
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from bot.messages.chart import draw
from jobs.digests.posting import Digest
from ledger.months.figures import Figures
from ledger.practice.practice import Practice
from ledger.reports.month_lists import MonthList, Untouched
from ledger.reports.worklists import Worklist
from ledger.roster.directory import Team
from ledger.rules.facts import Program
from ledger.rules.statement import Status

MONTH = date(2026, 11, 1)


def figures(number: int, minutes: int, program: Program = Program("CCM")) -> Figures:
    return Figures(
        patient_code=f"P-{number}",
        month=MONTH,
        program=program,
        status=Status.BELOW_THRESHOLD,
        counted_minutes=minutes,
        excluded_minutes=0,
        staff_minutes=minutes,
        practitioner_minutes=0,
        expected_cents=0,
        codes=(),
        next=(),
        blockers=(),
        last_contact_on=None,
        last_contact_by=None,
        rulebook="medicare-2026",
    )


def a_digest(below: tuple[Figures, ...] = (), untouched: tuple[Untouched, ...] = (), name: str = "Blue Team") -> Digest:
    return Digest(
        practice=Practice("T0TEST", "Test Practice", "America/New_York"),
        team=Team("blue-team", name, "C0BLUE"),
        worklist=Worklist(MONTH, (), ()),
        month=MonthList(MONTH, (), (), below, untouched, len(below)),
        standings=(),
        picture=None,
        at=datetime(2026, 11, 25, 14, 0, tzinfo=UTC),
    )


def size(png: bytes) -> tuple[int, int]:
    """Width and height in points, from the picture's own header."""
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", png[16:24])
    return int(width), int(height)


@pytest.mark.parametrize("count", [0, 1, 5000])
def test_it_is_drawn_for_any_number_of_patients(count: int) -> None:
    drawn = draw(a_digest(tuple(figures(number, number % 97) for number in range(count))))

    assert len(drawn.png) < 1_000_000
    width, height = size(drawn.png)
    assert 800 <= width <= 1200
    assert 400 <= height <= 600
    assert sum(int(found) for found in re.findall(r"(\d+) at (?=\d)", drawn.alt.partition("Codes")[0])) == count


def test_the_words_say_what_the_bars_show() -> None:
    minutes = (1, 4, 5, 15, 15, 19, 20, 64, 65, 300)
    below = tuple(figures(number, count) for number, count in enumerate(minutes))
    untouched = (Untouched("P-901", Program("CCM")), Untouched("P-902", Program("CCM")))

    assert draw(a_digest(below, untouched)).alt == (
        "Patients by counted minutes, Blue Team, November 2026, as of Wed Nov 25. CCM patients by minutes: 2 at 0, "
        "2 at 1–4, 1 at 5–9, 3 at 15–19, 1 at 20–24, 1 at 60–64, 2 at 65 or more. "
        "Codes: 99490 at 20, 99439 at 40, 99439 / 99487 at 60."
    )


def test_each_program_with_patients_has_its_part() -> None:
    drawn = draw(a_digest((figures(1, 17), figures(1, 8, Program("RPM")))))

    assert "CCM patients by minutes: 1 at 15–19. Codes: 99490 at 20" in drawn.alt
    assert "RPM patients by minutes: 1 at 5–9. Codes: 99470 at 10, 99457 at 20, 99458 at 40" in drawn.alt
    assert size(drawn.png)[1] > size(draw(a_digest((figures(1, 17),))).png)[1] + 300


def test_no_patient_is_named() -> None:
    drawn = draw(a_digest((figures(7042, 17),), (Untouched("P-7043", Program("CCM")),)))

    assert "704" not in drawn.alt + drawn.title


@pytest.mark.parametrize("name", ["Team " + "with a very long name " * 100, "$x_{2$ & <sons>", "%s \\frac{"])
def test_any_name_of_a_team_is_drawn_as_it_is(name: str) -> None:
    drawn = draw(a_digest((figures(1, 17),), name=name))

    assert len(drawn.alt) <= 2000
    assert size(drawn.png)[0] > 0


def test_a_program_without_codes_by_minutes_is_drawn() -> None:
    assert "TCM patients by minutes: 1 at 15–19." in draw(a_digest((figures(1, 17, Program("TCM")),))).alt


def test_bands_beyond_the_picture_are_left_out() -> None:
    digest = a_digest((figures(1, 17),))
    policy = replace(digest.practice.policy, bands=((15, 19), (195, 199)))

    assert draw(replace(digest, practice=replace(digest.practice, policy=policy))).png
