"""What was told of the roster, by days: what is told from a day holds from that day on, and changes none before it."""

from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.practice import AT

from ledger.patients.roster_history import History, Period, Told
from ledger.storage.roster_tables import BEGINNING

FIRST, TENTH, TWENTIETH = date(2026, 10, 1), date(2026, 10, 10), date(2026, 10, 20)
LONG_AGO = date(2020, 1, 1)


def a_history(*told: tuple[date, dict[str, Any]]) -> History:
    """What was told one after the other, each as a form or a file says it."""
    history = History()
    for statement in told:
        history = history.after(history.to_record([statement]), at=AT, recorded_by="admin1")
    return history


@pytest.mark.parametrize(
    ("told", "held"),
    [
        ([(BEGINNING, "LPN")], {LONG_AGO: "LPN", TWENTIETH: "LPN"}),
        ([(BEGINNING, "LPN"), (TENTH, "RN")], {date(2026, 10, 9): "LPN", TENTH: "RN", TWENTIETH: "RN"}),
        ([(TENTH, "RN")], {date(2026, 10, 9): None, TENTH: "RN"}),
        ([(BEGINNING, "LPN"), (TENTH, "RN"), (TENTH, "MA")], {date(2026, 10, 9): "LPN", TENTH: "MA", TWENTIETH: "MA"}),
        (
            [(BEGINNING, "LPN"), (TWENTIETH, "RN"), (TENTH, "RN")],
            {date(2026, 10, 9): "LPN", TENTH: "RN", TWENTIETH: "RN"},
        ),
        ([(BEGINNING, "LPN"), (TWENTIETH, "RN"), (TENTH, "MA")], {TENTH: "MA", TWENTIETH: "MA"}),
        ([(BEGINNING, "LPN"), (TENTH, "RN"), (BEGINNING, "LPN")], {TENTH: "LPN", TWENTIETH: "LPN"}),
    ],
)
def test_what_is_told_from_a_day_holds_from_that_day_on(
    told: list[tuple[date, str]], held: dict[date, str | None]
) -> None:
    history = a_history(*((day, {"credential": value}) for day, value in told))

    assert {day: history.on(day).get("credential") for day in held} == held


def test_what_is_said_of_one_column_leaves_the_others() -> None:
    history = a_history((BEGINNING, {"credential": "LPN", "teams": ["blue"]}), (TWENTIETH, {"teams": ["green"]}))

    history = history.after(history.to_record([(TENTH, {"credential": "RN"})]), at=AT, recorded_by="admin1")

    assert history.on(TENTH) == {"credential": "RN", "teams": ["blue"]}
    assert history.on(TWENTIETH) == {"credential": "RN", "teams": ["green"]}
    assert history.periods(["credential"]) == [
        Period(None, date(2026, 10, 9), {"credential": "LPN"}),
        Period(TENTH, None, {"credential": "RN"}),
    ]


def test_several_statements_are_one_history_and_the_same_ones_again_record_nothing() -> None:
    said = [(BEGINNING, {"credential": "LPN"}), (TENTH, {"credential": "RN"}), (TWENTIETH, {"credential": "NP"})]
    told = History().to_record(said)
    history = History().after(told, at=AT, recorded_by="import")

    assert told == dict(said)
    assert history.to_record(said) == {}


days = st.sampled_from([BEGINNING, *(FIRST + timedelta(days=number) for number in range(20))])
values = st.dictionaries(
    st.sampled_from(["credential", "supervised"]), st.sampled_from(["RN", "LPN", "NP"]), min_size=1
)
statements = st.tuples(days, values)


@given(told=st.lists(statements, max_size=6), new=statements)
def test_property_telling_from_a_day_changes_no_day_before_it_and_every_day_after(
    told: list[tuple[date, dict[str, Any]]], new: tuple[date, dict[str, Any]]
) -> None:
    before = a_history(*told)

    after = before.after(before.to_record([new]), at=AT, recorded_by="admin1")

    for day in (FIRST - timedelta(days=1) + timedelta(days=number) for number in range(22)):
        expected = {**before.on(day), **new[1]} if day >= new[0] else before.on(day)
        assert after.on(day) == expected
    assert after.to_record([new]) == {}


@given(told=st.lists(statements, max_size=6))
def test_property_periods_touch_and_say_what_holds_on_each_of_their_days(
    told: list[tuple[date, dict[str, Any]]],
) -> None:
    history = a_history(*told)

    periods = history.periods(["credential"])

    for one, other in pairwise(periods):
        assert one.last is not None
        assert other.first == one.last + timedelta(days=1)
        assert one.values != other.values
    for period in periods:
        for day in (period.first or BEGINNING, period.last or TWENTIETH + timedelta(days=30)):
            assert history.on(day).get("credential") == period.values["credential"]


def test_revisions_of_one_day_hold_in_the_order_of_recording() -> None:
    at = datetime.fromisoformat("2026-10-10T12:00:00+00:00")
    rows = [Told(TENTH, {"credential": "RN", "supervised": True}, at, "a"), Told(TENTH, {"credential": "MA"}, at, "b")]

    assert History(tuple(rows)).on(TENTH) == {"credential": "MA", "supervised": True}
