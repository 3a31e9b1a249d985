"""``/ccm consent`` and the other commands that record a fact: what is stored, and what it is said to change."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from structlog.testing import capture_logs
from support.facts import import_fact_rows, stored_facts
from support.forms import opened, prefilled, said
from support.logs import troubles
from support.practice import MONTH, NOTE, an_entry, entry_row, import_rows, patient_row, staff_row, statement, verified
from support.slack import STRANGER, Harness

from ledger.rules.facts import Program
from ledger.storage.tables import PatientFactRow

NURSE, LEAD, BILLER, DOCTOR = "U0NURSE1", "U0LEAD1", "U0BILLER1", "U0DOCTOR1"
VERBAL = {"form": "verbal", "practitioner": "doctor1", "by": "lead1"}
"""A consent of which no more is said: to the patient's billing practitioner, taken by whoever records it."""
ALL_SAID = ["service", "cost_sharing", "one_practitioner", "may_stop"]
ELEMENTS = ["problems", "prognosis", "goals", "symptoms", "medication", "interventions", "coordination", "review"]
NOTHING_SAVED = "*That cannot be recorded yet.* Nothing was saved."


def newest_fact(harness: Harness) -> Mapping[str, Any]:
    """The fact that was recorded last, by column."""
    with harness.looking() as connection:
        query = select(PatientFactRow.__table__).order_by(
            PatientFactRow.recorded_at.desc(), PatientFactRow.revision.desc()
        )
        return dict(connection.execute(query).mappings().first() or {})


