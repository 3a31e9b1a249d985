"""Two practices with the same codes in one database: whatever one does, the other sees nothing of it."""

import importlib
import inspect
import pkgutil
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from types import CodeType, FrameType, ModuleType
from typing import Any

import pytest
from sqlalchemy import Connection, select
from support.channel import FakeChannel
from support.facts import import_fact_rows
from support.practice import (
    a_practice,
    a_request,
    an_entry,
    entry_row,
    import_rows,
    local,
    patient_row,
    record,
    staff_row,
    undo,
    verified,
)
from support.two_practices import COMPLEXITY, OUTSIDE, PARTS, QUESTIONS, WRITES

import jobs
import ledger
from jobs.digests.posting import run_due
from ledger.errors import LedgerError
from ledger.practice import practice
from ledger.practice.practice import Practice
from ledger.roster.setup import move_practice
from ledger.storage.database import Database, ScopedDatabase
from ledger.storage.tables import Base

WHOLE_DATABASE = {Connection, Database, ScopedDatabase}
ELSEWHERE = ("ledger.migrations", "ledger.rules", "ledger.sample")
"""Packages that work on no practice's rows, or on files alone."""


def modules() -> Iterator[ModuleType]:
    for package in (ledger, jobs):
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not found.name.startswith(ELSEWHERE):
                yield importlib.import_module(found.name)


def functions_of(module: ModuleType) -> Iterator[tuple[str, Any]]:
    """The module's public functions that are handed a connection or a database, and the methods of what holds one."""
    for name, one in vars(module).items():
        if getattr(one, "__module__", "") != module.__name__ or name.startswith("_"):
            continue
        if not WHOLE_DATABASE & set(getattr(one, "__annotations__", {}).values()):
            continue
        if inspect.isfunction(one):
            yield f"{module.__name__}.{name}", one
        elif inspect.isclass(one):
            methods = inspect.getmembers(one, inspect.isfunction)
            yield from (
                (f"{module.__name__}.{name}.{each}", method) for each, method in methods if not each.startswith("_")
            )


FUNCTIONS = dict(found for module in modules() for found in functions_of(module))


@contextmanager
def noting() -> Iterator[set[CodeType]]:
    """The code that was run in the block."""
    called: set[CodeType] = set()

    def note(frame: FrameType, event: str, _argument: Any) -> None:
        if event == "call":
            called.add(frame.f_code)

    sys.setprofile(note)
    try:
        yield called
    finally:
        sys.setprofile(None)


def answers(database: Database, one: Practice) -> dict[str, Any]:
    with database.of(one.practice_id).reading() as connection:
        return {name: ask(connection, one) for name, ask in QUESTIONS.items()}


def as_it_is(database: Database, one: Practice) -> Practice:
    with database.of(one.practice_id).reading() as connection:
        return practice.get_practice(connection, one.practice_id)


def rows(database: Database, one: Practice) -> dict[str, list[str]]:
    """Every row of the practice, by table."""
    with database.across_practices().reading() as connection:
        return {
            name: sorted(map(repr, connection.execute(select(table).where(table.c.practice_id == one.practice_id))))
            for name, table in Base.metadata.tables.items()
            if "practice_id" in table.c
        }


OWN_NUMBERS = {"T0TEST": "7001", "T0OTHER": "7002"}
"""Of the patient whom the other practice does not have."""


def alike(said: object, one: Practice) -> str:
    """What was said, whoever's practice it is; hashes, and keys of claim lines, are of content that names it."""
    words = repr(said).replace(one.practice_id, "T0ONE").replace(OWN_NUMBERS[one.practice_id], "7000")
    return re.sub(r"\b[0-9a-f]{64}\b|\bL-[A-Z2-7]{16}\b", "a hash", words)


@pytest.fixture
def pair(database: Database) -> tuple[Practice, Practice]:
    """Two practices with the same teams, people, patients and an entry each; and each has a billable patient more."""
    both = a_practice(database), a_practice(database, "T0OTHER")
    for one in both:
        import_fact_rows(database, one, "complexity", [COMPLEXITY])
        code = f"P-{OWN_NUMBERS[one.practice_id]}"
        import_rows(database, one, "patients", [patient_row(code=code)])
        record(database, one, an_entry(minutes=16), request=a_request(key="first"))
        record(database, one, an_entry(patient=code, staff="lead1", minutes=25), request=a_request(key="second"))
    return both


@pytest.mark.parametrize("acting", ["T0TEST", "T0OTHER"])
def test_what_one_practice_does_changes_no_answer_to_another(
    database: Database, pair: tuple[Practice, Practice], acting: str
) -> None:
    mine, other = pair if acting == "T0OTHER" else pair[::-1]
    before, others_before, kept = answers(database, mine), answers(database, other), rows(database, mine)
    for name, write in WRITES.items():
        write(database, other)
        assert rows(database, mine) == kept, f"{name} of one practice changed rows of another"
    assert answers(database, mine) == before
    others_after = answers(database, other)
    same = [name for name in QUESTIONS if others_after[name] == others_before[name]]
    assert same == [], "each answer had to change where the work was done"


