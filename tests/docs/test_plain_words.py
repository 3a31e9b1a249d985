"""Docstrings as layout and CONTRIBUTING ask for them, as far as a program can hold them to it."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FILES = [path for room in ("bot", "jobs", "ledger") for path in sorted((ROOT / room).rglob("*.py"))]
RIDDLES = re.compile(r"(The same|What|Whether|How|Who|Whom|Whose|Where|When)\b")
"""Beginnings of which nobody knows what they speak of without the function's neighbours."""

Function = ast.FunctionDef | ast.AsyncFunctionDef


def functions(path: Path) -> Iterator[tuple[Function, str]]:
    """The functions of a file with their docstrings; a property is a noun, and is read as one."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, Function) or any("property" in ast.unparse(one) for one in node.decorator_list):
            continue
        if docstring := ast.get_docstring(node):
            yield node, docstring


def raised_by(function: Function) -> Iterator[str]:
    """The names of the errors that the function itself raises, not those within it."""
    inside = list(ast.iter_child_nodes(function))
    while inside:
        node = inside.pop()
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call) and isinstance(node.exc.func, ast.Name):
            yield node.exc.func.id
        if not isinstance(node, Function | ast.ClassDef | ast.Lambda):
            inside += ast.iter_child_nodes(node)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_docstring_says_what_its_function_does(path: Path) -> None:
    assert [node.name for node, docstring in functions(path) if RIDDLES.match(docstring)] == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_public_function_names_the_ledger_error_that_it_raises(path: Path) -> None:
    silent = [
        node.name
        for node, docstring in functions(path)
        if not node.name.startswith("_") and "LedgerError" in raised_by(node) and "Raises:" not in docstring
    ]
    assert silent == []
