"""The digest lives: rows are taken, done and opened again in place, whoever does it and from where."""

from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from structlog.testing import capture_logs
from support.practice import NOTE, an_entry
from support.slack import BLUE, NEAR_COUNT, Harness, table_rows
from support.threads import at_once

from bot.messages.digest_channel import SlackChannel
from bot.playground import Glance, SeenMessage
from bot.views import digest
from bot.views.taking import TAKE_OVER
from jobs.digests.posting import run_due
from jobs.digests.updating import LivingDigests
from ledger.reports.takes import takes_of
from ledger.rules.facts import Activity, Program

NINE = datetime(2026, 11, 25, 14, 0, tzinfo=UTC)
NURSE, NURSE2, LEAD, DOCTOR, BILLER, ADMIN = "U0NURSE1", "U0NURSE2", "U0LEAD1", "U0DOCTOR1", "U0BILLER1", "U0ADMIN1"
FIVE_MINUTES = "5m meds call Reconciled the insulin list. Dose confirmed with the patient."


def posts_what_is_due(harness: Harness) -> SeenMessage:
    """Posts the digests that are due and returns the first message of the blue team's newest."""
    run_due(
        harness.database.of("T0TEST"),
        harness.practice.practice_id,
        SlackChannel(harness.client),
        by="a process",
        now=harness.clock,
    )
    return harness.posts(BLUE)[-1]


@pytest.fixture
def at_nine(harness: Harness) -> Harness:
    """The harness at nine, when P-1042 and P-1043 are near, and P-1047 is but has no care plan."""
    harness.enroll([{"code": "P-1047", "care_plan_date": ""}])
    harness.work(an_entry(minutes=17))
    harness.work(an_entry(patient="P-1043", minutes=16))
    harness.work(an_entry(patient="P-1047", minutes=18))
    harness.clock.now = NINE
    return harness


@pytest.fixture
def posted(at_nine: Harness) -> SeenMessage:
    """The digest of the blue team as it was posted at nine."""
    return posts_what_is_due(at_nine)


def living(harness: Harness) -> LivingDigests:
    """What keeps digests up to date in another process."""
    return LivingDigests(harness.database, SlackChannel(harness.client), harness.clock)


def tick(harness: Harness) -> None:
    """What the clock does each minute."""
    living(harness).tick(harness.practice.practice_id)


def now(harness: Harness, seen: SeenMessage) -> SeenMessage:
    """The message as it is now, when all that goes on behind the acknowledgements is done."""
    harness.settle()
    return next(each for each in harness.thread(BLUE, seen.ts) if each.ts == seen.ts)


def row_of(seen: SeenMessage, code: str) -> dict[str, str]:
    """The patient's row by the names of the columns."""
    (table,) = (block for block in seen.blocks if block["type"] == "table")
    names = [cell["text"] for cell in table["rows"][0]]
    (row,) = (row for row in table_rows(seen) if row[0] == code)
    return dict(zip(names, row, strict=True))


def status(harness: Harness, seen: SeenMessage, code: str = "P-1042") -> str:
    return row_of(now(harness, seen), code)["Status"]


def options(seen: SeenMessage, action_id: str) -> list[str]:
    """What a menu of the message offers."""
    elements = [element for block in seen.blocks for element in block.get("elements", [])]
    (menu,) = (element for element in elements if element.get("action_id") == action_id)
    return [option["text"]["text"] for option in menu["options"]]


def takes(harness: Harness, seen: SeenMessage, code: str = "P-1042", user: str = NURSE) -> Glance:
    """What the user sees after choosing the patient in the menu "Take a patient…"."""
    glance = harness.person(user).press(now(harness, seen), digest.TAKE, code)
    harness.settle()
    return glance


def told(glance: Glance) -> SeenMessage:
    """What only the person sees who pressed."""
    (seen,) = (each for each in glance.messages if each.ephemeral)
    return seen


