"""The outermost edge: one place that says which failure becomes which answer (design, habits)."""

from collections.abc import Callable
from typing import TypeVar
from urllib.error import URLError
from uuid import uuid4

import structlog
from slack_sdk.errors import SlackApiError

from bot.permissions import UnknownPersonError
from bot.slack.refusals import AWAY, REFUSALS, error_of, reason_of
from bot.telemetry import request_log
from bot.views.onboarding import stranger_card
from bot.views.problem import error_card, unexpected
from bot.views.reply import Reply
from jobs.channel import ChannelError, Posted
from ledger.errors import DatabaseAwayError, LedgerError, OutcomeUnknownError
from ledger.storage.failures import PASSING, told
from ledger.storage.retries import with_retries

Answer = TypeVar("Answer")

log = structlog.get_logger("bot.errors")

_POSTED = {
    Posted.NOTHING: "Nothing was posted.",
    Posted.PART: "Part of it was posted.",
    Posted.UNKNOWN: "It is not known whether it was posted.",
}


def answered(work: Callable[[], Answer], *, what: str, typed: str = "", saves: bool = True) -> Answer | Reply:
    """Return what ``work`` returns, or the card that says what went wrong.

    Where ``work`` ``saves``, the card says that nothing was saved.
    A passing failure of the database is not told: ``work`` is done again as long as its user waits
    (``ledger.storage.retries``), so it is a whole unit, and what it asks of Slack comes after all that it asks of the
    ledger.
    ``what`` names the request in the log, which never has what was ``typed``: that is given back to its author.
    """
    request_log.named(what)
    try:
        return with_retries(work)
    except LedgerError as error:
        return _refused(error, typed=typed, saves=saves)
    except ChannelError as error:
        return _refused(channel_error(error), typed=typed, saves=False)
    except (SlackApiError, URLError) as error:
        return _slack_failed(error, what, typed=typed, saves=saves)
    except Exception as error:  # noqa: BLE001 - the outermost edge: logged with a reference, shown with that reference
        return _failed(error, what, typed=typed, saves=saves)


def _refused(error: LedgerError, *, typed: str, saves: bool) -> Reply:
    request_log.refused(error.code)
    if isinstance(error, UnknownPersonError):
        return stranger_card(error, error.admins, typed=typed, saves=saves)
    return error_card(error, typed=typed, saves=saves)


def channel_error(error: ChannelError) -> LedgerError:
    """Return what a refused message or file means to the person who asked for it, and how much of it is there."""
    refusal = error_of(error.reason)
    return LedgerError(refusal.code, f"{refusal.title} {_POSTED[error.posted]}", refusal.remedy)


def _failed(error: Exception, what: str, *, typed: str, saves: bool) -> Reply:
    if isinstance(error, OutcomeUnknownError):
        unknown = outcome_unknown()
        request_log.failed(code=unknown.code)
        log.error("outcome_unknown", request=what)
        return error_card(unknown, typed=typed, saves=False)
    failure = told(error)
    if not isinstance(failure, DatabaseAwayError):
        return unexpected(reference_for(what, error), typed=typed, saves=saves)
    shown = for_whoever_typed(failure)
    request_log.failed(code=shown.code)
    log_failure(failure, error, what)
    return error_card(shown, typed=typed, saves=saves)


def log_failure(failure: LedgerError, error: Exception, what: str) -> None:
    """Log that the database could not be reached, or why it takes nothing; never the error's own words."""
    kind = type(error).__name__
    if failure.code in PASSING:
        log.error("database_away", request=what, kind=kind, code=failure.code)
    else:
        log.error("database_refused", request=what, kind=kind, code=failure.code)


def for_whoever_typed(failure: LedgerError) -> LedgerError:
    """Return what a failure that an operator can mend (``ledger.storage.failures``) means to the person who typed."""
    if failure.code == "LEDGER_BUSY":
        return DatabaseAwayError(
            "LEDGER_BUSY",
            "Something large is being saved, such as an import. Nothing was saved.",
            "Keep what you typed and send it again in a minute.",
        )
    if failure.code in PASSING:
        return DatabaseAwayError(
            "DATABASE_AWAY",
            "The ledger cannot be reached just now. Nothing was saved.",
            "Keep what you typed and send it again in a minute.",
        )
    if failure.code == "DISK_FULL":
        return DatabaseAwayError(
            "DISK_FULL",
            "The ledger's disk is full.",
            "Keep what you typed and tell your administrator; send it again once they have made room.",
        )
    return DatabaseAwayError(
        failure.code,
        "The ledger cannot be used just now.",
        f"Keep what you typed and tell your administrator the code {failure.code}; whoever runs the bot finds it with: "
        "ccm doctor",
    )


def outcome_unknown() -> LedgerError:
    """Return what a commit that was cut off means to the person who typed."""
    return LedgerError(
        "OUTCOME_UNKNOWN",
        "The ledger was lost while this was being saved. It is not known whether it was saved.",
        "Look before you send it again: /ccm me lists what you logged today. Time that looks like what you just "
        "logged is asked about before it is saved twice.",
    )


def _slack_failed(error: SlackApiError | URLError, what: str, *, typed: str, saves: bool) -> Reply:
    """Return the card for what Slack refused of an answer: a form, a view, what an answer had to ask."""
    reason = AWAY if isinstance(error, URLError) else reason_of(error)
    refusal = error_of(reason)
    if reason not in REFUSALS:
        log.error("slack_refused", request=what, reason=reason)
        return unexpected(reference_for(what, error), typed=typed, saves=saves)
    request_log.failed(code=refusal.code)
    log.error("slack_away" if reason == AWAY else "slack_refused", request=what, reason=reason)
    return error_card(refusal, typed=typed, saves=saves)


def report(error: Exception) -> None:
    """Log a failure that reached Bolt itself: nobody can be answered any more."""
    reference_for("listener", error)


def reference_for(what: str, error: Exception) -> str:
    """Log the failure under a new reference number and return that number. An exception's words may carry data."""
    reference = uuid4().hex[:8].upper()
    request_log.failed(reference)
    log.error("unexpected_failure", reference=reference, request=what, kind=type(error).__name__, trace=_places(error))
    return reference


def _places(error: Exception) -> list[str]:
    """Return where in the code it failed, file by line, without any value."""
    places = []
    trace = error.__traceback__
    while trace is not None:
        places.append(f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}")
        trace = trace.tb_next
    return places
