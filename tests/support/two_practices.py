"""Every question and every write of the ledger and its jobs, asked and done for one practice beside another.

The names are those of the functions. What a function is given means the same in every practice: the same codes, staff
and team ids, idempotency keys and instants.
"""

import io
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import UTC, date, timedelta
from functools import partial
from typing import Any

from openpyxl import load_workbook
from sqlalchemy import Connection, select
from support.channel import FakeChannel
from support.facts import import_fact_rows
from support.practice import (
    AT,
    MONTH,
    TODAY,
    an_entry,
    entry_row,
    import_rows,
    local,
    patient_row,
    staff_row,
)

from jobs.digests import listing, posting, standing, updating
from jobs.notices import contents, delivery, missed, monthly, timer_reminders
from jobs.scheduling import claims, runs
from jobs.scheduling import runs as waiting
from jobs.scheduling.claims import Claim, Occurrence
from jobs.scheduling.schedules import WEEKLY, DueRun, plans
from ledger import attestations, setting_changes
from ledger.audit import verify, verify_closings
from ledger.claims import exports as claim_exports
from ledger.claims import marks
from ledger.claims.columns import CLAIM_FILE
from ledger.claims.lines import ClaimLine
from ledger.claims.states import ClaimStatus
from ledger.closing import changes, month_close
from ledger.errors import LedgerError
from ledger.imports import claim_file
from ledger.imports.table_file import Rows
from ledger.months import closed_months, consents, crowded_days, figures, patient_months
from ledger.patients import fact_history, facts, records, roster_history
from ledger.practice import practice
from ledger.practice.practice import Practice
from ledger.recording import addenda, entries, fact_reading, fixes, timers, voids
from ledger.recording import facts as recording_facts
from ledger.recording.stored_entries import corrections_of, find_entry, find_live_entry
from ledger.reports import (
    diagnostic,
    expiring,
    finishing,
    home_tabs,
    month_lists,
    new_book,
    own_entries,
    roster_files,
    summaries,
    takes,
    worklists,
)
from ledger.reports import workbook as exports
from ledger.roster import (
    accounts,
    designations,
    directory,
    doubtful,
    lists,
    patients,
    reassigning,
    setup,
    staff,
    storing,
    teams,
)
from ledger.roster import changes as roster_changes
from ledger.rules.facts import Contact, Program
from ledger.rules.rulebook import rulebooks
from ledger.storage.database import Database
from ledger.storage.idempotency import Request
from ledger.storage.tables import CareTeamRow
from ledger.validation import Cells, ImportSummary, names

Ask = Callable[[Connection, Practice], Any]
Write = Callable[[Database, Practice], Any]
SCOPE = month_lists.Scope(MONTH, ("blue-team",))
NINE = local("2026-11-25 09:00").astimezone(UTC)
"""When the digests of the first day are due."""
LATER = NINE + timedelta(hours=1)
OCTOBER, SEPTEMBER = date(2026, 10, 1), date(2026, 9, 1)
A_CLOSE = closed_months.Closing(OCTOBER, 3, closed_months.Action.CLOSE, AT, "biller1", None, "book", "", None, "")
"""The second close of October, after a reopen."""
TEAM_IDS = {"blue-team": "blue-team", "green-team": "green-team"}
TEAM = {"name": "Team Nine", "channel_id": "C0NINE"}
PERSON = {"id": "coord9", "slack_user_id": "U0NINE", "name": "Nine", "credential": "RN", "roles": "coordinator"}
PATIENT = {**patient_row(code="P-9001"), "team": "blue-team"}
COMPLEXITY = {"date": "2026-11-02", "mdm": "high", "by": "doctor1", "rationale": "new heart failure"}
NEXT_YEAR = date(2027, 1, 5)
DEARER_BOOKS = [
    replace(book, file_hash="corrected", national_payments=dict.fromkeys(book.payments, 9900)) for book in rulebooks()
]
"""The rulebooks with other payments."""
END = facts.Fact(
    "P-1042",
    facts.FactKind.ENROLLMENT,
    date(2026, 1, 5),
    Program("CCM"),
    date(2026, 12, 31),
    details={"reason": "died"},
)
"""An end that lies ahead of everything else that is asked here."""
CONSENT = facts.Fact("P-1046", facts.FactKind.CONSENT, TODAY, Program("CCM"), details={"form": "verbal"})


def _consent_version(revision: int) -> fact_history.FactVersion:
    return fact_history.FactVersion("P-1046", CONSENT.kind, CONSENT.subject, TODAY, revision)


def asked(name: str) -> Request:
    """A request under a key that is the same in every practice."""
    return Request(f"key of {name}", {"text": name})


def outcome(call: Callable[[], object]) -> object:
    """What the call returned, or the words of what it refused."""
    try:
        return call()
    except LedgerError as error:
        return error.title


def saved(work: Ask) -> Write:
    """``work`` in a transaction of its own."""

    def write(database: Database, own: Practice) -> Any:
        with database.of(own.practice_id).writing() as connection:
            return work(connection, own)

    return write


def digest_key(own: Practice) -> str:
    """The key of the blue team's first digest."""
    return Occurrence(own.practice_id, posting.SCHEDULED, "blue-team", NINE).key


def blue_team(connection: Connection, own: Practice) -> directory.Team:
    """The blue team as it is."""
    return next(team for team in directory.teams(connection, own.practice_id) if team.team_id == "blue-team")


def cells_of(workbook: bytes) -> list[Any]:
    """Every row of every sheet."""
    return [row for sheet in load_workbook(io.BytesIO(workbook)) for row in sheet.iter_rows(values_only=True)]


def listed_now(connection: Connection, own: Practice) -> list[listing.Listed]:
    """Whom a digest would list."""
    return listing.listed_of(worklists.worklist(connection, own, MONTH))