RECORDED: dict[str, tuple[str, Mapping[str, Any]]] = {
    "consent P-1046 11/03 verbal": (
        "CCM consent, verbal · Tue Nov 3, 2026",
        {"kind": "consent", "subject": "CCM", "on_date": date(2026, 11, 3), "details": VERBAL},
    ),
    "consent P-1046 11/03 verbal with DOCTOR1 by nurse1, all said": (
        "CCM consent, verbal · Tue Nov 3, 2026 · with doctor1 · taken by nurse1 · all four things said",
        {"details": {"form": "verbal", "practitioner": "doctor1", "by": "nurse1", "said": ALL_SAID}},
    ),
    "consent P-1046 11/03 verbal said:cost,stop": (
        "with doctor1 · taken by lead1 · said: cost sharing, may stop",
        {"details": {**VERBAL, "said": ["cost_sharing", "may_stop"]}},
    ),
    "consent P-1044 rpm 11/03 written revoked 11/20": (
        "RPM consent, written · Tue Nov 3, 2026 · revoked Fri Nov 20, 2026",
        {"subject": "RPM", "until_date": date(2026, 11, 20), "details": {**VERBAL, "form": "written"}},
    ),
    "plan P-1042 today": (
        "care plan revised · Tue Nov 24, 2026",
        {"kind": "care_plan", "on_date": date(2026, 11, 24), "details": {"substantial": False}},
    ),
    "plan P-1042 mon substantial": (
        "care plan substantially revised · Mon Nov 23, 2026",
        {"on_date": date(2026, 11, 23), "details": {"substantial": True}},
    ),
    "plan P-1042 11/03 complete copy:mail": (
        "care plan revised · Tue Nov 3, 2026 · all elements · copy to the patient, mail, Tue Nov 3, 2026",
        {
            "on_date": date(2026, 11, 3),
            "details": {
                "elements": ELEMENTS,
                "copy_to": "patient",
                "copy_how": "mail",
                "copy_date": "2026-11-03",
            },
        },
    ),
    "plan P-1042 11/03 without prognosis copy caregiver in person given 11/05": (
        "care plan revised · Tue Nov 3, 2026 · without prognosis · copy to the caregiver, in person, Thu Nov 5, 2026",
        {
            "details": {
                "elements": [element for element in ELEMENTS if element != "prognosis"],
                "copy_to": "caregiver",
                "copy_how": "in_person",
                "copy_date": "2026-11-05",
            },
        },
    ),
    "visit P-1042 11/03 E/M": (
        "initiating visit, E/M · Tue Nov 3, 2026",
        {"kind": "initiating_visit", "on_date": date(2026, 11, 3), "details": {"type": "E/M"}},
    ),
    "stay P-1042 rehab 11/10 14:30 11/13": (
        "stay, inpatient rehab · admitted Tue Nov 10, 2026, 2:30 pm · discharged Fri Nov 13, 2026",
        {
            "kind": "stay",
            "subject": "inpatient_rehab",
            "on_date": date(2026, 11, 10),
            "until_date": date(2026, 11, 13),
            "details": {"admitted_at": "2026-11-10T19:30:00+00:00", "discharged_at": None},
        },
    ),
    "stay P-1042 snf 2026-11-10T14:30": (
        "stay, snf · admitted Tue Nov 10, 2026, 2:30 pm · not discharged yet",
        {"subject": "snf", "until_date": None},
    ),
    "stay P-1042 snf today 10:00": ("stay, snf · admitted Tue Nov 24, 2026, 10:00 am", {"subject": "snf"}),
    "readings P-1045 18": (
        "readings on 18 days · November 2026",
        {"kind": "readings", "on_date": date(2026, 11, 1), "details": {"days": 18}},
    ),
    "device P-1045 set up 11/05": (
        "device set up · Thu Nov 5, 2026",
        {"kind": "device", "subject": "", "on_date": date(2026, 11, 5), "details": {}},
    ),
    "readings P-1045 18 from 11/05": (
        "readings on 18 days · of the 30 days from Thu Nov 5, 2026",
        {"kind": "readings", "subject": "period", "on_date": date(2026, 11, 5), "details": {"days": 18}},
    ),
    "readings P-1045 11/05-11/10 11/12": (
        "readings on 7 days · Thu Nov 5, Fri Nov 6, Sat Nov 7, Sun Nov 8, Mon Nov 9 and 2 more",
        {
            "subject": "dates",
            "on_date": date(2026, 11, 5),
            "details": {"dates": [f"2026-11-{day:02}" for day in (5, 6, 7, 8, 9, 10, 12)]},
        },
    ),
    "readings P-1045 1 oct": ("readings on 1 day · October 2026", {"on_date": date(2026, 10, 1)}),
    "enroll P-1042 rpm 11/02 until 12/31": (
        "RPM enrollment · from Mon Nov 2, 2026 · until Thu Dec 31, 2026",
        {"kind": "enrollment", "subject": "RPM", "on_date": date(2026, 11, 2), "until_date": date(2026, 12, 31)},
    ),
    "enroll P-1042 ccm until 11/20": (
        "CCM enrollment · from Mon Jan 5, 2026 · until Fri Nov 20, 2026",
        {"subject": "CCM", "on_date": date(2026, 1, 5), "until_date": date(2026, 11, 20), "details": {}, "revision": 1},
    ),
    "enroll died P-1042 ccm until 11/20": (
        "CCM enrollment · from Mon Jan 5, 2026 · until Fri Nov 20, 2026 · died",
        {"until_date": date(2026, 11, 20), "details": {"reason": "died"}, "revision": 1},
    ),
    "enroll P-1042 ccm until 12/31 Other Practice": (
        "CCM enrollment · from Mon Jan 5, 2026 · until Thu Dec 31, 2026 · other practice",
        {"until_date": date(2026, 12, 31), "details": {"reason": "other_practice"}},
    ),
}


@pytest.mark.parametrize("line", RECORDED)
def test_a_fact_is_stored_as_it_was_said_by_whoever_said_it(harness: Harness, line: str) -> None:
    words, stored = RECORDED[line]

    seen = harness.say(f"/ccm {line}", LEAD)

    assert words in seen.words
    assert seen.message.ephemeral
    fact = newest_fact(harness)
    assert {name: fact[name] for name in stored} == stored
    assert fact["recorded_by"] == "lead1"
    assert verified(harness.database, harness.practice).difference is None


def test_a_designation_is_stored_under_the_practitioner_who_made_it(harness: Harness) -> None:
    seen = harness.say("/ccm complex P-1042 high New heart failure. Four <medications> & doses changed.", DOCTOR)

    assert "complex care, high complexity · Tue Nov 24, 2026" in seen.words
    assert newest_fact(harness)["details"] == {
        "mdm": "high",
        "staff_id": "doctor1",
        "rationale": "New heart failure. Four <medications> & doses changed.",
    }
    assert seen.message.text == "Recorded: P-1042, complexity."


