"""Reading a TOML file into a checked shape, with problems told in the words of the person who wrote the file."""

import re
import tomllib
from collections.abc import Mapping
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    InstanceOf,
    Strict,
    ValidationError,
    ValidationInfo,
)
from pydantic_core import ErrorDetails


class UnreadableFileError(Exception):
    """A file that is not what it should be; ``problems`` names each place and what is wrong there."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


class Table(BaseModel):
    """One table of a file: no field but those declared, and nothing changes after reading."""

    model_config = ConfigDict(frozen=True, extra="forbid")


Shape = TypeVar("Shape", bound=Table)


DATES_AS_TEXT = {"dates_as_text": True}
"""The context in which dates may be text, for tables that were no TOML."""


def _from_text(value: object, info: ValidationInfo) -> object:
    """Return the date or date-time of a text, where texts may be dates; anything else as it is."""
    if not info.context or not isinstance(value, str):
        return value
    try:
        return date.fromisoformat(value) if len(value) <= len("2026-11-03") else datetime.fromisoformat(value)
    except ValueError:
        return value


def _day(value: object, info: ValidationInfo) -> object:
    value = _from_text(value, info)
    if type(value) is not date:
        raise ValueError("must be a date such as 2026-11-03, without quotes")
    return value


def _local_time(value: object, info: ValidationInfo) -> object:
    value = _from_text(value, info)
    if not isinstance(value, datetime) or value.tzinfo is not None:
        raise ValueError("must be a local date-time such as 2026-11-03T10:00, without quotes or offset")
    return value


def _day_or_local_time(value: object, info: ValidationInfo) -> object:
    value = _from_text(value, info)
    if type(value) is date:
        return value
    if not isinstance(value, datetime) or value.tzinfo is not None:
        raise ValueError("must be a date such as 2026-11-03 or a local date-time such as 2026-11-03T10:00")
    return value


Day = Annotated[date, BeforeValidator(_day)]
LocalTime = Annotated[datetime, BeforeValidator(_local_time)]
DayOrLocalTime = Annotated[InstanceOf[date], BeforeValidator(_day_or_local_time)]
Words = Annotated[str, Strict()]
Name = Annotated[str, Strict(), Field(min_length=1)]
Whole = Annotated[int, Strict(), Field(ge=0)]
Positive = Annotated[int, Strict(), Field(ge=1)]
YesNo = Annotated[bool, Strict()]


_WITHOUT_SECONDS = re.compile(
    r"^(\s*[\w-]+\s*=\s*\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d)(?=(?:[Zz]|[+-]\d\d:\d\d)?\s*(?:#.*)?$)", re.MULTILINE
)
"""A field whose value is a date-time without seconds: TOML 1.1 allows it, Python's reader knows 1.0."""


def parse_toml(content: bytes) -> dict[str, Any]:
    """Return the tables of a TOML file.

    Raises:
        UnreadableFileError: With the line where it is not TOML.
    """
    try:
        return tomllib.loads(_WITHOUT_SECONDS.sub(r"\1:00", content.decode("utf-8")))
    except UnicodeDecodeError as error:
        raise UnreadableFileError([f"byte {error.start + 1}: the file is not UTF-8 text"]) from error
    except tomllib.TOMLDecodeError as error:
        raise UnreadableFileError([f"not TOML: {error}"]) from error


def read_bytes(path: Path) -> bytes:
    """Return the content of the file.

    Raises:
        UnreadableFileError: Where it cannot be read.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise UnreadableFileError([f"the file cannot be read: {error.strerror}"]) from error


def shaped(tables: Mapping[str, Any], shape: type[Shape], *, text: str = "", dates_as_text: bool = False) -> Shape:
    """Return ``tables`` in that shape.

    With the file's ``text`` a problem names the line, too, on which its table begins.

    Raises:
        UnreadableFileError: With every problem, each at its table and field.
    """
    try:
        return shape.model_validate(tables, context=DATES_AS_TEXT if dates_as_text else None)
    except ValidationError as error:
        found = error.errors(include_url=False)
        raise UnreadableFileError([_problem(details) + _line(details, text) for details in found]) from error


def _line(details: ErrorDetails, text: str) -> str:
    """Return `` (line 131)``, where the problem's table begins; empty where it stands in none."""
    match details["loc"]:
        case (str(table), int(index), *_):
            begins = _table_begins(text, table, index)
        case (str(table), _, *_):
            begins = _table_begins(text, table, 0)
        case _:
            begins = None
    return f" (line {begins})" if begins else ""


def _table_begins(text: str, table: str, index: int) -> int | None:
    header = re.compile(rf"^\s*\[\[?\s*{re.escape(table)}\s*\]", re.MULTILINE)
    found = next(islice(header.finditer(text), index, None), None)
    return text.count("\n", 0, found.end()) + 1 if found else None


def _problem(details: ErrorDetails) -> str:
    place, field = _place(details["loc"])
    prefix = f"{place}: " if place else ""
    if details["type"] in {"extra_forbidden", "unexpected_keyword_argument"}:
        kind = "table" if isinstance(details["input"], dict | list) and not place else "field"
        return f'{prefix}unknown {kind} "{field}"'
    if details["type"] == "missing":
        return f'{prefix}"{field}" is missing'
    if details["type"] == "too_long":
        return f'"{field}" may stand {details["ctx"]["max_length"]} time at most'
    words = details["msg"].removeprefix("Value error, ").replace("Input should be", "must be")
    return f'{prefix}"{field}" {words}' if field else f"{prefix}{words}"


def _place(location: tuple[int | str, ...]) -> tuple[str, str]:
    """Return the table and the field that pydantic's location means, counting tables from 1 as people do."""
    match location:
        case (str(table), int(index), *rest):
            return f"[[{table}]] number {index + 1}", _path(rest)
        case (str(table), field, *rest):
            return f"[{table}]", _path([field, *rest])
        case _:
            return "", _path(list(location))


def _path(steps: list[int | str]) -> str:
    return ".".join(str(step + 1) if isinstance(step, int) else step for step in steps)
