"""Patient data stays where its author put it: no note in a notification, a channel or a log; no name in a channel."""

import json
import logging
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any

import pytest
from openpyxl import load_workbook
from prometheus_client import generate_latest
from structlog.contextvars import merge_contextvars
from structlog.testing import capture_logs
from support.forms import opened
from support.logs import structlog_as_in_tests
from support.practice import import_rows, local, staff_row
from support.slack import BLUE, GENERAL, STRANGER, Harness, ManualClock, copied_harness, paint_points_alone, picked

from bot.messages.direct_messages import SlackDirect
from bot.telemetry.metrics import Metrics
from bot.views.closing import CLOSE
from bot.views.correction import FIX_ANYWAY
from bot.views.digest import LOG as DIGEST_LOG
from bot.views.digest import POST_NOW, TAKE
from bot.views.forms.corrections import FIX_ENTRY, PICK_ENTRY
from bot.views.forms.log import READ_LINE
from bot.views.onboarding import ADD
from bot.views.problem import SAVE_ANYWAY
from bot.views.receipt import ADD_DETAIL, UNDO
from bot.views.settings import VALUE
from bot.views.taking import TAKE_OVER
from bot.views.timer import STOP_NOW
from jobs.notices.monthly import run_month_messages
from jobs.notices.timer_reminders import run_reminders

NOTE_MARK, NAME_MARK = "ZEBRANOTE", "Quagga"
NOTE = f"{NOTE_MARK} reconciled the insulin list. Dose confirmed with the patient."
IDENTIFIER = "215-555-0199"
IDENTIFIED = f"{NOTE_MARK} called the daughter at {IDENTIFIER}. She fills the pill box."
MARKS = (NOTE_MARK, NAME_MARK, IDENTIFIER)
NURSE, LEAD, BILLER, ADMIN = "U0NURSE1", "U0LEAD1", "U0BILLER1", "U0ADMIN1"


@dataclass
class Journey:
    """What was said and logged while people did everything they can."""

    harness: Harness
    logs: str

    def sent(self, kind: str) -> list[dict[str, Any]]:
        """What the bot sent: ``ack``, ``response_url`` or a Web API method."""
        calls = self.harness.playground.calls(kind)
        return [call.payload for call in calls if isinstance(call.payload, dict)]


def do_everything(harness: Harness) -> None:
    """Logs, forms, undo, lists, a digest, mistakes and failures, with marked notes and a marked name."""
    marked = staff_row(
        id="nurse1", slack_user_id=NURSE, name=f"Nurse {NAME_MARK}", credential="RN", roles="coordinator"
    )
    import_rows(harness.database, harness.practice, "staff", [marked])
    nurse = harness.person()
    for user in (NURSE, LEAD, BILLER, "U0ADMIN1"):
        harness.person(user).home()
    harness.settle()
    saved = harness.say(f"/ccm log P-1042 17m meds call {NOTE}")
    asked = harness.say(f"/ccm log P-1042 17m meds call {NOTE}")
    harness.press(asked, SAVE_ANYWAY)
    harness.press(saved, UNDO)
    harness.say(f"/ccm log P-1043 17m meds call {NOTE}")
    harness.say(f"/ccm log P-1044 12m ccm meds {NOTE}")
    harness.press(harness.say(f"/ccm fix P-1044#1 200m yesterday {NOTE}"), FIX_ANYWAY)
    harness.say(f"/ccm add P-1044#3 {NOTE}")
    harness.say(f"/ccm fix P-1044#3 12x {NOTE}")
    harness.say(f"/ccm void P-1044#3 {NOTE}")
    harness.say(f"/ccm void P-1044#3 {NOTE}")
    for line in (f"complex P-1042 high {NOTE}", f"complex P-9999 high {NOTE}", f"complex {NOTE_MARK}"):
        harness.say(f"/ccm {line}", "U0DOCTOR1")
    for line in (f"consent P-1042 verbal {NOTE_MARK}", f"stay {NOTE_MARK}", "plan P-1042 yesterday"):
        harness.say(f"/ccm {line}")
    keep_time(harness)
    form = harness.say(f"/ccm log P-1042 12x meds {NOTE}").modal
    assert form is not None
    nurse.submit(form, {"length": "200m", "patient": picked("P-9999")})
    nurse.submit(form, {"length": "200m", "patient": picked("P-1043")})
    for line in (
        f"lgo P-1042 12m {NOTE_MARK}",
        NOTE_MARK,
        f"month {NOTE_MARK}",
        f"near {NOTE_MARK}",
        f"patient {NOTE_MARK}",
        f"patient P-1042 {NOTE_MARK}",
        f"help {NOTE_MARK}",
        f"void {NOTE_MARK}",
        f"add P-1042#9 {NOTE_MARK}",
        f"me {NOTE_MARK}",
        "me month",
        "",
        "near",
        "patient P-1042",
        "undo",
    ):
        for user in (NURSE, STRANGER):
            harness.say(f"/ccm {line}", user)
    use_forms(harness)
    close_and_reopen(harness)
    for line in ("month", f"month {NOTE_MARK}", f"log P-1042 12m meds {NOTE_MARK}"):
        harness.say(f"/ccm {line}", BILLER)
    administer(harness)
    harness.press(harness.say("/ccm digest Blue Team", LEAD), POST_NOW, LEAD)
    assert harness.playground.wait_until(lambda: bool(harness.posts(BLUE)))
    use_the_digest(harness)