def _weekly(connection: Connection, own: Practice) -> DueRun:
    """The weekly summary of the blue team on the Monday after ``TODAY``."""
    planned = plans(own, [blue_team(connection, own)])
    plan = next(plan for plan in planned if plan.kind == WEEKLY)
    return DueRun(plan, local("2026-11-23 08:00").astimezone(UTC))


QUESTIONS: Mapping[str, Ask] = {
    "ledger.roster.directory.person_by_slack_id": lambda c, p: directory.person_by_slack_id(
        c, p.practice_id, "U0NURSE1"
    ),
    "ledger.roster.directory.person_named": lambda c, p: directory.person_named(c, p.practice_id, "Nurse1"),
    "ledger.roster.directory.person_by_id": lambda c, p: directory.person_by_id(c, p.practice_id, "nurse1"),
    "ledger.roster.directory.people": lambda c, p: directory.people(c, p.practice_id),
    "ledger.roster.directory.teams": lambda c, p: directory.teams(c, p.practice_id),
    "ledger.roster.directory.find_codes": lambda c, p: directory.find_codes(c, p.practice_id, "1042"),
    "ledger.roster.directory.suggest_codes": lambda c, p: directory.suggest_codes(c, p.practice_id, "10", most=100),
    "ledger.roster.directory.administrators": lambda c, p: directory.administrators(c, p.practice_id, TODAY),
    "ledger.roster.lists.patients_page": lambda c, p: lists.patients_page(c, p, team_id=None, page=0, today=TODAY),
    "ledger.roster.lists.blockers_of": lambda c, p: lists.blockers_of(c, p, ["P-1042"], TODAY),
    "ledger.roster.lists.patient_columns": lambda c, p: lists.patient_columns(c, p.practice_id, "P-1042"),
    "ledger.roster.lists.terms_of": lambda c, p: lists.terms_of(c, p.practice_id, "nurse2"),
    "ledger.roster.lists.npi_of": lambda c, p: lists.npi_of(c, p.practice_id, "doctor1"),
    "ledger.claims.exports.lines_of_month": lambda c, p: _without_keys(claim_exports.lines_of_month(c, p, MONTH)),
    "ledger.claims.exports.list_claims": lambda c, p: [
        (one.change, one.status, one.line.code) for one in claim_exports.list_claims(c, p, MONTH).lines
    ],
    "ledger.claims.exports.exported_lines": lambda c, p: _without_keys(
        line for line in claim_exports.exported_lines(c, p, MONTH).values() if line
    ),
    "ledger.claims.exports.last_exported": lambda c, p: [
        (one.change, one.status, one.line.code) for one in claim_exports.last_exported(c, p, MONTH).lines
    ],
    "ledger.claims.exports.last_export": lambda c, p: claim_exports.last_export(c, p, MONTH),
    "ledger.claims.exports.line_as_exported": lambda c, p: _without_keys(
        filter(None, [claim_exports.line_as_exported(c, p, _claim_key(c, p))])
    ),
    "ledger.claims.marks.marks_of": lambda c, p: [one.status for one in marks.marks_of(c, p, MONTH).values()],
    "ledger.claims.marks.totals_of_month": lambda c, p: marks.totals_of_month(c, p, MONTH),
    "ledger.claims.marks.totals_by_month": lambda c, p: marks.totals_by_month(c, p, most=3),
    "ledger.roster.lists.find_people": lambda c, p: lists.find_people(c, p.practice_id, "nurse1"),
    "ledger.roster.lists.suggest_people": lambda c, p: lists.suggest_people(c, p.practice_id, "nurse", most=10),
    "ledger.roster.lists.listed_teams": lambda c, p: lists.listed_teams(c, p.practice_id, TODAY),
    "ledger.roster.directory.enrolled_programs": lambda c, p: directory.enrolled_programs(c, p, "P-1042", TODAY),
    "ledger.roster.directory.enrolled_since": lambda c, p: directory.enrolled_since(c, p, "P-1042", TODAY),
    "ledger.roster.directory.program_for_entry": lambda c, p: outcome(
        lambda: directory.program_for_entry(c, p, "P-1042", TODAY)
    ),
    "ledger.roster.directory.team_of_patient": lambda c, p: directory.team_of_patient(c, p.practice_id, "P-1042"),
    "ledger.reports.finishing.hindered": lambda c, p: finishing.hindered(c, p, MONTH, ["P-1042"], on=NEXT_YEAR),
    "ledger.reports.finishing.in_words": lambda c, p: finishing.in_words(
        c, p, {("P-1042", Program("CCM")): finishing.Hindrance.NOT_ENROLLED}, on=NEXT_YEAR
    ),
    "ledger.reports.finishing.out_of_reach": lambda c, p: sorted(
        finishing.out_of_reach(c, p, ["P-1042"], on=NEXT_YEAR)
    ),
    "ledger.reports.finishing.the_dead": lambda c, p: sorted(finishing.the_dead(c, p, on=NEXT_YEAR)),
    "ledger.reports.worklists.worklist": lambda c, p: worklists.worklist(c, p, MONTH),
    "ledger.reports.month_lists.month_list": lambda c, p: month_lists.month_list(c, p, SCOPE),
    "ledger.reports.month_lists.totals_of": lambda c, p: month_lists.totals_of(c, p, OCTOBER),
    "ledger.months.patient_months.statement_of": lambda c, p: patient_months.statement_of(c, p, "P-1042", MONTH),
    "ledger.months.patient_months.evaluated_months": lambda c, p: patient_months.evaluated_months(
        c, p, ["P-1042"], MONTH
    ),
    "ledger.months.crowded_days.told_of_crowded_days": lambda c, p: crowded_days.told_of_crowded_days(
        c, p, MONTH, patient_months.evaluated_months(c, p, ["P-1042", "P-1043"], MONTH)
    ),
    "ledger.months.patient_months.open_month": lambda c, p: patient_months.open_month(c, p, "P-1042", MONTH),
    "ledger.patients.records.patient_codes": lambda c, p: records.patient_codes(c, p.practice_id),
    "ledger.patients.records.load_records": lambda c, p: records.load_records(c, p, ["P-1042"]),
    "ledger.months.figures.stored_figures": lambda c, p: sorted(
        (key, sorted(map(repr, found))) for key, found in figures.stored_figures(c, p.practice_id, ["P-1042"]).items()
    ),
    "ledger.months.figures.months_with_figures": lambda c, p: sorted(
        figures.months_with_figures(c, p.practice_id, ["P-1042"])
    ),
    "ledger.months.closed_months.closings_of": lambda c, p: closed_months.closings_of(c, p.practice_id, OCTOBER),
    "ledger.months.closed_months.closings_in_force": lambda c, p: closed_months.closings_in_force(c, p.practice_id),
    "ledger.months.closed_months.closing_in_force": lambda c, p: closed_months.closing_in_force(
        c, p.practice_id, OCTOBER
    ),
    "ledger.months.closed_months.frozen_statements": lambda c, p: closed_months.frozen_statements(
        c, p.practice_id, A_CLOSE, ["P-1042", "X-1042"]
    ),
    "ledger.reports.new_book.effect_of_books": lambda c, p: new_book.effect_of_books(c, p, DEARER_BOOKS),
    "ledger.closing.month_close.preview_close": lambda c, p: month_close.preview_close(c, p, SEPTEMBER, at=AT),
    "ledger.closing.month_close.earlier_receipt": lambda c, p: month_close.earlier_receipt(c, p, asked("close")),
    "ledger.closing.changes.changes_since_last_close": lambda c, p: changes.changes_since_last_close(c, p, A_CLOSE),
    "ledger.audit.verify_closings.seen_heads": lambda c, p: verify_closings.seen_heads(c, p.practice_id, ["P-1042"]),
    "ledger.audit.verify_closings.check_closings": verify_closings.check_closings,
    "ledger.recording.stored_entries.find_entry": lambda c, p: outcome(
        lambda: find_entry(c, p.practice_id, "P-1042", 1)
    ),
    "ledger.recording.stored_entries.find_live_entry": lambda c, p: outcome(
        lambda: find_live_entry(c, p.practice_id, "P-1042", 1)
    ),
    "ledger.recording.stored_entries.corrections_of": lambda c, p: corrections_of(c, p.practice_id, "P-1042", MONTH),
    "ledger.recording.timers.running_timer": lambda c, p: timers.running_timer(c, p, "nurse1"),
    "ledger.recording.timers.required_timer": lambda c, p: outcome(lambda: timers.required_timer(c, p, "nurse1")),
    "ledger.recording.timers.due_reminders": lambda c, p: timers.due_reminders(c, p, at=AT + timedelta(days=1)),
    "ledger.reports.month_lists.month_counts": lambda c, p: month_lists.month_counts(c, p, SCOPE),
    "ledger.reports.month_lists.month_rows": lambda c, p: month_lists.month_rows(
        c, p, SCOPE, month_lists.month_counts(c, p, SCOPE), first=0, most=25
    ),
    "ledger.reports.month_lists.patients_of_month": lambda c, p: c.execute(
        select(month_lists.patients_of_month(c, p, SCOPE)).order_by("patient_code")
    ).all(),
    "ledger.reports.diagnostic.diagnose": lambda c, p: diagnostic.diagnose(c, p, month_lists.Scope(MONTH)),
    "ledger.reports.diagnostic.gaps": lambda c, p: diagnostic.gaps(c, p, month_lists.Scope(MONTH)),
    "ledger.reports.month_lists.has_work": lambda c, p: month_lists.has_work(c, p, OCTOBER),
    "ledger.reports.month_lists.untouched": lambda c, p: month_lists.untouched(c, p, SCOPE, first=0, most=25),
    "ledger.reports.month_lists.count_untouched": lambda c, p: month_lists.count_untouched(c, p, SCOPE),
    "ledger.reports.worklists.band_counts": lambda c, p: worklists.band_counts(c, p, SCOPE),
    "ledger.reports.month_lists.blocked_by": lambda c, p: month_lists.blocked_by(c, p, SCOPE, "NO_CONSENT"),
    "ledger.reports.month_lists.months_of_patient": lambda c, p: month_lists.months_of_patient(c, p, "P-1043"),
    "ledger.reports.own_entries.own_entries": lambda c, p: own_entries.own_entries(c, p, "nurse1", MONTH, TODAY),
    "ledger.reports.own_entries.todays_entries": lambda c, p: own_entries.todays_entries(c, p, "nurse1", AT),
    # On the month's first day, so that what is recorded later lies ahead.
    "ledger.roster.doubtful.doubtful_values": lambda c, p: doubtful.doubtful_values(c, p, MONTH),
    "ledger.roster.setup.set_up_gaps": lambda c, p: setup.set_up_gaps(c, p, TODAY),
    "ledger.reports.home_tabs.find_home_tab": lambda c, p: home_tabs.find_home_tab(c, p.practice_id, "U0NURSE1"),
    "ledger.audit.verify.verify": verify.verify,
    "ledger.practice.practice.find_practice": lambda c, p: practice.find_practice(c, p.practice_id),
    "ledger.practice.practice.get_practice": lambda c, p: practice.get_practice(c, p.practice_id),
    "ledger.patients.roster_history.histories": lambda c, p: {
        kind: {key: history.steps for key, history in roster_history.histories(c, p.practice_id, kind, ids).items()}
        for kind, ids in {"staff": ["nurse1", "doctor1"], "patients": ["P-1042", "P-1043"]}.items()
    },
    "ledger.patients.roster_history.load_staff": lambda c, p: roster_history.load_staff(
        c, p.practice_id, ["nurse1", "nurse2"]
    ),
    "ledger.patients.roster_history.billed_by": lambda c, p: sorted(
        roster_history.billed_by(c, p.practice_id, ["doctor1"])
    ),
    "ledger.patients.fact_history.fact_histories": lambda c, p: fact_history.fact_histories(c, p, "P-1042"),
    "ledger.patients.fact_history.fact_history": lambda c, p: fact_history.fact_history(c, p, CONSENT),
    "ledger.patients.facts.known_identities": lambda c, p: sorted(facts.known_identities(c, p, ["P-1046"])),
    "ledger.months.consents.missing_consents": lambda c, p: consents.missing_consents(
        c, p, ["P-1042", "P-1046"], on=TODAY
    ),
    "ledger.reports.takes.takes_of": lambda c, p: takes.takes_of(c, p, MONTH),
    "ledger.attestations.attestations": attestations.attestations,
    "ledger.setting_changes.stored_settings": setting_changes.stored_settings,
    "ledger.setting_changes.policy_changes": setting_changes.policy_changes,
    "ledger.reports.workbook.month_csv": lambda c, p: exports.month_csv(c, p, MONTH),
    "ledger.reports.workbook.month_workbook": lambda c, p: cells_of(exports.month_workbook(c, p, MONTH)),
    "ledger.roster.teams.known_teams": lambda c, p: teams.known_teams(c, p.practice_id),
    "ledger.roster.staff.known_staff": lambda c, p: staff.known_staff(c, p, today=TODAY),
    "ledger.roster.staff.patients_of": lambda c, p: staff.patients_of(c, p, ["nurse2", "doctor1"]),
    "ledger.roster.patients.known_roster": lambda c, p: patients.known_roster(c, p, today=TODAY),
    "ledger.recording.fact_reading.read_fact": lambda c, p: outcome(
        lambda: fact_reading.read_fact(c, p, "care-plans", {"patient": "P-9001", "date": "2026-11-02"}, at=AT)
    ),
    "ledger.roster.changes.draft_team": lambda c, p: outcome(lambda: roster_changes.draft_team(c, p, TEAM, key=None)),
    "ledger.roster.changes.draft_person": lambda c, p: outcome(
        lambda: roster_changes.draft_person(c, p, PERSON, TEAM_IDS, key=None, on=TODAY)
    ),
    "ledger.roster.changes.draft_patient": lambda c, p: outcome(
        lambda: roster_changes.draft_patient(c, p, PATIENT, TEAM_IDS, key=None, on=TODAY)
    ),
    "ledger.roster.designations.known_for_designations": lambda c, p: designations.known_for_designations(
        c, p, today=TODAY
    ),
    "ledger.roster.designations.left": lambda c, p: designations.left(c, p, "doctor1", TODAY),
    "ledger.roster.designations.leaving": lambda c, p: designations.leaving(
        c, p, {"doctor1": storing.Put({"active_to": None}, {"active_to": TODAY})}
    ),
    "ledger.roster.reassigning.draft_reassignment": lambda c, p: outcome(
        lambda: reassigning.draft_reassignment(c, p, {"patients": "P-9001", "practitioner": "doctor1"}, today=TODAY)
    ),
    "ledger.reports.roster_files.roster_files": roster_files.roster_files,
    "ledger.roster.changes.patients_to_evaluate": lambda c, p: roster_changes.patients_to_evaluate(
        c, p, "nurse2", {"credential": "MA"}
    ),
    "ledger.reports.summaries.few_minutes": lambda c, p: summaries.few_minutes(c, p, SCOPE, below_minutes=60, most=25),
    "ledger.reports.summaries.minutes_by_person": lambda c, p: summaries.minutes_by_person(
        c, p, ["blue-team"], before=MONTH, first=TODAY - timedelta(days=6), last=TODAY
    ),
    "ledger.reports.summaries.units_billed": lambda c, p: summaries.units_billed(c, p, SCOPE),
    "ledger.reports.summaries.became_billable": lambda c, p: summaries.became_billable(
        c, p, SCOPE, first=MONTH, last=TODAY
    ),
    "ledger.reports.expiring.lapsing": lambda c, p: expiring.lapsing(c, p, "blue-team", on=TODAY, days_ahead=30),
    "jobs.notices.contents.month_notice": lambda c, p: contents.month_notice(c, p, _weekly(c, p), at=LATER),
    "jobs.scheduling.claims.recipients": lambda c, p: claims.recipients(
        c, Occurrence(p.practice_id, "expected", "blue-team", NINE)
    ),
    "jobs.scheduling.claims.unfinished": lambda c, p: claims.unfinished(
        c, p.practice_id, "held", "blue-team", until=LATER
    ),
    "jobs.scheduling.claims.known": lambda c, p: claims.known(c, p.practice_id, "finished", "blue-team", since=AT),
    "jobs.scheduling.runs.latest_runs": lambda c, p: runs.latest_runs(c, p.practice_id, most=50),
    "jobs.digests.posting.digest_for": lambda c, p: posting.digest_for(c, p, blue_team(c, p), at=AT),
    "jobs.digests.listing.find_listing": lambda c, p: listing.find_listing(c, p.practice_id, digest_key(p)),
    "jobs.digests.listing.living_digests": lambda c, p: listing.living_digests(c, p.practice_id),
    "jobs.digests.listing.find_message": lambda c, p: listing.find_message(c, p.practice_id, "C0OTHER", "9.000100"),
    "jobs.scheduling.runs.waiting_of": lambda c, p: waiting.waiting_of(c, p, at=LATER),
    "jobs.digests.standing.standings": lambda c, p: standing.standings(c, p, MONTH, listed_now(c, p)),
}
"""What asks the ledger about a practice."""


