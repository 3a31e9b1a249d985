"""`/ccm settings`: an administrator sees, changes and traces what the practice decides for itself."""

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from support.patience import PATIENCE_SECONDS
from support.practice import NOTE, an_entry
from support.slack import Harness, table_rows

from bot.playground import Glance, SeenView
from bot.views.reply import Reply, section
from bot.views.settings import CHANGE, CODE, HISTORY, PAGE, RESET, VALUE, outcome_view, saving_view
from ledger.practice.practice import Practice, get_practice
from ledger.practice.settings import KNOWN_SETTINGS
from ledger.rules.facts import Activity, Contact
from ledger.setting_changes import change_policy, policy_changes, stored_settings

ADMIN, NURSE = "U0ADMIN1", "U0NURSE1"


def opened(harness: Harness, name: str) -> SeenView:
    """The form of a setting."""
    modal = harness.say(f"/ccm settings {name}", ADMIN).modal
    assert modal is not None
    return modal


def save(harness: Harness, name: str, values: dict[str, Any], user: str = ADMIN) -> Glance:
    """What is seen after filling in the form of a setting, when all is evaluated."""
    seen = harness.person(user).submit(opened(harness, name), values)
    harness.settle()
    return seen


def shown(harness: Harness) -> str:
    """What stands in the modal now."""
    modal = harness.person(ADMIN).modal
    assert modal is not None
    return modal.words


def stored(harness: Harness) -> dict[str, Any]:
    with harness.looking() as connection:
        return stored_settings(connection, harness.practice)


def change_count(harness: Harness) -> int:
    with harness.looking() as connection:
        return len(policy_changes(connection, harness.practice))


def practice_now(harness: Harness) -> Practice:
    with harness.looking() as connection:
        return get_practice(connection, harness.practice.practice_id)


def decide(harness: Harness, name: str, value: Any) -> None:
    """Changes a setting behind Slack's back."""
    with harness.database.of("T0TEST").writing() as connection:
        change_policy(connection, harness.practice, name, value, at=harness.clock(), recorded_by="admin1")


def test_every_setting_stands_there_with_its_value_and_its_name(harness: Harness) -> None:
    seen = harness.say("/ccm settings", ADMIN).words

    for name, text in KNOWN_SETTINGS.items():
        assert f"*{text.title}:*" in seen
        assert f"`{name}`" in seen
    assert "*Longest age of a care plan:* 365 days" in seen
    assert "*Hour of the digest:* 9:00 am" in seen
    assert "changed by" not in seen


def test_a_changed_setting_says_its_default_and_who_changed_it_when(harness: Harness) -> None:
    decide(harness, "care_plan_max_days", 180)

    assert (
        "*Longest age of a care plan:* 180 days · default: 365 days · changed by Admin One, Tue Nov 24, 2026, 10:00 am"
        in harness.say("/ccm settings", ADMIN).words
    )


def test_the_menu_opens_the_form_of_a_setting(harness: Harness) -> None:
    seen = harness.say("/ccm settings", ADMIN)

    modal = harness.person(ADMIN).press(seen.message, CHANGE, "digest_hour").modal

    assert modal is not None
    assert "*Hour of the digest*" in modal.words
    assert "Default: 9:00 am" in modal.words


