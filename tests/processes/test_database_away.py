"""The database goes away and comes back while many people log: what was told to be saved is, once, and nothing else."""

import sqlite3

from support.crowd import Crowd, Told
from support.forks import eventually
from support.houses import Houses
from support.proxy import Cut, proxied
from support.slack import NOW

LOGS, CLIENTS = 160, 8


def test_connections_to_postgresql_are_lost_again_and_again(postgresql_houses: Houses) -> None:
    with postgresql_houses.open(NOW) as house, proxied(house.database.url.render_as_string(False)) as proxy:  # noqa: FBT003 - SQLAlchemy's own
        for _ in range(2):
            house.start(database_url=proxy.url).wait_until_ready()

        def lose_every_connection() -> None:
            proxy.unplug()
            proxy.plug_in()

        def lose_the_next_before_it_commits() -> None:
            proxy.cut_next_commit(Cut.BEFORE_COMMIT)

        def lose_the_next_after_it_has_committed() -> None:
            proxy.cut_next_commit(Cut.AFTER_COMMIT)

        plan = [lose_every_connection, lose_the_next_before_it_commits, lose_the_next_after_it_has_committed]
        crowd = Crowd(house, LOGS, CLIENTS, after={10 * n: plan[n % len(plan)] for n in range(1, LOGS // 10)})
        crowd.log()

        crowd.check()
        assert crowd.count(Told.SAVED) > LOGS // 2
        house.check()


def test_postgresql_is_away_for_a_while(postgresql_houses: Houses) -> None:
    with postgresql_houses.open(NOW) as house, proxied(house.database.url.render_as_string(False)) as proxy:  # noqa: FBT003 - SQLAlchemy's own
        for _ in range(2):
            house.start(database_url=proxy.url).wait_until_ready()

        def is_back_when_some_were_told() -> None:
            proxy.unplug()
            eventually(lambda: crowd.count(Told.SAVED) < len(crowd.told), "somebody is told that nothing was saved")
            assert not any(bot.is_ready() for bot in house.serving)
            proxy.plug_in()

        crowd = Crowd(house, LOGS, CLIENTS, after={LOGS // 3: is_back_when_some_were_told})
        crowd.log()

        for bot in house.serving:
            bot.wait_until_ready()
        crowd.check()
        assert LOGS // 2 < crowd.count(Told.SAVED) < LOGS
        house.check()


def test_another_process_keeps_the_sqlite_file_for_a_while(sqlite_houses: Houses) -> None:
    with sqlite_houses.open(NOW) as house:
        house.start().wait_until_ready()
        other = sqlite3.connect(str(house.database.url.database), isolation_level=None, check_same_thread=False)

        def keeps_it_until_somebody_was_told() -> None:
            told_before = len(crowd.told)
            other.execute("BEGIN IMMEDIATE")
            eventually(lambda: crowd.count(Told.SAVED) < len(crowd.told) > told_before, "somebody is told")
            other.execute("ROLLBACK")

        crowd = Crowd(house, LOGS, CLIENTS, after={LOGS // 3: keeps_it_until_somebody_was_told})
        crowd.log()
        other.close()

        crowd.check()
        assert LOGS // 2 < crowd.count(Told.SAVED) < LOGS
        house.check()
