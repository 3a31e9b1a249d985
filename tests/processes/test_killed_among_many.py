"""Four processes on one PostgreSQL with many people at once; one is killed in the middle, another takes its place."""

from support.clusters import Clusters
from support.forks import eventually
from support.load import Load, Told
from support.slack import BLUE, GREEN

PROCESSES, CLIENTS, LOGS = 4, 32, 400
BLUE_KEY = "digest:T0TEST:blue-team:2026-11-25T14:00Z"
GREEN_KEY = "digest:T0TEST:green-team:2026-11-25T15:00Z"


def test_nothing_is_lost_and_nothing_comes_twice(postgresql_clusters: Clusters) -> None:
    with postgresql_clusters.open() as cluster:
        cluster.clock.move(minutes=-1)
        for _ in range(PROCESSES):
            cluster.start(ticks=True)
        for bot in cluster.bots:
            bot.wait_until_ready()

        def one_is_killed_and_another_comes() -> None:
            cluster.serving[1].kill()
            cluster.start(ticks=True).wait_until_ready()

        load = Load(
            cluster,
            LOGS,
            CLIENTS,
            after={
                LOGS // 4: one_is_killed_and_another_comes,
                LOGS // 2: lambda: cluster.move(
                    minutes=1
                ),  # the blue team's digest is due, for all at the same instant
            },
        )
        load.log()
        cluster.move(hours=1)  # the green team's
        eventually(lambda: cluster.posted() == 2, "both digests on record")
        for bot in cluster.serving:
            bot.stop()

        load.check()
        assert load.count(Told.SAVED), "a busy machine may refuse many, not all"
        assert set(cluster.keys_in(BLUE).values()) == {1}
        assert BLUE_KEY in cluster.keys_in(BLUE)
        assert cluster.keys_in(GREEN) == {GREEN_KEY: 1}
        cluster.check()