def test_it_lists_the_near_as_open_and_offers_to_take_them_and_to_log(at_nine: Harness, posted: SeenMessage) -> None:
    assert {row[0]: row[-1] for row in table_rows(posted)} == {"P-1042": "open", "P-1043": "open"}
    assert "*4 business days left*" not in posted.words
    assert "*3 business days left* to reach the next code." in posted.words
    assert "Worth if finished: *$132.26*" in posted.words
    everybody = ["P-1042 · CCM · 17 min", "P-1043 · CCM · 16 min", "P-1047 · CCM · 18 min"]
    assert options(posted, digest.TAKE) == options(posted, digest.LOG) == everybody


def test_who_takes_a_patient_is_seen_by_all_and_told_so(at_nine: Harness, posted: SeenMessage) -> None:
    answer = told(takes(at_nine, posted))

    assert answer.text == "P-1042 is yours in November."
    assert status(at_nine, posted) == "taken by nurse1"
    assert "P-1042 · CCM · 17 min · taken by nurse1" in options(now(at_nine, posted), digest.TAKE)
    with at_nine.looking() as connection:
        (take,) = takes_of(connection, at_nine.practice, NINE.date().replace(day=1)).values()
    assert (take.patient_code, take.staff_id, take.taken_at) == ("P-1042", "nurse1", NINE)


def test_ones_own_patient_taken_again_is_given_back(at_nine: Harness, posted: SeenMessage) -> None:
    takes(at_nine, posted)

    assert told(takes(at_nine, posted)).text == "You gave P-1042 back: nobody has taken the patient now."
    assert status(at_nine, posted) == "open"


def test_a_choice_delivered_twice_takes_once(at_nine: Harness, posted: SeenMessage) -> None:
    takes(at_nine, posted)
    at_nine.deliver_again("interactive")

    assert status(at_nine, posted) == "taken by nurse1"


def test_a_patient_of_another_is_taken_over_after_a_question(at_nine: Harness, posted: SeenMessage) -> None:
    takes(at_nine, posted)
    at_nine.clock.move(minutes=12)

    asked = told(takes(at_nine, posted, user=NURSE2))
    assert asked.text == "P-1042 is taken by nurse1 since Wed Nov 25, 9:00 am."
    assert status(at_nine, posted) == "taken by nurse1"

    at_nine.person(NURSE2).press(asked, TAKE_OVER)
    assert status(at_nine, posted) == "taken by nurse2"
    at_nine.deliver_again("interactive")
    assert status(at_nine, posted) == "taken by nurse2"


def test_who_takes_over_too_late_is_told_who_has_the_patient_now(at_nine: Harness, posted: SeenMessage) -> None:
    takes(at_nine, posted)
    slow = told(takes(at_nine, posted, user=NURSE2))
    quick = told(takes(at_nine, posted, user=LEAD))
    at_nine.person(LEAD).press(quick, TAKE_OVER)
    at_nine.person(NURSE2).press(slow, TAKE_OVER)

    assert status(at_nine, posted) == "taken by lead1"
    shown = [each for each in at_nine.person(NURSE2).messages(BLUE) if each.ts == slow.ts]
    assert "P-1042 is taken by lead1" in shown[0].text


def test_two_who_take_at_once_do_not_both_get_the_patient(at_nine: Harness, posted: SeenMessage) -> None:
    glances = at_once([partial(takes, at_nine, posted, "P-1042", user) for user in (NURSE, NURSE2, LEAD, DOCTOR)])

    answers = sorted(told(glance).text for glance in glances if isinstance(glance, Glance))
    assert [text.startswith("P-1042 is yours") for text in answers].count(True) == 1
    assert [text.startswith("P-1042 is taken by") for text in answers].count(True) == 3
    assert status(at_nine, posted).startswith("taken by")


@pytest.mark.parametrize("user", [BILLER, ADMIN])
def test_only_those_who_document_or_lead_may_take(at_nine: Harness, posted: SeenMessage, user: str) -> None:
    answer = told(takes(at_nine, posted, user=user))

    assert "The button Take needs the role coordinator or lead or practitioner" in answer.words
    assert status(at_nine, posted) == "open"


def test_a_stranger_in_the_channel_takes_nothing(at_nine: Harness, posted: SeenMessage) -> None:
    assert "You are not on this practice's staff list yet." in told(takes(at_nine, posted, user="U0VISITOR")).words
    assert status(at_nine, posted) == "open"


