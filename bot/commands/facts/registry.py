"""The commands that record a fact about a patient, by name."""

from collections.abc import Mapping

from bot.commands.facts.complex import COMPLEX
from bot.commands.facts.consent import CONSENT
from bot.commands.facts.enroll import ENROLL
from bot.commands.facts.plan import PLAN
from bot.commands.facts.readings import READINGS
from bot.commands.facts.shared import FactKeeper
from bot.commands.facts.stay import STAY
from bot.commands.facts.visit import VISIT

FACT_KEEPERS: Mapping[str, FactKeeper] = {
    keeper.command.value: keeper for keeper in (CONSENT, PLAN, VISIT, STAY, READINGS, ENROLL, COMPLEX)
}
"""In the order in which the help lists them."""
