"""The diagnostic in ``/ccm month``: the ratios above the list, and one click to the patients behind the gap."""

from support.practice import an_entry
from support.slack import Harness, table_rows

from bot.views import month
from bot.views.diagnostic import GAP_PAGE, ROWS_PER_PAGE
from ledger.rules.facts import Contact, Program

BILLER, LEAD, LEAD_OF_GREEN = "U0BILLER1", "U0LEAD1", "U0LEAD2"
OPEN = f"{GAP_PAGE}_next"


def managed(harness: Harness, code: str, minutes: int) -> None:
    harness.work(an_entry(patient=code, program=Program("RPM"), minutes=minutes, contact=Contact.LIVE))


def test_the_patients_behind_the_gap_are_one_click_away_and_the_list_is_one_click_back(harness: Harness) -> None:
    harness.say("/ccm readings P-1044 16")
    managed(harness, "P-1044", 9)
    managed(harness, "P-1045", 25)

    seen = harness.say("/ccm month", BILLER)

    assert "*Capture rate:* Nov 40 % · Oct 0 % · Sep 0 % · Aug 0 %" in seen.words
    assert "*RPM, patients with 99454/99445 : 99457/99470:* Nov 1 : 1 · Oct 0 : 0 · Sep 0 : 0 · Aug 0 : 0" in seen.words
    assert "*RPM, patients with 99453 : 99454/99445:* Nov 0 : 1 · Oct 0 : 0 · Sep 0 : 0 · Aug 0 : 0" in seen.words
    assert "1 patient with a device code and none for management, 1 the reverse." in seen.words

    gap = harness.person(BILLER).press(seen.message, OPEN).message

    assert "Diagnostic of November 2026 · all teams" in gap.words
    assert table_rows(gap) == [
        ["P-1044", "RPM", "99454", "99457/99470", "9", "1 min to 99470"],
        ["P-1045", "RPM", "99457", "99454/99445", "25", "15 min to 99458"],
    ]
    assert "• Green Team: Nov 100 % (2 of 2) · Oct 0 % (0 of 2) · Sep 0 % (0 of 2) · Aug 0 % (0 of 2)" in gap.words
    assert "• nurse1: Nov 100 % (2 of 2) · Oct – · Sep – · Aug –" in gap.words
    assert "Nurse One" not in gap.words

    back = harness.person(BILLER).press(gap, f"{month.PAGE}_previous").message
    assert table_rows(back) == table_rows(seen.message)


def test_a_lead_sees_the_own_team_alone_and_who_is_on_no_device_no_ratio(harness: Harness) -> None:
    managed(harness, "P-1045", 25)

    blue = harness.say("/ccm month ccm", BILLER)
    assert "*Capture rate:*" in blue.words
    assert "99454" not in blue.words
    green = harness.say("/ccm month", LEAD_OF_GREEN)
    gap = harness.person(LEAD_OF_GREEN).press(green.message, OPEN).message
    assert [row[0] for row in table_rows(gap)] == ["P-1045"]
    assert "Blue Team" not in gap.words


def test_nobody_behind_the_gap_is_said(harness: Harness) -> None:
    seen = harness.say("/ccm month", BILLER)

    gap = harness.person(BILLER).press(seen.message, OPEN).message

    assert "Nobody has a device code without one for management, or the reverse." in gap.words


def test_paging_through_the_gap_shows_everybody_once(harness: Harness) -> None:
    codes = [f"P-{3000 + number}" for number in range(ROWS_PER_PAGE + 2)]
    harness.enroll([{"code": code, "programs": "RPM"} for code in codes])
    for code in codes:
        harness.say(f"/ccm readings {code} 16")

    seen = harness.say("/ccm month rpm", BILLER)
    first = harness.person(BILLER).press(seen.message, OPEN).message
    assert f"Rows 1–{ROWS_PER_PAGE} of {len(codes)}" in first.words
    second = harness.person(BILLER).press(first, OPEN).message

    assert [row[0] for page in (first, second) for row in table_rows(page)] == codes
