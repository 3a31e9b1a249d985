"""What a CSV file may look like, and what is said of one that cannot be imported."""

from pathlib import Path

import pytest
from support.practice import import_file

from ledger.errors import LedgerError
from ledger.imports.csv_file import ImportRefusedError
from ledger.practice.practice import Practice
from ledger.roster.directory import teams
from ledger.storage.database import Database
from ledger.validation import ImportSummary

HEADER = "name,channel_id"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "teams.csv"


def problems(database: Database, practice: Practice, file: Path) -> list[str]:
    with pytest.raises(ImportRefusedError) as refused:
        import_file(database, practice, "teams", file)
    assert refused.value.code == "IMPORT_REFUSED"
    assert f"teams.csv has {len(refused.value.problems)} problem" in refused.value.title
    assert "Nothing was saved." in refused.value.title
    return [str(problem) for problem in refused.value.problems]


def names(database: Database, practice: Practice) -> list[str]:
    with database.of("T0TEST").reading() as connection:
        return [team.name for team in teams(connection, practice.practice_id)]


@pytest.mark.parametrize(
    "text",
    [
        f"{HEADER}\nRed Team,C0RED\n",
        f"{HEADER}\r\nRed Team,C0RED\r\n",
        f"{HEADER}\nRed Team,C0RED",
        f"\ufeff{HEADER}\nRed Team,C0RED\n",
        "channel_id,name\nC0RED,Red Team\n",
        '"name","channel_id"\n"Red Team","C0RED"\n',
        " name , channel_id \n  Red Team , C0RED \n",
        f"{HEADER}\n\n,\nRed Team,C0RED\n ,\n",
    ],
    ids=["plain", "windows", "no end", "byte-order mark", "other order", "quotes", "spaces", "blank lines"],
)
def test_a_file_is_read_however_it_was_saved(sqlite_database: Database, here: Practice, file: Path, text: str) -> None:
    file.write_text(text, encoding="utf-8", newline="")
    assert import_file(sqlite_database, here, "teams", file) == ImportSummary(added=1)
    assert names(sqlite_database, here) == ["Blue Team", "Green Team", "Red Team"]


def test_quotes_hold_commas_lines_and_quotes(sqlite_database: Database, here: Practice, file: Path) -> None:
    file.write_text(f'{HEADER}\n"Red, ""the"" Team\nof Élise",C0RED\n', encoding="utf-8")
    import_file(sqlite_database, here, "teams", file)
    assert names(sqlite_database, here)[-1] == 'Red, "the" Team\nof Élise'


def test_a_file_with_a_header_alone_changes_nothing(sqlite_database: Database, here: Practice, file: Path) -> None:
    file.write_text(f"{HEADER}\n")
    assert import_file(sqlite_database, here, "teams", file) == ImportSummary()


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ("", "missing: name, channel_id"),
        ("name", "missing: channel_id"),
        ("name,channel_id,color", "unknown: color"),
        ("name,chanel_id", "missing: channel_id; unknown: chanel_id"),
        ("name;channel_id", "missing: name, channel_id; unknown: name;channel_id"),
        ("name,channel_id,name", "one comes twice"),
        ("name,channel_id,", "unknown: a column without a name"),
    ],
)
def test_a_header_that_differs_is_said_to_differ_and_how(
    sqlite_database: Database, here: Practice, file: Path, header: str, said: str
) -> None:
    file.write_text(f"{header}\nRed Team,C0RED\n" if header else "")
    assert problems(sqlite_database, here, file) == [
        f"line 1: the columns are not as expected ({said}). The first line reads: name,channel_id"
    ]


def test_cells_too_many_or_too_few_are_named_by_line(sqlite_database: Database, here: Practice, file: Path) -> None:
    file.write_text(f'{HEADER}\n"a\nb",C0A\nRed, Team,C0RED\nGray Team\n')
    found = problems(sqlite_database, here, file)
    quotes = "the header has 2. Put quotes around a cell that contains a comma."
    assert f"line 4: has 3 cells; {quotes}" in found
    assert f"line 5: has 1 cells; {quotes}" in found
    assert "line 5, channel_id: is empty. For example: C0123ABCD" in found
    assert names(sqlite_database, here) == ["Blue Team", "Green Team"]


@pytest.mark.parametrize("row", ['"Red Team,C0RED\nGray Team,C0GRAY', 'Red "Team,C0A\n"Gray" Team,C0B'])
def test_a_quote_that_is_not_closed_is_named_by_line(
    sqlite_database: Database, here: Practice, file: Path, row: str
) -> None:
    file.write_text(f"{HEADER}\nPink Team,C0PINK\n{row}\n")
    (found,) = problems(sqlite_database, here, file)
    line = 3 if row.startswith('"') else 4
    assert found.startswith(f"line {line}: is not CSV")
    assert found.endswith("Close every quote; double a quote inside quotes.")


def test_a_character_that_no_database_takes_is_named(sqlite_database: Database, here: Practice, file: Path) -> None:
    file.write_text(f"{HEADER}\nRed\0Team,C0RED\n")
    assert problems(sqlite_database, here, file) == [
        "line 2, name: holds a character that cannot be stored. Type the cell again."
    ]


@pytest.mark.parametrize("encoding", ["utf-16", "latin-1"])
def test_another_encoding_is_refused_with_the_remedy(
    sqlite_database: Database, here: Practice, file: Path, encoding: str
) -> None:
    file.write_text(f"{HEADER}\nRéd Team,C0RED\n", encoding=encoding)
    with pytest.raises(LedgerError) as refused:
        import_file(sqlite_database, here, "teams", file)
    assert refused.value.code == "FILE_UNREADABLE"
    assert "teams.csv" in refused.value.title
    assert "CSV (UTF-8)" in refused.value.remedy


def test_a_file_that_is_not_there_or_a_folder_is_said_to_be(
    sqlite_database: Database, here: Practice, tmp_path: Path
) -> None:
    with pytest.raises(LedgerError, match="FILE_MISSING"):
        import_file(sqlite_database, here, "teams", tmp_path / "none.csv")
    with pytest.raises(LedgerError, match="FILE_IS_FOLDER"):
        import_file(sqlite_database, here, "teams", tmp_path)
