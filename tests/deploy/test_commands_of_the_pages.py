"""Every command of ``ccm`` that a page shows to whoever installs or runs it is one that the program takes."""

import re
import shlex

import pytest
from support.deployment import ROOT, read_command

PAGES = ("README.md", "docs/operations.md")
COMMAND = re.compile(
    r"^ +(?:ccm|docker compose run .*?\bbot|docker compose exec bot ccm) (\S.*?)(?:   .*)?$", re.MULTILINE
)


def shown() -> list[str]:
    """The words behind ``ccm`` in the lines of code of these pages."""
    lines = [line for page in PAGES for line in COMMAND.findall((ROOT / page).read_text(encoding="utf-8"))]
    return sorted({part.removeprefix("ccm ") for line in lines for part in line.split(" && ")})


def test_the_pages_show_how_to_install_it_on_a_machine_and_in_containers() -> None:
    assert len(shown()) > 10
    assert {"import teams teams.csv", "import teams /practice/teams.csv", "doctor"} <= set(shown())


@pytest.mark.parametrize("words", shown())
def test_a_command_that_a_page_shows_is_one_that_the_program_takes(words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CCM_MOVE_TO", "postgresql://ccm@db.internal/ccm")  # as the page sets it first
    read_command(shlex.split(words))
