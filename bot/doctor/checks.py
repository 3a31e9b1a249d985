"""The examination on one screen: what is looked at, in which order, and what is left out once a part is away."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from pydantic import ValidationError
from slack_sdk.errors import SlackApiError
from sqlalchemy.exc import SQLAlchemyError

from bot.doctor import database, practice, rulebooks, slack
from bot.doctor.findings import Finding, Setup, problem, problem_of, warning
from bot.slack.refusals import TOKEN_REFUSALS, Kind, reason_of, refusal_of
from ledger.errors import LedgerError
from ledger.storage.failures import told

Check = Callable[[Setup], Iterable[Finding]]

SLACK, LEDGER, CHANNELS = "Slack", "the ledger", "the channels"


@dataclass(frozen=True, slots=True)
class Part:
    """A part of an installation: the checks that raise an error where it is away, and the others.

    It is not looked at where one that it ``needs`` is away.
    """

    name: str
    first: tuple[Check, ...]
    others: tuple[Check, ...]
    needs: frozenset[str] = frozenset()


PARTS = (
    Part(
        SLACK,
        (slack.tokens_are_taken,),
        (slack.requests_can_come_in, slack.scopes_are_those_of_the_manifest, slack.clock_is_right),
    ),
    Part(
        LEDGER,
        (database.database_answers, database.migrations_are_newest, database.policies_can_be_read),
        (
            database.writes_are_taken,
            database.writes_are_kept,
            database.disk_has_room,
            database.changes_are_refused,
            database.practices_are_kept_apart,
            database.ledger_is_for_its_owner,
            rulebooks.books_can_be_used,
            practice.record_is_whole,
            practice.set_up_is_complete,
            practice.people_can_work,
            practice.values_can_be_read,
            practice.practice_is_attested,
            practice.messages_are_planned,
            practice.nothing_waits_too_long,
        ),
    ),
    Part(
        CHANNELS,
        (),
        (slack.workspaces_have_a_practice, slack.channels_can_be_posted_in),
        needs=frozenset({SLACK, LEDGER}),
    ),
)


def examine(setup: Setup) -> Iterator[Finding]:
    """Yield everything that is found, in order; a part that is away is a finding, and the rest of it is left out."""
    away: set[str] = set()
    for part in PARTS:
        yield from _examined(part, setup, away)


def _examined(part: Part, setup: Setup, away: set[str]) -> Iterator[Finding]:
    for check in () if part.needs & away else part.first:
        met: list[Finding] = []
        yield from _held(check, setup, met)
        if met:
            away.add(part.name)
            break
    if away & (part.needs | {part.name}):
        yield warning("NOT_EXAMINED", f"The rest of {part.name} was not looked at.", "Mend the above, then: ccm doctor")
        return
    for check in part.others:
        yield from _held(check, setup, [])


def _held(check: Check, setup: Setup, met: list[Finding]) -> Iterator[Finding]:
    """Yield what the check finds; an error that it meets is a finding too, and kept in ``met``."""
    try:
        yield from check(setup)
    except (LedgerError, SlackApiError, OSError, SQLAlchemyError, ValidationError) as error:
        met.append(_found(error))
        yield met[-1]


def _found(error: LedgerError | SlackApiError | OSError | SQLAlchemyError | ValidationError) -> Finding:
    failure = told(error)
    if failure is not None:
        return problem_of(failure)
    match error:
        case SlackApiError():
            return _slack_refuses(reason_of(error))
        case OSError():
            remedy = "Check the network, the proxy and SLACK_API_URL; then https://slack-status.com"
            return problem("SLACK_AWAY", f"Slack cannot be reached ({type(error).__name__}).", remedy)
        case ValidationError():
            name = str(error.errors()[0]["loc"][0])
            remedy = f"Return it to its default: ccm policy reset {name} --as admin1"
            return problem("POLICY_UNREADABLE", f"A practice's setting {name} cannot be read.", remedy)
    remedy = "Was the schema changed beside the program? A backup restores it; what the database logged says more."
    return problem("DATABASE_DIFFERS", f"The database does not answer as it should ({type(error).__name__}).", remedy)


def _slack_refuses(reason: str) -> Finding:
    if reason in TOKEN_REFUSALS:
        remedy = "Copy it again from the app's pages: xoxb-… from OAuth & Permissions, xapp-… from Basic Information."
        return problem("SLACK_TOKEN", f"Slack refuses a token ({reason}).", remedy)
    row = refusal_of(reason)
    again = "Try again in a minute: ccm doctor. If it stays so: https://slack-status.com"
    return problem("SLACK_REFUSES", f"Slack answers with {reason}.", again if row.kind is Kind.PASSING else row.remedy)
