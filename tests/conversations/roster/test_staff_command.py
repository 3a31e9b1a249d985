"""``/ccm staff``: the people an administrator pages through, and the form that adds or changes one."""

import threading
from typing import Any

import pytest
from sqlalchemy import select, update
from support.forms import modal_words, opened
from support.patience import PATIENCE_SECONDS
from support.practice import AT, an_entry, import_rows, staff_row, verified
from support.slack import BLUE_TEAM, GREEN_TEAM, STRANGER, Harness, table_rows

from bot.commands.roster import staff
from bot.playground import Glance
from bot.playground.people.person import SeenView
from bot.views.forms.pickers import EDIT_PERSON
from bot.views.roster import ADD_PERSON, STAFF_PAGE
from ledger.patients.roster_history import append_told
from ledger.roster.directory import people, person_by_id
from ledger.storage.roster_tables import BEGINNING
from ledger.storage.tables import PatientMonthRow, RosterChangeRow, StaffRow

ADMIN = "U0ADMIN1"


NEW = {
    "slack_user_id": STRANGER,
    "id": "coord9",
    "name": "Coordinator Nine",
    "credential": "RN",
    "roles": ["coordinator", "lead"],
    "teams": [BLUE_TEAM, GREEN_TEAM],
    "active_from": "2026-11-01",
}


def form(harness: Harness, line: str = "/ccm staff nurse1") -> SeenView:
    """The form that a line opens."""
    return opened(harness.say(line, ADMIN))


def new_form(harness: Harness) -> SeenView:
    """The form behind the button "Add a person"."""
    return opened(harness.press(harness.say("/ccm staff", ADMIN), ADD_PERSON, ADMIN))


def submit(harness: Harness, modal: SeenView, values: dict[str, Any]) -> Glance:
    """What the administrator sees after submitting the form."""
    return harness.person(ADMIN).submit(modal, values)


def person(harness: Harness, staff_id: str) -> Any:
    """The staff member as stored."""
    with harness.looking() as connection:
        return person_by_id(connection, "T0TEST", staff_id)


def changes_by_people(harness: Harness) -> list[tuple[str, str]]:
    """By whom and of whom the roster was changed, beside the import."""
    with harness.looking() as connection:
        query = select(RosterChangeRow.recorded_by, RosterChangeRow.subject_id)
        return [tuple(row) for row in connection.execute(query.where(RosterChangeRow.recorded_by != "import"))]


def initial(modal: SeenView, block_id: str) -> Any:
    """The element of an input of the form."""
    return next(block["element"] for block in modal.blocks if block["block_id"] == block_id)


def test_the_list_shows_who_does_what_where(harness: Harness) -> None:
    rows = table_rows(harness.say("/ccm staff", ADMIN).message)

    assert ["nurse1", "Nurse One", "RN", "coordinator", "Blue Team, Green Team", "U0NURSE1", "yes"] in rows
    assert ["gone1", "Nurse Gone", "RN", "coordinator", "Blue Team, Green Team", "U0GONE1", "until 2026-10-31"] in rows


def test_paging_shows_everybody_once(harness: Harness) -> None:
    many = [staff_row(id=f"x{number:03}", name=f"Extra {number}", roles="biller") for number in range(120)]
    import_rows(harness.database, harness.practice, "staff", many)

    pages = harness.all_pages(harness.say("/ccm staff", ADMIN), STAFF_PAGE, ADMIN)
    ids = [row[0] for page in pages for row in table_rows(page)]
    assert len(ids) == len(set(ids)) == 128

    pages = harness.all_pages(harness.say("/ccm staff extra", ADMIN), STAFF_PAGE, ADMIN)
    assert sum(len(table_rows(page)) for page in pages) == 120


@pytest.mark.parametrize(
    "named", ["nurse1", "U0NURSE1", "<@U0NURSE1>", "<@U0NURSE1|nurse>", "Nurse One", "@nurse.one", "@Nurse O"]
)
def test_a_person_is_found_by_id_slack_id_mention_or_the_beginning_of_a_name(harness: Harness, named: str) -> None:
    modal = form(harness, f"/ccm staff {named}")

    assert modal.title == "Change a person"
    assert "nurse1" in modal.words
    assert initial(modal, "slack_user_id")["initial_user"] == "U0NURSE1"
    assert [each["value"] for each in initial(modal, "roles")["initial_options"]] == ["coordinator"]
    assert initial(modal, "teams")["initial_options"] == [BLUE_TEAM, GREEN_TEAM]
    assert initial(modal, "active_from")["initial_date"] == "2025-01-01"


def test_a_beginning_that_several_have_lists_them(harness: Harness) -> None:
    seen = harness.say("/ccm staff Nurse", ADMIN)

    assert "Staff · Nurse…" in seen.words
    assert [row[0] for row in table_rows(seen.message)] == ["gone1", "nurse1", "nurse2"]


def test_a_slack_id_of_nobody_on_the_staff_opens_the_form_that_adds_them(harness: Harness) -> None:
    modal = form(harness, f"/ccm staff <@{STRANGER}>")

    assert modal.title == "Add a person"
    assert initial(modal, "slack_user_id")["initial_user"] == STRANGER


