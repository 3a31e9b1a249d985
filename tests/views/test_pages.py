"""Lists of 5,000 rows and forms, without a Slack: every row on one page, every page within the limits."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from support.accessibility import faults_in
from support.block_kit import check_message, check_options_answer, check_view

from bot.commands.facts.kinds import fact_keepers
from bot.commands.facts.shared import FactKeeper
from bot.setup import SetUp, missing_steps
from bot.views.card import card_view
from bot.views.closing import close_preview, closed, closed_already, closing_now, reopened, reopening_now
from bot.views.diagnostic import Diagnosed, gap_page
from bot.views.fact_buttons import clearing_buttons
from bot.views.forms.corrections import add_form, entry_menu, entry_view, void_form
from bot.views.forms.fact import fact_form
from bot.views.forms.inputs import refused_form, submitted
from bot.views.forms.log import fix_form, log_form, missing_intro, prefill
from bot.views.forms.patient import LABELS as PATIENT_LABELS
from bot.views.forms.patient import patient_form
from bot.views.forms.person import LABELS as PERSON_LABELS
from bot.views.forms.person import person_form
from bot.views.forms.pickers import team_option, team_word
from bot.views.forms.reassign import reassign_form
from bot.views.forms.roster_inputs import LOADING, Filled, saving
from bot.views.forms.team import team_form
from bot.views.forms.timer import Stopped, as_stop_form, start_form, started_view, stop_intro, stop_values
from bot.views.home import Home, home_view
from bot.views.home.billing import Billing
from bot.views.home.place import UNTOUCHED, Place
from bot.views.home.team import TeamWork
from bot.views.home.work import OwnWork, work_blocks
from bot.views.installed import next_steps, welcome
from bot.views.menus import Choice, menu
from bot.views.month import (
    GROUP_FILTER,
    MONTH_FILTER,
    PROGRAM_FILTER,
    ROWS_PER_PAGE,
    TEAM_FILTER,
    MonthPage,
    Row,
    listed_rows,
    month_page,
    statements,
    why_not,
)
from bot.views.onboarding import left_notice
from bot.views.problem import error_card
from bot.views.reply import Reply, button, paged, section
from bot.views.roster import kept_by, patients_list, reassigned_view, saved_view, staff_list, team_list
from bot.views.scheduled_notices import notice_message
from bot.views.timer import cancelled, kept_running, reminder, running_already, started, timer_blocks
from bot.views.worklist import near_pages
from jobs.notices.contents import CarePlans, MonthEnd, MonthStart, Occasion, WeeklySummary
from jobs.notices.delivery import MissedRun
from jobs.scheduling.schedules import TITLES
from ledger.closing.changes import ChangeKind, CloseChanges, StatementChange
from ledger.closing.month_close import ClosePreview, ClosingReceipt
from ledger.errors import ConfirmationNeededError, LedgerError
from ledger.months.closed_months import Action, Closing, Totals
from ledger.months.figures import Figures
from ledger.months.worth import WorthChange
from ledger.practice.practice import Practice
from ledger.recording.stored_entries import StoredEntry, StoredPart
from ledger.recording.timers import Timer, TimerReceipt
from ledger.reports.diagnostic import Capture, DeviceCodes, DeviceCounts, Diagnosis, Gap
from ledger.reports.expiring import Lapsing, LapsingPlan, MissingConsent
from ledger.reports.month_lists import Blocked, BlockedPatient, MonthCounts, MonthList, Untouched
from ledger.reports.own_entries import OwnEntry, TodaysEntry
from ledger.reports.summaries import FewMinutes, StaffMinutes
from ledger.reports.worklists import BandCount, NearPatient, Worklist
from ledger.roster.accounts import Ended
from ledger.roster.changes import ColumnChange, RosterReceipt
from ledger.roster.designations import Leaving
from ledger.roster.directory import OPERATOR, Person, Role, Team
from ledger.roster.lists import ListedPatient, ListedTeam, PatientsPage
from ledger.roster.reassigning import ReassignmentReceipt
from ledger.roster.setup import Beginning, SetUpGaps
from ledger.rules.catalogue import CATALOGUE, RULES_BY_NAME
from ledger.rules.facts import Activity, Contact, Program
from ledger.rules.rulebook import known_programs
from ledger.rules.statement import Blocker, CodeLine, EntryResult, Exclusion, Group, NextThreshold, Status

MONTH = date(2026, 11, 1)
FILTERS = (MONTH_FILTER, TEAM_FILTER, PROGRAM_FILTER, GROUP_FILTER)
EVERY_GAP = SetUpGaps(
    has_teams=False,
    has_people=False,
    has_patients=False,
    teams_without_channel=("A team",) * 500,
    people_without_role=("nurse",) * 500,
    patients_without_practitioner=5000,
)


def figures(number: int, *, status: Status = Status.BILLABLE, **more: Any) -> Figures:
    """The figures of a patient; billable unless told otherwise."""
    line = CodeLine("99490", 1, Program("CCM"), "ccm_staff", 6613, date(2026, 11, 24))
    values: dict[str, Any] = {
        "patient_code": f"P-{number:05}",
        "month": MONTH,
        "program": Program("CCM"),
        "status": status,
        "counted_minutes": 17,
        "excluded_minutes": 0,
        "staff_minutes": 17,
        "practitioner_minutes": 0,
        "expected_cents": 6613,
        "codes": (line,) if status is Status.BILLABLE else (),
        "next": (NextThreshold("99490", 3, 6613),),
        "blockers": (),
        "last_contact_on": date(2026, 11, 3),
        "last_contact_by": "nurse1",
        "rulebook": "medicare-2026",
    }
    return Figures(**{**values, **more})


def month_of(count: int) -> MonthList:
    """A month with so many rows, a quarter of them in each group."""
    blocker = Blocker("NAME", "no care plan on or before the last day of the month, and more words", "Do it.")
    quarter = range(count // 4)
    return MonthList(
        month=MONTH,
        billable=tuple(figures(number) for number in quarter),
        blocked=tuple(figures(10_000 + one, status=Status.BLOCKED, blockers=(blocker,) * 9) for one in quarter),
        below=tuple(figures(20_000 + number, status=Status.BELOW_THRESHOLD) for number in quarter),
        untouched=tuple(Untouched(f"P-{30_000 + number}", Program("CCM")) for number in quarter),
        enrolled_patients=count,
    )


def shown(blocks: list[dict[str, Any]]) -> list[str]:
    """The first cell of each row of the table."""
    tables = [block for block in blocks if block["type"] == "table"]
    return [row[0]["text"] for block in tables for row in block["rows"][1:]]


def page_of(rows: Sequence[Row], page: int, **more: Any) -> MonthPage:
    """A page of these rows, with every menu as long as it gets."""
    choices = [Choice(f"{number:03}{'v' * 147}", "A long label " * 20) for number in range(120)]
    counts = MonthCounts(MONTH, dict.fromkeys(Group, 10_000), 100_000, 10_000, 123_456_789)
    values: dict[str, Any] = {
        "counts": counts,
        "scope": "all teams",
        "group": None,
        "rows": rows[page * ROWS_PER_PAGE : (page + 1) * ROWS_PER_PAGE],
        "row_count": len(rows),
        "page": page,
        "address": "2026-11",
        "practice": PRACTICE,
        "filters": dict.fromkeys(
            (MONTH_FILTER, TEAM_FILTER, PROGRAM_FILTER, GROUP_FILTER), (choices, choices[110].value)
        ),
    }
    return MonthPage(**{**values, **more})


def full_diagnostic() -> tuple[Diagnosis, ...]:
    """Four months of a hundred teams and people with names as long as they get, with more codes than Medicare has."""
    codes = tuple(f"9{number:04}" for number in range(9))
    counts = DeviceCounts(DeviceCodes(Program("RPM"), codes, codes, codes), *(10_000,) * 5)
    rates = {f"{'<&> ' * 40}{number}": Capture(10_000, 9_999) for number in range(100)}
    return tuple(Diagnosis(date(2026, month, 1), (counts,), rates, rates) for month in (11, 10, 9, 8))


def test_the_diagnostic_fits_whoever_stands_in_it_and_every_patient_is_on_one_page() -> None:
    months = full_diagnostic()
    codes = [f"P-{number:038}" for number in range(60)]
    patients = tuple(figures(0, patient_code=code) for code in codes)
    shown = Diagnosed(months, (Gap(months[0].devices[0].codes, patients[:30], patients[30:]),), LONG, {}, "2026-11")
    back = button("Back to the month", "month_page_previous", {"text": "2026-11", "page": 0})
    seen: list[str] = []
    for page in range(3):
        payload = gap_page(shown, page, back=back, statements=statements(MONTH, codes[:25])).payload()
        check_message(payload["text"], payload["blocks"])
        assert faults_in(payload) == []
        seen += [row["text"] for block in payload["blocks"] if block["type"] == "table" for (row, *_) in block["rows"]]
    assert [code for code in seen if code != "Patient"] == codes
    assert "And 70 more" in str(gap_page(shown, 0, back=back, statements=()).blocks)
    payload = month_page(page_of(listed_rows(month_of(200), None), 1, diagnosed=months)).payload()
    check_message(payload["text"], payload["blocks"])


@pytest.mark.parametrize("count", [200, pytest.param(2000, marks=pytest.mark.slow)])
def test_many_rows_are_each_on_one_page_and_every_page_fits(count: int) -> None:
    month = month_of(count)
    rows = listed_rows(month, None)
    seen: list[str] = []
    page = 0
    while len(seen) < count:
        payload = month_page(page_of(rows, page, group=Group.BLOCKED)).payload()
        check_message(payload["text"], payload["blocks"])
        codes = shown(payload["blocks"])
        assert f"Rows {len(seen) + 1}–{len(seen) + len(codes)} of {count}" in str(payload["blocks"])
        seen += codes
        page += 1

    groups = (month.billable, month.blocked, month.below, month.untouched)
    assert seen == [one.patient_code for group in groups for one in group]


def test_every_card_about_closing_fits_and_500_changes_are_each_on_one_page() -> None:
    history = [A_CLOSE, A_REOPEN] * 500 + [A_CLOSE]
    names = [name for name in CATALOGUE if name.isupper() and "_" in name]
    preview = ClosePreview(MONTH, A_CLOSE.totals, Blocked(5000, tuple((name, 5000) for name in names), ()), 5000, 1)
    cards = [
        close_preview(preview, history[:-1], PRACTICE),
        closed_already(history, PRACTICE),
        closing_now(MONTH),
        reopening_now(MONTH),
        reopened(ClosingReceipt(A_REOPEN, 5000, replayed=True), PRACTICE),
    ]
    line = CodeLine("99490", 1, Program("CCM"), "ccm_staff", 6613, date(2026, 11, 24))
    after = [figures(number, codes=(line,) * 8, expected_cents=123_456_789) for number in range(500)]
    changes = CloseChanges(
        A_CLOSE,
        tuple(StatementChange(one.patient_code, one.program, None, one, ChangeKind.NEWLY_BILLABLE) for one in after),
    )
    seen: list[str] = []
    while len(seen) < 500:
        page = closed(ClosingReceipt(A_CLOSE, 0), changes, PRACTICE, page=len(seen) // 25)
        seen += shown(page.payload()["blocks"])
        cards.append(page)
    for card in cards:
        check_message(card.payload()["text"], card.payload()["blocks"])
    assert seen == [one.patient_code for one in after]


def test_a_menu_of_more_than_100_choices_keeps_the_one_in_force() -> None:
    choices = [Choice(str(number), str(number)) for number in range(150)]
    element = menu("month_team", choices, "149", placeholder="Team")

    assert len(element["options"]) == 100
    assert element["initial_option"]["value"] == element["options"][-1]["value"] == "149"


@pytest.mark.parametrize("count", [500, pytest.param(5000, marks=pytest.mark.slow)])
def test_near_patients_follow_one_another_in_messages_that_fit(count: int) -> None:
    step = NextThreshold("99490", 3, 6613)
    near = tuple(NearPatient(figures(number), (15, 19), step) for number in range(count))

    takers = {one.figures.patient_code: "nurse-with-a-long-id" for one in near[::2]}
    replies = near_pages(Worklist(MONTH, near, ()), title="Team", lines=["line"], staff=str, takers=takers)

    seen: list[str] = []
    for reply in replies:
        payload = reply.payload()
        check_message(payload["text"], payload["blocks"])
        seen += shown(payload["blocks"])
    assert seen == [patient.figures.patient_code for patient in near]


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({}, "3 min to 99490"),
        ({"excluded_minutes": 12}, "3 min to 99490; 12 min do not count"),
        ({"blockers": (Blocker("A", "no consent.", "x"), Blocker("B", "no plan", "y"))}, "no consent; no plan"),
        ({"next": ()}, ""),
        (
            {"blockers": (Blocker("A", "a" * 150, "x"), Blocker("B", "b" * 150, "y"), Blocker("C", "c", "z"))},
            f"{'a' * 150}; and 2 more: /ccm patient P-00001",
        ),
    ],
)
def test_a_program_without_a_code_says_why_in_a_few_words(more: dict[str, Any], words: str) -> None:
    assert why_not(figures(1, status=Status.BELOW_THRESHOLD, **more)) == words


FILLED = prefill(
    patient_code="P-1042",
    length="12m",
    activity=Activity.MEDICATION,
    contact=Contact.LIVE,
    day=date(2026, 11, 24),
    program=Program("CCM"),
    note="x" * 3000,
)


def test_the_form_fits_whatever_stands_in_it() -> None:
    for values in ({}, FILLED):
        check_view(log_form(values), kind="modal")
        check_view(log_form(values, intro="Still needed: the note.", confirm="Save it anyway?"), kind="modal")
    card = error_card(LedgerError("CODE", "Title " * 700, "Remedy"), typed="t" * 5000)
    check_view(refused_form(log_form(FILLED), card), kind="modal")


@pytest.mark.parametrize("is_new", [True, False])
@pytest.mark.parametrize("is_first", [True, False])
def test_the_welcome_fits_whatever_the_workspace_is_called(is_new: bool, is_first: bool) -> None:
    practice = Practice("T" + "9" * 31, "Practice & <Sons> " * 20, "America/Kentucky/Louisville")
    beginning = Beginning(practice, is_new=is_new, is_zone_theirs=False)
    payload = welcome(beginning, next_steps(beginning, theirs="Z" * 50, is_first_administrator=is_first)).payload()
    check_message(payload["text"], payload["blocks"])


LONGEST_ENTRY = StoredEntry(
    patient_code="P-" + "9" * 60,
    staff_id="nurse1",
    program=Program("APCM"),
    activity=Activity.PROVIDER_COORDINATION,
    contact=Contact.NO_ANSWER,
    started_at=datetime(2026, 11, 24, 14, 0, tzinfo=UTC),
    ended_at=datetime(2026, 11, 24, 14, 12, tzinfo=UTC),
    note="&" * 9000,
    recorded_at=datetime(2026, 11, 24, 15, 0, tzinfo=UTC),
    parts=(StoredPart(1, date(2026, 11, 24), 12),),
    is_voided=False,
    replaces=None,
    replaced_by=None,
)
PRACTICE = Practice("T0TEST", "Test", "America/New_York")
A_CLOSE = Closing(
    month=date(2026, 9, 1),
    number=1,
    action=Action.CLOSE,
    recorded_at=datetime(2026, 11, 24, 15, tzinfo=UTC),
    recorded_by="biller-with-a-long-id",
    reason=None,
    rulebook="medicare-2026",
    rulebook_hash="f" * 64,
    totals=Totals(100_000, 99_999, 300_000, 123_456_789, 99_999, 99_999, 99_999),
    hash="f" * 64,
)
A_REOPEN = replace(A_CLOSE, number=2, action=Action.REOPEN, reason="<&> " * 75, totals=None, hash=None)


def test_the_forms_about_an_entry_fit_whatever_its_note_and_its_name() -> None:
    name = LONGEST_ENTRY.name
    for view in (
        add_form(LONGEST_ENTRY, PRACTICE),
        void_form(LONGEST_ENTRY, PRACTICE),
        entry_view(LONGEST_ENTRY, PRACTICE, is_fresh=True, may=lambda _command: True),
        fix_form(name, FILLED, intro="Long. " * 900, confirm="Save it anyway?"),
        log_form({**FILLED, "line": "x" * 3000}, intro="Long. " * 900),
    ):
        check_view(view, kind="modal")
    menu = entry_menu([(f"{name}{number}", "said " * 30) for number in range(25)])
    check_message("Entries", [menu])


@pytest.mark.parametrize("keeper", fact_keepers().values(), ids=fact_keepers())
def test_the_forms_for_facts_fit_whatever_stands_in_them(keeper: FactKeeper) -> None:
    longest = {
        "rationale": "x" * 3000,
        "patient": "P-" + "9" * 60,
        "month": "2019-02",
        "days": "999999999",
        "admitted_time": "14:30",
        "substantial": "yes",
    }
    said = ["<" * 3000, "word " * 1500]
    for values in ({}, longest):
        view = fact_form(keeper.form, values, today=date(2026, 11, 24), said=said, example="x" * 200)
        check_view(view, kind="modal")


def test_a_row_of_clearing_buttons_is_short_whatever_is_in_the_way() -> None:
    names = ("NO_CONSENT", "NOT_ENROLLED", "NO_CARE_PLAN", "NO_INITIATING_VISIT", "FACILITY_EDGE_DAY", "CONDITIONS")
    in_the_way = [(name, program) for name in names for program in known_programs()]

    (row,) = clearing_buttons("P-" + "9" * 60, in_the_way, lambda _command: True)

    check_message("Statement", [row])
    assert len(row["elements"]) == 5
    assert clearing_buttons("P-1042", in_the_way, lambda _command: False) == []


AT = datetime(2026, 11, 24, 10, 0, tzinfo=ZoneInfo("America/New_York"))
BEGAN = AT - timedelta(days=4, seconds=20)
LONGEST = Timer(
    "nurse1", "P-" + "9" * 60, Program("APCM"), Activity.AI_SUMMARY_REVIEW, Contact.NO_ANSWER, "x" * 3000, BEGAN
)


def test_the_forms_of_a_timer_fit_whatever_stands_in_them() -> None:
    practice = Practice("T0TEST", "Test Practice", "America/New_York")
    stopped = Stopped(BEGAN, AT, "https://hooks.slack.example/" + "x" * 200)
    intro = stop_intro(LONGEST, stopped, practice)
    for values in ({}, FILLED, stop_values(LONGEST, stopped, practice, open_end=False)):
        check_view(start_form(values), kind="modal")
        check_view(start_form(values, intro="\n".join(["Not needed."] * 40)), kind="modal")
        form = as_stop_form(log_form(values, intro=intro, confirm="Save it anyway?"), stopped)
        check_view(form, kind="modal")
        assert Stopped.decoded(form["private_metadata"]) == stopped


def test_what_is_said_of_a_timer_fits_and_is_without_its_note() -> None:
    practice = Practice("T0TEST", "Test Practice", "America/New_York")
    over = TimerReceipt(LONGEST, ended_at=AT, replayed=True)
    replies = [
        started(TimerReceipt(LONGEST, replayed=True), practice),
        cancelled(over, practice),
        running_already(LONGEST, AT),
        reminder(LONGEST, AT),
        kept_running(LONGEST, AT),
        card_view(
            "N" * 300,
            [f"command{number}" for number in range(60)],
            may_log=True,
            timer=LONGEST,
            at=AT,
            set_up=SetUp(missing_steps(EVERY_GAP), None),
        ),
    ]
    for reply in replies:
        payload = reply.payload()
        check_message(payload["text"], payload["blocks"])
        assert "xxx" not in str(payload)
    check_view(started_view(replies[0]), kind="modal")
    blocks = timer_blocks(LONGEST, AT)
    check_view({"type": "home", "blocks": blocks}, kind="home")
    assert "running since Fri Nov 20, 9:59 am · 5760 min so far" in str(blocks)


def test_what_is_submitted_is_read_by_the_names_of_the_inputs() -> None:
    values = {
        "patient": {"pick_patient": {"type": "external_select", "selected_option": {"value": "P-1042"}}},
        "activity": {"value": {"type": "static_select", "selected_option": {"value": "medication"}}},
        "contact": {"value": {"type": "static_select", "selected_option": None}},
        "date": {"value": {"type": "datepicker", "selected_date": "2026-11-24"}},
        "confirm": {"value": {"type": "checkboxes", "selected_options": [{"value": "yes"}]}},
        "note": {"value": {"type": "plain_text_input", "value": None}},
    }

    assert submitted({"state": {"values": values}}) == {
        "patient": "P-1042",
        "activity": "medication",
        "date": "2026-11-24",
        "confirm": "yes",
    }


def test_the_form_says_what_is_still_needed() -> None:
    assert missing_intro(("patient_code", "duration_minutes", "activity", "note")) == (
        "Still needed: the patient, the length, what was done, the note."
    )
    assert missing_intro(()) == ""


LONG = "Team with a very long name " * 10
PERSON = Person(
    staff_id="s" * 150,
    slack_user_id="U0LONG",
    name="Nurse with a very long name " * 8,
    credential="C" * 100,
    roles=frozenset(Role),
    team_ids=tuple(f"team-{number}" for number in range(100)),
    active_from=date(2026, 1, 1),
    active_to=date(2026, 12, 31),
)
TEAM_NAMES = {team_id: f"{LONG}{team_id}" for team_id in PERSON.team_ids}


def checked(reply: Reply) -> None:
    """Refuses a message that Slack would not take."""
    payload = paged(reply, "page", 1, 200, {"text": "x" * 500}).payload()
    check_message(payload["text"], payload["blocks"])


def test_a_page_of_the_roster_fits_whatever_stands_in_it() -> None:
    reasons = tuple(f"SOMETHING_LONG_THAT_KEEPS_FROM_BILLING_{number}" for number in range(10))
    kept = dict.fromkeys(known_programs(), reasons)
    kept[Program("CCM")] = ("NO_CONSENT",)
    patient = ListedPatient("P" * 100 + "1", LONG, PERSON.staff_id, kept)
    page = PatientsPage((patient,) * 25, 0, 100_000)
    checked(patients_list(page, scope=LONG, staff={PERSON.staff_id: PERSON.name}))
    checked(staff_list((PERSON,) * 25, 0, 500, title=f"Staff · {LONG}", teams=TEAM_NAMES, today=MONTH))
    team = ListedTeam(Team("t" * 260, LONG + "& <sons>", "C0LONG"), 100, 100_000)
    checked(team_list((team,) * 25, 0, 100, next_digests={"t" * 260: "Wed, Nov 25 at 9:00 am"}))


@pytest.mark.parametrize("key", [None, "k" * 150])
def test_a_roster_form_fits_whatever_stands_in_it(key: str | None) -> None:
    words = [team_word(f"{LONG}{number}".lower().replace(" ", "-")) for number in range(100)]
    labels = dict.fromkeys([*words, PERSON.staff_id], LONG)
    card = error_card(LedgerError("CODE", "Title " * 700, "Remedy"))
    question = ConfirmationNeededError("CODE", "November 2026: 1 billable " * 100, "Remedy")
    person = {
        "slack_user_id": "U0LONG",
        "id": "i" * 40,
        "name": "n" * 100,
        "credential": "Another credential",
        "roles": ";".join(Role),
        "teams": ";".join(words),
        "active_from": "2026-01-01",
        "active_to": "2026-12-31",
        "supervised": "yes",
    }
    patient = {
        "code": "P-" + "1" * 38,
        "team": words[0],
        "billing_practitioner": PERSON.staff_id,
        "conditions": "E11.9\n" * 150,
        "risk_documented": "yes",
        "programs": ";".join(known_programs()),
        "consent_form": "verbal",
    }
    for form, cells in (
        (person_form, person),
        (patient_form, patient),
        (team_form, {"name": "n" * 80, "channel_id": "C0BLUE"}),
        (reassign_form, {"leaves": "doctor1", "patients": ";".join("P-" + f"{number:038}" for number in range(100))}),
    ):
        check_view(form(Filled({}, {}, key)), kind="modal")
        check_view(form(Filled(cells, labels, key), above=card), kind="modal")
        check_view(form(Filled(cells, labels, key), above=question), kind="modal")


def test_the_messages_of_the_month_fit_whatever_stands_in_them() -> None:
    """With 5,000 patients whose codes are as long as they get, 100 people, and a team with a long name."""
    code = "P-" + "9" * 34
    blocker = Blocker("NO_CONSENT", "No consent.", "Ask for it.")
    step = NextThreshold("99490", 11, 6613)
    few = tuple(
        figures(one, patient_code=f"{code}{one}", next=(step,), blockers=(blocker,) * (one % 2)) for one in range(25)
    )
    counts = MonthCounts(MONTH, dict.fromkeys(Group, 5_000), 5_000, 5_000, 123_456_789)
    blocked = Blocked(5_000, tuple((name, 5_000) for name in RULES_BY_NAME), ())
    occasion = Occasion(PRACTICE, Team("t", LONG + "& <sons>", "C0LONG"), MONTH, AT)
    names = [f"{code}{number}" for number in range(5_000)]
    staff = tuple(StaffMinutes(f"{'s' * 150}{one}", 10_000, 10_000) for one in range(100))
    untouched = tuple(Untouched(name, Program("APCM")) for name in names[:25])
    plans = (LapsingPlan(names[0], None, None), *(LapsingPlan(name, MONTH, MONTH) for name in names[1:]))
    consents = tuple(MissingConsent(name, Program("APCM")) for name in names)
    for notice in (
        MonthEnd(occasion, MONTH, 22, FewMinutes(15, 5_000, 2_500, 123_456_789, few), 5_000, untouched),
        WeeklySummary(occasion, MONTH, MONTH, counts, 5_000, staff, blocked, full_diagnostic()),
        CarePlans(occasion, 365, Lapsing(plans, consents)),
        MonthStart(replace(occasion, team=None), counts, 15_000, blocked),
        *(MissedRun(PRACTICE, kind, occasion.team, AT, OPERATOR) for kind in TITLES),
    ):
        payload = notice_message(notice).payload()
        check_message(payload["text"], payload["blocks"])
        assert faults_in(payload) == []


def test_a_menu_of_teams_with_long_names_tells_them_apart() -> None:
    ids = [f"{'long-' * 60}{number}" for number in range(100)]
    options = [team_option(team_word(team_id), LONG) for team_id in ids]

    check_options_answer({"options": options})
    assert len({option["value"] for option in options}) == 100


def test_what_a_roster_form_changed_fits_whatever_it_was() -> None:
    columns = (*PATIENT_LABELS, *PERSON_LABELS)
    changes = tuple(ColumnChange(column, ["x" * 200] * 5, list(PERSON.team_ids)) for column in columns)
    codes = tuple(f"P-{number:0198}" for number in range(5000))
    worth = tuple(WorthChange(date(2026, month, 1), 5000, 0, 99_999_999, 0, 5000) for month in range(1, 13))
    left = (Leaving("s" * 150, MONTH, codes),)
    receipt = RosterReceipt(
        "k" * 150, "changed", changes, MONTH, months=60_000, patient_codes=codes, worth=worth, leaving=left
    )

    check_view(saved_view(receipt, {**PATIENT_LABELS, **PERSON_LABELS}, teams=TEAM_NAMES), kind="modal")
    check_view(reassigned_view(ReassignmentReceipt("s" * 150, codes, 5000, 60_000, worth)), kind="modal")
    notice = left_notice("U0LONG", Ended(left[0], worth))
    check_message(notice["text"], notice["blocks"])
    check_view(saving(5000, "roster:V1"), kind="modal")
    check_view(LOADING, kind="modal")


@pytest.mark.parametrize(
    ("blockers", "said"),
    [
        ({}, "not enrolled"),
        ({Program("CCM"): ()}, "nothing"),
        ({Program("CCM"): (), Program("RPM"): ()}, "nothing"),
        ({Program("CCM"): ("NO_CONSENT",)}, "no consent"),
        ({Program("CCM"): ("NO_CONSENT",), Program("RPM"): ()}, "CCM: no consent; RPM: nothing"),
        ({Program("CCM"): ("A_B", "C", "D", "E")}, "a b, c and 2 more"),
    ],
)
def test_what_keeps_a_patient_from_being_billed_is_said_in_a_word_or_two(
    blockers: dict[Program, tuple[str, ...]], said: str
) -> None:
    assert kept_by(blockers) == said


def own_entry(number: int) -> OwnEntry:
    """An entry none of whose minutes count, for reasons as long as they get."""
    cuts = tuple(
        Exclusion(1, "NO_CONSENT", "C6", "no consent, and many more words about why this is so " * 6) for _ in range(5)
    )
    result = EntryResult(number, MONTH, Program("CCM"), 90, 85, cuts)
    return OwnEntry(
        patient_code=f"P-{number:05}",
        activity=Activity.MEDICATION,
        contact=Contact.LIVE,
        started_at=None,
        ended_at=None,
        voided=False,
        note_advice="Note is short. " * 10,
        result=result,
    )


def test_a_home_tab_of_every_role_fits_with_all_that_is_long() -> None:
    at = datetime(2026, 11, 24, 10, 0, tzinfo=ZoneInfo("America/New_York"))
    step = NextThreshold("99490", 3, 6613)
    near = tuple(NearPatient(figures(number), (15, 19), step) for number in range(5000))
    teams = [
        Team(f"team-{number}", f"Team {number} with a long name & <signs>", f"C{number:09}") for number in range(100)
    ]
    bands = [
        BandCount(team.team_id, Program("CCM"), band, 500, 999_999, 99)
        for team in teams
        for band in ((15, 19), (35, 39))
    ]
    blocked = tuple(BlockedPatient(f"P-{number:05}", Program("CCM"), 17, "Do this. " * 40) for number in range(5000))
    names = [name for name in CATALOGUE if name.isupper() and "_" in name]
    home = Home(
        at=at,
        business_days_left=4,
        work=OwnWork(
            timer=Timer("nurse1", "P-1042", Program("CCM"), Activity.MEDICATION, Contact.LIVE, "", at),
            takers={one.figures.patient_code: "nurse-with-a-long-id" for one in near},
            taken=[(one.figures.patient_code, (one.figures,) * 5) for one in near[:500]],
            scope="Team " * 100,
            near=Worklist(MONTH, near, near),
            today=[TodaysEntry(own_entry(number), at, may_undo=True) for number in range(500)],
        ),
        team=TeamWork(
            teams,
            bands,
            5000,
            [Untouched(f"P-{number:05}", Program("CCM")) for number in range(25)],
            7,
            {team.team_id: "Wed, Nov 25 at 9:00 am" for team in teams},
        ),
        billing=Billing(
            MonthCounts(MONTH, dict.fromkeys(Group, 10_000), 100_000, 10_000, 123_456_789),
            Blocked(5000, tuple((name, 5000) for name in names), blocked),
            PRACTICE,
            last_closed=A_CLOSE,
            to_close=MONTH,
        ),
        set_up=SetUp(missing_steps(EVERY_GAP), None),
    )
    for place in (Place(), Place(near=7, today=7, opened=UNTOUCHED, opened_page=7), Place(99, 99, 99, names[0], 99)):
        check_view(home_view(home, place, notice=[section("x" * 3000)] * 3), kind="home")


def test_patients_who_were_taken_are_shown_to_their_taker_and_as_taken_in_the_worklist() -> None:
    near = (NearPatient(figures(1), (15, 19), NextThreshold("99490", 3, 6613)),)
    work = OwnWork(
        timer=None,
        takers={"P-00001": "nurse1"},
        taken=[("P-00001", (figures(1, status=Status.BELOW_THRESHOLD),)), ("P-00002", ())],
        scope="Blue Team",
        near=Worklist(MONTH, near, ()),
        today=(),
    )

    blocks = work_blocks(work, Place(), at=datetime(2026, 11, 24, tzinfo=UTC))

    said = [block["text"]["text"] for block in blocks if block["type"] == "section"]
    assert said[:3] == [
        "*Patients you took* · 2 patients",
        "*P-00001* · CCM · 17 minutes · 3 more for 99490 ($66.13)",
        "*P-00002* · no time logged yet",
    ]
    assert said[-1] == "*P-00001* · CCM · 17 minutes · 3 more for 99490 ($66.13) · taken by nurse1"


def test_a_place_comes_back_as_it_was_and_fits_into_a_menu() -> None:
    place = Place(near=199, today=19, taken=9, opened="NO_BILLING_PRACTITIONER", opened_page=199)

    assert Place.from_dict(place.to_dict()) == place
    assert Place.from_dict({"near": 2, "gone": 3}) == Place(near=2)
    assert len(place.to_value()) <= 150
