"""Work is done again as long as somebody waits, and no longer."""

from collections.abc import Callable

import pytest
from sqlalchemy.exc import IntegrityError, OperationalError
from structlog.testing import capture_logs

from ledger.errors import LedgerError, OutcomeUnknownError
from ledger.storage.reach import Reach
from ledger.storage.retries import BUDGET_SECONDS, with_retries


class Watch:
    """A clock that moves when somebody pauses, or as long as work takes."""

    def __init__(self) -> None:
        self.seconds = 100.0
        self.pauses: list[float] = []

    def __call__(self) -> float:
        return self.seconds

    def pause(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.seconds += seconds


def away() -> OperationalError:
    return OperationalError("SELECT", {}, Exception("the server is gone"))


def failing(watch: Watch, *errors: Exception, takes_seconds: float = 0.0) -> Callable[[], str]:
    """Work that raises one of ``errors`` after the other, and then is done."""
    left = list(errors)

    def work() -> str:
        watch.seconds += takes_seconds
        if left:
            raise left.pop(0)
        return "done"

    return work


def run(watch: Watch, work: Callable[[], str]) -> str:
    return with_retries(work, clock=watch, pause=watch.pause)


def test_what_fails_in_passing_is_done_again_after_longer_and_longer_pauses() -> None:
    watch = Watch()

    with capture_logs() as logs:
        assert run(watch, failing(watch, *(away() for _ in range(4)))) == "done"

    assert [one["event"] for one in logs] == ["database_retry"] * 4
    assert all(low <= pause <= 2 * low for low, pause in zip((0.025, 0.05, 0.1, 0.2), watch.pauses, strict=True))


def test_nobody_is_kept_waiting_longer_than_the_budget() -> None:
    watch = Watch()

    with pytest.raises(OperationalError):
        run(watch, failing(watch, *(away() for _ in range(100))))

    assert BUDGET_SECONDS - 0.5 < watch.seconds - 100 <= BUDGET_SECONDS


def test_work_that_took_long_to_fail_is_not_begun_where_it_would_end_too_late() -> None:
    watch = Watch()

    with pytest.raises(OperationalError):
        run(watch, failing(watch, away(), takes_seconds=1.2))

    assert watch.pauses == []


@pytest.mark.parametrize("error", [LedgerError("OVERLAP", "It overlaps.", "Correct it."), ValueError("no")])
def test_what_will_not_pass_is_raised_at_once(error: Exception) -> None:
    watch = Watch()

    with pytest.raises(type(error)):
        run(watch, failing(watch, error))

    assert watch.pauses == []


def test_a_row_that_is_there_already_is_no_passing_failure() -> None:
    watch = Watch()

    with pytest.raises(IntegrityError):
        run(watch, failing(watch, IntegrityError("INSERT", {}, Exception("twice"))))

    assert watch.pauses == []


def test_what_a_cut_off_commit_did_is_known_once_the_work_was_done_again() -> None:
    watch = Watch()

    assert run(watch, failing(watch, OutcomeUnknownError(), away())) == "done"


def test_what_a_cut_off_commit_did_stays_unknown_where_nothing_answers_any_more() -> None:
    watch = Watch()

    with pytest.raises(OutcomeUnknownError):
        run(watch, failing(watch, OutcomeUnknownError(), *(away() for _ in range(100))))


def test_going_away_and_coming_back_are_told_once_each() -> None:
    watch = Watch()
    reach = Reach("thing_lost", "thing_back", clock=watch)

    with capture_logs() as logs:
        reach.worked()
        reach.failed("TimeoutError")
        watch.seconds += 90
        reach.failed("OSError")
        assert (reach.is_away, reach.away_seconds) == (True, 90)
        reach.worked()
        reach.worked()

    assert logs == [
        {"event": "thing_lost", "log_level": "error", "kind": "TimeoutError"},
        {"event": "thing_back", "log_level": "info", "away_seconds": 90},
    ]
    assert (reach.is_away, reach.away_seconds) == (False, 0)


@pytest.mark.parametrize(
    "refusal",
    [LedgerError("MONTH_CLOSED", "October is closed.", "Reopen it."), IntegrityError("INSERT", {}, Exception("twice"))],
    ids=["refused", "in the way of another"],
)
def test_after_a_commit_that_was_cut_off_a_refusal_does_not_say_that_nothing_is_stored(refusal: Exception) -> None:
    watch = Watch()

    with pytest.raises(OutcomeUnknownError):
        run(watch, failing(watch, OutcomeUnknownError(), refusal))


def test_a_refusal_without_such_a_commit_is_told_as_it_is() -> None:
    watch = Watch()

    with pytest.raises(LedgerError):
        run(watch, failing(watch, away(), LedgerError("MONTH_CLOSED", "October is closed.", "Reopen it.")))
