"""Slack's refusals: one row a code, for every call (posting, files, views, direct messages).

A row says why in words, what to do, whether the same call may be taken by and by, and what the code means to the jobs.
Slack's codes stand with each method, for example https://docs.slack.dev/reference/methods/chat.postMessage#errors.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from http.client import HTTPException

from slack_sdk.errors import SlackApiError

from bot.slack.availability import is_down
from jobs.channel import CLAIM_LOST, ChannelError, Posted, Refusal
from ledger.errors import LedgerError

UNREACHABLE = (OSError, HTTPException)
"""What is raised where Slack cannot be asked: a connection lost halfway through an answer is no ``OSError``."""
AWAY = "slack_unreachable"
"""Our own word for that."""
SHARED = "is_ext_shared"
"""Our own word for a channel that is shared with another organization: Slack would take a digest there, we do not."""
OURS = frozenset({AWAY, SHARED, CLAIM_LOST})
"""Our own words among Slack's."""
DELIVERED_AGAIN = "exchanged_trigger_id"


class Kind(StrEnum):
    """What is in the way. Nothing but ``PASSING`` goes away by itself: only of that is "try again" said."""

    PASSING = "passing"
    TOKEN = "token"  # noqa: S105 - a kind of refusal
    RIGHTS = "rights"
    CHANNEL = "channel"
    PERSON = "person"
    MESSAGE = "message"
    BLOCKS = "blocks"
    FILES = "files"
    VIEW = "view"


@dataclass(frozen=True, slots=True)
class Refused:
    """What one code means: ``words`` say why, ``remedy`` what to do; ``later`` is what it means for the jobs' tries.

    ``is_unsure`` says that some of what was asked may have been done all the same.
    """

    kind: Kind
    words: str
    remedy: str
    later: Refusal = Refusal.FOR_NOW
    is_unsure: bool = False
    code: str = "SLACK_REFUSED"


_AGAIN = "Try again in a minute."
_LOOK = "Look whether it was done. If not, try again in a minute."
_REINSTALL = (
    "Tell your administrator: the app is installed again from its settings (https://api.slack.com/apps) and its token "
    "set again; ccm doctor says what is wrong."
)
_SCOPES = (
    "Tell your administrator: manifest.yml is pasted into the app's settings (https://api.slack.com/apps) and the app "
    "installed again; ccm doctor names what is missing."
)
_OWNER = "Ask an owner of the workspace to allow it to this app."
_OTHER_CHANNEL = "Give the team another channel with /ccm team, or let an owner of the workspace allow the app to post."
_FAULT = "Tell your administrator Slack's word: waiting cures nothing, the bot has to be mended."


def _rows(codes: str, row: Refused) -> dict[str, Refused]:
    return dict.fromkeys(codes.split(), row)


