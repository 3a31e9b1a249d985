"""Two practices with the same codes in one database: whatever one does, the other sees nothing of it."""

import inspect
from collections.abc import Callable
from datetime import timedelta
from types import ModuleType
from typing import Any

import pytest
from sqlalchemy import Connection
from support.channel import FakeChannel
from support.practice import (
    AT,
    MONTH,
    TODAY,
    a_practice,
    a_request,
    an_entry,
    entry_row,
    import_rows,
    local,
    patient_row,
    record,
    staff_row,
    undo,
    verified,
)

from jobs.digests import run_due
from ledger import (
    figures,
    home_tabs,
    overviews,
    own_entries,
    patient_facts,
    patient_months,
    practice,
    roster,
    roster_lists,
    set_up,
    stored_entries,
    timers,
    verify,
    worklists,
)
from ledger.database import Database
from ledger.errors import LedgerError
from ledger.policy import change_policy
from ledger.practice import Practice
from ledger.stored_entries import corrections_of, find_entry, find_live_entry

Ask = Callable[[Connection, Practice], Any]
SCOPE = overviews.Scope(MONTH)

QUESTIONS: dict[str, Ask] = {
    "roster.person_by_slack_id": lambda c, p: roster.person_by_slack_id(c, p.practice_id, "U0NURSE1"),
    "roster.person_by_id": lambda c, p: roster.person_by_id(c, p.practice_id, "nurse1"),
    "roster.people": lambda c, p: roster.people(c, p.practice_id),
    "roster.teams": lambda c, p: roster.teams(c, p.practice_id),
    "roster.find_codes": lambda c, p: roster.find_codes(c, p.practice_id, "1042"),
    "roster.suggest_codes": lambda c, p: roster.suggest_codes(c, p.practice_id, "10", most=100),
    "roster.administrators": lambda c, p: roster.administrators(c, p.practice_id, TODAY),
    "roster_lists.patients_page": lambda c, p: roster_lists.patients_page(c, p, team_id=None, page=0, today=TODAY),
    "roster_lists.blockers_of": lambda c, p: roster_lists.blockers_of(c, p, ["P-1042"], TODAY),
    "roster_lists.patient_columns": lambda c, p: roster_lists.patient_columns(c, p.practice_id, "P-1042"),
    "roster_lists.is_supervised": lambda c, p: roster_lists.is_supervised(c, p.practice_id, "nurse2"),
    "roster_lists.find_people": lambda c, p: roster_lists.find_people(c, p.practice_id, "nurse1"),
    "roster_lists.suggest_people": lambda c, p: roster_lists.suggest_people(c, p.practice_id, "nurse", most=10),
    "roster_lists.listed_teams": lambda c, p: roster_lists.listed_teams(c, p.practice_id, TODAY),
    "roster.enrolled_programs": lambda c, p: roster.enrolled_programs(c, p, "P-1042", TODAY),
    "roster.enrolled_since": lambda c, p: roster.enrolled_since(c, p, "P-1042", TODAY),
    "roster.program_for_entry": lambda c, p: outcome(lambda: roster.program_for_entry(c, p, "P-1042", TODAY)),
    "roster.team_of_patient": lambda c, p: roster.team_of_patient(c, p.practice_id, "P-1042"),
    "worklists.worklist": lambda c, p: worklists.worklist(c, p, MONTH),
    "worklists.month_list": lambda c, p: worklists.month_list(c, p, MONTH, team_ids={"blue-team"}),
    "patient_months.statement_of": lambda c, p: patient_months.statement_of(c, p, "P-1042", MONTH),
    "patient_months.open_month": lambda c, p: patient_months.open_month(c, p, "P-1042", MONTH),
    "patient_facts.load_records": lambda c, p: patient_facts.load_records(c, p, ["P-1042"]),
    "figures.stored_figures": lambda c, p: figures.stored_figures(c, p.practice_id, ["P-1042"]),
    "stored_entries.find_entry": lambda c, p: outcome(lambda: find_entry(c, p.practice_id, "P-1042", 2)),
    "stored_entries.find_live_entry": lambda c, p: outcome(lambda: find_live_entry(c, p.practice_id, "P-1042", 2)),
    "stored_entries.corrections_of": lambda c, p: corrections_of(c, p.practice_id, "P-1042", MONTH),
    "timers.running_timer": lambda c, p: timers.running_timer(c, p, "nurse1"),
    "timers.required_timer": lambda c, p: outcome(lambda: timers.required_timer(c, p, "nurse1")),
    "timers.due_reminders": lambda c, p: timers.due_reminders(c, p, at=AT + timedelta(days=1)),
    "overviews.month_counts": lambda c, p: overviews.month_counts(c, p, SCOPE),
    "overviews.month_rows": lambda c, p: overviews.month_rows(
        c, p, SCOPE, overviews.month_counts(c, p, SCOPE), first=0, most=25
    ),
    "overviews.untouched": lambda c, p: overviews.untouched(c, p, SCOPE, first=0, most=25),
    "overviews.count_untouched": lambda c, p: overviews.count_untouched(c, p, SCOPE),
    "overviews.band_counts": lambda c, p: overviews.band_counts(c, p, SCOPE),
    "overviews.blocked_by": lambda c, p: overviews.blocked_by(c, p, SCOPE, "NO_CONSENT"),
    "overviews.months_of_patient": lambda c, p: overviews.months_of_patient(c, p, "P-1043"),
    "own_entries.own_entries": lambda c, p: own_entries.own_entries(c, p, "nurse1", MONTH, TODAY),
    "own_entries.todays_entries": lambda c, p: own_entries.todays_entries(c, p, "nurse1", AT),
    "set_up.set_up_gaps": lambda c, p: set_up.set_up_gaps(c, p, TODAY),
    "home_tabs.find_home_tab": lambda c, p: home_tabs.find_home_tab(c, p.practice_id, "U0NURSE1"),
    "verify.verify": verify.verify,
    "practice.find_practice": lambda c, p: practice.find_practice(c, p.practice_id),
    "practice.get_practice": lambda c, p: practice.get_practice(c, p.practice_id),
}
WRITERS = {
    "patient_months.reevaluate",
    "patient_months.reevaluate_all",
    "patient_months.reevaluate_practice",
    "patient_months.evaluate_with",
    "figures.store",
    "practice.create_practice",
    "timers.start_timer",
    "timers.stop_timer",
    "timers.cancel_timer",
    "timers.claim_reminder",
    "timers.finish_reminder",
}
MODULES = (
    roster,
    roster_lists,
    worklists,
    overviews,
    patient_months,
    patient_facts,
    figures,
    stored_entries,
    own_entries,
    timers,
    home_tabs,
    set_up,
    verify,
    practice,
)


