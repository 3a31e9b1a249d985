from datetime import date

import pytest

from bot.grammar.commands import CommandText, MonthArgs, closest, parse_month_args, split_command
from ledger.rules.facts import Program

TODAY = date(2026, 11, 3)
TEAMS = ("Blue Team", "Green Team", "Green House", "May Team")
KNOWN = ("log", "start", "stop", "month", "near", "patient", "patients", "help")


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("", CommandText("", "", 0)),
        ("log", CommandText("log", "", 3)),
        (" LOG  P-1042 12m  a  b ", CommandText("log", "P-1042 12m  a  b", 6)),
        ("log\nP-1042", CommandText("log", "P-1042", 4)),
        ("lo log", CommandText("lo", "log", 3)),
        ("o o", CommandText("o", "o", 2)),
    ],
)
def test_a_command_is_taken_apart_and_its_rest_stays_as_typed(text: str, command: CommandText) -> None:
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
        ("last month green t rpm", MonthArgs(date(2026, 10, 1), "Green Team", Program.RPM)),
        ("ccm last", MonthArgs(date(2026, 10, 1), None, Program.CCM)),
        ("rpm", MonthArgs(program=Program.RPM)),
        ("BLUE  TEAM", MonthArgs(team="Blue Team")),
        ("may team", MonthArgs(team="May Team")),
        ("may", MonthArgs(date(2026, 5, 1))),
        ("may may team", MonthArgs(date(2026, 5, 1), "May Team")),
    ],
)
def test_month_team_and_program_are_told_apart(text: str, args: MonthArgs) -> None:
    assert parse_month_args(text, TEAMS, today=TODAY) == args


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        ("last purple", "TEAM_UNKNOWN", "purple"),
        ("green", "TEAM_AMBIGUOUS", "green"),
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
