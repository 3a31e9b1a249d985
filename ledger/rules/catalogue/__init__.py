"""Every rule in words: the one place that messages, help and documentation quote."""

from collections.abc import Mapping
from types import MappingProxyType

from ledger.rules.catalogue.billing import BLOCKERS, BOOKS, CODES
from ledger.rules.catalogue.lists import WARNINGS, WORKLISTS
from ledger.rules.catalogue.text import RuleText, about_patient
from ledger.rules.catalogue.time import COUNTING, ENTRIES
from ledger.rules.catalogue.transitional import TRANSITIONS

__all__ = ["CATALOGUE", "RULES_BY_NAME", "RuleText", "about_patient"]

CATALOGUE: Mapping[str, RuleText] = MappingProxyType(
    {
        rule.number: rule
        for rule in (*ENTRIES, *COUNTING, *CODES, *BLOCKERS, *WARNINGS, *WORKLISTS, *BOOKS, *TRANSITIONS)
    }
)
"""Every rule by its number, blockers by their name, in the order of billing-rules."""

RULES_BY_NAME: Mapping[str, RuleText] = MappingProxyType(
    {**{rule.name: rule for rule in WARNINGS}, **{rule.name: rule for rule in BLOCKERS}}
)
"""The blockers and warnings by their name: a warning may block as well, by policy (section 7)."""
