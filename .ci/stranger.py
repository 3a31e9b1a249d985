"""Do what a stranger does with this project, and end with exit code 1 at the first thing that fails.

The stranger has Python, make, git and pip, an empty HOME, and none of our variables or virtual environments. First they
follow the README in a fresh clone; then they install a wheel into an empty environment, with the clone deleted, and use
every command. Only what comes with Python is imported here, and only the program's commands, its page and its health
addresses are used: what stands behind them may change.
"""

import json
import os
import re
import shlex
import shutil
import signal
import socket
import sys
import tempfile
import time
import tomllib
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from processes import FailedError, Place, Process

PROJECT = Path(__file__).resolve().parents[1]
IMPORT_EVERYTHING = Path(__file__).with_name("import_everything.py")
KEPT = re.compile(
    r"PATH|PYTHON|LANG|LC_\w+|TZ|TERM|TMPDIR|SSL_CERT_\w+|REQUESTS_CA_BUNDLE|\w+_proxy"
    r"|PIP_(INDEX_URL|EXTRA_INDEX_URL|FIND_LINKS|TRUSTED_HOST|PROXY|CERT|DEFAULT_TIMEOUT)",
    re.IGNORECASE,
)
"""The variables a stranger has: those of any shell, and how this machine reaches its package index."""
DEMO_PORT = 8765
INSTALL_SECONDS = 600
PLAYGROUND_TOKENS = {"SLACK_BOT_TOKEN": "xoxb-playground", "SLACK_SIGNING_SECRET": "playground-signing-secret"}
"""What opens the local Slack of a demo, and nothing else."""
WORKSPACE = "T0DEMO"
"""The workspace of that local Slack."""
PATIENTS = 60
INTERRUPTED = -signal.SIGINT
"""How make ends after Ctrl+C: it waits for the program, then ends by the same signal."""

JSON = dict[str, Any]


def step(title: str, started: float) -> None:
    """Print what was just seen to be so, and after how many seconds."""
    print(f"[stranger {time.monotonic() - started:5.0f} s] {title}", flush=True)


def strangers_environment(home: Path) -> dict[str, str]:
    """Return the variables of somebody who has never seen this project."""
    environment = {name: value for name, value in os.environ.items() if KEPT.fullmatch(name)}
    folders = [Path(each) for each in environment["PATH"].split(os.pathsep)]
    outside = [str(each) for each in folders if not (each.parent / "pyvenv.cfg").exists()]
    return {**environment, "PATH": os.pathsep.join(outside), "HOME": str(home)}


def ask(url: str, body: JSON | None = None) -> tuple[int, Any]:
    """Return the status and the JSON or text of an answer; status 0 where nobody answers."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/json"})
    try:
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=10) as response:
            text, status, kind = response.read().decode(), response.status, response.headers.get_content_type()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode(errors="replace")
    except OSError:
        return 0, ""
    return status, json.loads(text) if kind == "application/json" else text


@dataclass(frozen=True, slots=True)
class Page:
    """The page of a running demo, used as a browser uses it."""

    demo: Process
    address: str

    def get(self, name: str, **query: str) -> JSON:
        """Read what the page shows."""
        status, answer = ask(f"{self.address}/playground/{name}?{urllib.parse.urlencode(query)}")
        if status != 200:
            self.demo.fail(f"the page's {name} answers {status}: {answer}")
        return dict(answer)

    def type_line(self, role: str, line: str) -> str:
        """Type a line as somebody of that role in a channel of theirs, and return all that they are answered."""
        state = self.get("state")
        user = next(each["id"] for each in state["users"] if role in each["title"])
        channel = next(each["id"] for each in state["channels"] if user in each["members"])
        before = self.seen(user, channel)
        status, told = ask(f"{self.address}/playground/say", {"user": user, "channel": channel, "text": line})
        if status != 200 or not told["ok"]:
            self.demo.fail(f"the page did not take {line!r}: {status} {told}")
        return self.demo.wait_until(f"an answer to {line!r}", lambda: self.seen(user, channel).removeprefix(before))

    def seen(self, user: str, channel: str) -> str:
        """Return the messages of a channel as that person sees them, as JSON, oldest first."""
        return "".join(map(json.dumps, self.get("messages", user=user, channel=channel)["messages"]))


@contextmanager
def demo_running(place: Place, *command: str | Path) -> Iterator[Page]:
    """Start a demo, and wait until its page is there and its bot connected."""
    with place.started(*command) as demo:
        said = r"Open (http://127\.0\.0\.1:\d+) "
        found = demo.wait_until("its address", lambda: re.search(said, demo.said()), seconds=INSTALL_SECONDS)
        page = Page(demo, found[1])
        status, html = ask(f"{page.address}/")
        if status != 200 or "<script" not in html:
            demo.fail(f"{page.address} does not show the page but {status}: {html[:200]}")
        demo.wait_until("the bot is there", lambda: re.search('"(connected|listening)"', demo.said()))
        yield page


def stop(page: Page, number: signal.Signals, exit_code: int = 0) -> None:
    """Stop a demo and its bot, which has to finish what it began."""
    page.demo.stop(number, exit_code)
    if "Stopped." not in page.demo.said() or '"at_once"' in page.demo.said():
        page.demo.fail(f"was cut off by {number.name}, or did not say that it stopped")


def log_one_line(page: Page, ledger: Place, ccm: Path) -> None:
    """Log the README's first line through the page, and see it in the answer and in the ledger."""
    readme = (PROJECT / "README.md").read_text(encoding="utf-8")
    line, patient, minutes = next(re.finditer(r"`(/ccm log (P-\d+) (\d+)m [^`]+)`", readme)).groups()
    before = figures(ledger, ccm, patient)
    answer = page.type_line("coordinator", line)
    if "Saved" not in answer:
        page.demo.fail(f"answered {line!r} with {answer}")
    entries, counted, listed = figures(ledger, ccm, patient)
    expected = (before[0] + 1, before[1] + int(minutes), before[2] + int(minutes))
    if (entries, counted, listed) != expected:
        page.demo.fail(
            f"after {line!r} the ledger has {entries} entries, {counted} minutes and {listed} in the month's list; "
            f"not {expected}"
        )
    ledger.run(ccm, "verify")


