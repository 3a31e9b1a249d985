"""A ledger with rows in every table that there is."""

from datetime import datetime

from sqlalchemy import insert, inspect, select
from support.practice import a_practice, an_entry, record
from support.two_practices import WRITES

import jobs.scheduling.tables  # noqa: F401 - its tables belong to the ledger
from bot.oauth.tables import BOTS, INSTALLATIONS, STATES
from ledger.storage.database import Database
from ledger.storage.tables import Base

NAMES = ("T0TEST", "T0OTHER")
NOTE = """Größe und Gewicht besprochen – „kein“ Schwindel. 😀 % ' " \\ {}
Zweite Zeile."""
STATE = {"state": "once", "expire_at": datetime(2026, 11, 18, 20, 0, 0, 125)}  # noqa: DTZ001 - slack_sdk's columns have no zone
_INSTALLED = {
    "client_id": "111.222",
    "app_id": "A0CCM",
    "team_id": "T0TEST",
    "bot_token": "sealed",
    "is_enterprise_install": False,
    "installed_at": STATE["expire_at"],
}


def fill_every_table(database: Database) -> None:
    """Two practices, everything done in each that can be done, and rows put beside where that leaves none."""
    for name in NAMES:
        practice = a_practice(database, name)
        record(database, practice, an_entry(note=NOTE))
        for write in WRITES.values():
            write(database, practice)
    with database.across_practices().writing() as connection:
        installed = {**_INSTALLED, "id": 41}
        connection.execute(insert(INSTALLATIONS), {**installed, "user_id": "U0ADMIN1"})
        connection.execute(insert(BOTS), installed)
        connection.execute(insert(STATES), {**STATE, "id": 7})
    assert [table for table, found in rows_of(database).items() if not found] == [], "give each table a row"


def rows_of(database: Database) -> dict[str, list[str]]:
    """Every row of every table in the database, known or not, in an order of its own."""
    with database.across_practices().reading() as connection:
        names = set(inspect(connection).get_table_names()) - {"alembic_version"}
        return {
            name: sorted(map(repr, connection.execute(select(Base.metadata.tables[name])))) for name in sorted(names)
        }