def _claim_key(connection: Connection, own: Practice) -> str:
    """The key of the first claim line of November; each practice has its own."""
    return next((line.key for line in claim_exports.lines_of_month(connection, own, MONTH)), "none")


def _without_keys(lines: Iterable[ClaimLine]) -> list[ClaimLine]:
    """Lines as they are alike in every practice: keys and statements are a practice's own."""
    found = [replace(line, key="", statement_hash="") for line in lines]
    return sorted(found, key=lambda line: (line.patient_code, line.code))


def _export_claims(database: Database, own: Practice) -> int:
    mine = database.of(own.practice_id)
    return len(claim_exports.export_claims(mine, own, MONTH, at=AT, by="biller1").lines)


def _mark_claim(connection: Connection, own: Practice) -> ClaimStatus:
    line = claim_exports.lines_of_month(connection, own, MONTH)[0]
    asks: dict[str, Any] = {"request": asked("claim"), "at": AT, "by": "biller1"}
    return marks.mark_line(connection, own, marks.Asked(line, ClaimStatus.SUBMITTED), **asks).mark.status


def _attest(connection: Connection, own: Practice) -> attestations.AttestationReceipt:
    said = attestations.Asked(attestations.KINDS["access"], TODAY, "Dr. Meyer")
    return attestations.attest(connection, own, said, request=asked("attest"), at=AT, by="admin1")


