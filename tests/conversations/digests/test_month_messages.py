"""The messages of the month: what each says, and when there is nothing to say."""

from datetime import date, timedelta

import pytest
from support.facts import import_fact_rows
from support.forms import opened
from support.month_messages import (
    ADMIN,
    BILLER,
    FIRST,
    LEAD,
    LEAD_OF_GREEN,
    MONDAY,
    NURSE,
    TUESDAY,
    WEEK_BEFORE_END,
    at,
    decide,
    only,
    runs,
    tick,
    told,
    watch,
)
from support.practice import NOTE, an_entry, import_rows, local, patient_row, staff_row
from support.slack import BLUE, GREEN, Harness, has_button, table_rows

from bot.views.closing import CLOSE


@pytest.fixture
def harness(month_harness: Harness) -> Harness:
    """The harness with all messages of the month switched off."""
    return month_harness


# ---------------------------------------------------------------- seven days before the month's end


def test_leads_are_told_who_has_hardly_any_time_and_who_has_none(harness: Harness) -> None:
    assert tick(at(harness, "month_end_notice", WEEK_BEFORE_END)) == 3

    blue, green = harness.person(LEAD).direct_messages()
    assert blue.text == (
        "Blue Team · November 2026: 5 business days left, 1 enrollment under 15 minutes, 1 without logged time."
    )
    assert table_rows(blue) == [["P-1043", "CCM", "9", "11", "99490", "$66.13"]]
    assert "Worth if those under 15 minutes reach their next code: *$66.13*" in blue.words
    assert "P-1046 (CCM)" in blue.words
    assert "`/ccm month Blue Team`" in blue.words
    assert "Late" not in blue.words
    assert green.text.startswith("Green Team · November 2026: ")
    assert told(harness, LEAD_OF_GREEN) == [green.text]
    assert told(harness, NURSE) == told(harness, ADMIN) == told(harness, BILLER) == []
    assert (harness.posts(BLUE), harness.posts(GREEN)) == ([], [])


def test_before_its_time_and_once_it_is_told_there_is_nothing_to_send(harness: Harness) -> None:
    assert tick(at(harness, "month_end_notice", WEEK_BEFORE_END - timedelta(seconds=1))) == 0
    harness.clock.now = WEEK_BEFORE_END
    tick(harness)

    harness.clock.move(minutes=1)
    assert tick(harness) == 0
    harness.clock.move(hours=14)
    assert tick(harness) == 0

    assert len(told(harness, LEAD)) == 2


def test_where_everybody_has_enough_there_is_nothing_to_say(harness: Harness) -> None:
    import_rows(harness.database, harness.practice, "teams", [{"name": "Red Team", "channel_id": "C0RED"}])
    lead = staff_row(id="lead3", slack_user_id="U0VISITOR", name="Lead Three", roles="lead", teams="Red Team")
    import_rows(harness.database, harness.practice, "staff", [lead])

    assert tick(at(harness, "month_end_notice", WEEK_BEFORE_END)) == 3

    assert told(harness, "U0VISITOR") == []
    of_red = next(run for run in runs(harness) if run.team_id == "red-team")
    assert (of_red.recipient, of_red.posted_at, of_red.message_ts) == ("lead3", WEEK_BEFORE_END, None)
    assert watch(harness) == 0


# ---------------------------------------------------------------- the weekly summary


def test_leads_get_a_summary_of_the_week(harness: Harness) -> None:
    harness.work(an_entry(patient="P-1046", minutes=30, staff="lead1", day=date(2026, 11, 15)))
    assert tick(at(harness, "weekly_summary", MONDAY)) == 3

    blue = harness.person(LEAD).direct_messages()[0]
    assert blue.text == ("Blue Team · week of Mon Nov 9 – Sun Nov 15: 1 of 3 billable (33 %), 64 minutes logged.")
    assert "*November 2026:* 1 of 3 enrolled patients billable (*33 %*) · expected payment *$66.13*" in blue.words
    assert "1 patient reached the first code in that week." in blue.words
    assert table_rows(blue) == [["nurse1", "34", "5"], ["lead1", "30", "0"]]
    assert "• *1* · " in blue.words
    assert "*Capture rate:* Nov 33 % · Oct 0 % · Sep 0 % · Aug 0 %" in blue.words
    assert "• nurse1: Nov 50 % (1 of 2) · Oct – · Sep – · Aug –" in blue.words
    assert "Nurse One" not in blue.words
    assert NOTE not in blue.words


def test_a_summary_that_a_holiday_moved_is_of_the_same_week(harness: Harness) -> None:
    harness.work(an_entry(minutes=7, day=date(2026, 11, 15)))
    decide(harness, "days_off", ["2026-11-16"])

    assert tick(at(harness, "weekly_summary", MONDAY)) == 0
    harness.clock.move(days=1)
    assert tick(harness) == 3

    assert "week of Mon Nov 9 – Sun Nov 15" in told(harness, LEAD)[0]


@pytest.mark.parametrize(
    ("monday", "month"),
    [("2026-11-02", "October 2026"), ("2026-11-09", "November 2026"), ("2026-12-07", "December 2026")],
)
def test_the_month_of_a_summary_is_the_one_in_which_most_of_the_week_lies(
    harness: Harness, monday: str, month: str
) -> None:
    tick(at(harness, "weekly_summary", local(f"{monday} 08:00")))

    assert f"*{month}:*" in harness.person(LEAD).direct_messages()[0].words


# ---------------------------------------------------------------- care plans and consents


