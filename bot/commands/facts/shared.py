"""What the commands that record a fact about a patient share: from a line or a form to a receipt.

Each command has its own file with its topic and the inputs of its form. A line and a form are read by the same rules,
those of the import file of the same facts.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, partial

from sqlalchemy import Connection

from bot.commands.call import Call
from bot.commands.command import Command, Later
from bot.grammar.fact_line import FactLine, completed, format_fact, parse_fact
from bot.grammar.fact_vocabulary import Shape
from bot.views.fact import fact_receipt
from bot.views.fact_buttons import version_at
from bot.views.forms.fact import (
    Complaint,
    FactForm,
    cells_of,
    complaint_lines,
    errors_by_input,
    fact_form,
    line_of,
    values_of,
)
from bot.views.forms.fact_inputs import DayInput, TimeInput
from bot.views.reply import Answer, OpenForm, Reply, reply_view
from ledger.characters import characters
from ledger.errors import LedgerError
from ledger.patients.fact_history import FactVersion, fact_history
from ledger.patients.facts import Fact
from ledger.practice.practice import Practice
from ledger.recording.fact_reading import RATIONALE_CHARACTERS, FactRefusedError, read_fact
from ledger.recording.facts import FACT, FactReceipt, record_fact
from ledger.roster.directory import find_codes
from ledger.storage.idempotency import Request

DATES = "*DATE* `today`, `yesterday`, `mon` … `sun`, `11/03`, `2026-11-03`; without one it is today."
ANY_ORDER = "Words come in any order. What is said later of the same day holds in place of what was said before."
PROGRAMS = "*PROGRAM* {programs}"


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a fact is not recorded as it was said; how a form should begin, and a line that would do."""

    complaints: tuple[Complaint, ...]
    line: FactLine
    example: FactLine


Fill = Callable[[Call, Connection, FactLine, Fact | None], FactLine | Refusal]
"""Adds what a line may leave out, or says what has to be asked first; the last is the fact that it corrects."""


def dated_today(call: Call, _connection: Connection, line: FactLine, _corrects: Fact | None) -> FactLine | Refusal:
    """Return the line with today in place of a date that it leaves out."""
    return replace(line, first_day=line.first_day or call.today)


@dataclass(frozen=True, slots=True, kw_only=True)
class FactKeeper(Command):
    """A command that records a fact: beside what every command has, its form and the import file of such facts.

    ``says`` has the fact in words, part by part.
    """

    name: str = field(init=False)
    handle: Callable[[Call], Answer | Later] = field(init=False, repr=False, compare=False)
    form: FactForm
    file: str
    says: Callable[[Fact, Practice], list[str]]
    fill: Fill = dated_today
    signs: bool = False
    """Whether whoever records it is the one who decided it, whom the file names under ``by``."""

    def __post_init__(self) -> None:
        """Call the keeper as its shape is called, and make it its own command's handler."""
        object.__setattr__(self, "name", self.shape.name)
        object.__setattr__(self, "handle", partial(record, self))

    @property
    def shape(self) -> Shape:
        """What its line may say."""
        return self.form.shape


def record(keeper: FactKeeper, call: Call) -> Reply | OpenForm:
    """Record the fact that the line states and answer with what it changed; the same request again does neither.

    A line with gaps or mistakes opens the form with all that was understood, and what is missing or wrong said in it.
    One that only names the patient opens it too: nothing was said that could be recorded.
    """
    request = call.request({"fact": f"{keeper.name} {call.text}".strip()})
    with call.database.writing() as connection:
        receipt = FACT.earlier(connection, call.practice.practice_id, request)
        if receipt is not None:
            return _answer(keeper, call, receipt)
        line = _parse(call, connection, keeper.shape)
        if line.problems or line.missing:
            return _unclear(keeper, call, line)
        if line == FactLine(line.shape, line.patient_code):
            return _open(keeper, call, line, (), example=line)
        said = _read(keeper, call, connection, line)
        if isinstance(said, Fact):
            return _answer(keeper, call, _recorded(call, connection, said, request))
    return _open(keeper, call, said.line, said.complaints, example=said.example)


def open_fact_form(keeper: FactKeeper, call: Call) -> OpenForm:
    """Return the form with what the call's text says, though it may say enough to be recorded."""
    with call.database.reading() as connection:
        line = _parse(call, connection, keeper.shape)
    return _open(keeper, call, line, (), example=line)


def submit_fact(
    keeper: FactKeeper, call: Call, values: Mapping[str, str], *, corrects: str = ""
) -> OpenForm | dict[str, str]:
    """Record what was filled in; return the receipt as a view, or what is wrong by the names of inputs.

    What is wrong with no input, such as who designates, is said above them in the form as it was filled in.
    ``corrects`` names the revision of a fact in whose place it is recorded, as the form brought it back.
    """
    corrected = version_at(json.loads(corrects)) if corrects else None
    request = call.request({"fact": keeper.name, **values, **({"corrects": corrects} if corrects else {})})
    with call.database.writing() as connection:
        receipt = FACT.earlier(connection, call.practice.practice_id, request)
        if receipt is not None:
            return _receipt_view(keeper, call, receipt)
        line = line_of(keeper.form, values)
        complaints = _gaps(keeper, call, connection, line)
        if corrected and line.patient_code not in {None, corrected.patient_code}:
            complaints = (*complaints, Complaint("patient", _of_another(corrected)))
        said = None if complaints else _read(keeper, call, connection, line, corrected)
        if isinstance(said, Fact):
            return _receipt_view(keeper, call, _recorded(call, connection, said, request, corrected))
        complaints = said.complaints if said else complaints
    errors = errors_by_input(keeper.form, complaints)
    if errors is not None:
        return errors
    above = complaint_lines(keeper.form, complaints, ())
    return OpenForm(fact_form(keeper.form, values, today=call.today, said=above, corrects=corrects))


