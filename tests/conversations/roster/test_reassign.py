"""Who leaves is named with the patients that need another billing practitioner; one form gives them to another."""

import json
from datetime import date
from typing import Any

import pytest
from support.facts import import_fact_rows
from support.forms import modal_words, opened
from support.practice import an_entry, import_rows, staff_row, verified
from support.slack import Harness

from bot.commands.roster import reassign
from bot.playground import Glance
from bot.playground.people.person import SeenView
from bot.views.forms.pickers import PRACTITIONER_PICKER, patient_option, person_option
from bot.views.forms.roster_inputs import CONFIRM
from bot.views.roster import REASSIGN
from ledger.patients.roster_history import PATIENTS, histories
from ledger.roster.lists import patient_columns

ADMIN = "U0ADMIN1"
OLD, NEW = person_option("doctor1", "Doctor One"), person_option("doctor2", "Doctor Two")
NEEDING = (
    "doctor1 leaves on 2026-11-24: 5 patients need another billing practitioner: P-1042, P-1043, P-1044, P-1045, P-1046"
)


@pytest.fixture
def two_doctors(harness: Harness) -> Harness:
    """A practice with a second doctor, who bills for nobody yet."""
    row = staff_row(id="doctor2", slack_user_id="", name="Doctor Two", credential="NP", roles="practitioner")
    import_rows(harness.database, harness.practice, "staff", [row])
    return harness


def form(harness: Harness) -> SeenView:
    """The form behind the button under the staff."""
    return opened(harness.press(harness.say("/ccm staff", ADMIN), REASSIGN, ADMIN))


def submit(harness: Harness, modal: SeenView, **values: Any) -> Glance:
    """What the administrator sees after submitting the form."""
    return harness.person(ADMIN).submit(modal, values)


def practitioners(harness: Harness) -> dict[str, str | None]:
    """Who bills for whom."""
    codes = ("P-1042", "P-1043", "P-1044", "P-1045", "P-1046")
    with harness.looking() as connection:
        return {code: patient_columns(connection, "T0TEST", code).billing_practitioner for code in codes}


def test_who_is_given_a_last_day_is_named_with_the_patients_that_need_another(two_doctors: Harness) -> None:
    seen = submit(two_doctors, opened(two_doctors.say("/ccm staff doctor1", ADMIN)), active_to="2026-11-24")

    assert NEEDING in modal_words(seen)

    modal = opened(two_doctors.person(ADMIN).press(opened(seen), REASSIGN))
    assert modal.title == "Billing practitioner"
    assert next(b["element"] for b in modal.blocks if b["block_id"] == "leaves")["initial_option"] == OLD
    done = submit(two_doctors, modal, practitioner=NEW)

    assert "5 patients now with *doctor2* as billing practitioner." in modal_words(done)
    assert set(practitioners(two_doctors).values()) == {"doctor2"}
    assert verified(two_doctors.database, two_doctors.practice).difference is None


def test_who_consented_to_the_care_of_who_leaves_is_named_too(two_doctors: Harness) -> None:
    anew = {"program": "CCM", "date": "2026-11-20", "form": "verbal", "practitioner": "doctor2"}
    rows = [{**anew, "patient": code} for code in ("P-1042", "P-1043")]
    import_fact_rows(two_doctors.database, two_doctors.practice, "consents", rows, at=two_doctors.clock())

    done = submit(two_doctors, form(two_doctors), leaves=OLD, practitioner=NEW)

    line = "• doctor2 bills now, so 3 new consents are needed (rule R9): P-1044 (CCM), P-1044 (RPM), P-1045 (RPM)"
    assert line in modal_words(done)


def test_who_is_enrolled_in_nothing_after_that_day_needs_no_other(two_doctors: Harness) -> None:
    ended = {"patient": "P-1042", "program": "CCM", "from": "2026-01-05", "to": "2026-11-24"}
    import_fact_rows(two_doctors.database, two_doctors.practice, "enrollments", [ended])

    seen = submit(two_doctors, opened(two_doctors.say("/ccm staff doctor1", ADMIN)), active_to="2026-11-24")

    assert "4 patients need another billing practitioner: P-1043," in modal_words(seen)


