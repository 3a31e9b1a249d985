"""What the person sees who asked for a patient of a digest: taken, given back, or who has the patient."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from bot.views import formatting
from bot.views.reply import Reply, actions, button, section
from ledger.practice.practice import Practice
from ledger.reports.takes import Asked, Outcome

TAKE_OVER = "digest_take_over"


def taking(asked: Asked, practice: Practice, patient_code: str, month: date, *, address: Mapping[str, Any]) -> Reply:
    """Return what came of asking for the patient; where somebody else has the patient, a button to take over.

    ``address`` comes back with that button.
    """
    if asked.outcome is Outcome.HELD and asked.holder is not None:
        since = practice.local(asked.holder.taken_at)
        holder = asked.holder.staff_id
        said = f"{patient_code} is taken by {holder} since {formatting.day(since.date())}, {formatting.clock(since)}."
        over = button("Take over", TAKE_OVER, {**address, "code": patient_code, "from": holder})
        return Reply(
            said,
            (section(f"*{patient_code}* {formatting.escaped(said.removeprefix(patient_code).strip())}"), actions(over)),
        )
    said, hint = f"{patient_code} is yours in {month:%B}.", " Choose the patient again to give it back."
    if asked.outcome is Outcome.RELEASED:
        said, hint = f"You gave {patient_code} back: nobody has taken the patient now.", ""
    return Reply(said, (section(said + hint),), frozenset({patient_code}))
