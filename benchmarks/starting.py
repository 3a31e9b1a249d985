"""How much a start of ``ccm`` costs, in processor time of the whole process, beside what its libraries cost alone."""

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from statistics import median

from benchmarks.http import wait_until_ready
from benchmarks.practice import SECRET, local_slack, sample_ledger
from bot.runtime.demo import free_port

ROUNDS = 7
PATIENTS = 60
CASE = Path(__file__).parents[1] / "tests" / "rules" / "cases" / "forty.toml"
TYPER_WITH_40_COMMANDS = """
import typer
app = typer.Typer(help="Nothing.", no_args_is_help=True, pretty_exceptions_enable=False, add_completion=False)
def nothing():
    "Do nothing at all."
for number in range(40):
    app.command(f"command-{number}")(nothing)
app()
"""
LIBRARIES_OF_SERVE = """
import sys
import bot.cli.serving
ours = {"bot", "jobs", "ledger", *sys.stdlib_module_names}
print(*(name for name, module in sys.modules.items() if name.split(".")[0] not in ours and module.__spec__))
"""
IMPORTS = "import importlib, sys\nfor name in sys.argv[1:]:\n    importlib.import_module(name)"
AIMS = {"--help": 1.5, "--version": 1.5, "rules": 1.5, "rules C7": 1.5, "evaluate": 3.0}


def run(directory: Path) -> None:
    """Print each start as a ratio to its floor, medians of processor seconds taken in turn."""
    ledger = sample_ledger(directory, PATIENTS)
    environment = {**os.environ, "CCM_DATABASE_URL": ledger.url.render_as_string()}
    ledger.close()
    words = {name: [*name.split(), *([str(CASE)] if name == "evaluate" else [])] for name in (*AIMS, "month")}
    starts: dict[str, Callable[[], float]] = {"typer": lambda: _seconds("-c", TYPER_WITH_40_COMMANDS, "--help")}
    for name, typed in words.items():
        starts[name] = lambda typed=typed: _seconds("-m", "bot", *typed, environment=environment)  # type: ignore[misc]
    taken = _in_turn(starts)
    print("ccm from start to end, processor time of the process")
    print(f"  a typer program of 40 empty commands, --help   {median(taken['typer']):.2f} s")
    for name in words:
        aim = f"   (aim: at most {AIMS[name]})" if name in AIMS else ""
        print(f"  ccm {name:12} ratio {median(taken[name]) / median(taken['typer']):.2f}{aim}")
    _run_serve(environment)


def _run_serve(environment: Mapping[str, str]) -> None:
    libraries = subprocess.run(  # noqa: S603 - ourselves
        [sys.executable, "-c", LIBRARIES_OF_SERVE], check=True, capture_output=True, text=True
    ).stdout.split()
    with local_slack() as slack:
        settings = {
            **environment,
            "SLACK_API_URL": slack.api_url,
            "SLACK_BOT_TOKEN": "xoxb-playground",
            "SLACK_SIGNING_SECRET": SECRET,
        }
        taken = _in_turn(
            {
                "libraries": lambda: _seconds("-c", IMPORTS, *libraries),
                "serve": lambda: _seconds_until_ready(free_port(), settings),
            }
        )
    ratio = median(taken["serve"]) / median(taken["libraries"])
    print("ccm serve from start to /readyz, processor time of the process")
    print(f"  importing its {len(libraries)} modules of libraries   {median(taken['libraries']):.2f} s")
    print(f"  ccm serve    ratio {ratio:.2f}   (aim: at most 1.5)")


def _in_turn(starts: Mapping[str, Callable[[], float]]) -> dict[str, list[float]]:
    """Processor seconds of each start by name; one round before the first warms the disk's cache."""
    seconds: dict[str, list[float]] = {name: [] for name in starts}
    for number in range(-1, ROUNDS):
        for name, start in starts.items():
            taken = start()
            if number >= 0:
                seconds[name].append(taken)
    return seconds


def _seconds(*arguments: str, environment: Mapping[str, str] | None = None) -> float:
    """Processor seconds of a Python process from start to end, which succeeds."""
    process = _python(*arguments, environment=environment)
    return _seconds_of(process)


def _seconds_until_ready(port: int, environment: Mapping[str, str]) -> float:
    """Processor seconds of ``ccm serve --http`` until it says that it is ready."""
    process = _python("-m", "bot", "serve", "--http", "--port", str(port), environment=environment)
    try:
        wait_until_ready(port)
    finally:
        process.kill()
    return _seconds_of(process, may_fail=True)


def _python(*arguments: str, environment: Mapping[str, str] | None) -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603 - ourselves
        [sys.executable, *arguments], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )


def _seconds_of(process: subprocess.Popen[bytes], *, may_fail: bool = False) -> float:
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert may_fail or process.returncode == 0, process.args
    return used.ru_utime + used.ru_stime