def _mark_claims(connection: Connection, own: Practice) -> list[ClaimStatus]:
    lines = claim_exports.lines_of_month(connection, own, MONTH)
    told = [marks.Asked(line, ClaimStatus.PAID) for line in lines]
    return [receipt.mark.status for receipt in marks.mark_lines(connection, own, told, at=AT, by="biller1")]


def _import_claims(database: Database, own: Practice) -> ImportSummary:
    with database.of(own.practice_id).reading() as connection:
        key = _claim_key(connection, own)
    said = {"line_key": key, "status": "denied", "status_on": "2026-11-18"}
    cells = Cells(2, {**dict.fromkeys(names(CLAIM_FILE), ""), **said})
    with database.of(own.practice_id).writing() as connection:
        return claim_file.import_claims(connection, own, Rows("claims.csv", [cells]), at=AT, progress=lambda *_: None)


def _timer(staff_id: str = "nurse1") -> timers.Timer:
    return timers.Timer(staff_id, "P-1042", None, None, None, "", AT)


def _due() -> timers.DueReminder:
    return timers.DueReminder(_timer(), "U0NURSE1", None)


def _start(connection: Connection, own: Practice, timer: timers.Timer, name: str) -> timers.TimerReceipt:
    return timers.start_timer(connection, own, timer, request=asked(name))