def close_and_reopen(harness: Harness) -> None:
    """October closed, refused a marked note, reopened for marked reasons, of which one is refused, and closed again."""
    harness.say(f"/ccm log P-1043 9m labs 10/30 {NOTE}")
    for reason in (NOTE, f"{NOTE_MARK} {NAME_MARK}"):
        harness.press(harness.say("/ccm close october", BILLER), CLOSE, BILLER)
        harness.settle()
        for line in (f"log P-1043 9m labs 10/30 {NOTE}", "patient P-1043 oct", f"consent P-1043 10/02 {NOTE_MARK}"):
            harness.say(f"/ccm {line}")
        for line in (f"close {NOTE_MARK}", f"reopen oct {IDENTIFIED}", f"reopen oct {reason}", "close oct"):
            harness.say(f"/ccm {line}", BILLER)
            harness.settle()


def use_the_digest(harness: Harness) -> None:
    """Takes a patient of the digest, takes the patient over, and logs a marked note from it."""
    harness.settle()
    (posted,) = harness.posts(BLUE)
    harness.person().press(posted, TAKE, "P-1043")
    harness.settle()
    (asked,) = harness.person(LEAD).press(harness.posts(BLUE)[0], TAKE, "P-1043").messages
    harness.person(LEAD).press(asked, TAKE_OVER)
    harness.settle()
    form = harness.person().press(harness.posts(BLUE)[0], DIGEST_LOG, "P-1043 ccm").modal
    assert form is not None
    harness.person().submit(form, {"length": "5m", "activity": "medication", "note": NOTE})
    harness.settle()
    assert "done by nurse1" in harness.posts(BLUE)[0].words


def keep_time(harness: Harness) -> None:
    """Timers that are started, refused, forgotten, reminded of, stopped and cancelled."""
    harness.say(f"/ccm start P-1043 labs {NOTE}")
    harness.say(f"/ccm start P-1042 12m {NOTE}")
    harness.clock.move(minutes=50)
    direct = SlackDirect(harness.client)
    run_reminders(harness.database.of("T0TEST"), harness.practice.practice_id, direct, now=harness.clock)
    (asked,) = harness.person().direct_messages()
    assert "P-1043" in asked.text
    form = harness.person().press(asked, STOP_NOW).modal
    assert form is not None
    harness.person().submit(form)
    harness.settle()
    for line in (f"start {NOTE}", f"start P-1042 meds {NOTE}", f"stop 12m {NOTE}", f"stop {NOTE}", "cancel"):
        harness.say(f"/ccm {line}")
    harness.clock.move(minutes=2)
    harness.say(f"/ccm stop {NOTE}")
    harness.say("/ccm")


