"""The kinds of inputs that a form for a fact may have: how each is shown, filled, and read.

An input is called like the column of the import file whose rules it is read by, so that what they refuse finds it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, time
from functools import partial
from typing import Any, ClassVar

from bot.views import formatting
from bot.views.blocks import Block, input_block, option, search_menu
from bot.views.forms.inputs import (
    YES,
    Choices,
    FormValues,
    boxes_input,
    date_input,
    number_input,
    radio_input,
    select_input,
    text_input,
    tick_input,
    time_input,
)
from bot.views.forms.pickers import VALUE_CHARACTERS, patient_input
from ledger.characters import characters
from ledger.clock import month_of, previous_month
from ledger.recording.fact_reading import RATIONALE_CHARACTERS
from ledger.rules.facts import Program
from ledger.rules.rulebook import known_programs
from ledger.values.phrases import ALL, NONE

MONTHS_OFFERED = 13
MOST_CHARACTERS_OF_DATES = 1000


@dataclass(frozen=True, kw_only=True)
class FactInput:
    """One input: the ``attribute`` of a line that it fills, and the ``column`` of the file that it is read as.

    ``is_now`` says that today, or this month, stands in it where a line says nothing.
    """

    reads: ClassVar[Callable[[str], Any]] = str
    """What makes a value of the attribute of what was filled in."""
    shown_by: ClassVar[Callable[..., Block]]
    """What shows the input, where a name, a label, values, a hint and whether it may stay empty are all it needs."""

    column: str
    attribute: str
    label: str
    hint: str | None = None
    optional: bool = False
    is_now: bool = False

    @property
    def name(self) -> str:
        """The name of the input in the form."""
        return self.column

    def text(self, value: Any) -> str:
        """Return a value of the attribute, which is not None, as the form and the file have it."""
        return str(value)

    def read(self, text: str) -> Any:
        """Return the value of the attribute that was filled in; None for one that was not on offer."""
        return type(self).reads(text)

    def shown(self, cell: str) -> str:
        """Return what the form shows of the column of a recorded fact, read or written as ``text`` does."""
        return cell

    def block(self, values: FormValues, today: date) -> Block:  # noqa: ARG002 - a menu of months asks for it
        """Return the input with its value in it."""
        return type(self).shown_by(self.name, self.label, values, hint=self.hint, optional=self.optional)


@dataclass(frozen=True, kw_only=True)
class PatientInput(FactInput):
    """The menu of patients."""

    column: str = "patient"
    attribute: str = "patient_code"
    label: str = "Patient"

    def block(self, values: FormValues, today: date) -> Block:  # noqa: ARG002 as every input
        """Return the menu."""
        return patient_input(self.name, values.get(self.name), label=self.label)


@dataclass(frozen=True, kw_only=True)
class ChoiceInput(FactInput):
    """One of the words of which a fact needs one, each offered in the words of ``choices``, to be seen at once."""

    attribute: str = "choice"
    choices: Mapping[Any, str] = field(default_factory=dict)
    """Members of an enumeration, each in words."""

    def read(self, text: str) -> Any:
        """Return the word."""
        return next((choice for choice in self.choices if choice.value == text), None)

    @property
    def offered(self) -> Choices:
        """The choices with their words."""
        return [(choice.value, said) for choice, said in self.choices.items()]

    def block(self, values: FormValues, today: date) -> Block:  # noqa: ARG002 as every input
        """Return all choices."""
        return radio_input(self.name, self.label, values, self.offered, hint=self.hint, optional=self.optional)


@dataclass(frozen=True, kw_only=True)
class MenuInput(ChoiceInput):
    """One of many words, in a menu."""

    def block(self, values: FormValues, today: date) -> Block:  # noqa: ARG002 as every input
        """Return the menu."""
        return select_input(self.name, self.label, values, self.offered, hint=self.hint, optional=self.optional)


@dataclass(frozen=True, kw_only=True)
class BoxesInput(ChoiceInput):
    """Words of which each is ticked or not; with none ticked nothing is said of them."""

    def shown(self, cell: str) -> str:
        """Return those that are ticked."""
        return self.text(cell)

    def text(self, value: str) -> str:
        """Return those that ``value``, which is as a file has it, names."""
        return ",".join(self.choices) if value == ALL else "" if value == NONE else value.replace(";", ",")

    def read(self, text: str) -> str:
        """Return the ticked ones as a file has them."""
        return ALL if text == self.text(ALL) else text.replace(",", ";")

    def block(self, values: FormValues, today: date) -> Block:  # noqa: ARG002 as every input
        """Return the boxes."""
        return boxes_input(self.name, self.label, values, self.offered, hint=self.hint)


@dataclass(frozen=True, kw_only=True)
class StaffInput(FactInput):
    """Somebody on the staff, whom the menu ``finds`` as one types."""

    finds: str
    optional: bool = True

    def block(self, values: FormValues, today: date) -> Block:  # noqa: ARG002 as every input
        """Return the menu."""
        chosen = values.get(self.name, "")
        known = option(chosen, chosen) if chosen and characters(chosen) <= VALUE_CHARACTERS else None
        element = search_menu(self.finds, known, placeholder="Type to find", least_typed=0)
        return input_block(self.name, self.label, element, hint=self.hint, optional=self.optional)


@dataclass(frozen=True, kw_only=True)
class DatesInput(FactInput):
    """Dates, written one behind the other."""

    shown_by = partial(text_input, most_characters=MOST_CHARACTERS_OF_DATES)

    column: str = "dates"
    attribute: str = "dates"
    optional: bool = True


@dataclass(frozen=True, kw_only=True)
class ProgramInput(FactInput):
    """A program."""

    reads = Program

    column: str = "program"
    attribute: str = "program"
    label: str = "Program"

    def block(self, values: FormValues, today: date) -> Block:  # noqa: ARG002 as every input
        """Return a menu."""
        offered = [(program.value, program.value) for program in known_programs()]
        return select_input(self.name, self.label, values, offered, hint=self.hint, optional=self.optional)


@dataclass(frozen=True, kw_only=True)
class DayInput(FactInput):
    """A date."""

    shown_by = date_input

    def shown(self, cell: str) -> str:
        """Return the day alone; a time behind it has an input of its own."""
        return cell.partition("T")[0]

    def read(self, text: str) -> date:
        """Return the date."""
        return date.fromisoformat(text)


@dataclass(frozen=True, kw_only=True)
class TimeInput(FactInput):
    """A time of day, which stands behind its day in the day's column."""

    shown_by = time_input

    optional: bool = True

    @property
    def name(self) -> str:
        """The name of the input, beside that of its day."""
        return f"{self.column}_time"

    def shown(self, cell: str) -> str:
        """Return ``14:30`` of ``2026-11-10T14:30``, nothing of a day alone."""
        return cell.partition("T")[2][:5]

    def text(self, value: time) -> str:
        """Return ``14:30``."""
        return f"{value:%H:%M}"

    def read(self, text: str) -> time:
        """Return the time."""
        return time.fromisoformat(text)


