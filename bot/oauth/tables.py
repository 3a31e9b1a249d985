"""The tables of installations: those of slack_sdk, with room for sealed tokens (decision 021).

They stand beside the practices' tables: what is looked up here says which practice a request belongs to.
"""

from slack_sdk.oauth.installation_store.sqlalchemy import SQLAlchemyInstallationStore
from slack_sdk.oauth.state_store.sqlalchemy import SQLAlchemyOAuthStateStore
from sqlalchemy import MetaData, Table, Text
from sqlalchemy.types import TypeEngine

from ledger.storage.tables import Base

SEALED_COLUMNS = ("bot_token", "bot_refresh_token", "user_token", "user_refresh_token", "incoming_webhook_url")


def installations_table(metadata: MetaData, sealed: TypeEngine[str]) -> Table:
    """Return one row for each installation: the workspace, who installed the app, its tokens as ``sealed``."""
    name = SQLAlchemyInstallationStore.default_installations_table_name
    return _with_sealed(SQLAlchemyInstallationStore.build_installations_table(metadata, name), sealed)


def bots_table(metadata: MetaData, sealed: TypeEngine[str]) -> Table:
    """Return the bot's part of each installation, which slack_sdk keeps beside it."""
    name = SQLAlchemyInstallationStore.default_bots_table_name
    return _with_sealed(SQLAlchemyInstallationStore.build_bots_table(metadata, name), sealed)


def _with_sealed(table: Table, sealed: TypeEngine[str]) -> Table:
    for column in table.columns:
        if column.name in SEALED_COLUMNS:
            column.type = sealed
    return table


# As they are stored: what opens nothing uses these.
INSTALLATIONS = installations_table(Base.metadata, Text())
BOTS = bots_table(Base.metadata, Text())
STATES = SQLAlchemyOAuthStateStore.build_oauth_states_table(Base.metadata, SQLAlchemyOAuthStateStore.default_table_name)