def administer(harness: Harness) -> None:
    """Lists people, changes one with a marked name, is refused once, and adds the stranger, who has a marked name."""
    admin = harness.person(ADMIN)
    for line in ("staff", f"staff {NAME_MARK}", "staff nurse1", f"patients {NOTE_MARK}", f"team {NOTE_MARK}", "team"):
        harness.say(f"/ccm {line}", ADMIN)
    form = harness.say("/ccm staff nurse1", ADMIN).modal
    assert form is not None
    admin.submit(form, {"active_from": "2026-11-02", "active_to": "2026-11-01"})
    admin.submit(form, {"name": f"Other {NAME_MARK}", "active_from": "2025-01-01", "active_to": None})
    harness.settle()
    (notice,) = admin.direct_messages()
    harness.playground.workspace.users[STRANGER].real_name = NAME_MARK
    admin.press(notice, ADD)
    harness.settle()
    assert admin.modal is not None
    assert NAME_MARK in json.dumps(admin.modal.blocks)
    admin.submit(admin.modal, {"id": "visitor1"})


def decide_and_export(harness: Harness) -> None:
    """Has identifiers refused and then allowed, settings changed by a marked name, and a month exported."""
    marked = staff_row(
        id="admin1", slack_user_id=ADMIN, name=f"Admin {NAME_MARK}", credential="", roles="admin", teams=""
    )
    import_rows(harness.database, harness.practice, "staff", [marked])
    for line in (f"log P-1043 9m plan {IDENTIFIED}", f"add P-1043#1 {IDENTIFIED}", f"void P-1043#1 {IDENTIFIED}"):
        harness.say(f"/ccm {line}")
    harness.say(f"/ccm complex P-1043 high {IDENTIFIED}", "U0DOCTOR1")
    for name in ("allow_identifiers", "export_staff_names", "export_notes", "count_outreach_attempts"):
        form = harness.say(f"/ccm settings {name}", ADMIN).modal
        assert form is not None
        harness.person(ADMIN).submit(form, {VALUE: "true"})
        harness.settle()
    harness.say(f"/ccm log P-1043 9m plan {IDENTIFIED}")
    for line in ("settings", "settings history", f"settings {NOTE_MARK}"):
        harness.say(f"/ccm {line}", ADMIN)
    harness.say("/ccm export", BILLER)
    assert harness.playground.wait_until(lambda: bool(harness.person(BILLER).direct_messages()))


def use_forms(harness: Harness) -> None:
    """A pasted line, the buttons of answers, and the forms for facts and corrections, with marked words."""
    nurse, doctor = harness.person(), harness.person("U0DOCTOR1")
    for line in (f"P-1042 12x meds {NOTE}", f"P-1042 9m labs {NOTE}"):
        form = opened(harness.say("/ccm log"))
        nurse.press(form, READ_LINE, line, block_id="line")
    nurse.submit(opened(nurse.press(opened(harness.say("/ccm log")), READ_LINE, f"P-1042 9m labs {NOTE}")))
    saved = harness.say(f"/ccm log P-1043 8m doc {NOTE}")
    detail = opened(harness.press(saved, ADD_DETAIL))
    nurse.submit(detail, {"addendum": " "})
    nurse.submit(detail, {"addendum": NOTE})
    name = saved.words.partition("entry ")[2].split()[0]
    entry = opened(nurse.press(harness.say("/ccm me").message, PICK_ENTRY, name))
    nurse.submit(opened(nurse.press(entry, FIX_ENTRY)), {"note": f"{NOTE} Anew."})
    fixed = harness.person().modal
    assert fixed is not None
    name = fixed.words.partition("entry ")[2].split()[0]
    nurse.submit(opened(harness.say(f"/ccm void {name}")), {"reason": NOTE_MARK})
    designation = opened(harness.say(f"/ccm complex {NOTE_MARK}", "U0DOCTOR1"))
    doctor.submit(designation, {"patient": picked("P-1042"), "mdm": "high", "rationale": NOTE})
    harness.say(f"/ccm consent P-1042 {NOTE_MARK}")


