"""Every case file, written into a ledger by way of import files, is worth there what ``ccm evaluate`` says of it."""

import json
from pathlib import Path
from typing import Any

import pytest
from support.cases import CASES, CODE, WrittenCase, write_case
from support.practice import verified
from typer.testing import CliRunner

from bot.cli import app
from ledger.cases import read_case, statement_json
from ledger.months.patient_months import statement_of
from ledger.rules.evaluation import evaluate
from ledger.rules.rulebook import rulebook_for
from ledger.storage.database import Database

SAME_WITHOUT = {
    "assisted_living_is_no_stay": ("stays", "setting: 'assisted_living' is not known. One of: inpatient, snf"),
    "complex_by_a_nurse": ("complexity", "by: 'ann' is no practitioner; a practitioner designates complex care"),
}
"""What the ledger refuses to take, being nothing that counts: without it the statement is the same."""
NEVER = {
    "same_minutes_in_two_programs": ("entries", "start: overlaps line 2 of the same staff member (rule E6)."),
}
"""What cannot be in a ledger: one person in two places (rule E6). Older records of other systems may have it."""
OF_DISCHARGES = {"tcm_seven_days"}
"""Of discharges, which ``ccm evaluate`` judges and the ledger does not record."""
RECORDABLE = [path for path in CASES if path.stem not in {*NEVER, *OF_DISCHARGES}]
EXAMPLES = [path for path in CASES if path.read_text(encoding="utf-8").startswith("# Example")]


def expected(path: Path) -> dict[str, Any]:
    case = read_case(path)
    return told(statement_json(evaluate(case.facts, rulebook_for(case.facts.month), case.policy)), {})


def found(database: Database, case: WrittenCase) -> dict[str, Any]:
    with database.of("T0CASE").reading() as connection:
        evaluated = statement_of(connection, case.practice, CODE, case.month)
    assert evaluated.before == evaluated.after, "lists show what the statement says"
    return told(statement_json(evaluated.statement), case.indexes)


def told(statement: dict[str, Any], indexes: dict[int, int]) -> dict[str, Any]:
    """The statement as JSON, entries named by their place in the case file and in its order."""
    for entry in statement["entries"]:
        entry["index"] = indexes.get(entry["index"], entry["index"])
    for part in statement["programs"]:
        for warning in part["warnings"]:
            warning["entries"] = sorted({indexes.get(number, number) for number in warning["entries"]})
    statement["entries"].sort(key=lambda entry: (entry["index"], entry.get("date", "")))
    return statement


def written(database: Database, path: Path, directory: Path) -> WrittenCase:
    with database.of("T0CASE").writing() as connection:
        return write_case(connection, path, directory)


def prove_the_same(database: Database, path: Path, directory: Path) -> None:
    case = written(database, path, directory)
    kind, why = SAME_WITHOUT.get(path.stem, ("", ""))
    assert list(case.refused) == ([kind] if kind else []), case.refused
    assert why in case.refused.get(kind, "")
    assert found(database, case) == expected(path)
    assert verified(database, case.practice).difference is None


@pytest.mark.parametrize(
    "path", [path for path in CASES if path.stem not in {*NEVER, *OF_DISCHARGES}], ids=lambda path: path.stem
)
def test_a_case_is_worth_the_same_in_the_ledger(sqlite_database: Database, path: Path, tmp_path: Path) -> None:
    prove_the_same(sqlite_database, path, tmp_path)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_a_worked_example_is_worth_the_same_in_postgresql(
    postgresql_database: Database, path: Path, tmp_path: Path
) -> None:
    prove_the_same(postgresql_database, path, tmp_path)


@pytest.mark.parametrize("stem", NEVER)
def test_a_case_that_no_ledger_may_hold_is_refused_with_the_rule(
    sqlite_database: Database, stem: str, tmp_path: Path
) -> None:
    kind, why = NEVER[stem]
    (path,) = (path for path in CASES if path.stem == stem)
    case = written(sqlite_database, path, tmp_path)
    assert list(case.refused) == [kind]
    assert why in case.refused[kind]
    assert found(sqlite_database, case)["entries"] == []
    assert len(expected(path)["entries"]) == 2


def test_all_cases_are_here_and_every_exception_names_one() -> None:
    assert len(CASES) >= 80
    assert len(EXAMPLES) >= 17
    assert {*SAME_WITHOUT, *NEVER} <= {path.stem for path in CASES}


def test_the_patient_command_prints_the_figures_of_the_case(
    sqlite_database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (path,) = (path for path in CASES if path.stem == "sixty_plain_minutes")
    case = written(sqlite_database, path, tmp_path)
    monkeypatch.setenv("CCM_DATABASE_URL", sqlite_database.url.render_as_string())
    result = CliRunner().invoke(app, ["patient", CODE, "2026-11", "--json"])
    statement, wanted = json.loads(result.stdout), expected(path)
    assert (statement.pop("patient"), statement.pop("closing")) == (CODE, None)
    assert (len(statement.pop("facts")), len(statement.pop("history"))) == (4, 4)
    assert told(statement, case.indexes) == wanted
    assert statement["expected_cents"] == 16701
