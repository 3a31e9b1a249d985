"""Slack as the channel of digests: posted once, found again by the key in the message's metadata, changed in place."""

import hashlib
import json
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

import structlog
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.errors import answered
from bot.messages.channels import require_open
from bot.messages.in_text import in_blocks_or_text
from bot.messages.message_keys import key_of, keyed_message, metadata_of
from bot.slack.refusals import posting, reason_of
from bot.views.digest import digest_messages, picture_message
from bot.views.reply import Reply
from jobs.channel import ChannelError, Content, Posted, Refusal
from jobs.digests.listing import FIRST_MESSAGE, Message, Picture
from jobs.digests.posting import Digest, Progress
from ledger.characters import beginning

PAUSES_SECONDS = (0, 1, 2, 4)
"""Slack takes an uploaded picture into a message once it has looked at it, some seconds later (decision 013)."""
PICTURE_FILE = "patients-by-minutes.png"
UPLOAD_ALT_CHARACTERS = 1000

_WRONG_BLOCKS = "invalid_blocks"
"""How Slack refuses a picture that it does not have, or does not have ready."""

log = structlog.get_logger("bot.messages.digest_channel")


class SlackChannel:
    """Posts digests with a bot token; needs chat:write and, to find an earlier message, the channel's history.

    Pictures need files:write. A digest whose picture cannot be had is posted without it.
    """

    def __init__(self, client: WebClient, *, pause: Callable[[float], None] = time.sleep) -> None:
        """``client`` retries what Slack asks to be retried (429 with Retry-After)."""
        self._client = client
        self._pause = pause

    def contents(self, digest: Digest) -> list[Content]:
        """Return the digest's messages as the Web API takes them."""
        return [_content(reply) for reply in digest_messages(digest)]

    def deliver(self, digest: Digest, key: str, *, since: datetime, may_be_there: bool, progress: Progress) -> str:
        """Return the timestamp of the digest's message, posted unless it was there; raises ``ChannelError``.

        Raises:
            ChannelError: Slack refused, or is away.
        """
        channel = digest.team.channel_id
        there: dict[str, str] = {}
        with posting():
            require_open(self._client, channel)
            found = self._find(channel, key, since) if may_be_there else None
            picture = self._picture(digest, found, progress)
            if found is None:
                ts, picture = self._post_first(digest, key, picture, progress)
            else:
                ts = str(found["ts"])
                progress.has_posted(FIRST_MESSAGE, ts, None)
        try:
            with posting():
                if found is not None:
                    there = self._thread(channel, ts)
                self._post_rest(digest, key, ts, there, progress)
                if picture is not None and not picture.shown and _picture_key(key) not in there:
                    self._post_picture(digest, key, ts, picture, progress)
        except ChannelError as error:
            error.posted = Posted.PART
            raise
        return ts

    def update(self, channel_id: str, key: str, message: Message, content: Content) -> None:
        """Change a posted message in place, which notifies nobody; raise ``ChannelError``.

        The key goes along, though Slack keeps the metadata of a message that is changed without any.

        Raises:
            ChannelError: Slack refused, or is away.
        """
        metadata = metadata_of(_part_key(key, message.number))
        change = partial(self._client.chat_update, channel=channel_id, ts=message.ts, metadata=metadata)
        with posting():
            if not _shows_picture(content.payload):
                in_blocks_or_text(change, content.payload)
                return
            try:
                change(**content.payload)
            except SlackApiError as error:
                if reason_of(error) == _WRONG_BLOCKS:
                    raise ChannelError(_WRONG_BLOCKS, Refusal.PICTURE) from error
                raise

    def _post(self, channel: str, content: Content, key: str, *, thread_ts: str | None = None) -> str:
        post = partial(
            self._client.chat_postMessage,
            channel=channel,
            thread_ts=thread_ts,
            metadata=metadata_of(key),
            unfurl_links=False,
        )
        shows_picture = _shows_picture(
            content.payload
        )  # of one that Slack does not have ready, whoever asked knows more
        response = post(**content.payload) if shows_picture else in_blocks_or_text(post, content.payload)
        return str(response["ts"])

    def _post_first(
        self, digest: Digest, key: str, picture: Picture | None, progress: Progress
    ) -> tuple[str, Picture | None]:
        """Return the first message's timestamp, and the picture.

        ``shown`` where Slack had it ready before we gave up.
        """
        if picture is not None:
            shown = replace(picture, shown=True)
            content = self.contents(replace(digest, picture=shown))[0]
            ts = self._post_when_ready(digest.team.channel_id, content, key, progress)
            if ts is not None:
                progress.has_picture(shown)
                progress.has_posted(FIRST_MESSAGE, ts, content)
                return ts, shown
        content = self.contents(digest)[0]
        progress.may_post()
        ts = self._post(digest.team.channel_id, content, key)
        progress.has_posted(FIRST_MESSAGE, ts, content)
        return ts, picture

    def _post_when_ready(
        self, channel: str, content: Content, key: str, progress: Progress, thread_ts: str | None = None
    ) -> str | None:
        """Post a message with a picture; None where Slack does not take the picture."""
        for seconds in PAUSES_SECONDS:
            self._pause(seconds)
            progress.may_post()
            try:
                return self._post(channel, content, key, thread_ts=thread_ts)
            except SlackApiError as error:
                if reason_of(error) != _WRONG_BLOCKS:
                    raise
        log.warning("picture_refused", key=key)
        return None

    def _post_rest(self, digest: Digest, key: str, ts: str, there: dict[str, str], progress: Progress) -> None:
        for number, content in enumerate(self.contents(digest)[1:], start=FIRST_MESSAGE + 1):
            part_key = _part_key(key, number)
            if part_key in there:
                progress.has_posted(number, there[part_key], None)
            else:
                progress.may_post()
                part_ts = self._post(digest.team.channel_id, content, part_key, thread_ts=ts)
                progress.has_posted(number, part_ts, content)

    def _post_picture(self, digest: Digest, key: str, ts: str, picture: Picture, progress: Progress) -> None:
        """Post the picture as a message of the thread, where the first message could not have it."""
        content = _content(picture_message(digest, picture))
        self._post_when_ready(digest.team.channel_id, content, _picture_key(key), progress, thread_ts=ts)

    def _picture(self, digest: Digest, found: dict[str, Any] | None, progress: Progress) -> Picture | None:
        """Return the digest's picture, uploaded unless it was; None where it shall have none, or none can be had.

        ``found`` is the digest's first message, where it was posted before.
        """
        picture = digest.picture
        if picture is None and digest.standings and digest.practice.conduct.digest_picture:
            uploaded = answered(lambda: self._upload(digest), what="digest picture", saves=False)
            picture = uploaded if isinstance(uploaded, Picture) else None
        if picture is not None:
            picture = replace(picture, shown=found is not None and _shows_picture(found))
            progress.has_picture(picture)
        return picture

    def _upload(self, digest: Digest) -> Picture:
        # It is shared by the message that shows it: what is shared by the upload comes when Slack is ready, and with
        # an alternative text sometimes never.
        from bot.messages.chart import draw  # noqa: PLC0415 - matplotlib takes long to load: only who draws pays for it

        drawing = draw(digest)
        uploaded = self._client.files_upload_v2(
            content=drawing.png,
            filename=PICTURE_FILE,
            title=drawing.title,
            alt_txt=beginning(drawing.alt, UPLOAD_ALT_CHARACTERS),
        )
        return Picture(str(uploaded["files"][0]["id"]), drawing.alt, shown=False)

    def _find(self, channel: str, key: str, since: datetime) -> dict[str, Any] | None:
        return keyed_message(self._client, channel, key, since)

    def _thread(self, channel: str, ts: str) -> dict[str, str]:
        """Return the timestamps of the messages in a thread by their keys."""
        pages = self._client.conversations_replies(channel=channel, ts=ts, include_all_metadata=True, limit=200)
        return {key_of(message): str(message["ts"]) for page in pages for message in page["messages"]}


def _content(reply: Reply) -> Content:
    payload = reply.payload()
    return Content(payload, hashlib.sha256(json.dumps(payload, sort_keys=True).encode()).hexdigest())


def _part_key(key: str, number: int) -> str:
    return key if number == FIRST_MESSAGE else f"{key}#{number}"


def _picture_key(key: str) -> str:
    return f"{key}#picture"


def _shows_picture(message: Any) -> bool:
    return any(block["type"] == "image" for block in message.get("blocks", []))
