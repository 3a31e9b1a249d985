"""``/ccm patients``: the roster an administrator pages through, and the form that adds or changes a patient."""

from typing import Any

import pytest
from sqlalchemy import select
from support.facts import import_fact_rows
from support.forms import modal_words, opened
from support.practice import an_entry, import_rows, patient_of_an_older_version, staff_row, verified
from support.slack import (
    BARE_COUNT,
    BLOCKED_COUNT,
    BLUE_TEAM,
    GREEN_TEAM,
    LONG_NAME,
    NEAR_COUNT,
    Harness,
    picked,
    table_rows,
)

from bot.playground import Glance
from bot.playground.people.person import SeenView
from bot.views.forms.pickers import EDIT_PATIENT, PRACTITIONER_PICKER, TEAM_PICKER
from bot.views.roster import ADD_PATIENT, PATIENTS_PAGE
from ledger.storage.tables import PatientFactRow, PatientMonthRow, PatientRow, RosterChangeRow

ADMIN = "U0ADMIN1"


NEW = {
    "code": "P-2001",
    "team": BLUE_TEAM,
    "billing_practitioner": picked("doctor1", "doctor1 · Doctor One"),
    "conditions": "E11.9\nI10",
    "programs": ["CCM"],
    "enrolled_on": "2026-11-02",
    "consent_date": "2026-11-02",
    "consent_form": "verbal",
    "initiating_visit_date": "2026-10-05",
    "initiating_visit_type": "AWV",
    "care_plan_date": "2026-11-02",
}


def form(harness: Harness, line: str = "/ccm patients P-1042") -> SeenView:
    """The form that a line opens."""
    return opened(harness.say(line, ADMIN))


def new_form(harness: Harness) -> SeenView:
    """The form behind the button "Add a patient"."""
    return opened(harness.press(harness.say("/ccm patients", ADMIN), ADD_PATIENT, ADMIN))


def submit(harness: Harness, modal: SeenView, values: dict[str, Any]) -> Glance:
    """What the administrator sees after submitting the form."""
    seen = harness.person(ADMIN).submit(modal, values)
    harness.settle()
    return seen


def stored(harness: Harness, code: str = "P-1042") -> Any:
    """The patient's row."""
    with harness.looking() as connection:
        return connection.execute(select(PatientRow.__table__).where(PatientRow.patient_code == code)).one()


def changes_by(harness: Harness) -> list[tuple[str, str, str]]:
    """The last change of the roster: by whom, of what, of whom."""
    with harness.looking() as connection:
        rows = connection.execute(
            select(RosterChangeRow.recorded_by, RosterChangeRow.subject_kind, RosterChangeRow.subject_id).where(
                RosterChangeRow.recorded_by != "import"
            )
        )
        return [tuple(row) for row in rows]


def test_the_list_says_of_each_patient_what_keeps_it_from_being_billed(harness: Harness) -> None:
    seen = harness.say("/ccm patients", ADMIN)

    assert "1–5 of 5 patients" in seen.words
    assert table_rows(seen.message) == [
        ["P-1042", "Blue Team", "CCM", "Doctor One", "nothing"],
        ["P-1043", "Blue Team", "CCM", "Doctor One", "nothing"],
        ["P-1044", "Green Team", "CCM, RPM", "Doctor One", "nothing"],
        ["P-1045", "Green Team", "RPM", "Doctor One", "nothing"],
        ["P-1046", "Blue Team", "CCM", "Doctor One", "no consent"],
    ]


@pytest.mark.parametrize("asked", ["Green Team", "green team", "Gre"])
def test_a_team_lists_its_own_patients(harness: Harness, asked: str) -> None:
    seen = harness.say(f"/ccm patients {asked}", ADMIN)

    assert "Patients · Green Team" in seen.words
    assert [row[0] for row in table_rows(seen.message)] == ["P-1044", "P-1045"]


def test_paging_shows_everybody_once_in_order(full_harness: Harness) -> None:
    pages = full_harness.all_pages(full_harness.say("/ccm patients", ADMIN), PATIENTS_PAGE, ADMIN)

    codes = [row[0] for page in pages for row in table_rows(page)]
    assert len(codes) == NEAR_COUNT + BLOCKED_COUNT + BARE_COUNT + 7
    assert codes == sorted(set(codes))
    assert max(len(table_rows(page)) for page in pages) == 25


