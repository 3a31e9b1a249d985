"""docs/billing-rules.md says what the catalogue, the rulebooks and the cases say: whatever changes there fails here."""

import json
import re
from itertools import pairwise
from pathlib import Path

import pytest
from support.cases import CASES

from bot.commands.registry import COMMANDS
from bot.views.formatting import codes as codes_words
from bot.views.formatting import money
from ledger.attestations import KINDS
from ledger.cases import read_case
from ledger.practice.settings import EXAMPLES, is_of_policy
from ledger.rules.book_tables import ReadingFamily, TimeFamily
from ledger.rules.catalogue import CATALOGUE, RuleText
from ledger.rules.evaluation import evaluate
from ledger.rules.facts import CARE_ACTIVITIES, Activity
from ledger.rules.rulebook import Rulebook, load_rulebooks, rulebook_for

DOC = Path(__file__).parents[2] / "docs" / "billing-rules.md"
TEXT = DOC.read_text(encoding="utf-8")
LINES = TEXT.splitlines()
ONE_LINE = " ".join(TEXT.split())
BOOKS = load_rulebooks()
NEWEST = BOOKS[-1]
NEEDS = {"complexity_designation": "a designation (R5)", "live_contact": "one live contact (R7)"}
FAMILIES = [family for families in NEWEST.time_families.values() for family in families]
READINGS = [family for families in NEWEST.reading_families.values() for family in families]
EXAMPLE_ROW = re.compile(r"^\| .* \| \[(\w+)\]\(\.\./tests/rules/cases/(\w+)\.toml\) \|$")
EXAMPLES_IN_DOC = [found[1] for line in LINES if (found := EXAMPLE_ROW.match(line))]
SHARED = [path.stem for path in CASES if path.read_text(encoding="utf-8").startswith("# Example")]


def rule_text(rule: RuleText) -> str:
    """A rule as the document has it, on one line."""
    name = rule.number if rule.name == rule.number else f"{rule.number} {rule.name}"
    policy = "".join(f" Policy: `{word}`." for word in rule.policy.split(", ")) if rule.policy else ""
    return f"**{name}** {rule.words}{policy} *{rule.example}*"


def family_row(family: TimeFamily) -> str:
    """A family of codes reached by minutes, as a row of the document's table."""
    short = f"{family.short.code} at {family.short.at_minutes}, alone; " if family.short else ""
    further = [str(minutes) for minutes in family.unit_minutes[1:]]
    shown = further if len(further) <= 3 else [*further[:2], "…", further[-1]]
    add_on = family.add_on
    needs = ", ".join(NEEDS[need] for need in family.needs) or "–"
    whose = "practitioners" if family.counts == "practitioner" else "everybody"
    return (
        f"| {family.title} (`{family.name}`) | {whose} | {short}{family.base.code} at {family.base.at_minutes} "
        f"| {add_on.code} at {', '.join(shown)} | {needs} |"
    )


def readings_row(family: ReadingFamily) -> str:
    """A family of codes reached by days with readings, as a row of the document's table."""
    codes = "; ".join(f"{code.code} at {code.from_days} to {code.to_days} days" for code in family.codes)
    return f"| {family.title} (`{family.name}`) | days with readings | {codes} | – | – |"


def payment_row(code: str) -> str:
    """The payments of a code, a column a book."""
    return f"| {code} | {' | '.join(payment(book, code) for book in BOOKS)} |"


def payment(book: Rulebook, code: str) -> str:
    known = book.payments[code]
    if known.cents is None:
        return "–"
    return f"≈ {money(known.cents)}" if known.approximate else money(known.cents)


def family_codes(book: Rulebook) -> list[str]:
    codes: list[str] = []
    for family in (family for families in book.time_families.values() for family in families):
        codes += [family.base.code, family.add_on.code, *([family.short.code] if family.short else [])]
    return codes + [code.code for families in book.reading_families.values() for one in families for code in one.codes]


def example_end(stem: str) -> str:
    """The columns of a worked example that follow from its case file."""
    (path,) = (path for path in CASES if path.stem == stem)
    case = read_case(path)
    statement = evaluate(case.facts, rulebook_for(case.facts.month), case.policy)
    counted = sum(part.counted_minutes for part in statement.programs)
    excluded: dict[str, int] = {}
    for cut in (cut for entry in statement.entries for cut in entry.excluded):
        excluded[cut.reason] = excluded.get(cut.reason, 0) + cut.minutes
    blockers = [f"`{blocker.name}`" for part in statement.programs for blocker in part.blockers]
    lost = ", ".join(f"{minutes} `{reason}`" for reason, minutes in excluded.items()) or "–"
    billed = "; ".join([codes_words(statement.codes) or "nothing", *blockers])
    link = f"[{stem}](../tests/rules/cases/{stem}.toml)"
    return f" | {counted} | {lost} | {billed} | {money(statement.expected_cents)} | {link} |"