def _stop(connection: Connection, own: Practice) -> entries.Receipt:
    work = an_entry(times=("2026-11-18 15:00", "2026-11-18 15:12"))
    times = {"started_at": AT, "request": asked("stop"), "at": AT + timedelta(minutes=12)}
    return timers.stop_timer(connection, own, work, recorded_by="nurse1", confirmed=True, **times)


def _cancel(connection: Connection, own: Practice) -> timers.TimerReceipt:
    _start(connection, own, _timer("nurse2"), "start nurse2")
    return timers.cancel_timer(connection, own, "nurse2", request=asked("cancel"), at=AT)


def _record(connection: Connection, own: Practice, name: str, **work: Any) -> entries.Receipt:
    entry = an_entry(**work)
    by = entry.staff_id
    return entries.record_entry(connection, own, entry, request=asked(name), at=AT, recorded_by=by, confirmed=True)


def _record_many(connection: Connection, own: Practice) -> list[entries.Receipt]:
    """Entries for all that is done with entries below: P-1043's are 1 to 3, P-1042's go on from 2."""
    work = {"a": {"minutes": 17}, "b": {"minutes": 14, "staff": "nurse2"}, "c": {"minutes": 3}}
    more = {
        "d": {"patient": "P-1043", "minutes": 18},
        "e": {"patient": "P-1043", "minutes": 25},
        "f": {"patient": "P-1045", "minutes": 20, "program": Program("RPM"), "contact": Contact.LIVE},
    }
    return [_record(connection, own, name, **each) for name, each in {**work, **more}.items()]


def _import(kind: str, rows: list[dict[str, str]]) -> Write:
    return lambda database, own: import_rows(database, own, kind, rows)


def _claimed(database: Database, own: Practice, kind: str) -> Claim:
    occurrence = Occurrence(own.practice_id, kind, "blue-team", NINE)
    held = claims.claim(database.of(own.practice_id), occurrence, by="one", at=NINE)
    assert held is not None
    return held


def _hold(database: Database, own: Practice) -> bool:
    held = _claimed(database, own, "held")
    claims.give_back(database.of(own.practice_id), held, at=NINE)
    claims.leave_alone(database.of(own.practice_id), held, timedelta(hours=1), at=NINE)
    return claims.hold(database.of(own.practice_id), held, until=LATER)


def _finish(database: Database, own: Practice) -> bool:
    posted = {"channel_id": "C0BLUE", "message_ts": "1.0"}
    return claims.finish(database.of(own.practice_id), _claimed(database, own, "finished"), at=NINE, **posted)


def _miss(database: Database, own: Practice) -> bool:
    return claims.miss(database.of(own.practice_id), _claimed(database, own, "missed"), at=NINE)


def _expect(database: Database, own: Practice) -> None:
    told = [Occurrence(own.practice_id, "expected", "blue-team", NINE, staff_id) for staff_id in ("lead1", "lead2")]
    claims.expect(database.of(own.practice_id), told, at=NINE)


def _finish_silently(database: Database, own: Practice) -> bool:
    return claims.finish_silently(database.of(own.practice_id), _claimed(database, own, "silent"), at=NINE)


def _month_messages(database: Database, own: Practice) -> list[int]:
    """What was due a week before the month's end, on a Monday and a Tuesday, and on the next first business day."""
    days = (local(f"{day} 10:00") for day in ("2026-11-23", "2026-11-24", "2026-12-01"))
    run = partial(monthly.run_month_messages, database.of(own.practice_id), own.practice_id, _People(), by="one")
    return [run(now=lambda at=at: at) for at in days]


