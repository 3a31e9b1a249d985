"""`/ccm claims`: a biller gets files, sees what became of each line, and records it by a line or a form."""

import csv
import io
from typing import Any

import pytest
from openpyxl import load_workbook
from support.claims import change_diagnoses, claims, give_npi, work
from support.forms import modal_words, opened
from support.home import now
from support.home import opened as home_of
from support.slack import Harness

from bot.playground import Glance, SeenMessage
from bot.views.claims import PAGE, PICK_LINE
from ledger.claims.states import Change, ClaimStatus

BILLER, NURSE = "U0BILLER1", "U0NURSE1"


@pytest.fixture
def worked(harness: Harness) -> Harness:
    """October: P-1042 with two codes, P-1043 with one; the practitioner's NPI is known."""
    give_npi(harness.database, harness.practice)
    work(harness.database, harness.practice, 25, 20)
    work(harness.database, harness.practice, 25, patient="P-1043")
    return harness


def files_of(harness: Harness) -> list[dict[str, bytes]]:
    """The files that the biller was sent, by name, message by message."""
    harness.settle()
    sent = [message for message in harness.person(BILLER).direct_messages() if message.body.get("files")]
    found = [[harness.playground.workspace.files.find(file["id"]) for file in each.body["files"]] for each in sent]
    return [{file.name: file.content or b"" for file in each if file} for each in found]


def listed(harness: Harness, line: str = "/ccm claims") -> SeenMessage:
    """The list that comes when the files are sent."""
    harness.say(line, BILLER)
    harness.settle()
    return harness.person(BILLER).messages("C0GENERAL")[-1]


def rows_of(files: dict[str, bytes]) -> list[dict[str, str]]:
    (content,) = [content for name, content in files.items() if name.endswith(".csv")]
    return list(csv.DictReader(io.StringIO(content.decode())))


def plain(words: str) -> str:
    """The words without what makes some of them bold."""
    return words.replace("*", "")


def status_of(harness: Harness, patient: str = "P-1042", code: str = "99490") -> ClaimStatus:
    found = claims(harness.database, harness.practice).lines
    return next(one.status for one in found if (one.line.patient_code, one.line.code) == (patient, code))


def line_form(harness: Harness, message: SeenMessage, about: str = "P-1042 · 99490") -> Glance:
    """The form that the menu of lines opens for one."""
    (menu,) = [
        element
        for block in message.blocks
        for element in block.get("elements", [])
        if element.get("action_id") == PICK_LINE
    ]
    value = next(one["value"] for one in menu["options"] if about in one["text"]["text"])
    return harness.person(BILLER).press(message, PICK_LINE, value)


def test_the_files_come_by_direct_message_and_the_answer_lists_the_lines(worked: Harness) -> None:
    seen = listed(worked)

    assert "Claims · October 2026" in seen.words
    assert "3 lines · expected payment $182.70 · 3 to be submitted" in plain(seen.words)
    assert "3 new · export 1: Tue Nov 24, 2026, 10:00 am by biller1" in seen.words
    assert "October 2026 is not closed: lines may still change." in seen.words
    (files,) = files_of(worked)
    assert list(files) == ["ccm-claims-2026-10.csv", "ccm-claims-2026-10.xlsx"]
    rows = rows_of(files)
    assert [(row["patient"], row["code"], row["units"], row["change"]) for row in rows] == [
        ("P-1042", "99439", "1", "new"),
        ("P-1042", "99490", "1", "new"),
        ("P-1043", "99490", "1", "new"),
    ]
    sheet = load_workbook(io.BytesIO(files["ccm-claims-2026-10.xlsx"]))["Claims"]
    assert len(list(sheet.iter_rows())) == 4
    assert {row["billing_npi"] for row in rows} == {"1234567893"}


def test_a_second_export_offers_nothing_as_new(worked: Harness) -> None:
    worked.say("/ccm claims oct", BILLER)
    worked.settle()

    seen = listed(worked, "/ccm claims 2026-10")

    assert "3 as before · export 2: Tue Nov 24, 2026, 10:00 am by biller1" in seen.words
    assert {row["change"] for row in rows_of(files_of(worked)[-1])} == {"as before"}


def test_only_a_biller_gets_lines(worked: Harness) -> None:
    assert "needs the role biller" in worked.say("/ccm claims", NURSE).words
    assert worked.person(NURSE).direct_messages() == []


def test_a_month_of_which_nothing_is_billable_sends_no_files(harness: Harness) -> None:
    assert "nothing is billable, and nothing was exported" in listed(harness, "/ccm claims 2026-09").words
    assert files_of(harness) == []


