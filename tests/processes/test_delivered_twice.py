"""What Slack delivers twice, to two processes at the same moment, is done once."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import func, select
from support.clusters import Cluster, Clusters
from support.practice import NOTE, an_entry, record
from support.requests import to_all_at_once
from support.slack import BLUE, GENERAL, LINE, NOW, picked

from bot.playground import Person
from bot.views.digest import POST_NOW
from bot.views.problem import SAVE_ANYWAY
from bot.views.receipt import UNDO
from ledger.storage.tables import EntryVoidRow, TimeEntryRow


@pytest.fixture
def cluster(postgresql_clusters: Clusters) -> Iterator[Cluster]:
    """Two processes, to which everything is delivered at once."""
    with postgresql_clusters.open(NOW) as cluster:
        bots = [cluster.start(), cluster.start()]
        for bot in bots:
            bot.wait_until_ready()
        cluster.playground.attach(to_all_at_once(bots))
        yield cluster
        # Of a trigger that both use, Slack takes the first use; nothing else may have been refused.
        assert {each.refused for each in cluster.playground.refusals} <= {"exchanged_trigger_id", "hash_conflict"}


@pytest.fixture
def nurse(cluster: Cluster) -> Person:
    """Somebody at their screen."""
    return cluster.playground.as_user("U0NURSE1")


def count(cluster: Cluster, table: Any = TimeEntryRow, patient: str = "P-1042") -> int:
    """How many rows of that patient are stored."""
    with cluster.ledger.reading() as connection:
        query = select(func.count()).select_from(table).where(table.patient_code == patient)
        return connection.scalar(query) or 0


def stop_all(cluster: Cluster) -> None:
    """Lets the processes finish what they have begun behind their acknowledgements."""
    for bot in cluster.bots:
        bot.stop()


def test_a_command_and_its_buttons(cluster: Cluster, nurse: Person) -> None:
    saved = nurse.command(GENERAL, LINE)
    assert "*P-1042* · 12 min" in saved.words
    assert count(cluster) == 1
    nurse.press(nurse.messages(GENERAL)[-1], UNDO)
    assert (count(cluster), count(cluster, EntryVoidRow)) == (1, 1)

    nurse.command(GENERAL, LINE)
    asked = nurse.command(GENERAL, LINE)
    assert count(cluster) == 2
    nurse.press(asked.message, SAVE_ANYWAY)
    assert count(cluster) == 3


def test_a_form(cluster: Cluster, nurse: Person) -> None:
    form = nurse.command(GENERAL, "/ccm log P-1042 meds").modal
    assert form is not None
    done = nurse.submit(form, {"length": "20m", "patient": picked("P-1042"), "note": NOTE})
    assert done.outcome.ok
    assert count(cluster) == 1


def test_a_button_that_posts_a_digest(cluster: Cluster) -> None:
    record(cluster.database, cluster.practice, an_entry(minutes=17), at=NOW)
    lead = cluster.playground.as_user("U0LEAD1")
    asked = lead.command(GENERAL, "/ccm digest Blue Team")
    lead.press(asked.message, POST_NOW)

    stop_all(cluster)
    assert set(cluster.keys_in(BLUE).values()) == {1}
    assert len(cluster.occurrences("digest_now")) == 1


def test_an_event(cluster: Cluster) -> None:
    cluster.playground.people.deactivate("U0NURSE2")
    cluster.playground.people.reactivate("U0NURSE2")

    assert cluster.playground.as_user("U0NURSE1").home() is not None
    stop_all(cluster)
    (told,) = cluster.playground.as_user("U0ADMIN1").direct_messages()
    assert "<@U0NURSE2>" in told.words


def test_an_envelope_over_two_sockets(sqlite_clusters: Clusters) -> None:
    with sqlite_clusters.open(NOW) as cluster:
        for _ in range(2):
            cluster.start(socket_mode=True)
        sockets = cluster.playground.delivery.sockets
        assert cluster.playground.wait_until(lambda: sockets.connection_count == 2)
        nurse = cluster.playground.as_user("U0NURSE1")
        nurse.command(GENERAL, "/ccm near")
        sent = next(each for each in cluster.playground.workspace.traffic.newest(50) if each.kind == "slash_commands")
        fresh = {**sent.payload, "text": LINE.removeprefix("/ccm "), "trigger_id": "1.2.fresh"}

        answers = sockets.send_to_all("slash_commands", fresh, timeout_seconds=10)

        assert ["P-1042" in str(answer.body) for answer in answers] == [True, True]
        assert sorted("nothing was saved twice" in str(answer.body) for answer in answers) == [False, True]
        assert count(cluster) == 1
        cluster.check()
