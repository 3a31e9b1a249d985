"""The roster for an administrator: lists of patients, people and teams, and what a form changed."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from bot.views import formatting
from bot.views.blocks import Block, View, search_menu
from bot.views.forms.pickers import EDIT_PATIENT, EDIT_PERSON, EDIT_TEAM
from bot.views.reply import Reply, actions, button, context, header, reply_view, sections, table
from ledger.patients.roster_history import DATED
from ledger.practice.settings import said
from ledger.roster.changes import ColumnChange, RosterReceipt
from ledger.roster.designations import Leaving, needing_words
from ledger.roster.directory import Person
from ledger.roster.lists import ListedPatient, ListedTeam, PatientsPage
from ledger.roster.reassigning import ReassignmentReceipt
from ledger.rules.facts import Program
from ledger.storage.roster_tables import BEGINNING

PATIENTS_PAGE, STAFF_PAGE, TEAM_PAGE = "patients_page", "staff_page", "team_page"
ADD_PATIENT, ADD_PERSON, ADD_TEAM = "patients_add", "staff_add", "team_add"
REASSIGN = "staff_reassign"
REASSIGN_LABEL = "Change billing practitioner"
CODES_NAMED = 100
"""How many patients of somebody who leaves are named; the others are counted."""
CELL_CHARACTERS, KEPT_CHARACTERS = 40, 150
PARTS_SHOWN = 2
_HIDDEN = frozenset({"code_key", "code_number"})
"""Columns that follow from the code."""
_DATED = frozenset(name for names in DATED.values() for name in names)


def patients_list(page: PatientsPage, *, scope: str, staff: Mapping[str, str]) -> Reply:
    """Return one page of patients; ``staff`` has the names of the practitioners by id."""
    title = f"Patients · {scope}"
    counted = formatting.listed(page.total, "patient")
    blocks: list[Block] = [header(title), *sections([_counted(page.begin, len(page.patients), counted)])]
    if page.patients:
        columns = ("Patient", "Team", "Programs", "Practitioner", "Kept from billing by")
        blocks.append(table(columns, [_patient_row(patient, staff) for patient in page.patients]))
    tools = _tools(EDIT_PATIENT, "Change a patient", ADD_PATIENT, "Add a patient")
    return Reply(f"Patients: {counted}", (*blocks, tools))


def _patient_row(patient: ListedPatient, staff: Mapping[str, str]) -> list[str]:
    by = patient.billing_practitioner
    return [
        formatting.clipped(patient.patient_code, CELL_CHARACTERS),
        formatting.clipped(patient.team, CELL_CHARACTERS),
        ", ".join(patient.blockers),
        formatting.clipped(staff.get(by, by), CELL_CHARACTERS) if by else "",
        formatting.clipped(kept_by(patient.blockers), KEPT_CHARACTERS),
    ]


def kept_by(blockers: Mapping[Program, Sequence[str]]) -> str:
    """Return ``no consent``, or where programs differ ``CCM: no consent; RPM: nothing``; in a word or two each."""
    if not blockers:
        return "not enrolled"
    said = {
        program: formatting.some_of([_short(name) for name in names], PARTS_SHOWN) or "nothing"
        for program, names in blockers.items()
    }
    if len(set(said.values())) == 1:
        return next(iter(said.values()))
    return "; ".join(f"{program}: {kept}" for program, kept in said.items())


def _short(blocker: str) -> str:
    """Return a blocker's name as words; of conditions there are always too few."""
    return "too few conditions" if blocker == "CONDITIONS" else blocker.lower().replace("_", " ")


def staff_list(
    people: Sequence[Person], begin: int, total: int, *, title: str, teams: Mapping[str, str], today: date
) -> Reply:
    """Return one page of people, the first of whom stands at ``begin`` of ``total``; ``teams`` has the names by id."""
    counted = formatting.listed(total, "person", "people")
    blocks: list[Block] = [header(title), *sections([_counted(begin, len(people), counted)])]
    if people:
        columns = ("Id", "Name", "Credential", "Roles", "Teams", "Slack", "Works here")
        blocks.append(table(columns, [_person_row(person, teams, today) for person in people]))
    tools = _tools(EDIT_PERSON, "Change a person", ADD_PERSON, "Add a person")
    tools["elements"].append(button(REASSIGN_LABEL, REASSIGN, ""))
    return Reply(f"Staff: {counted}", (*blocks, tools))


def _person_row(person: Person, teams: Mapping[str, str], today: date) -> list[str]:
    own = [formatting.clipped(teams.get(team_id, team_id), CELL_CHARACTERS) for team_id in person.team_ids]
    return [
        formatting.clipped(person.staff_id, CELL_CHARACTERS),
        formatting.clipped(person.name, CELL_CHARACTERS),
        formatting.clipped(person.credential, CELL_CHARACTERS),
        ", ".join(sorted(person.roles)),
        formatting.some_of(own, PARTS_SHOWN),
        person.slack_user_id or "",
        _works_here(person, today),
    ]


def _works_here(person: Person, today: date) -> str:
    if person.active_from and person.active_from > today:
        return f"from {person.active_from}"
    if person.active_to:
        return f"until {person.active_to}"
    return "yes"