def test_what_blocks_is_said_in_a_word_or_two(full_harness: Harness) -> None:
    rows = table_rows(full_harness.say(f"/ccm patients {LONG_NAME}", ADMIN).message)
    assert rows[0][4] == "nothing"

    pages = full_harness.all_pages(full_harness.say("/ccm patients", ADMIN), PATIENTS_PAGE, ADMIN)
    kept = {row[0]: row[4] for page in pages for row in table_rows(page)}
    assert kept["T-0001"] == "no consent, too few conditions and 4 more"


@pytest.mark.parametrize("typed", ["P-1042", "p1042", "1042"])
def test_a_code_opens_the_form_with_what_the_roster_has(harness: Harness, typed: str) -> None:
    modal = form(harness, f"/ccm patients {typed}")

    assert modal.title == "Change a patient"
    elements = {block["block_id"]: block["element"] for block in modal.blocks if block["type"] == "input"}
    assert elements["team"]["initial_option"] == BLUE_TEAM
    assert elements["billing_practitioner"]["initial_option"] == picked("doctor1", "doctor1 · Doctor One")
    assert elements["conditions"]["initial_value"] == "E11.9\nI10"
    assert [option["value"] for option in elements["risk_documented"]["initial_options"]] == ["yes"]
    assert "programs" not in elements
    assert "`/ccm patient P-1042 facts`" in modal.words


def test_the_menu_beside_the_list_opens_the_form_too(harness: Harness) -> None:
    seen = harness.say("/ccm patients", ADMIN)
    admin = harness.person(ADMIN)

    assert [each["value"] for each in admin.suggest(seen.message, EDIT_PATIENT, "1043")] == ["P-1043"]
    modal = admin.press(seen.message, EDIT_PATIENT, picked("P-1043")).modal

    assert modal is not None
    assert "P-1043" in modal.words


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("P-9999", '"P-9999" is no patient and no team.'),
        ("nobody here", '"nobody here" is no patient and no team.'),
        ("Te", '"Te" is no patient and no team.'),
    ],
)
def test_what_names_nobody_is_refused_with_the_teams(harness: Harness, typed: str, said: str) -> None:
    seen = harness.say(f"/ccm patients {typed}", ADMIN)

    assert said in seen.words
    assert "Blue Team, Green Team" in seen.words


def test_a_number_of_several_patients_is_answered_with_their_codes(harness: Harness) -> None:
    harness.enroll([{"code": "A-1042"}])

    assert '"1042" may be A-1042, P-1042.' in harness.say("/ccm patients 1042", ADMIN).words


def test_a_change_is_saved_recorded_and_told(harness: Harness) -> None:
    harness.work(an_entry(minutes=25))

    seen = submit(
        harness, form(harness), {"team": GREEN_TEAM, "billing_practitioner": None, "conditions": "E11.9, I50.9"}
    )
    assert "November 2026: 1 billable, $66.13 → 0, $0.00" in modal_words(seen)
    seen = submit(harness, opened(seen), {"confirm": ["yes"]})

    assert "*Changed* · *P-1042*" in modal_words(seen)
    assert "• Care team: Blue Team → Green Team" in modal_words(seen)
    assert "• Billing practitioner: doctor1 → nothing" in modal_words(seen)
    assert "• Conditions: E11.9, I10 → E11.9, I50.9" in modal_words(seen)
    assert "1 month of 1 patient was evaluated again." in modal_words(seen)
    assert "Kept from billing this month by: *no consent, no billing practitioner*" in modal_words(seen)
    assert stored(harness).conditions == ["E11.9", "I50.9"]
    assert changes_by(harness) == [("admin1", "patients", "P-1042")]
    with harness.looking() as connection:
        assert connection.scalar(select(PatientMonthRow.status)) == "blocked"
    assert verified(harness.database, harness.practice).difference is None


