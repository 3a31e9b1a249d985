"""What an operator can mend is told apart, by a code and with a remedy that works; no password is ever repeated."""

import errno
import re
import socket
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import pytest
from sqlalchemy import URL, create_engine, make_url
from sqlalchemy.exc import DBAPIError, ProgrammingError, SQLAlchemyError
from structlog.testing import capture_logs
from support.databases import fill, fresh_postgresql, migrated_postgresql, run_outside_a_transaction
from support.practice import AT, a_practice

import ledger
from ledger.errors import LedgerError, OutcomeUnknownError
from ledger.practice.practice import create_practice
from ledger.storage import schema
from ledger.storage.connections import is_passing
from ledger.storage.database import Database
from ledger.storage.failures import in_words, told
from ledger.storage.retries import with_retries

SECRET = "Winter2026"
HBA = """
local all keyholder scram-sha-256
local all outsider reject
"""


@pytest.fixture(scope="module")
def guarded_url(postgresql_url: str) -> Iterator[str]:
    """The tests' server, which asks one role for a password, keeps another out and knows some that cannot work."""
    engine = create_engine(postgresql_url)
    with engine.connect() as connection:
        file = Path(connection.exec_driver_sql("SHOW hba_file").scalar_one())
    engine.dispose()
    before = file.read_text()
    roles = (f"keyholder LOGIN PASSWORD '{SECRET}'", "outsider LOGIN", "visitor LOGIN", "group1", "busy LOGIN")
    for role in roles:
        run_outside_a_transaction(postgresql_url, f"CREATE ROLE {role}")
    run_outside_a_transaction(postgresql_url, "ALTER ROLE busy CONNECTION LIMIT 0")
    file.write_text(HBA + before)
    run_outside_a_transaction(postgresql_url, "SELECT pg_reload_conf()")
    yield postgresql_url
    file.write_text(before)
    run_outside_a_transaction(postgresql_url, "SELECT pg_reload_conf()")
    for role in roles:
        run_outside_a_transaction(postgresql_url, f"DROP ROLE {role.split()[0]}")


def failure_of(url: str | URL, use: Callable[[Database], object] = schema.check) -> LedgerError:
    """What somebody is told who uses a ledger there."""
    database = Database(url if isinstance(url, str) else url.render_as_string(hide_password=False))
    try:
        with pytest.raises(LedgerError) as met:
            use(database)
    finally:
        database.close()
    error = met.value
    assert SECRET not in f"{error} {error.title} {error.remedy}"
    assert "{" not in error.title + error.remedy
    return error


@pytest.mark.parametrize(
    ("change", "code", "words"),
    [
        ({"username": "keyholder", "password": "wrong"}, "DATABASE_PASSWORD", "the password of the role keyholder"),
        ({"username": "keyholder"}, "DATABASE_PASSWORD", "CCM_DATABASE_URL has none"),
        ({"username": "outsider"}, "DATABASE_NOT_ADMITTED", "the role outsider from this machine"),
        ({"username": "nobody"}, "DATABASE_ROLE", "the role nobody"),
        ({"username": "group1"}, "DATABASE_ROLE", "the role group1"),
        ({"username": "busy"}, "DATABASE_CROWDED", "no more connections"),
        ({"username": "visitor", "database": "nowhere"}, "DATABASE_MISSING", "no database nowhere"),
    ],
)
def test_what_postgresql_refuses_at_the_door_is_told_apart(
    guarded_url: str, change: dict[str, str], code: str, words: str
) -> None:
    error = failure_of(make_url(guarded_url).set(**change))  # type: ignore[arg-type] # names and texts

    assert error.code == code
    assert words in error.title


def test_the_right_password_opens_the_door(guarded_url: str) -> None:
    own = make_url(guarded_url).set(username="keyholder", password=SECRET)

    assert failure_of(own).code == "DATABASE_NOT_UPGRADED"


