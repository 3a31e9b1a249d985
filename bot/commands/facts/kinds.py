"""Every kind of fact as people see it: who may record it, how it is said, and which command has its form."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache

from bot.commands.facts.shared import FactKeeper
from bot.commands.registry import COMMANDS, command_named
from bot.permissions import require_roles
from ledger.patients.facts import Fact, FactKind
from ledger.practice.practice import Practice
from ledger.recording.fact_cells import LAYOUTS
from ledger.recording.fact_reading import FACT_FILES
from ledger.roster.directory import Person, Role


@dataclass(frozen=True, slots=True)
class KindOfFact:
    """The facts of one import file, and the command that records them."""

    file: str
    roles: frozenset[Role]
    says: Callable[[Fact, Practice], list[str]]
    keeper: FactKeeper

    def words(self, fact: Fact, practice: Practice) -> str:
        """Return the fact in one line, for example ``CCM consent, verbal · Tue Nov 3, 2026``."""
        return " · ".join(filter(None, self.says(fact, practice)))

    def may(self, person: Person) -> bool:
        """Return whether the person may record such facts, and so correct and withdraw them."""
        return bool(person.roles & self.roles)

    def require(self, person: Person, what: str) -> None:
        """Raise ``LedgerError`` ROLE_NEEDED for ``what`` where the person may not record such facts."""
        require_roles(person, self.roles, what)


@cache
def fact_keepers() -> Mapping[str, FactKeeper]:
    """Return the commands that record a fact, by name, in the order in which the help lists them."""
    names = [name for name, entry in COMMANDS.items() if entry.module.startswith("facts.")]
    return {name: found for name in names if isinstance(found := command_named(name), FactKeeper)}


@cache
def kind_of_file(file: str) -> KindOfFact:
    """Return the kind of fact that stands in the import file of that name."""
    keeper = next(each for each in fact_keepers().values() if each.file == file)
    return KindOfFact(file, keeper.roles, keeper.says, keeper)


def kind_of(fact_kind: FactKind) -> KindOfFact:
    """Return the kind that facts of ``fact_kind`` are."""
    return kind_of_file(LAYOUTS[fact_kind].file)


def kinds_of_facts() -> list[KindOfFact]:
    """Return every kind, in the order of the import files."""
    return [kind_of_file(file) for file in FACT_FILES]
