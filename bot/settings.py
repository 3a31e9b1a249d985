"""Configuration from the environment: secrets and addresses, nothing else (design 10)."""

from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.logs import CONSOLE, JSON
from ledger.errors import LedgerError

SLACK_API_URL = "https://slack.com/api/"


class Settings(BaseSettings):
    """What the environment says. Practice policy is in the database, not here."""

    model_config = SettingsConfigDict(extra="ignore")

    ccm_database_url: str = "sqlite:///ccm.sqlite3"
    slack_bot_token: SecretStr | None = None
    slack_app_token: SecretStr | None = None
    slack_signing_secret: SecretStr | None = None
    slack_api_url: str = SLACK_API_URL
    ccm_admins: str = ""
    ccm_log_format: str = ""

    @property
    def api_base_url(self) -> str:
        """The address of Slack's Web API; it ends with a slash, as slack_sdk wants it."""
        return self.slack_api_url.rstrip("/") + "/"

    @property
    def admin_ids(self) -> frozenset[str]:
        """The Slack ids of those who are administrators whatever the roster says; raises ``LedgerError`` for others."""
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
        """``json`` or ``console``, or nothing where that depends on who reads; raises ``LedgerError`` for others."""
        if self.ccm_log_format not in {"", JSON, CONSOLE}:
            raise LedgerError(
                "SETTING_WRONG",
                f"CCM_LOG_FORMAT: {self.ccm_log_format!r} is no format of the log.",
                "It is json or console, for example CCM_LOG_FORMAT=json",
            )
        return self.ccm_log_format


def required(value: SecretStr | None, name: str, example: str) -> str:
    """The secret; raises ``LedgerError`` naming the variable where it is not set."""
    if value is None or not value.get_secret_value():
        raise LedgerError(
            "SETTING_MISSING", f"{name} is not set.", f"Set it in the environment, for example {name}={example}"
        )
    return value.get_secret_value()