def test_a_menu_forgets_what_was_chosen_in_it(at_nine: Harness, posted: SeenMessage) -> None:
    """Slack shows a choice until the message is written again, and does not report the same choice twice."""
    takes(at_nine, posted)
    before = len(at_nine.playground.calls("chat.update"))
    takes(at_nine, posted, user=NURSE2)

    assert len(at_nine.playground.calls("chat.update")) == before + 1


def test_logging_from_it_opens_the_form_with_patient_and_program(at_nine: Harness, posted: SeenMessage) -> None:
    form = at_nine.person().press(posted, digest.LOG, "P-1042 ccm").modal

    assert form is not None
    filled = {block["block_id"]: block["element"] for block in form.blocks if block["type"] == "input"}
    assert filled["patient"]["initial_option"]["value"] == "P-1042"
    assert filled["program"]["initial_option"]["value"] == "CCM"

    at_nine.person().submit(form, {"length": "5m", "activity": "medication", "note": NOTE})
    row = row_of(now(at_nine, posted), "P-1042")
    assert (row["Minutes"], row["Missing"], row["Status"]) == ("22", "0", "done by nurse1")


@pytest.mark.parametrize("user", [LEAD, BILLER])
def test_logging_from_it_is_for_those_who_may_log(at_nine: Harness, posted: SeenMessage, user: str) -> None:
    glance = at_nine.person(user).press(posted, digest.LOG, "P-1042 ccm")

    assert glance.modal is None
    assert "ROLE_NEEDED" in told(glance).words


def test_a_row_is_marked_done_in_place_when_its_patient_passes(at_nine: Harness, posted: SeenMessage) -> None:
    at_nine.say(f"/ccm log P-1042 {FIVE_MINUTES}", NURSE2)

    seen = now(at_nine, posted)
    row = row_of(seen, "P-1042")
    assert (row["Minutes"], row["Missing"], row["Next code"], row["Status"]) == ("22", "0", "99490", "done by nurse2")
    assert "Worth if finished: *$66.13* · done: *1* of 2" in seen.words
    assert "Billable now: 1 of 4 enrolled patients" in seen.words
    assert seen.text == "Blue Team · November 2026: 1 patient near the next code, worth $66.13. 1 of 2 done."
    assert options(seen, digest.LOG) == ["P-1043 · CCM · 16 min", "P-1047 · CCM · 18 min"]
    assert len(at_nine.posts(BLUE)) == 1


def test_the_key_stays_with_the_message_that_is_changed(at_nine: Harness, posted: SeenMessage) -> None:
    at_nine.say(f"/ccm log P-1042 {FIVE_MINUTES}")

    assert now(at_nine, posted).body["metadata"] == posted.body["metadata"]


def test_minutes_that_do_not_pass_are_shown_as_well(at_nine: Harness, posted: SeenMessage) -> None:
    at_nine.say(f"/ccm log P-1042 {FIVE_MINUTES.replace('5m', '1m')}")

    row = row_of(now(at_nine, posted), "P-1042")
    assert (row["Minutes"], row["Missing"], row["Status"]) == ("18", "2", "open")


def test_who_did_it_is_whose_entry_reached_the_threshold_not_who_came_last(
    at_nine: Harness, posted: SeenMessage
) -> None:
    for user, what in ((NURSE, "meds"), (NURSE2, "plan"), (DOCTOR, "labs")):
        at_nine.say(f"/ccm log P-1042 {FIVE_MINUTES.replace('5m meds', f'2m {what}')} For {user}.", user)

    assert status(at_nine, posted) == "done by nurse2"


def test_when_all_are_done_it_says_so(at_nine: Harness, posted: SeenMessage) -> None:
    for code in ("P-1042", "P-1043"):
        at_nine.say(f"/ccm log {code} {FIVE_MINUTES}")

    seen = now(at_nine, posted)
    assert "Nobody on this list is open any more: *2* of 2 done." in seen.words
    assert seen.text == "Blue Team · November 2026: nobody is near the next code. 2 of 2 done."


