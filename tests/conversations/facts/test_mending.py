"""Recorded facts as they are shown, and mended where they are shown: undo, withdraw, correct, role by role."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest
from structlog.testing import capture_logs
from support.closing import close
from support.facts import import_fact_rows, stored_facts
from support.forms import opened, prefilled, said
from support.practice import an_entry, verified
from support.slack import Harness, has_button, picked

from bot.playground import Glance, SeenMessage
from bot.views import patient
from bot.views.fact_buttons import CORRECT_FACT, LIST_FACTS, UNDO_FACT, WITHDRAW_FACT
from ledger.patients.fact_history import fact_histories
from ledger.patients.facts import FactKind
from ledger.recording.fact_cells import cells_of_fact

NURSE, LEAD, BILLER, DOCTOR, ADMIN = "U0NURSE1", "U0LEAD1", "U0BILLER1", "U0DOCTOR1", "U0ADMIN1"
EVERYBODY = (NURSE, LEAD, BILLER, DOCTOR, ADMIN)
CONSENT = "/ccm consent P-1046 11/03 verbal"

ROWS: dict[FactKind, tuple[str, Mapping[str, str]]] = {
    FactKind.ENROLLMENT: ("enrollments", {"program": "RPM", "from": "2026-11-02", "to": "2026-11-20"}),
    FactKind.CONSENT: ("consents", {"program": "RPM", "date": "2026-11-02", "form": "written"}),
    FactKind.INITIATING_VISIT: ("visits", {"date": "2026-11-04", "type": "E/M"}),
    FactKind.CARE_PLAN: ("care-plans", {"date": "2026-11-03", "substantial": "yes"}),
    FactKind.STAY: ("stays", {"setting": "snf", "admitted": "2026-11-10T14:30", "discharged": "2026-11-12"}),
    FactKind.COMPLEXITY: (
        "complexity",
        {"date": "2026-11-05", "mdm": "high", "by": "doctor1", "rationale": "ZEBRARATIONALE"},
    ),
    FactKind.DEVICE: ("devices", {"set_up": "2026-11-02"}),
    FactKind.READINGS: ("readings", {"month": "2026-11", "days": "18"}),
    FactKind.BILLED_ELSEWHERE: ("marks", {"month": "2026-11", "mark": "billed_elsewhere", "program": "CCM"}),
    FactKind.APCM: ("marks", {"month": "2026-11", "mark": "apcm"}),
    FactKind.OTHER_SERVICE: ("marks", {"month": "2026-11", "mark": "G0181"}),
}
"""A fact of each kind, of a patient who has none of them."""
SAID = {
    FactKind.ENROLLMENT: "RPM enrollment · from Mon Nov 2, 2026 · until Fri Nov 20, 2026",
    FactKind.CONSENT: "RPM consent, written · Mon Nov 2, 2026",
    FactKind.INITIATING_VISIT: "initiating visit, E/M · Wed Nov 4, 2026",
    FactKind.CARE_PLAN: "care plan substantially revised · Tue Nov 3, 2026",
    FactKind.STAY: "stay, snf · admitted Tue Nov 10, 2026, 2:30 pm · discharged Thu Nov 12, 2026",
    FactKind.COMPLEXITY: "complex care, high complexity · Thu Nov 5, 2026",
    FactKind.DEVICE: "device set up · Mon Nov 2, 2026",
    FactKind.READINGS: "readings on 18 days · November 2026",
    FactKind.BILLED_ELSEWHERE: "CCM billed by another practice · November 2026",
    FactKind.APCM: "APCM billed by this practice · November 2026",
    FactKind.OTHER_SERVICE: "G0181, home health care plan oversight, billed by this practice · November 2026",
}
KEEPERS = {
    **{kind: {NURSE, LEAD} for kind in FactKind},
    FactKind.COMPLEXITY: {DOCTOR},
    FactKind.BILLED_ELSEWHERE: {BILLER, LEAD},
    FactKind.APCM: {BILLER, LEAD},
    FactKind.OTHER_SERVICE: {BILLER, LEAD},
}
"""Who may record facts of a kind, and so correct and withdraw them."""


def have(harness: Harness, *kinds: FactKind) -> None:
    """P-1050 with a fact of each of ``kinds``, and no other."""
    nothing = dict.fromkeys(
        (
            "programs",
            "enrolled_on",
            "consent_date",
            "consent_form",
            "care_plan_date",
            "initiating_visit_date",
            "initiating_visit_type",
        ),
        "",
    )
    harness.enroll([{"code": "P-1050", **nothing}])
    for kind in kinds:
        file, row = ROWS[kind]
        import_fact_rows(harness.database, harness.practice, file, [{"patient": "P-1050", **row}], at=harness.clock())


def action(seen: SeenMessage, beginning: str, kind: FactKind | None = None) -> str:
    """The action of the only button that begins so, of a fact of that kind."""
    wanted = f"{beginning}_{kind.value}_" if kind else beginning
    elements = [element for block in seen.blocks for element in block.get("elements", [])]
    (found,) = (one["action_id"] for one in elements if one.get("action_id", "").startswith(wanted))
    return str(found)


def press(harness: Harness, seen: Glance, beginning: str, user: str = NURSE, kind: FactKind | None = None) -> Glance:
    """What ``user`` sees after pressing the only button that begins so, of a fact of that kind."""
    return harness.press(seen, action(seen.message, beginning, kind), user)


def kinds_with(seen: SeenMessage, beginning: str) -> set[FactKind]:
    """The kinds of facts that have a button which begins so."""
    actions = [element.get("action_id", "") for block in seen.blocks for element in block.get("elements", [])]
    return {kind for kind in FactKind if any(one.startswith(f"{beginning}_{kind.value}_") for one in actions)}


def facts(harness: Harness, user: str = NURSE, code: str = "P-1050") -> Glance:
    """The list of all facts, as ``user`` sees it."""
    return harness.say(f"/ccm patient {code} facts", user)


def test_there_is_a_fact_here_of_every_kind() -> None:
    assert set(ROWS) == set(SAID) == set(KEEPERS) == set(FactKind)


HALVES = (list(FactKind)[::2], list(FactKind)[1::2])
"""A page has fewer facts than there are kinds."""


@pytest.mark.parametrize("half", HALVES)
def test_every_fact_is_listed_with_who_recorded_it_and_when(harness: Harness, half: list[FactKind]) -> None:
    have(harness, *half)

    seen = facts(harness)

    assert "P-1050 · facts · Blue Team" in seen.words
    for kind in half:
        assert f"*{SAID[kind]}*\nRecorded by an import, Tue Nov 24, 2026, 10:00 am." in seen.words
    assert "ZEBRA" not in str(seen.message.blocks)
    assert seen.message.ephemeral


@pytest.mark.parametrize("half", HALVES)
@pytest.mark.parametrize("user", EVERYBODY)
def test_facts_have_buttons_for_whoever_may_record_them(harness: Harness, user: str, half: list[FactKind]) -> None:
    have(harness, *half)

    seen = facts(harness, user).message

    mine = {kind for kind in half if user in KEEPERS[kind]}
    assert kinds_with(seen, WITHDRAW_FACT) == mine
    assert kinds_with(seen, CORRECT_FACT) == mine


@pytest.mark.parametrize("kind", FactKind)
@pytest.mark.parametrize("user", EVERYBODY)
def test_a_fact_is_mended_by_those_alone_who_may_record_it(harness: Harness, user: str, kind: FactKind) -> None:
    have(harness, kind)
    keeper = next(iter(KEEPERS[kind]))
    seen = facts(harness, keeper)
    before = stored_facts(harness.database)
    press(harness, seen, WITHDRAW_FACT, keeper)
    pressed = harness.last_payload("interactive")
    assert stored_facts(harness.database) == before + 1
    harness.say("/ccm", keeper)
    undo = [{**pressed["actions"][0], "action_id": f"{UNDO_FACT}_x", "value": _undo_value(pressed)}]
    correct = [{**pressed["actions"][0], "action_id": f"{CORRECT_FACT}_x"}]

    for actions in (pressed["actions"], undo, correct):
        harness.deliver_again("interactive", user={"id": user}, actions=actions)
    told = "\n".join(each.words for each in harness.person(keeper).messages("C0GENERAL"))

    may = user in KEEPERS[kind]
    assert told.count("Code: ROLE_NEEDED") == (0 if may else 3)


def _undo_value(pressed: Mapping[str, Any]) -> str:
    return f"[{pressed['actions'][0]['value']}]"


def test_what_was_revised_and_withdrawn_is_told(harness: Harness) -> None:
    harness.say(CONSENT)
    harness.clock.move(minutes=5)
    harness.say("/ccm consent P-1046 11/03 written", LEAD)
    harness.clock.move(minutes=5)
    press(harness, facts(harness, code="P-1046"), WITHDRAW_FACT, kind=FactKind.CONSENT)

    words = facts(harness, code="P-1046").words

    assert (
        "Withdrawn: CCM consent, written · Tue Nov 3, 2026 · with doctor1 · taken by nurse1\n"
        "Withdrawn by Nurse One, Tue Nov 24, 2026, 10:10 am.\n"
        "• Before: CCM consent, written · Tue Nov 3, 2026 · with doctor1 · taken by nurse1, "
        "recorded by Lead One, Tue Nov 24, 2026, 10:05 am\n"
        "• Before: CCM consent, verbal · Tue Nov 3, 2026 · with doctor1 · taken by nurse1, "
        "recorded by Nurse One, Tue Nov 24, 2026, 10:00 am"
    ) in words


def test_the_statement_says_in_short_what_is_recorded_and_leads_to_all_of_it(harness: Harness) -> None:
    harness.say("/ccm readings P-1042 18")
    harness.say("/ccm readings P-1042 17 oct")
    harness.say("/ccm plan P-1042 mon", LEAD)

    seen = harness.say("/ccm patient P-1042")

    assert "*Recorded*" in seen.words
    assert "• CCM consent, verbal · Mon Jan 5, 2026 (an import, Nov 18, 2026)" in seen.words
    assert "• care plan revised · Mon Nov 23, 2026 (Lead One, Nov 24, 2026)" in seen.words
    assert "• readings on 18 days · November 2026 (Nurse One, Nov 24, 2026)" in seen.words
    assert "17 days" not in seen.words
    assert "and 2 other facts" in seen.words
    assert "P-1042 · facts · Blue Team" in harness.press(seen, LIST_FACTS).words
    assert "readings on 17 days" in harness.say("/ccm patient P-1042 oct").words


def test_a_withdrawn_fact_is_not_in_the_statement(harness: Harness) -> None:
    harness.say(CONSENT)
    press(harness, facts(harness, code="P-1046"), WITHDRAW_FACT, kind=FactKind.CONSENT)

    assert "CCM consent, verbal" not in harness.say("/ccm patient P-1046").words


def test_a_patient_of_whom_nothing_is_recorded_has_an_empty_list(harness: Harness) -> None:
    have(harness)

    assert "Nothing is recorded of this patient yet." in facts(harness).words
    assert "*Recorded*" not in harness.say("/ccm patient P-1050").words


@pytest.mark.parametrize("words", ["P-1050 facts", "p1050 Facts", "1050 fact"])
def test_the_list_is_asked_for_as_people_type(harness: Harness, words: str) -> None:
    have(harness)

    assert "P-1050 · facts" in harness.say(f"/ccm patient {words}").words


@pytest.mark.parametrize(("words", "code"), [("P-9999 facts", "PATIENT_UNKNOWN"), ("P-1042 facts nov", "MONTH")])
def test_a_list_of_nobody_is_refused(harness: Harness, words: str, code: str) -> None:
    assert code in harness.say(f"/ccm patient {words}").words


def test_many_facts_are_listed_on_pages_each_once(harness: Harness) -> None:
    have(harness)
    rows = [
        {"patient": "P-1050", "month": f"{year}-{month:02}", "days": "18"}
        for year, months in ((2025, 12), (2026, 11))
        for month in range(1, months + 1)
    ]
    import_fact_rows(harness.database, harness.practice, "readings", rows, at=harness.clock())

    pages = harness.all_pages(facts(harness), patient.PAGE, NURSE)

    assert len(pages) == 3
    months = [line for page in pages for line in page.words.splitlines() if line.startswith("*readings on 18 days")]
    assert len(months) == len(set(months)) == len(rows)
    assert all("P-1050 · facts" in page.words for page in pages)


def test_a_receipt_has_undo_which_leaves_nothing_of_what_was_recorded(harness: Harness) -> None:
    harness.work(an_entry(patient="P-1046", minutes=24))
    seen = harness.say(CONSENT)
    harness.clock.move(minutes=14)

    undone = press(harness, seen, UNDO_FACT)

    assert "*Undone* · *P-1046* · CCM consent, verbal · Tue Nov 3, 2026" in undone.words
    assert "CCM: billable, 99490 ($66.13) → *blocked* · 24 → 0 minutes" in undone.words
    assert "*Recorded*" not in undone.words
    assert not has_button(undone.message, UNDO_FACT)
    assert "no CCM consent" in harness.say("/ccm patient P-1046").words
    assert verified(harness.database, harness.practice).difference is None


def test_an_undo_of_what_was_recorded_anew_brings_back_what_stood_before(harness: Harness) -> None:
    harness.say(CONSENT)

    undone = press(harness, harness.say("/ccm consent P-1046 11/03 written"), UNDO_FACT)

    assert "*Undone* · *P-1046* · CCM consent, verbal · Tue Nov 3, 2026" in undone.words
    assert "So it stands again; what was undone is kept." in undone.words


def test_after_15_minutes_undo_leads_to_the_list(harness: Harness) -> None:
    seen = harness.say(CONSENT)
    before = stored_facts(harness.database)
    harness.clock.move(minutes=15)

    late = press(harness, seen, UNDO_FACT)

    assert "NOTHING_TO_UNDO" in late.words
    assert "/ccm patient P-1046 facts" in late.words
    assert stored_facts(harness.database) == before


def test_an_undo_pressed_twice_is_done_once(harness: Harness) -> None:
    press(harness, harness.say(CONSENT), UNDO_FACT)
    before = stored_facts(harness.database)

    harness.deliver_again("interactive")

    assert stored_facts(harness.database) == before
    assert "nothing was saved twice" in "\n".join(each.words for each in harness.person().messages("C0GENERAL"))


def test_what_was_known_already_has_nothing_to_undo(harness: Harness) -> None:
    harness.say(CONSENT)

    again = harness.say(CONSENT)

    assert "*Known already*" in again.words
    assert UNDO_FACT not in str(again.message.blocks)


def test_a_receipt_in_a_form_has_undo_too(harness: Harness) -> None:
    form = opened(harness.say("/ccm plan P-1046"))
    done = opened(harness.person().submit(form, {}))

    undone = opened(harness.person().press(done, action(done, UNDO_FACT)))  # type: ignore[arg-type]

    assert "*Undone* · *P-1046* · care plan revised" in undone.words
    assert LIST_FACTS not in str(undone.blocks)


def test_withdrawing_says_what_it_changes_and_can_be_undone(harness: Harness) -> None:
    harness.work(an_entry(patient="P-1046", minutes=24))
    harness.say(CONSENT)
    harness.clock.move(hours=30)

    withdrawn = press(harness, facts(harness, LEAD, "P-1046"), WITHDRAW_FACT, LEAD, FactKind.CONSENT)

    assert "*Withdrawn* · *P-1046* · CCM consent, verbal · Tue Nov 3, 2026" in withdrawn.words
    assert "CCM: billable, 99490 ($66.13) → *blocked* · 24 → 0 minutes" in withdrawn.words
    assert "It stays on record as withdrawn" in withdrawn.words
    back = press(harness, withdrawn, UNDO_FACT, LEAD)
    assert "CCM: blocked → *billable, 99490 ($66.13)*" in back.words
    assert "CCM consent, verbal" in harness.say("/ccm patient P-1046").words


def test_a_fact_withdrawn_from_two_lists_is_withdrawn_once(harness: Harness) -> None:
    harness.say(CONSENT)
    one, other = facts(harness, code="P-1046"), facts(harness, LEAD, "P-1046")
    press(harness, one, WITHDRAW_FACT, kind=FactKind.CONSENT)
    before = stored_facts(harness.database)

    again = press(harness, other, WITHDRAW_FACT, LEAD, FactKind.CONSENT)

    assert "*Withdrawn already*" in again.words
    assert UNDO_FACT not in str(again.message.blocks)
    assert stored_facts(harness.database) == before


def test_what_a_closed_month_rests_on_is_not_withdrawn_and_the_reason_is_said(harness: Harness) -> None:
    harness.work(an_entry(day=date(2026, 10, 30), minutes=25))
    close(harness.database, harness.practice, at=harness.clock())
    before = stored_facts(harness.database)

    refused = press(harness, facts(harness, code="P-1042"), WITHDRAW_FACT, kind=FactKind.CONSENT)

    assert "October 2026 is closed since 2026-11-24 (rule E9). Its statement rests on this fact." in refused.words
    assert "/ccm reopen 2026-10" in refused.words
    assert stored_facts(harness.database) == before


def keeper(kind: FactKind) -> str:
    return min(KEEPERS[kind] - {LEAD})


@pytest.mark.parametrize("kind", FactKind)
def test_correct_opens_the_form_as_the_fact_stands_and_without_a_change_adds_nothing(
    harness: Harness, kind: FactKind
) -> None:
    have(harness, kind)
    user = keeper(kind)

    form = opened(press(harness, facts(harness, user), CORRECT_FACT, user))

    assert form.title == "Correct a fact"
    assert f"{SAID[kind]}, recorded by import, Tue Nov 24, 2026, 10:00 am." in form.words
    _, row = ROWS[kind]
    shown = {name: value.removesuffix("T14:30") for name, value in row.items() if name != "by"}
    times = {"admitted_time": "14:30"} if kind is FactKind.STAY else {}
    assert prefilled(form) == {"patient": "P-1050", **shown, **times}
    before = stored_facts(harness.database)
    assert "*Known already*" in opened(harness.person(user).submit(form, {})).words
    assert stored_facts(harness.database) == before


OTHERWISE: dict[FactKind, dict[str, Any]] = {
    FactKind.ENROLLMENT: {"to": "2026-11-19", "reason": "moved"},
    FactKind.CONSENT: {"form": "verbal"},
    FactKind.INITIATING_VISIT: {"type": "AWV"},
    FactKind.CARE_PLAN: {"substantial": None},
    FactKind.STAY: {"discharged": "2026-11-13", "admitted_time": "15:00"},
    FactKind.COMPLEXITY: {"mdm": "moderate"},
    FactKind.READINGS: {"days": "17"},
}
ELSEWHERE: dict[FactKind, dict[str, Any]] = {
    FactKind.ENROLLMENT: {"from": "2026-11-03"},
    FactKind.CONSENT: {"program": "CCM"},
    FactKind.INITIATING_VISIT: {"date": "2026-11-05"},
    FactKind.CARE_PLAN: {"date": "2026-11-05"},
    FactKind.STAY: {"setting": "hospice"},
    FactKind.COMPLEXITY: {"date": "2026-11-06"},
    FactKind.DEVICE: {"set_up": "2026-11-03"},
    FactKind.READINGS: {"month": "2026-10"},
    FactKind.BILLED_ELSEWHERE: {"program": "PCM"},
    FactKind.APCM: {"month": "2026-10"},
    FactKind.OTHER_SERVICE: {"mark": "G0182"},
}


@pytest.mark.parametrize("kind", OTHERWISE)
def test_a_correction_holds_in_place_of_what_it_corrects(harness: Harness, kind: FactKind) -> None:
    have(harness, kind)
    user = keeper(kind)
    before = stored_facts(harness.database)
    form = opened(press(harness, facts(harness, user), CORRECT_FACT, user))

    done = opened(harness.person(user).submit(form, OTHERWISE[kind]))

    assert "*Recorded anew* · *P-1050*" in done.words
    assert stored_facts(harness.database) == before + 1
    words = facts(harness, user).words
    assert f"• Before: {SAID[kind]}, recorded by an import" in words
    assert "Withdrawn" not in words


@pytest.mark.parametrize("kind", ELSEWHERE)
def test_a_correction_to_another_day_or_program_withdraws_what_it_corrects_and_is_undone_whole(
    harness: Harness, kind: FactKind
) -> None:
    have(harness, kind)
    user = keeper(kind)
    form = opened(press(harness, facts(harness, user), CORRECT_FACT, user))

    done = opened(harness.person(user).submit(form, ELSEWHERE[kind]))

    assert f"In place of: {SAID[kind]}. That is withdrawn." in done.words
    assert f"Withdrawn: {SAID[kind]}" in facts(harness, user).words
    harness.person(user).press(done, action(done, UNDO_FACT))  # type: ignore[arg-type]
    words = facts(harness, user).words
    assert f"*{SAID[kind]}*\nRecorded anew by" in words
    assert words.count("Withdrawn: ") == 1
    assert verified(harness.database, harness.practice).difference is None


FULL: list[tuple[str, dict[str, str], dict[str, Any]]] = [
    (
        "consents",
        {
            "program": "RPM",
            "date": "2026-11-02",
            "form": "written",
            "practitioner": "doctor1",
            "by": "nurse2",
            "said": "service;may_stop",
        },
        {"said": ["service", "cost_sharing"]},
    ),
    (
        "care-plans",
        {
            "date": "2026-11-03",
            "substantial": "yes",
            "elements": "problems;goals",
            "copy_to": "caregiver",
            "copy_how": "in_person",
            "copy_date": "2026-11-05",
        },
        {"elements": ["problems"]},
    ),
    ("readings", {"from": "2026-10-05", "days": "17"}, {"days": "18"}),
    ("readings", {"dates": "2026-11-03;2026-11-05"}, {"dates": "2026-11-03, 2026-11-06"}),
]
"""Facts that say all that their kind can say, and something to be otherwise."""


@pytest.mark.parametrize(("file", "row", "otherwise"), FULL)
def test_a_correction_changes_what_was_changed_and_nothing_else(
    harness: Harness, file: str, row: dict[str, str], otherwise: dict[str, Any]
) -> None:
    have(harness)
    import_fact_rows(harness.database, harness.practice, file, [{"patient": "P-1050", **row}], at=harness.clock())
    before = newest_columns(harness)
    assert before.items() >= row.items()
    seen = facts(harness)
    unchanged = opened(harness.person().submit(opened(press(harness, seen, CORRECT_FACT)), {}))
    assert "*Known already*" in unchanged.words

    harness.person().submit(opened(press(harness, seen, CORRECT_FACT)), otherwise)

    after = newest_columns(harness)
    assert {name for name in {*before, *after} if before.get(name) != after.get(name)} == set(otherwise)


def newest_columns(harness: Harness) -> dict[str, str]:
    """The newest fact of P-1050 by the columns of its file."""
    with harness.looking() as connection:
        histories = fact_histories(connection, harness.practice, "P-1050")
    newest = max((one.newest for one in histories), key=lambda one: (one.recorded_at, one.number))
    return cells_of_fact(newest.fact, harness.practice)


def test_a_correction_delivered_twice_is_stored_once(harness: Harness) -> None:
    have(harness, FactKind.CONSENT)
    form = opened(press(harness, facts(harness), CORRECT_FACT))
    harness.person().submit(form, {"form": "verbal"})
    before = stored_facts(harness.database)

    assert "nothing was saved twice" in str(harness.deliver_again("interactive"))
    assert stored_facts(harness.database) == before


def test_a_correction_of_another_patients_fact_is_told_the_way(harness: Harness) -> None:
    have(harness, FactKind.CONSENT)
    form = opened(press(harness, facts(harness), CORRECT_FACT))
    before = stored_facts(harness.database)

    seen = harness.person().submit(form, {"patient": picked("P-1046")})

    assert "This fact is one of P-1050. Withdraw it there" in seen.errors["patient"]
    assert stored_facts(harness.database) == before


def test_a_correction_of_what_was_recorded_anew_meanwhile_saves_nothing_and_keeps_the_form(harness: Harness) -> None:
    have(harness, FactKind.CONSENT)
    listed = facts(harness)
    form = opened(press(harness, listed, CORRECT_FACT))
    harness.say("/ccm consent P-1050 11/02 verbal rpm", LEAD)
    before = stored_facts(harness.database)

    seen = opened(harness.person().submit(form, {"date": "2026-11-01"}))

    assert "This fact was recorded anew or withdrawn meanwhile. Nothing was saved." in seen.words
    assert prefilled(seen)["date"] == "2026-11-01"
    assert seen.title == "Correct a fact"
    assert stored_facts(harness.database) == before
    for button in (CORRECT_FACT, WITHDRAW_FACT):
        assert "FACT_CHANGED" in said(press(harness, listed, button))


def test_a_correction_that_cannot_be_is_said_beside_its_input_and_still_corrects(harness: Harness) -> None:
    have(harness, FactKind.ENROLLMENT)
    form = opened(press(harness, facts(harness), CORRECT_FACT))

    seen = harness.person().submit(form, {"to": "2026-11-01"})
    assert "is before the first day" in seen.errors["to"]

    harness.person().submit(form, {"from": "2026-11-01", "to": "2026-11-20"})
    assert f"Withdrawn: {SAID[FactKind.ENROLLMENT]}" in facts(harness).words


def test_buttons_about_facts_are_logged_without_what_they_are_about(harness: Harness) -> None:
    have(harness, FactKind.COMPLEXITY)
    with capture_logs() as logs:
        form = opened(press(harness, facts(harness, DOCTOR), CORRECT_FACT, DOCTOR))
        harness.person(DOCTOR).submit(form, {"mdm": "moderate"})
        press(harness, facts(harness, DOCTOR), WITHDRAW_FACT, DOCTOR)

    assert "ZEBRA" not in str(logs)
    assert "P-1050" not in str(logs)
    assert "withdraw fact button" in str(logs)


def test_withdrawing_and_undoing_reach_the_home_tab_of_whoever_does_it(harness: Harness) -> None:
    harness.say(CONSENT)
    press(harness, facts(harness, code="P-1046"), WITHDRAW_FACT, kind=FactKind.CONSENT)

    harness.settle()

    assert verified(harness.database, harness.practice).difference is None
