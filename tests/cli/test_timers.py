"""``ccm start``, ``stop`` and ``cancel``: a timer beside the ledger, as in Slack."""

from collections.abc import Callable
from datetime import timedelta, tzinfo
from types import SimpleNamespace

import pytest
from support.practice import NOTE
from support.slack import NOW
from support.terminal import Ccm, fine, refused

Wait = Callable[[float], None]


@pytest.fixture
def wait(monkeypatch: pytest.MonkeyPatch) -> Wait:
    """Lets it be so many minutes after ten."""

    def wait(minutes: float) -> None:
        def frozen(zone: tzinfo) -> object:
            return (NOW + timedelta(minutes=minutes)).astimezone(zone)

        monkeypatch.setattr("ledger.clock.datetime", SimpleNamespace(now=frozen))

    return wait


def test_a_timer_is_started_and_stopped_with_the_answers_of_slack(ccm: Ccm, wait: Wait) -> None:
    assert "Started · P-1042 · 10:00 am · medication" in fine(ccm("start", "--as", "nurse1", "1042", "meds"))
    wait(12)

    printed = fine(ccm("stop", "--as", "nurse1", "call", *NOTE.split()))

    assert "Saved · P-1042 · 12 min · medication · live call · Tue Nov 24, 10:00–10:12 am" in printed


def test_a_cancelled_timer_is_gone(ccm: Ccm, wait: Wait) -> None:
    fine(ccm("start", "--as", "nurse1", "P-1042"))
    wait(3)

    assert "Cancelled · P-1042 · 3 min since 10:00 am were not logged." in fine(ccm("cancel", "--as", "nurse1"))
    refused(ccm("cancel", "--as", "nurse1"), "TIMER_NONE")


def test_a_second_start_is_refused(ccm: Ccm) -> None:
    fine(ccm("start", "--as", "nurse1", "P-1042"))

    assert "/ccm stop" in refused(ccm("start", "--as", "nurse1", "P-1043"), "TIMER_RUNNING")
    fine(ccm("start", "--as", "nurse2", "P-1043"))


def test_a_timer_that_ran_too_long_is_saved_only_with_confirm(ccm: Ccm, wait: Wait) -> None:
    fine(ccm("start", "--as", "nurse1", "P-1042", "meds"))
    wait(50)

    assert "add --confirm" in refused(ccm("stop", "--as", "nurse1", NOTE), "TIMER_LONG")
    assert "Saved · P-1042 · 50 min" in fine(ccm("stop", "--as", "nurse1", "--confirm", NOTE))


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("start", "--as", "nurse1"), "LINE_INCOMPLETE"),
        (("start", "--as", "nurse1", "P-1042", "12m"), "LINE_INCOMPLETE"),
        (("start", "--as", "lead1", "P-1042"), "ROLE_NEEDED"),
        (("stop", "--as", "nurse1", "Note."), "TIMER_NONE"),
        (("cancel", "--as", "biller1"), "ROLE_NEEDED"),
    ],
)
def test_what_cannot_be_done_says_why(ccm: Ccm, words: tuple[str, ...], code: str) -> None:
    refused(ccm(*words), code)


def test_a_stop_with_gaps_keeps_the_timer_running(ccm: Ccm, wait: Wait) -> None:
    fine(ccm("start", "--as", "nurse1", "P-1042", "meds"))
    wait(12)

    refused(ccm("stop", "--as", "nurse1"), "LINE_INCOMPLETE")

    assert "12 min" in fine(ccm("stop", "--as", "nurse1", "BP <140 & the dose &lt; as typed."))