@pytest.mark.parametrize("values", [{"name": "Doctor Renamed"}, {"active_to": None}])
def test_who_stays_is_not_named(two_doctors: Harness, values: dict[str, Any]) -> None:
    seen = submit(two_doctors, opened(two_doctors.say("/ccm staff doctor1", ADMIN)), **values)

    assert "another billing practitioner" not in modal_words(seen)


def test_administrators_are_told_whose_patients_need_another_when_an_account_is_deactivated(
    two_doctors: Harness,
) -> None:
    two_doctors.playground.people.deactivate("U0DOCTOR1")
    two_doctors.deliver_again("events_api")
    two_doctors.settle()

    (notice,) = two_doctors.person(ADMIN).direct_messages()
    assert notice.text == "<@U0DOCTOR1> was deactivated in Slack"
    assert NEEDING in notice.words
    modal = opened(two_doctors.person(ADMIN).press(notice, REASSIGN))
    submit(two_doctors, modal, practitioner=NEW)
    assert set(practitioners(two_doctors).values()) == {"doctor2"}


def test_what_a_deactivated_account_costs_is_told_and_stored(two_doctors: Harness) -> None:
    two_doctors.work(an_entry(minutes=25))

    two_doctors.playground.people.deactivate("U0DOCTOR1")
    two_doctors.settle()

    (notice,) = two_doctors.person(ADMIN).direct_messages()
    assert "November 2026: 1 billable, $66.13 → 0, $0.00 (1 patient with other codes)" in notice.words
    assert verified(two_doctors.database, two_doctors.practice).difference is None


def test_a_last_day_of_whoever_bills_is_asked_about(two_doctors: Harness) -> None:
    two_doctors.work(an_entry(minutes=25))

    asked = submit(two_doctors, opened(two_doctors.say("/ccm staff doctor1", ADMIN)), active_to="2026-11-24")

    assert "November 2026: 1 billable, $66.13 → 0, $0.00" in modal_words(asked)
    seen = submit(two_doctors, opened(asked), **{CONFIRM: ["yes"]})
    assert NEEDING in modal_words(seen)
    assert verified(two_doctors.database, two_doctors.practice).difference is None


def test_a_day_from_which_the_new_practitioner_bills_may_lie_back(two_doctors: Harness) -> None:
    two_doctors.work(an_entry(day=date(2026, 10, 20), minutes=25))
    values = {"leaves": OLD, "practitioner": NEW, "from": "2026-10-15"}

    asked = submit(two_doctors, form(two_doctors), **values)
    assert "October 2026: 1 billable, $66.13 → 0, $0.00" in modal_words(asked)  # the consent was to the other (R9)
    seen = submit(two_doctors, opened(asked), **{CONFIRM: ["yes"]})

    assert "5 patients now with *doctor2*" in modal_words(seen)
    with two_doctors.looking() as connection:
        told = histories(connection, "T0TEST", PATIENTS, ["P-1042"])["P-1042"]
        assert told.on(date(2026, 10, 14))["billing_practitioner"] == "doctor1"
        assert told.on(date(2026, 10, 15))["billing_practitioner"] == "doctor2"
    back = {"leaves": NEW, "practitioner": OLD, "from": "2026-12-01"}
    ahead = submit(two_doctors, form(two_doctors), **back)
    assert "lies in the future" in ahead.outcome.errors["from"]


def test_nobody_is_told_of_a_deactivated_account_that_bills_for_nobody(two_doctors: Harness) -> None:
    two_doctors.playground.people.deactivate("U0NURSE1")
    two_doctors.settle()

    assert two_doctors.person(ADMIN).direct_messages() == []


def test_patients_that_are_named_are_given_to_another_and_no_others(two_doctors: Harness) -> None:
    chosen = [patient_option("P-1042"), patient_option("P-1045")]

    seen = submit(two_doctors, form(two_doctors), patients=chosen, practitioner=NEW)

    assert "2 patients now with *doctor2* as billing practitioner." in modal_words(seen)
    assert [code for code, by in practitioners(two_doctors).items() if by == "doctor2"] == ["P-1042", "P-1045"]

    again = submit(two_doctors, form(two_doctors), patients=chosen, practitioner=NEW)
    assert "0 patients now" in modal_words(again)
    assert "2 patients had them already." in modal_words(again)