def test_another_billing_practitioner_is_told_with_the_consents_that_are_needed_anew(harness: Harness) -> None:
    doctor2 = staff_row(id="doctor2", slack_user_id="", name="Doctor Two", credential="MD", roles="practitioner")
    import_rows(harness.database, harness.practice, "staff", [doctor2], at=harness.clock())
    harness.say("/ccm consent P-1042 11/03 verbal", "U0NURSE1")
    before = {"patient": "P-1042", "program": "CCM", "date": "2026-01-05", "form": "verbal", "withdrawn": "yes"}
    import_fact_rows(harness.database, harness.practice, "consents", [before], at=harness.clock())

    seen = submit(harness, form(harness), {"billing_practitioner": picked("doctor2", "doctor2 · Doctor Two")})

    assert "• doctor2 bills now, so a new consent is needed (rule R9): P-1042 (CCM)" in modal_words(seen)


def test_a_change_of_team_alone_evaluates_nothing(harness: Harness) -> None:
    harness.work(an_entry(minutes=25))

    assert "evaluated again" not in modal_words(submit(harness, form(harness), {"team": GREEN_TEAM}))


def test_a_form_that_changes_nothing_says_so(harness: Harness) -> None:
    assert "*Nothing changed* · *P-1042*" in modal_words(submit(harness, form(harness), {}))
    assert changes_by(harness) == []


def test_a_patient_is_added_with_the_facts_that_make_it_billable(harness: Harness) -> None:
    seen = submit(harness, new_form(harness), NEW)

    assert "*Added* · *P-2001*" in modal_words(seen)
    assert "• Programs: CCM" in modal_words(seen)
    assert "Kept from billing this month by: *nothing*" in modal_words(seen)
    with harness.looking() as connection:
        facts = connection.execute(
            select(PatientFactRow.kind, PatientFactRow.recorded_by).where(PatientFactRow.patient_code == "P-2001")
        )
        assert sorted(facts) == [
            (kind, "admin1") for kind in ("care_plan", "consent", "enrollment", "initiating_visit")
        ]
    saved = harness.say("/ccm log P-2001 12m meds call Reconciled the insulin list. Dose confirmed.")
    assert "0 → 12 minutes" in saved.words


def test_everything_that_is_wrong_is_said_at_once_beside_its_input_and_nothing_is_saved(harness: Harness) -> None:
    modal = new_form(harness)
    wrong = {**NEW, "code": "no digits", "programs": [], "consent_form": None, "initiating_visit_date": None}

    seen = submit(harness, modal, wrong)

    assert seen.errors == {
        "code": "'no digits' is not a patient code. Letters, hyphens and digits: P-1042",
        "programs": "This is empty, but the dates of programs are not. Name them, for example: CCM;RPM",
        "consent_form": "This is empty, but “Consent given on” is not. One of: verbal, written",
        "initiating_visit_date": "This is empty, but “Kind of the visit” is not. Write the date as 2026-11-03.",
    }
    assert changes_by(harness) == []
    assert "*Added*" in modal_words(submit(harness, modal, NEW))


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("P-1042", "P-1042 is on the roster already. To change it: /ccm patients P-1042"),
        ("P1042", "P1042 reads like P-1042."),
    ],
)
def test_a_code_that_is_taken_is_refused(harness: Harness, code: str, said: str) -> None:
    assert said in submit(harness, new_form(harness), {**NEW, "code": code}).errors["code"]


def test_the_same_form_delivered_twice_saves_once_and_answers_alike(harness: Harness) -> None:
    submit(harness, new_form(harness), NEW)

    again = harness.deliver_again("interactive")

    assert "*Added* · *P-2001*" in str(again)
    assert "nothing was saved twice" in str(again)
    assert changes_by(harness) == [("admin1", "patients", "P-2001")]


def test_a_ledger_that_is_away_keeps_what_was_typed(harness: Harness, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: object, **__: object) -> None:
        raise TimeoutError

    modal = form(harness)
    with monkeypatch.context() as patch:
        patch.setattr("bot.commands.roster.patients.save_patient", away)
        seen = submit(harness, modal, {"conditions": "J44.9", "team": GREEN_TEAM})

    assert "Nothing was saved." in modal_words(seen)
    assert seen.modal is not None
    elements = {block["block_id"]: block["element"] for block in seen.modal.blocks if block["type"] == "input"}
    assert elements["conditions"]["initial_value"] == "J44.9"
    assert elements["team"]["initial_option"] == GREEN_TEAM
    assert "*Changed*" in modal_words(submit(harness, seen.modal, {}))
    assert stored(harness).team_id == "green-team"