def test_an_end_that_is_said_again_without_its_reason_keeps_it(harness: Harness) -> None:
    harness.say("/ccm enroll P-1042 ccm until 11/20 died")

    assert "*Known already*" in harness.say("/ccm enroll P-1042 ccm 2026-01-05 until 11/20").words
    assert newest_fact(harness)["details"] == {"reason": "died"}

    harness.say("/ccm enroll P-1042 ccm 2026-01-05 until 11/20 moved")
    assert newest_fact(harness)["details"] == {"reason": "moved"}

    harness.say("/ccm enroll P-1042 ccm 2026-01-05 until 11/23")
    assert newest_fact(harness)["details"] == {}


def test_time_for_one_whose_enrollment_ended_is_answered_with_when_and_why(harness: Harness) -> None:
    harness.say("/ccm enroll P-1042 ccm until 11/20 died")

    seen = harness.say(f"/ccm log P-1042 12m meds {NOTE}")

    assert seen.modal is not None
    assert "P-1042 is enrolled in no program on that date (CCM ended Nov 20 (died))" in seen.modal.words


MARKS = {
    "mark P-1042 G0181": ("G0181, home health care plan oversight, billed by this practice", "other_service", "G0181"),
    "mark P-1042 90960 nov": ("90960, monthly ESRD services, billed by this practice", "other_service", "90960"),
    "mark P-1042 apcm": ("APCM billed by this practice", "apcm", ""),
    "mark P-1042 elsewhere pcm": ("PCM billed by another practice", "billed_elsewhere", "PCM"),
}


@pytest.mark.parametrize("user", [LEAD, BILLER])
@pytest.mark.parametrize("line", MARKS)
def test_a_month_is_marked_and_the_mark_taken_back(harness: Harness, line: str, user: str) -> None:
    words, kind, subject = MARKS[line]

    assert f"*Recorded* · *P-1042* · {words} · November 2026" in harness.say(f"/ccm {line}", user).words
    fact = newest_fact(harness)
    assert (fact["kind"], fact["subject"], fact["on_date"], fact["withdrawn"]) == (kind, subject, MONTH, False)

    assert f"*Withdrawn* · *P-1042* · {words}" in harness.say(f"/ccm {line} undo", user).words
    assert newest_fact(harness)["withdrawn"]
    assert "*Withdrawn already*" in harness.say(f"/ccm {line} undo", user).words


def test_a_consent_that_is_revoked_keeps_who_took_it_and_what_was_said(harness: Harness) -> None:
    harness.say("/ccm consent P-1046 11/03 verbal all said", NURSE)

    seen = harness.say("/ccm consent P-1046 11/03 verbal revoked 11/20", LEAD)

    assert "revoked Fri Nov 20, 2026 · with doctor1 · taken by nurse1 · all four things said" in seen.words


def test_a_consent_from_before_is_told_more_of_by_whoever_says_what_was_said(harness: Harness) -> None:
    row = {"patient": "P-1046", "program": "CCM", "date": "2026-11-03", "form": "verbal"}
    import_fact_rows(harness.database, harness.practice, "consents", [row], at=harness.clock())
    assert newest_fact(harness)["details"] == {"form": "verbal"}

    assert "*Known already*" in harness.say("/ccm consent P-1046 11/03 verbal").words
    assert "taken by nurse1 · all four things" in harness.say("/ccm consent P-1046 11/03 verbal all said").words


def test_a_copy_that_was_given_since_takes_nothing_from_the_plan(harness: Harness) -> None:
    harness.say("/ccm plan P-1042 11/03 substantial without goals")

    seen = harness.say("/ccm plan P-1042 11/03 copy:portal given 11/20")

    assert "care plan substantially revised · Tue Nov 3, 2026 · without goals · copy to the patient" in seen.words
    assert newest_fact(harness)["details"]["substantial"] is True


def test_what_was_taken_back_is_not_told_more_of(harness: Harness) -> None:
    harness.say("/ccm plan P-1042 11/03 complete")
    row = {"date": "2026-11-03", "withdrawn": "yes"}
    import_fact_rows(harness.database, harness.practice, "care-plans", [row], at=harness.clock())

    harness.say("/ccm plan P-1042 11/03 copy:mail")

    assert "elements" not in newest_fact(harness)["details"]


