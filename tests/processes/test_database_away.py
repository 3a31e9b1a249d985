"""The database goes away and comes back while many people log: what was told to be saved is, once, and nothing else."""

import sqlite3

from support.clusters import Clusters
from support.forks import eventually
from support.load import Load, Told
from support.proxy import Cut, proxied
from support.slack import NOW

LOGS, CLIENTS = 160, 8


def test_connections_to_postgresql_are_lost_again_and_again(postgresql_clusters: Clusters) -> None:
    with postgresql_clusters.open(NOW) as cluster, proxied(cluster.database.url.render_as_string(False)) as proxy:  # noqa: FBT003 - SQLAlchemy's own
        for _ in range(2):
            cluster.start(database_url=proxy.url).wait_until_ready()

        def lose_every_connection() -> None:
            proxy.unplug()
            proxy.plug_in()

        def lose_the_next_before_it_commits() -> None:
            proxy.cut_next_commit(Cut.BEFORE_COMMIT)

        def lose_the_next_after_it_has_committed() -> None:
            proxy.cut_next_commit(Cut.AFTER_COMMIT)

        plan = [lose_every_connection, lose_the_next_before_it_commits, lose_the_next_after_it_has_committed]
        load = Load(cluster, LOGS, CLIENTS, after={10 * n: plan[n % len(plan)] for n in range(1, LOGS // 10)})
        load.log()

        load.check()
        assert load.count(Told.SAVED) > LOGS // 2
        cluster.check()


def test_postgresql_is_away_for_a_while(postgresql_clusters: Clusters) -> None:
    with postgresql_clusters.open(NOW) as cluster, proxied(cluster.database.url.render_as_string(False)) as proxy:  # noqa: FBT003 - SQLAlchemy's own
        for _ in range(2):
            cluster.start(database_url=proxy.url).wait_until_ready()

        def is_back_when_some_were_told() -> None:
            proxy.unplug()
            eventually(lambda: load.count(Told.SAVED) < len(load.told), "somebody is told that nothing was saved")
            assert not any(bot.is_ready() for bot in cluster.serving)
            proxy.plug_in()

        load = Load(cluster, LOGS, CLIENTS, after={LOGS // 3: is_back_when_some_were_told})
        load.log()

        for bot in cluster.serving:
            bot.wait_until_ready()
        load.check()
        assert LOGS // 2 < load.count(Told.SAVED) < LOGS
        cluster.check()


def test_another_process_keeps_the_sqlite_file_for_a_while(sqlite_clusters: Clusters) -> None:
    with sqlite_clusters.open(NOW) as cluster:
        cluster.start().wait_until_ready()
        other = sqlite3.connect(str(cluster.database.url.database), isolation_level=None, check_same_thread=False)

        def keeps_it_until_somebody_was_told() -> None:
            told_before = len(load.told)
            other.execute("BEGIN IMMEDIATE")
            eventually(lambda: load.count(Told.SAVED) < len(load.told) > told_before, "somebody is told")
            other.execute("ROLLBACK")

        load = Load(cluster, LOGS, CLIENTS, after={LOGS // 3: keeps_it_until_somebody_was_told})
        load.log()
        other.close()

        load.check()
        assert LOGS // 2 < load.count(Told.SAVED) < LOGS
        cluster.check()
