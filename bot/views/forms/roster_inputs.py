"""The inputs of the roster's forms: one a column of the import file, named like it, and what was filled into them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias, assert_never

from bot.views.blocks import (
    Block,
    Option,
    View,
    account_menu,
    channel_menu,
    checkboxes,
    input_block,
    modal,
    multi_search_menu,
    option,
    search_menu,
)
from bot.views.formatting import clipped, escaped
from bot.views.forms.inputs import INPUT, YES, Choices, date_input, select_input, text_input, tick_input
from bot.views.reply import Reply, reply_view, section
from ledger.errors import ConfirmationNeededError
from ledger.roster.storing import ALWAYS
from ledger.values.codes import LONGEST_CODE

PLACEHOLDER = "Type to find"
FROM_LABELS: Mapping[str, str] = {"from": "Holds from", ALWAYS: "Or always"}
"""What the forms call the day from which a change holds, and the box for what was never otherwise."""
CONFIRM = "confirm"
"""The box under a question."""
LONGEST_LABEL = 2000

Above: TypeAlias = Reply | ConfirmationNeededError | None
"""What stands above a form that was not saved: why it was refused as a whole, or a question with a box to tick."""


@dataclass(frozen=True, slots=True)
class Filled:
    """What stands in a form: ``cells`` by column, several values with semicolons between them.

    ``labels`` has the words that menus show for their values; ``key`` says whose form it is, None for a new one's.
    ``confirmed`` says that the box under a question was ticked.
    """

    cells: Mapping[str, str]
    labels: Mapping[str, str] = field(default_factory=dict)
    key: str | None = None
    confirmed: bool = False


@dataclass(frozen=True, slots=True)
class Inputs:
    """The inputs of one form: each is named like its column and stands under the form's label for it."""

    filled: Filled
    labels: Mapping[str, str]

    def identity(self, column: str, known_as: str, *, hint: str) -> Block:
        """Return what names the person or patient: to be chosen for a new one, and fixed for one that is known."""
        if self.filled.key is None:
            return self.text(column, most=LONGEST_CODE, hint=hint)
        return section(f"*{known_as}* {escaped(self.filled.key)}")

    def text(self, column: str, *, most: int, hint: str | None = None, **more: Any) -> Block:
        """Return a line of text; several lines with ``multiline``."""
        return text_input(column, self.labels[column], self.filled.cells, most_characters=most, hint=hint, **more)

    def choice(self, column: str, choices: Choices, *, hint: str | None = None) -> Block:
        """Return a menu of values and the words for them, of which none need be chosen."""
        return select_input(column, self.labels[column], self.filled.cells, choices, hint=hint, optional=True)

    def boxes(self, column: str, choices: Sequence[tuple[str, ...]]) -> Block:
        """Boxes to tick, of which none need be: a value, its words and what they mean, if that has to be said."""
        options = [option(*choice) for choice in choices]
        ticked = (self.filled.cells.get(column) or "").split(";")
        chosen = [one for one in options if one["value"] in ticked]
        return input_block(column, self.labels[column], checkboxes(INPUT, options, chosen), optional=True)

    def day(self, column: str, *, hint: str | None = None) -> Block:
        """Return a date, which may stay empty."""
        return date_input(column, self.labels[column], self.filled.cells, hint=hint, optional=True)

    def found(self, column: str, action_id: str, *, hint: str | None = None, optional: bool = False) -> Block:
        """Return a menu that finds one value as one types."""
        chosen = next(iter(self._options(column)), None)
        element = search_menu(action_id, chosen, placeholder=PLACEHOLDER, least_typed=0)
        return input_block(column, self.labels[column], element, hint=hint, optional=optional)

    def found_several(self, column: str, action_id: str) -> Block:
        """Return a menu that finds values as one types, of which none need be chosen."""
        element = multi_search_menu(action_id, self._options(column), placeholder=PLACEHOLDER, least_typed=0)
        return input_block(column, self.labels[column], element, optional=True)

    def since(self, what: str) -> list[Block]:
        """Return from which day ``what`` the form says holds; of somebody new it holds since the beginning."""
        if self.filled.key is None:
            return []
        return [
            self.day("from", hint=f"{what} hold from this day on; empty: from today."),
            self.boxes(ALWAYS, [(YES, "It was always so: correct the past too. Closed months stay.")]),
        ]

    def account(self, column: str, *, hint: str) -> Block:
        """Return a person of the Slack workspace, who may be left out."""
        element = account_menu(INPUT, self.filled.cells.get(column))
        return input_block(column, self.labels[column], element, hint=hint, optional=True)

    def channel(self, column: str, *, hint: str) -> Block:
        """Return a channel, public or private."""
        return input_block(column, self.labels[column], channel_menu(INPUT, self.filled.cells.get(column)), hint=hint)

    def _options(self, column: str) -> list[Option]:
        values = [value for value in (self.filled.cells.get(column) or "").split(";") if value]
        return [option(value, self.filled.labels.get(value, value)) for value in values]

    def form(self, title: str, callback_id: str, blocks: Sequence[Block], *, above: Above = None) -> View:
        """Return the form under that title, with what stands ``above`` it where it was not saved."""
        metadata = json.dumps({"key": self.filled.key})
        shown = [*_shown_above(above), *blocks]
        return modal(title, shown, callback_id=callback_id, private_metadata=metadata, submit="Save")

    def titled(self, whose: str) -> str:
        """Return the title of a form that adds or changes ``whose`` row."""
        return f"{'Add' if self.filled.key is None else 'Change'} {whose}"


def _shown_above(above: Above) -> Sequence[Block]:
    match above:
        case None:
            return ()
        case Reply():
            return above.blocks
        case ConfirmationNeededError():
            asked = clipped(f"{above.title} Nothing was saved yet. Save it anyway?", LONGEST_LABEL)
            return [tick_input(CONFIRM, asked, {}, "Yes, save it")]
        case _:
            assert_never(above)


def saving(months_of: int, shown_as: str) -> View:
    """Return what stands in the form's place while months of so many patients are evaluated again.

    ``shown_as`` names the view, so that it can be changed as soon as Slack shows it (``bot.slack.retry_handlers``).
    """
    said = f"*Saving…* The months of {months_of} patients are evaluated again; this takes a moment."
    return {**reply_view(Reply("Saving", (section(said),)), title="Saving"), "external_id": shown_as}


LOADING = reply_view(Reply("One moment", (section("The form opens in a moment…"),)), title="One moment")
"""What is opened at once where Slack has to be asked before the form can be filled."""


def filled_in(view: Mapping[str, Any]) -> Filled:
    """Return what was filled in, from the payload of a submission; a line break separates values like a semicolon."""
    cells: dict[str, str] = {}
    labels: dict[str, str] = {}
    for block_id, inputs in view["state"]["values"].items():
        (state,) = inputs.values()
        chosen = [one for one in [state.get("selected_option"), *(state.get("selected_options") or [])] if one]
        labels |= {one["value"]: one["text"]["text"] for one in chosen}
        plain = (state.get(name) for name in ("value", "selected_date", "selected_user", "selected_conversation"))
        cells[block_id] = next(filter(None, plain), "") or ";".join(one["value"] for one in chosen)
    confirmed = bool(cells.pop(CONFIRM, ""))
    return Filled(cells, labels, json.loads(view.get("private_metadata") or "{}").get("key"), confirmed)