def team_list(shown: Sequence[ListedTeam], begin: int, total: int, *, next_digests: Mapping[str, str]) -> Reply:
    """Return one page of teams, the first of which stands at ``begin`` of ``total``.

    ``next_digests`` come when, by id.
    """
    counted = formatting.listed(total, "team")
    lines = [
        f"• *{formatting.escaped(formatting.clipped(each.team.name, 100))}* · <#{each.team.channel_id}> · "
        f"{formatting.listed(each.people, 'person', 'people')} · {formatting.listed(each.patients, 'patient')} · "
        f"next digest: {next_digests[each.team.team_id]}"
        for each in shown
    ]
    blocks: list[Block] = [header("Teams"), *sections([_counted(begin, len(shown), counted), *lines])]
    tools = _tools(EDIT_TEAM, "Change a team", ADD_TEAM, "Add a team")
    return Reply(f"Teams: {counted}", (*blocks, tools))


def _counted(begin: int, shown: int, counted: str) -> str:
    return f"{begin + 1}–{begin + shown} of {counted}" if shown else counted


def _tools(edit: str, placeholder: str, add: str, label: str) -> Block:
    return actions(search_menu(edit, placeholder=placeholder, least_typed=1), button(label, add, ""))


def saved_view(
    receipt: RosterReceipt, labels: Mapping[str, str], *, teams: Mapping[str, str], lines: Sequence[str] = ()
) -> View:
    """Return the modal after a save: what changed. ``teams`` has the names by id; ``lines`` follow."""
    done = {"added": "Added", "changed": "Changed", "unchanged": "Nothing changed"}[receipt.outcome]
    said = [f"*{done}* · *{formatting.escaped(teams.get(receipt.key, receipt.key))}*"]
    if receipt.outcome == "unchanged":
        said.append("It was so already.")
    said += [_change(change, labels, teams, receipt) for change in receipt.changes if change.column not in _HIDDEN]
    if receipt.outcome == "changed" and any(change.column in _DATED for change in receipt.changes):
        said.append(f"What is dated of it holds {_since(receipt.from_date)}.")
    said += [f"• {formatting.escaped(one)}" for one in _read_as(receipt, labels)]
    if receipt.months:
        counted = formatting.listed(receipt.months, "month")
        of = f" of {formatting.listed(len(receipt.patient_codes), 'patient')}" if receipt.patient_codes else ""
        said.append(f"{counted}{of} {'was' if receipt.months == 1 else 'were'} evaluated again.")
    said += [f"• {formatting.escaped(line)}" for line in receipt.renewals]
    said += [f"• {change}" for change in receipt.worth]
    blocks: list[Block] = sections([*said, *lines])
    for each in receipt.leaving:
        blocks += needing(each)
    return _saved(blocks, replayed=receipt.replayed)


def reassigned_view(receipt: ReassignmentReceipt) -> View:
    """Return the modal after patients were given to another billing practitioner."""
    counted = formatting.listed(len(receipt.patient_codes), "patient")
    said = [f"*Changed* · {counted} now with *{formatting.escaped(receipt.practitioner)}* as billing practitioner."]
    if receipt.unchanged:
        said.append(f"{formatting.listed(receipt.unchanged, 'patient')} had them already.")
    if receipt.patient_codes:
        said.append(formatting.escaped(formatting.some_of(receipt.patient_codes, CODES_NAMED)))
    said += [f"• {change}" for change in receipt.worth]
    said += [f"• {formatting.escaped(line)}" for line in receipt.renewals]
    return _saved(sections(said), replayed=receipt.replayed)


def needing(each: Leaving) -> list[Block]:
    """Return who leaves with the patients that need another billing practitioner, and a button to the form for it."""
    said = formatting.escaped(needing_words(each, most=CODES_NAMED))
    return [*sections([said]), actions(button(REASSIGN_LABEL, REASSIGN, each.staff_id, style="primary"))]


def _saved(blocks: list[Block], *, replayed: bool) -> View:
    if replayed:
        blocks.append(context("This form had already been saved; nothing was saved twice."))
    return reply_view(Reply("Saved", tuple(blocks)), title="Saved")


def _since(from_date: date | None) -> str:
    if from_date is None:
        return "from today"
    return "since the beginning" if from_date == BEGINNING else f"from {formatting.full_day(from_date)}"


def _read_as(receipt: RosterReceipt, labels: Mapping[str, str]) -> list[str]:
    """Return what was read otherwise than it was written, in the form's words for the columns."""
    parts = [one.partition(" ") for one in receipt.read_as]
    return [f"{labels.get(column, column)} {said}" for column, _, said in parts]


def _change(change: ColumnChange, labels: Mapping[str, str], teams: Mapping[str, str], receipt: RosterReceipt) -> str:
    before, after = value_words(change.column, change.before, teams), value_words(change.column, change.after, teams)
    label = labels.get(change.column, change.column)
    return f"• {label}: {after}" if receipt.outcome == "added" else f"• {label}: {before} → {after}"


def value_words(column: str, value: Any, teams: Mapping[str, str]) -> str:
    """Return a column's value as it is read: ``yes``, ``nothing``, a mention; ``teams`` has the names by id."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value is None or value in ("", []):
        return "nothing"
    if column == "digest_hour":
        return said(column, value)
    if column == "slack_user_id":
        return f"<@{value}>"
    if column == "channel_id":
        return f"<#{value}>"
    parts = value if isinstance(value, list) else [value]
    named = [teams.get(part, part) for part in parts] if column in {"teams", "team_id"} else parts
    return formatting.escaped(", ".join(map(str, named)))
