"""The workspaces that installed the bot: their tokens, kept sealed and fresh, for every process alike."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackTokenRotationError
from slack_sdk.oauth.installation_store import Installation
from slack_sdk.oauth.installation_store.sqlalchemy import SQLAlchemyInstallationStore
from slack_sdk.oauth.token_rotation import TokenRotator
from sqlalchemy import ColumnElement, Engine, MetaData, Table, delete, func, select, update

from bot.config import OAuthApp
from bot.oauth.encryption import Seal, Sealed
from bot.oauth.tables import BOTS, INSTALLATIONS, bots_table, installations_table
from bot.slack.retry_handlers import RefusedTokenHandler, log_refused
from ledger.errors import LedgerError
from ledger.storage.database import Database

RENEWED_BEFORE = timedelta(hours=2)
"""How long before its end a token is renewed: until then it is good for whoever finds another renewing it."""
_ALWAYS_MINUTES = 10**9
"""What makes slack_sdk renew a token: whether it is time is asked here, by the bot's own clock."""
_RENEWING = 990491
"""The first half of the PostgreSQL lock under which one process renews a workspace's token."""


class NotInstalledError(LedgerError):
    """The bot has no token for that workspace."""

    def __init__(self, install_url: str) -> None:
        """``install_url`` is where it can be installed."""
        super().__init__(
            "NOT_INSTALLED",
            "CCM Ledger is not installed in this workspace any more.",
            f"Somebody who may add apps here installs it again at {install_url}. The practice's ledger is kept.",
        )


class SealedStore(SQLAlchemyInstallationStore):
    """slack_sdk's store, which seals what it writes. A workspace is found by its id alone.

    A workspace that joins an enterprise keeps its id, and Slack then sends the enterprise's along.
    """

    def __init__(self, client_id: str, engine: Engine, seal: Seal) -> None:
        super().__init__(client_id, engine)
        self.metadata = MetaData()
        self.installations = installations_table(self.metadata, Sealed(seal))
        self.bots = bots_table(self.metadata, Sealed(seal))

    def of_workspace(self, practice_id: str) -> Installation | None:
        """Return the newest installation in that workspace."""
        return self.find_installation(enterprise_id=None, team_id=practice_id)


