"""Whatever was recorded: closing again what did not change freezes the same, and nothing later changes it."""

from datetime import date
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.closing import OCTOBER, close, reopen
from support.examples import examples
from support.practice import AT, a_practice, a_request, an_entry, record, statement, verified

from ledger.closing.changes import changes_since_last_close
from ledger.errors import LedgerError
from ledger.patients.facts import Fact, FactKind
from ledger.practice.practice import Practice
from ledger.recording.addenda import add_addendum
from ledger.recording.facts import record_fact
from ledger.recording.voids import void_entry
from ledger.rules.facts import Contact, Program
from ledger.storage.database import Database

PATIENTS = ("P-1042", "P-1043", "P-1044", "P-1046")
CODES = st.sampled_from(PATIENTS)
DAYS = st.dates(date(2026, 9, 20), date(2026, 11, 17))
ENTRIES = st.tuples(
    st.just("entry"),
    CODES,
    DAYS,
    st.integers(1, 60),
    st.sampled_from(("nurse1", "lead1", "doctor1", "biller1")),
    st.sampled_from((Program("CCM"), Program("RPM"))),
    st.sampled_from((None, *Contact)),
)
VOIDS = st.tuples(st.just("void"), CODES, st.integers(1, 4))
ADDENDA = st.tuples(st.just("add"), CODES, st.integers(1, 4))
FACTS = st.tuples(st.just("fact"), CODES, st.sampled_from((FactKind.CARE_PLAN, FactKind.READINGS)), DAYS)
WORK = st.lists(st.one_of(ENTRIES, VOIDS, ADDENDA, FACTS), max_size=8)


def do(database: Database, practice: Practice, work: Any) -> None:
    """One piece of work; what the rules refuse is left."""
    kind, code, *how = work
    try:
        with database.of("T0TEST").writing() as connection:
            if kind == "void":
                told: dict[str, Any] = {"reason": "Wrong.", "request": a_request(), "at": AT, "by": "lead1"}
                void_entry(connection, practice, code, how[0], **told)
            elif kind == "add":
                told = {"text": "More was said.", "request": a_request(), "at": AT, "by": "lead1"}
                add_addendum(connection, practice, code, how[0], **told)
            elif kind == "fact":
                fact_kind, day = how
                if fact_kind is FactKind.READINGS:
                    fact = Fact(code, fact_kind, day.replace(day=1), details={"days": day.day})
                else:
                    fact = Fact(code, fact_kind, day, details={"substantial": True})
                record_fact(connection, practice, fact, request=a_request(), at=AT, recorded_by="nurse1")
    except LedgerError:
        return
    if kind == "entry":
        day, minutes, staff, program, contact = how
        entry = an_entry(patient=code, day=day, minutes=minutes, staff=staff, program=program, contact=contact)
        try:
            record(database, practice, entry, confirmed=True)
        except LedgerError as error:
            assert error.code == "MONTH_CLOSED"  # noqa: PT017 - the only reason there is


@given(before=WORK, after=WORK)
@settings(max_examples=examples(40), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_closing_again_what_did_not_change_freezes_the_same(
    sqlite_template: Path, tmp_path: Path, before: list[Any], after: list[Any]
) -> None:
    path = tmp_path / "ledger.sqlite3"
    for old in tmp_path.glob("ledger.sqlite3*"):
        old.unlink()
    path.write_bytes(sqlite_template.read_bytes())
    database = Database(f"sqlite:///{path}")
    practice = a_practice(database)
    for work in before:
        do(database, practice, work)
    evaluated = {code: statement(database, practice, code, OCTOBER).statement for code in PATIENTS}

    first = close(database, practice).closing
    reopened = reopen(database, practice)
    assert {code: statement(database, practice, code, OCTOBER).statement for code in PATIENTS} == evaluated
    second = close(database, practice).closing

    assert (second.hash, second.totals) == (first.hash, first.totals)
    assert reopened.changed_patients == 0
    with database.of("T0TEST").reading() as connection:
        assert changes_since_last_close(connection, practice, second).changes == ()
    for work in after:
        do(database, practice, work)
    assert {code: statement(database, practice, code, OCTOBER).statement for code in PATIENTS} == evaluated
    assert verified(database, practice).difference is None
    database.close()
