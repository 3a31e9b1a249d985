"""Facts about patients, for tests; written through their import files as a user would."""

import tempfile
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from support.practice import AT, MONTH, import_file, statement, write_csv

from ledger.practice.practice import Practice
from ledger.recording.fact_reading import FACT_FILES
from ledger.recording.fact_rows import WITHDRAWN
from ledger.rules.facts import PatientMonth
from ledger.storage.database import Database
from ledger.storage.tables import PatientFactRow
from ledger.validation import ImportSummary


def import_fact_rows(
    database: Database, practice: Practice, kind: str, rows: Iterable[Mapping[str, str]], *, at: datetime = AT
) -> ImportSummary:
    """Imports rows of ``kind`` from a file, as ``ccm import`` does; P-1042 where a row names no patient.

    The file has a column ``withdrawn`` only where a row has one.
    """
    cells = [{"patient": "P-1042", **row} for row in rows]
    optional = (WITHDRAWN,) if any(WITHDRAWN in row for row in cells) else ()
    with tempfile.TemporaryDirectory() as directory:
        columns = ("patient", *FACT_FILES[kind].columns, *optional)
        path = write_csv(Path(directory) / f"{kind}.csv", columns, cells)
        return import_fact_file(database, practice, kind, path, at=at)


def import_fact_file(
    database: Database, practice: Practice, kind: str, path: Path, *, at: datetime = AT
) -> ImportSummary:
    """Imports a file of ``kind``, as ``ccm import`` does."""
    return import_file(database, practice, kind, path, at=at)


def stored_facts(database: Database, **columns: Any) -> int:
    """How many revisions of facts are stored that have these values."""
    with database.across_practices().reading() as connection:
        query = select(func.count()).select_from(PatientFactRow).filter_by(**columns)
        return connection.scalar(query) or 0


def facts_of(database: Database, practice: Practice, patient: str = "P-1042") -> PatientMonth:
    """The facts of November 2026 that hold now."""
    return statement(database, practice, patient, MONTH).facts