def test_more_dates_with_readings_add_to_what_is_known(harness: Harness) -> None:
    harness.say("/ccm readings P-1045 11/05 11/06")
    harness.say("/ccm readings P-1045 11/07-11/09")

    assert stored_facts(harness.database, kind="readings") == 2


def test_a_consent_makes_a_blocked_patient_billable_and_says_so(harness: Harness) -> None:
    harness.work(an_entry(patient="P-1046", minutes=24))

    seen = harness.say("/ccm consent P-1046 11/03 verbal")

    assert "*Recorded* · *P-1046*" in seen.words
    assert "*November 2026*" in seen.words
    assert "CCM: blocked → *billable, 99490 ($66.13)* · 0 → 24 minutes · 16 more for 99439" in seen.words
    assert "Blocked:" not in seen.words


def test_what_still_blocks_is_said_with_a_line_for_this_patient(harness: Harness) -> None:
    harness.enroll([{"code": "P-1050", "consent_date": "", "consent_form": "", "care_plan_date": ""}])

    seen = harness.say("/ccm plan P-1050 today")

    assert "• CCM: blocked, as before · 0 minutes" in seen.words
    assert "*Blocked:* no CCM consent at any time in the month." in seen.words
    assert "/ccm consent P-1050 DATE verbal CCM" in seen.words
    assert "no care plan" not in seen.words


def test_a_line_of_a_remedy_pasted_as_it_is_asks_for_the_date(harness: Harness) -> None:
    seen = harness.say("/ccm consent P-1046 DATE verbal CCM")

    assert NOTHING_SAVED in said(seen)
    assert '"DATE" stands for a date: write that instead.' in said(seen)


def work_since(harness: Harness, first_month: int) -> None:
    """Twenty minutes of P-1046 in each month up to October, and a care plan for all of them."""
    plan = {"patient": "P-1046", "date": "2026-01-05"}
    import_fact_rows(harness.database, harness.practice, "care-plans", [plan], at=harness.clock())
    rows = [entry_row(patient="P-1046", date=f"2026-{month:02}-10", minutes="20") for month in range(first_month, 11)]
    import_rows(harness.database, harness.practice, "entries", rows, at=harness.clock())


def test_every_month_that_changed_is_shown_this_month_first(harness: Harness) -> None:
    work_since(harness, 3)

    seen = harness.say("/ccm consent P-1046 2026-06-01 verbal")

    titles = [line for line in seen.words.splitlines() if line.endswith(" 2026*")]
    assert titles == [f"*{name} 2026*" for name in ("November", "October", "September", "August", "July", "June")]
    assert seen.words.count("CCM: blocked → *billable, 99490 ($66.13)* · 0 → 20 minutes") == 5
    assert "changed too" not in seen.words


def test_of_many_months_the_latest_are_shown_and_the_others_counted(harness: Harness) -> None:
    work_since(harness, 1)

    seen = harness.say("/ccm consent P-1046 2026-01-05 verbal")

    assert seen.words.count("→ *billable") == 5
    assert "5 earlier months changed too." in seen.words


def test_a_program_that_one_leaves_is_said_to_be_left(harness: Harness) -> None:
    harness.say("/ccm enroll P-1042 rpm 11/02")

    seen = harness.say("/ccm enroll P-1042 rpm 11/02 until 11/02")
    assert "• RPM: blocked, as before" in seen.words

    import_fact_rows(
        harness.database,
        harness.practice,
        "enrollments",
        [{"program": "RPM", "from": "2026-11-02", "to": "2026-11-02", "withdrawn": "yes"}],
        at=harness.clock(),
    )
    seen = harness.say("/ccm enroll P-1042 ccm 2026-01-05 until 2026-10-31")
    assert "• CCM: below threshold → *not enrolled* · 0 minutes" in seen.words


def test_for_a_patient_without_a_program_nothing_can_be_billed(harness: Harness) -> None:
    harness.enroll([{"code": "P-1051", "programs": "", "enrolled_on": "", "consent_date": "", "consent_form": ""}])

    assert (
        "Enrolled in no program this month, so nothing can be billed yet."
        in harness.say("/ccm plan P-1051 today").words
    )


