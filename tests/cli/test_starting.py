"""A command loads what it needs: ``ccm --help`` is there at once, and reading commands start without Slack."""

import inspect
import subprocess
import sys
from pathlib import Path

import pytest
from support.cases import CASES
from typer.testing import CliRunner

from bot.cli import app
from bot.cli.commands import COMMANDS, Command
from bot.commands.registry import COMMANDS as SLACK_COMMANDS
from bot.commands.registry import command_named

LIBRARIES = (
    *("aiohttp", "alembic", "apscheduler", "cryptography", "matplotlib", "numpy", "openpyxl", "pendulum"),
    *("prometheus_client", "slack_bolt", "slack_sdk", "sqlalchemy", "starlette", "structlog", "uvicorn", "websockets"),
)
LEDGER = {"sqlalchemy", "alembic", "pendulum", "structlog"}
SLACK = LEDGER | {"slack_sdk", "cryptography"}
SERVER = {"starlette", "uvicorn", "websockets"}
"""What uvicorn brings along."""
MORE_THAN_A_LEDGER = {
    "digest": SLACK,
    "doctor": SLACK,
    "move": SLACK,
    "practices": SLACK,
    "tokens": SLACK,
    "demo": SLACK | SERVER,
    "serve": SLACK | SERVER | {"slack_bolt", "apscheduler", "prometheus_client"},
}
"""Each command that needs more than the ledger, with all that its module may load."""
WITHOUT_A_LEDGER = {"evaluate": {"pendulum"}, "rules": set[str]()}

PROGRAM = """
import sys
{work}
print(*(name for name in {libraries} if name in sys.modules), file=sys.stderr)
"""


def loaded_by(work: str) -> set[str]:
    """The libraries that a new process has loaded once it has done ``work``."""
    program = PROGRAM.format(work=work, libraries=LIBRARIES)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)  # noqa: S603
    return set(done.stderr.splitlines()[-1].split()) if done.stderr.strip() else set()


def run_ccm(*words: str) -> str:
    return f"""
sys.argv = {["ccm", *words]!r}
from bot.cli import main
try:
    main()
except SystemExit as end:
    assert not end.code, end.code
"""


@pytest.mark.parametrize(
    "words",
    [("--help",), ("--version",), ("rules",), ("rules", "C7"), ("evaluate", str(CASES[0]), "--explain")],
    ids=lambda words: " ".join(words[:2]) if words[0] == "rules" else words[0],
)
def test_what_needs_no_ledger_loads_no_library_of_the_ledger_or_of_slack(words: tuple[str, ...]) -> None:
    assert loaded_by(run_ccm(*words)) <= WITHOUT_A_LEDGER.get(words[0], set())


def test_the_month_is_listed_without_slack_schedules_charts_or_workbooks(ledger: Path, ledger_template: Path) -> None:
    ledger.write_bytes(ledger_template.read_bytes())
    work = f"import os; os.environ['CCM_DATABASE_URL'] = 'sqlite:///{ledger}'" + run_ccm("month", "2026-11")
    assert loaded_by(work) <= LEDGER


def commands_by_need() -> dict[frozenset[str], list[str]]:
    """The commands under what each may load; where a module has several commands, under all that they may."""
    needs: dict[str, frozenset[str]] = {}
    for command in COMMANDS.values():
        need = WITHOUT_A_LEDGER.get(command.name, MORE_THAN_A_LEDGER.get(command.name, LEDGER))
        needs[command.module] = needs.get(command.module, frozenset()) | need
    names: dict[frozenset[str], list[str]] = {}
    for command in COMMANDS.values():
        names.setdefault(needs[command.module], []).append(command.name)
    return names


@pytest.mark.parametrize(("need", "names"), commands_by_need().items(), ids=lambda each: ",".join(sorted(each))[:40])
def test_a_command_loads_no_library_but_those_it_needs(need: frozenset[str], names: list[str]) -> None:
    work = f"from bot.cli.commands import COMMANDS\nfor name in {names}:\n    COMMANDS[name].load()"
    assert loaded_by(work) <= need


@pytest.mark.parametrize("command", COMMANDS.values(), ids=lambda command: command.name)
def test_the_list_of_commands_says_what_the_command_itself_says(command: Command) -> None:
    loaded = command.load()
    if inspect.isfunction(loaded):
        assert inspect.getdoc(loaded).splitlines()[0] == command.summary


def test_a_near_miss_of_a_command_is_answered_with_its_name() -> None:
    answer = CliRunner().invoke(app, ["mont"])
    assert answer.exit_code == 2
    assert "Did you mean 'month'" in answer.output


@pytest.mark.parametrize("name", SLACK_COMMANDS)
def test_a_line_of_the_registry_fits_the_descriptor_that_it_names(name: str) -> None:
    command = command_named(name)

    assert command.name == name
    assert command.topic.usage.split()[0] == name
    assert bool(SLACK_COMMANDS[name].summary) == (command.terminal is not None)
    if command.terminal is not None and command.terminal.example:
        assert command.terminal.example.split()[:2] == ["ccm", name]