def test_a_void_opens_the_row_again(at_nine: Harness, posted: SeenMessage) -> None:
    at_nine.say(f"/ccm log P-1042 {FIVE_MINUTES}")
    assert status(at_nine, posted) == "done by nurse1"

    at_nine.say("/ccm undo")
    row = row_of(now(at_nine, posted), "P-1042")
    assert (row["Minutes"], row["Missing"], row["Status"]) == ("17", "3", "open")


def test_a_row_whose_minutes_were_voided_stays_and_says_that_it_is_not_near(
    at_nine: Harness, posted: SeenMessage
) -> None:
    takes(at_nine, posted)
    at_nine.say("/ccm void P-1042#1 Logged for the wrong patient.")

    row = row_of(now(at_nine, posted), "P-1042")
    assert (row["Minutes"], row["Missing"], row["Status"]) == ("0", "20", "not near now, taken by nurse1")


def test_a_blocked_patient_is_opened_by_the_fact_that_unblocks_and_done_by_minutes(
    at_nine: Harness, posted: SeenMessage
) -> None:
    assert "• *P-1047* · CCM · 18 minutes · " in posted.words
    takes(at_nine, posted, "P-1047")
    assert "taken by nurse1" in next(line for line in now(at_nine, posted).words.split("\n") if "P-1047" in line)

    at_nine.say("/ccm plan P-1047 2026-11-02")
    assert (
        "• *P-1047* · CCM · 18 minutes · no longer blocked: 2 more for 99490 · taken by nurse1"
        in now(at_nine, posted).words
    )

    at_nine.say(f"/ccm log P-1047 {FIVE_MINUTES}", NURSE2)
    assert "• *P-1047* · CCM · 23 minutes · done by nurse2" in now(at_nine, posted).words


def test_one_who_cannot_be_finished_any_more_is_no_longer_asked_for(at_nine: Harness, posted: SeenMessage) -> None:
    assert "Worth if finished: *$132.26*" in posted.words

    at_nine.say("/ccm enroll P-1042 ccm until 11/24 died")

    seen = now(at_nine, posted)
    assert status(at_nine, posted) == "ended Nov 24 (died)"
    assert "Worth if finished: *$66.13*" in seen.words
    assert "P-1042" not in str([block for block in seen.blocks if block["type"] == "actions"])

    at_nine.say("/ccm stay P-1043 snf today")
    assert row_of(now(at_nine, posted), "P-1043")["Status"] == "in a facility since Nov 25 (snf)"


def test_a_new_digest_names_apart_who_cannot_be_finished(at_nine: Harness) -> None:
    for line in ("enroll P-1042 ccm until 11/20 died", "stay P-1043 snf 11/20", "enroll P-1047 ccm until 11/20 moved"):
        at_nine.say(f"/ccm {line}")

    seen = posts_what_is_due(at_nine)

    assert table_rows(seen) == []
    assert "Nobody is near the next code." in seen.words
    assert "Near, but blocked" not in seen.words
    assert "*Cannot be finished now* – further minutes would not count:" in seen.words
    for said in (
        "17 minutes · ended Nov 20 (died)",
        "in a facility since Nov 20 (snf)",
        "18 minutes · ended Nov 20 (moved)",
    ):
        assert said in seen.words


def test_a_timer_that_ends_marks_its_patient_done(at_nine: Harness, posted: SeenMessage) -> None:
    at_nine.say("/ccm start P-1042 meds call", NURSE2)
    at_nine.clock.move(minutes=4)
    at_nine.say("/ccm stop Reconciled the insulin list. Dose confirmed with the patient.", NURSE2)

    assert status(at_nine, posted) == "done by nurse2"


def test_what_is_done_beside_slack_is_shown_by_the_next_tick(at_nine: Harness, posted: SeenMessage) -> None:
    at_nine.work(an_entry(minutes=4, staff="nurse2", activity=Activity.RESULTS_REVIEW))
    assert status(at_nine, posted) == "open"

    tick(at_nine)
    assert status(at_nine, posted) == "done by nurse2"


def test_a_tick_writes_nothing_where_nothing_has_changed(at_nine: Harness, posted: SeenMessage) -> None:
    for _ in range(3):
        at_nine.clock.move(minutes=1)
        tick(at_nine)

    assert at_nine.playground.calls("chat.update") == []


