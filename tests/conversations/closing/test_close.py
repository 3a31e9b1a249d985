"""`/ccm close` and `/ccm reopen`: what a biller sees before, during and after, and what others are told meanwhile."""

from datetime import date
from typing import Any

import pytest
from support.closing import OCTOBER, actions
from support.home import opened
from support.practice import an_entry, entry_row, import_rows, record
from support.slack import GENERAL, Harness, has_button, picked, table_rows

from bot.playground import SeenMessage
from bot.views.closing import CHANGES_PAGE, CLOSE, close_button
from bot.views.receipt import UNDO
from bot.views.reply import Reply, section
from bot.views.reply import actions as row_of
from ledger.errors import DatabaseAwayError

BILLER, NURSE, LEAD = "U0BILLER1", "U0NURSE1", "U0LEAD1"
THE_30TH = date(2026, 10, 30)
REASON = "A call of October 30 was logged late."


@pytest.fixture
def worked(harness: Harness) -> Harness:
    """October: 25 minutes for P-1042, 17 for P-1043, 12 for P-1046, who never consented."""
    for code, minutes in (("P-1042", 25), ("P-1043", 17), ("P-1046", 12)):
        record(harness.database, harness.practice, an_entry(patient=code, day=THE_30TH, minutes=minutes))
    return harness


def last(harness: Harness, user: str = BILLER) -> SeenMessage:
    """The newest message that the biller sees, when all that was begun is done."""
    harness.settle()
    return harness.person(user).messages(GENERAL)[-1]


def close(harness: Harness, line: str = "/ccm close october") -> SeenMessage:
    """The answer to a close."""
    harness.press(harness.say(line, BILLER), CLOSE, BILLER)
    return last(harness)


def reopen(harness: Harness, line: str = f"/ccm reopen october {REASON}") -> SeenMessage:
    """The answer to a reopen."""
    harness.say(line, BILLER)
    return last(harness)


@pytest.mark.parametrize("line", ["/ccm close", "/ccm close october", "/ccm close 2026-10", "/ccm close last"])
def test_what_would_be_frozen_is_shown_before_with_the_button(worked: Harness, line: str) -> None:
    seen = worked.say(line, BILLER)

    assert "*October 2026 is open.*" in seen.words
    assert "*1 of 5 enrolled patients billable* · 1 unit · expected payment *$66.13*" in seen.words
    assert "1 blocked · 1 below threshold" in seen.words
    assert "Near the next code: 1 program of patients, worth $66.13: `/ccm near 2026-10`" in seen.words
    assert "*Still blocked* · 1 program of patients" in seen.words
    assert "• *1* · No consent to the program at any time in the month that holds" in seen.words
    assert "Close October 2026" in seen.words
    assert actions(worked.database, worked.practice) == []


def test_the_button_closes_and_the_answer_takes_the_place_of_the_card(worked: Harness) -> None:
    preview = worked.say("/ccm close october", BILLER)
    during = worked.press(preview, CLOSE, BILLER)
    after = last(worked)

    assert "Closing October 2026…" in during.words or "is closed" in during.words
    assert during.message.ts == after.ts == preview.message.ts
    assert "Closed on Tue Nov 24, 2026, 10:00 am by biller1." in after.words
    assert "*1 of 5 enrolled patients billable* · 1 unit · expected payment *$66.13*" in after.words
    assert "Rulebook medicare-2026 · SHA-256 of all that was frozen: `" in after.words
    assert "Since the close" not in after.words
    assert actions(worked.database, worked.practice) == ["close"]


def test_the_press_delivered_twice_is_one_close(worked: Harness) -> None:
    close(worked)
    worked.deliver_again("interactive")

    assert "This request had already closed it; nothing was done twice." in last(worked).words
    assert actions(worked.database, worked.practice) == ["close"]


def test_a_month_that_is_not_over_or_is_none_is_said_so(harness: Harness) -> None:
    said = harness.say("/ccm close november", BILLER).words
    assert "November 2026 is not over: in America/New_York it is 2026-11-24." in said
    assert "/ccm close 2026-11" in said
    assert "MONTH_IN_FUTURE" in harness.say("/ccm close 2026-12", BILLER).words
    assert "cannot be read as a month" in harness.say("/ccm close someday", BILLER).words


def test_a_closed_month_says_who_closed_and_reopened_it_and_why(worked: Harness) -> None:
    close(worked)
    reopen(worked)
    assert REASON in worked.say("/ccm close october", BILLER).words
    worked.clock.move(hours=1)
    close(worked)

    seen = worked.say("/ccm close october", BILLER)

    assert "Closed on Tue Nov 24, 2026, 11:00 am by biller1." in seen.words
    assert not has_button(seen.message, CLOSE)
    assert [row[1:] for row in table_rows(seen.message)] == [
        ["closed", "biller1", "–"],
        ["reopened", "biller1", REASON],
        ["closed", "biller1", "–"],
    ]
    assert "/ccm reopen 2026-10" in seen.words


