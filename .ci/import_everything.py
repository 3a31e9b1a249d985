"""Import every module of the installed package, and every library that any of its lines imports, also within functions.

Run by the Python of an environment that has the package and the runtime lock and nothing else: what is missing there
is missing where a user installs it.
"""

import ast
import importlib
import importlib.metadata
import sys
from collections.abc import Iterator

OWN = {"bot", "jobs", "ledger"}
RUN_BY_OTHERS = {"bot.__main__", "ledger.migrations.env"}
"""Modules that do their work when they are imported: ``python -m bot`` runs the one, Alembic the other."""


def modules() -> Iterator[tuple[str, ast.Module]]:
    """Yield the name and the source of each module that the package installed."""
    for file in importlib.metadata.files("ccm-ledger") or ():
        if file.suffix == ".py" and file.parts[0] in OWN:
            name = ".".join(file.with_suffix("").parts).removesuffix(".__init__")
            yield name, ast.parse(file.read_text(encoding="utf-8"))


def imported(tree: ast.Module) -> Iterator[str]:
    """Yield the modules of others that the lines of ``tree`` import."""
    for node in ast.walk(tree):
        names = [each.name for each in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names = [node.module]
        yield from (name for name in names if name.split(".")[0] not in OWN)


def main() -> None:
    """Print what was imported; end with the list of what could not be."""
    wanted: dict[str, str] = {}
    count = 0
    for name, tree in modules():
        count += 1
        if name not in RUN_BY_OTHERS:
            wanted[name] = "the package"
        for library in imported(tree):
            wanted.setdefault(library, name)
    missing = []
    for name, wanted_by in wanted.items():
        try:
            importlib.import_module(name)
        except ImportError as error:
            missing.append(f"{name}, which {wanted_by} imports: {error}")
    if missing or not count:
        sys.exit("\n".join(["These cannot be imported with the runtime lock alone:", *missing]))
    print(f"{count} modules and {len(wanted) - count + len(RUN_BY_OTHERS)} modules of libraries import.")


main()
