"""Reading a file into a shape: every problem in the words of the person who wrote the file."""

from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from pydantic import Field, model_validator

from ledger.rules.toml_files import (
    Day,
    DayOrLocalTime,
    LocalTime,
    Name,
    Table,
    UnreadableFileError,
    Whole,
    YesNo,
    parse_toml,
    read_bytes,
    shaped,
)


class Row(Table):
    day: Day | None = None
    at: LocalTime | None = None
    either: DayOrLocalTime | None = None
    numbers: tuple[Whole, ...] = ()


class Patient(Table):
    name: Name
    apcm: YesNo = False

    @model_validator(mode="after")
    def _not_invented(self) -> "Patient":
        if self.name == "P-0":
            raise ValueError("there is no P-0")
        return self


class File(Table):
    title: Name
    patient: Patient | None = None
    row: tuple[Row, ...] = Field(default=(), max_length=2)


def problems(text: str) -> list[str]:
    with pytest.raises(UnreadableFileError) as caught:
        shaped(parse_toml(text.encode()), File)
    return caught.value.problems


def row(line: str) -> str:
    return f'title = "A"\n[[row]]\n[[row]]\n{line}\n'


@pytest.mark.parametrize(
    ("line", "field", "value"),
    [
        ("day = 2026-11-03", "day", date(2026, 11, 3)),
        ("at = 2026-11-03T10:00:30", "at", datetime(2026, 11, 3, 10, 0, 30)),  # noqa: DTZ001 - local, as written
        ("at = 2026-11-03T10:05", "at", datetime(2026, 11, 3, 10, 5)),  # noqa: DTZ001 - the same
        ("either = 2026-11-03", "either", date(2026, 11, 3)),
        ("either = 2026-11-03 10:05 # a remark", "either", datetime(2026, 11, 3, 10, 5)),  # noqa: DTZ001 - the same
    ],
)
def test_dates_and_local_times_are_read_as_they_are_written(line: str, field: str, value: Any) -> None:
    read = getattr(shaped(parse_toml(row(line).encode()), File).row[1], field)
    assert (type(read), read) == (type(value), value)


DAY = "must be a date such as 2026-11-03, without quotes"
TIME = "must be a local date-time such as 2026-11-03T10:00, without quotes or offset"
EITHER = "must be a date such as 2026-11-03 or a local date-time such as 2026-11-03T10:00"


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ('day = "2026-11-03"', f'"day" {DAY}'),
        ("day = 2026-11-03T10:00", f'"day" {DAY}'),
        ("at = 2026-11-03", f'"at" {TIME}'),
        ('at = "2026-11-03T10:00"', f'"at" {TIME}'),
        ("at = 2026-11-03T10:00Z", f'"at" {TIME}'),
        ("either = 2026-11-03T10:00-05:00", f'"either" {EITHER}'),
        ('either = "2026-11-03"', f'"either" {EITHER}'),
        ("numbers = [1, -2]", '"numbers.2" must be greater than or equal to 0'),
        ("numbers = 1", '"numbers" must be a valid tuple'),
        ("nummer = 1", 'unknown field "nummer"'),
    ],
)
def test_a_problem_in_a_row_names_its_number_and_field(line: str, problem: str) -> None:
    assert problems(row(line)) == [f"[[row]] number 2: {problem}"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ['"title" is missing']),
        ("title = 1", ['"title" must be a valid string']),
        ('title = "A"\ntitel = 1', ['unknown field "titel"']),
        ('title = "A"\n[tabel]', ['unknown table "tabel"']),
        ('title = "A"\n[[rows]]', ['unknown table "rows"']),
        ('title = "A"\n[patient]', ['[patient]: "name" is missing']),
        ('title = "A"\n[patient]\nname = "B"\napcm = 1', ['[patient]: "apcm" must be a valid boolean']),
        ('title = "A"\n[patient]\nname = "B"\n[patient.x]', ['[patient]: unknown field "x"']),
        ('title = "A"\n[patient]\nname = "P-0"', ['"patient" there is no P-0']),
        ('title = "A"\n[[row]]\n[[row]]\n[[row]]', ['"row" may stand 2 time at most']),
        ("titel = 1\n[tabel]", ['"title" is missing', 'unknown field "titel"', 'unknown table "tabel"']),
    ],
)
def test_every_problem_of_a_file_is_named_at_its_table_and_field(text: str, expected: list[str]) -> None:
    assert problems(text) == expected


def test_an_error_about_a_file_says_all_its_problems() -> None:
    assert str(UnreadableFileError(["one", "two"])) == "one; two"


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"name = \xff", "byte 8: the file is not UTF-8 text"),
        (b"name = ", "not TOML: Invalid value (at end of document)"),
    ],
)
def test_a_file_that_is_not_toml_says_where(content: bytes, problem: str) -> None:
    with pytest.raises(UnreadableFileError) as caught:
        parse_toml(content)
    assert caught.value.problems == [problem]


def test_a_file_that_cannot_be_read_says_why(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFileError) as caught:
        read_bytes(tmp_path / "absent.toml")
    assert caught.value.problems == ["the file cannot be read: No such file or directory"]