def test_a_later_fact_of_the_same_day_holds_and_the_same_again_adds_nothing(harness: Harness) -> None:
    harness.say("/ccm consent P-1046 11/03 verbal")
    before = stored_facts(harness.database)

    changed = harness.say("/ccm consent P-1046 11/03 written")
    assert "*Recorded anew*" in changed.words
    assert "This holds in place of what was recorded of it before, which is kept." in changed.words
    assert stored_facts(harness.database) == before + 1

    again = harness.say("/ccm consent P-1046 11/03 written")
    assert "*Known already*" in again.words
    assert stored_facts(harness.database) == before + 1


def test_the_same_request_delivered_twice_is_stored_once_and_answered_alike(harness: Harness) -> None:
    harness.work(an_entry(patient="P-1046", minutes=24))
    first = harness.say("/ccm consent P-1046 11/03 verbal")
    before = stored_facts(harness.database)
    harness.clock.move(hours=30)

    again = harness.deliver_again("slash_commands")

    assert stored_facts(harness.database) == before
    assert "CCM: blocked → *billable, 99490 ($66.13)* · 0 → 24 minutes" in str(again["blocks"])
    assert again["text"] == first.message.text
    assert "nothing was saved twice" in str(again["blocks"])


def test_a_redelivered_line_is_answered_alike_though_it_would_now_be_asked_about(harness: Harness) -> None:
    harness.say("/ccm consent P-1046 11/03 verbal")
    import_fact_rows(
        harness.database,
        harness.practice,
        "enrollments",
        [{"patient": "P-1046", "program": "RPM", "from": "2026-11-01"}],
        at=harness.clock(),
    )

    assert "CCM consent, verbal" in str(harness.deliver_again("slash_commands")["blocks"])


def test_a_request_key_with_other_content_is_refused(harness: Harness) -> None:
    harness.say("/ccm plan P-1042 today")
    before = stored_facts(harness.database)

    for text in ("plan P-1043", "visit P-1042 AWV"):
        assert "REQUEST_DIFFERS" in str(harness.deliver_again("slash_commands", text=text)["blocks"])
    assert stored_facts(harness.database) == before


def test_a_rationale_that_is_too_long_is_refused_with_its_length(harness: Harness) -> None:
    assert (
        "The rationale has 3001 characters; 3000 fit."
        in harness.say(f"/ccm complex P-1042 high {'x' * 3001}", DOCTOR).words
    )


def test_only_somebody_with_a_practitioners_credential_designates(harness: Harness) -> None:
    row = staff_row(id="doctor2", slack_user_id=STRANGER, name="Doctor Two", credential="RN", roles="practitioner")
    import_rows(harness.database, harness.practice, "staff", [row], at=harness.clock())

    seen = harness.say("/ccm complex P-1042 high New heart failure.", STRANGER)

    assert "'doctor2' is no practitioner" in said(seen)
    assert NOTHING_SAVED in said(seen)


def test_a_consent_before_the_enrollment_is_to_the_program_of_today(harness: Harness) -> None:
    assert "CCM consent, verbal · Thu Jan 1, 2026" in harness.say("/ccm consent P-1046 2026-01-01 verbal").words


def test_without_an_enrollment_the_program_of_a_consent_is_asked(harness: Harness) -> None:
    row = patient_row(code="P-1052", programs="", enrolled_on="", consent_date="", consent_form="")
    import_rows(harness.database, harness.practice, "patients", [row], at=harness.clock())

    assert "P-1052 is enrolled in no program" in said(harness.say("/ccm consent P-1052 verbal"))
    assert "CCM consent, verbal" in harness.say("/ccm consent P-1052 verbal ccm").words


def test_one_who_left_a_program_can_be_enrolled_again(harness: Harness) -> None:
    harness.say("/ccm enroll P-1042 ccm until 11/20")

    assert f"{Program('CCM')} enrollment · from Tue Nov 24, 2026" in harness.say("/ccm enroll P-1042 ccm").words


def test_a_misspelled_command_gets_the_line_that_was_meant(harness: Harness) -> None:
    assert "Did you mean: /ccm consent P-1046 11/03 verbal" in harness.say("/ccm consnt P-1046 11/03 verbal").words


