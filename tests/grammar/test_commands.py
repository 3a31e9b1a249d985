from datetime import date
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.grammar.commands import MonthArgs, closest, parse_month_args, split_command
from ledger.rules.facts import Program
from ledger.rules.rulebook import known_programs
from ledger.rules.statement import Group

TODAY = date(2026, 11, 3)
TEAMS = ("Blue Team", "Green Team", "Green Cluster", "May Team")
KNOWN = ("log", "start", "stop", "month", "near", "patient", "patients", "help")


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("", ("", "")),
        ("log", ("log", "")),
        (" LOG  P-1042 12m  a  b ", ("log", "P-1042 12m  a  b")),
        ("log\nP-1042", ("log", "P-1042")),
        ("lo log", ("lo", "log")),
        ("o o", ("o", "o")),
    ],
)
def test_a_command_is_taken_apart_and_its_rest_stays_as_typed(text: str, command: tuple[str, str]) -> None:
    assert split_command(text) == command


@pytest.mark.parametrize(
    ("word", "known"),
    [("lgo", "log"), ("LOGG", "log"), ("strat", "start"), ("mnth", "month"), ("patinet", "patient"), ("xyzzy", None)],
)
def test_a_near_miss_gets_the_closest_command(word: str, known: str | None) -> None:
    assert closest(word, KNOWN) == known


@pytest.mark.parametrize(
    ("text", "args"),
    [
        ("", MonthArgs()),
        ("last", MonthArgs(date(2026, 10, 1))),
        ("last Blue Team", MonthArgs(date(2026, 10, 1), "Blue Team")),
        ("blue last", MonthArgs(date(2026, 10, 1), "Blue Team")),
        ("nov 2025 blue", MonthArgs(date(2025, 11, 1), "Blue Team")),
        ("last month green t rpm", MonthArgs(date(2026, 10, 1), "Green Team", Program("RPM"))),
        ("ccm last", MonthArgs(date(2026, 10, 1), None, Program("CCM"))),
        ("rpm", MonthArgs(program=Program("RPM"))),
        ("BLUE  TEAM", MonthArgs(team="Blue Team")),
        ("may team", MonthArgs(team="May Team")),
        ("may", MonthArgs(date(2026, 5, 1))),
        ("may may team", MonthArgs(date(2026, 5, 1), "May Team")),
    ],
)
def test_month_team_and_program_are_told_apart(text: str, args: MonthArgs) -> None:
    assert parse_month_args(text, TEAMS, today=TODAY) == args


@pytest.mark.parametrize(
    ("text", "args"),
    [
        ("blocked", MonthArgs(group=Group.BLOCKED)),
        ("last blocked", MonthArgs(date(2026, 10, 1), group=Group.BLOCKED)),
        ("BELOW threshold blue last", MonthArgs(date(2026, 10, 1), "Blue Team", group=Group.BELOW_THRESHOLD)),
        ("last below", MonthArgs(date(2026, 10, 1), group=Group.BELOW_THRESHOLD)),
        ("rpm Blue Team no-time-logged", MonthArgs(None, "Blue Team", Program("RPM"), Group.UNTOUCHED)),
        ("no time last month", MonthArgs(date(2026, 10, 1), group=Group.UNTOUCHED)),
        ("2026-11 May Team CCM billable", MonthArgs(date(2026, 11, 1), "May Team", Program("CCM"), Group.BILLABLE)),
        ("Blocked Beds", MonthArgs(team="Blocked Beds")),
        ("blocked blocked beds", MonthArgs(team="Blocked Beds", group=Group.BLOCKED)),
        ("2026-11 blocked beds blocked", MonthArgs(date(2026, 11, 1), "Blocked Beds", group=Group.BLOCKED)),
    ],
)
def test_a_status_may_stand_among_them(text: str, args: MonthArgs) -> None:
    assert parse_month_args(text, (*TEAMS, "Blocked Beds"), today=TODAY, groups=True) == args


def test_a_list_without_statuses_takes_such_a_word_for_a_team() -> None:
    (problem,) = parse_month_args("last blocked", TEAMS, today=TODAY).problems
    assert (problem.code, problem.message) == (
        "TEAM_UNKNOWN",
        '"blocked" is no month and no team. Teams: Blue Team, Green Team, Green Cluster, May Team.',
    )


MEANT = st.builds(
    MonthArgs,
    st.dates(date(2024, 1, 1), TODAY).map(lambda day: day.replace(day=1)) | st.none(),
    st.sampled_from(TEAMS) | st.none(),
    st.sampled_from(known_programs()) | st.none(),
    st.sampled_from(Group) | st.none(),
)


@given(MEANT, st.randoms(use_true_random=False))
def test_whatever_is_asked_for_can_be_typed_in_any_order(meant: MonthArgs, random: Random) -> None:
    month = f"{meant.month:%Y-%m}" if meant.month else None
    group = meant.group.replace("_", " ") if meant.group else None
    said = [one for one in (month, meant.team, meant.program, group) if one]
    random.shuffle(said)

    assert parse_month_args(" ".join(said), TEAMS, today=TODAY, groups=True) == meant


PIECES = ["last", "this", "nov", "2025", "2026-11", "11/2027", "blue", "green", "team", "May", "ccm", "rpm", "blocked"]
PIECES += ["below", "threshold", "no", "time", "logged"]


@given(st.text() | st.lists(st.sampled_from(PIECES) | st.text(max_size=4), max_size=8).map(" ".join), st.booleans())
def test_any_text_is_answered_and_a_problem_points_into_it(text: str, groups: bool) -> None:
    for problem in parse_month_args(text, TEAMS, today=TODAY, groups=groups).problems:
        assert 0 <= problem.start < problem.end <= len(text)


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        ("last purple", "TEAM_UNKNOWN", "purple"),
        ("green", "TEAM_AMBIGUOUS", "green"),
        ("Blue Team last May Team", "TEAM_TWICE", "May Team"),
        ("nvo", "TEAM_UNKNOWN", "nvo"),
        ("2027-01 blue", "MONTH_IN_FUTURE", "2027-01"),
    ],
)
def test_what_is_neither_is_a_problem_that_points_at_it(text: str, code: str, words: str) -> None:
    (problem,) = parse_month_args(text, TEAMS, today=TODAY).problems
    assert (problem.code, text[problem.start : problem.end]) == (code, words)


def test_a_practice_without_teams_can_still_name_a_month() -> None:
    assert parse_month_args("last", (), today=TODAY) == MonthArgs(date(2026, 10, 1))
    assert [problem.code for problem in parse_month_args("blue", (), today=TODAY).problems] == ["TEAM_UNKNOWN"]
