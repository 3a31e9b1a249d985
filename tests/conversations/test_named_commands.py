"""Whatever text names a command names one that there is: a way out that leads nowhere helps nobody."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from support.practice import an_entry
from support.slack import Harness

from bot.cli.commands import COMMANDS as TERMINAL_COMMANDS
from bot.cli.lazy import real_command
from bot.commands.registry import COMMANDS, command_named
from ledger.roster.directory import Role
from ledger.rules.catalogue import CATALOGUE

ROOT = Path(__file__).parents[2]
NURSE, LEAD, ADMIN = "U0NURSE1", "U0LEAD1", "U0ADMIN1"
ASKED = ((Role.COORDINATOR, NURSE), (Role.LEAD, LEAD), (Role.ADMIN, ADMIN))
"""Who types the line of a remedy: the first who may."""
ROOMS = ("bot", "jobs", "ledger")
SLACK_COMMAND = re.compile(r"/ccm ([a-z][a-z-]*)")
SLACK_LINE = re.compile(r"/ccm[^`\n\"):]*")
TERMINAL_COMMAND = re.compile(r"(?<![/\w-])ccm ([a-z][a-z-]*)(?: ([a-z][a-z-]*))?")
VALUES = {
    "CODE": "P-1042",
    "DATE": "today",
    "PROGRAM": "pcm",
    "SERVICE": "G0181",
    "MARK": "G0181",
    "DAYS": "18",
    "MONTH": "this",
    "SETTING": "snf",
    "ADMITTED": "2026-11-10",
    "DISCHARGED": "2026-11-13",
    "ENTRY": "P-1042#1",
    "REASON": "Logged twice by mistake.",
    "TEXT": "The pharmacy confirmed the dose.",
    "NOTE": "Reconciled the list. Dose confirmed.",
}
"""What a reader writes in place of the words in capitals."""


@cache
def texts() -> list[tuple[str, str]]:
    """Every text that people read, with the file it stands in: strings and docstrings, pages, documents."""
    return list(_texts())


def _texts() -> Iterator[tuple[str, str]]:
    for room in ROOMS:
        for path in (ROOT / room).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    yield f"{path.relative_to(ROOT)}:{node.lineno}", node.value
    documents = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), ROOT / "manifest.yml"]
    pages = [path for path in (ROOT / "bot/playground/page").rglob("*") if path.suffix in {".js", ".html"}]
    for path in (*documents, *pages):
        yield str(path.relative_to(ROOT)), path.read_text(encoding="utf-8")


def terminal_commands() -> dict[str, set[str]]:
    """The commands of ``ccm`` with those of each group."""
    return {name: set(getattr(real_command(command), "commands", ())) for name, command in TERMINAL_COMMANDS.items()}


def test_every_slack_command_that_a_text_names_is_there() -> None:
    named = [(where, name) for where, text in texts() for name in SLACK_COMMAND.findall(text)]

    assert len(named) > 40
    assert [(where, name) for where, name in named if name not in {"help", *COMMANDS}] == []


def test_every_terminal_command_that_a_text_names_is_there() -> None:
    known = terminal_commands()
    named = [
        (where, name, of_group)
        for where, text in texts()
        for name, of_group in TERMINAL_COMMAND.findall(SLACK_LINE.sub("", text))
    ]

    assert len(named) > 40
    named = [each for each in named if each[1] not in {"ccm", "ccm-backup"}]  # a database's role, a unit of systemd
    assert [each for each in named if each[1] not in known] == []
    assert [each for each in named if known[each[1]] and each[2] and each[2] not in known[each[1]]] == []


REMEDIES = [rule.number for rule in CATALOGUE.values() if "/ccm " in rule.remedy]


@pytest.mark.parametrize("number", REMEDIES)
def test_a_line_of_a_remedy_works_when_pasted_with_values_in_place_of_the_capitals(
    harness: Harness, number: str
) -> None:
    harness.work(an_entry())
    for line in SLACK_LINE.findall(CATALOGUE[number].remedy.replace("10:05-10:17", "12m")):
        values = {**VALUES, "PROGRAM": "ccm"} if "until" in line else VALUES
        typed = re.sub(r"\b[A-Z]{4,}\b", lambda found, values=values: values[found.group()], line)
        name = typed.split(" ")[1]
        user = next(user for role, user in ASKED if role in command_named(name).roles)
        seen = harness.say(typed, user)
        assert "ROLE_NEEDED" not in seen.words, typed
        assert "Nothing was saved" not in seen.words, typed


def test_the_lines_of_the_billing_rules_that_clear_a_blocker_work_when_pasted(harness: Harness) -> None:
    page = (ROOT / "docs/billing-rules.md").read_text(encoding="utf-8")
    others = ("/ccm log", "/ccm settings", "/ccm patients", "/ccm close", "/ccm attest", "/ccm export", "/ccm month")
    lines = [line for line in re.findall(r"`(/ccm [^`]*)`", page) if not line.startswith(others)]

    assert len(lines) >= 4
    for line in lines:
        if "until" in line:
            harness.say("/ccm enroll P-1042 pcm 2026-01-05")
        assert "*Recorded" in harness.say(line).words, line