def test_help_says_how_each_is_typed_with_the_words_it_knows(harness: Harness) -> None:
    seen = harness.say("/ccm help stay")

    assert "/ccm stay CODE SETTING ADMITTED [DISCHARGED]" in seen.words
    assert "`hospice`" in seen.words
    assert "`hospice`" not in harness.say("/ccm help").words


def test_minutes_that_do_not_count_for_want_of_a_fact_come_with_the_line_that_records_it(harness: Harness) -> None:
    seen = harness.say("/ccm log P-1046 12m meds Reconciled the insulin list. Dose confirmed with the patient.")

    assert "(rule C6). Record it: /ccm consent P-1046 DATE verbal CCM" in seen.words


def test_a_rationale_stays_out_of_notifications_and_of_statements(harness: Harness) -> None:
    seen = harness.say("/ccm complex P-1042 high ZEBRARATIONALE.", DOCTOR)

    assert "ZEBRA" not in seen.words
    assert "ZEBRA" not in harness.say("/ccm patient P-1042").words


def test_a_failure_gives_the_line_back_and_keeps_it_out_of_the_log(
    harness: Harness, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError("ZEBRARATIONALE")

    monkeypatch.setattr("bot.commands.facts.shared.record_fact", fail)

    with capture_logs() as logs:
        seen = harness.say("/ccm complex P-1042 high ZEBRARATIONALE.", DOCTOR)

    assert "Nothing was saved." in seen.words
    assert "```/ccm complex P-1042 high ZEBRARATIONALE.```" in seen.words
    assert "ZEBRA" not in str(logs)
    assert len(troubles(logs)) == 1


def test_a_code_alone_opens_the_form_and_records_nothing(harness: Harness) -> None:
    before = newest_fact(harness)
    form = opened(harness.say("/ccm plan P-1042"))
    assert (prefilled(form)["patient"], prefilled(form)["date"]) == ("P-1042", "2026-11-24")
    assert newest_fact(harness) == before


EXAMPLE_16 = (date(2026, 2, 13), date(2026, 3, 15), date(2026, 4, 14))
"""The last days of the first periods of a device that was set up on January 15 (billing-rules, worked example 16)."""


def test_a_device_and_its_periods_are_billed_on_each_last_day_as_the_worked_example_has_it(harness: Harness) -> None:
    harness.say("/ccm device P-1045 set up 2026-01-15")
    for last_day in EXAMPLE_16:
        first_day = last_day - timedelta(days=29)
        harness.say(f"/ccm readings P-1045 20 from {first_day}")

    lines = {
        (line.code, line.first_day, line.date_of_service)
        for last_day in EXAMPLE_16
        for line in statement(harness.database, harness.practice, "P-1045", last_day.replace(day=1)).statement.codes
    }

    assert lines == {
        ("99453", date(2026, 1, 15), EXAMPLE_16[0]),
        *(("99454", last_day - timedelta(days=29), last_day) for last_day in EXAMPLE_16),
    }
    assert verified(harness.database, harness.practice).difference is None


def test_dates_make_the_same_periods_as_counts_and_two_of_a_month_are_two_lines(harness: Harness) -> None:
    harness.say("/ccm readings P-1045 2026-07-02..2026-07-20 2026-08-01..2026-08-25")

    found = statement(harness.database, harness.practice, "P-1045", date(2026, 7, 1)).statement.codes
    assert [(line.code, line.date_of_service) for line in found] == [("99454", date(2026, 7, 31))]
    found = statement(harness.database, harness.practice, "P-1045", date(2026, 8, 1)).statement.codes
    assert [(line.code, line.date_of_service) for line in found] == [("99454", date(2026, 8, 30))]
    assert "99454" in harness.say("/ccm month 2026-08", BILLER).words
    assert verified(harness.database, harness.practice).difference is None


def test_another_service_of_the_month_blocks_and_its_mark_taken_back_does_no_more(harness: Harness) -> None:
    harness.work(an_entry(minutes=25))

    seen = harness.say("/ccm mark P-1042 G0181", BILLER)
    assert "CCM: billable, 99490 ($66.13) → *blocked*" in seen.words
    assert "(G0181) is billed this month and excludes CCM" in seen.words

    seen = harness.say("/ccm mark P-1042 G0181 undo", BILLER)
    assert "CCM: blocked → *billable, 99490 ($66.13)*" in seen.words