def policy_row(name: str) -> str:
    """A policy, its default, and the rules it changes."""
    default = {} if name == "payments" else EXAMPLES[name]
    rules = ", ".join(rule.number for rule in CATALOGUE.values() if rule.policy and name in rule.policy.split(", "))
    return f"| `{name}` | `{default if isinstance(default, str) else json.dumps(default)}` | {rules} |"


@pytest.mark.parametrize("number", CATALOGUE)
def test_a_rule_stands_there_in_the_words_of_the_catalogue_with_its_example(number: str) -> None:
    assert rule_text(CATALOGUE[number]) in ONE_LINE


def test_no_rule_stands_there_that_the_catalogue_does_not_have() -> None:
    named = re.findall(r"\b([ECRWNB]\d{1,2})\b", TEXT)
    assert set(named) <= set(CATALOGUE)


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.name)
def test_thresholds_and_caps_are_those_of_the_newest_rulebook(family: TimeFamily) -> None:
    assert family_row(family) in LINES


@pytest.mark.parametrize("family", READINGS, ids=lambda family: family.name)
def test_days_with_readings_are_those_of_the_newest_rulebook(family: ReadingFamily) -> None:
    assert readings_row(family) in LINES


def test_what_is_new_in_a_year_is_said() -> None:
    for earlier, later in pairwise(BOOKS):
        new = [code for code in family_codes(later) if code not in family_codes(earlier)]
        assert f"New in {later.in_force_from.year}: {', '.join(new)}." in ONE_LINE


def test_payments_are_those_of_the_rulebooks() -> None:
    assert f"| code | {' | '.join(str(book.in_force_from.year) for book in BOOKS)} |" in LINES
    rows = [line for line in LINES if re.match(r"^\| 9\d{4} \| (≈ )?(\$|–)", line)]
    assert rows == [payment_row(code) for code in NEWEST.payments]


@pytest.mark.parametrize("stem", EXAMPLES_IN_DOC)
def test_a_worked_example_says_what_evaluate_says(stem: str) -> None:
    (row,) = (line for line in LINES if line.endswith(f"/{stem}.toml) |"))
    assert row.endswith(example_end(stem))


def test_every_worked_example_of_the_rules_is_there() -> None:
    assert set(SHARED) <= set(EXAMPLES_IN_DOC)


@pytest.mark.parametrize("name", [name for name in EXAMPLES if is_of_policy(name)])
def test_a_policy_stands_there_with_its_default_and_its_rules(name: str) -> None:
    assert policy_row(name) in LINES


def test_each_activity_stands_on_its_side() -> None:
    (counts,) = (line for line in LINES if line.startswith("Counts: "))
    (does_not,) = (line for line in LINES if line.startswith("Does not count: "))
    assert set(re.findall(r"`(\w+)`", counts)) == {activity.value for activity in CARE_ACTIVITIES}
    assert set(re.findall(r"`(\w+)`", does_not)) == {activity.value for activity in set(Activity) - CARE_ACTIVITIES}


@pytest.mark.parametrize("book", BOOKS, ids=lambda book: book.name)
def test_an_hour_of_plain_care_does_pay_more_than_an_hour_of_complex_care(book: Rulebook) -> None:
    assert "an hour of plain care pays more than an hour of complex care" in ONE_LINE
    cents = {code: book.payments[code].cents or 0 for code in ("99490", "99439", "99487")}
    assert cents["99490"] + 2 * cents["99439"] > cents["99487"]


def test_how_a_month_is_closed_is_said() -> None:
    assert ("A biller closes a month with `/ccm close`" in ONE_LINE) == ("close" in COMMANDS)


def test_every_blocker_has_a_way_out() -> None:
    blockers = [number for number, rule in CATALOGUE.items() if rule.number == rule.name]
    ways = {line.split("`")[1] for line in LINES if re.match(r"^\| `[A-Z_]+` \| ", line)}
    assert ways == set(blockers)


def test_what_is_attested_stands_there_in_the_words_of_the_form() -> None:
    for kind in KINDS.values():
        assert f"| `{kind.name}` | {kind.title} | {kind.says} |" in LINES
