"""What Slack delivers twice, to two processes at the same moment, is done once."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import func, select
from support.houses import House, Houses
from support.practice import NOTE, an_entry, record
from support.requests import to_all_at_once
from support.slack import BLUE, GENERAL, LINE, NOW, picked

from bot.playground import Person
from bot.views.digest import POST_NOW
from bot.views.problem import SAVE_ANYWAY
from bot.views.receipt import UNDO
from ledger.storage.tables import EntryVoidRow, TimeEntryRow


@pytest.fixture
def house(postgresql_houses: Houses) -> Iterator[House]:
    """Two processes, to which everything is delivered at once."""
    with postgresql_houses.open(NOW) as house:
        bots = [house.start(), house.start()]
        for bot in bots:
            bot.wait_until_ready()
        house.playground.attach(to_all_at_once(bots))
        yield house
        # Of a trigger that both use, Slack takes the first use; nothing else may have been refused.
        assert {each.refused for each in house.playground.refusals} <= {"exchanged_trigger_id", "hash_conflict"}


@pytest.fixture
def nurse(house: House) -> Person:
    """Somebody at their screen."""
    return house.playground.as_user("U0NURSE1")


def count(house: House, table: Any = TimeEntryRow, patient: str = "P-1042") -> int:
    """How many rows of that patient are stored."""
    with house.ledger.reading() as connection:
        query = select(func.count()).select_from(table).where(table.patient_code == patient)
        return connection.scalar(query) or 0


def stop_all(house: House) -> None:
    """Lets the processes finish what they have begun behind their acknowledgements."""
    for bot in house.bots:
        bot.stop()


def test_a_command_and_its_buttons(house: House, nurse: Person) -> None:
    saved = nurse.command(GENERAL, LINE)
    assert "*P-1042* · 12 min" in saved.words
    assert count(house) == 1
    nurse.press(nurse.messages(GENERAL)[-1], UNDO)
    assert (count(house), count(house, EntryVoidRow)) == (1, 1)

    nurse.command(GENERAL, LINE)
    asked = nurse.command(GENERAL, LINE)
    assert count(house) == 2
    nurse.press(asked.message, SAVE_ANYWAY)
    assert count(house) == 3


def test_a_form(house: House, nurse: Person) -> None:
    form = nurse.command(GENERAL, "/ccm log P-1042 meds").modal
    assert form is not None
    done = nurse.submit(form, {"length": "20m", "patient": picked("P-1042"), "note": NOTE})
    assert done.outcome.ok
    assert count(house) == 1


def test_a_button_that_posts_a_digest(house: House) -> None:
    record(house.database, house.practice, an_entry(minutes=17), at=NOW)
    lead = house.playground.as_user("U0LEAD1")
    asked = lead.command(GENERAL, "/ccm digest Blue Team")
    lead.press(asked.message, POST_NOW)

    stop_all(house)
    assert set(house.keys_in(BLUE).values()) == {1}
    assert len(house.occurrences("digest_now")) == 1


def test_an_event(house: House) -> None:
    house.playground.people.deactivate("U0NURSE2")
    house.playground.people.reactivate("U0NURSE2")

    assert house.playground.as_user("U0NURSE1").home() is not None
    stop_all(house)
    (told,) = house.playground.as_user("U0ADMIN1").direct_messages()
    assert "<@U0NURSE2>" in told.words


def test_an_envelope_over_two_sockets(sqlite_houses: Houses) -> None:
    with sqlite_houses.open(NOW) as house:
        for _ in range(2):
            house.start(socket_mode=True)
        sockets = house.playground.delivery.sockets
        assert house.playground.wait_until(lambda: sockets.connection_count == 2)
        nurse = house.playground.as_user("U0NURSE1")
        nurse.command(GENERAL, "/ccm near")
        sent = next(each for each in house.playground.workspace.traffic.newest(50) if each.kind == "slash_commands")
        fresh = {**sent.payload, "text": LINE.removeprefix("/ccm "), "trigger_id": "1.2.fresh"}

        answers = sockets.send_to_all("slash_commands", fresh, timeout_seconds=10)

        assert ["P-1042" in str(answer.body) for answer in answers] == [True, True]
        assert sorted("nothing was saved twice" in str(answer.body) for answer in answers) == [False, True]
        assert count(house) == 1
        house.check()
