"""Cases: one patient-month in a file or a dictionary, and its statement as JSON."""

from collections.abc import Mapping
from typing import Any

from ledger.cases.reading import Case, CaseError, case_of, read_case
from ledger.cases.written import statement_json
from ledger.rules.evaluation import evaluate
from ledger.rules.rulebook import rulebook_for
from ledger.rules.statement import Statement

__all__ = ["Case", "CaseError", "case_of", "evaluate_case", "read_case", "statement_json", "statement_of"]


def statement_of(case: Case) -> Statement:
    """Return the statement of a case under the rulebook of its month and its own policy."""
    return evaluate(case.facts, rulebook_for(case.facts.month), case.policy)


def evaluate_case(tables: Mapping[str, Any], name: str = "the case") -> dict[str, Any]:
    """Return the statement of a case as JSON: the same tables as in a TOML file, dates as dates or as text.

    Raises:
        CaseError: Where the case cannot be read, with every place at fault under ``name``.
    """
    return statement_json(statement_of(case_of(tables, name)))
