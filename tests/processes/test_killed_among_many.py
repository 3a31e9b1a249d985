"""Four processes on one PostgreSQL with many people at once; one is killed in the middle, another takes its place."""

from support.crowd import Crowd, Told
from support.forks import eventually
from support.houses import Houses
from support.slack import BLUE, GREEN

PROCESSES, CLIENTS, LOGS = 4, 32, 400
BLUE_KEY = "digest:T0TEST:blue-team:2026-11-25T14:00Z"
GREEN_KEY = "digest:T0TEST:green-team:2026-11-25T15:00Z"


def test_nothing_is_lost_and_nothing_comes_twice(postgresql_houses: Houses) -> None:
    with postgresql_houses.open() as house:
        house.clock.move(minutes=-1)
        for _ in range(PROCESSES):
            house.start(ticks=True)
        for bot in house.bots:
            bot.wait_until_ready()

        def one_is_killed_and_another_comes() -> None:
            house.serving[1].kill()
            house.start(ticks=True).wait_until_ready()

        crowd = Crowd(
            house,
            LOGS,
            CLIENTS,
            after={
                LOGS // 4: one_is_killed_and_another_comes,
                LOGS // 2: lambda: house.move(minutes=1),  # the blue team's digest is due, for all at the same instant
            },
        )
        crowd.log()
        house.move(hours=1)  # the green team's
        eventually(lambda: house.posted() == 2, "both digests on record")
        for bot in house.serving:
            bot.stop()

        crowd.check()
        assert crowd.count(Told.SAVED), "a busy machine may refuse many, not all"
        assert set(house.keys_in(BLUE).values()) == {1}
        assert BLUE_KEY in house.keys_in(BLUE)
        assert house.keys_in(GREEN) == {GREEN_KEY: 1}
        house.check()
