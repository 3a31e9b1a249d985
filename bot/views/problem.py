"""When something goes wrong: a title, what was understood, what to do, an example that works."""

from collections.abc import Sequence

from bot.grammar.problems import Problem
from bot.grammar.tokens import unescape
from bot.views import formatting
from bot.views.blocks import Block
from bot.views.reply import (
    SECTION_CHARACTERS,
    Reply,
    actions,
    broken,
    button,
    context,
    sections,
)
from ledger.errors import LedgerError

OPEN_FORM = "log_form"
SAVE_ANYWAY = "log_save_anyway"
NOTHING_SAVED = "Nothing was saved."


def error_card(error: LedgerError, *, typed: str = "", saves: bool = True) -> Reply:
    """Return the card for an error that its user can mend; ``typed`` is given back to be copied and corrected.

    ``saves`` says that something was to be saved: then the card says that nothing was.
    """
    said = f" {NOTHING_SAVED}" if saves and NOTHING_SAVED not in f"{error.title}{error.remedy}" else ""
    lines = [f"*{formatting.escaped(error.title)}*{said}", formatting.escaped(error.remedy)]
    blocks: list[Block] = [*sections(lines), *given_back(typed), context(f"Code: {error.code}")]
    return Reply(f"That did not work: {error.code}.{said}", tuple(blocks))


def unexpected(reference: str, *, typed: str = "", saves: bool = True) -> Reply:
    """Return the card for a failure of ours; ``reference`` is the number under which the log has it."""
    said = f" {NOTHING_SAVED}" if saves else ""
    lines = [
        f"*Something went wrong on our side.*{said}",
        f"Try again. If it happens again, tell your administrator this number: `{reference}`",
    ]
    return Reply(f"Something went wrong.{said}", (*sections(lines), *given_back(typed)))


def unclear_line(typed: str, problems: Sequence[Problem], *, command: str = "log") -> Reply:
    """Return the card for a line that could not be read.

    Each problem, which quotes the words it is about, and an example.
    """
    lines = [f"*That line is not clear yet.* {NOTHING_SAVED}", *problem_lines(problems)]
    blocks = [*sections(lines), *given_back(f"/ccm {command} {typed}")]
    return Reply(f"That line is not clear yet. {NOTHING_SAVED}", tuple(blocks))


def problem_lines(problems: Sequence[Problem]) -> list[str]:
    """Return each problem in a line: the words it is about, what is wrong with them, and an example."""
    return [
        f"• {formatting.escaped(unescape(problem.message))} For example: `{formatting.escaped(problem.example)}`"
        for problem in problems
    ]


def confirmation(error: LedgerError, typed: str, *, command: str = "log", save_anyway: str = SAVE_ANYWAY) -> Reply:
    """Return the question before an unusual entry is saved (billing-rules E4, E7); ``typed`` must fit in a button.

    ``save_anyway`` is the action that saves it; a log can be corrected in the form.
    """
    lines = [
        f"*{formatting.escaped(error.title)}* {NOTHING_SAVED} yet.".replace(". yet", " yet"),
        formatting.escaped(error.remedy),
    ]
    buttons = [button("Save anyway", save_anyway, typed, style="primary")]
    if command == "log":
        buttons.append(button("Correct it", OPEN_FORM, typed))
    blocks: list[Block] = [*sections(lines), *given_back(f"/ccm {command} {typed}"), actions(*buttons)]
    return Reply(f"{error.title} Nothing was saved yet.", tuple(blocks))


def given_back(typed: str) -> list[Block]:
    """Return what was typed, to be copied; Slack sends it escaped already."""
    shown = typed.strip().replace("```", "` ` `")
    if not shown:
        return []
    marked = [f"```{part}```" for part in broken(shown, SECTION_CHARACTERS - 100)]
    return sections([f"You typed:\n{marked[0]}", *marked[1:]])