def test_menus_find_teams_and_practitioners_for_an_administrator_alone(harness: Harness) -> None:
    admin, modal = harness.person(ADMIN), form(harness)

    assert [each["value"] for each in admin.suggest(modal, TEAM_PICKER, "gr")] == ["green-team"]
    assert [each["value"] for each in admin.suggest(modal, TEAM_PICKER, "")] == ["blue-team", "green-team"]
    assert [each["text"]["text"] for each in admin.suggest(modal, PRACTITIONER_PICKER, "")] == ["doctor1 · Doctor One"]
    assert harness.deliver_again("interactive", user={"id": "U0NURSE1"}) == {"options": []}


def test_a_form_of_somebody_who_is_no_administrator_saves_nothing(harness: Harness) -> None:
    submit(harness, form(harness), {})

    answer = harness.deliver_again("interactive", user={"id": "U0LEAD1"})

    assert "ROLE_NEEDED" in str(answer)


def test_what_was_read_otherwise_than_it_was_typed_is_told(harness: Harness) -> None:
    typed = {"code": "P\u20132001", "conditions": "e119, I10 | i10\nJ44.9"}
    seen = submit(harness, new_form(harness), {**NEW, **typed})

    assert "• Conditions: E11.9, I10, J44.9" in modal_words(seen)
    assert "• Code 'P\u20132001' read as P-2001" in modal_words(seen)
    assert "• Conditions 'e119' read as E11.9" in modal_words(seen)
    assert stored(harness, "P-2001").conditions == ["E11.9", "I10", "J44.9"]


def test_what_was_typed_as_it_is_stored_is_not_told_as_if_it_were_not(harness: Harness) -> None:
    assert "read as" not in modal_words(submit(harness, new_form(harness), NEW))


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"code": "123-45-6789"}, "Looks like a Social Security number."),
        ({"code": "SMITH-1950"}, "Reads like a name with a year of birth."),
        ({"code": "2125550123"}, "Looks like a phone number."),
        ({"code": "=1+1"}, "'=1+1' is not a patient code. Letters, hyphens and digits: P-1042"),
        ({"conditions": "N/A; none"}, "'N/A' is no ICD-10-CM code. Write ICD-10-CM codes alone"),
        ({"conditions": "Diabetes"}, "'Diabetes' is no ICD-10-CM code."),
        ({"consent_date": "1926-11-02"}, "1926-11-02 lies before 2015"),
        ({"enrolled_on": "2062-11-02"}, "2062-11-02 lies in the future."),
        ({"care_plan_date": "2027-11-02"}, "2027-11-02 lies in the future."),
    ],
)
def test_what_no_file_may_say_no_form_may_either(harness: Harness, typed: dict[str, str], said: str) -> None:
    seen = submit(harness, new_form(harness), {**NEW, **typed})

    assert said in seen.outcome.errors[next(iter(typed))]
    assert changes_by(harness) == []


@pytest.mark.parametrize("code", ["A1" * 100, "SMITH-1950", "P_1042.b", "123-45-6789", "=1+1"])
def test_a_patient_of_an_older_version_is_shown_wherever_patients_are(harness: Harness, code: str) -> None:
    patient_of_an_older_version(harness.database, harness.practice, code, ["N/A", "none"])
    harness.work(an_entry(patient=code, minutes=17))

    for line in ("/ccm month", "/ccm near", f"/ccm patient {code}"):
        assert code[:30] in harness.say(line, "U0BILLER1").words, line
    assert code[:30] in harness.say("/ccm patients", ADMIN).words
    modal = form(harness, f"/ccm patients {code}")
    seen = submit(harness, modal, {"conditions": "E11.9; I10"})
    assert "• Conditions: N/A, none → E11.9, I10" in modal_words(seen)
    harness.person(ADMIN).home()