def test_a_team_is_told_of_care_plans_that_run_out_and_of_missing_consents(harness: Harness) -> None:
    old = patient_row(code="P-2001", care_plan_date="2025-11-20")
    import_rows(harness.database, harness.practice, "patients", [old])

    assert tick(at(harness, "care_plan_notice", TUESDAY)) == 1

    (posted,) = harness.posts(BLUE)
    assert posted.text == (
        "Blue Team · care plans and consents: 1 care plan missing or good for at most 30 days, 1 consent missing."
    )
    assert "*P-2001* · revised Thu Nov 20, 2025, good until Fri Nov 20, 2026 · `/ccm plan P-2001`" in posted.words
    assert "*P-1046* · CCM · `/ccm consent P-1046 ccm`" in posted.words
    assert harness.posts(GREEN) == []
    assert [run.message_ts is None for run in runs(harness)] == [False, True]
    harness.clock.move(minutes=5)
    assert tick(harness) == 0


def test_a_team_is_told_who_has_to_consent_anew_for_another_practitioner(harness: Harness) -> None:
    given = {"patient": "P-1042", "program": "CCM", "date": "2026-01-05", "form": "verbal", "practitioner": "doctor1"}
    import_fact_rows(harness.database, harness.practice, "consents", [given])
    doctor2 = staff_row(id="doctor2", slack_user_id="", name="Doctor Two", credential="MD", roles="practitioner")
    import_rows(harness.database, harness.practice, "staff", [doctor2])
    given_over = patient_row(code="P-1042", billing_practitioner="doctor2")
    import_rows(harness.database, harness.practice, "patients", [given_over])

    assert tick(at(harness, "care_plan_notice", TUESDAY)) == 1

    (posted,) = harness.posts(BLUE)
    assert posted.text.endswith("2 consents missing, 1 of them anew for another billing practitioner.")
    assert "*P-1042* · CCM · anew for doctor2, who bills now (R9) · `/ccm consent P-1042 ccm`" in posted.words


def test_its_buttons_open_the_forms_that_clear_it(harness: Harness) -> None:
    old = patient_row(code="P-2001", care_plan_date="2025-11-20")
    import_rows(harness.database, harness.practice, "patients", [old])
    tick(at(harness, "care_plan_notice", TUESDAY))
    (posted,) = harness.posts(BLUE)

    plan = opened(harness.person().press(posted, "fact_form_open_plan"))
    harness.person().submit(plan)
    harness.settle()
    consent = opened(harness.person().press(posted, "fact_form_open_consent_CCM"))
    harness.person().submit(consent, {"form": "verbal"})
    harness.settle()

    harness.clock.now += timedelta(weeks=1)
    assert tick(harness) == 0
    assert "role" in harness.person("U0DOCTOR1").press(posted, "fact_form_open_plan").words


# ---------------------------------------------------------------- the month before


def test_billers_are_told_what_the_month_came_to(harness: Harness) -> None:
    harness.clock.now = FIRST - timedelta(days=2)
    harness.work(an_entry(patient="P-1042", minutes=16, day=date(2026, 11, 24)))
    harness.work(an_entry(patient="P-1046", minutes=16, day=date(2026, 11, 24)))

    assert tick(at(harness, "month_start_notice", FIRST)) == 1

    message = only(harness, BILLER)
    assert message.text == "November 2026 is over: 1 billable patient, $116.57, 1 program of patients blocked."
    assert "1 of 5 enrolled patients billable (*20 %*) · expected payment *$116.57* · 2 units of codes" in message.words
    assert "• *1* · " in message.words
    assert "`/ccm month 2026-11`" in message.words
    assert told(harness, LEAD) == told(harness, ADMIN) == []


def test_its_button_closes_the_month_and_a_closed_one_has_none(harness: Harness) -> None:
    other = staff_row(id="biller2", slack_user_id="U0VISITOR", name="Biller Two", roles="biller")
    import_rows(harness.database, harness.practice, "staff", [other])
    harness.clock.now = FIRST
    assert tick(at(harness, "month_start_notice", FIRST)) == 2
    harness.person(BILLER).press(only(harness, BILLER), CLOSE)
    harness.settle()
    assert "November 2026 is closed" in only(harness, BILLER).words

    decide(harness, "month_start_notice_hour", 10)
    harness.clock.now = FIRST + timedelta(hours=1)
    tick(harness)

    later = harness.person("U0VISITOR").direct_messages()[-1]
    assert "Closed on Tue Dec 1, 2026, 9:00 am by biller1." in later.words
    assert not has_button(later, CLOSE)


def test_after_new_year_it_comes_on_the_first_business_day(harness: Harness) -> None:
    for day in (1, 2, 3):
        assert tick(at(harness, "month_start_notice", local(f"2027-01-0{day} 12:00"))) == 0
    harness.clock.now = local("2027-01-04 09:00")

    assert tick(harness) == 1
    assert told(harness, BILLER)[0].startswith("December 2026 is over: ")


def test_a_practice_that_had_nobody_yet_is_told_nothing(harness: Harness) -> None:
    assert tick(at(harness, "month_start_notice", local("2026-01-02 09:00"))) == 0

    assert told(harness, BILLER) == []
    assert [(run.recipient, run.message_ts) for run in runs(harness)] == [("biller1", None)]


def test_a_message_of_a_crowded_team_says_how_many_more_there_are(full_harness: Harness) -> None:
    full_harness.forget_message_rate()
    for due in (WEEK_BEFORE_END, WEEK_BEFORE_END + timedelta(days=1)):
        full_harness.clock.now = due
        tick(full_harness)

    (blue,) = [seen for seen in full_harness.person(LEAD).direct_messages() if "Blue Team · November" in seen.text]
    assert len(table_rows(blue)) == 25
    assert "And 35 more." in blue.words
    (posted,) = full_harness.posts(BLUE)
    assert "260 care plans missing or good for at most 30 days, 61 consents missing." in posted.text
    assert "and 148 more" in posted.words