def _of_another(corrected: FactVersion) -> str:
    code = corrected.patient_code
    return f"This fact is one of {code}. Withdraw it there, and record it for the other patient: both then say so."


def _parse(call: Call, connection: Connection, shape: Shape) -> FactLine:
    @cache
    def named(word: str) -> Sequence[str]:
        return find_codes(connection, call.practice.practice_id, word)

    return parse_fact(shape, call.text, today=call.today, find_codes=named)


def _unclear(keeper: FactKeeper, call: Call, line: FactLine) -> OpenForm:
    """Return the form for a line with gaps or mistakes; one of a command alone asks for nothing in particular."""
    complaints = tuple(Complaint("", f"{one.message} For example: {one.example}") for one in line.problems)
    needs = keeper.shape.needs
    asked = [needs[part] for part in line.missing] if call.text else []
    return _open(keeper, call, line, complaints, asked=asked, example=line)


def _open(
    keeper: FactKeeper,
    call: Call,
    line: FactLine,
    complaints: Sequence[Complaint],
    *,
    asked: Sequence[str] = (),
    example: FactLine,
) -> OpenForm:
    if characters(line.rationale) > RATIONALE_CHARACTERS:
        raise LedgerError(
            "RATIONALE_TOO_LONG",
            f"The rationale has {characters(line.rationale)} characters; {RATIONALE_CHARACTERS} fit.",
            "Say what makes the decisions complex, and keep the rest in the chart.",
        )
    values = values_of(keeper.form, line, today=call.today)
    said = complaint_lines(keeper.form, complaints, asked)
    shown = format_fact(completed(replace(example, rationale=""), today=call.today))
    return OpenForm(fact_form(keeper.form, values, today=call.today, said=said, example=shown))


def _read(
    keeper: FactKeeper, call: Call, connection: Connection, line: FactLine, corrected: FactVersion | None = None
) -> Fact | Refusal:
    """Return the fact that a line without gaps states, by the rules of its import file."""
    history = fact_history(connection, call.practice, corrected) if corrected else None
    full = keeper.fill(call, connection, line, history.newest.fact if history else None)
    if isinstance(full, Refusal):
        return full
    cells = cells_of(keeper.form, full)
    if keeper.signs:
        cells["by"] = call.person.staff_id
    try:
        return read_fact(connection, call.practice, keeper.file, cells, at=call.at, author=call.person.staff_id).fact
    except FactRefusedError as refused:
        complaints = tuple(Complaint(each.column, f"{each.message} {each.remedy}") for each in refused.problems)
        return Refusal(complaints, line, FactLine(line.shape, line.patient_code, line.choice, line.program))


def _gaps(keeper: FactKeeper, call: Call, connection: Connection, line: FactLine) -> tuple[Complaint, ...]:
    """Return what a filled form still lacks."""
    needs, inputs = keeper.shape.needs, keeper.form.inputs
    columns = {one.attribute: one.column for one in inputs}
    found = [Complaint(columns[part.value], f"Say {needs[part]}.") for part in line.missing]
    code = line.patient_code
    if code and list(find_codes(connection, call.practice.practice_id, code)) != [code]:
        found.append(Complaint(columns["patient_code"], f"No patient is called {code}."))
    days = {one.column: one.attribute for one in inputs if isinstance(one, DayInput)}
    found += [
        Complaint(one.column, "Say the day too.")
        for one in inputs
        if isinstance(one, TimeInput) and getattr(line, one.attribute) and not getattr(line, days[one.column])
    ]
    return tuple(found)


def _recorded(
    call: Call, connection: Connection, fact: Fact, request: Request, corrected: FactVersion | None = None
) -> FactReceipt:
    return record_fact(
        connection,
        call.practice,
        fact,
        request=request,
        at=call.at,
        recorded_by=call.person.staff_id,
        corrected=corrected,
    )


def _receipt_view(keeper: FactKeeper, call: Call, receipt: FactReceipt) -> OpenForm:
    reply = receipt_reply(call, receipt, keeper.says, is_in_modal=True)
    return OpenForm(reply_view(reply, title="Recorded"), reply.changed)


def _answer(keeper: FactKeeper, call: Call, receipt: FactReceipt) -> Reply:
    return receipt_reply(call, receipt, keeper.says)


def receipt_reply(
    call: Call, receipt: FactReceipt, says: Callable[[Fact, Practice], list[str]], *, is_in_modal: bool = False
) -> Reply:
    """Return the answer to what was recorded or taken back; ``says`` has a fact in words, part by part."""
    before = says(receipt.in_place_of, call.practice) if receipt.in_place_of else ()
    said = says(receipt.fact, call.practice)
    return fact_receipt(receipt, said, in_place_of=before, is_in_modal=is_in_modal)
