"""Who may do what: the groups of roles that commands ask for, and what else a person may see and touch."""

import re
from collections.abc import Collection, Sequence
from datetime import date

from bot.commands.registry import COMMANDS, command_named
from ledger.errors import LedgerError
from ledger.roster.directory import Person, Role, Team

EVERYBODY = frozenset(Role)
DOCUMENTING = frozenset({Role.COORDINATOR, Role.PRACTITIONER})
BILLING = frozenset({Role.BILLER, Role.LEAD})
CLOSING = frozenset({Role.BILLER})
KEEPING_FACTS = frozenset({Role.COORDINATOR, Role.LEAD})
DESIGNATING = frozenset({Role.PRACTITIONER})
LEADING = frozenset({Role.LEAD, Role.ADMIN})
ADMINISTERING = frozenset({Role.ADMIN})
CORRECTING = DOCUMENTING | {Role.LEAD}

ROLES_BY_BUTTON: dict[str, frozenset[Role]] = {
    "Take": DOCUMENTING | {Role.LEAD},
}
"""Buttons and menus of messages that everybody in a channel sees, which do what no command does."""

SEE_EVERY_TEAM = frozenset({Role.BILLER, Role.ADMIN})
"""Roles whose lists are not limited to the person's own teams."""


_COMMAND = re.compile(r"`?/ccm ([a-z]+)[^)`\n]*`?")


def for_reader(person: Person, text: str) -> str:
    """Return a remedy with whom to ask in place of each command that its reader may not use.

    What only administrators can do is left as it is: such a remedy names them.
    """

    def said(found: re.Match[str]) -> str:
        entry = COMMANDS.get(found[1])
        roles = EVERYBODY if entry is None else command_named(found[1]).roles
        if person.roles & roles or roles == ADMINISTERING:
            return found[0]
        return f"ask a {_either(roles)}"

    return _COMMAND.sub(said, text)


def _either(roles: frozenset[Role]) -> str:
    return " or ".join(sorted(role.value for role in roles))


def may(person: Person, command: str) -> bool:
    """Return whether the person has one of the roles that ``command`` needs."""
    return bool(person.roles & command_named(command).roles)


def require(person: Person, command: str) -> None:
    """Raise ``LedgerError`` where the person has none of the roles that ``command`` needs."""
    require_roles(person, command_named(command).roles, f"/ccm {command}".strip())


def require_button(person: Person, name: str) -> None:
    """Raise ``LedgerError`` where the person has none of the roles that the button ``name`` needs."""
    require_roles(person, ROLES_BY_BUTTON[name], f"The button {name}")


def require_roles(person: Person, roles: frozenset[Role], what: str) -> None:
    """Do nothing for a person who has one of the ``roles`` that ``what`` needs.

    Raises:
        LedgerError: ROLE_NEEDED, for everybody else.
    """
    if person.roles & roles:
        return
    raise LedgerError(
        "ROLE_NEEDED",
        f"{what} {roles_needed(person, roles)}",
        "An administrator of your practice can give it to you. What you can do now: /ccm help",
    )


def roles_needed(person: Person, roles: frozenset[Role]) -> str:
    """Return what is lacking, as ``needs the role biller or lead; you have coordinator.`` says it."""
    has = ", ".join(sorted(role.value for role in person.roles)) or "no role"
    return f"needs the role {_either(roles)}; you have {has}."


def require_active(person: Person, on: date) -> None:
    """Raise ``LedgerError`` where the person does not work here on that date.

    Raises:
        LedgerError: PERSON_INACTIVE.
    """
    if not person.is_active(on):
        raise LedgerError(
            "PERSON_INACTIVE",
            "Your time in this practice's roster is over or has not begun.",
            "Ask an administrator of your practice to correct your dates: /ccm staff",
        )


def require_entry(person: Person, command: str, name: str, *, author: str, team: Team) -> None:
    """Raise ``LedgerError`` where ``command`` may not touch that entry of ``author`` for a patient of ``team``.

    One's own entries may be touched, and by a lead those of the lead's teams; but a fix records work again, which
    only the person who did it can.

    Raises:
        LedgerError: ENTRY_OF_OTHERS.
    """
    leads = Role.LEAD in person.roles and team.team_id in person.team_ids
    if person.staff_id == author or (leads and command != "fix"):
        return
    remedy = f"Its author can do that, or a lead of {team.name}: /ccm {command} {name} …"
    if command == "fix":
        remedy = f"Its author can fix it; a lead of {team.name} can void it: /ccm void {name} REASON"
    raise LedgerError("ENTRY_OF_OTHERS", f"{name} is not your entry.", remedy)


def visible_teams(person: Person, teams: Collection[Team], asked: Team | None) -> frozenset[str] | None:
    """Return the ids of the teams whose list the person sees; None means every team.

    Raises:
        LedgerError: Where a lead asks for a team of others.
    """
    if person.roles & SEE_EVERY_TEAM:
        return None if asked is None else frozenset({asked.team_id})
    own = frozenset(person.team_ids) & {team.team_id for team in teams}
    if asked is None:
        return own
    if asked.team_id not in own:
        names = ", ".join(team.name for team in teams if team.team_id in own) or "no team yet"
        raise LedgerError(
            "TEAM_OF_OTHERS", f"You lead {names}, not {asked.name}.", "A biller sees every team: /ccm month"
        )
    return frozenset({asked.team_id})


NOBODY_YET = (
    "There is none yet: whoever runs the bot can name one with CCM_ADMINS, and the primary owner of this workspace is "
    "one until then."
)


class UnknownPersonError(LedgerError):
    """Somebody who is not on the staff list; ``admins`` are the Slack ids of those who can change that."""

    def __init__(self, user: str, admins: Sequence[str]) -> None:
        """``user`` is the Slack id of whoever asked."""
        self.admins = tuple(admins)
        remedy = f"Ask an administrator of your practice to add you with your Slack id, {user}."
        remedy += f" They type: /ccm staff {user}"
        if not admins:
            remedy += f". {NOBODY_YET}"
        super().__init__("PERSON_UNKNOWN", "You are not on this practice's staff list yet.", remedy)