@pytest.mark.parametrize("typed", ["someday", "2027-01", "oct blue"])
def test_what_is_no_month_is_said_so(harness: Harness, typed: str) -> None:
    assert "/ccm claims 2026-10" in harness.say(f"/ccm claims {typed}", BILLER).words


def test_what_keeps_a_line_from_being_filed_is_said(harness: Harness) -> None:
    work(harness.database, harness.practice, 25)

    seen = listed(harness)

    assert "A payer would send lines back: no NPI of doctor1" in plain(seen.words)
    assert rows_of(files_of(harness)[0])[0]["lacks"] == "no NPI of doctor1"


@pytest.mark.parametrize(
    ("said", "now", "status"),
    [
        ("submitted", "submitted on 2026-11-24", ClaimStatus.SUBMITTED),
        ("submitted on 11/18", "submitted on 2026-11-18", ClaimStatus.SUBMITTED),
        ("paid", "paid $66.13 on 2026-11-24", ClaimStatus.PAID),
        ("paid 64.13 on Nov 20", "paid $64.13 on 2026-11-20", ClaimStatus.PAID),
        ("paid $64.10", "paid $64.10 on 2026-11-24", ClaimStatus.PAID),
        ("denied", "denied on 2026-11-24", ClaimStatus.DENIED),
        ("denied CO-97 bundled", "denied on 2026-11-24: CO-97 bundled", ClaimStatus.DENIED),
    ],
)
def test_what_became_of_a_line_is_recorded_by_a_line(worked: Harness, said: str, now: str, status: ClaimStatus) -> None:
    seen = worked.say(f"/ccm claims mark 1042 99490 oct {said}", BILLER)

    assert "Saved · P-1042 · 99490 · October 2026" in plain(seen.words)
    assert f"Now: {now}" in plain(seen.words)
    assert status_of(worked) is status
    assert status_of(worked, "P-1043") is ClaimStatus.OPEN


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("", "Say which line and what became of it"),
        ("P-1042 99490", "Say which line and what became of it"),
        ("P-1042 paid", "Say which line and what became of it"),
        ("P-9999 99490 paid", '"P-9999" names no patient.'),
        ("P-1042 99491 paid", "99491 is no line of P-1042 in October 2026."),
        ("P-1044 99490 paid", "P-1044 has no claim line in October 2026."),
        ("P-1042 99490 paid lots", "'lots' is no amount of dollars."),
        ("P-1042 99490 someday paid", '"someday" cannot be read as a month.'),
        ("P-1042 99490 submitted CO-97", "A reason goes with denied, not with submitted."),
        ("P-1042 99490 submitted on 12/24", "lies in the future"),
        ("P-1042 99490 submitted on 2026-09-30", "2026-09-30 is no day on which that can have happened"),
        ("P-1042 99490 denied call 212-555-0142", "phone number"),
    ],
)
def test_a_line_that_cannot_be_meant_saves_nothing(worked: Harness, said: str, answer: str) -> None:
    seen = worked.say(f"/ccm claims mark {said}", BILLER)

    assert answer in seen.words
    assert "Nothing was saved" in seen.words
    assert status_of(worked) is ClaimStatus.OPEN


def test_the_menu_opens_a_form_that_records_what_became_of_the_line(worked: Harness) -> None:
    form = line_form(worked, listed(worked))
    assert "P-1042 · 99490 × 1" in plain(modal_words(form))

    seen = worked.person(BILLER).submit(opened(form), {"status": "paid", "on": "2026-11-20", "paid": "64.13"})

    assert "Now: paid $64.13 on 2026-11-20" in plain(modal_words(seen))
    assert status_of(worked) is ClaimStatus.PAID


def test_a_form_that_cannot_be_meant_says_so_beside_its_input(worked: Harness) -> None:
    form = line_form(worked, listed(worked))

    seen = worked.person(BILLER).submit(opened(form), {"status": "submitted", "on": "2026-12-24"})

    assert "2026-12-24 is no day on which that can have happened" in str(seen.outcome.errors)
    assert status_of(worked) is ClaimStatus.OPEN


def test_the_form_delivered_twice_records_once(worked: Harness) -> None:
    form = line_form(worked, listed(worked))
    worked.person(BILLER).submit(opened(form), {"status": "submitted", "on": "2026-11-20"})

    worked.deliver_again("interactive")

    (mark,) = [one.mark for one in claims(worked.database, worked.practice).lines if one.mark]
    assert (mark.number, mark.status) == (1, ClaimStatus.SUBMITTED)