def _run_due(database: Database, own: Practice) -> int:
    return posting.run_due(database.of(own.practice_id), own.practice_id, FakeChannel(), by="one", now=lambda: NINE)


def _run(database: Database, own: Practice) -> bool:
    mine = database.of(own.practice_id)
    with mine.reading() as connection:
        team = blue_team(connection, own)
    occurrence = Occurrence(own.practice_id, posting.ASKED_FOR, team.team_id, NINE)
    channel = FakeChannel(posts=[(team.channel_id, "earlier")] * 9)
    return posting.run(mine, own, team, occurrence, channel, by="lead1", now=lambda: NINE)


def _may_post(database: Database, own: Practice) -> None:
    posting.Progress(database.of(own.practice_id), _claimed(database, own, "posting"), lambda: NINE).may_post()


def _has_picture(database: Database, own: Practice) -> None:
    first = Occurrence(own.practice_id, posting.SCHEDULED, "blue-team", NINE)
    progress = posting.Progress(database.of(own.practice_id), Claim(first, "one", NINE, is_retry=False), lambda: NINE)
    progress.has_picture(listing.Picture("F0", "Three of nine", shown=False))


def _living(database: Database) -> updating.LivingDigests:
    return updating.LivingDigests(database, FakeChannel(), lambda: LATER)


def _follow(database: Database, own: Practice) -> None:
    saved(lambda c, p: _record(c, p, "follow", patient="P-1043", minutes=4))(database, own)
    _living(database).follow(own.practice_id, {"P-1043"})


def _tick(database: Database, own: Practice) -> None:
    saved(lambda c, p: _record(c, p, "tick", patient="P-1043", minutes=2))(database, own)
    _living(database).tick(own.practice_id)


class _People:
    """A way to people and channels on which everything arrives."""

    def send(self, to: str, notice: delivery.Notice, key: str, **_: Any) -> delivery.Sent:  # noqa: ARG002 - as jobs have it
        return delivery.Sent(to, "1.0")

    def find(self, to: str, key: str, **_: Any) -> delivery.Sent | None:  # noqa: ARG002 - the same
        return None

    def remind(self, reminder: timer_reminders.Reminder, *, may_be_there: bool) -> None:
        """Nothing is kept of it."""


def _notify(database: Database, own: Practice) -> bool:
    occurrence = Occurrence(own.practice_id, "notice", "blue-team", NINE, "lead1")
    notice = partial(delivery.MissedRun, own, posting.SCHEDULED, None, NINE, directory.OPERATOR)
    return delivery.notify(database.of(own.practice_id), occurrence, "U0LEAD1", notice, _People(), by="one", at=NINE)


def _run_missed(database: Database, own: Practice) -> list[int]:
    """Watches at the end of September, and again when October is over."""
    days = (local("2026-09-30 12:00"), local("2026-11-02 12:00"))
    run = partial(missed.run_missed, database.of(own.practice_id), own.practice_id, _People(), by="one")
    return [run(now=lambda at=at: at) for at in days]


def _remind(database: Database, own: Practice) -> int:
    saved(lambda c, p: _start(c, p, _timer("lead1"), "start lead1"))(database, own)
    at = AT + timedelta(hours=2)
    return timer_reminders.run_reminders(database.of(own.practice_id), own.practice_id, _People(), now=lambda: at)


def _home_tab(database: Database, own: Practice) -> None:
    tab = home_tabs.HomeTab(own.practice_id, "U0NURSE1", AT, {}, "1.hash")
    home_tabs.remember_home_tab(database.of(own.practice_id), tab)


def _close(database: Database, own: Practice, name: str) -> closed_months.Totals | None:
    """The totals: the hash of what was frozen is the practice's own."""
    mine = database.of(own.practice_id)
    return month_close.close_month(mine, own, OCTOBER, request=asked(name), at=AT, by="biller1").closing.totals


def _reopen(database: Database, own: Practice) -> month_close.ClosingReceipt:
    asks: dict[str, Any] = {"reason": "A call was late.", "request": asked("reopen"), "at": AT, "by": "biller1"}
    return month_close.reopen_month(database.of(own.practice_id), own, OCTOBER, **asks)


DOCTOR = {"id": "doctor1", "slack_user_id": "U0DOCTOR1", "name": "Doctor One", "npi": "1234567893"}
STAFF = [
    staff_row(id="nurse1", slack_user_id="U0NURSE1", name="Other Nurse", credential="LPN", roles="lead"),
    staff_row(id="nurse2", slack_user_id="U0NURSE2", name="Nurse Two", credential="LPN", supervised="no"),
    staff_row(**DOCTOR, credential="DO", roles="practitioner"),
]
BARE_TEAM = {"name": "Bare Team", "channel_id": ""}
PATIENTS = [
    patient_row(code="P-1042", programs="CCM;PCM", conditions="I10", enrolled_on="2026-02-01"),
    patient_row(code="P-1045", team="Blue Team", programs="RPM"),
    patient_row(code="X-1042", billing_practitioner=""),
]