def test_somebody_closed_it_meanwhile(worked: Harness) -> None:
    preview = worked.say("/ccm close october", BILLER)
    close(worked)
    worked.press(preview, CLOSE, BILLER)

    assert "October 2026 was closed on 2026-11-24 by biller1." in last(worked).words
    assert actions(worked.database, worked.practice) == ["close"]


def test_a_close_that_fails_can_be_tried_again_from_where_it_stands(
    worked: Harness, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(_call: object, *, provisionally: bool) -> Reply:
        raise DatabaseAwayError("LEDGER_BUSY", "The ledger is busy.", "Try again.")

    with monkeypatch.context() as patch:
        patch.setattr("bot.listeners.closing.save_close", busy)
        failed = close(worked)
    assert "The ledger is busy.* Nothing was saved." in failed.words
    worked.person(BILLER).press(failed, CLOSE)

    assert "October 2026 is closed" in last(worked).words


def test_the_button_works_in_a_direct_message_as_well(worked: Harness) -> None:
    channel = worked.client.conversations_open(users=[BILLER])["channel"]["id"]
    message = Reply("October is over.", (section("October is over."), row_of(close_button(OCTOBER))))
    worked.client.chat_postMessage(channel=channel, **message.payload())
    (posted,) = worked.person(BILLER).direct_messages()
    worked.person(BILLER).press(posted, CLOSE)
    worked.settle()

    (shown,) = worked.person(BILLER).direct_messages()
    assert "October 2026 is closed" in shown.words
    assert actions(worked.database, worked.practice) == ["close"]


def test_the_button_does_nothing_for_those_who_are_no_billers(worked: Harness) -> None:
    worked.say("/ccm close october", BILLER)
    worked.press(worked.say("/ccm close october", BILLER), CLOSE, BILLER)
    worked.settle()
    reopen(worked)
    worked.deliver_again("interactive", user={"id": LEAD})

    assert "ROLE_NEEDED" in "\n".join(seen.words for seen in worked.person(BILLER).messages(GENERAL))
    assert actions(worked.database, worked.practice) == ["close", "reopen"]


REFUSED = (
    "/ccm log P-1042 12m meds 10/30 Reconciled the insulin list. Dose confirmed with the patient.",
    "/ccm fix P-1042#1 15m",
    "/ccm fix P-1044#1 10/30",
    "/ccm void P-1042#1 Logged for the wrong patient.",
    "/ccm add P-1042#1 The pharmacy confirmed the new dose.",
)


@pytest.mark.parametrize("line", REFUSED)
def test_a_closed_month_takes_nothing_and_the_way_to_reopen_it_is_named(worked: Harness, line: str) -> None:
    worked.work(an_entry(patient="P-1044", minutes=5))
    close(worked)
    seen = worked.say(line, NURSE)

    assert "October 2026 is closed since 2026-11-24 (rule E9).* Nothing was saved." in seen.words
    assert "A biller can reopen it and say why, for example: /ccm reopen 2026-10" in seen.words
    assert line in seen.words, "what was typed is given back"
    assert len(worked.entries()) == 4


def test_a_form_and_the_undo_button_find_the_month_closed_too(worked: Harness) -> None:
    saved = worked.say(REFUSED[0], NURSE)
    form = worked.say("/ccm log P-1042", NURSE).modal
    assert form is not None
    close(worked)

    assert "MONTH_CLOSED" in worked.press(saved, UNDO, NURSE).words
    values: dict[str, Any] = {"patient": picked("P-1042"), "length": "7m", "activity": "medication"}
    values |= {"date": "2026-10-30", "note": "Reviewed the potassium. Result sent."}
    errors = worked.person(NURSE).submit(form, values).errors
    assert list(errors) == ["date"]
    assert "October 2026 is closed since 2026-11-24 (rule E9). A biller can reopen it" in errors["date"]
    assert len(worked.entries()) == 4


def test_a_fact_that_would_change_it_is_recorded_and_the_closed_month_stays(worked: Harness) -> None:
    close(worked)
    said = worked.say("/ccm consent P-1046 10/02 verbal", NURSE).words

    assert "*Recorded*" in said
    assert "*October 2026 is closed*: its statement stays as it was until a biller reopens it" in said
    assert "`/ccm reopen 2026-10" in said
    assert "CCM · Blocked" in worked.say("/ccm patient P-1046 oct", BILLER).words
    assert "October 2026 is closed" not in worked.say("/ccm plan P-1042 today", NURSE).words


def test_the_statement_and_the_list_of_a_closed_month_say_so(worked: Harness) -> None:
    line = "Closed on Tue Nov 24, 2026, 10:00 am by biller1."
    for asked in ("/ccm patient P-1042 oct", "/ccm month oct"):
        assert line not in worked.say(asked, BILLER).words
    close(worked)
    for asked in ("/ccm patient P-1042 oct", "/ccm month oct"):
        assert line in worked.say(asked, BILLER).words
    assert line not in worked.say("/ccm month", BILLER).words
    blocked = worked.say("/ccm patient P-1046 oct", NURSE)
    assert not [block for block in blocked.message.blocks if "fact_form" in str(block)], "nothing to clear"


def test_the_home_tab_of_a_biller_has_the_last_closed_month(worked: Harness) -> None:
    assert "*October 2026* is not closed yet: `/ccm close 2026-10`" in opened(worked, BILLER).words
    close(worked)
    home = worked.person(BILLER).home_view
    assert home is not None
    assert (
        "*Last closed month: October 2026* · 1 of 5 enrolled patients billable · expected payment *$66.13*"
        in home.words
    )
    assert "Closed on Tue Nov 24, 2026, 10:00 am by biller1. All of it: `/ccm month 2026-10`" in home.words
    reopen(worked)
    home = worked.person(BILLER).home_view
    assert home is not None
    assert "Last closed month" not in home.words


def test_a_biller_of_a_practice_that_begins_has_no_month_to_close(harness: Harness) -> None:
    assert "is not closed yet" not in opened(harness, BILLER).words


# Reopening


def test_a_reopen_says_why_and_what_may_be_done_now(worked: Harness) -> None:
    close(worked)
    seen = reopen(worked)

    assert "*October 2026 is open again*, since Tue Nov 24, 2026, 10:00 am, by biller1." in seen.words
    assert f"Reason: {REASON}" in seen.words
    assert "Its figures are as they were when it was closed." in seen.words
    assert "It takes entries, voids, fixes and addenda again." in seen.words
    assert REASON not in seen.text
    assert "*Saved*" in worked.say(REFUSED[0], NURSE).words


def test_a_reopen_delivered_twice_is_one(worked: Harness) -> None:
    close(worked)
    reopen(worked)
    worked.deliver_again("slash_commands")

    assert "This request had already reopened it; nothing was done twice." in last(worked).words
    assert actions(worked.database, worked.practice) == ["close", "reopen"]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("/ccm reopen", "Which month, and why?"),
        ("/ccm reopen october", "A reason has 1 to 300 characters; this one has 0."),
        ("/ccm reopen someday it was wrong", "cannot be read as a month"),
        ("/ccm reopen 2026-12 It was wrong.", "has not begun"),
        ("/ccm reopen september It was wrong.", "September 2026 is not closed: it takes entries."),
        ("/ccm reopen oct Called 215-555-0199 again.", "The reason has what looks like a phone number"),
    ],
)
def test_a_reopen_that_is_none_is_said_so_and_changes_nothing(worked: Harness, line: str, said: str) -> None:
    close(worked)
    seen = worked.say(line, BILLER)
    worked.settle()

    assert said in seen.words
    assert "Nothing was saved." in seen.words
    assert actions(worked.database, worked.practice) == ["close"]