def fail_in_every_way(harness: Harness, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets Slack, the database and the bot itself fail under marked notes."""
    line = f"/ccm log P-1042 12m labs {NOTE}"
    harness.playground.fail_next("views.open", status=200, error="internal_error")
    harness.say(f"/ccm log P-1042 labs {NOTE}")
    with monkeypatch.context() as patch:
        patch.setattr("bot.commands.log.record_entry", lambda *_, **__: {}[NOTE])
        harness.say(line)
    with monkeypatch.context() as patch:
        patch.setattr("bot.commands.log.receipt", lambda *_, **__: int(NOTE))
        harness.say(line)
    with harness.database.of("T0TEST").writing() as connection:
        connection.exec_driver_sql("DROP TABLE patient_months")
    harness.say(line)
    with monkeypatch.context() as patch:
        patch.setattr("bot.listeners.commands.answered", lambda *_, **__: {}[NOTE])
        harness.say(line)


@contextmanager
def everything_printed() -> Iterator[IO[str]]:
    """A file with all that is logged and printed in the block, by whatever way it gets out of this process."""
    with TemporaryFile("w+") as file, ExitStack() as stack:
        for number in (1, 2):
            kept = os.dup(number)
            stack.callback(os.close, kept)
            stack.callback(os.dup2, kept, number)
            os.dup2(file.fileno(), number)
        handler, level = logging.StreamHandler(file), logging.root.level
        logging.root.addHandler(handler)
        stack.callback(logging.root.removeHandler, handler)
        logging.root.setLevel(logging.INFO)
        stack.callback(logging.root.setLevel, level)
        with redirect_stdout(file), redirect_stderr(file):
            yield file


@pytest.fixture(scope="module")
def journey(harness_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Journey]:
    """Everything that can be done, and everything that can go wrong; made once, for tests that look at it alone."""
    metrics = Metrics()
    place = tmp_path_factory.mktemp("journey") / "harness.sqlite3"
    with (
        pytest.MonkeyPatch.context() as patch,
        copied_harness(harness_template, place, ManualClock()) as harness,
        structlog_as_in_tests(),
    ):
        harness.allows_refusals = True
        paint_points_alone(patch)
        with everything_printed() as file, capture_logs(processors=[merge_contextvars, metrics.hear]) as logs:
            do_everything(harness)
            decide_and_export(harness)
            fail_in_every_way(harness, patch)
            file.seek(0)
            printed = file.read()
        shown = generate_latest(metrics.registry).decode()
        assert 'ccm_requests_total{command="log",outcome="ok"}' in shown
        yield Journey(harness, json.dumps(logs, default=str) + printed + shown)


def test_marked_notes_were_saved_and_shown_to_their_author(journey: Journey) -> None:
    assert NOTE in {entry.note for entry in journey.harness.entries()}
    assert NOTE_MARK in json.dumps(journey.sent("ack"))
    assert NAME_MARK in json.dumps(journey.sent("ack"))


def test_no_note_and_no_name_stands_in_a_channel(journey: Journey) -> None:
    posted = json.dumps([journey.harness.posts(channel) for channel in (BLUE, GENERAL)], default=lambda seen: seen.body)

    assert "P-1043" in posted
    assert [mark for mark in MARKS if mark in posted] == []


def test_no_note_and_no_name_stands_in_a_notification(journey: Journey) -> None:
    texts = [
        payload["text"]
        for kind in ("ack", "response_url", "chat.postMessage", "chat.update")
        for payload in journey.sent(kind)
        if "text" in payload
    ]

    assert len(texts) > 30
    assert [text for text in texts if any(mark in text for mark in MARKS)] == []


def test_no_note_and_no_name_stands_in_a_home_tab(journey: Journey) -> None:
    homes = json.dumps(journey.sent("views.publish"))

    assert "P-1043#1" in homes
    assert len(journey.sent("views.publish")) > 10
    assert NOTE_MARK not in homes
    assert NAME_MARK not in homes


def test_nothing_is_posted_but_the_digest_and_what_is_for_one_person_alone(journey: Journey) -> None:
    assert {payload["channel"] for payload in journey.sent("chat.postMessage")} == {BLUE, "D0NURSE1", "D0ADMIN1"}


def test_no_note_and_no_name_stands_in_a_direct_message(journey: Journey) -> None:
    to_nurse, to_admin = (journey.harness.person(user).direct_messages() for user in (NURSE, ADMIN))
    direct = json.dumps([seen.body for seen in (*to_nurse, *to_admin)])

    assert (len(to_nurse), len(to_admin)) == (1, 1)
    assert STRANGER in direct
    assert NOTE_MARK not in direct
    assert NAME_MARK not in direct


def test_no_note_and_no_name_stands_in_what_was_ever_shown_in_a_channel_or_uploaded(journey: Journey) -> None:
    kinds = ("chat.postMessage", "chat.update", "files.getUploadURLExternal", "files.completeUploadExternal")
    sent = json.dumps([journey.sent(kind) for kind in kinds])

    assert "taken by nurse1" in sent
    assert "taken by lead1" in sent
    assert "patients-by-minutes.png" in sent
    assert NOTE_MARK not in sent
    assert NAME_MARK not in sent


def test_no_note_and_no_name_stands_in_a_log(journey: Journey) -> None:
    assert journey.logs.count("unexpected_failure") >= 3
    assert "database_away" in journey.logs
    assert [mark for mark in MARKS if mark in journey.logs] == []


def test_no_note_and_no_name_stands_in_what_is_sent_about_a_file_but_in_it_where_it_is_allowed(
    journey: Journey,
) -> None:
    kinds = ("files.getUploadURLExternal", "files.completeUploadExternal", "conversations.open")
    about = json.dumps([journey.sent(kind) for kind in kinds])
    (message,) = journey.harness.person(BILLER).direct_messages()
    workbook = next(file for file in message.body["files"] if file["name"].endswith(".xlsx"))
    content = journey.harness.playground.workspace.files.find(workbook["id"])

    assert "ccm-2026-11.xlsx" in about
    assert [mark for mark in MARKS if mark in about or mark in message.words] == []
    assert content is not None
    cells = [cell.value for cell in list(load_workbook(BytesIO(content.content or b""))["Entries"].columns)[-1]]
    assert IDENTIFIED in cells


def test_an_identifier_is_stored_only_after_it_was_allowed(journey: Journey) -> None:
    assert [entry.note for entry in journey.harness.entries() if IDENTIFIER in entry.note] == [IDENTIFIED]
    assert "###-###-####" in json.dumps(journey.sent("ack"))


def test_no_note_and_no_name_stands_in_the_messages_of_the_month(harness: Harness) -> None:
    for person in (("nurse1", NURSE, "coordinator"), ("lead1", LEAD, "lead"), ("biller1", BILLER, "biller")):
        cells = dict(zip(("id", "slack_user_id", "roles"), person, strict=True))
        marked = staff_row(**cells, name=f"{NAME_MARK} {cells['id']}", credential="RN")
        import_rows(harness.database, harness.practice, "staff", [marked])
    harness.say(f"/ccm log P-1042 25m meds call {NOTE}")
    harness.say(f"/ccm log P-1043 9m meds call {NOTE}")
    harness.forget_message_rate()
    own, direct = harness.database.of("T0TEST"), SlackDirect(harness.client)

    with capture_logs() as logs:
        for day in ("2026-11-24", "2026-11-30", "2026-12-01", "2026-12-24"):
            harness.clock.now = local(f"{day} 09:30")
            run_month_messages(own, "T0TEST", direct, by="a process", now=harness.clock)

    sent = json.dumps([call.payload for call in harness.playground.calls("chat.postMessage")])
    kinds = ("under 15 minutes", "Minutes by person", "care plans and consents", "November 2026 is over")
    assert [kind for kind in kinds if kind not in sent] == []
    assert [mark for mark in MARKS if mark in sent or mark in str(logs)] == []
