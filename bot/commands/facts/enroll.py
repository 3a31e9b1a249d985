"""``/ccm enroll``: the enrollment in a program, or its end."""

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
from ledger.patients.fact_values import EndReason
from ledger.patients.facts import Fact
from ledger.practice.practice import Practice
from ledger.roster.directory import enrolled_since
from ledger.rules.rulebook import known_programs


def begun(call: Call, connection: Connection, line: FactLine, corrects: Fact | None) -> FactLine | Refusal:
    """Without a date it begins today; an end alone is that of the enrollment which the patient has.

    The one that is corrected is none: it may begin on another day.
    """
    code, on = line.patient_code or "", line.first_day or call.today
    if line.choice is not None and line.last_day is None:
        words = "Say until when: the reason is why the enrollment ended."
        return Refusal((Complaint("to", words),), line, replace(line, last_day=call.today))
    since = enrolled_since(connection, call.practice, code, on).get(line.program or known_programs()[0])
    if corrects is not None and since == corrects.on_date and line.program == corrects.subject:
        since = None
    is_end_alone = line.first_day is None and line.last_day is not None
    if is_end_alone and since is None:
        words = f"{code} is not enrolled in {line.program}, so there is nothing to end. Say since when it was."
        return _refused("from", words, line, replace(line, first_day=call.today, last_day=None))
    if since is None or since == line.first_day or is_end_alone:
        return replace(line, first_day=since or on)
    words = f"{code} is enrolled in {line.program} already, since {since}. To end that, begin there and say until when."
    return _refused("from", words, replace(line, first_day=since), replace(line, first_day=None, last_day=call.today))


def _refused(column: str, words: str, line: FactLine, example: FactLine) -> Refusal:
    return Refusal((Complaint(column, words),), line, example)


def in_words(fact: Fact, _practice: Practice) -> list[str]:
    """Return what the fact says, part by part; an empty part says nothing."""
    ending = f"until {formatting.full_day(fact.until_date)}" if fact.until_date else ""
    reason = str(fact.details.get("reason", "")).replace("_", " ")
    return [f"{fact.subject} enrollment", f"from {formatting.full_day(fact.on_date)}", ending, reason]


ENDS = "To end one, say its program, until when and why: `died`, `moved`, `declined`, `other practice` or `other`."

ENROLL = FactKeeper(
    roles=KEEPING_FACTS,
    topic=Topic(
        "enroll CODE PROGRAM [DATE] [until DATE [REASON]]",
        "Records the enrollment in a program, or its end and why it ended.",
        ("/ccm enroll P-1042 pcm", "/ccm enroll P-1042 rpm 2026-11-02 until today moved"),
        (DATES, PROGRAMS, ENDS, ANY_ORDER),
    ),
    form=FactForm(
        shapes.ENROLL,
        "Record enrollment",
        (
            ProgramInput(),
            DayInput(column="from", attribute="first_day", label="From", is_now=True),
            DayInput(column="to", attribute="last_day", label="Until", hint="Only where it ends.", optional=True),
            ChoiceInput(
                column="reason",
                label="Why it ended",
                optional=True,
                choices={
                    EndReason.DIED: "died",
                    EndReason.MOVED: "moved away",
                    EndReason.DECLINED: "declined further care management",
                    EndReason.OTHER_PRACTICE: "goes to another practice",
                    EndReason.OTHER: "other",
                },
            ),
        ),
    ),
    file="enrollments",
    says=in_words,
    fill=begun,
)
"""The command, its form and its rules."""
