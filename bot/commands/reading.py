"""What a line would be understood as: ``/ccm log`` followed by ``?``, and ``ccm log --dry-run``; nothing is saved."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection

from bot.commands.call import Call
from bot.grammar.log_line import LogLine
from bot.views.formatting import ACTIVITY_WORDS, CONTACT_WORDS, clock, escaped, full_day
from bot.views.reply import Reply, context, sections
from ledger.errors import ConfirmationNeededError, LedgerError, ProgramMissingError
from ledger.roster.directory import program_for_entry
from ledger.rules.facts import Activity, Contact, Program

_NAMES = {
    "patient_code": "patient",
    "duration_minutes": "minutes",
    "started_at": "start",
    "date_of_service": "date",
}
_ASKED_ABOUT = {"LONG_ENTRY": "minutes"}
_REFUSED = {"NOTE_TOO_LONG": "note", "IDENTIFIER_IN_TEXT": "note", "MONTH_CLOSED": "date", "OVERLAP": "start"}


@dataclass(frozen=True, slots=True)
class Understood:
    """What a line says, field by field; None where it says nothing or what it says is asked about."""

    patient: str | None
    minutes: int | None
    activity: Activity | None
    contact: Contact | None
    date: date | None
    start: datetime | None
    end: datetime | None
    program: Program | None
    note: str


@dataclass(frozen=True, slots=True)
class Trouble:
    """What is wrong with a field, and an example of what would do."""

    field: str
    message: str
    example: str


@dataclass(frozen=True, slots=True)
class Reading:
    """A line as it would be saved; ``asks`` names the fields that a form or a question would ask for first."""

    understood: Understood
    asks: tuple[str, ...]
    problems: tuple[Trouble, ...]
    saved: bool = False


def read_line(
    call: Call, parse: Callable[[Connection], LogLine], save: Callable[[Connection, LogLine], object]
) -> Reading:
    """Return how the call's line is understood and what would be asked or refused.

    A complete line is saved by ``save`` as it always is, in a transaction that is taken back.
    """
    line, program, troubles, asks = LogLine(), None, list[Trouble](), list[str]()
    try:
        with call.database.trying() as connection:
            line = parse(connection)
            day = line.date_of_service or call.today
            program = line.program
            if line.patient_code is not None and program is None:
                program = program_for_entry(connection, call.practice, line.patient_code, day)
            if line.is_complete:
                save(connection, line)
    except ProgramMissingError as error:
        asks.append("program")
        troubles.append(Trouble("program", error.title, error.remedy))
    except ConfirmationNeededError as question:
        asks.append(_ASKED_ABOUT.get(question.code, "confirm"))
        troubles.append(Trouble(asks[-1], question.title, question.remedy))
    except LedgerError as error:
        troubles.append(Trouble(_REFUSED.get(error.code, "line"), error.title, error.remedy))
    unclear = [Trouble(_NAMES.get(each.field, each.field), each.message, each.example) for each in line.problems]
    missing = [_NAMES.get(field, field) for field in line.missing]
    asks = list(dict.fromkeys([*(each.field for each in unclear), *missing, *asks]))
    return Reading(_understood(line, program, call.today, asks), tuple(asks), (*unclear, *troubles))


def reading_card(reading: Reading) -> Reply:
    """Return what was understood, field by field, and what would be asked."""
    said = reading.understood
    start, end = (clock(each) if each else "" for each in (said.start, said.end))
    values = {
        "Patient": said.patient,
        "Length": f"{said.minutes} min" if said.minutes else None,
        "What": ACTIVITY_WORDS[said.activity] if said.activity else None,
        "How": CONTACT_WORDS[said.contact] if said.contact else None,
        "Day": full_day(said.date) if said.date else None,
        "Times": f"{start}–{end}" if start and end else start,
        "Program": said.program,
        "Note": escaped(said.note),
    }
    lines = ["*This is how the line would be read.* Nothing is saved."]
    lines += [f"• {name}: {value}" for name, value in values.items() if value]
    if reading.asks:
        lines.append(f"Would be asked: {', '.join(reading.asks)}.")
    lines += [f"• {escaped(each.message)} {escaped(each.example)}" for each in reading.problems]
    hint = "Send it without the question mark to save it." if not reading.problems else "Nothing would be saved yet."
    return Reply("How the line would be read; nothing is saved.", (*sections(lines), context(hint)))


def _understood(line: LogLine, program: Program | None, today: date, asks: list[str]) -> Understood:
    return Understood(
        patient=line.patient_code,
        minutes=None if "minutes" in asks and line.problems else line.duration_minutes,
        activity=line.activity,
        contact=line.contact,
        date=None if "date" in asks else line.date_of_service or today,
        start=line.started_at,
        end=line.ended_at,
        program=program,
        note=line.note,
    )
