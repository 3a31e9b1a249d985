"""``ccm jobs``: what comes next by itself, and what became of what was due."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

from support.channel import FakeChannel

from jobs.digests.posting import run_due
from jobs.scheduling.schedules import TITLES
from ledger.storage.database import Database

from .conftest import Ccm

NINE = datetime(2026, 11, 25, 14, 0, tzinfo=UTC)


def test_it_shows_when_each_teams_digest_comes(ccm: Ccm) -> None:
    shown = ccm("jobs").stdout

    assert "Blue Team" in shown
    assert "Green Team" in shown
    assert shown.count("Wed 2026-11-25 09:00 EST") >= 2
    assert "Nothing was due yet." in shown
    assert [title for title in TITLES.values() if title.split()[0] not in shown] == []


def test_it_shows_what_became_of_what_was_due(ccm: Ccm, ledger: Path) -> None:
    database = Database(f"sqlite:///{ledger}")
    refusing = FakeChannel(refuses={"C0GREEN"})
    run_due(database.of("T0TEST"), "T0TEST", refusing, by="one", now=lambda: NINE + timedelta(hours=1))
    database.close()

    shown = ccm("jobs").stdout

    assert "posted late" in shown
    assert "begun" in shown
    said = json.loads(ccm("jobs", "--json").stdout)
    assert [(run["team_id"], run["is_late"]) for run in said["runs"]] == [("blue-team", True), ("green-team", False)]
    assert {"kind": "digest", "team_id": "blue-team", "at": "2026-11-25T09:00:00-05:00"} in said["coming"]
