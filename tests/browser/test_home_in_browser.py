"""The Home tab and the month's list in a real browser: a coordinator, a lead and a biller at work."""

from playwright.sync_api import Locator, Page, expect
from support.practice import an_entry
from support.slack import LINE, Harness


def home_of(page: Page, harness: Harness, user: str) -> Locator:
    """The Home tab of ``user``, opened in the browser."""
    page.goto("about:blank")
    page.goto(f"{harness.playground.url}/#user={user}&place=app")
    return page.get_by_label("CCM Ledger home")


def test_a_coordinator_logs_from_a_row_and_takes_it_back_in_the_tab(harness: Harness, page: Page) -> None:
    harness.work(an_entry(minutes=17))
    home = home_of(page, harness, "U0NURSE1")
    expect(home).to_contain_text("3 more for 99490 ($66.13)")

    home.get_by_role("button", name="Log time").last.click()
    form = page.get_by_role("dialog", name="Log CCM time")
    form.get_by_label("Length, or from–to").fill("3m")
    form.get_by_role("combobox", name="What was done").click()
    page.get_by_role("option", name="results review").click()
    form.get_by_label("Note").fill("Reviewed the potassium result. Nothing has to change.")
    form.get_by_role("button", name="Save").click()
    expect(page.get_by_role("dialog", name="Saved")).to_contain_text("99490 reached")
    page.get_by_role("button", name="Close", exact=True).click()

    expect(home).to_contain_text("P-1042#2 · 3 min · results review · CCM · counts")
    expect(home).to_contain_text("Nobody is within 5 minutes of the next code.")
    home.get_by_role("button", name="Undo").first.click()
    expect(home).to_contain_text("P-1042#2 · 3 min · results review · CCM · voided, counts no more")
    expect(home).to_contain_text("3 more for 99490 ($66.13)")
    harness.settle()


def test_a_lead_sees_the_bands_and_opens_the_list_of_those_without_time(harness: Harness, page: Page) -> None:
    harness.work(an_entry(minutes=17))
    home = home_of(page, harness, "U0LEAD1")
    expect(home).to_contain_text("Blue Team: CCM at 15–19 minutes: 1 ($66.13)")
    expect(home).to_contain_text("Green Team in #green-team: Wed Nov 25 at 9:00 am")

    home.get_by_role("button", name="Show them").click()

    expect(home).to_contain_text("P-1044 · RPM")
    expect(home.get_by_role("button", name="Hide them")).to_be_visible()
    harness.settle()


def test_a_biller_goes_from_the_blockers_to_a_patients_statement(harness: Harness, page: Page) -> None:
    harness.work(an_entry(patient="P-1046", minutes=25))
    home = home_of(page, harness, "U0BILLER1")
    expect(home).to_contain_text("1 · No consent to the program at any time in the month that holds")
    home.get_by_role("combobox").click()
    page.get_by_role("option", name="No consent").click()
    expect(home).to_contain_text("/ccm consent P-1046 DATE verbal CCM")
    harness.settle()

    page.goto("about:blank")
    page.goto(f"{harness.playground.url}/#user=U0BILLER1&place=C0GENERAL")
    composer = page.get_by_role("textbox", name="Message #general")
    composer.fill("/ccm month")
    composer.press("Enter")
    month = page.get_by_role("listitem").filter(has_text="enrolled patients billable")
    month.get_by_role("combobox").nth(3).click()
    page.get_by_role("option", name="Blocked (1)").click()
    expect(month).to_contain_text("the list below: blocked alone.")
    expect(month.get_by_role("row")).to_have_count(2)
    month.get_by_role("combobox").nth(4).click()
    page.get_by_role("option", name="P-1046").click()
    expect(page.get_by_role("listitem").filter(has_text="P-1046 · November 2026 · Blue Team")).to_contain_text("Obtain")


def test_what_is_typed_elsewhere_is_seen_in_an_open_tab(harness: Harness, page: Page) -> None:
    home = home_of(page, harness, "U0NURSE1")
    expect(home).to_contain_text("you have logged nothing yet")
    harness.settle()

    harness.say(LINE)

    expect(home).to_contain_text("P-1042#1 · 12 min · medication, live call · CCM · counts")
    harness.settle()
