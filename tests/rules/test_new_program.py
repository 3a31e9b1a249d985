"""A new time-based program is a table in a rulebook: no line of code knows its name."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from support.new_program import with_bhi

from ledger.rules.facts import Consent, Enrollment


@pytest.mark.parametrize(("minutes", "codes"), [(19, []), (20, ["99484"]), (60, ["99484"])])
def test_minutes_of_a_program_without_an_add_on_reach_its_one_code(
    build: Any, tmp_path: Path, minutes: int, codes: list[str]
) -> None:
    with with_bhi(tmp_path) as bhi:
        since = date(2026, 1, 5)
        month = build.month(
            [build.entry(minutes, program=bhi)],
            enrollments=(Enrollment(bhi, since),),
            consents=(Consent(bhi, since),),
        )
        part = build.part(month, bhi)

    assert (part.program, part.counted_minutes, build.codes(part)) == ("BHI", minutes, codes)
    assert [(step.code, step.minutes_missing) for step in part.next] == ([("99484", 1)] if minutes == 19 else [])