CHANGES: list[tuple[str, Any, Any, str]] = [
    ("bands", "25–29, 5 to 9", [[5, 9], [25, 29]], "5-9, 25-29 minutes"),
    ("qualifying_credentials", "RN; CHW", ["CHW", "RN"], "CHW, RN"),
    ("count_outreach_attempts", "true", True, "They count"),
    ("rpm_time", '"interactive"', "interactive", "Live contact alone"),
    ("complex_needs_plan_revision", "false", False, "The designation is enough"),
    ("honor_complexity_designation", "false", False, "Whatever pays more"),
    ("practitioner_minutes", '"any_practitioner"', "any_practitioner", "Any practitioner's"),
    ("consent_per_practitioner", "false", False, "The consent given before goes on"),
    ("care_plan_elements", '"block"', "block", "A warning, and the month is blocked"),
    ("care_plan_copy", '"block"', "block", "A warning, and the month is blocked"),
    ("consent_content", '"block"', "block", "A warning, and the month is blocked"),
    ("place_of_service", '"12"', "12", "12 Home"),
    ("care_plan_max_days", "180", 180, "180 days"),
    ("initiating_visit", "false", False, "Not needed"),
    ("practice_type", '"hospital_outpatient"', "hospital_outpatient", "Hospital outpatient department"),
    ("qualifying_apm", "true", True, "They qualify"),
    ("claim_date", '"month_end"', "month_end", "The last day of the month"),
    ("digest_days", ["27", "20"], [20, 27], "20, 27"),
    ("digest_hour", "16", 16, "4:00 pm"),
    ("digest_business_days", "4, 6 5", [6, 5, 4], "6, 5, 4"),
    ("days_off", "2026-12-31; 2026-12-24", ["2026-12-24", "2026-12-31"], "2026-12-24, 2026-12-31"),
    ("digest_picture", "false", False, "Without the picture"),
    ("month_end_notice", "false", False, "Not sent"),
    ("month_end_notice_days", "10", 10, "10 days"),
    ("month_end_notice_hour", "7", 7, "7:00 am"),
    ("weekly_summary", "false", False, "Not sent"),
    ("weekly_summary_weekday", '"friday"', "friday", "Friday"),
    ("weekly_summary_hour", "16", 16, "4:00 pm"),
    ("care_plan_notice", "false", False, "Not sent"),
    ("care_plan_notice_weekday", '"thursday"', "thursday", "Thursday"),
    ("care_plan_notice_hour", "10", 10, "10:00 am"),
    ("care_plan_notice_days", "60", 60, "60 days"),
    ("month_start_notice", "false", False, "Not sent"),
    ("month_start_notice_hour", "12", 12, "12:00 pm"),
    ("timer_reminder", "false", False, "Not asked"),
    ("timer_reminder_minutes", "30", 30, "30 minutes"),
    ("export_staff_names", "true", True, "Names beside the ids"),
    ("export_notes", "true", True, "With the notes"),
    ("allow_identifiers", "true", True, "Allowed: a signed agreement covers them"),
]


def test_every_setting_but_the_payments_is_changed_here() -> None:
    assert {name for name, *_ in CHANGES} | {"payments"} == set(KNOWN_SETTINGS)


@pytest.mark.parametrize(("name", "entered", "value", "said"), CHANGES)
def test_a_setting_is_changed_in_its_form_and_goes_back_to_its_default(
    harness: Harness, name: str, entered: Any, value: Any, said: str
) -> None:
    assert save(harness, name, {VALUE: entered}).errors == {}
    assert f"Now: *{said}*" in shown(harness)
    assert stored(harness) == {name: value}

    assert save(harness, name, {RESET: ["yes"]}).errors == {}
    assert "*Saved*" in shown(harness)
    assert stored(harness) == {}
    assert change_count(harness) == 2


def test_choosing_the_default_is_going_back_to_it(harness: Harness) -> None:
    decide(harness, "care_plan_max_days", 180)
    save(harness, "care_plan_max_days", {VALUE: "365"})

    assert stored(harness) == {}


def test_what_is_so_already_is_said_and_not_recorded(harness: Harness) -> None:
    save(harness, "digest_hour", {VALUE: "9"})

    assert "*Hour of the digest* is so already: 9:00 am" in shown(harness)
    assert change_count(harness) == 0


