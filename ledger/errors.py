"""Errors a user may meet: a stable code, a title, what was understood and a remedy with a valid example."""

from collections.abc import Sequence


class LedgerError(Exception):
    """Something the caller can mend. Nothing was saved when it is raised inside a transaction.

    ``code`` is stable and may be searched for; ``title`` is one line; ``remedy`` says what to do and shows
    an example that works. ``details`` are lines that name each thing that is wrong, where there are several. None of
    them carries a name or a note.
    """

    def __init__(self, code: str, title: str, remedy: str, details: Sequence[str] = ()) -> None:
        super().__init__(f"{code}: {title}")
        self.code = code
        self.title = title
        self.remedy = remedy
        self.details = tuple(details)


class ConfirmationNeededError(LedgerError):
    """What is stored only after its author confirms: an unusual entry (billing-rules E4, E7), a change that costs."""


class ProgramMissingError(LedgerError):
    """An entry that names no program, of a patient who is not enrolled in exactly one (E1)."""


class DatabaseAwayError(LedgerError):
    """The database cannot be reached or is not ready."""


class OutcomeUnknownError(Exception):
    """The connection was lost during a commit: what it was to store is stored or not, and nothing could say which.

    No ``LedgerError``: whoever handles those may take it that nothing was saved.
    """


REINSTALL = "Install the program again, all of it: pip install --force-reinstall ccm_ledger-*.whl"


def installation_lacks(what: str) -> LedgerError:
    """Return the error that says that a part of this installation is missing."""
    return LedgerError("INSTALLATION_INCOMPLETE", f"This installation lacks {what}.", REINSTALL)