def test_a_name_of_nobody_is_refused_with_what_works(harness: Harness) -> None:
    seen = harness.say("/ccm staff zebra", ADMIN)

    assert '"zebra" is no staff id and the beginning of no name.' in seen.words
    assert "/ccm staff U0123ABCD" in seen.words


def test_the_menu_beside_the_list_finds_people(harness: Harness) -> None:
    seen = harness.say("/ccm staff", ADMIN)
    admin = harness.person(ADMIN)

    found = admin.suggest(seen.message, EDIT_PERSON, "doc")
    assert [each["text"]["text"] for each in found] == ["doctor1 · Doctor One"]
    modal = admin.press(seen.message, EDIT_PERSON, found[0]).modal
    assert modal is not None
    assert "doctor1" in modal.words


def test_somebody_added_can_work_at_once(harness: Harness) -> None:
    seen = submit(harness, new_form(harness), NEW)

    assert "*Added* · *coord9*" in modal_words(seen)
    assert "• Teams: Blue Team, Green Team" in modal_words(seen)
    assert "• Roles: coordinator, lead" in modal_words(seen)
    assert person(harness, "coord9").slack_user_id == STRANGER
    assert changes_by_people(harness) == [("admin1", "coord9")]
    assert "*Saved*" in harness.say("/ccm log P-1042 12m meds Reconciled the list. Dose confirmed.", STRANGER).words
    assert "/ccm month" in harness.say("/ccm", STRANGER).words


def test_roles_and_teams_that_are_taken_away_are_gone_at_once(harness: Harness) -> None:
    seen = submit(harness, form(harness), {"roles": ["biller"], "teams": [GREEN_TEAM]})

    assert "• Roles: coordinator → biller" in modal_words(seen)
    assert "• Teams: Blue Team, Green Team → Green Team" in modal_words(seen)
    assert "ROLE_NEEDED" in harness.say("/ccm log P-1042 12m meds Reconciled.").words
    assert "evaluated again" not in modal_words(seen)


def test_a_change_of_credential_evaluates_what_was_worked(harness: Harness) -> None:
    harness.work(an_entry(minutes=25))
    harness.work(an_entry(patient="P-1043", minutes=25))

    seen = submit(harness, form(harness), {"active_to": "2026-10-31"})
    assert "November 2026: 2 billable, $132.26 → 0, $0.00" in modal_words(seen)
    seen = submit(harness, opened(seen), {"confirm": ["yes"]})

    assert "• Last day: nothing → 2026-10-31" in modal_words(seen)
    assert "2 months of 2 patients were evaluated again." in modal_words(seen)
    with harness.looking() as connection:
        assert set(connection.scalars(select(PatientMonthRow.counted_minutes))) == {0}
    assert verified(harness.database, harness.practice).difference is None


def test_everything_that_is_wrong_is_said_at_once_beside_its_input(harness: Harness) -> None:
    modal = new_form(harness)

    seen = submit(
        harness, modal, {**NEW, "id": "nurse1", "slack_user_id": "U0NURSE2", "name": " ", "active_to": "2026-10-01"}
    )

    assert seen.errors == {
        "id": "'nurse1' is on the staff already. To change it: /ccm staff nurse1",
        "slack_user_id": "This already belongs to 'nurse2'. One Slack person is one staff member.",
        "name": "This is empty. For example: Coordinator One",
        "active_to": "2026-10-01 is before “First day”. Correct one of the two dates.",
    }
    assert changes_by_people(harness) == []
    assert "*Added*" in modal_words(submit(harness, modal, {**NEW, "active_to": None}))


def test_the_last_administrator_cannot_give_the_role_away_or_leave(harness: Harness) -> None:
    modal = form(harness, "/ccm staff admin1")

    assert submit(harness, modal, {"roles": ["biller"]}).errors == {
        "roles": "Nobody else is an administrator. Give the role to somebody else first: /ccm staff"
    }
    gone = submit(harness, modal, {"roles": ["admin"], "active_to": "2026-11-23"}).errors
    assert gone == {
        "active_to": "Nobody else is an administrator today. Give the role to somebody else first: /ccm staff"
    }
    later = submit(harness, modal, {"active_to": None, "active_from": "2026-12-01"}).errors
    assert list(later) == ["active_from"]


def test_one_of_two_administrators_may_give_the_role_away(harness: Harness) -> None:
    submit(harness, form(harness, "/ccm staff biller1"), {"roles": ["biller", "admin"]})

    assert "*Changed*" in modal_words(submit(harness, form(harness, "/ccm staff admin1"), {"roles": ["biller"]}))
    assert "ROLE_NEEDED" in harness.say("/ccm staff", ADMIN).words


def test_the_same_form_delivered_twice_saves_once(harness: Harness) -> None:
    submit(harness, new_form(harness), NEW)

    again = harness.deliver_again("interactive")

    assert "*Added* · *coord9*" in str(again)
    assert changes_by_people(harness) == [("admin1", "coord9")]


