"""What may be wrong in a practice: its record, its people, and what is due."""

import random
from collections.abc import Iterator
from datetime import timedelta
from functools import partial

from sqlalchemy import Connection, select

from bot.doctor.findings import Finding, Setup, ok, problem, warning
from bot.setup import missing_steps
from bot.views import formatting
from bot.views.attestations import due_words
from jobs.scheduling.claims import LEASE
from jobs.scheduling.runs import waiting_of
from jobs.scheduling.schedules import TITLES, plans
from jobs.scheduling.tables import WatchRow
from ledger.attestations import attestations, due
from ledger.audit.verify import verify
from ledger.patients.records import patient_codes
from ledger.practice.practice import Practice
from ledger.roster.directory import administrators, people, teams
from ledger.roster.doubtful import DoubtfulValues, doubtful_values
from ledger.roster.setup import set_up_gaps

SAMPLE = 20
"""How many patients of each practice are verified, others each time."""
WATCHED_EVERY = timedelta(minutes=15)
"""How long ago the jobs may have written last that they watch the clock."""
NAMED = 5
_PROCESS = "See whether ccm serve runs (systemctl status ccm) and what it logs (journalctl -u ccm)."


def record_is_whole(setup: Setup) -> Iterator[Finding]:
    """Yield whether chains and figures are what was recorded: of some patients, or of all."""
    for practice in setup.practices:
        with setup.database.of(practice.practice_id).reading() as connection:
            codes = None if setup.full else _sample(connection, practice)
            found = verify(connection, practice, codes=codes)
        which = "every one" if setup.full else "a sample"
        if found.difference is None:
            counted = f"{found.patients} patients ({which}), {found.links} links, {found.patient_months} patient-months"
            yield ok("RECORD", f"The record of {practice.practice_id} is whole: {counted}.")
        else:
            yield problem(
                "RECORD_DIFFERS",
                f"The record of {practice.practice_id} differs from what was recorded: {found.difference}",
                "Stop the bot, keep a copy of the ledger, and follow docs/operations.md (Verify reports a difference).",
            )


def people_can_work(setup: Setup) -> Iterator[Finding]:
    """Yield whether everybody who works here has a Slack account, and somebody administers."""
    for practice in setup.practices:
        today = practice.local_date(setup.now())
        with setup.database.of(practice.practice_id).reading() as connection:
            staff = [one for one in people(connection, practice.practice_id) if one.is_active(today)]
            admins = administrators(connection, practice.practice_id, today)
        where = practice.practice_id
        without_slack = [one.staff_id for one in staff if not one.slack_user_id]
        if without_slack:
            remedy = f"Type: /ccm staff {without_slack[0]}"
            yield warning(
                "STAFF_WITHOUT_SLACK", f"No Slack id in {where}: {formatting.some_of(without_slack, NAMED)}.", remedy
            )
        if admins or setup.settings.admin_ids:
            yield ok("ADMINS", f"{where} has {len(admins)} administrators and {len(staff)} people who work there.")
        else:
            yield warning(
                "NO_ADMIN",
                f"{where} has no administrator; the workspace's primary owner will be the first.",
                "Name one: CCM_ADMINS=U0123ABCD",
            )


def values_can_be_read(setup: Setup) -> Iterator[Finding]:
    """Yield what an older version stored and none of the doors takes any more."""
    for practice in setup.practices:
        with setup.database.of(practice.practice_id).reading() as connection:
            found = doubtful_values(connection, practice, practice.local_date(setup.now()))
        if found == DoubtfulValues():
            yield ok("VALUES", f"Every credential, condition, code and date of {practice.practice_id} can be read.")
        else:
            yield from _doubtful(found, practice.practice_id)


