"""``/ccm consent``: the consent to a program, or that it was revoked."""

from dataclasses import replace

from sqlalchemy import Connection

from bot.commands.call import Call
from bot.commands.facts.shared import ANY_ORDER, DATES, PROGRAMS, FactKeeper, Refusal
from bot.grammar import fact_vocabulary as shapes
from bot.grammar.fact_line import FactLine
from bot.permissions import KEEPING_FACTS
from bot.views import formatting
from bot.views.forms.fact import Complaint, FactForm
from bot.views.forms.fact_inputs import ChoiceInput, DayInput, ProgramInput
from bot.views.help import Topic
from ledger.patients.fact_values import ConsentForm
from ledger.patients.facts import Fact
from ledger.practice.practice import Practice
from ledger.roster.directory import enrolled_programs
from ledger.rules.rulebook import known_programs


def program_of(call: Call, connection: Connection, line: FactLine, _corrects: Fact | None) -> FactLine | Refusal:
    """Without a program it is to the only one that the patient is enrolled in on that day, or else today."""
    line = replace(line, first_day=line.first_day or call.today)
    if line.program:
        return line
    code, on = line.patient_code or "", line.first_day or call.today
    programs = enrolled_programs(connection, call.practice, code, on)
    programs = programs or enrolled_programs(connection, call.practice, code, call.today)
    example = replace(line, program=next(iter(programs), known_programs()[0]))
    if len(programs) == 1:
        return example
    enrolled = " and ".join(programs) or "no program"
    words = f"{code} is enrolled in {enrolled}: which program is the consent to? Name it."
    return Refusal((Complaint("program", words),), line, example)


def in_words(fact: Fact, _practice: Practice) -> list[str]:
    """Return what the fact says, part by part; an empty part says nothing."""
    ending = f"revoked {formatting.full_day(fact.until_date)}" if fact.until_date else ""
    return [f"{fact.subject} consent, {fact.details['form']}", formatting.full_day(fact.on_date), ending]


CONSENT = FactKeeper(
    roles=KEEPING_FACTS,
    topic=Topic(
        "consent CODE [DATE] verbal|written [PROGRAM] [revoked DATE]",
        "Records the consent to a program, or that it was revoked.",
        ("/ccm consent P-1042 yesterday verbal", "/ccm consent P-1042 2026-01-12 written ccm revoked yesterday"),
        (DATES, f"{PROGRAMS}; not needed where the patient has one program", ANY_ORDER),
    ),
    form=FactForm(
        shapes.CONSENT,
        "Record consent",
        (
            ChoiceInput(
                column="form",
                label="How it was given",
                choices={ConsentForm.VERBAL: "Verbal", ConsentForm.WRITTEN: "Written"},
            ),
            DayInput(column="date", attribute="first_day", label="Given on", is_now=True),
            ProgramInput(hint="Not needed where the patient has one program.", optional=True),
            DayInput(
                column="revoked",
                attribute="last_day",
                label="Revoked on",
                hint="Only where it was revoked.",
                optional=True,
            ),
        ),
    ),
    file="consents",
    says=in_words,
    fill=program_of,
)
"""The command, its form and its rules."""