def test_what_giving_patients_to_another_is_worth_is_asked_about(two_doctors: Harness) -> None:
    two_doctors.work(an_entry(minutes=25))

    asked = submit(two_doctors, form(two_doctors), patients=[patient_option("P-1042")], practitioner=NEW)

    assert "November 2026: 1 billable, $66.13 → 0, $0.00 (1 patient with other codes)" in modal_words(asked)
    assert practitioners(two_doctors)["P-1042"] == "doctor1"
    assert "1 patient now with" in modal_words(submit(two_doctors, opened(asked), **{CONFIRM: ["yes"]}))
    assert verified(two_doctors.database, two_doctors.practice).difference is None


@pytest.mark.parametrize(
    ("values", "column", "said"),
    [
        ({"practitioner": NEW}, "patients", "This is empty, and nobody's patients are chosen."),
        ({"leaves": OLD, "practitioner": OLD}, "practitioner", "Doctor1 is who they have."),
        ({"leaves": NEW, "practitioner": OLD}, "leaves", "Doctor2 is nobody's billing practitioner."),
        (
            {"leaves": OLD, "practitioner": person_option("nurse1", "Nurse One")},
            "practitioner",
            "Nurse1 is no practitioner.",
        ),
    ],
)
def test_what_is_wrong_is_said_beside_its_input(
    two_doctors: Harness, values: dict[str, Any], column: str, said: str
) -> None:
    seen = submit(two_doctors, form(two_doctors), **values)

    assert seen.outcome.errors[column].startswith(said)
    assert set(practitioners(two_doctors).values()) == {"doctor1"}


def test_a_practitioner_who_has_left_is_given_nobody(two_doctors: Harness) -> None:
    submit(two_doctors, opened(two_doctors.say("/ccm staff doctor2", ADMIN)), active_to="2026-11-23")

    seen = submit(two_doctors, form(two_doctors), leaves=OLD, practitioner=NEW)

    assert "does not work here today" in seen.outcome.errors["practitioner"]


def test_a_patient_of_somebody_else_is_refused(two_doctors: Harness) -> None:
    submit(two_doctors, form(two_doctors), patients=[patient_option("P-1042")], practitioner=NEW)

    seen = submit(two_doctors, form(two_doctors), leaves=OLD, patients=[patient_option("P-1042")], practitioner=NEW)

    assert "P-1042 is no patient of doctor1." in seen.outcome.errors["patients"]


def test_many_patients_are_given_to_another_behind_the_acknowledgement(
    two_doctors: Harness, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reassign, "PATIENTS_AT_ONCE", 1)

    assert "The months of 5 patients" in modal_words(
        submit(two_doctors, form(two_doctors), leaves=OLD, practitioner=NEW)
    )
    two_doctors.settle()

    shown = two_doctors.person(ADMIN).modal
    assert shown is not None
    assert "5 patients now with *doctor2*" in shown.words


def test_the_menu_of_the_form_finds_practitioners_alone(two_doctors: Harness) -> None:
    found = two_doctors.person(ADMIN).suggest(form(two_doctors), PRACTITIONER_PICKER, "", block_id="leaves")

    assert [each["value"] for each in found] == ["doctor1", "doctor2"]


def test_the_form_saves_nothing_for_those_who_are_no_administrator(two_doctors: Harness) -> None:
    submit(two_doctors, form(two_doctors), leaves=OLD, practitioner=OLD)
    view = two_doctors.last_payload("interactive")["view"]
    view["state"]["values"]["practitioner"][PRACTITIONER_PICKER]["selected_option"] = NEW

    answer = two_doctors.deliver_again("interactive", user={"id": "U0LEAD1"}, view=view)

    assert "ROLE_NEEDED" in json.dumps(answer)
    assert set(practitioners(two_doctors).values()) == {"doctor1"}
