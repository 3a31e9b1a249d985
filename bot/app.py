"""The Bolt app: Slack's requests to calls, calls to answers (design 8).

Listeners run before the acknowledgement and answer in it; what takes longer, or nobody waits for, runs after it.
"""

from collections.abc import Callable, Collection
from concurrent.futures import Executor
from datetime import datetime

from slack_bolt import App
from slack_sdk import WebClient

from bot.desk import Desk
from bot.edge import report
from bot.listeners import (
    accounts,
    card,
    closing,
    commands,
    corrections,
    digest,
    export,
    facts,
    home,
    lists,
    log,
    pages,
    pickers,
    roster,
    settings,
    shortcuts,
    strangers,
    timers,
)
from bot.not_shown_yet import NotShownYetRetryHandler
from bot.rate_limit import ShortWaitRetryHandler
from ledger.database import Database

SLACK_TIMEOUT_SECONDS = 30
# Among listeners that match a request, Bolt asks the first: export and reopen before every other command.
LISTENERS = (
    export,
    closing,
    commands,
    pages,
    lists,
    pickers,
    card,
    log,
    timers,
    corrections,
    facts,
    digest,
    home,
    shortcuts,
    roster,
    strangers,
    accounts,
    settings,
)


def web_client(token: str, base_url: str) -> WebClient:
    """A client that waits as Slack asks (Retry-After, ``bot.rate_limit``) and gives up after 30 seconds.

    A view that the acknowledgement has yet to show is waited for as well (``bot.not_shown_yet``).
    A call whose connection was lost is not repeated: Slack may have taken it.
    """
    return WebClient(
        token=token,
        base_url=base_url,
        timeout=SLACK_TIMEOUT_SECONDS,
        retry_handlers=[ShortWaitRetryHandler(), NotShownYetRetryHandler()],
    )


def build_app(
    database: Database,
    client: WebClient,
    signing_secret: str,
    now: Callable[[], datetime],
    *,
    executor: Executor,
    admins: Collection[str] = (),
) -> App:
    """The app with every listener that ``manifest.yml`` declares; nothing runs yet.

    ``executor`` does what is done behind the acknowledgements; whoever stops the app waits for it. ``admins`` are the
    Slack ids of those who are administrators whatever the roster says.
    """
    app = App(
        client=client,
        signing_secret=signing_secret,
        process_before_response=True,
        token_verification_enabled=False,
        listener_executor=executor,
    )
    app.error(report)
    desk = Desk(database, now, client, executor, frozenset(admins))
    for listener in LISTENERS:
        listener.listen(app, desk)
    return app
