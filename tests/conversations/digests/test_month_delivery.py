"""The messages of the month reach each of their people, or their channel, once; whatever dies on the way."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from pkgutil import resolve_name
from typing import Any, NamedTuple

import pytest
from structlog.testing import capture_logs
from support.deaths import Death, let_the_lease_end
from support.month_messages import (
    ADMIN,
    BILLER,
    FIRST,
    LEAD,
    LEAD_OF_GREEN,
    MONDAY,
    TUESDAY,
    WEEK_BEFORE_END,
    at,
    runs,
    tick,
    told,
    watch,
)
from support.practice import import_rows, patient_row, staff_row
from support.slack import GREEN, Harness
from support.threads import at_once

from bot.playground import SeenMessage
from bot.runtime.scheduler import jobs_running
from bot.slack.workspaces import OneWorkspace
from ledger.storage.database import Database


@pytest.fixture
def harness(month_harness: Harness) -> Harness:
    """The harness with all messages of the month switched off."""
    return month_harness


def killed(*_args: Any, **_more: Any) -> Any:
    """What dies in place of doing its work."""
    raise Death


def killed_after(method: Callable[..., Any], *, done: int) -> Callable[..., Any]:
    """``method``, which is done so many times and then kills its process when it has done its work once more."""
    calls = iter(range(done))

    def wrapped(*args: Any, **more: Any) -> Any:
        result = method(*args, **more)
        if next(calls, None) is None:
            raise Death
        return result

    return wrapped


class Kind(NamedTuple):
    """A message: its switch, when it is due, who is told, and how it is called when it was missed."""

    switch: str
    due: datetime
    user: str
    title: str


KINDS = [
    Kind("month_end_notice", WEEK_BEFORE_END, LEAD_OF_GREEN, "The notice before the month's end of Green Team"),
    Kind("weekly_summary", MONDAY, LEAD_OF_GREEN, "The weekly summary of Green Team"),
    Kind("care_plan_notice", TUESDAY, LEAD_OF_GREEN, "The list of care plans and consents of Green Team"),
    Kind("month_start_notice", FIRST, BILLER, "The summary of the month before"),
]
each_kind = pytest.mark.parametrize("kind", KINDS, ids=[kind.switch for kind in KINDS])


def shown(harness: Harness, user: str) -> list[SeenMessage]:
    """What the person was sent, or sees in the channel of the green team."""
    posts = [seen for seen in harness.posts(GREEN) if user == LEAD_OF_GREEN]
    return [*harness.person(user).direct_messages(), *posts]


@pytest.fixture
def lacking(harness: Harness) -> Harness:
    """The harness where the green team lacks a consent, so that there is something to say of it."""
    green = patient_row(code="P-2002", team="Green Team", consent_date="", consent_form="")
    import_rows(harness.database, harness.practice, "patients", [green])
    return harness


@each_kind
@pytest.mark.parametrize(("late_minutes", "is_late"), [(15, False), (16, True), (600, True)])
def test_what_comes_late_on_its_day_says_so(lacking: Harness, kind: Kind, late_minutes: int, is_late: bool) -> None:
    tick(at(lacking, kind.switch, kind.due + timedelta(minutes=late_minutes)))

    (message,) = shown(lacking, kind.user)
    assert (f"*Late:* due at {kind.due.hour}:00 am." in message.words) is is_late
    assert all(run.is_late is is_late for run in runs(lacking) if run.message_ts)


@each_kind
def test_what_is_missed_is_told_in_one_line_to_those_who_waited(lacking: Harness, kind: Kind) -> None:
    at(lacking, kind.switch, kind.due - timedelta(hours=1))
    watch(lacking)
    lacking.clock.now = kind.due + timedelta(days=1)

    assert tick(lacking) == 0
    missed = watch(lacking)
    lacking.clock.move(minutes=10)

    assert missed == (1 if kind.user == BILLER else 2)
    assert (tick(lacking), watch(lacking)) == (0, 0)
    (line,) = [message.text for message in shown(lacking, kind.user)]
    due = f"{kind.due:%a %b} {kind.due.day} at {kind.due.hour}:00 am"
    assert line.startswith(f"{kind.title} due on {due} was not posted: ")
    assert "/ccm month" in line


def test_an_administrator_who_is_told_for_want_of_a_lead_is_told_whom_to_ask(lacking: Harness) -> None:
    import_rows(lacking.database, lacking.practice, "teams", [{"name": "Red Team", "channel_id": "C0RED"}])
    red = patient_row(code="P-2003", team="Red Team", consent_date="", consent_form="")
    import_rows(lacking.database, lacking.practice, "patients", [red])
    at(lacking, "care_plan_notice", TUESDAY - timedelta(hours=1))
    watch(lacking)
    lacking.clock.now = TUESDAY + timedelta(days=1)

    watch(lacking)

    (line,) = told(lacking, ADMIN)
    assert line.startswith("The list of care plans and consents of Red Team due on")
    assert line.endswith("Whom these block already: ask a biller or lead")


def test_one_who_was_told_is_not_told_that_it_was_missed(lacking: Harness) -> None:
    lacking.allows_refusals = True
    at(lacking, "month_end_notice", WEEK_BEFORE_END)
    watch(lacking)
    for _ in range(2):
        lacking.playground.fail_next("conversations.open", status=200, error="user_disabled")  # for Lead One
    tick(lacking)
    assert (told(lacking, LEAD), len(told(lacking, LEAD_OF_GREEN))) == ([], 1)

    lacking.clock.now += timedelta(days=1)
    watch(lacking)

    assert [line[:40] for line in told(lacking, LEAD)] == [
        "The notice before the month's end of Blu",
        "The notice before the month's end of Gre",
    ]
    assert len(told(lacking, LEAD_OF_GREEN)) == 1


# ---------------------------------------------------------------- exactly once

STEPS = [
    "jobs.notices.monthly.expect",
    "jobs.notices.delivery.claim",
    "bot.messages.direct_messages.SlackDirect.send",
    "jobs.notices.delivery.finish",
]
"""Where a process dies: when it has done this, or before it has."""


@each_kind
@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("after", [True, False])
def test_death_at_any_step_leads_to_one_message(
    lacking: Harness, monkeypatch: pytest.MonkeyPatch, kind: Kind, step: str, after: bool
) -> None:
    at(lacking, kind.switch, kind.due)
    with monkeypatch.context() as patch:
        patch.setattr(step, killed_after(resolve_name(step), done=0) if after else killed)
        with pytest.raises(Death):
            tick(lacking, by="a dead process")

    for _ in range(3):
        let_the_lease_end(lacking)
        tick(lacking, by="another")

    assert len(shown(lacking, kind.user)) == 1
    assert all(run.posted_at for run in runs(lacking))
    assert len(told(lacking, LEAD)) == (2 if kind.switch in {"month_end_notice", "weekly_summary"} else 0)


@pytest.mark.parametrize("told_before", [0, 1, 2])
def test_whoever_goes_on_leaves_nobody_out(lacking: Harness, monkeypatch: pytest.MonkeyPatch, told_before: int) -> None:
    at(lacking, "month_end_notice", WEEK_BEFORE_END)
    with monkeypatch.context() as patch:
        patch.setattr(
            lacking.client, "chat_postMessage", killed_after(lacking.client.chat_postMessage, done=told_before)
        )
        with pytest.raises(Death):
            tick(lacking)

    let_the_lease_end(lacking)
    tick(lacking)

    assert (len(told(lacking, LEAD)), len(told(lacking, LEAD_OF_GREEN))) == (2, 1)


def test_one_left_out_when_the_day_is_over_is_told_that_it_was_missed(
    lacking: Harness, monkeypatch: pytest.MonkeyPatch
) -> None:
    at(lacking, "month_end_notice", WEEK_BEFORE_END)
    watch(lacking)
    with monkeypatch.context() as patch:
        patch.setattr(lacking.client, "chat_postMessage", killed_after(lacking.client.chat_postMessage, done=1))
        with pytest.raises(Death):
            tick(lacking)  # Lead One has both, and the second is not on record; Lead Two has nothing
    lacking.clock.now += timedelta(days=1)

    watch(lacking)

    assert [text.partition(":")[0] for text in told(lacking, LEAD)] == [
        "Blue Team · November 2026",
        "Green Team · November 2026",
    ]
    assert [text[:41] for text in told(lacking, LEAD_OF_GREEN)] == ["The notice before the month's end of Gree"]


def test_several_processes_tell_everybody_once(lacking: Harness) -> None:
    at(lacking, "month_end_notice", WEEK_BEFORE_END)
    others = [Database(lacking.database.url.render_as_string(hide_password=False)) for _ in range(3)]

    at_once([partial(tick, lacking, str(number), one) for number, one in enumerate((lacking.database, *others))])

    for other in others:
        other.close()
    assert (len(told(lacking, LEAD)), len(told(lacking, LEAD_OF_GREEN))) == (2, 1)


# ---------------------------------------------------------------- who cannot be told


@pytest.mark.parametrize("cells", [{"active_to": "2026-11-20"}, {"slack_user_id": ""}], ids=["gone", "not in Slack"])
def test_one_who_has_left_or_is_not_in_slack_is_left_alone(harness: Harness, cells: dict[str, str]) -> None:
    lead = staff_row(id="lead1", slack_user_id=LEAD, name="Lead One", credential="RN", roles="lead")
    import_rows(harness.database, harness.practice, "staff", [{**lead, **cells}])

    assert tick(at(harness, "month_end_notice", WEEK_BEFORE_END)) == 1

    assert told(harness, LEAD) == []
    assert len(told(harness, LEAD_OF_GREEN)) == 1
    assert [(run.team_id, run.recipient) for run in runs(harness) if run.message_ts is None] == [("blue-team", "")]
    harness.clock.move(days=1)
    assert watch(harness) == 0


def test_one_whom_slack_refuses_keeps_nothing_from_the_others_and_is_tried_again(harness: Harness) -> None:
    harness.allows_refusals = True
    at(harness, "month_end_notice", WEEK_BEFORE_END)
    harness.playground.fail_next("conversations.open", status=200, error="user_disabled")

    with capture_logs() as logs:
        assert tick(harness) == 2

    (refused,) = [each for each in logs if each["event"] == "message_not_delivered"]
    assert refused["reason"] == "user_disabled"
    assert refused["key"].endswith(":lead1")
    let_the_lease_end(harness)
    assert tick(harness) == 1


def test_what_slack_took_but_did_not_confirm_is_not_sent_again(harness: Harness) -> None:
    at(harness, "month_end_notice", WEEK_BEFORE_END)
    harness.playground.fail_next("chat.postMessage", status=500, after_accepting=True)
    tick(harness)

    let_the_lease_end(harness)
    tick(harness)

    assert (len(told(harness, LEAD)), len(told(harness, LEAD_OF_GREEN))) == (2, 1)


def test_the_jobs_beside_the_bot_send_them(harness: Harness) -> None:
    at(harness, "month_start_notice", FIRST)

    with jobs_running(harness.database, OneWorkspace("T0TEST", harness.client), harness.clock):
        assert harness.playground.wait_until(lambda: bool(told(harness, BILLER)))

    assert len(told(harness, BILLER)) == 1
