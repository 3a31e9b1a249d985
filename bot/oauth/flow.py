"""Installing the bot: the page with the button, the way back from Slack, and what is made of it.

https://docs.slack.dev/authentication/installing-with-oauth
"""

from collections.abc import Callable
from concurrent.futures import Executor
from datetime import datetime
from functools import partial

import structlog
from slack_bolt import BoltRequest, BoltResponse
from slack_bolt.oauth import OAuthFlow
from slack_bolt.oauth.callback_options import CallbackOptions, FailureArgs, SuccessArgs
from slack_bolt.oauth.oauth_settings import OAuthSettings
from slack_sdk import WebClient
from slack_sdk.oauth.installation_store import Installation
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from bot.errors import answered, for_whoever_typed, log_failure
from bot.messages.direct_messages import send_direct
from bot.oauth.pages import HEADERS, install_page, installed_page, problem_page
from bot.oauth.states import STATE_SECONDS, SharedStates
from bot.oauth.store import Installations
from bot.onboarding import account_of
from bot.slack.manifest import bot_scopes
from bot.views.installed import next_steps, welcome
from ledger.errors import LedgerError, OutcomeUnknownError
from ledger.roster.setup import Beginning, begin_practice
from ledger.storage.database import Database
from ledger.storage.failures import PASSING, told

log = structlog.get_logger("bot.installations")

_FAILURES = {
    "access_denied": ("Nothing was installed", "You did not give CCM Ledger permission. Start again if you meant to."),
    "invalid_browser": (
        "This page was opened by another way",
        "An installation begins and ends in one browser, within ten minutes, from this bot's own page.",
    ),
    "invalid_state": (
        "This installation was finished or took too long",
        "The way back from Slack can be used once, within ten minutes.",
    ),
    "missing_code": ("Slack did not say what it allows", "Nothing was installed."),
    "invalid_code": (
        "Slack did not confirm the installation",
        "Nothing was installed. If it happens again, whoever runs the bot checks the app's secrets and Redirect URLs.",
    ),
}
_OTHERWISE = ("Slack did not install the app", "Nothing was installed.")
_PUT_BY = "beginning"


