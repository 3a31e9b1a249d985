"""Configuration from the environment: secrets and addresses, nothing else (design 10)."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.telemetry.logs import CONSOLE, JSON
from ledger.errors import LedgerError

SLACK_URL = "https://slack.com/"
SLACK_API_URL = f"{SLACK_URL}api/"


@dataclass(frozen=True, slots=True)
class OAuthApp:
    """A Slack app that many workspaces install: what names it, its secrets, and the address of the bot."""

    client_id: str
    client_secret: SecretStr
    token_keys: SecretStr
    public_url: str

    @property
    def install_url(self) -> str:
        """Where somebody installs the bot."""
        return f"{self.public_url}/slack/install"

    @property
    def redirect_url(self) -> str:
        """Where Slack sends them back to."""
        return f"{self.public_url}/slack/oauth_redirect"


class Settings(BaseSettings):
    """What the environment says. Practice policy is in the database, not here."""

    model_config = SettingsConfigDict(extra="ignore")

    ccm_database_url: str = "sqlite:///ccm.sqlite3"
    slack_bot_token: SecretStr | None = None
    slack_app_token: SecretStr | None = None
    slack_signing_secret: SecretStr | None = None
    slack_client_id: str = ""
    slack_client_secret: SecretStr | None = None
    slack_api_url: str = SLACK_API_URL
    ccm_admins: str = ""
    ccm_token_keys: SecretStr | None = None
    ccm_public_url: str = ""
    ccm_log_format: str = ""

    @property
    def api_base_url(self) -> str:
        """The address of Slack's Web API; it ends with a slash, as slack_sdk wants it."""
        return self.slack_api_url.rstrip("/") + "/"

    @property
    def slack_url(self) -> str:
        """The address of the same Slack in a browser, with a slash at its end."""
        return self.api_base_url.removesuffix("api/")

    @property
    def oauth_app(self) -> OAuthApp | None:
        """The app that many workspaces install, or None for the one workspace of SLACK_BOT_TOKEN.

        Raises ``LedgerError`` naming the variable where both are set, or one of them by half.

        Raises:
            LedgerError: SETTINGS_CONFLICT.
        """
        given = {
            "SLACK_CLIENT_ID": self.slack_client_id,
            "SLACK_CLIENT_SECRET": self.slack_client_secret,
            "CCM_TOKEN_KEYS": self.ccm_token_keys,
        }
        names = [name for name, value in given.items() if value]
        if not names:
            return None
        if self.slack_bot_token:
            raise LedgerError(
                "SETTINGS_CONFLICT",
                f"SLACK_BOT_TOKEN and {names[0]} are both set.",
                "Keep SLACK_BOT_TOKEN for one workspace; or SLACK_CLIENT_ID, SLACK_CLIENT_SECRET, CCM_TOKEN_KEYS and "
                "CCM_PUBLIC_URL for many that install the app.",
            )
        return OAuthApp(
            client_id=required(SecretStr(self.slack_client_id), "SLACK_CLIENT_ID", "1234567890.1234567890"),
            client_secret=SecretStr(required(self.slack_client_secret, "SLACK_CLIENT_SECRET", "0123abcd…")),
            token_keys=SecretStr(required(self.ccm_token_keys, "CCM_TOKEN_KEYS", "(a key from: ccm tokens key)")),
            public_url=self._public_url(),
        )

    def _public_url(self) -> str:
        example = "https://ccm.example.org"
        url = required(SecretStr(self.ccm_public_url), "CCM_PUBLIC_URL", example).rstrip("/")
        parts = urlsplit(url)
        is_here = parts.hostname in {"localhost", "127.0.0.1"}
        if not parts.hostname or parts.query or parts.scheme not in ({"https", "http"} if is_here else {"https"}):
            raise LedgerError(
                "SETTING_WRONG",
                f"CCM_PUBLIC_URL: {url!r} is not an address that Slack can send people back to.",
                f"It begins with https:// and names this bot's host, for example CCM_PUBLIC_URL={example}",
            )
        return url

    @property
    def admin_ids(self) -> frozenset[str]:
        """The Slack ids of those who are administrators whatever the roster says.

        Raises:
            LedgerError: For others.
        """
        ids = [word.strip() for word in self.ccm_admins.split(",") if word.strip()]
        wrong = [word for word in ids if not (word.isalnum() and word[0] in "UW")]
        if wrong:
            raise LedgerError(
                "SETTING_WRONG",
                f"CCM_ADMINS: {wrong[0]!r} is not a Slack user id.",
                "It begins with U; several have a comma between them: CCM_ADMINS=U0123ABCD,U0456EFGH",
            )
        return frozenset(ids)

    @property
    def log_format(self) -> str:
        """``json`` or ``console``, or nothing where that depends on who reads.

        Raises:
            LedgerError: For others.
        """
        if self.ccm_log_format not in {"", JSON, CONSOLE}:
            raise LedgerError(
                "SETTING_WRONG",
                f"CCM_LOG_FORMAT: {self.ccm_log_format!r} is no format of the log.",
                "It is json or console, for example CCM_LOG_FORMAT=json",
            )
        return self.ccm_log_format


def required(value: SecretStr | None, name: str, example: str) -> str:
    """Return the secret.

    Raises ``LedgerError`` naming the variable where it is not set, or is not what Slack hands out.

    Raises:
        LedgerError: SETTING_MISSING, SETTING_WRONG.
    """
    secret = value.get_secret_value() if value else ""
    if not secret:
        raise LedgerError(
            "SETTING_MISSING", f"{name} is not set.", f"Set it in the environment, for example {name}={example}"
        )
    if not (secret.isascii() and secret.isprintable()):
        raise LedgerError(
            "SETTING_WRONG",
            f"{name} has a character that cannot be in it, such as the … of an example.",
            "Copy it again from where it was made, without quotes or line breaks.",
        )
    return secret
