"""The form for a fact: made from a description of its inputs, as are its values and the row of its import file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from bot.grammar.fact_line import FactLine
from bot.grammar.fact_vocabulary import Shape
from bot.views import formatting
from bot.views.blocks import Block, View, modal
from bot.views.forms.fact_inputs import FactInput, PatientInput, TimeInput
from bot.views.forms.inputs import FormValues
from bot.views.reply import context, sections

CALLBACK = "fact_form_submitted"
"""The beginning of the name of every form for a fact; behind it stands which fact."""
CORRECTING = "Correct a fact"
"""The title of a form that corrects one."""


@dataclass(frozen=True, slots=True)
class FactForm:
    """The form of one command, and its inputs behind that of the patient."""

    shape: Shape
    title: str
    further: tuple[FactInput, ...]

    @property
    def inputs(self) -> tuple[FactInput, ...]:
        """All inputs."""
        return (PatientInput(), *self.further)


@dataclass(frozen=True, slots=True)
class Complaint:
    """What is missing or wrong, about the input of that column, or about none."""

    column: str
    words: str


def fact_form(
    form: FactForm,
    values: FormValues,
    *,
    today: date,
    said: Sequence[str] = (),
    example: str = "",
    corrects: str = "",
) -> View:
    """Return the modal with ``values`` in it; above them what was ``said`` of a line, below a line that would do.

    ``corrects`` names the fact that it corrects and comes back with the submission; without it a new one is recorded.
    """
    blocks: list[Block] = [*sections(said), *(one.block(values, today) for one in form.inputs)]
    if example:
        blocks.append(context(f"In one line, for example: `/ccm {formatting.escaped(example)}`"))
    return modal(
        CORRECTING if corrects else form.title,
        blocks,
        callback_id=f"{CALLBACK}_{form.shape.name}",
        submit="Correct" if corrects else "Record",
        private_metadata=corrects,
    )


def complaint_lines(form: FactForm, complaints: Sequence[Complaint], asked: Sequence[str]) -> list[str]:
    """Return what is said above a form.

    Each complaint under the label of its input, and what is still ``asked`` for.
    """
    labels = {one.column: one.label for one in reversed(form.inputs)}  # a column is called like its day, not its time
    lines = ["*That cannot be recorded yet.* Nothing was saved."] if complaints else []
    for each in complaints:
        label = f"{labels[each.column]}: " if each.column in labels else ""
        lines.append(f"• {label}{formatting.escaped(each.words)}")
    return [*lines, f"Still needed: {'; '.join(asked)}."] if asked else lines


def errors_by_input(form: FactForm, complaints: Sequence[Complaint]) -> dict[str, str] | None:
    """Return the complaints by the names of inputs, or None where one is about none of them."""
    names = {one.name for one in form.inputs}
    if any(each.column not in names for each in complaints):
        return None
    errors: dict[str, list[str]] = {}
    for each in complaints:
        errors.setdefault(each.column, []).append(each.words)
    return {name: " ".join(said) for name, said in errors.items()}


def values_of(form: FactForm, line: FactLine, *, today: date) -> dict[str, str]:
    """Return ``line`` as the form shows it: what a problem is about stays empty; where nothing is said it is now."""
    troubled = {problem.field for problem in line.problems}
    values: dict[str, str] = {}
    for one in form.inputs:
        text = _text(one, line)
        if not text and one.is_now and line.last_day is None:
            text = one.text(today)
        if text and one.attribute not in troubled:
            values[one.name] = text
    return values


def values_of_cells(form: FactForm, cells: Mapping[str, str]) -> dict[str, str]:
    """Return a recorded fact, given by the columns of its file, as the form shows it."""
    shown = {one.name: one.shown(cells.get(one.column, "")) for one in form.inputs}
    return {name: text for name, text in shown.items() if text}


def line_of(form: FactForm, values: FormValues) -> FactLine:
    """Return what was filled in."""
    return FactLine(
        form.shape, **{one.attribute: one.read(values[one.name]) for one in form.inputs if one.name in values}
    )


def cells_of(form: FactForm, line: FactLine) -> dict[str, str]:
    """Return ``line`` as a row of its import file; a time stands behind its day."""
    cells: dict[str, str] = {}
    for one in form.inputs:
        text = _text(one, line)
        if not isinstance(one, TimeInput):
            cells[one.column] = text
        elif text and cells[one.column]:
            cells[one.column] += f"T{text}"
    return cells


def _text(one: FactInput, line: FactLine) -> str:
    value = getattr(line, one.attribute)
    return "" if value is None else one.text(value)
