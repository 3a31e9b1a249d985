"""The outermost edge of every request, over HTTP and in Socket Mode: its id, its line in the log, its time."""

from slack_bolt import App, BoltRequest, BoltResponse

from bot.handling import handling, in_new_context, refused

KINDS = {
    "block_actions": "button",
    "block_suggestion": "menu",
    "view_submission": "form",
    "view_closed": "form",
    "shortcut": "shortcut",
    "message_action": "message shortcut",
    "event_callback": "event",
}
"""What a request is called in the log before its listener says what it does."""
HTTP_ERROR = 400


class WatchedApp(App):
    """Bolt's app; here every request comes in, over HTTP and in Socket Mode, and gets its id and its line in the log.

    Listeners run before the acknowledgement: how long this takes is how long Slack waits for it.
    """

    def dispatch(self, req: BoltRequest) -> BoltResponse:
        """The answer to the request."""
        return in_new_context(lambda: self._watched(req))

    def _watched(self, request: BoltRequest) -> BoltResponse:
        kind = KINDS.get(str(request.body.get("type")), "request")
        with handling("request_handled", kind):
            response = super().dispatch(request)
            if response.status >= HTTP_ERROR:
                refused(f"HTTP_{response.status}")
            return response
