"""A view that is changed from behind the acknowledgement which shows it: whoever is first, the change comes last."""

from slack_sdk.http_retry import BackoffRetryIntervalCalculator, HttpRequest, HttpResponse, RetryHandler, RetryState


class NotShownYetRetryHandler(RetryHandler):
    """Tries again where Slack does not know the ``external_id`` of a view yet, for about three seconds.

    The acknowledgement gives the view that id; work which is done sooner than Slack has read the acknowledgement would
    otherwise change the view before it, and be overwritten (https://docs.slack.dev/reference/methods/views.update).
    """

    def __init__(self) -> None:
        super().__init__(max_retry_count=5, interval_calculator=BackoffRetryIntervalCalculator(0.1))

    def _can_retry(
        self,
        *,
        state: RetryState,  # noqa: ARG002 - the interface's
        request: HttpRequest,
        response: HttpResponse | None = None,
        error: Exception | None = None,  # noqa: ARG002 - the interface's
    ) -> bool:
        is_unknown = response is not None and (response.body or {}).get("error") == "not_found"
        return is_unknown and request.url.endswith("/views.update") and b"view_id" not in (request.data or b"")
