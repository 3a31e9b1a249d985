"""The checks that hold the rooms apart know every room there is."""

import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
SHARED_WITH_RULES = {"ledger.errors", "ledger.rules"}


def test_the_rules_are_forbidden_to_import_every_other_module_of_the_ledger() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    (contract,) = [each for each in contracts if each["name"].startswith("The rules know nothing")]
    paths = (path for path in (ROOT / "ledger").iterdir() if path.name[0] not in "_.")
    modules = {f"ledger.{path.stem}" for path in paths if path.suffix == ".py" or path.is_dir()}

    assert set(contract["forbidden_modules"]) == modules - SHARED_WITH_RULES
