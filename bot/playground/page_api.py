"""The JSON that the browser page speaks with this server. What the page may do, a person of the workspace may."""

import asyncio
import contextlib
import datetime as dt
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from bot.playground.delivery.dispatch import Delivery
from bot.playground.errors import ImpossibleAction, SlackError
from bot.playground.messages import Message
from bot.playground.people.acting import People
from bot.playground.people.answers import Outcome
from bot.playground.settings import JSON
from bot.playground.surfaces import OpenView
from bot.playground.workspace import SLACKBOT_ID, Workspace

HEARTBEAT_SECONDS = 15.0
Action = Callable[[JSON], JSON]
END = None


class Stream:
    """The events one open page has still to be told. Fed from any thread, read on the server's event loop."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._events: asyncio.Queue[Mapping[str, Any] | None] = asyncio.Queue()

    def put(self, event: Mapping[str, Any] | None) -> None:
        """Add an event; `END` ends the stream."""
        # The loop may have closed between the change and this line; then nobody reads the stream.
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._events.put_nowait, event)

    async def lines(self) -> AsyncIterator[str]:
        """Yield events in the form of Server-Sent Events, and a comment when nothing happens."""
        while True:
            try:
                event = await asyncio.wait_for(self._events.get(), HEARTBEAT_SECONDS)
            except TimeoutError:
                yield ": still here\n\n"
                continue
            if event is END:
                return
            yield f"data: {json.dumps(event)}\n\n"


class PageApi:
    """The answers to the page. Everything that may wait for the app runs on a thread."""

    def __init__(self, workspace: Workspace, delivery: Delivery, people: People) -> None:
        self._workspace = workspace
        self._delivery = delivery
        self._people = people
        self._streams: set[Stream] = set()

    def routes(self) -> list[Route]:
        """Return the routes under /playground/."""
        reads = {
            "state": self._state,
            "messages": self._messages,
            "replies": self._messages,
            "modals": self._modals,
            "home": self._home,
            "log": self._log,
        }
        actions: dict[str, Action] = {
            "say": self._say,
            "action": self._press,
            "submit": self._submit,
            "close": self._close,
            "home": self._open_home,
            "options": self._options,
            "shortcut": self._shortcut,
        }
        return [
            *(Route(f"/playground/{name}", _reading(answer), methods=["GET"]) for name, answer in reads.items()),
            *(Route(f"/playground/{name}", _acting(act), methods=["POST"]) for name, act in actions.items()),
            Route("/playground/events", self._events, methods=["GET"]),
        ]

    def end_streams(self) -> None:
        """End every stream of events, so that the server can stop."""
        for stream in list(self._streams):
            stream.put(END)

    def _state(self, query: Mapping[str, str]) -> JSON:
        place, features = self._workspace.installation, self._workspace.features
        user_id = query.get("user")
        return {
            "team": {"id": place.team_id, "name": place.team_name},
            "app": {"id": place.app_id, "name": features.app_name, "bot_user_id": place.bot_user_id},
            "users": [
                {"id": each.id, "name": each.name, "title": each.title}
                for each in self._workspace.users.values()
                if not each.deleted
            ],
            "channels": [
                {
                    "id": each.id,
                    "name": each.name,
                    "members": each.members,
                    "bot_is_member": each.bot_is_member,
                    "is_ext_shared": each.is_ext_shared,
                }
                for each in self._workspace.channels.values()
                if each.kind == "channels" or user_id is None or user_id in each.members
            ],
            "commands": [vars(each) for each in features.commands],
            "shortcuts": [vars(each) for each in features.shortcuts],
            "connected": self._delivery.connected,
        }

    def _messages(self, query: Mapping[str, str]) -> JSON:
        user_id, channel_id, thread_ts = query["user"], query["channel"], query.get("thread_ts")
        self._refuse_stranger(user_id, channel_id)
        found = self._workspace.messages.seen_by(channel_id, user_id, thread_ts=thread_ts)
        return {"messages": [self._shown(each) for each in found]}

    def _modals(self, query: Mapping[str, str]) -> JSON:
        return {"views": [_shown_view(each) for each in self._workspace.views.stack(query["user"])]}

    def _home(self, query: Mapping[str, str]) -> JSON:
        home = self._workspace.views.home(query["user"])
        return {"view": None if home is None else _shown_view(home)}

    def _log(self, query: Mapping[str, str]) -> JSON:
        entries = self._workspace.traffic.newest(int(query.get("limit", "200")))
        return {
            "log": [
                {
                    "time": _iso(entry.time),
                    "direction": entry.direction,
                    "kind": entry.kind,
                    "summary": entry.summary,
                    "payload": entry.payload,
                    "refused": entry.refused,
                }
                for entry in entries
            ]
        }

    def _say(self, given: JSON) -> JSON:
        return _told(self._people.say(given["user"], given["channel"], given["text"], given.get("thread_ts")))

    def _press(self, given: JSON) -> JSON:
        element = {"action_id": given["action_id"], "block_id": given.get("block_id")}
        return _told(
            self._people.press(
                given["user"], given["container"], element, given.get("value"), given.get("state", {}).get("values")
            )
        )

    def _submit(self, given: JSON) -> JSON:
        outcome = self._people.submit(given["user"], given["view_id"], given.get("values"))
        return {"ok": outcome.ok, "errors": outcome.errors or None, "error": outcome.error}

    def _close(self, given: JSON) -> JSON:
        return _told(self._people.close(given["user"], given["view_id"]))

    def _open_home(self, given: JSON) -> JSON:
        outcome = self._people.open_home(given["user"])
        return {**_told(outcome), **self._home(given)}

    def _options(self, given: JSON) -> JSON:
        element = {"action_id": given["action_id"], "block_id": given.get("block_id")}
        return self._people.suggest(given["user"], given["container"], element, given.get("query", ""))

    def _shortcut(self, given: JSON) -> JSON:
        message = {"channel": given["channel"], "ts": given["ts"]} if given.get("ts") else None
        return _told(self._people.take_shortcut(given["user"], given["callback_id"], message))

    async def _events(self, request: Request) -> Response:
        user_id = request.query_params.get("user")
        stream = Stream()

        def tell(about: str | None, event: Mapping[str, Any]) -> None:
            if about in (None, user_id):
                stream.put(event)

        self._streams.add(stream)
        unsubscribe = self._workspace.changes.subscribe(tell)

        async def lines() -> AsyncIterator[str]:
            try:
                yield ": hello\n\n"
                async for line in stream.lines():
                    yield line
            finally:
                unsubscribe()
                self._streams.discard(stream)

        return StreamingResponse(lines(), media_type="text/event-stream", headers={"Cache-Control": "no-store"})

    def _refuse_stranger(self, user_id: str, channel_id: str) -> None:
        channel = self._workspace.channels.get(channel_id)
        if channel is None or user_id not in channel.members:
            raise ImpossibleAction("this person is not in this channel")

    def _shown(self, message: Message) -> JSON:
        body = self._workspace.messages.as_api(message)
        return {
            "ts": message.ts,
            "user": body.get("user"),
            "bot": "bot_id" in body or body.get("user") == SLACKBOT_ID,
            "author": self._author(body),
            "text": body.get("text", ""),
            "blocks": body.get("blocks", []),
            "files": body.get("files", []),
            "ephemeral": message.ephemeral_for is not None,
            "thread_ts": message.thread_ts,
            "edited": "edited" in body,
            "reply_count": body.get("reply_count", 0),
            "time": _iso(float(message.ts)),
            "metadata": body.get("metadata"),
            "raw": body,
        }

    def _author(self, body: JSON) -> str:
        if "bot_id" in body:
            return self._workspace.features.app_name
        user = self._workspace.users.get(str(body.get("user")))
        return "Slackbot" if user is None else user.real_name


def _reading(answer: Callable[[Mapping[str, str]], JSON]) -> Callable[[Request], Awaitable[Response]]:
    async def respond(request: Request) -> Response:
        return await _answered(answer, dict(request.query_params))

    return respond


def _acting(act: Action) -> Callable[[Request], Awaitable[Response]]:
    async def respond(request: Request) -> Response:
        # Only pages of this server can send JSON here: for others the browser asks first, and is told no.
        if not request.headers.get("content-type", "").startswith("application/json"):
            return JSONResponse({"ok": False, "error": "the body must be application/json"}, status_code=415)
        try:
            given = await request.json()
        except json.JSONDecodeError:
            return JSONResponse({"ok": False, "error": "the body must be JSON"}, status_code=400)
        return await _answered(act, given)

    return respond


async def _answered(answer: Callable[[Any], JSON], given: Any) -> Response:
    try:
        return JSONResponse(await run_in_threadpool(answer, given))
    except (ImpossibleAction, SlackError) as error:
        return JSONResponse({"ok": False, "error": str(error)})
    except KeyError as error:
        return JSONResponse({"ok": False, "error": f"missing: {error.args[0]}"}, status_code=400)


def _told(outcome: Outcome) -> JSON:
    return {"ok": True} if outcome.ok else {"ok": False, "error": outcome.error}


def _shown_view(opened: OpenView) -> JSON:
    return dict(opened.body)


def _iso(seconds: float) -> str:
    return dt.datetime.fromtimestamp(seconds, dt.UTC).isoformat()