WRITES: Mapping[str, Write] = {
    "ledger.recording.entries.record_entry": saved(_record_many),
    "ledger.recording.voids.undo_last": saved(
        lambda c, p: voids.undo_last(c, p, "nurse1", request=asked("undo"), at=AT, patient_code="P-1043", position=2)
    ),
    "ledger.recording.voids.void_entry": saved(
        lambda c, p: voids.void_entry(
            c, p, "P-1042", 4, reason="typed twice", request=asked("void"), at=AT, by="nurse1"
        )
    ),
    "ledger.recording.fixes.fix_entry": saved(
        lambda c, p: fixes.fix_entry(
            c, p, 1, an_entry(patient="P-1043", minutes=36), request=asked("fix"), at=AT, confirmed=True
        )
    ),
    "ledger.recording.addenda.add_addendum": saved(
        lambda c, p: addenda.add_addendum(
            c, p, "P-1042", 1, text="Dose kept.", request=asked("add"), at=AT, by="nurse1"
        )
    ),
    "ledger.recording.facts.record_fact": saved(
        lambda c, p: recording_facts.record_fact(c, p, CONSENT, request=asked("fact"), at=AT, recorded_by="nurse1")
    ),
    "ledger.recording.facts.withdraw_fact": saved(
        lambda c, p: recording_facts.withdraw_fact(
            c, p, _consent_version(0), request=asked("withdraw"), at=AT, by="nurse1"
        )
    ),
    "ledger.recording.facts.undo_fact": saved(
        lambda c, p: recording_facts.undo_fact(
            c, p, [_consent_version(1)], request=asked("undo a fact"), at=AT, by="nurse1"
        )
    ),
    "ledger.reports.takes.take_or_release": saved(
        lambda c, p: takes.take_or_release(c, p, MONTH, "P-1042", "nurse1", request=asked("take"), at=AT)
    ),
    "ledger.reports.takes.take_over": saved(
        lambda c, p: takes.take_over(
            c, p, MONTH, "P-1042", "lead1", instead_of="nurse1", request=asked("take over"), at=AT
        )
    ),
    "ledger.recording.facts.record_fact of an end": saved(
        lambda c, p: recording_facts.record_fact(c, p, END, request=asked("end"), at=AT, recorded_by="nurse1")
    ),
    "ledger.recording.timers.start_timer": saved(lambda c, p: _start(c, p, _timer(), "start")),
    "ledger.recording.timers.claim_reminder": saved(lambda c, p: timers.claim_reminder(c, p, _due(), at=AT)),
    "ledger.recording.timers.finish_reminder": saved(lambda c, p: timers.finish_reminder(c, p, _timer(), at=AT)),
    "ledger.recording.timers.stop_timer": saved(_stop),
    "ledger.recording.timers.cancel_timer": saved(_cancel),
    "jobs.notices.timer_reminders.run_reminders": _remind,
    "ledger.reports.home_tabs.remember_home_tab": _home_tab,
    "ledger.reports.home_tabs.mark_home_tab": lambda d, p: home_tabs.mark_home_tab(
        d.of(p.practice_id), p.practice_id, "U0NURSE1", at=AT + timedelta(hours=1)
    ),
    "ledger.roster.accounts.claim_stranger": lambda d, p: accounts.claim_stranger(
        d.of(p.practice_id), p, "U0NEW", on=TODAY
    ),
    "ledger.roster.accounts.ignore_stranger": saved(lambda c, p: accounts.ignore_stranger(c, p, "U0NEW", by="admin1")),
    "ledger.roster.accounts.admit_administrator": saved(
        lambda c, p: accounts.admit_administrator(c, p, "U0OWNER", "Owner", at=AT)
    ),
    "ledger.roster.accounts.end_person": saved(lambda c, p: accounts.end_person(c, p, "U0BILLER1", at=NINE)),
    "ledger.roster.accounts.note_restored": saved(lambda c, p: accounts.note_restored(c, p, "U0BILLER1", at=LATER)),
    "ledger.imports.roster_files.import_teams": _import("teams", [{"name": "Blue Team", "channel_id": "C0OTHER"}]),
    "ledger.imports.roster_files.import_staff": _import("staff", STAFF),
    "ledger.imports.roster_files.import_patients": _import("patients", PATIENTS),
    "ledger.imports.entry_file.import_entries": _import("entries", [entry_row(external_id="E-1", minutes="21")]),
    "ledger.imports.fact_files.import_facts": lambda d, p: import_fact_rows(
        d, p, "complexity", [{**COMPLEXITY, "patient": "P-1044"}]
    ),
    "ledger.roster.storing.put_all": saved(
        lambda c, p: storing.put_all(c, p, CareTeamRow, "team_id", {"bare-team": BARE_TEAM}, at=AT, recorded_by="setup")
    ),
    "ledger.roster.changes.save_team": saved(
        lambda c, p: roster_changes.save_team(c, p, TEAM, key=None, request=asked("team"), at=AT, by="admin1")
    ),
    "ledger.roster.changes.save_person": saved(
        lambda c, p: roster_changes.save_person(
            c, p, PERSON, TEAM_IDS, key=None, request=asked("person"), at=AT, by="admin1"
        )
    ),
    "ledger.roster.changes.save_patient": saved(
        lambda c, p: roster_changes.save_patient(
            c, p, PATIENT, TEAM_IDS, key=None, request=asked("patient"), at=AT, by="admin1"
        )
    ),
    "ledger.roster.reassigning.reassign": saved(
        lambda c, p: reassigning.reassign(
            c,
            p,
            {"patients": "P-1045", "practitioner": "doctor1"},
            request=asked("reassign"),
            at=AT,
            by="admin1",
        )
    ),
    "ledger.imports.roster_files.import_designations": _import(
        "designations", [{"patient": "P-1045", "practitioner": "doctor1"}]
    ),
    "ledger.setting_changes.change_policy": saved(
        lambda c, p: setting_changes.change_policy(c, p, "care_plan_max_days", 30, at=AT, recorded_by="admin1")
    ),
    "ledger.attestations.attest": saved(_attest),
    "ledger.setting_changes.decide": saved(
        lambda c, p: setting_changes.decide(
            c, p, setting_changes.Decision("care_plan_max_days", 400), request=asked("decide"), at=NINE, by="admin1"
        )
    ),
    "ledger.months.patient_months.reevaluate_practice": saved(patient_months.reevaluate_practice),
    "ledger.practice.practice.create_practice": saved(
        lambda c, p: practice.create_practice(c, p.practice_id, p.name, p.timezone, at=AT)
    ),
    "ledger.roster.setup.begin_practice": saved(
        lambda c, p: setup.begin_practice(c, p.practice_id, p.name, p.timezone, at=AT)
    ),
    "ledger.roster.setup.move_practice": saved(
        lambda c, p: outcome(lambda: setup.move_practice(c, p, "America/Denver"))
    ),
    "jobs.digests.posting.run_due": _run_due,
    "jobs.digests.posting.run": _run,
    "jobs.digests.updating.LivingDigests.follow": _follow,
    "jobs.digests.updating.LivingDigests.tick": _tick,
    "jobs.digests.updating.LivingDigests.refresh": lambda d, p: _living(d).refresh(p.practice_id, digest_key(p)),
    "jobs.digests.updating.LivingDigests.show_again": lambda d, p: _living(d).show_again(
        p.practice_id, "C0OTHER", "0.000100"
    ),
    "jobs.notices.missed.run_missed": _run_missed,
    "jobs.notices.delivery.notify": _notify,
    "jobs.notices.monthly.run_month_messages": _month_messages,
    "jobs.scheduling.claims.expect": _expect,
    "jobs.scheduling.claims.finish_silently": _finish_silently,
    "jobs.scheduling.claims.hold": _hold,
    "jobs.scheduling.claims.finish": _finish,
    "jobs.scheduling.claims.miss": _miss,
    "jobs.digests.posting.Progress.may_post": _may_post,
    "jobs.digests.posting.Progress.has_picture": _has_picture,
    "jobs.digests.listing.keep_picture": saved(
        lambda c, p: listing.keep_picture(
            c, p.practice_id, digest_key(p), listing.Picture("F1", "Four of nine", shown=True)
        )
    ),
    "jobs.digests.listing.forget_message": saved(
        lambda c, p: listing.forget_message(c, p.practice_id, digest_key(p), 1)
    ),
    "jobs.digests.listing.end_life": saved(lambda c, p: listing.end_life(c, p.practice_id, digest_key(p))),
    "ledger.closing.month_close.close_month": lambda d, p: _close(d, p, "close"),
    "ledger.closing.month_close.reopen_month": _reopen,
    "ledger.recording.entries.record_entry of October": saved(
        lambda c, p: _record(c, p, "october", day=date(2026, 10, 30), minutes=25)
    ),
    "ledger.closing.month_close.close_month again": lambda d, p: _close(d, p, "close again"),
    "ledger.imports.fact_files.import_facts plan": lambda d, p: import_fact_rows(
        d, p, "care-plans", [{"patient": "P-1043", "date": "2026-11-02"}]
    ),
    "ledger.claims.exports.export_claims": _export_claims,
    "ledger.claims.marks.mark_line": saved(_mark_claim),
    "ledger.claims.marks.mark_lines": saved(_mark_claims),
    "ledger.imports.claim_file.import_claims": _import_claims,
    "ledger.recording.entries.record_entry billable": saved(
        lambda c, p: _record(c, p, "billable", patient="P-1043", minutes=30)
    ),
    "ledger.recording.timers.start_timer again": saved(lambda c, p: _start(c, p, _timer(), "start again")),
}
"""What changes the ledger, in an order in which each finds what it needs."""

