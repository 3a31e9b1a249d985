"""``/ccm staff [PERSON]``: the people of the practice, and the form that adds or changes one."""

import re
from typing import Any

from bot.commands.call import Call
from bot.commands.command import Command, Listing, Paging
from bot.commands.roster.shared import (
    PATIENTS_AT_ONCE,
    FormAnswer,
    SaveLater,
    answered_beside,
    team_ids,
    team_names,
    team_words,
    with_day,
)
from bot.permissions import ADMINISTERING
from bot.views.blocks import Block
from bot.views.forms.inputs import YES
from bot.views.forms.person import LABELS, person_form
from bot.views.forms.pickers import team_word
from bot.views.forms.roster_inputs import Filled
from bot.views.help import Topic
from bot.views.history import history_data, history_lines
from bot.views.reply import OpenForm, Reply, header, nearest_page, page_count, paged, sections
from bot.views.roster import STAFF_PAGE, saved_view, staff_list, value_words
from ledger.errors import LedgerError
from ledger.patients.roster_history import DATED as DATED_COLUMNS
from ledger.patients.roster_history import STAFF as PEOPLE
from ledger.patients.roster_history import History, histories
from ledger.roster.changes import draft_person, patients_to_evaluate, save_person
from ledger.roster.directory import Person, people, person_by_id, person_named, teams
from ledger.roster.lists import ROWS_PER_PAGE, find_people, npi_of, terms_of
from ledger.values.credentials import credential_meant

_MENTION = re.compile(r"<@(?P<user>[UW][A-Z0-9]+)(\|[^>]*)?>")
_SLACK_ID = re.compile(r"[UW][A-Z0-9]{5,}")


def staff(call: Call) -> Reply | OpenForm:
    """Return the list of people, or the form of the one whom the call names.

    A person is named by id, Slack id, mention or the beginning of a name.
    A Slack id of nobody on the staff opens the form that adds them; a beginning that several have lists those.

    Raises:
        LedgerError: For words that name nobody.
    """
    word = _word(call.text)
    if not word:
        return staff_at_page(call, 0)
    with call.database.reading() as connection:
        found = find_people(connection, call.practice.practice_id, word)
    if len(found) == 1:
        return open_person(call, found[0].staff_id)
    if found:
        return staff_at_page(call, 0)
    if _SLACK_ID.fullmatch(word):
        return open_new_person(slack_user_id=word)
    raise LedgerError(
        "STAFF_UNKNOWN",
        f'"{word}" is no staff id and the beginning of no name.',
        "Everybody: /ccm staff. To add somebody by Slack id: /ccm staff U0123ABCD",
    )


def _word(typed: str) -> str:
    mention = _MENTION.fullmatch(typed.strip())
    return mention["user"] if mention else typed.strip().removeprefix("@")


def staff_at_page(call: Call, page: int) -> Reply:
    """Page ``page`` (from 0) of the people whom ``call.text`` asks for."""
    word = _word(call.text)
    with call.database.reading() as connection:
        mine = call.practice.practice_id
        found = find_people(connection, mine, word) if word else people(connection, mine)
        names = {team.team_id: team.name for team in teams(connection, mine)}
    pages = page_count(len(found), ROWS_PER_PAGE)
    page = nearest_page(page, len(found), ROWS_PER_PAGE)
    begin = page * ROWS_PER_PAGE
    title = f"Staff · {word}…" if word else "Staff"
    shown = staff_list(
        found[begin : begin + ROWS_PER_PAGE], begin, len(found), title=title, teams=names, today=call.today
    )
    return paged(shown, STAFF_PAGE, page, pages, {"text": call.text})


def open_person(call: Call, staff_id: str) -> OpenForm:
    """Return the form of the staff member with that id.

    Raises:
        LedgerError: Where there is none.
    """
    with call.database.reading() as connection:
        person = person_by_id(connection, call.practice.practice_id, staff_id)
        terms = terms_of(connection, call.practice.practice_id, staff_id)
        npi = npi_of(connection, call.practice.practice_id, staff_id)
        names = {team.team_id: team.name for team in teams(connection, call.practice.practice_id)}
    cells = {
        "slack_user_id": person.slack_user_id or "",
        "name": person.name,
        "credential": credential_meant(person.credential, call.practice.policy.qualifying_credentials)
        or person.credential,
        "roles": ";".join(sorted(person.roles)),
        "teams": ";".join(team_word(team_id) for team_id in person.team_ids),
        "active_from": person.active_from.isoformat() if person.active_from else "",
        "active_to": person.active_to.isoformat() if person.active_to else "",
        "supervised": YES if terms.supervised else "",
        "employed": YES if terms.employed else "",
        "npi": npi or "",
    }
    labels = {team_word(team_id): names[team_id] for team_id in person.team_ids if team_id in names}
    return OpenForm(person_form(Filled(cells, labels, staff_id)))


