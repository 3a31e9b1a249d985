"""The commands that record a fact about a patient, by name."""

from collections.abc import Mapping

from bot.commands.complex import COMPLEX
from bot.commands.consent import CONSENT
from bot.commands.enroll import ENROLL
from bot.commands.facts import FactKeeper
from bot.commands.plan import PLAN
from bot.commands.readings import READINGS
from bot.commands.stay import STAY
from bot.commands.visit import VISIT

FACT_KEEPERS: Mapping[str, FactKeeper] = {
    keeper.command.value: keeper for keeper in (CONSENT, PLAN, VISIT, STAY, READINGS, ENROLL, COMPLEX)
}
"""In the order in which the help lists them."""
