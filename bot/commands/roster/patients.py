"""``/ccm patients [CODE]``: the roster of patients, and the form that adds or changes one."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import Connection

from bot.commands.call import Call
from bot.commands.command import Command, Paging
from bot.commands.roster.shared import (
    FormAnswer,
    answered_beside,
    team_ids,
    team_names,
    team_words,
    teams_named,
    with_day,
)
from bot.permissions import ADMINISTERING
from bot.views import formatting
from bot.views.forms.inputs import YES
from bot.views.forms.patient import LABELS, patient_form
from bot.views.forms.pickers import team_word
from bot.views.forms.roster_inputs import Filled
from bot.views.help import Topic
from bot.views.reply import OpenForm, Reply, page_count, paged
from bot.views.roster import PATIENTS_PAGE, kept_by, patients_list, saved_view
from ledger.errors import LedgerError
from ledger.roster.changes import save_patient
from ledger.roster.directory import Team, find_codes, people, teams
from ledger.roster.lists import ROWS_PER_PAGE, blockers_of, patient_columns, patients_page


def patients(call: Call) -> Reply | OpenForm:
    """Return the list of all patients or of a team's, or the form of the patient whom the call names.

    Raises:
        LedgerError: For words that name neither.
    """
    with call.database.reading() as connection:
        known = teams(connection, call.practice.practice_id)
        asked = call.text.strip()
        is_team = any(team.name.lower() == asked.lower() for team in known)
        codes = [] if is_team or " " in asked else find_codes(connection, call.practice.practice_id, asked)
    if len(codes) == 1:
        return open_patient(call, codes[0])
    if codes:
        listed = ", ".join(codes)
        raise LedgerError("CODE_AMBIGUOUS", f'"{asked}" may be {listed}.', f"For example: /ccm patients {codes[0]}")
    return patients_at_page(call, 0)


def patients_at_page(call: Call, page: int) -> Reply:
    """Page ``page`` (from 0) of the list that ``call.text`` asks for."""
    with call.database.reading() as connection:
        known = teams(connection, call.practice.practice_id)
        team = _team(call.text.strip(), known)
        found = patients_page(
            connection, call.practice, team_id=team.team_id if team else None, page=page, today=call.today
        )
        names = {person.staff_id: person.name for person in people(connection, call.practice.practice_id)}
    pages = page_count(found.total, ROWS_PER_PAGE)
    shown = patients_list(found, scope=team.name if team else "all teams", staff=names)
    return paged(shown, PATIENTS_PAGE, found.begin // ROWS_PER_PAGE, pages, {"text": call.text})


def _team(asked: str, known: Sequence[Team]) -> Team | None:
    """Return the team of that name, or the only one whose name begins so; None where nothing was asked."""
    if not asked:
        return None
    found = teams_named(known, asked)
    if len(found) == 1:
        return found[0]
    listed = ", ".join(team.name for team in found or known) or "none yet"
    raise LedgerError(
        "PATIENT_OR_TEAM_UNKNOWN",
        f'"{asked}" is no patient and no team.' if not found else f'"{asked}" may be {listed}.',
        f"Teams: {listed}. To add a patient: /ccm patients, then Add a patient.",
    )


def open_patient(call: Call, code: str | None) -> OpenForm:
    """Return the form of the patient with that code, or an empty one for a new patient where ``code`` is None."""
    if code is None:
        return OpenForm(patient_form(Filled({"risk_documented": YES})))
    with call.database.reading() as connection:
        known = patient_columns(connection, call.practice.practice_id, code)
        names = {person.staff_id: person.name for person in people(connection, call.practice.practice_id)}
    by, word = known.billing_practitioner or "", team_word(known.team.team_id)
    cells = {
        "team": word,
        "billing_practitioner": by,
        "conditions": "\n".join(known.conditions),
        "risk_documented": YES if known.risk_documented else "",
        "place_of_service": known.place_of_service or "",
    }
    return OpenForm(patient_form(Filled(cells, {word: known.team.name, by: f"{by} · {names.get(by, '')}"}, code)))


def submit_patient(call: Call, filled: Filled) -> FormAnswer:
    """Save what the form says and answer with what that changed, or with what is wrong, by input."""
    return answered_beside(lambda: save_patient_form(call, filled), filled, LABELS)


def save_patient_form(call: Call, filled: Filled) -> OpenForm:
    """Return the view that tells what was saved; raises ``RosterRefusedError``."""
    cells = with_day({**filled.cells, "risk_documented": filled.cells["risk_documented"] or "no"})
    with call.database.writing() as connection:
        known = team_words(connection, call)
        receipt = save_patient(
            connection,
            call.practice,
            cells,
            team_ids(known),
            key=filled.key,
            request=call.request({"patient": filled.key, "cells": cells}),
            at=call.at,
            by=call.person.staff_id,
            confirmed=filled.confirmed,
        )
        lines = _standing(call, connection, receipt.key)
    if receipt.outcome == "added":
        given = [
            f"• {LABELS[name]}: {formatting.escaped(cells[name].replace(';', ', '))}" for name in _FACTS if cells[name]
        ]
        lines = [*given, *lines]
        receipt = replace(receipt, patient_codes=())
    return OpenForm(saved_view(receipt, LABELS, teams=team_names(known), lines=lines), frozenset({receipt.key}))


_FACTS = (
    "programs",
    "enrolled_on",
    "consent_date",
    "consent_form",
    "initiating_visit_date",
    "initiating_visit_type",
    "care_plan_date",
)


def _standing(call: Call, connection: Connection, code: str) -> list[str]:
    kept = kept_by(blockers_of(connection, call.practice, [code], call.today)[code])
    return [
        f"Kept from billing this month by: *{kept}*. Everything about it: `/ccm patient {formatting.escaped(code)}`"
    ]


PATIENTS = Command(
    "patients",
    ADMINISTERING,
    patients,
    Topic(
        "patients [CODE|TEAM]",
        "The roster of patients: who is on it, what keeps each from being billed; add one or change one.",
        ("/ccm patients", "/ccm patients P-1042", "/ccm patients Blue Team"),
        (
            "Conditions are ICD-10-CM codes in any usual spelling (`E11.9, I10`); where none is known they stay empty.",
            "A change holds from today; the form takes another day. What held on a month's last day decides the month.",
            "A code says nothing of the person: no number of theirs, no name with a year. Dates are of 2015 and later.",
        ),
    ),
    saves=False,
    paging=Paging(PATIENTS_PAGE, patients_at_page),
)