def outcome(call: Callable[[], object]) -> object:
    try:
        return call()
    except LedgerError as error:
        return error.title


def questions_of(module: ModuleType) -> set[str]:
    """The public functions of the module that ask the database about a practice."""
    name = module.__name__.rpartition(".")[2]
    functions = inspect.getmembers(module, inspect.isfunction)
    return {
        f"{name}.{function.__name__}"
        for _, function in functions
        if function.__module__ == module.__name__
        and not function.__name__.startswith("_")
        and {"practice", "practice_id"} & set(inspect.signature(function).parameters)
        and "connection" in inspect.signature(function).parameters
    }


def answers(database: Database, one: Practice) -> dict[str, Any]:
    with database.of(one.practice_id).reading() as connection:
        return {name: ask(connection, one) for name, ask in QUESTIONS.items()}


def work_in(database: Database, other: Practice) -> None:
    """Changes of every kind: people, teams, patients, facts, entries, a void, a policy, a timer, a Home tab."""
    own = database.of(other.practice_id)
    import_rows(database, other, "teams", [{"name": "Blue Team", "channel_id": "C0OTHER"}])
    nurse = staff_row(id="nurse1", slack_user_id="U0NURSE1", name="Other Nurse", credential="LPN", roles="lead")
    hired = staff_row(id="nurse2", slack_user_id="U0NURSE2", name="Nurse Two", credential="LPN", supervised="no")
    admin = staff_row(id="admin2", name="Other Admin", credential="", roles="admin")
    import_rows(database, other, "staff", [nurse, hired, admin])
    changed = patient_row(code="P-1042", programs="CCM;PCM", conditions="I10", enrolled_on="2026-02-01")
    import_rows(database, other, "patients", [changed, patient_row(code="X-1042", billing_practitioner="")])
    record(database, other, an_entry(minutes=17))
    record(database, other, an_entry(patient="P-1043", minutes=18))
    record(database, other, an_entry(patient="P-1043", minutes=25))
    undo(database, other)
    import_rows(database, other, "entries", [entry_row(minutes="21")])
    home_tabs.remember_home_tab(own, home_tabs.HomeTab(other.practice_id, "U0NURSE1", AT, {}, "1.hash"))
    with own.writing() as connection:
        change_policy(connection, other, "care_plan_max_days", 30, at=AT, recorded_by="admin1")
        timer = timers.Timer("nurse1", "P-1042", None, None, None, "", AT)
        timers.start_timer(connection, other, timer, request=a_request())