def test_what_one_practice_does_another_may_do_as_well(database: Database, pair: tuple[Practice, Practice]) -> None:
    for name, write in WRITES.items():
        said = set()
        for one, beside in (pair, pair[::-1]):
            kept = rows(database, beside)
            said.add(alike(write(database, one), one))
            assert rows(database, beside) == kept, f"{name} of one practice changed rows of another"
        assert len(said) == 1, f"{name} was not the same in both practices"
    mine, other = (answers(database, as_it_is(database, one)) for one in pair)
    assert [name for name in QUESTIONS if alike(mine[name], pair[0]) != alike(other[name], pair[1])] == []
    assert [verified(database, as_it_is(database, one)).difference for one in pair] == [None, None]


def test_every_function_of_the_ledger_and_its_jobs_is_among_those_tried() -> None:
    tried = QUESTIONS.keys() | WRITES.keys() | PARTS | OUTSIDE.keys()
    assert FUNCTIONS.keys() - tried == set(), "put it among the QUESTIONS, WRITES or PARTS of support/two_practices.py"
    assert {name for name in tried if " " not in name} - FUNCTIONS.keys() == set(), "there is no such function"


def test_what_is_done_on_the_way_is_done(sqlite_database: Database) -> None:
    one = a_practice(sqlite_database)
    record(sqlite_database, one, an_entry(minutes=16))
    with noting() as called:
        for write in WRITES.values():
            write(sqlite_database, one)
        answers(sqlite_database, one)
    assert sorted(name for name in FUNCTIONS.keys() - OUTSIDE.keys() if FUNCTIONS[name].__code__ not in called) == []


def test_the_same_moment_the_same_work_and_the_same_request_are_not_the_same_elsewhere(database: Database) -> None:
    mine, other = a_practice(database), a_practice(database, "T0OTHER")
    times = ("2026-11-18 10:00", "2026-11-18 10:20")
    for one in (mine, other):
        content = {"text": one.practice_id}
        assert not record(database, one, an_entry(times=times), request=a_request(content, key="trigger-1")).replayed
        assert record(database, one, an_entry(minutes=5)).parts[0].position == 2


def test_nobody_undoes_an_entry_of_another_practice(database: Database) -> None:
    mine, other = a_practice(database), a_practice(database, "T0OTHER")
    record(database, mine, an_entry())
    for named in ({}, {"patient": "P-1042", "position": 1}):
        with pytest.raises(LedgerError, match="NOTHING_TO_UNDO"):
            undo(database, other, **named)  # type: ignore[arg-type]


def test_time_of_one_practice_keeps_no_other_in_its_zone(database: Database) -> None:
    mine, other = a_practice(database), a_practice(database, "T0OTHER")
    record(database, mine, an_entry())
    with database.of("T0OTHER").writing() as connection:
        move_practice(connection, other, "America/Denver")
    zones = [as_it_is(database, one).timezone for one in (mine, other)]
    assert zones == ["America/New_York", "America/Denver"]


def test_an_import_knows_only_its_own_practice(sqlite_database: Database) -> None:
    mine, other = a_practice(sqlite_database), a_practice(sqlite_database, "T0OTHER")
    import_rows(sqlite_database, other, "teams", [{"name": "Red Team", "channel_id": "C0RED"}])
    import_rows(sqlite_database, other, "staff", [staff_row(id="new1", name="New One", slack_user_id="U0NEW1")])
    import_rows(sqlite_database, other, "patients", [patient_row(code="P-7777")])
    for kind, row in (
        ("staff", staff_row(id="x1", name="X One", teams="Red Team")),
        ("patients", patient_row(code="P-8888", billing_practitioner="new1")),
        ("entries", entry_row(patient="P-7777")),
        ("entries", entry_row(staff="new1")),
    ):
        with pytest.raises(LedgerError, match="IMPORT_REFUSED"):
            import_rows(sqlite_database, mine, kind, [row])
    taken_elsewhere = staff_row(id="new1", name="New One", slack_user_id="U0NEW1", teams="")
    assert import_rows(sqlite_database, mine, "staff", [taken_elsewhere]).added == 1
    assert import_rows(sqlite_database, mine, "patients", [patient_row(code="P-7777")]).added == 1


def test_digests_of_one_practice_say_nothing_of_another(sqlite_database: Database) -> None:
    a_practice(sqlite_database)
    other = a_practice(sqlite_database, "T0OTHER")
    record(sqlite_database, other, an_entry(minutes=17))
    nine = local("2026-11-25 09:00")
    channel = FakeChannel()
    assert run_due(sqlite_database.of("T0TEST"), "T0TEST", channel, by="one", now=lambda: nine) == 2
    assert [digest.worklist.near for digest in channel.digests] == [(), ()]
    assert (
        run_due(sqlite_database.of("T0OTHER"), "T0OTHER", channel, by="one", now=lambda: nine + timedelta(minutes=1))
        == 2
    )
    assert [len(digest.worklist.near) for digest in channel.digests] == [0, 0, 1, 0]


def test_all_practices_are_known_by_their_workspace(database: Database) -> None:
    both = [a_practice(database, "T0TEST"), a_practice(database, "T0OTHER", "America/Denver")]
    with database.across_practices().reading() as connection:
        assert practice.all_practices(connection) == both[::-1]
