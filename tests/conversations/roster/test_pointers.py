"""What an administrator reads names no command that administrators may not use."""

import re

import pytest
from support.forms import said
from support.home import opened as home_of
from support.practice import an_entry
from support.slack import Harness, picked

from bot.commands.registry import COMMANDS, command_named
from bot.permissions import for_reader, may
from ledger.practice.settings import KNOWN_SETTINGS
from ledger.roster.directory import Person, Role
from ledger.rules.catalogue import CATALOGUE, about_patient
from ledger.rules.facts import Program

NURSE, LEAD, BILLER, DOCTOR, ADMIN = "U0NURSE1", "U0LEAD1", "U0BILLER1", "U0DOCTOR1", "U0ADMIN1"
USERS = {
    NURSE: Role.COORDINATOR,
    LEAD: Role.LEAD,
    BILLER: Role.BILLER,
    DOCTOR: Role.PRACTITIONER,
    ADMIN: Role.ADMIN,
}
ASKED = (
    "",
    "help",
    "me",
    "near",
    "patient P-1050",
    "patient P-1042",
    "patient P-1042 facts",
    "patient",
    "patient P-9999",
    "patients",
    "patients P-1050",
    "patients P-9999",
    "staff",
    "staff nurse1",
    "staff nobody",
    "team",
    "team Blue Team",
    "team Nobody",
    "settings",
    "settings history",
    "settings nothing",
    "digest Blue Team",
    "consnt P-1042 verbal",
    "help consnt",
    "zzz",
)


def person(*roles: Role) -> Person:
    return Person("somebody", None, "Somebody", "", frozenset(roles), (), None, None)


def beyond(words: str, *roles: Role) -> set[str]:
    """The commands in ``words`` that somebody with these roles may not use."""
    return {name for name in re.findall(r"/ccm ([a-z]+)", words) if name in COMMANDS and not may(person(*roles), name)}


def stuck(harness: Harness) -> None:
    """P-1050, whom everything blocks that can."""
    columns = ("consent_date", "consent_form", "care_plan_date", "initiating_visit_date", "initiating_visit_type")
    lacking = dict.fromkeys((*columns, "conditions", "billing_practitioner"), "")
    harness.enroll([{"code": "P-1050", "programs": "CCM;PCM;RPM", "risk_documented": "no", **lacking}])
    harness.work(an_entry(patient="P-1050", minutes=17, program=Program("CCM")))


@pytest.mark.parametrize("line", ASKED)
def test_an_administrators_answers_and_forms_name_only_what_administrators_may_use(harness: Harness, line: str) -> None:
    stuck(harness)

    seen = harness.say(f"/ccm {line}".strip(), ADMIN)

    assert said(seen)
    assert beyond(said(seen), Role.ADMIN) == set()


def test_the_form_of_a_setting_names_only_what_administrators_may_use(harness: Harness) -> None:
    for name in KNOWN_SETTINGS:
        assert beyond(said(harness.say(f"/ccm settings {name}", ADMIN)), Role.ADMIN) == set(), name


def test_the_home_tab_of_an_administrator_names_only_what_administrators_may_use(harness: Harness) -> None:
    stuck(harness)

    assert beyond(home_of(harness, ADMIN).words, Role.ADMIN) == set()


def test_a_saved_patient_names_only_what_administrators_may_use(harness: Harness) -> None:
    stuck(harness)
    form = harness.say("/ccm patients P-1050", ADMIN).modal
    assert form is not None

    done = harness.person(ADMIN).submit(form, {"team": picked("green-team", "Green Team")})

    assert "*Changed* · *P-1050*" in said(done)
    assert beyond(said(done), Role.ADMIN) == set()


@pytest.mark.parametrize("user", USERS)
def test_a_blocker_names_a_line_to_those_who_may_and_whom_to_ask_to_others(harness: Harness, user: str) -> None:
    stuck(harness)

    words = harness.say("/ccm patient P-1050", user).words

    keeps = user in {NURSE, LEAD}
    assert ("Obtain consent and record it: /ccm consent P-1050 DATE verbal CCM" in words) == keeps
    assert ("Obtain consent and record it: ask a coordinator or lead" in words) != keeps
    assert beyond(words, USERS[user]) <= {"patients"}
    assert "have an administrator mark it: /ccm patients P-1050" in words


@pytest.mark.parametrize("name", CATALOGUE)
@pytest.mark.parametrize("role", Role)
def test_every_remedy_of_the_rules_can_be_told_to_everybody(name: str, role: Role) -> None:
    remedy = about_patient(CATALOGUE[name].remedy, "P-1042", Program("CCM"))

    told = for_reader(person(role), remedy)

    assert beyond(told, role) <= {"patients"}
    assert told.count("(") == told.count(")")
    assert for_reader(person(*Role), remedy) == remedy


def test_a_remedy_between_brackets_keeps_what_stands_around_it() -> None:
    assert for_reader(person(Role.ADMIN), "End it (/ccm enroll P-1042 ccm until DATE), or ask. `/ccm me`") == (
        "End it (ask a coordinator or lead), or ask. `/ccm me`"
    )


@pytest.mark.parametrize("user", USERS)
def test_help_on_a_command_of_others_says_so(harness: Harness, user: str) -> None:
    for name in COMMANDS:
        words = harness.say(f"/ccm help {name}", user).words

        is_mine = USERS[user] in command_named(name).roles
        assert ("*This needs the role " in words) != is_mine, name