class InstallFlow(OAuthFlow):
    """Bolt's flow with the bot's own pages, for workspaces alone, and with a practice for each."""

    def __init__(
        self,
        database: Database,
        installations: Installations,
        client: WebClient,
        now: Callable[[], datetime],
        *,
        executor: Executor,
        admins: frozenset[str],
        slack_url: str,
    ) -> None:
        """``client`` needs no token; ``slack_url`` is where Slack is in a browser, with a slash at its end."""
        app = installations.app
        super().__init__(
            client=client,
            settings=OAuthSettings(
                client_id=app.client_id,
                client_secret=app.client_secret.get_secret_value(),
                scopes=list(bot_scopes()),
                user_scopes=[],
                redirect_uri=app.redirect_url,
                authorization_url=f"{slack_url}oauth/v2/authorize",
                installation_store=installations.store,
                state_store=SharedStates(database),
                state_expiration_seconds=STATE_SECONDS,
                callback_options=CallbackOptions(success=self._succeeded, failure=self._failed),
            ),
        )
        self._database = database
        self._installations = installations
        self._now = now
        self._executor = executor
        self._admins = admins
        self._slack_url = slack_url

    def handle_installation(self, request: BoltRequest) -> BoltResponse:
        """Return the page with the button."""
        response = self._told(lambda: super(InstallFlow, self).handle_installation(request))
        response.headers |= {name.lower(): [value] for name, value in HEADERS.items()}
        return response

    def handle_callback(self, request: BoltRequest) -> BoltResponse:
        """Return the way back from Slack."""
        return self._told(lambda: super(InstallFlow, self).handle_callback(request))

    def build_install_page_html(self, url: str, request: BoltRequest) -> str:  # noqa: ARG002 - Bolt's signature
        """Return the page with the button."""
        return install_page(url)

    def store_installation(self, request: BoltRequest, installation: Installation) -> None:
        """Begin the practice, if it is new, and keep the tokens.

        Raises:
            LedgerError: ORG_INSTALL.
        """
        if installation.is_enterprise_install or installation.team_id is None:
            raise LedgerError(
                "ORG_INSTALL",
                "CCM Ledger cannot be installed for a whole organization",
                "Nothing was installed. One workspace is one practice: start again, and choose a workspace in Slack's "
                "page, not the organization.",
            )
        client = self._installations.with_token(installation)
        account = account_of(client, installation.user_id)
        name = installation.team_name or installation.team_id
        beginning = self._begin(installation.team_id, name, str(account.get("tz") or ""))
        self._installations.save(installation)
        log.info("installed", practice=installation.team_id, new=beginning.is_new)
        steps = next_steps(
            beginning,
            theirs=str(account.get("tz") or ""),
            is_first_administrator=bool(account.get("is_primary_owner")) or installation.user_id in self._admins,
        )
        request.context[_PUT_BY] = (beginning, steps)
        send = partial(send_direct, client, installation.user_id, welcome(beginning, steps).payload())
        self._executor.submit(answered, send, what="welcome", saves=False)

    def _begin(self, practice_id: str, name: str, timezone: str) -> Beginning:
        begin = partial(begin_practice, practice_id=practice_id, name=name, timezone=timezone, at=self._now())
        database = self._database.of(practice_id)
        try:
            with database.writing() as connection:
                return begin(connection)
        except IntegrityError:  # somebody else has installed it in the same moment
            with database.writing() as connection:
                return begin(connection)

    def _succeeded(self, args: SuccessArgs) -> BoltResponse:
        beginning, steps = args.request.context[_PUT_BY]
        team = beginning.practice.practice_id
        slack = f"{self._slack_url}app_redirect?app={args.installation.app_id}&team={team}"
        return self._page(200, installed_page(beginning.practice.name, steps, slack))

    def _failed(self, args: FailureArgs) -> BoltResponse:
        log.warning("not_installed", reason=args.reason if args.reason in _FAILURES else "other")
        title, remedy = _FAILURES.get(args.reason, _OTHERWISE)
        return self._page(args.suggested_status_code, self._problem(title, remedy))

    def _told(self, work: Callable[[], BoltResponse]) -> BoltResponse:
        """Return the answer, or the page that says what went wrong."""
        try:
            return work()
        except LedgerError as error:
            log.warning("not_installed", reason=error.code)
            return self._page(400, self._problem(error.title, error.remedy))
        except (DBAPIError, PoolTimeoutError) as error:
            failure = told(error)
            if failure is None:
                raise
            log_failure(failure, error, "installation")
            when = "in a minute" if failure.code in PASSING else "when whoever runs the bot has mended that"
            remedy = f"Nothing was installed. Start again {when} ({failure.code})."
            return self._page(503, self._problem(for_whoever_typed(failure).title, remedy))
        except OutcomeUnknownError:
            log.error("outcome_unknown", request="installation")  # noqa: TRY400 - no words of it
            unknown = "Start again in a minute: to install it twice does no harm."
            return self._page(503, self._problem("It is not known whether the bot was installed", unknown))
        except OSError as error:
            log.error("slack_unreachable", request="installation", kind=type(error).__name__)  # noqa: TRY400 - the same
            return self._page(
                502, self._problem("Slack cannot be reached", "Nothing was installed. Start again later.")
            )

    def _problem(self, title: str, remedy: str) -> str:
        return problem_page(title, remedy, self._installations.app.install_url)

    def _page(self, status: int, body: str) -> BoltResponse:
        headers = HEADERS | {"Set-Cookie": self.settings.state_utils.build_set_cookie_for_deletion()}
        return BoltResponse(status=status, body=body, headers=dict(headers))
