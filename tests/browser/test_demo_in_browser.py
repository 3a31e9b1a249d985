"""What a newcomer gets from `make demo`: the three users at work in a browser, on a bot in a process of its own."""

import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect
from support.patience import PATIENCE_SECONDS

from ledger.audit.verify import verify
from ledger.practice.practice import get_practice
from ledger.storage.database import Database


@pytest.fixture(scope="module", params=[[], ["--http"]], ids=["socket mode", "http"])
def demo(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """The address that `ccm demo` prints, and where its ledger is."""
    directory = tmp_path_factory.mktemp("demo")
    command = [sys.executable, "-u", "-m", "bot", "demo", "--port", "0", "--directory", str(directory), *request.param]
    with subprocess.Popen(  # noqa: S603 - ourselves
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        assert process.stdout is not None
        said = ""
        for line in process.stdout:
            said += line
            if '"connected"' in line or '"listening"' in line:
                break
        address = re.search(r"http://127\.0\.0\.1:\d+(?=\s)", said)
        assert address, said
        rest: list[str] = []
        reading = threading.Thread(target=rest.extend, args=(process.stdout,))  # a full pipe would hold the bot
        reading.start()
        yield address[0], directory
        process.send_signal(signal.SIGINT)
        process.wait(PATIENCE_SECONDS)
        reading.join()
        assert "Stopped." in "".join(rest)
        assert "Traceback" not in said + "".join(rest)


def act_as(page: Page, address: str, user: str, channel: str) -> None:
    page.goto("about:blank")
    page.goto(f"{address}/#user={user}&place={channel}")
    expect(page.get_by_text("Bot connected")).to_be_visible()


def type_line(page: Page, channel: str, line: str) -> None:
    composer = page.get_by_role("textbox", name=f"Message #{channel}")
    composer.fill(line)
    composer.press("Enter")


def pick_patient(page: Page, code: str) -> None:
    """Types a part of the code into the form's menu and takes what it finds; a digest has a menu of patients too."""
    page.get_by_role("dialog").get_by_role("combobox", name="Patient").click()
    page.keyboard.type(code.removeprefix("P-"))
    page.get_by_role("option", name=code).click()


def close(dialog: Locator) -> None:
    """Closes a dialog and waits until nothing lies over the channel."""
    dialog.get_by_role("button", name="Close", exact=True).click()
    expect(dialog).to_be_hidden()


def choose(page: Page, digest: Locator, menu: str, code: str) -> None:
    """Takes a patient in a menu of the digest."""
    digest.get_by_role("combobox", name=menu).click()
    page.get_by_role("option", name=code).click()


def live_with_the_digest(page: Page, address: str, done: str) -> None:
    """A coordinator takes a patient of the posted digest, logs time from it and sees the row done.

    Not the patient who is ``done`` already: on a day of digests the scheduled one may come meanwhile, made before that.
    """
    act_as(page, address, "U0COORD1", "C0BLUE")
    digests = page.get_by_role("listitem").filter(has_text="Billable now")
    expect(digests.last).to_be_visible()
    digest = digests.nth(digests.count() - 1)  # stays the one acted on, whichever comes meanwhile
    picture = digest.get_by_role("img", name=re.compile("^Patients by counted minutes, Blue Team"))
    expect(picture).to_be_visible()
    assert picture.evaluate("picture => picture.naturalWidth") > 800
    code = (
        digest.get_by_role("row")
        .filter(has_text="open", has_not_text=done)
        .first.get_by_role("cell")
        .first.inner_text()
    )
    row = digest.get_by_role("row").filter(has_text=code)

    choose(page, digest, "Take a patient…", code)
    expect(page.get_by_text(f"{code} is yours in").first).to_be_visible()
    expect(row).to_contain_text("taken by coord1")

    choose(page, digest, "Log time for…", code)
    form = page.get_by_role("dialog", name="Log CCM time")
    expect(form.get_by_role("combobox", name="Patient")).to_have_value(code)
    form.get_by_label("Length, or from–to").fill("6m")
    form.get_by_role("combobox", name="What was done").click()
    page.get_by_role("option", name="community resources").click()
    form.get_by_label("Note").fill("Found a ride to the pharmacy. The family will call on Friday.")
    form.get_by_role("button", name="Save").click()
    close(page.get_by_role("dialog", name="Saved"))
    expect(row).to_contain_text("done by coord1")


def bill_the_month(page: Page, address: str) -> None:
    """A biller pages through the month, looks why somebody is blocked, and gets the files by direct message."""
    act_as(page, address, "U0BILLER1", "C0GENERAL")
    type_line(page, "general", "/ccm month")
    month = page.get_by_role("listitem").filter(has_text="expected payment").last
    expect(month).to_contain_text("enrolled patients billable")
    month.get_by_role("button", name="Next page").click()
    expect(month).to_contain_text("Rows 26–50")

    choose(page, month, "Status", "Blocked")
    expect(month).to_contain_text("the list below: blocked alone")
    code = month.get_by_role("row").nth(1).get_by_role("cell").first.inner_text()
    choose(page, month, "Show a statement", code)
    statement = page.get_by_role("listitem").filter(has_text=f"{code} · ").last
    expect(statement).to_contain_text("Blocked")

    type_line(page, "general", "/ccm export")
    expect(page.get_by_text("It comes as a direct message from this app").last).to_be_visible()
    act_as(page, address, "U0BILLER1", "app")
    page.get_by_role("tab", name="Messages").click()
    expect(page.get_by_role("link", name=re.compile(r"ccm-\d{4}-\d{2}\.xlsx")).last).to_be_visible()
    expect(page.get_by_role("link", name=re.compile(r"ccm-\d{4}-\d{2}\.csv")).last).to_be_visible()


def test_a_coordinator_a_lead_and_a_biller_do_their_job_in_the_demo(demo: tuple[str, Path], page: Page) -> None:
    address, directory = demo

    act_as(page, address, "U0COORD1", "C0BLUE")
    type_line(page, "blue-team", "/ccm near")
    near = page.get_by_role("listitem").filter(has_text="Near the next code").last
    code = near.get_by_role("cell").first.inner_text()
    type_line(page, "blue-team", f"/ccm log {code} 6m community Found a ride to the pharmacy. Family will call.")
    saved = page.get_by_role("listitem").filter(has_text="Saved").last
    expect(saved).to_contain_text(re.compile(r"\d+ → \d+ minutes in \w+"))
    expect(saved).to_contain_text("reached")
    saved.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("listitem").filter(has_text="Undone").last).to_contain_text(code)

    type_line(page, "blue-team", "/ccm log")
    form = page.get_by_role("dialog", name="Log CCM time")
    pick_patient(page, code)
    form.get_by_label("Length, or from–to").fill("5x")
    form.get_by_role("combobox", name="What was done").click()
    page.get_by_role("option", name="results review").click()
    form.get_by_label("Note").fill("Reviewed the potassium result. Nothing has to change.")
    form.get_by_role("button", name="Save").click()
    expect(form).to_contain_text("cannot be read as a length")
    form.get_by_label("Length, or from–to").fill("5m")
    form.get_by_role("button", name="Save").click()
    expect(page.get_by_role("dialog", name="Saved")).to_contain_text("reached")
    close(page.get_by_role("dialog", name="Saved"))

    act_as(page, address, "U0LEAD1", "C0BLUE")
    type_line(page, "blue-team", "/ccm digest")
    preview = page.get_by_role("listitem").filter(has_text="Next digests").last
    preview.get_by_role("button", name="Post now").click()
    # A digest ends the life of the one before it, which the schedule may have posted meanwhile: it must be recorded.
    expect(page.get_by_text("Posted in").last).to_be_visible()
    expect(page.get_by_role("listitem").filter(has_text="business day").last).to_contain_text("Billable now")

    live_with_the_digest(page, address, code)

    bill_the_month(page, address)

    database = Database(f"sqlite:///{directory / 'ccm.sqlite3'}")
    with database.of("T0DEMO").reading() as connection:
        assert verify(connection, get_practice(connection, "T0DEMO")).difference is None
    database.close()


def test_a_visitor_asks_the_administrator_adds_them_and_they_log_time(demo: tuple[str, Path], page: Page) -> None:
    address, _ = demo

    act_as(page, address, "U0VISITOR", "C0GENERAL")
    type_line(page, "general", "/ccm")
    told = page.get_by_role("listitem").filter(has_text="not on this practice's staff list").last
    expect(told).to_contain_text("with your Slack id, U0VISITOR")

    act_as(page, address, "U0ADMIN1", "app")
    page.get_by_role("tab", name="Messages").click()
    notice = page.get_by_role("listitem").filter(has_text="asked to use CCM Ledger").last
    notice.get_by_role("button", name="Add…").click()
    form = page.get_by_role("dialog", name="Add a person")
    expect(form.get_by_label("Name")).to_have_value("Visitor")
    form.get_by_label("Staff id").fill("coord1")
    form.get_by_role("checkbox", name="Coordinator").check()
    form.get_by_role("combobox", name="Credential").click()
    page.get_by_role("option", name="RN", exact=True).click()
    form.get_by_role("combobox", name="Teams").click()
    page.get_by_role("option", name="Blue Team").click()
    form.get_by_role("button", name="Save").click()
    expect(form).to_contain_text("is on the staff already")
    form.get_by_label("Staff id").fill("visitor1")
    form.get_by_role("button", name="Save").click()
    expect(page.get_by_role("dialog", name="Saved")).to_contain_text("Roles: coordinator")

    act_as(page, address, "U0VISITOR", "C0GENERAL")
    type_line(page, "general", "/ccm log P-1041 7m community Found a ride to the pharmacy. Neighbour will drive.")
    expect(page.get_by_role("listitem").filter(has_text="Saved").last).to_contain_text("P-1041")


def test_a_coordinator_pastes_a_line_adds_a_detail_and_records_a_consent(demo: tuple[str, Path], page: Page) -> None:
    address, _ = demo
    act_as(page, address, "U0COORD1", "C0BLUE")
    type_line(page, "blue-team", "/ccm near")
    near = page.get_by_role("listitem").filter(has_text="Near the next code").last
    code = near.get_by_role("row").nth(2).get_by_role("cell").first.inner_text()

    type_line(page, "blue-team", "/ccm log")
    form = page.get_by_role("dialog", name="Log CCM time")
    form.get_by_role("combobox", name="Contact").click()
    page.get_by_role("option", name="voicemail").click()
    line = form.get_by_label("Paste a line")
    line.fill(f"{code} 4x labs Reviewed the potassium.")
    line.press("Enter")
    expect(form).to_contain_text('"4x" cannot be read as a length')
    expect(form.get_by_label("Note")).to_have_value("Reviewed the potassium.")
    line = form.get_by_label("Paste a line")
    expect(line).to_have_value(f"{code} 4x labs Reviewed the potassium.")
    line.fill(f"{code} 4m labs Reviewed the potassium.")
    line.press("Enter")
    expect(form).to_contain_text("Filled in from the line. Check it and save.")
    expect(form.get_by_label("Length, or from–to")).to_have_value("4m")
    expect(form.get_by_label("Paste a line")).to_have_value("")
    form.get_by_role("button", name="Save").click()
    saved = page.get_by_role("dialog", name="Saved")
    expect(saved).to_contain_text(f"{code} · 4 min · results review · voicemail")
    saved.get_by_role("button", name="Add detail").click()
    detail = page.get_by_role("dialog", name="Add detail")
    detail.get_by_label("What to add").fill("The dose was kept. Next check on Friday.")
    detail.get_by_role("button", name="Add", exact=True).click()
    added = page.get_by_role("dialog", name="Added")
    expect(added).to_contain_text("The dose was kept.")
    close(added)
    saved.get_by_role("button", name="Undo").click()
    undone = page.get_by_role("dialog", name="Undo")
    expect(undone).to_contain_text("Undone")
    close(undone)

    type_line(page, "blue-team", f"/ccm consent {code}")
    consent = page.get_by_role("dialog", name="Record consent")
    expect(consent).to_contain_text("Still needed: verbal or written.")
    consent.get_by_label("Verbal").check()
    consent.get_by_label("Revoked on").fill("2020-01-05")
    consent.get_by_role("button", name="Record").click()
    expect(consent).to_contain_text("is before the consent")
    consent.get_by_label("Revoked on").fill("")
    consent.get_by_role("button", name="Record").click()
    expect(page.get_by_role("dialog", name="Recorded")).to_contain_text(f"{code} · CCM consent, verbal")