def figures(ledger: Place, ccm: Path, patient: str) -> tuple[int, int, int]:
    """Return a patient's entries and counted minutes, by their statement, and the minutes by the month's list."""
    statement = json.loads(ledger.run(ccm, "patient", patient, "--json"))
    month = json.loads(ledger.run(ccm, "month", "--json"))
    rows = [row for rows in month.values() if isinstance(rows, list) for row in rows]
    listed = sum(row["counted_minutes"] for row in rows if row["patient_code"] == patient)
    return len(statement["entries"]), sum(each["counted"] for each in statement["entries"]), listed


def follow_the_readme(clone: Place, tell: Callable[[str], None]) -> None:
    """Run the README's first command as written, use the demo it starts, and stop it with Ctrl+C."""
    readme = (PROJECT / "README.md").read_text(encoding="utf-8")
    block = re.search(r"^## Try it$.*?^```\n(.*?)^```", readme, re.MULTILINE | re.DOTALL)
    if block is None or not (command := block[1].splitlines()[0].split("#")[0].strip()).startswith("make "):
        raise FailedError("README.md, Try it: the first command is no make command any more; see .ci/stranger.py")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", DEMO_PORT))
        except OSError:
            raise FailedError(f"port {DEMO_PORT}, which `{command}` uses, is taken: stop what listens there") from None
    with demo_running(clone, *shlex.split(command)) as page:
        tell(
            f"`{command}` in a fresh clone, from requirements.lock alone: {page.address} answers, the bot is connected"
        )
        ledger = Place(clone.directory / "demo", clone.environment)
        log_one_line(page, ledger, clone.directory / ".venv/bin/ccm")
        tell("a line typed on the page is saved: the answer, the statement and the month's list say so")
        stop(page, signal.SIGINT, exit_code=INTERRUPTED)
    if left := clone.run("git", "status", "--porcelain"):
        raise FailedError(f"`{command}` leaves files behind that git does not ignore:\n{left}")
    tell("Ctrl+C ends it at once, with no process and no file left behind")


def install_the_wheel(clone: Place, room: Path) -> Path:
    """Build the wheel, install it with the runtime lock into an empty environment, and delete the clone."""
    python = clone.environment.get("PYTHON", "python3")
    clone.run("make", "wheel", seconds=INSTALL_SECONDS)
    (wheel,) = (clone.directory / "dist").iterdir()
    clone.run(python, "-m", "venv", room / "installed")
    pip = (room / "installed/bin/python", "-m", "pip", "install")
    clone.run(*pip, "--require-hashes", "-r", "requirements.lock", seconds=INSTALL_SECONDS)
    clone.run(*pip, "--no-deps", wheel, seconds=INSTALL_SECONDS)
    shutil.rmtree(clone.directory)
    return room / "installed/bin"


def commands_in(help_text: str) -> list[str]:
    """Return the names under the heading "Commands" of a ``--help``."""
    _, _, below = help_text.partition("Commands")
    return re.findall(r"^(?:[│|] |  )([a-z][\w-]*)(?: |$)", below, re.MULTILINE)