PARTS = frozenset(
    {
        "jobs.scheduling.claims.claim",
        "jobs.scheduling.claims.give_back",
        "jobs.scheduling.claims.leave_alone",
        "jobs.digests.posting.Progress.has_posted",
        "jobs.digests.listing.keep_fingerprint",
        "jobs.digests.listing.keep_message",
        "jobs.digests.listing.store_listing",
        "ledger.months.closed_months.lock_month",
        "ledger.months.closed_months.refuse_closed",
        "ledger.months.closed_months.share_months",
        "ledger.closing.freezing.brought_up_to_date",
        "ledger.closing.freezing.draft_month",
        "ledger.closing.freezing.store_figures",
        "ledger.closing.month_close.refuse_to_reopen",
        "ledger.storage.hash_chain.lock_head",
        "ledger.audit.verify_roster.check_patients",
        "ledger.reports.diagnostic_sheet.add_diagnostic",
        "ledger.audit.verify_roster.check_staff",
        "ledger.storage.hash_chain.lock_heads",
        "ledger.storage.hash_chain.move_head",
        "ledger.patients.facts.append_facts",
        "ledger.patients.roster_history.append_told",
        "ledger.roster.storing.put_dated",
        "ledger.months.figures.store",
        "ledger.recording.fact_reading.record_facts",
        "ledger.roster.designations.designate",
        "ledger.roster.patients.put_patients",
        "ledger.roster.storing.record_changes",
        "ledger.roster.staff.reevaluate_patients_of",
        "ledger.months.patient_months.evaluate_with",
        "ledger.months.patient_months.reevaluate",
        "ledger.months.patient_months.reevaluate_all",
        "ledger.setting_changes.lock_settings",
        "ledger.recording.staff_locks.lock_many_staff",
        "ledger.recording.staff_locks.lock_staff",
        "ledger.recording.staff_locks.next_stored_number",
        "ledger.recording.entries.store_entry",
        "ledger.roster.storing.lock_roster",
        "ledger.recording.voids.void_parts",
    }
)
"""What is done on the way by what stands above; a test sees to it that it is."""

OUTSIDE = {
    "ledger.practice.practice.all_practices": "it is the one question that is about every practice",
    "jobs.scheduling.runs.waiting": "it asks waiting_of for every practice, for the metrics of a process",
    "ledger.audit.verify.verify_all": "it asks verify for every practice, for a backup or a move",
    "ledger.audit.backup.file_of": "it is about the database",
    "ledger.audit.backup.back_up": "it is about the database",
    "ledger.audit.backup.restore": "it is about the database",
    "ledger.audit.move.move": "it is about the database",
    "ledger.storage.schema.upgrade": "it is about the database",
    "ledger.storage.schema.current": "it is about the database",
    "ledger.storage.schema.check": "it is about the database",
    "ledger.storage.schema.row_level_security": "it is about the database",
}
"""What is about no practice, and why."""