@dataclass(frozen=True, kw_only=True)
class MonthInput(FactInput):
    """A month."""

    column: str = "month"
    attribute: str = "month"
    label: str = "Month"

    def text(self, value: date) -> str:
        """Return ``2026-11``."""
        return f"{value:%Y-%m}"

    def read(self, text: str) -> date:
        """Return its first day."""
        return date.fromisoformat(f"{text}-01")

    def block(self, values: FormValues, today: date) -> Block:
        """Return a menu of the months of a year, the newest first, and the one that is chosen."""
        months = [month_of(today)]
        while len(months) < MONTHS_OFFERED:
            months.append(previous_month(months[-1]))
        chosen = values.get(self.name)
        if chosen and self.read(chosen) not in months:
            months.append(self.read(chosen))
        offered = [(self.text(month), formatting.month_name(month)) for month in months]
        return select_input(self.name, self.label, values, offered, hint=self.hint, optional=self.optional)


@dataclass(frozen=True, kw_only=True)
class CountInput(FactInput):
    """A whole number."""

    reads = int
    shown_by = number_input


@dataclass(frozen=True, kw_only=True)
class TickInput(FactInput):
    """A box that is ticked or not, with ``said`` beside it."""

    said: str

    def shown(self, cell: str) -> str:
        """Return ``yes``, or nothing of a fact that says no."""
        return self.text(self.read(cell))

    def text(self, value: bool) -> str:
        """Return ``yes``, or nothing."""
        return YES if value else ""

    def read(self, text: str) -> bool:
        """Return whether it is ticked."""
        return text == YES

    def block(self, values: FormValues, today: date) -> Block:  # noqa: ARG002 as every input
        """Return a box."""
        return tick_input(self.name, self.label, values, self.said)


@dataclass(frozen=True, kw_only=True)
class RationaleInput(FactInput):
    """Words, as many as a rationale may have."""

    reads = str.strip
    shown_by = partial(text_input, most_characters=RATIONALE_CHARACTERS, multiline=True)

    column: str = "rationale"
    attribute: str = "rationale"
    label: str = "Rationale"