@pytest.mark.parametrize(
    ("name", "entered", "words"),
    [
        ("bands", "19-15", "Must be two minutes, the lower first, such as [15, 19]. For example: 15-19, 35-39"),
        ("bands", "soon", '"soon" is no band of minutes. For example: 15-19, 35-39'),
        ("bands", " , ", "At least one band is needed."),
        ("qualifying_credentials", ", ;", "At least one credential is needed. For example: RN, LPN, MD"),
        ("payments", "1.234", "An amount has dollars and whole cents. For example: 66.13"),
        ("payments", None, "Give an amount, for example 66.13, or choose to go back to the rulebook's figure."),
    ],
)
def test_what_is_wrong_stands_beside_its_input_and_nothing_is_changed(
    harness: Harness, name: str, entered: str | None, words: str
) -> None:
    values = {VALUE: entered} if name != "payments" else {CODE: "2026 99490", VALUE: entered}
    seen = save(harness, name, values)

    assert words in seen.errors[VALUE]
    assert stored(harness) == {}
    assert change_count(harness) == 0


def test_a_changed_rule_says_what_became_billable_and_what_it_is_worth(harness: Harness) -> None:
    harness.work(an_entry(activity=Activity.PATIENT_CONTACT, contact=Contact.VOICEMAIL, minutes=25))
    harness.say(f"/ccm log P-1043 25m meds {NOTE}")

    save(harness, "count_outreach_attempts", {VALUE: "true"})
    assert "November 2026: 1 program became billable, 0 no longer so." in shown(harness)
    assert "Expected payment: $66.13 → *$132.26* (+$66.13)" in shown(harness)

    save(harness, "count_outreach_attempts", {RESET: ["yes"]})
    assert "November 2026: 0 programs became billable, 1 no longer so." in shown(harness)
    assert "(-$66.13)" in shown(harness)

    save(harness, "care_plan_max_days", {VALUE: "300"})
    assert "Nothing changed in what November 2026 is worth: $66.13." in shown(harness)


def test_while_it_is_evaluated_the_form_says_that_it_is_saving(harness: Harness) -> None:
    harness.person(ADMIN).submit(opened(harness, "care_plan_max_days"), {VALUE: "180"})
    harness.settle()

    (acknowledged,) = (
        call.payload for call in harness.playground.calls("ack") if "response_action" in json.dumps(call.payload)
    )
    assert "Saving…" in json.dumps(acknowledged, ensure_ascii=False)
    assert "Now: *180 days*" in shown(harness)


def test_a_form_delivered_twice_changes_once(harness: Harness) -> None:
    save(harness, "care_plan_max_days", {VALUE: "180"})
    harness.deliver_again("interactive")
    harness.settle()

    assert change_count(harness) == 1
    assert "This request had already been saved; nothing was saved twice." in shown(harness)


def test_payments_are_decided_one_code_at_a_time(harness: Harness) -> None:
    harness.say(f"/ccm log P-1042 25m meds {NOTE}")
    save(harness, "payments", {CODE: "2026 99490", VALUE: "70.5"})
    assert "Expected payment: $66.13 → *$70.50* (+$4.37)" in shown(harness)
    save(harness, "payments", {CODE: "2026 99439", VALUE: "51"})
    assert stored(harness) == {"payments": {"2026": {"99490": 7050, "99439": 5100}}}
    offered = json.dumps(opened(harness, "payments").body, ensure_ascii=False)
    assert "2026 · 99490 · rulebook $66.13 · yours $70.50" in offered
    assert "2025 · 99490 · rulebook $60.49" in offered
    assert "2027 · 99490 · rulebook $66.13, provisionally" in offered
    assert "$70.50" in harness.say("/ccm patient P-1042").words

    save(harness, "payments", {CODE: "2026 99490", RESET: ["yes"]})
    assert stored(harness) == {"payments": {"2026": {"99439": 5100}}}
    save(harness, "payments", {CODE: "2026 99439", RESET: ["yes"]})
    assert stored(harness) == {}


def test_a_payment_of_next_year_changes_no_month_of_this_one(harness: Harness) -> None:
    harness.say(f"/ccm log P-1042 25m meds {NOTE}")
    save(harness, "payments", {CODE: "2027 99490", VALUE: "70.5"})
    assert "Nothing changed in what November 2026 is worth: $66.13." in shown(harness)
    assert stored(harness) == {"payments": {"2027": {"99490": 7050}}}