def test_who_came_near_later_is_counted_in_a_line(at_nine: Harness, posted: SeenMessage) -> None:
    at_nine.enroll([{"code": f"P-20{number}"} for number in range(10, 13)])
    for number in range(10, 13):
        at_nine.work(an_entry(patient=f"P-20{number}", minutes=15, staff="nurse2"))
    tick(at_nine)

    seen = now(at_nine, posted)
    assert "*3* more patients are near since this list was made: /ccm near Blue Team" in seen.words
    assert [row[0] for row in table_rows(seen)] == ["P-1042", "P-1043"]
    assert at_nine.say("/ccm near Blue Team").messages


def test_a_team_with_nobody_near_is_told_when_somebody_comes_near(at_nine: Harness, posted: SeenMessage) -> None:
    (of_green,) = at_nine.posts("C0GREEN")
    assert len(of_green.blocks) == 1

    at_nine.work(an_entry(patient="P-1044", minutes=16, program=Program("CCM"), staff="nurse2"))
    tick(at_nine)

    (of_green,) = at_nine.posts("C0GREEN")
    assert "Nobody is near the next code." in of_green.words
    assert "*1* more patient is near since this list was made: /ccm near Green Team" in of_green.words


def test_the_days_that_are_left_go_on_counting(at_nine: Harness, posted: SeenMessage) -> None:
    at_nine.clock.move(days=2)
    tick(at_nine)

    assert "*2 business days left*" in now(at_nine, posted).words


def test_a_change_to_somebody_who_is_not_listed_writes_nothing_before_the_next_tick(
    at_nine: Harness, posted: SeenMessage
) -> None:
    at_nine.say("/ccm log P-1046 25m meds call Reconciled the list. Dose confirmed.")
    at_nine.settle()

    assert at_nine.playground.calls("chat.update") == []


def test_refresh_shows_what_has_changed_since(at_nine: Harness, posted: SeenMessage) -> None:
    at_nine.work(an_entry(minutes=4, staff="nurse2", activity=Activity.RESULTS_REVIEW))

    at_nine.person(BILLER).press(posted, digest.REFRESH)

    assert status(at_nine, posted) == "done by nurse2"


def test_only_the_newest_digest_lives_and_an_older_one_is_refreshed_by_its_button(
    at_nine: Harness, posted: SeenMessage
) -> None:
    at_nine.clock.now = NINE + timedelta(days=2)
    newer = posts_what_is_due(at_nine)
    assert newer.ts != posted.ts

    at_nine.say(f"/ccm log P-1042 {FIVE_MINUTES}")
    assert (status(at_nine, newer), status(at_nine, posted)) == ("done by nurse1", "open")

    at_nine.person().press(posted, digest.REFRESH)
    assert status(at_nine, posted) == "done by nurse1"

    takes(at_nine, posted, "P-1043")
    assert [status(at_nine, seen, "P-1043") for seen in (newer, posted)] == ["taken by nurse1"] * 2


def test_a_digest_of_a_month_that_is_over_shows_that_month(at_nine: Harness, posted: SeenMessage) -> None:
    at_nine.clock.now = NINE + timedelta(days=10)
    tick(at_nine)
    assert at_nine.playground.calls("chat.update") == []

    takes(at_nine, posted)
    seen = now(at_nine, posted)
    assert "*The month is over.*" in seen.words
    assert row_of(seen, "P-1042")["Status"] == "taken by nurse1"


def test_a_busy_slack_is_asked_again_by_the_next_tick(at_nine: Harness, posted: SeenMessage) -> None:
    at_nine.work(an_entry(minutes=4, staff="nurse2", activity=Activity.RESULTS_REVIEW))
    at_nine.playground.fail_next("chat.update", status=200, error="ratelimited")
    with capture_logs() as logs:
        tick(at_nine)
    assert (logs[0]["event"], logs[0]["reason"]) == ("digest_not_updated", "ratelimited")
    assert status(at_nine, posted) == "open"

    tick(at_nine)
    assert status(at_nine, posted) == "done by nurse2"