@contextmanager
def answering(said: bytes) -> Iterator[int]:
    """The port of a server that says ``said`` to whoever connects."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer() -> None:
            with suppress(OSError), closing(server.accept()[0]) as connection:
                connection.sendall(said)
                connection.recv(1000)

        threading.Thread(target=answer, daemon=True).start()
        yield server.getsockname()[1]


def test_an_address_where_no_postgresql_is_is_told_apart() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        free = server.getsockname()[1]
    refused = failure_of(f"postgresql://ccm:{SECRET}@127.0.0.1:{free}/ccm")
    assert refused.code == "DATABASE_AWAY"
    assert f"Nothing answers at 127.0.0.1, port {free}." in refused.title

    with answering(b"HTTP/1.1 400 Bad Request\r\n\r\n") as port:
        other = failure_of(f"postgresql://ccm:{SECRET}@127.0.0.1:{port}/ccm")
    assert (other.code, other.title) == (
        "DATABASE_NOT_POSTGRESQL",
        f"What answers at 127.0.0.1, port {port} is not PostgreSQL.",
    )

    unknown = failure_of(f"postgresql://ccm:{SECRET}@nowhere.invalid/ccm")
    assert (unknown.code, unknown.title) == (
        "DATABASE_HOST",
        "The database's host nowhere.invalid is not known on this network.",
    )

    assert failure_of(f"postgresql://ccm:{SECRET}@127.0.0.1/ccm?colour=red").code == "DATABASE_URL"


def test_the_rest_of_a_password_that_was_taken_for_a_host_is_not_repeated() -> None:
    error = ProgrammingError("", {}, Exception(f"failed to resolve host '{SECRET}@nowhere.invalid': unknown"))

    failure = told(error)

    assert failure is not None
    assert SECRET not in failure.title + failure.remedy


def statement_in(remedy: str) -> str:
    """The statement that a remedy ends with."""
    found = re.search(r": ((?:GRANT|CREATE|ALTER) .+)$", remedy)
    assert found, remedy
    return found[1]


def test_following_a_remedy_about_rights_gives_them(guarded_url: str) -> None:
    told_of = []
    with migrated_postgresql(guarded_url) as url:
        name = make_url(url).database
        superusers = make_url(guarded_url).set(database=name).render_as_string(hide_password=False)
        run_outside_a_transaction(superusers, f"REVOKE CONNECT ON DATABASE {name} FROM PUBLIC")
        run_outside_a_transaction(superusers, "REVOKE ALL ON SCHEMA public FROM PUBLIC")
        for _ in range(3):
            error = failure_of(make_url(url).set(username="visitor"), read_practices)
            told_of.append((error.code, error.title.removeprefix("PostgreSQL does not let the ledger's role use ")))
            run_outside_a_transaction(superusers, statement_in(error.remedy).replace("TO ccm", "TO visitor"))
        visitors = Database(make_url(url).set(username="visitor").render_as_string(hide_password=False))
        read_practices(visitors)
        visitors.close()
        run_outside_a_transaction(superusers, "DROP OWNED BY visitor")

    wanted = [f"the database {name}.", "the schema public.", "the table practices."]
    assert told_of == [("DATABASE_RIGHTS", thing) for thing in wanted]


def read_practices(database: Database) -> None:
    with in_words(), database.across_practices().reading() as connection:
        connection.exec_driver_sql("SELECT 1 FROM public.practices")


def test_a_database_that_is_missing_is_there_after_the_remedy(guarded_url: str) -> None:
    own = make_url(guarded_url).set(username="visitor", database="ccm")
    remedy = statement_in(failure_of(own).remedy)

    run_outside_a_transaction(guarded_url, remedy)

    assert failure_of(own).code == "DATABASE_NOT_UPGRADED"
    run_outside_a_transaction(guarded_url, "DROP DATABASE ccm")


def test_tables_that_may_not_be_made_are_named_by_their_schema(guarded_url: str) -> None:
    with fresh_postgresql(guarded_url) as url:
        error = failure_of(make_url(url).set(username="visitor"), schema.upgrade)

    assert (error.code, error.title) == (
        "DATABASE_RIGHTS",
        "PostgreSQL does not let the ledger's role use the schema public.",
    )


@pytest.mark.parametrize(
    ("state", "code", "passes"),
    [
        ("53100", "DISK_FULL", False),
        ("58030", "DISK_FAILS", False),
        ("53300", "DATABASE_CROWDED", True),
        ("57P03", "DATABASE_STARTING", True),
        ("40001", "LEDGER_BUSY", True),
        ("55P03", "LEDGER_BUSY", True),
        ("22012", None, False),
    ],
)
def test_what_postgresql_says_meanwhile_is_told_by_its_sqlstate(
    postgresql_database: Database, state: str, code: str | None, *, passes: bool
) -> None:
    with pytest.raises(DBAPIError) as met, postgresql_database.of("T0TEST").writing() as connection:
        connection.exec_driver_sql(f"DO $$ BEGIN RAISE EXCEPTION 'said' USING ERRCODE = '{state}'; END $$")

    failure = told(met.value)
    assert (failure.code if failure else None) == code
    assert is_passing(met.value) is passes


def test_a_row_of_another_practice_is_no_right_that_an_operator_could_give(postgresql_database: Database) -> None:
    with pytest.raises(DBAPIError) as met, postgresql_database.of("T0TEST").writing() as connection:
        create_practice(connection, "T0OTHER", "Other", "America/New_York", at=AT)

    assert "row-level security" in str(met.value)
    assert told(met.value) is None


def use(database: Database) -> None:
    with in_words(), database.of("T0TEST").writing() as connection:
        connection.exec_driver_sql("CREATE TABLE IF NOT EXISTS other (value)")


def no_sqlite(directory: Path) -> Path:
    (directory / "other.txt").write_bytes(b"no database" * 500)
    return directory / "other.txt"


def damaged(directory: Path) -> Path:
    path = directory / "damaged.sqlite3"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE other (value)")
    content = path.read_bytes()
    path.write_bytes(content[:100] + b"\xff" * (len(content) - 100))
    return path


def below_a_file(directory: Path) -> Path:
    (directory / "file").write_text("")
    return directory / "file" / "ccm.sqlite3"


@pytest.mark.parametrize(
    ("place", "code"),
    [
        (lambda directory: directory, "LEDGER_NOT_OPENED"),
        (no_sqlite, "LEDGER_UNREADABLE"),
        (damaged, "LEDGER_DAMAGED"),
        (below_a_file, "FOLDER_IS_FILE"),
    ],
)
def test_a_file_that_is_no_ledger_is_told_by_what_is_wrong_with_it(
    tmp_path: Path, place: Callable[[Path], Path], code: str
) -> None:
    with pytest.raises(LedgerError) as met, in_words():
        use(Database(f"sqlite:///{place(tmp_path)}"))

    assert met.value.code == code


def test_a_sqlite_file_that_another_keeps_is_busy(sqlite_database: Database) -> None:
    with closing(sqlite3.connect(str(sqlite_database.url.database), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(LedgerError, match="LEDGER_BUSY"):
            use(sqlite_database)


def test_a_fault_of_a_query_is_ours(database: Database) -> None:
    with pytest.raises(SQLAlchemyError) as met, database.of("T0TEST").reading() as connection:
        connection.exec_driver_sql("SELECT nothing FROM nowhere")

    assert told(met.value) is None
    assert not is_passing(met.value)


def test_work_that_finds_the_disk_full_is_not_begun_again(sqlite_database: Database) -> None:
    begun = []

    def work() -> None:
        begun.append(1)
        fill(sqlite_database)

    with pytest.raises(DBAPIError, match="full"):
        with_retries(work)

    assert len(begun) == 1


def test_a_full_disk_is_remembered_until_something_is_stored(database: Database) -> None:
    refusing = fill if database.is_sqlite else refuse_for_want_of_room
    with capture_logs() as logs:
        for _ in range(2):
            with pytest.raises(DBAPIError):
                refusing(database)
        assert database.writes.refusal is not None
        assert database.writes.refusal.code == "DISK_FULL"
        with database.of("T0TEST").writing():
            pass
        assert database.writes.refusal is not None
        a_practice(database)

    assert database.writes.refusal is None
    assert [line["event"] for line in logs if "writes" in line["event"]] == ["writes_refused", "writes_taken"]


def refuse_for_want_of_room(database: Database) -> None:
    with database.of("T0TEST").writing() as connection:
        connection.exec_driver_sql("DO $$ BEGIN RAISE EXCEPTION 'no room' USING ERRCODE = '53100'; END $$")


def test_a_database_that_was_made_read_only_is_told_so(postgresql_database: Database) -> None:
    with pytest.raises(DBAPIError), postgresql_database.of("T0TEST").writing() as connection:
        connection.exec_driver_sql("SET TRANSACTION READ ONLY; DELETE FROM practices")

    assert postgresql_database.writes.refusal is not None
    assert postgresql_database.writes.refusal.code == "DATABASE_READ_ONLY"


@pytest.mark.parametrize(
    ("name", "is_known"),
    [
        ("SQLITE_IOERR_FSYNC", False),
        ("SQLITE_IOERR_SHMSIZE", False),
        ("SQLITE_IOERR_WRITE", True),
        ("SQLITE_FULL", True),
    ],
)
def test_a_disk_that_fails_after_the_commit_was_written_leaves_it_open_what_is_stored(
    sqlite_database: Database, monkeypatch: pytest.MonkeyPatch, name: str, *, is_known: bool
) -> None:
    failing = sqlite3.OperationalError("disk I/O error")
    failing.sqlite_errorname = name

    def fail(_: object) -> None:
        raise failing

    monkeypatch.setattr(sqlite_database.engine.dialect, "do_commit", fail)

    with pytest.raises(LedgerError if is_known else OutcomeUnknownError):
        use(sqlite_database)


PACKAGE = Path(ledger.__file__).parent


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (PermissionError(errno.EACCES, "Permission denied", "/srv/out.csv"), "FILE_FORBIDDEN", "/srv/out.csv"),
        (OSError(errno.EROFS, "Read-only file system", "/srv/out.csv"), "FILE_FORBIDDEN", "mounted read-only"),
        (FileNotFoundError(errno.ENOENT, "No such file", Path("teams.csv")), "FILE_MISSING", "no file teams.csv"),
        (IsADirectoryError(errno.EISDIR, "Is a directory", "out"), "FILE_IS_FOLDER", "out is a folder"),
        (NotADirectoryError(errno.ENOTDIR, "Not a directory", "out"), "FOLDER_IS_FILE", "out is a file"),
        (OSError(errno.ENOSPC, "No space left on device"), "DISK_FULL", "full"),
        (OSError(errno.EDQUOT, "Disk quota exceeded", "out"), "DISK_FULL", "full"),
        (OSError(errno.ELOOP, "Too many levels of symbolic links", "out"), "FILE_UNREADABLE", "Too many levels"),
        (
            FileNotFoundError(errno.ENOENT, "No such file", str(PACKAGE / "rules/books/medicare-2026.toml")),
            "INSTALLATION_INCOMPLETE",
            "medicare-2026.toml",
        ),
        (ModuleNotFoundError("No module named 'greenlet'", name="greenlet"), "INSTALLATION_INCOMPLETE", "greenlet"),
    ],
)
def test_what_the_operating_system_refuses_is_told_with_the_name_of_the_file(
    error: Exception, code: str, words: str
) -> None:
    failure = told(error)

    assert failure is not None
    assert failure.code == code
    assert words in failure.title
    assert "{" not in failure.title + failure.remedy


@pytest.mark.parametrize("error", [ConnectionResetError(errno.ECONNRESET, "reset"), RuntimeError(), ImportError()])
def test_what_no_operator_can_mend_keeps_its_own_name(error: Exception) -> None:
    assert told(error) is None
    with pytest.raises(type(error)), in_words():
        raise error


def test_an_installation_without_migrations_says_how_to_mend_it(
    tmp_path: Path, sqlite_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    for place in (tmp_path / "nowhere", tmp_path):
        monkeypatch.setattr(schema, "_MIGRATIONS", place)
        for use_schema in (schema.check, schema.upgrade):
            with pytest.raises(LedgerError, match="NO_MIGRATIONS"):
                use_schema(sqlite_database)