def help_of_everything(desk: Place, ccm: Path) -> list[str]:
    """Run ``--help`` of every command and group that ``ccm --help`` names, and return their names."""

    def help_of(name: str) -> str:
        return desk.run(ccm, *name.split(), "--help", COLUMNS="200")

    found: list[str] = []
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        waiting = commands_in(help_of(""))
        while waiting:
            found += waiting
            texts = list(pool.map(help_of, waiting))
            waiting = [f"{name} {sub}" for name, text in zip(waiting, texts, strict=True) for sub in commands_in(text)]
    missing = {"init", "serve", "month", "db upgrade", "import patients"} - set(found)
    if missing:
        raise FailedError(f"`ccm --help` names no {sorted(missing)}, but {found}")
    return found


def make_a_practice(desk: Place, ccm: Path) -> None:
    """From nothing to the list of the month, by commands."""
    desk.run(ccm, "init", "--workspace", WORKSPACE, "--timezone", "America/New_York", "--name", "Invented Practice")
    desk.run(ccm, "sample", "practice", "--patients", str(PATIENTS))
    for kind in ("teams", "staff", "patients", "entries"):
        desk.run(ccm, "import", kind, f"practice/{kind}.csv")
    month = json.loads(desk.run(ccm, "month", "--json"))
    if month["enrolled_patients"] != PATIENTS:
        raise FailedError(f"`ccm month --json` has {month['enrolled_patients']} enrolled patients, not {PATIENTS}")
    if "billable" not in desk.run(ccm, "month"):
        raise FailedError("`ccm month` says nothing of billable patients")
    desk.run(ccm, "verify")


def serve_over_http(desk: Place, ccm: Path, page: Page) -> None:
    """Serve the practice against a demo's local Slack, until /readyz says 200 and the signal to stop."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    slack = {"SLACK_API_URL": f"{page.address}/api/", **PLAYGROUND_TOKENS}
    with desk.started(ccm, "serve", "--http", "--port", str(port), **slack) as bot:
        for place in ("healthz", "readyz", "metrics"):
            bot.wait_until(f"/{place} answers 200", lambda: ask(f"http://127.0.0.1:{port}/{place}")[0] == 200)  # noqa: B023
        bot.stop(signal.SIGTERM)


def use_the_wheel(desk: Place, programs: Path, version: str, tell: Callable[[str], None]) -> None:
    """Run everything that is installed, in an empty folder that no checkout is near."""
    ccm = programs / "ccm"
    said = desk.run(ccm, "--version").strip()
    if said != f"ccm {version}":
        raise FailedError(f"`ccm --version` says {said!r}, not 'ccm {version}'")
    tell(f"{said} is installed from its wheel, with requirements.lock, and the clone is deleted")
    tell(desk.run(programs / "python", "-I", IMPORT_EVERYTHING, seconds=INSTALL_SECONDS).strip())
    tell(f"--help of {len(help_of_everything(desk, ccm))} commands and groups")
    make_a_practice(desk, ccm)
    tell("ccm init, sample, import, month and verify")
    for mode, number in ([], signal.SIGINT), (["--http"], signal.SIGTERM):
        name = "http" if mode else "socket"
        with demo_running(desk, ccm, "demo", "--port", "0", "--directory", name, *mode) as page:
            log_one_line(page, Place(desk.directory / name, desk.environment), ccm)
            if mode:
                serve_over_http(desk, ccm, page)
                tell("ccm serve --http: /healthz, /readyz and /metrics answer 200; SIGTERM ends it with exit code 0")
            stop(page, number)
        tell(f"ccm demo {' '.join(mode) or '(Socket Mode)'}: a line is saved; {number.name} ends it with exit code 0")


def main() -> None:
    """Be the stranger in a folder of its own, which is deleted at the end."""
    started = time.monotonic()
    signal.signal(signal.SIGTERM, lambda number, _frame: sys.exit(128 + number))
    signal.signal(signal.SIGINT, signal.default_int_handler)  # whoever runs CI in the background has it ignored
    with tempfile.TemporaryDirectory(prefix="ccm-stranger-") as folder:
        room = Path(folder)
        for name in ("home", "desk"):
            (room / name).mkdir()
        environment = strangers_environment(room / "home")
        room_place = Place(room, environment)
        try:
            room_place.run("git", "clone", "--quiet", PROJECT, "clone", seconds=INSTALL_SECONDS)
            clone = Place(room / "clone", environment)
            project = tomllib.loads((clone.directory / "pyproject.toml").read_text(encoding="utf-8"))["project"]
            follow_the_readme(clone, lambda title: step(title, started))
            programs = install_the_wheel(clone, room)
            use_the_wheel(
                Place(room / "desk", environment), programs, project["version"], lambda title: step(title, started)
            )
        except FailedError as error:
            step(f"FAILED: {error}", started)
            sys.exit(1)


main()