@pytest.mark.parametrize("reason", ["message_not_found", "channel_not_found", "is_archived", "not_in_channel"])
def test_a_digest_that_is_gone_is_not_written_again(at_nine: Harness, posted: SeenMessage, reason: str) -> None:
    at_nine.work(an_entry(minutes=4, staff="nurse2", activity=Activity.RESULTS_REVIEW))
    at_nine.playground.fail_next("chat.update", status=200, error=reason)
    with capture_logs() as logs:
        tick(at_nine)
        tick(at_nine)

    assert [each["reason"] for each in logs] == [reason]
    assert len(at_nine.playground.calls("chat.update")) == 1


def test_a_deleted_message_of_a_thread_takes_nothing_from_the_others(full_harness: Harness) -> None:
    full_harness.forget_message_rate()
    full_harness.allows_refusals = True
    full_harness.clock.now = NINE
    first = posts_what_is_due(full_harness)
    second, third = full_harness.thread(BLUE, first.ts)[1:3]
    full_harness.client.chat_delete(channel=BLUE, ts=second.ts)

    for code in ("N-0060", "N-0110"):
        full_harness.say(f"/ccm log {code} {FIVE_MINUTES}")
    full_harness.settle()

    thread = full_harness.thread(BLUE, first.ts)
    assert row_of(next(each for each in thread if each.ts == third.ts), "N-0110")["Status"] == "done by nurse1"
    full_harness.settle()
    before = len(full_harness.playground.calls("chat.update"))
    full_harness.say(f"/ccm log N-0061 {FIVE_MINUTES}")
    full_harness.settle()
    changed = {call.payload["ts"] for call in full_harness.playground.calls("chat.update")[before:]}
    assert changed == {first.ts}, "the totals alone: the row's message is not there any more"


@pytest.fixture
def long_list(full_harness: Harness) -> list[SeenMessage]:
    """A digest of 500 near and 200 blocked patients with its thread."""
    full_harness.forget_message_rate()
    full_harness.clock.now = NINE
    first = posts_what_is_due(full_harness)
    return full_harness.thread(BLUE, first.ts)


def test_a_long_list_lives_in_its_thread(full_harness: Harness, long_list: list[SeenMessage]) -> None:
    first, second, *_ = long_list
    assert "Rows 1–50 of 500; the rest follows in the thread." in first.words
    assert len(options(second, digest.TAKE)) == 50

    full_harness.person().press(second, digest.TAKE, "N-0060")
    full_harness.say(f"/ccm log N-0070 {FIVE_MINUTES}")
    full_harness.settle()

    thread = full_harness.thread(BLUE, first.ts)
    assert [row[0] for each in thread for row in table_rows(each)] == [f"N-{number:04}" for number in range(NEAR_COUNT)]
    states = {row[0]: row[-1] for each in thread for row in table_rows(each)}
    assert (states["N-0060"], states["N-0070"], states["N-0071"]) == ("taken by nurse1", "done by nurse1", "open")
    assert "done: *1* of 500" in thread[0].words
    written = {call.payload["ts"] for call in full_harness.playground.calls("chat.update")}
    assert written == {first.ts, second.ts}, "messages that show the same stay as they are"


def test_everybody_of_a_long_list_is_in_one_menu(full_harness: Harness, long_list: list[SeenMessage]) -> None:
    offered = [label.split(" ")[0] for each in long_list for label in options(each, digest.TAKE)]

    assert sorted(offered) == sorted(
        [*(f"N-{number:04}" for number in range(NEAR_COUNT)), *(f"S-{number:04}" for number in range(200))]
    )


def test_a_press_on_a_message_that_nothing_is_kept_of_says_what_to_do(at_nine: Harness, posted: SeenMessage) -> None:
    with at_nine.database.of("T0TEST").writing() as connection:
        connection.exec_driver_sql("DELETE FROM digest_messages")

    for press in (partial(takes, at_nine, posted), lambda: at_nine.person().press(posted, digest.REFRESH)):
        answer = told(press())
        assert "This message belongs to no digest that is kept here." in answer.words
        assert "/ccm near" in answer.words