def _doubtful(found: DoubtfulValues, where: str) -> Iterator[Finding]:
    some = partial(formatting.some_of, most=NAMED)
    if found.credentials:
        said = [f"{staff_id} (means {meant})" if meant else staff_id for staff_id, meant in found.credentials.items()]
        remedy = f"Choose it again, as what it always was: /ccm staff {next(iter(found.credentials))}"
        yield warning(
            "CREDENTIAL_UNREAD", f"A credential counts nothing as it is written in {where}: {some(said)}.", remedy
        )
    if found.qualifying:
        remedy = "Write them as the staff's are: /ccm settings qualifying_credentials"
        yield warning("CREDENTIALS_UNMATCHED", f"The setting of {where} has {some([*found.qualifying])}.", remedy)
    for ids in found.alike:
        remedy = "End all but one of them: /ccm staff. Time stays with the id it was logged under."
        yield warning("STAFF_ALIKE", f"Ids that differ in case alone in {where}: {', '.join(ids)}.", remedy)
    if found.conditions:
        remedy = f"Write ICD-10-CM codes: /ccm patients {found.conditions[0]}"
        yield warning(
            "CONDITIONS_UNREAD", f"Conditions that are no codes in {where}: {some([*found.conditions])}.", remedy
        )
    if found.codes:
        remedy = "Add such patients under opaque codes (/ccm patients); coordinators and leads end the old enrollments."
        yield warning("CODES_NOT_OPAQUE", f"Codes of {where} that say something of the patient: {found.codes}.", remedy)
    if found.days:
        said = [f"{kind.replace('_', ' ')} {day}" for _, kind, day in found.days]
        remedy = "Take each back with withdrawn=yes (docs/importing.md), and record it anew with its true date."
        yield warning("DATES_UNLIKELY", f"Facts of {where} on days that cannot be: {some(said)}.", remedy)


def set_up_is_complete(setup: Setup) -> Iterator[Finding]:
    """Yield whether each practice has teams with channels, people with roles, and patients.

    Where one has not, the finding says what to enter, in order.
    """
    for practice in setup.practices:
        today = practice.local_date(setup.now())
        with setup.database.of(practice.practice_id).reading() as connection:
            steps = missing_steps(set_up_gaps(connection, practice, today))
        for step in steps:
            remedy = f"Type: {step.slack}, or run: {step.terminal}"
            yield warning(step.code, f"{practice.practice_id} is not set up: {step.missing}.", remedy)
        if not steps:
            yield ok("SET_UP", f"Nothing is missing in the set-up of {practice.practice_id}.")


def practice_is_attested(setup: Setup) -> Iterator[Finding]:
    """Yield whether each practice attested in the last year what an auditor asks of the practice itself."""
    for practice in setup.practices:
        with setup.database.of(practice.practice_id).reading() as connection:
            lacking = due(attestations(connection, practice), practice.local_date(setup.now()))
        if lacking:
            remedy = "Administrators record them once a year: /ccm attest, or: ccm attest"
            yield warning(
                "ATTESTATIONS_DUE", f"{practice.practice_id} has not attested all: {due_words(lacking)}.", remedy
            )
        else:
            yield ok("ATTESTATIONS", f"{practice.practice_id} attested all that is attested once a year.")


def messages_are_planned(setup: Setup) -> Iterator[Finding]:
    """Yield when the next message of each kind comes."""
    at = setup.now()
    for practice in setup.practices:
        with setup.database.of(practice.practice_id).reading() as connection:
            planned = plans(practice, teams(connection, practice.practice_id))
        for plan in planned:
            comes, whose = plan.schedule.next_after(at), plan.team.name if plan.team else practice.practice_id
            if comes is None:
                remedy = "Type: /ccm settings digest_days"
                yield warning("NOTHING_PLANNED", f"{TITLES[plan.kind]} of {whose}: none is planned.", remedy)
            else:
                when = f"{formatting.day(comes.date())} at {formatting.clock(comes)} ({comes.tzname()})"
                yield ok("NEXT", f"{TITLES[plan.kind]} of {whose}: next on {when}.")


def nothing_waits_too_long(setup: Setup) -> Iterator[Finding]:
    """Yield whether what is due was posted, and whether somebody watches the clock at all."""
    at = setup.now()
    for practice in setup.practices:
        with setup.database.of(practice.practice_id).reading() as connection:
            late = [one for one in waiting_of(connection, practice, at=at) if at - one.scheduled_at > 2 * LEASE]
            watched = connection.scalar(
                select(WatchRow.watched_until).where(WatchRow.practice_id == practice.practice_id)
            )
        for one in late:
            minutes = round((at - one.scheduled_at).total_seconds() / 60)
            yield problem(
                "MESSAGE_WAITS",
                f"{TITLES[one.kind]} of {one.team_id or practice.practice_id}: due for {minutes} minutes, not posted.",
                f"{_PROCESS} The line digest_not_delivered says why Slack refuses one.",
            )
        if watched is None or at - watched > WATCHED_EVERY:
            since = f"since {watched:%Y-%m-%d %H:%M} UTC" if watched else "so far"
            yield warning("NOBODY_WATCHES", f"No process has run the jobs of {practice.practice_id} {since}.", _PROCESS)
        elif not late:
            yield ok("QUEUES", f"Nothing that is due in {practice.practice_id} waits.")


def _sample(connection: Connection, practice: Practice) -> list[str]:
    codes = patient_codes(connection, practice.practice_id)
    return random.sample(codes, min(SAMPLE, len(codes)))