def test_the_menu_opens_nothing_for_those_who_may_not_bill(worked: Harness) -> None:
    seen = listed(worked)
    line_form(worked, seen)

    worked.deliver_again("interactive", user={"id": NURSE})

    assert status_of(worked) is ClaimStatus.OPEN
    assert "ROLE_NEEDED" in "\n".join(each.words for each in worked.person(BILLER).messages(seen.channel_id))


def test_a_change_after_the_submission_is_a_correction_that_says_what_changed(worked: Harness) -> None:
    worked.say("/ccm claims", BILLER)
    worked.settle()
    worked.say("/ccm claims mark P-1043 99490 submitted", BILLER)
    change_diagnoses(worked.database, worked.practice, "P-1043")

    seen = listed(worked)

    assert "1 correction" in seen.words
    assert "correction: diagnoses E11.9 I10 → I10 N18.3" in seen.words
    (row,) = [row for row in rows_of(files_of(worked)[-1]) if row["change"] == "correction"]
    assert (row["patient"], row["status"], row["diagnosis_1"]) == ("P-1043", "submitted", "I10")
    worked.say("/ccm claims mark P-1043 99490 submitted", BILLER)
    assert Change.CORRECTION not in {one.change for one in claims(worked.database, worked.practice).lines}


def test_one_that_was_marked_after_it_changed_is_said_to_be_a_correction(worked: Harness) -> None:
    worked.say("/ccm claims", BILLER)
    worked.settle()
    change_diagnoses(worked.database, worked.practice, "P-1043")

    seen = worked.say("/ccm claims mark P-1043 99490 submitted", BILLER)

    assert "It is something else than what was submitted: diagnoses E11.9 I10 → I10 N18.3" in seen.words


def test_the_month_and_the_home_tab_say_what_is_billed_paid_and_outstanding(worked: Harness) -> None:
    assert "billed" not in worked.say("/ccm month 2026-10", BILLER).words
    for said in ("P-1042 99490 paid 64.13", "P-1042 99439 submitted", "P-1043 99490 denied CO-97"):
        worked.say(f"/ccm claims mark {said}", BILLER)

    words = "billed $182.70 · paid $64.13 · outstanding $50.44 · denied $66.13"
    assert f"3 claim lines submitted: {words}" in worked.say("/ccm month 2026-10", BILLER).words
    assert f"Claims of October 2026 · {words}" in plain(home_of(worked, BILLER).words)
    assert "Claims of" not in home_of(worked, NURSE).words


def test_an_open_home_tab_follows_what_is_recorded(worked: Harness) -> None:
    assert "Claims of" not in home_of(worked, BILLER).words

    worked.say("/ccm claims mark P-1042 99490 submitted", BILLER)

    assert "Claims of October 2026" in now(worked, BILLER).words


def test_the_claims_of_a_team_are_those_of_its_patients(worked: Harness) -> None:
    work(worked.database, worked.practice, 25, patient="P-1044")
    for code in ("P-1043", "P-1044"):
        worked.say(f"/ccm claims mark {code} 99490 submitted", BILLER)

    assert "1 claim line submitted: billed $66.13" in worked.say("/ccm month 2026-10 Green Team", BILLER).words
    assert "2 claim lines submitted: billed $132.26" in worked.say("/ccm month 2026-10", BILLER).words


def test_a_long_month_is_paged_and_turning_exports_nothing(harness: Harness) -> None:
    codes = [f"N-{number:03}" for number in range(30)]
    harness.enroll([{"code": code} for code in codes])
    for code in codes:
        work(harness.database, harness.practice, 25, patient=code)
    seen = listed(harness)

    second = harness.person(BILLER).press(seen, f"{PAGE}_next").message
    pages = [seen, second]

    assert [("N-000" in page.words, "N-029" in page.words) for page in pages] == [(True, False), (False, True)]
    assert "Lines 26–30 of 30" in pages[1].words
    found = claims(harness.database, harness.practice).export
    assert found is not None
    assert found.number == 1


def test_a_file_that_slack_does_not_take_is_said_so_and_the_next_has_every_line(worked: Harness) -> None:
    worked.playground.fail_next("files.getUploadURLExternal", status=200, error="internal_error")
    worked.say("/ccm claims", BILLER)
    worked.settle()
    told: list[Any] = worked.person(BILLER).messages("C0GENERAL")
    assert any("Slack refused (internal_error)" in seen.words for seen in told)
    worked.playground.refusals.clear()

    worked.say("/ccm claims", BILLER)

    rows = rows_of(files_of(worked)[-1])
    assert {(row["change"], row["status"]) for row in rows} == {("as before", "open")}
    assert len(rows) == 3