def test_what_one_practice_does_changes_no_answer_to_another(database: Database) -> None:
    mine, other = a_practice(database), a_practice(database, "T0OTHER")
    record(database, mine, an_entry(minutes=16))
    before, others_before = answers(database, mine), answers(database, other)
    work_in(database, other)
    assert answers(database, mine) == before
    others_after = answers(database, other)
    assert [name for name in QUESTIONS if others_after[name] == others_before[name]] == [], "each answer had to change"
    assert verified(database, mine).difference is None


def test_every_question_about_a_practice_is_among_those_asked() -> None:
    found = set().union(*(questions_of(module) for module in MODULES))
    missing, gone = found - QUESTIONS.keys() - WRITERS, (QUESTIONS.keys() | WRITERS) - found
    assert (missing, gone) == (set(), set()), "add what is missing to QUESTIONS, so that it is asked of two practices"


def test_the_same_moment_the_same_work_and_the_same_request_are_not_the_same_elsewhere(database: Database) -> None:
    mine, other = a_practice(database), a_practice(database, "T0OTHER")
    times = ("2026-11-18 10:00", "2026-11-18 10:20")
    for one in (mine, other):
        content = {"text": one.practice_id}
        assert not record(database, one, an_entry(times=times), request=a_request(content, key="trigger-1")).replayed
        assert record(database, one, an_entry(minutes=5)).parts[0].position == 2


def test_nobody_undoes_an_entry_of_another_practice(database: Database) -> None:
    mine, other = a_practice(database), a_practice(database, "T0OTHER")
    record(database, mine, an_entry())
    for named in ({}, {"patient": "P-1042", "position": 1}):
        with pytest.raises(LedgerError, match="NOTHING_TO_UNDO"):
            undo(database, other, **named)  # type: ignore[arg-type]


def test_an_import_knows_only_its_own_practice(sqlite_database: Database) -> None:
    mine, other = a_practice(sqlite_database), a_practice(sqlite_database, "T0OTHER")
    import_rows(sqlite_database, other, "teams", [{"name": "Red Team", "channel_id": "C0RED"}])
    import_rows(sqlite_database, other, "staff", [staff_row(id="new1", name="New One", slack_user_id="U0NEW1")])
    import_rows(sqlite_database, other, "patients", [patient_row(code="P-7777")])
    for kind, row in (
        ("staff", staff_row(id="x1", name="X One", teams="Red Team")),
        ("patients", patient_row(code="P-8888", billing_practitioner="new1")),
        ("entries", entry_row(patient="P-7777")),
        ("entries", entry_row(staff="new1")),
    ):
        with pytest.raises(LedgerError, match="IMPORT_REFUSED"):
            import_rows(sqlite_database, mine, kind, [row])
    taken_elsewhere = staff_row(id="new1", name="New One", slack_user_id="U0NEW1", teams="")
    assert import_rows(sqlite_database, mine, "staff", [taken_elsewhere]).added == 1
    assert import_rows(sqlite_database, mine, "patients", [patient_row(code="P-7777")]).added == 1


def test_digests_of_one_practice_say_nothing_of_another(sqlite_database: Database) -> None:
    a_practice(sqlite_database)
    other = a_practice(sqlite_database, "T0OTHER")
    record(sqlite_database, other, an_entry(minutes=17))
    nine = local("2026-11-25 09:00")
    channel = FakeChannel()
    assert run_due(sqlite_database.of("T0TEST"), "T0TEST", channel, by="one", now=lambda: nine) == 2
    assert [digest.worklist.near for digest in channel.digests] == [(), ()]
    assert (
        run_due(sqlite_database.of("T0OTHER"), "T0OTHER", channel, by="one", now=lambda: nine + timedelta(minutes=1))
        == 2
    )
    assert [len(digest.worklist.near) for digest in channel.digests] == [0, 0, 1, 0]


def test_all_practices_are_known_by_their_workspace(database: Database) -> None:
    both = [a_practice(database, "T0TEST"), a_practice(database, "T0OTHER", "America/Denver")]
    with database.across_practices().reading() as connection:
        assert practice.all_practices(connection) == both[::-1]