def open_new_person(*, slack_user_id: str = "", name: str = "") -> OpenForm:
    """Return the form that adds somebody, prefilled with what Slack says of them."""
    return OpenForm(
        person_form(Filled({"slack_user_id": slack_user_id, "name": name, "supervised": YES, "employed": YES}))
    )


def submit_person(call: Call, filled: Filled) -> FormAnswer:
    """Save what the form says and answer with what that changed, or with what is wrong, by input.

    Where the months of many patients depend on it, nothing is saved yet: ``save_person_form`` does it.
    """

    def save() -> FormAnswer:
        if filled.key is None:
            return save_person_form(call, filled)
        with call.database.reading() as connection:
            known = team_ids(team_words(connection, call))
            draft = draft_person(connection, call.practice, _cells(filled), known, key=filled.key, on=call.today)
            touched = len(patients_to_evaluate(connection, call.practice, draft.key, draft.values, draft.from_date))
        return SaveLater(touched) if touched > PATIENTS_AT_ONCE else save_person_form(call, filled)

    return answered_beside(save, filled, LABELS)


def save_person_form(call: Call, filled: Filled) -> OpenForm:
    """Return the view that tells what was saved; raises ``RosterRefusedError``."""
    cells = _cells(filled)
    with call.database.writing() as connection:
        known = team_words(connection, call)
        receipt = save_person(
            connection,
            call.practice,
            cells,
            team_ids(known),
            key=filled.key,
            request=call.request({"person": filled.key, "cells": cells}),
            at=call.at,
            by=call.person.staff_id,
            confirmed=filled.confirmed,
        )
    return OpenForm(saved_view(receipt, LABELS, teams=team_names(known)), frozenset(receipt.patient_codes))


def _cells(filled: Filled) -> dict[str, str]:
    ticked = {name: filled.cells.get(name) or "no" for name in ("supervised", "employed")}
    return with_day({**filled.cells, **ticked})


def staff_history(call: Call) -> list[Block]:
    """Return what held of the person whom the call names from which day on."""
    person, history = _found_history(call)
    with call.database.reading() as connection:
        names = {team.team_id: team.name for team in teams(connection, call.practice.practice_id)}

    def said(column: str, value: Any) -> str:
        return value_words(column, value, names)

    title = f"{person.staff_id} · {person.name}"
    return [header(title), *sections(history_lines(history, DATED_COLUMNS[PEOPLE], LABELS, said, all_of_it=True))]


def _history_data(call: Call) -> Any:
    person, history = _found_history(call)
    return {"staff": person.staff_id, "history": history_data(history, DATED_COLUMNS[PEOPLE])}


def _found_history(call: Call) -> tuple[Person, History]:
    if not call.text.strip():
        raise LedgerError("STAFF_MISSING", "Which person?", "For example: ccm staff nurse1")
    with call.database.reading() as connection:
        mine = call.practice.practice_id
        person = person_named(connection, mine, _word(call.text))
        return person, histories(connection, mine, PEOPLE, [person.staff_id])[person.staff_id]


STAFF = Command(
    "staff",
    ADMINISTERING,
    staff,
    Topic(
        "staff [PERSON]",
        "The people with their roles and teams; add one or change one. By id, Slack id or beginning of a name.",
        ("/ccm staff", "/ccm staff lead1"),
        (
            "An id is found in any case; none differs from another in case alone. No credential: no time counts.",
            "A change holds from today; the form takes another day. What held on the date of service decides.",
            "Who gets a last day is named with the patients who need another; a form below the list gives them to one.",
            "What a change costs in months that are not closed is said before it is saved.",
        ),
    ),
    saves=False,
    paging=Paging(STAFF_PAGE, staff_at_page),
    terminal=Listing("ccm staff nurse1", staff_history, _history_data),
)
