"""What is typed into a menu of patients is answered with those whose code begins like it."""

from typing import Any

from slack_bolt import Ack, App

from bot.desk import Desk
from bot.edge import answered
from bot.views.pickers import MOST_OPTIONS, PATIENT_PICKER, options_payload
from bot.views.reply import Reply
from ledger.roster import suggest_codes


def listen(app: App, desk: Desk) -> None:
    """Suggests patients; nothing to somebody who is not on the staff, and nothing where the ledger is away."""

    @app.options(PATIENT_PICKER)
    def on_typing(ack: Ack, body: dict[str, Any], payload: dict[str, Any]) -> None:
        def work() -> list[tuple[str, str]]:
            call = desk.call(body, "", "")
            with call.database.reading() as connection:
                return suggest_codes(connection, call.practice.practice_id, payload["value"], most=MOST_OPTIONS)

        found = answered(work, what="patient menu", saves=False)
        ack(options=[] if isinstance(found, Reply) else options_payload(found))
