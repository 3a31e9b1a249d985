"""A process is killed at any point of a digest: the next one finds what is there, and posts what is not."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from support.clusters import NEAR_COUNT, Cluster, Clusters
from support.forks import eventually
from support.slack import BLUE, table_rows

KEY = "digest:T0TEST:blue-team:2026-11-25T14:00Z"
LANDMARKS = [
    "commit occurrences",  # the claim
    "commit digests listed_patients",
    "slack upload",
    "commit digests",  # the picture
    "slack chat.postMessage",
    "commit digest_messages",
    "slack chat.postMessage",  # the thread
    "commit digest_messages",
    "commit occurrences",  # the record
]
"""What of a digest can be seen from outside, at least: a process is killed before each of it and of what is between."""
PICTURE = {"slack upload", "commit digests"}


def finish(cluster: Cluster) -> None:
    """Starts another process when the dead one's lease has ended, and stops it when the digest is posted."""
    cluster.let_the_lease_end()
    bot = cluster.start()
    eventually(lambda: cluster.posted() == 1, "the digest on record")
    bot.stop()


def assert_posted_once(cluster: Cluster, *, pictures: int = 1) -> None:
    """Fails unless the channel has the digest once, with each of its messages once, and that is on record."""
    assert cluster.keys_in(BLUE) == {KEY: 1, f"{KEY}#2": 1}
    assert cluster.pictures_in(BLUE) == pictures
    (first,) = (each for each in cluster.person().messages(BLUE) if "metadata" in each.body)
    rows = [row[0] for each in cluster.person().messages(BLUE, first.ts) for row in table_rows(each)]
    assert rows == [f"N-{number:03}" for number in range(NEAR_COUNT)]
    (blue,) = cluster.occurrences()
    assert (blue.channel_id, blue.message_ts) == (BLUE, first.ts)
    cluster.check()


def steps_of_a_digest(clusters: Clusters) -> list[str]:
    """What a process that nobody kills does for a digest, from the claim to the record, and perhaps beside it."""
    with clusters.open() as cluster:
        bot = cluster.start()
        eventually(lambda: cluster.posted() == 1, "the digest on record")
        bot.stop()
        return bot.effects_so_far()


def assert_goes_by(steps: list[str], landmarks: list[str]) -> None:
    """Fails unless the landmarks are among the steps, in their order."""
    rest = iter(steps)
    assert all(landmark in rest for landmark in landmarks), steps


def assert_survives_each(clusters: Clusters, steps: list[str], *, pictures: int = 1) -> None:
    """Kills a process before each of ``steps``, each time in a cluster of its own; two clusters live side by side."""

    def live_through(number: int) -> None:
        with clusters.open() as cluster:
            dying = cluster.start(die_before=("commit|slack", number))
            dying.wait_until_killed()
            assert dying.effects_so_far() == steps[: number - 1]
            finish(cluster)
            assert_posted_once(cluster, pictures=pictures)

    with ThreadPoolExecutor(2) as pool:
        for killed in [pool.submit(live_through, number) for number in range(1, len(steps) + 1)]:
            killed.result()


def assert_survives(clusters: Clusters, deadly: tuple[str, int], *, pictures: int) -> None:
    """Kills a process before that step, and lets the next one finish."""
    with clusters.open() as cluster:
        cluster.start(die_before=deadly).wait_until_killed()
        finish(cluster)
        assert_posted_once(cluster, pictures=pictures)


@pytest.mark.parametrize(
    "deadly",
    [
        ("commit occurrences", 1),  # the claim
        ("slack upload", 1),
        ("slack chat.postMessage", 2),  # the thread
        ("commit digest_messages", 1),
        ("commit occurrences", 2),  # the record
    ],
)
def test_a_process_is_killed_before_a_step_and_its_digest_is_posted_once(
    sqlite_clusters: Clusters, deadly: tuple[str, int]
) -> None:
    assert_survives(sqlite_clusters, deadly, pictures=1)


def test_a_process_is_killed_between_slack_and_postgresql_and_its_digest_is_posted_once(
    postgresql_clusters: Clusters,
) -> None:
    assert_survives(postgresql_clusters, ("commit digest_messages", 1), pictures=0)


@pytest.mark.slow
def test_wherever_a_process_is_killed_its_digest_is_posted_once(sqlite_clusters: Clusters) -> None:
    steps = steps_of_a_digest(sqlite_clusters)
    assert_goes_by(steps, LANDMARKS)
    assert_survives_each(sqlite_clusters, steps)


@pytest.mark.slow
def test_wherever_a_process_is_killed_its_digest_is_posted_once_on_postgresql(postgresql_clusters: Clusters) -> None:
    steps = steps_of_a_digest(postgresql_clusters)
    assert_goes_by(steps, [landmark for landmark in LANDMARKS if landmark not in PICTURE])
    assert_survives_each(postgresql_clusters, steps, pictures=0)


@pytest.mark.parametrize("is_taken", [False, True], ids=["not yet taken", "taken"])
@pytest.mark.parametrize("method", ["files.completeUploadExternal", "chat.postMessage"])
def test_a_call_that_was_on_its_way_when_its_process_was_killed(
    sqlite_clusters: Clusters, method: str, is_taken: bool
) -> None:
    """Slack has it, or has it and takes it after the death; nobody waits for the answer any more."""
    with sqlite_clusters.open() as cluster:
        hold = cluster.playground.hold_next(method, after_accepting=is_taken)
        bot = cluster.start()
        assert hold.reached()
        bot.kill()
        hold.let_go()
        assert cluster.playground.wait_until(lambda: bool(cluster.playground.calls(method)))
        finish(cluster)
        assert_posted_once(cluster)


@pytest.mark.slow
def test_a_process_is_killed_again_and_again(sqlite_clusters: Clusters) -> None:
    with sqlite_clusters.open() as cluster:
        for _ in range(4):
            cluster.start(die_before=("slack chat|commit digest_messages", 2)).wait_until_killed()
            cluster.let_the_lease_end()
        finish(cluster)
        assert_posted_once(cluster)


@pytest.mark.parametrize("step", ["slack chat.update", "commit digest_messages"])
def test_a_process_killed_while_it_updates_a_digest_leaves_that_to_the_next(
    sqlite_clusters: Clusters, step: str
) -> None:
    with sqlite_clusters.open() as cluster:
        bot = cluster.start()
        eventually(lambda: cluster.posted() == 1, "the digest on record")
        bot.wait_until_ready()
        cluster.order((step, 1))
        # It may die before Slack has the acknowledgement; what was typed is saved all the same.
        cluster.person().command("C0GENERAL", "/ccm log N-003 12m meds call Reconciled the list. Dose confirmed.")
        bot.wait_until_killed()

        cluster.move(minutes=1)
        after = cluster.start()
        eventually(lambda: "slack chat.update" in after.effects_so_far(), "an update by the next process")
        after.stop()

        first = next(each for each in cluster.person().messages(BLUE) if "metadata" in each.body)
        assert "done by nurse1" in str(next(row for row in table_rows(first) if row[0] == "N-003"))
        assert_posted_once(cluster)
