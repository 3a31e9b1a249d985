"""The kinds of files that can be imported: one row each, which the terminal, the demo and the docs follow."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from ledger.claims.columns import CLAIM_FILE
from ledger.imports.claim_file import import_claims
from ledger.imports.entry_file import ENTRY_FILE, import_entries
from ledger.imports.fact_files import import_facts
from ledger.imports.roster_files import import_designations, import_patients, import_staff, import_teams
from ledger.imports.table_file import Rows, read_rows
from ledger.recording.fact_reading import FACT_FILES, FactFile
from ledger.recording.fact_rows import WITHDRAWN
from ledger.roster.designations import DESIGNATION_FILE
from ledger.roster.patients import PATIENT_FILE
from ledger.roster.staff import STAFF_FILE
from ledger.roster.teams import TEAM_FILE
from ledger.validation import Column, ImportSummary

Importer = Callable[..., ImportSummary]
"""Stores what a file says, all of it or nothing: takes a connection, a practice, the rows, ``at`` and ``progress``."""


@dataclass(frozen=True, slots=True)
class FileKind:
    """A kind of file in words, its columns, and what stores it.

    ``may_be_long`` says that its importer takes ``confirm_long``, for entries over 180 minutes (E4); ``may_cost`` that
    it takes ``confirmed``, for changes of what is billed.
    """

    summary: str
    columns: tuple[Column, ...]
    store: Importer
    may_be_long: bool = False
    may_cost: bool = False


def _of_facts(kind: str, file: FactFile) -> FileKind:
    columns, optional = ", ".join(("patient", *file.columns)), ", ".join((*file.optional, WITHDRAWN))
    summary = f"Facts about patients: {columns}; may be missing: {optional}."
    return FileKind(summary, file.described, partial(import_facts, kind=kind))


FILE_KINDS: Mapping[str, FileKind] = {
    "teams": FileKind("Care teams and their channels (name, channel_id).", TEAM_FILE, import_teams),
    "staff": FileKind("People, credentials, roles and teams.", STAFF_FILE, import_staff, may_cost=True),
    "patients": FileKind(
        "Patients by code, with enrollment, consent, initiating visit and care plan.",
        PATIENT_FILE,
        import_patients,
        may_cost=True,
    ),
    "entries": FileKind("Time that was documented elsewhere.", ENTRY_FILE, import_entries, may_be_long=True),
    "designations": FileKind(
        "Who bills for which patient: patient, practitioner; may be missing: from.",
        DESIGNATION_FILE,
        import_designations,
        may_cost=True,
    ),
    "claims": FileKind("What became of claim lines: the file of ccm claims comes back.", CLAIM_FILE, import_claims),
    **{kind: _of_facts(kind, file) for kind, file in FACT_FILES.items()},
}
"""The kinds by their name after ``ccm import``, in the order in which a practice imports them."""


def open_file(kind: str, path: Path, sheet: str | None = None) -> Rows:
    """Return the rows of a file of that kind, read before any transaction begins: a large one takes a while.

    Raises:
        LedgerError: For a file that cannot be read, ``ImportRefusedError`` for one whose header differs.
    """
    return read_rows(path, FILE_KINDS[kind].columns, sheet)
