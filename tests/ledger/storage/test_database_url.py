"""The address of the ledger's database: what is taken, and one clear line for what is not."""

import pytest

from ledger.errors import DatabaseAwayError
from ledger.storage.database import Database

SECRET = "secret"


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_every_usual_way_to_name_postgresql_is_taken(scheme: str) -> None:
    url = Database(f"{scheme}://ccm:{SECRET}@db.internal:5433/ledger").url

    assert url.drivername == "postgresql+psycopg"
    assert (url.username, url.password, url.host, url.port, url.database) == (
        "ccm",
        SECRET,
        "db.internal",
        5433,
        "ledger",
    )


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("pass%40word", "pass@word"),
        ("pass%2Fword", "pass/word"),
        ("pass%3Aword", "pass:word"),
        ("pass%23word", "pass#word"),
        ("pass%25word", "pass%word"),
        ("pa/ss:wo#rd", "pa/ss:wo#rd"),
    ],
)
def test_a_password_is_what_was_meant(written: str, meant: str) -> None:
    url = Database(f"postgresql://ccm:{written}@db.internal/ledger").url

    assert (url.password, url.host, url.port, url.database) == (meant, "db.internal", None, "ledger")


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://ccm:{}@word@db.internal/ledger",
        "postgresql://ccm:{}@wo/rd@db.internal/ledger",
        "postgresql://ccm:{}@wo:rd@db.internal/ledger",
        "postgresql://ccm:{}@wo?rd@db.internal/ledger",
        "postgresql://ccm/us:{}@db.internal/ledger",
        "postgres://ccm@db.internal:{}@word@db.internal/ledger",
    ],
)
def test_an_at_sign_too_many_is_explained_and_the_password_is_not_shown(url: str) -> None:
    with pytest.raises(DatabaseAwayError, match="DATABASE_URL: CCM_DATABASE_URL has an @ more") as refused:
        Database(url.format(SECRET))

    assert "write @ as %40, / as %2F" in refused.value.remedy
    assert SECRET not in f"{refused.value} {refused.value.remedy}"


@pytest.mark.parametrize("port", ["secret", "543x", "", "0", "-5", "65536"])
def test_a_port_that_is_none_is_said_to_be_none(port: str) -> None:
    with pytest.raises(DatabaseAwayError, match="no number of a port") as refused:
        Database(f"postgresql://ccm:{port}/ledger")

    assert "localhost:5432" in refused.value.remedy
    assert SECRET not in f"{refused.value} {refused.value.remedy}"
    assert refused.value.__suppress_context__ or refused.value.__context__ is None


@pytest.mark.parametrize(
    ("url", "code", "words"),
    [
        ("", "DATABASE_URL", "is empty"),
        (" ", "DATABASE_URL", "is empty"),
        ("ccm.sqlite3", "DATABASE_URL", "is no address"),
        ('"sqlite:///ccm.sqlite3"', "DATABASE_URL", "is no address"),
        ("ccm:secret://localhost", "DATABASE_URL", "is no address"),
        ("mysql://ccm:secret@localhost/ccm", "DATABASE_KIND", "names mysql; the ledger is kept in SQLite or Postg"),
        ("postgresql+asyncpg://ccm:secret@localhost/ccm", "DATABASE_KIND", "a driver that is no part"),
        ("sqlite+aiosqlite:///ccm.sqlite3", "DATABASE_KIND", "a driver that is no part"),
        ("sqlite://ccm.sqlite3", "DATABASE_URL", "names no file"),
        ("sqlite://", "DATABASE_URL", "names no file"),
        ("sqlite:///:memory:", "DATABASE_URL", "names no file"),
        ("sqlite:///file:ccm.sqlite3?uri=true", "DATABASE_URL", "names no file"),
    ],
)
def test_an_address_that_is_no_ledgers_is_refused_with_one_that_is(url: str, code: str, words: str) -> None:
    with pytest.raises(DatabaseAwayError, match=words) as refused:
        Database(url)

    assert refused.value.code == code
    assert "sqlite:///ccm.sqlite3" in refused.value.remedy
    assert SECRET not in f"{refused.value} {refused.value.remedy}"


def test_an_error_names_where_the_address_was_written() -> None:
    with pytest.raises(DatabaseAwayError, match="--to is empty"):
        Database("", "--to")