REFUSALS: Mapping[str, Refused] = {
    **_rows(
        "ratelimited rate_limited message_limit_exceeded",
        Refused(Kind.PASSING, "Slack takes no more of the app's messages just now.", _AGAIN),
    ),
    **_rows(
        "service_unavailable request_timeout team_added_to_org org_login_required",
        Refused(Kind.PASSING, "Slack is not to be had for this workspace just now.", _AGAIN),
    ),
    **_rows(
        "internal_error fatal_error",
        Refused(Kind.PASSING, "Slack failed with an error of its own.", _LOOK, is_unsure=True),
    ),
    AWAY: Refused(Kind.PASSING, "Slack did not answer.", _LOOK, is_unsure=True, code="SLACK_AWAY"),
    CLAIM_LOST: Refused(Kind.PASSING, "Another process of the bot is at it.", _LOOK, is_unsure=True),
    "file_update_failed": Refused(Kind.PASSING, "Slack did not get the file ready.", _AGAIN),
    "expired_trigger_id": Refused(
        Kind.PASSING,
        "Slack waits three seconds for a form; this one came later.",
        "Try again: it is usually faster the second time.",
        code="FORM_TOO_LATE",
    ),
    "hash_conflict": Refused(Kind.PASSING, "what is shown has changed meanwhile.", "Try again with what is shown now."),
    DELIVERED_AGAIN: Refused(
        Kind.VIEW, "Slack delivered this twice; it was answered the first time.", "Nothing to do."
    ),
    **_rows(
        "invalid_auth not_authed account_inactive token_revoked token_expired",
        Refused(Kind.TOKEN, "Slack does not take the bot's token any more.", _REINSTALL),
    ),
    **_rows(
        "missing_scope not_allowed_token_type no_permission",
        Refused(Kind.RIGHTS, "the app was not granted a right that this needs.", _SCOPES),
    ),
    **_rows(
        "access_denied accesslimited enterprise_is_restricted ekm_access_denied team_access_not_granted "
        "two_factor_setup_required",
        Refused(Kind.RIGHTS, "a rule of the organization keeps the app from it.", _OWNER),
    ),
    **_rows(
        "restricted_action restricted_action_read_only_channel restricted_action_thread_only_channel "
        "restricted_action_non_threadable_channel restricted_action_thread_locked posting_to_channel_denied "
        "cannot_reply_to_message",
        Refused(Kind.RIGHTS, "a setting of the workspace keeps the app from posting in that channel.", _OTHER_CHANNEL),
    ),
    "not_in_channel": Refused(
        Kind.CHANNEL,
        "the bot is not in that channel.",
        "Invite it there with /invite @CCM Ledger; then ask again.",
        Refusal.CHANNEL_GONE,
    ),
    **_rows(
        "channel_not_found invalid_channel",
        Refused(
            Kind.CHANNEL,
            "there is no such channel, or it is private and the bot is not in it.",
            "Invite the bot there with /invite @CCM Ledger, or give the team another channel with /ccm team.",
            Refusal.CHANNEL_GONE,
        ),
    ),
    "is_archived": Refused(
        Kind.CHANNEL,
        "that channel is archived.",
        "Give the team another one with /ccm team.",
        Refusal.CHANNEL_GONE,
    ),
    SHARED: Refused(
        Kind.CHANNEL,
        "That channel is shared with another organization, whose people would see patient codes (is_ext_shared).",
        "Give the team a channel of your own workspace with /ccm team.",
        Refusal.CHANNEL_GONE,
        code="CHANNEL_SHARED",
    ),
    **_rows(
        "user_not_found user_disabled cannot_dm_bot user_not_visible",
        Refused(
            Kind.PERSON,
            "Slack has no active account of that person's that could be written to.",
            "Correct the account with /ccm staff.",
            Refusal.CHANNEL_GONE,
        ),
    ),
    "user_is_restricted": Refused(Kind.PERSON, "the app may not write to a guest.", _OWNER),
    "messages_tab_disabled": Refused(Kind.PERSON, "the app's Messages tab is switched off.", _SCOPES),
    **_rows(
        "message_not_found cant_update_message",
        Refused(Kind.MESSAGE, "the message is not there any more.", "Post it again: /ccm digest", Refusal.MESSAGE_GONE),
    ),
    **_rows(
        "edit_window_closed thread_not_found",
        Refused(Kind.MESSAGE, "the message can be changed no longer.", "Post it again: /ccm digest"),
    ),
    "msg_too_long": Refused(
        Kind.MESSAGE, "the message is longer than Slack takes.", "Ask for less: one team, one month or one program."
    ),
    **_rows(
        "no_text metadata_too_large invalid_metadata_format invalid_arguments",
        Refused(Kind.MESSAGE, "Slack does not take it as the bot wrote it.", _FAULT),
    ),
    **_rows(
        "invalid_blocks invalid_blocks_format invalid_attachments msg_blocks_too_long",
        Refused(Kind.BLOCKS, "Slack does not take the message as the bot laid it out.", _FAULT),
    ),
    **_rows(
        "file_uploads_disabled file_uploads_except_images_disabled file_type_not_allowed blocked_file_type",
        Refused(Kind.FILES, "the workspace takes no such files.", f"{_OWNER} The same in the terminal: ccm export"),
    ),
    **_rows(
        "file_upload_size_restricted storage_limit_reached",
        Refused(
            Kind.FILES,
            "the workspace has no room for the file.",
            "Ask an owner of the workspace to make room. The same in the terminal: ccm export",
        ),
    ),
    "file_not_found": Refused(Kind.FILES, "Slack does not have the file any more.", "Ask for it again."),
    **_rows(
        "view_too_large duplicate_external_id push_limit_reached invalid_trigger_id",
        Refused(Kind.VIEW, "Slack does not show the form as the bot wrote it.", _FAULT),
    ),
    "not_found": Refused(Kind.VIEW, "the form is closed.", "Open it again."),
    "not_enabled": Refused(Kind.VIEW, "the app's Home tab is switched off.", _SCOPES),
    **_rows(
        "expired_url used_url invalid_url",
        Refused(Kind.VIEW, "it is too late to answer there.", "Type the command again."),
    ),
}

TOKEN_REFUSALS = frozenset(code for code, row in REFUSALS.items() if row.kind is Kind.TOKEN)
"""How Slack refuses a token."""
_UNKNOWN = Refused(
    Kind.MESSAGE, "it is a reason that the bot does not know.", "Tell your administrator Slack's word and the time."
)


def refusal_of(reason: str) -> Refused:
    """Return the row of a code; of one that is not in the table, that it is unknown."""
    return REFUSALS.get(reason, _UNKNOWN)


def reason_of(error: SlackApiError) -> str:
    """Return Slack's own word for why; of an answer without one, what the HTTP status says."""
    said = str(error.response.get("error") or "unknown_error")
    return "internal_error" if said not in REFUSALS and is_down(error) else said


def error_of(reason: str) -> LedgerError:
    """Return what a refusal means to whoever asked for what was refused."""
    row = refusal_of(reason)
    title = row.words if reason in OURS else f"Slack refused ({reason}): {row.words}"
    return LedgerError(row.code, title, row.remedy)


def refused(error: SlackApiError) -> ChannelError:
    """Return what Slack's refusal means to whoever posts: for how long, and whether another try makes sense."""
    headers = {str(name).lower(): value for name, value in (getattr(error.response, "headers", None) or {}).items()}
    asked = str(headers.get("retry-after", "0"))
    wait = timedelta(seconds=int(asked)) if asked.isdecimal() else timedelta(0)
    return refused_by(reason_of(error), wait=wait)


def refused_by(reason: str, *, wait: timedelta = timedelta(0)) -> ChannelError:
    """Return what that code means to whoever posts; ``wait`` is how long Slack asks to be left alone."""
    row = refusal_of(reason)
    return ChannelError(reason, row.later, wait=wait, posted=Posted.UNKNOWN if row.is_unsure else Posted.NOTHING)


@contextmanager
def posting() -> Iterator[None]:
    """Raise what Slack refuses, or cannot be asked, as ``ChannelError``.

    Raises:
        ChannelError: Slack refused, or is away.
    """
    try:
        yield
    except SlackApiError as error:
        raise refused(error) from error
    except UNREACHABLE as error:
        raise refused_by(AWAY) from error
