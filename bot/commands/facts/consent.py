"""``/ccm consent``: the consent to a program, or that it was revoked."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import Connection

from bot.commands.call import Call
from bot.commands.facts.shared import ANY_ORDER, DATES, PROGRAMS, FactKeeper, Refusal
from bot.grammar import fact_vocabulary as shapes
from bot.grammar.fact_line import FactLine
from bot.permissions import KEEPING_FACTS
from bot.views import formatting
from bot.views.forms.fact import Complaint, FactForm
from bot.views.forms.fact_inputs import BoxesInput, ChoiceInput, DayInput, ProgramInput, StaffInput
from bot.views.forms.pickers import CONSENT_PRACTITIONER, CONSENT_TAKER
from bot.views.help import Topic
from ledger.patients.fact_values import CONSENT_POINTS, ConsentForm, ConsentPoint
from ledger.patients.facts import Fact
from ledger.practice.practice import Practice
from ledger.roster.directory import enrolled_programs
from ledger.rules.records import SAID_WORDS
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
    to, by = (fact.details.get(name) for name in ("practitioner", "by"))
    return [
        f"{fact.subject} consent, {fact.details['form']}",
        formatting.full_day(fact.on_date),
        ending,
        f"with {formatting.escaped(to)}" if to else "",
        f"taken by {formatting.escaped(by)}" if by else "",
        _said(fact.details.get("said")),
    ]


def _said(points: Sequence[str] | None) -> str:
    if points is None:
        return ""
    if set(points) == set(CONSENT_POINTS):
        return "all four things said"
    return f"said: {', '.join(point.replace('_', ' ') for point in points) or 'none of the four things'}"


SAID = {point: SAID_WORDS[point].capitalize() for point in ConsentPoint}

CONSENT = FactKeeper(
    roles=KEEPING_FACTS,
    topic=Topic(
        "consent CODE [DATE] verbal|written [PROGRAM] [with STAFF] [by STAFF] [all said] [revoked DATE]",
        "Records the consent to a program and its practitioner, or that it was revoked.",
        (
            "/ccm consent P-1042 yesterday verbal all said",
            "/ccm consent P-1042 11/03 written with doctor1 by nurse1 said:service,cost-sharing",
            "/ccm consent P-1042 2026-01-12 written ccm revoked yesterday",
        ),
        (
            DATES,
            f"{PROGRAMS}; not needed where the patient has one program",
            "*with* the practitioner, *by* who took it: without them the patient's billing practitioner, and you.",
            "*said* `service`, `cost-sharing`, `one-practitioner`, `may-stop`; `all said` where all four were (W15).",
            ANY_ORDER,
        ),
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
            BoxesInput(column="said", attribute="said", label="What was said", choices=SAID),
            ProgramInput(hint="Not needed where the patient has one program.", optional=True),
            StaffInput(
                column="practitioner",
                attribute="practitioner",
                label="Practitioner",
                hint="Empty: the patient's billing practitioner.",
                finds=CONSENT_PRACTITIONER,
            ),
            StaffInput(column="by", attribute="taken_by", label="Taken by", hint="Empty: you.", finds=CONSENT_TAKER),
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
