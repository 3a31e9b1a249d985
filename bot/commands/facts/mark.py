"""``/ccm mark``: what else is billed for a month, and so excludes a program (R2, BILLED_ELSEWHERE)."""

from dataclasses import replace

from sqlalchemy import Connection

from bot.commands.call import Call
from bot.commands.facts.shared import ANY_ORDER, PROGRAMS, FactKeeper
from bot.grammar import fact_vocabulary as shapes
from bot.grammar.fact_line import FactLine
from bot.permissions import BILLING
from bot.views import formatting
from bot.views.forms.fact import FactForm
from bot.views.forms.fact_inputs import MenuInput, MonthInput, ProgramInput, TickInput
from bot.views.help import Topic
from ledger.clock import month_of
from ledger.patients.fact_values import Mark, Service
from ledger.patients.facts import Fact, FactKind
from ledger.practice.practice import Practice
from ledger.rules.rulebook import other_services


def of_this_month(call: Call, _connection: Connection, line: FactLine, _corrects: Fact | None) -> FactLine:
    """Return the line with this month in place of one that it leaves out."""
    return replace(line, month=line.month or month_of(call.today))


def in_words(fact: Fact, _practice: Practice) -> list[str]:
    """Return what the fact says, part by part; an empty part says nothing."""
    what = {
        FactKind.APCM: "APCM billed by this practice",
        FactKind.BILLED_ELSEWHERE: f"{fact.subject} billed by another practice",
    }
    service = f"{fact.subject}, {other_services().get(fact.subject, 'other service')}, billed by this practice"
    return [what.get(fact.kind, service), formatting.month_name(fact.on_date)]


MARK = FactKeeper(
    roles=BILLING,
    topic=Topic(
        "mark CODE MARK [MONTH] [undo]",
        "Marks a month with another service that excludes care management, or takes the mark back.",
        (
            "/ccm mark P-1042 G0181",
            "/ccm mark P-1042 elsewhere ccm last",
            "/ccm mark P-1042 apcm last undo",
        ),
        (
            (
                "*MARK* `G0181`, `G0182` (care-plan oversight) or `90951` to `90970` (ESRD), billed by this practice's "
                "practitioner: they exclude CCM; `apcm` billed by this practice; `elsewhere` and the program that "
                "another practice bills (R2)"
            ),
            f"{PROGRAMS}; with `elsewhere` alone",
            "*MONTH* `this`, `last`, `nov`, `2026-11`; without one it is this month.",
            ANY_ORDER,
        ),
    ),
    form=FactForm(
        shapes.MARK,
        "Mark a month",
        (
            MenuInput(
                column="mark",
                label="What is billed",
                choices={
                    Mark.BILLED_ELSEWHERE: "A program, by another practice",
                    Mark.APCM: "APCM, by this practice",
                    **{Service(code): f"{code}, {title}" for code, title in other_services().items()},
                },
            ),
            ProgramInput(hint="Only where another practice bills it.", optional=True),
            MonthInput(is_now=True),
            TickInput(column="withdrawn", attribute="withdrawn", label="Undo", said="Take this mark back"),
        ),
    ),
    file="marks",
    says=in_words,
    fill=of_this_month,
)
"""The command, its form and its rules."""