def test_a_failure_is_said_in_the_form_and_changes_nothing(harness: Harness, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("ledger.setting_changes.reevaluate_practice", fail)
    save(harness, "care_plan_max_days", {VALUE: "180"})

    assert "Something went wrong on our side." in shown(harness)
    assert "Nothing was saved." in shown(harness)
    assert stored(harness) == {}


def test_every_change_is_listed_newest_first(harness: Harness) -> None:
    decide(harness, "care_plan_max_days", 180)
    harness.clock.move(minutes=5)
    decide(harness, "care_plan_max_days", None)

    seen = harness.press(harness.say("/ccm settings", ADMIN), HISTORY, ADMIN)

    assert table_rows(seen.message) == [
        ["Tue Nov 24, 2026, 10:05 am", "Admin One", "Longest age of a care plan", "180 days", "365 days (default)"],
        ["Tue Nov 24, 2026, 10:00 am", "Admin One", "Longest age of a care plan", "365 days (default)", "180 days"],
    ]


def test_many_changes_are_paged(harness: Harness) -> None:
    for hour in [*range(10, 24), *range(9, 24)]:
        decide(harness, "digest_hour", hour)

    pages = harness.all_pages(harness.say("/ccm settings history", ADMIN), PAGE, ADMIN)

    assert [len(table_rows(page)) for page in pages] == [25, 4]


def test_nothing_changed_yet_is_said(harness: Harness) -> None:
    assert "Nothing was changed yet" in harness.say("/ccm settings history", ADMIN).words


@pytest.mark.parametrize(
    ("typed", "suggested"),
    [
        ("care_plan_max_day", "Did you mean: /ccm settings care_plan_max_days"),
        ("histroy", "Did you mean: /ccm settings history"),
        ("zzz", "What there is: /ccm settings"),
    ],
)
def test_a_setting_that_is_none_gets_the_closest_there_is(harness: Harness, typed: str, suggested: str) -> None:
    seen = harness.say(f"/ccm settings {typed}", ADMIN)

    assert suggested in seen.words
    assert "Nothing was saved" not in seen.words


def test_a_form_of_somebody_who_may_not_changes_nothing(harness: Harness) -> None:
    harness.person(ADMIN).submit(opened(harness, "digest_hour"), {VALUE: "16"})
    decide(harness, "digest_hour", None)

    answer = json.dumps(harness.deliver_again("interactive", user={"id": NURSE}))

    assert "ROLE_NEEDED" in answer
    assert stored(harness) == {}


def test_the_hour_and_the_days_reach_the_next_digest(harness: Harness) -> None:
    save(harness, "digest_hour", {VALUE: "16"})
    save(harness, "digest_days", {VALUE: ["26"]})

    assert "Next digests: Wed Nov 25 at 4:00 pm" in harness.say("/ccm digest Blue Team", ADMIN).words


def test_the_bands_reach_the_worklist_and_the_digest(harness: Harness) -> None:
    harness.say(f"/ccm log P-1042 57m meds {NOTE}")
    assert "P-1042" not in harness.say("/ccm near").words

    save(harness, "bands", {VALUE: "55-59"})

    assert "P-1042" in harness.say("/ccm near").words
    assert "P-1042" in harness.say("/ccm digest Blue Team", ADMIN).words
    assert practice_now(harness).policy.bands == ((55, 59),)


def test_work_that_is_done_before_slack_has_read_the_acknowledgement_is_shown_after_it(harness: Harness) -> None:
    harness.allows_refusals = True
    modal = opened(harness, "care_plan_max_days")
    with ThreadPoolExecutor(1) as threads:
        done = outcome_view(Reply("Saved", (section("Done."),)), "setting:1")
        late = threads.submit(harness.client.views_update, external_id="setting:1", view=done)
        assert harness.playground.wait_until(lambda: bool(harness.playground.refusals))

        harness.client.views_update(view_id=modal.id, view=saving_view("setting:1"))
        late.result(timeout=PATIENCE_SECONDS)

    assert shown(harness) == "Done."
