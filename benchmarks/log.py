"""``/ccm log`` in process: signed request in, acknowledged reply out, against its two floors."""

from pathlib import Path
from statistics import median
from typing import Any

from sqlalchemy import insert, select

from benchmarks.practice import (
    WORKSPACE,
    assert_saved,
    bare_app,
    dispatch,
    full_app,
    local_slack,
    log_line,
    sample_ledger,
)
from benchmarks.timing import in_turn, milliseconds, percentile_99
from ledger.storage.tables import TimeEntryRow

PATIENTS = 60
ROUNDS = 400
AIM = 1.5


def run(directory: Path) -> None:
    """Prints the ratio of the median to that of a bare handler plus the same insert by SQLAlchemy Core."""
    ledger = sample_ledger(directory / "ours", PATIENTS)
    floor = sample_ledger(directory / "core", PATIENTS)
    with floor.of(WORKSPACE).reading() as connection:
        template = dict(connection.execute(select(TimeEntryRow.__table__).limit(1)).mappings().one())
    with local_slack() as slack:
        ours, bare = full_app(ledger, slack), bare_app(slack)

        def insert_one(number: int) -> None:
            row: dict[str, Any] = {**template, "position": 1_000_000 + number}
            with floor.of(WORKSPACE).writing() as connection:
                connection.execute(insert(TimeEntryRow), [row])

        seconds = in_turn(
            {
                "bare handler": lambda number: dispatch(bare, log_line(number, PATIENTS)),
                "core insert": insert_one,
                "/ccm log": lambda number: assert_saved(dispatch(ours, log_line(number, PATIENTS))),
            },
            rounds=ROUNDS,
            warm_up=40,
        )
    both = median(seconds["bare handler"]) + median(seconds["core insert"])
    ratio = median(seconds["/ccm log"]) / both
    print("/ccm log in process, SQLite with synchronous=FULL")
    for name, taken in seconds.items():
        tail = percentile_99(taken) / median(taken)
        print(f"  {name:14} median {milliseconds(taken)}, 99th percentile {tail:.1f} × median")
    print(f"  ratio of medians to (bare handler + core insert): {ratio:.2f}   (aim: at most {AIM})")
    ledger.close()
    floor.close()
