"""docs/operations.md names metrics, findings, events, settings, codes and options that there are."""

import ast
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest

import ledger.storage.tables
from bot.cli.commands import COMMANDS
from bot.cli.lazy import real_command
from bot.config import Settings
from bot.runtime.background import BackgroundThreads
from bot.slack.refusals import REFUSALS, Kind
from bot.telemetry.logs import CONSOLE, JSON
from bot.telemetry.metrics import Metrics
from ledger.rules.rulebook import FOLDER_VARIABLE
from ledger.storage.database import Database

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
LINES = TEXT.splitlines()
SETTINGS = {name.upper() for name in Settings.model_fields} | {"CCM_WORKSPACE", FOLDER_VARIABLE}


@cache
def sources() -> dict[str, ast.Module]:
    """Every source file by its path."""
    paths = [path for room in ("bot", "jobs", "ledger") for path in (ROOT / room).rglob("*.py")]
    return {str(path.relative_to(ROOT)): ast.parse(path.read_text(encoding="utf-8")) for path in paths}


def first_words(within: str = "") -> Iterator[tuple[str, str]]:
    """The name of each function that is called with a string first, and that string."""
    for path, tree in sources().items():
        for node in ast.walk(tree) if path.startswith(within) else ():
            if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
                name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                yield name, str(node.args[0].value)


def rows(heading: str) -> list[list[str]]:
    """The rows of the first table whose header begins with that word."""
    start = next(number for number, line in enumerate(LINES) if line.startswith(f"| {heading} |"))
    table = []
    for line in LINES[start + 2 :]:
        if not line.startswith("|"):
            break
        table.append([cell.strip() for cell in line.strip("|").split(" | ")])
    return table


def named(cell: str) -> list[str]:
    """What stands in backticks."""
    return re.findall(r"`([^`]+)`", cell)


def metrics_of_a_process(database: Database) -> Metrics:
    """The metrics as ``ccm serve`` has them."""
    metrics = Metrics()
    with BackgroundThreads(1) as behind:
        metrics.watch_background(behind)
    metrics.watch_due(database, lambda: datetime(2026, 11, 24, tzinfo=UTC))
    return metrics


def test_every_metric_stands_there_with_its_labels_and_no_other(sqlite_database: Database) -> None:
    collectors = metrics_of_a_process(sqlite_database).registry._collector_to_names
    labels = {collector: tuple(getattr(collector, "_labelnames", ())) for collector in collectors}
    known = {
        f"{metric.name}_total" if metric.type == "counter" else metric.name: labels[collector]
        for collector in collectors
        for metric in collector.collect()
        if metric.name.startswith("ccm_")
    }
    for of_the_database in ("ccm_messages_due", "ccm_message_due_seconds"):
        known[of_the_database] = ("kind",)

    assert {named(name)[0]: tuple(named(label)) for name, label, _ in rows("metric")} == known


def test_alerts_speak_of_metrics_that_there_are() -> None:
    known = {named(name)[0] for name, *_ in rows("metric")}
    used = {name.removesuffix("_bucket") for _, alert in rows("alert") for name in re.findall(r"ccm_\w+", alert)}

    assert len(used) > 6
    assert used <= known


def test_every_finding_of_the_doctor_stands_there_with_its_level_and_no_other() -> None:
    levels = {"ok": "ok", "warning": "warning", "problem": "problem"}
    found = {(code, levels[name]) for name, code in first_words("bot/doctor/") if name in levels}
    told = {
        (code, level)
        for cell, level_cell, _ in rows("code")
        for code, level in zip(named(cell), level_cell.split(", ") * len(named(cell)), strict=False)
    } | {("SLACK_TOKEN", "problem")}
    in_words = {code for name, code in first_words() if name in {"_Words", "Step"}}
    raised = {code for name, code in first_words() if name.endswith("Error")} | in_words

    assert found - told == set()
    assert in_words - {code for code, _ in told} == set()
    assert {code for code, _ in told - found} <= raised


def test_every_refusal_stands_there_under_its_kind_and_no_other() -> None:
    told = {kind: set(named(codes)) for kind, codes, _ in rows("kind")}

    assert told == {kind: {code for code, row in REFUSALS.items() if row.kind is kind} for kind in Kind}


def test_every_event_that_is_explained_is_logged() -> None:
    known = {word for name, word in first_words() if name in {"info", "warning", "error", "handling"}} | {"library"}
    known |= {"database_lost", "slack_lost"} & {word for tree in sources().values() for word in strings(tree)}

    assert {event for names, _ in rows("event") for event in named(names)} <= known


def test_every_code_and_setting_that_is_named_is_there() -> None:
    codes = {word for tree in sources().values() for word in strings(tree) if re.fullmatch(r"[A-Z]+(_[A-Z]+)+", word)}
    words = set(re.findall(r"\b[A-Z]{2,}(?:_[A-Z0-9]+)+\b", TEXT))

    assert len(words) > 40
    assert words - codes - SETTINGS == set()
    assert {JSON, CONSOLE} <= set(named(next(line for line in LINES if "CCM_LOG_FORMAT` (" in line) + "`console`"))


def strings(tree: ast.Module) -> Iterator[str]:
    """Every string of a module."""
    return (node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str))


def test_every_table_that_is_named_is_append_only() -> None:
    named_tables = set(re.findall(r"such as `(\w+)`", TEXT))

    assert named_tables
    assert named_tables <= set(ledger.storage.tables.APPEND_ONLY)


@pytest.mark.parametrize(("name", "option"), sorted(set(re.findall(r"\bccm (\w+)[^`\n]*? (--[a-z-]+)", TEXT))))
def test_every_option_that_is_named_is_there(name: str, option: str) -> None:
    assert option in {word for parameter in real_command(COMMANDS[name]).params for word in parameter.opts}


def test_every_place_that_is_named_is_served() -> None:
    routes = {word for tree in sources().values() for word in strings(tree) if word.startswith("/")}

    for place in ("/readyz", "/healthz", "/metrics"):
        assert place in routes
        assert place in TEXT