class Installations:
    """Every installation of one Slack app. Safe to use from several threads and processes."""

    def __init__(
        self, database: Database, app: OAuthApp, web: Callable[[str | None], WebClient], now: Callable[[], datetime]
    ) -> None:
        """``web`` gives the client of a token.

        Raises:
            TokenKeysError: For keys that are none.
        """
        self.app = app
        self.engine = database.engine
        self.seal = Seal(app.token_keys.get_secret_value())
        self._is_sqlite = database.is_sqlite
        self._web = web
        self._now = now
        self._reader = SealedStore(app.client_id, self.engine, self.seal)
        self.store = SealedStore(app.client_id, self.engine.execution_options(ledger_writes=True), self.seal)
        self._rotator = TokenRotator(
            client_id=app.client_id, client_secret=app.client_secret.get_secret_value(), client=web(None)
        )
        self._renewing = threading.Lock()

    def practice_ids(self) -> Sequence[str]:
        """Return the practices in whose workspaces the bot is installed now."""
        with self.engine.connect() as connection:
            return list(connection.scalars(select(INSTALLATIONS.c.team_id).where(self._mine(INSTALLATIONS)).distinct()))

    def client_of(self, practice_id: str) -> WebClient:
        """Return a client with a token that is good now; raises ``NotInstalledError``, and ``TokenKeysError``."""
        return self.with_token(self.find(practice_id))

    def with_token(self, installation: Installation) -> WebClient:
        """Return a client with the bot's token of that installation; where Slack refuses it, the log says so."""
        client = self._web(installation.bot_token)
        client.retry_handlers.append(RefusedTokenHandler(str(installation.team_id), self.app.install_url))
        return client

    def find(self, practice_id: str) -> Installation:
        """Return the installation in that workspace, its tokens renewed where they end within two hours.

        Raises ``NotInstalledError``, and ``TokenKeysError`` where its tokens cannot be opened.

        Raises:
            NotInstalledError: It cannot be done; the title says why.
        """
        found = self._reader.of_workspace(practice_id)
        if found is None:
            raise NotInstalledError(self.app.install_url)
        return self._renewed(practice_id, found) if self._ends_soon(found) else found

    def save(self, installation: Installation) -> None:
        """Keep a new installation, in place of an older one of the same workspace."""
        # Whole seconds, as Slack dates its events: what it says of this installation comes no earlier than it.
        installation.installed_at = float(int(self._now().timestamp()))
        installation.enterprise_id = None
        self.store.save(installation)
        newest = datetime.fromtimestamp(installation.installed_at, UTC).replace(tzinfo=None)
        self._delete(str(installation.team_id), lambda table: table.c.installed_at < newest)

    def forget(self, practice_id: str, *, until: datetime) -> bool:
        """Delete the tokens of an installation no newer than ``until``; whether there were any.

        Slack may tell of an uninstall late, and more than once: what was installed since then stays.
        """
        last = until.astimezone(UTC).replace(tzinfo=None)
        return self._delete(practice_id, lambda table: table.c.installed_at <= last)

    def forget_users(self, practice_id: str, users: Sequence[str]) -> None:
        """Delete the tokens of people, not the bot's."""
        table = INSTALLATIONS
        nothing = dict.fromkeys(("user_token", "user_refresh_token", "user_token_expires_at"))
        mine = (*self._of(table, practice_id), table.c.user_id.in_(users))
        with self.store.engine.begin() as connection:
            connection.execute(update(table).where(*mine).values(**nothing))

    def _delete(self, practice_id: str, which: Callable[[Table], ColumnElement[bool]]) -> bool:
        with self.store.engine.begin() as connection:
            gone = [
                connection.execute(delete(table).where(*self._of(table, practice_id), which(table))).rowcount
                for table in (INSTALLATIONS, BOTS)
            ]
        return any(gone)

    def _of(self, table: Table, practice_id: str) -> tuple[ColumnElement[bool], ...]:
        return self._mine(table), table.c.team_id == practice_id

    def _mine(self, table: Table) -> ColumnElement[bool]:
        mine: ColumnElement[bool] = table.c.client_id == self.app.client_id
        return mine

    def _ends_soon(self, installation: Installation) -> bool:
        ends: Any = (installation.bot_token_expires_at, installation.user_token_expires_at)
        limit = (self._now() + RENEWED_BEFORE).timestamp()
        return any(each is not None and each <= limit for each in ends)

    def _renewed(self, practice_id: str, found: Installation) -> Installation:
        """With fresh tokens, or as it is where another renews them just now, or Slack does not.

        A refresh token can be used once: two who used it would leave the workspace without any that is good
        (https://docs.slack.dev/authentication/using-token-rotation).
        """
        with self._turn(practice_id) as is_mine:
            latest = self._reader.of_workspace(practice_id) or found
            if not is_mine or not self._ends_soon(latest):
                return latest
            try:
                renewed = self._rotator.perform_token_rotation(
                    installation=latest, minutes_before_expiration=_ALWAYS_MINUTES
                )
            except SlackTokenRotationError as error:
                reason = str(error.api_error.response.get("error", "unknown_error"))
                log_refused(practice_id, reason, self.app.install_url)
                return latest
            except OSError:
                return latest  # Slack is away: whatever needs the token will say so, and the next one tries again
            if renewed is None:
                return latest
            self.store.save(renewed)
            return renewed

    @contextmanager
    def _turn(self, practice_id: str) -> Iterator[bool]:
        """Return whether it is this thread that renews the workspace's tokens.

        On SQLite, among those of this process.
        """
        if self._is_sqlite:
            is_mine = self._renewing.acquire(blocking=False)
            try:
                yield is_mine
            finally:
                if is_mine:
                    self._renewing.release()
            return
        with self.engine.begin() as connection:
            lock = func.pg_try_advisory_xact_lock(_RENEWING, func.hashtext(practice_id))
            yield bool(connection.scalar(select(lock)))
