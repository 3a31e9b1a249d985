"""How lines stand to the last export and to the payer, over every order of events."""

from dataclasses import replace
from datetime import UTC, date, datetime

from hypothesis import given
from hypothesis import strategies as st

from ledger.claims.lines import ClaimLine, Practitioner, by_key
from ledger.claims.states import (
    Change,
    ClaimStatus,
    ListedLine,
    Mark,
    handed_over,
    listed_lines,
    totals_of_marks,
)
from ledger.rules.facts import Program

OCTOBER = date(2026, 10, 1)
AT = datetime(2026, 11, 18, 20, 0, tzinfo=UTC)
LINE = ClaimLine(
    key="L-A",
    patient_code="P-1042",
    program=Program("CCM"),
    month=OCTOBER,
    family="ccm_staff",
    practitioner=Practitioner("doctor1", "Doctor One", "1234567893"),
    code="99490",
    units=1,
    from_date=date(2026, 10, 20),
    to_date=date(2026, 10, 20),
    place_of_service="11",
    diagnoses=("E11.9", "I10"),
    expected_cents=6613,
    provisional=False,
    statement_hash="hash",
)
KEYS = ("L-A", "L-B", "L-C")
LINES = st.builds(
    lambda key, units, cents, evidence: replace(
        LINE, key=key, units=units, expected_cents=cents, statement_hash=evidence
    ),
    st.sampled_from(KEYS),
    st.integers(1, 3),
    st.sampled_from([6613, 6700, None]),
    st.sampled_from(["one", "two"]),
)
MONTHS = st.lists(LINES, max_size=3, unique_by=lambda line: line.key).map(by_key)
Marks = dict[str, Mark]


def a_mark(line: ClaimLine, status: ClaimStatus, *, number: int = 1, paid: int = 0) -> Mark:
    return Mark(line.key, number, status, date(2026, 11, 3), line, paid, None, AT, "biller1")


MARKS = st.lists(
    st.builds(a_mark, LINES, st.sampled_from(list(ClaimStatus))), max_size=3, unique_by=lambda one: one.line_key
).map(lambda marks: {one.line_key: one for one in marks})


def exported(now: dict[str, ClaimLine], before: dict[str, ClaimLine | None]) -> dict[str, ClaimLine | None]:
    """What is known of exports after another one."""
    return {**before, **{one.line_key: one.line for one in handed_over(now, before)}}


@given(st.lists(MONTHS, min_size=1, max_size=4), MARKS)
def test_an_export_followed_by_an_export_is_empty(months: list[dict[str, ClaimLine]], marks: Marks) -> None:
    before: dict[str, ClaimLine | None] = {}
    for now in months:
        before = exported(now, before)

    assert handed_over(months[-1], before) == []
    changes = {one.change for one in listed_lines(months[-1], before, marks)}
    assert not changes & {Change.NEW, Change.CHANGED, Change.WITHDRAWN}


@given(MONTHS, st.lists(MONTHS, max_size=3), MARKS)
def test_what_the_payer_has_is_never_new_changed_or_withdrawn(
    now: dict[str, ClaimLine], months: list[dict[str, ClaimLine]], marks: Marks
) -> None:
    before: dict[str, ClaimLine | None] = {}
    for month in months:
        before = exported(month, before)
    listed = {one.line.key: one for one in listed_lines(now, before, marks)}

    for key, mark in marks.items():
        if mark.is_claimed:
            assert listed[key].change in {Change.CORRECTION, Change.AS_BEFORE}
            is_as_sent = key in now and now[key].units == mark.line.units
            assert (listed[key].change is Change.AS_BEFORE) is is_as_sent
    assert set(now) <= set(listed)


@given(MONTHS, MONTHS)
def test_every_line_that_stands_is_listed_once_and_what_is_gone_is_withdrawn(
    now: dict[str, ClaimLine], month: dict[str, ClaimLine]
) -> None:
    before = exported(month, {})
    listed = listed_lines(now, before, {})

    assert sorted(one.line.key for one in listed) == sorted(now.keys() | month.keys())
    assert {one.line.key for one in listed if one.change is Change.WITHDRAWN} == month.keys() - now.keys()
    assert {one.line.key for one in listed if one.change is Change.NEW} == now.keys() - month.keys()


@given(MARKS)
def test_what_is_billed_is_paid_denied_or_outstanding(marks: Marks) -> None:
    totals = totals_of_marks(marks.values())

    expected = dict.fromkeys(ClaimStatus, 0)
    for mark in marks.values():
        expected[mark.status] += mark.line.expected_cents or 0
    assert totals.billed_cents == sum(expected.values()) - expected[ClaimStatus.OPEN]
    assert totals.outstanding_cents == expected[ClaimStatus.SUBMITTED]
    assert totals.denied_cents == expected[ClaimStatus.DENIED]
    assert totals.lines == sum(mark.is_claimed for mark in marks.values())


def test_a_line_says_how_it_differs_from_what_was_exported() -> None:
    (one,) = listed_lines({"L-A": replace(LINE, units=2)}, {"L-A": LINE}, {})

    assert one == ListedLine(replace(LINE, units=2), Change.CHANGED, ClaimStatus.OPEN, "units 1 → 2")
