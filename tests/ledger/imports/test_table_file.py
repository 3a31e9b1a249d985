"""What a CSV file may look like, and what is said of one that cannot be imported."""

from pathlib import Path

import pytest
from support.practice import import_file

from ledger.errors import LedgerError
from ledger.imports.table_file import ImportRefusedError
from ledger.practice.practice import Practice
from ledger.roster.directory import teams
from ledger.storage.database import Database
from ledger.validation import ImportSummary

HEADER = "name,channel_id"
EVERY = f"{HEADER},digest_days,digest_business_days,digest_hour,digest_zone"


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
    summary = import_file(sqlite_database, here, "teams", file)
    assert names(sqlite_database, here)[-1] == 'Red, "the" Team of Élise'
    assert summary.read_as == (r"""name 'Red, "the" Team\nof Élise' read as Red, "the" Team of Élise (line 2)""",)


def test_a_file_with_a_header_alone_changes_nothing(sqlite_database: Database, here: Practice, file: Path) -> None:
    file.write_text(f"{HEADER}\n")
    assert import_file(sqlite_database, here, "teams", file) == ImportSummary()


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ("name", "missing: channel_id"),
        ("name,channel_id,color", "unknown: color"),
        ("name,chanel_id", "missing: channel_id; unknown: chanel_id"),
        ("name,channel_id,name", "one comes twice"),
        ("name,,channel_id", "unknown: a column without a name"),
    ],
)
def test_a_header_that_differs_is_said_to_differ_and_how(
    sqlite_database: Database, here: Practice, file: Path, header: str, said: str
) -> None:
    file.write_text(f"{header}\nRed Team,C0RED\n" if header else "")
    assert problems(sqlite_database, here, file) == [
        f"line 1: the columns are not as expected ({said}). The first line reads: {EVERY}"
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


@pytest.mark.parametrize(
    ("encoding", "said"),
    [
        ("utf-16", "read as UTF-16"),
        ("utf-16-le", "read as UTF-16"),
        ("utf-16-be", "read as UTF-16"),
        ("cp1252", "read as Windows-1252, not UTF-8: check names with accents"),
    ],
)
def test_another_encoding_is_read_and_it_is_said_which(
    sqlite_database: Database, here: Practice, file: Path, encoding: str, said: str
) -> None:
    file.write_text(f"{HEADER}\nRéd Team,C0RED\n", encoding=encoding)
    assert import_file(sqlite_database, here, "teams", file).read_as == (said,)
    assert names(sqlite_database, here)[-1] == "Réd Team"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name;channel_id\nRed Team;C0RED\n", ("columns separated by semicolons",)),
        ("name\tchannel_id\nRed Team\tC0RED\n", ("columns separated by tabs",)),
        ("name|channel_id\nRed Team|C0RED\n", ("columns separated by bars",)),
        ("sep=,\nname,channel_id\nRed Team,C0RED\n", ()),
        ("sep=;\r\nname;channel_id\r\nRed Team;C0RED\r\n", ("columns separated by semicolons",)),
        ('"sep=;"\nname;channel_id\nRed Team;C0RED\n', ("columns separated by semicolons",)),
        ("Name,Channel ID\nRed Team,C0RED\n", ()),
        ("Team,Channel\nRed Team,C0RED\n", ()),
        ("NAME,channel-id,,\nRed Team,C0RED,,\n,,,\n", ()),
        ("name,channel_id\nRed Team,C0RED\nTotal,1\n", ("line 3 left out: a row of totals",)),
    ],
)
def test_a_file_is_read_as_spreadsheets_save_it(
    sqlite_database: Database, here: Practice, file: Path, text: str, said: tuple[str, ...]
) -> None:
    file.write_text(text, encoding="utf-8", newline="")
    assert import_file(sqlite_database, here, "teams", file) == ImportSummary(added=1, read_as=said)


def test_a_mistake_is_named_by_the_line_that_an_editor_shows_also_behind_a_line_with_the_separator(
    sqlite_database: Database, here: Practice, file: Path
) -> None:
    file.write_text("sep=;\nname;channel_id\nRed Team;general\n")
    (found,) = problems(sqlite_database, here, file)
    assert found.startswith("line 3, channel_id: 'general' is not a channel id.")


def test_a_column_without_a_name_that_holds_something_is_named(
    sqlite_database: Database, here: Practice, file: Path
) -> None:
    file.write_text("name,channel_id,\nRed Team,C0RED,old\n")
    (found,) = problems(sqlite_database, here, file)
    assert "unknown: a column without a name" in found


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "teams.csv is empty"),
        (b" \r\n", "teams.csv is empty"),
        (b"PK\x03\x04 and so on", "teams.csv is a workbook, not CSV"),
        (b"\xd0\xcf\x11\xe0 and so on", "teams.csv is a workbook of an old kind (.xls)"),
    ],
)
def test_what_is_no_csv_is_named_as_what_it_is(
    sqlite_database: Database, here: Practice, file: Path, content: bytes, said: str
) -> None:
    file.write_bytes(content)
    with pytest.raises(LedgerError, match="FILE_UNREADABLE") as refused:
        import_file(sqlite_database, here, "teams", file)
    assert said in refused.value.title
    assert "Nothing was saved." in refused.value.title


def test_another_separator_is_named_as_the_likely_cause(sqlite_database: Database, here: Practice, file: Path) -> None:
    file.write_text("name~channel_id\nRed Team~C0RED\n")
    (found,) = problems(sqlite_database, here, file)
    assert "separated by something else than commas, semicolons, tabs or bars" in found


def test_one_fault_in_many_rows_is_one_message_with_its_first_lines_and_a_count(
    sqlite_database: Database, here: Practice, file: Path
) -> None:
    rows = "".join(f"Team {number},general{number}\n" for number in range(300))
    file.write_text(f"{HEADER}\n{rows}")
    with pytest.raises(ImportRefusedError) as refused:
        import_file(sqlite_database, here, "teams", file)
    assert len(refused.value.problems) == 300
    (told,) = refused.value.details
    assert told.startswith("lines 2, 3, 4 and 297 more, channel_id: 'general0' is not a channel id.")


def test_a_file_that_is_not_there_or_a_folder_is_said_to_be(
    sqlite_database: Database, here: Practice, tmp_path: Path
) -> None:
    with pytest.raises(LedgerError, match="FILE_MISSING"):
        import_file(sqlite_database, here, "teams", tmp_path / "none.csv")
    with pytest.raises(LedgerError, match="FILE_IS_FOLDER"):
        import_file(sqlite_database, here, "teams", tmp_path)
