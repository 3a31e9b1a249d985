"""``/ccm patient CODE [MONTH]``: the statement; ``/ccm patient CODE facts``: all that was recorded."""

from datetime import date
from functools import partial
from typing import Any

from sqlalchemy import Connection

from bot.commands.call import Call
from bot.commands.command import Command, Listing, Paging
from bot.commands.facts.listing import facts_data, facts_of_month, shown_facts
from bot.grammar.months import parse_month
from bot.permissions import EVERYBODY, for_reader, may
from bot.views.blocks import Block
from bot.views.closing import closed_line
from bot.views.fact_list import fact_pages, short_lines
from bot.views.forms.patient import LABELS
from bot.views.help import Topic
from bot.views.history import history_data, history_lines
from bot.views.patient import PAGE, statement_pages
from bot.views.reply import Reply, joined, nearest_page
from bot.views.roster import value_words
from ledger.cases import statement_json
from ledger.clock import month_of
from ledger.errors import LedgerError
from ledger.months.crowded_days import told_of_crowded_days
from ledger.months.patient_months import EvaluatedMonth, statement_of, unknown_patient
from ledger.patients.roster_history import DATED, PATIENTS, History, histories
from ledger.recording.stored_entries import corrections_of
from ledger.reports.month_lists import months_of_patient
from ledger.roster.directory import find_codes, people, team_of_patient, teams

EXAMPLE = "For example: /ccm patient P-1042 nov"
FACTS = frozenset({"facts", "fact"})
"""The words behind a code that ask for what was recorded in place of a month."""


def patient(call: Call, page: int = 0) -> Reply:
    """Return a page (from 0) of the statement, or of the facts.

    Raises:
        LedgerError: Where the words name no patient or no month.
    """
    pages = patient_pages(call)
    return pages[nearest_page(page, len(pages))]


def patient_pages(call: Call) -> list[Reply]:
    """Return all pages of the statement or of the facts; raises as ``patient`` does."""
    if _asks_for_facts(call):
        return _fact_pages(call)
    code, month, evaluated = find_statement(call)
    with call.database.reading() as connection:
        team = team_of_patient(connection, call.practice.practice_id, code)
        names = {person.staff_id: person.name for person in people(connection, call.practice.practice_id)}
        corrections = corrections_of(connection, call.practice.practice_id, code, month)
        months = months_of_patient(connection, call.practice, code)
        history = patient_history(connection, call.practice.practice_id, code)
        team_names = {team.team_id: team.name for team in teams(connection, call.practice.practice_id)}
        recorded = facts_of_month(call, connection, code, month)

    def said(column: str, value: Any) -> str:
        return value_words(column, names.get(value, value) if column == "billing_practitioner" else value, team_names)

    return statement_pages(
        code,
        team.name,
        evaluated.facts,
        evaluated.statement,
        corrections=corrections,
        staff=lambda staff_id: names.get(staff_id, staff_id),
        address={"text": f"{code} {month:%Y-%m}"},
        may=partial(may, call.person),
        told=partial(for_reader, call.person),
        months=[*months, month_of(call.today)],
        closed=closed_line(evaluated.closing, call.practice) if evaluated.closing else "",
        history=history_lines(history, DATED[PATIENTS], LABELS, said),
        recorded=short_lines(*recorded),
    )


def patient_history(connection: Connection, practice_id: str, code: str) -> History:
    """Return what the roster has of the patient by days."""
    return histories(connection, practice_id, PATIENTS, [code]).get(code, History())


def all_facts(call: Call) -> Reply:
    """Return the first page of all that was recorded of the patient whom the call names; raises as ``patient`` does."""
    return _fact_pages(call)[0]


def _asks_for_facts(call: Call) -> bool:
    return call.text.lower().partition(" ")[2].strip() in FACTS


def _fact_pages(call: Call) -> list[Reply]:
    with call.database.reading() as connection:
        code = _code(call, connection)
        team = team_of_patient(connection, call.practice.practice_id, code)
        facts = shown_facts(call, connection, code)
    return fact_pages(code, team.name, facts, paging=PAGE, address={"text": f"{code} facts"})


def find_statement(call: Call) -> tuple[str, date, EvaluatedMonth]:
    """Return the patient's code, the month and the statement that the call asks for.

    Raises:
        LedgerError: CODE_MISSING, CODE_AMBIGUOUS.
    """
    words = call.text.split(maxsplit=1)
    month = parse_month(words[1], today=call.today) if len(words) > 1 else month_of(call.today)
    if not isinstance(month, date):
        raise LedgerError(month.code, month.message, EXAMPLE)
    with call.database.reading() as connection:
        code = _code(call, connection)
        evaluated = {code: statement_of(connection, call.practice, code, month)}
        return code, month, told_of_crowded_days(connection, call.practice, month, evaluated)[code]


def _code(call: Call, connection: Connection) -> str:
    """Return the code of the patient whom the first word of the call names.

    Raises:
        LedgerError: CODE_MISSING, CODE_AMBIGUOUS, PATIENT_UNKNOWN.
    """
    words = call.text.split(maxsplit=1)
    if not words:
        raise LedgerError("CODE_MISSING", "Which patient?", EXAMPLE)
    codes = find_codes(connection, call.practice.practice_id, words[0])
    if len(codes) > 1:
        raise LedgerError(
            "CODE_AMBIGUOUS",
            f"{words[0]} may be {', '.join(codes)}.",
            f"Type the whole code: /ccm patient {codes[0]}",
        )
    if not codes:
        raise unknown_patient(words[0])
    return codes[0]


def _printed(call: Call) -> list[Block]:
    """Return the statement, or all facts, as one answer."""
    first, *others = patient_pages(call)
    if not _asks_for_facts(call):
        return joined([first, *others])
    more = [block for page in others for block in page.blocks if block["type"] == "section"]
    return [block for block in (*first.blocks, *more) if block["type"] in {"header", "section"}]


def _data(call: Call) -> Any:
    """Return the statement and the facts behind it for a program, or the facts alone."""
    if _asks_for_facts(call):
        with call.database.reading() as connection:
            code = _code(call, connection)
            return {"patient": code, "facts": facts_data(call, connection, code)}
    code, _, evaluated = find_statement(call)
    with call.database.reading() as connection:
        history = patient_history(connection, call.practice.practice_id, code)
        facts = facts_data(call, connection, code)
    return {
        "patient": code,
        **statement_json(evaluated.statement),
        "closing": evaluated.closing,
        "facts": facts,
        "history": history_data(history, DATED[PATIENTS]),
    }


PATIENT = Command(
    "patient",
    EVERYBODY,
    patient,
    Topic(
        "patient CODE [MONTH|facts]",
        "The statement: minutes, codes, what is missing, every entry counted or excluded and why.",
        ("/ccm patient P-1042", "/ccm patient P-1042 last", "/ccm patient P-1042 facts"),
        ("*facts* All that was recorded of the patient, by whom and when; its buttons correct and withdraw it.",),
    ),
    saves=False,
    paging=Paging(PAGE, patient),
    terminal=Listing("ccm patient P-1042 last", _printed, _data),
)
