"""Whoever waits to write is served in turn: nobody waits long because others come again and again."""

import time
from concurrent.futures import ThreadPoolExecutor

from ledger.storage.queue import Queue

LONG_ENOUGH_SECONDS = 30


def wait_for_waiters(queue: Queue, count: int) -> None:
    """Return once so many wait in the queue."""
    while queue.waiting < count:
        time.sleep(0)


def test_who_came_first_goes_first() -> None:
    queue, served = Queue(), []

    def go(number: int) -> None:
        assert queue.acquire(LONG_ENOUGH_SECONDS)
        served.append(number)
        queue.release()

    assert queue.acquire(0)
    with ThreadPoolExecutor() as pool:
        going = []
        for number in range(5):
            going.append(pool.submit(go, number))
            wait_for_waiters(queue, number + 1)
        queue.release()
        for one in going:
            one.result()
    assert served == [0, 1, 2, 3, 4]


def test_who_gives_back_and_comes_again_stands_behind_those_that_wait() -> None:
    queue, served = Queue(), []

    def go() -> None:
        assert queue.acquire(LONG_ENOUGH_SECONDS)
        served.append("waited")
        queue.release()

    assert queue.acquire(0)
    with ThreadPoolExecutor() as pool:
        waiting = pool.submit(go)
        wait_for_waiters(queue, 1)
        queue.release()
        assert queue.acquire(LONG_ENOUGH_SECONDS)
        served.append("came again")
        queue.release()
        waiting.result()
    assert served == ["waited", "came again"]


def test_who_waited_too_long_has_left_the_queue() -> None:
    queue = Queue()
    assert queue.acquire(0)
    assert not queue.acquire(0.001)
    assert queue.waiting == 0
    queue.release()
    assert queue.acquire(0)