def test_a_save_that_takes_long_is_done_behind_the_acknowledgement(
    harness: Harness, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(staff, "PATIENTS_AT_ONCE", 1)
    for patient in ("P-1042", "P-1043"):
        harness.work(an_entry(patient=patient, minutes=25))
    modal = form(harness)
    let_go, original = threading.Event(), staff.save_person

    def waits(*given: Any, **more: Any) -> Any:
        assert let_go.wait(PATIENCE_SECONDS)
        return original(*given, **more)

    monkeypatch.setattr(staff, "save_person", waits)
    assert "*Saving…* The months of 2 patients" in modal_words(submit(harness, modal, {"credential": "LPN"}))
    let_go.set()
    harness.settle()

    shown = harness.person(ADMIN).modal
    assert shown is not None
    assert "• Credential: RN → LPN" in shown.words
    assert "2 months of 2 patients were evaluated again." in shown.words
    assert verified(harness.database, harness.practice).difference is None


def test_a_late_failure_gives_the_form_back_with_all_that_was_typed(
    harness: Harness, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(staff, "PATIENTS_AT_ONCE", 0)
    harness.work(an_entry(minutes=25))
    modal = form(harness)
    with monkeypatch.context() as patch:
        patch.setattr(staff, "save_person", lambda *_, **__: {}["nothing"])
        submit(harness, modal, {"credential": "LPN", "name": "Nurse Typed", "teams": [GREEN_TEAM]})
        harness.settle()

    shown = harness.person(ADMIN).modal
    assert shown is not None
    assert "Nothing was saved." in shown.words
    assert initial(shown, "name")["initial_value"] == "Nurse Typed"
    assert initial(shown, "teams")["initial_options"] == [GREEN_TEAM]
    assert initial(shown, "credential")["initial_option"]["value"] == "LPN"
    submit(harness, shown, {})
    harness.settle()
    assert person(harness, "nurse1").name == "Nurse Typed"


def older_credential(harness: Harness, staff_id: str, credential: str) -> None:
    """Stores a credential as an older version took it."""
    with harness.database.of("T0TEST").writing() as connection:
        connection.execute(update(StaffRow).where(StaffRow.staff_id == staff_id).values(credential=credential))
        since = {staff_id: {BEGINNING: {"credential": credential}}}
        append_told(connection, harness.practice, "staff", since, at=AT, recorded_by="migration")


def test_a_credential_that_an_older_ledger_has_stays_when_something_else_changes(harness: Harness) -> None:
    older_credential(harness, "nurse2", "Cook")

    submit(harness, form(harness, "/ccm staff nurse2"), {"name": "Cook Two"})

    assert (person(harness, "nurse2").credential, person(harness, "nurse2").name) == ("Cook", "Cook Two")


def test_a_credential_that_an_older_ledger_spells_otherwise_is_offered_as_what_it_means(harness: Harness) -> None:
    older_credential(harness, "nurse1", "r.n., bsn")
    harness.work(an_entry(minutes=25))

    modal = form(harness)
    assert initial(modal, "credential")["initial_option"]["value"] == "RN"
    seen = submit(harness, modal, {"always": ["yes"]})
    assert "November 2026: 0 billable, $0.00 → 1, $66.13" in modal_words(seen)
    seen = submit(harness, opened(seen), {"confirm": ["yes"]})

    assert "• Credential: r.n., bsn → RN" in modal_words(seen)
    assert "1 month of 1 patient was evaluated again." in modal_words(seen)
    assert person(harness, "nurse1").credential == "RN"


@pytest.mark.parametrize("typed", ["NURSE1", "Nurse1", "U0NURSE1"])
def test_a_person_is_found_by_an_id_in_any_case(harness: Harness, typed: str) -> None:
    assert initial(form(harness, f"/ccm staff {typed}"), "name")["initial_value"] == "Nurse One"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"id": "NURSE1"}, "NURSE1 reads like nurse1."),
        ({"id": "123-45-6789"}, "Looks like a Social Security number."),
        ({"id": "<@U0NURSE1>"}, "is not a staff id."),
        ({"name": "*Coordinator* Nine"}, "which is markup to Slack."),
        ({"active_from": "2062-11-01"}, "2062-11-01 is no day on which somebody begins."),
    ],
)
def test_what_no_file_may_say_no_form_may_either(harness: Harness, typed: dict[str, str], said: str) -> None:
    seen = submit(harness, new_form(harness), {**NEW, **typed})

    assert said in seen.outcome.errors[next(iter(typed))]
    assert changes_by_people(harness) == []


def test_one_slack_person_is_added_once_whoever_adds_them(harness: Harness) -> None:
    submit(harness, new_form(harness), NEW)

    assert set(submit(harness, new_form(harness), {**NEW, "id": "coord10"}).errors) == {"slack_user_id"}
    with harness.looking() as connection:
        assert sum(each.slack_user_id == STRANGER for each in people(connection, "T0TEST")) == 1