def test_the_reason_is_kept_as_it_was_typed(worked: Harness) -> None:
    close(worked)
    assert "Reason: Minutes < 20 & not billed" in str(
        reopen(worked, "/ccm reopen oct 2026 Minutes < 20 & not billed").blocks
    )
    assert "Minutes < 20 & not billed" in str(table_rows(worked.say("/ccm close oct", BILLER).message))


def test_the_figures_that_a_reopen_changed_are_counted(worked: Harness) -> None:
    close(worked)
    worked.say("/ccm consent P-1046 10/02 verbal", NURSE)
    assert "The figures of 1 patient are others now" in reopen(worked).words


def test_the_second_close_shows_what_changed_patient_by_patient(worked: Harness) -> None:
    close(worked)
    reopen(worked)
    worked.say("/ccm void P-1042#1 Logged for the wrong patient.", NURSE)
    worked.say("/ccm log P-1043 5m meds 10/30 Reconciled the insulin list. Dose confirmed.", NURSE)
    worked.clock.move(hours=2)

    seen = close(worked)

    assert "*Since the close of Tue Nov 24, 2026, 10:00 am 2 patients changed*" in seen.words
    assert "1 newly billable, 1 no longer." in seen.words
    assert table_rows(seen) == [
        ["P-1042", "CCM", "no longer billable", "25 → 0", "99490 → none", "$66.13 → $0.00"],
        ["P-1043", "CCM", "newly billable", "17 → 22", "none → 99490", "$0.00 → $66.13"],
    ]


def test_a_second_close_without_changes_says_that_nothing_did(worked: Harness) -> None:
    close(worked)
    reopen(worked)
    seen = close(worked)
    assert "*Since the close of Tue Nov 24, 2026, 10:00 am nothing changed.*" in seen.words


def test_many_changes_are_paged(worked: Harness) -> None:
    codes = [f"M-{number:03}" for number in range(60)]
    worked.enroll({"code": code} for code in codes)
    close(worked)
    reopen(worked)
    rows = [entry_row(patient=code, date="2026-10-29", minutes="21") for code in codes]
    import_rows(worked.database, worked.practice, "entries", rows, at=worked.clock())
    close(worked)

    seen = worked.person(BILLER).messages(GENERAL)[-1]
    listed: list[str] = []
    pages = 0
    while True:
        pages += 1
        listed += [row[0] for row in table_rows(seen)]
        if not has_button(seen, f"{CHANGES_PAGE}_next"):
            break
        seen = worked.person(BILLER).press(seen, f"{CHANGES_PAGE}_next").message
    assert (listed, pages) == (codes, 3)
