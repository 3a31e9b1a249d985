"""The statement as a whole: which programs it speaks of, and that order and repetition change nothing."""

import random
from dataclasses import FrozenInstanceError, replace
from datetime import date
from typing import Any

import pytest

from ledger.cases import statement_json
from ledger.rules.catalogue import CATALOGUE
from ledger.rules.counting import COUNTING_RULES
from ledger.rules.eligibility import BLOCKER_RULES
from ledger.rules.evaluation import evaluate
from ledger.rules.facts import (
    CarePlanRevision,
    Consent,
    Designation,
    Enrollment,
    InitiatingVisit,
    Program,
    StaffMember,
    Stay,
)
from ledger.rules.rulebook import known_programs, rulebook_for
from ledger.rules.statement import Status
from ledger.rules.warnings import PROGRAM_RULES

NOVEMBER = date(2026, 11, 1)
TUPLES = ("enrollments", "consents", "initiating_visits", "care_plans", "stays", "complexity", "staff", "entries")


@pytest.mark.parametrize(
    ("from_date", "to_date", "present"),
    [
        (date(2026, 11, 30), None, True),
        (date(2026, 12, 1), None, False),
        (date(2025, 1, 1), date(2026, 11, 1), True),
        (date(2025, 1, 1), date(2026, 10, 31), False),
    ],
)
def test_a_statement_speaks_of_programs_enrolled_in_during_the_month(
    build: Any, from_date: date, to_date: date | None, present: bool
) -> None:
    statement = build.statement(build.month(enrollments=(Enrollment(Program("CCM"), from_date, to_date),)))
    assert (statement.program(Program("CCM")) is not None) == present


def test_a_statement_speaks_of_programs_that_time_was_logged_in(build: Any) -> None:
    facts = build.month([build.rpm(12)], enrollments=(Enrollment(Program("CCM"), date(2025, 6, 1)),))
    statement = build.statement(facts)
    assert [part.program for part in statement.programs] == [Program("CCM"), Program("RPM")]
    assert statement.program(Program("RPM")).counted_minutes == 0


@pytest.mark.parametrize("program", [Program("TCM"), Program("APCM")])
def test_programs_without_minute_codes_have_a_part_and_no_codes(build: Any, program: Program) -> None:
    part = build.part(build.month([build.entry(45, program=program)]), program)
    assert (part.status, part.counted_minutes, part.next) == (Status.BELOW_THRESHOLD, 45, ())


def test_a_patient_without_entries_is_below_the_threshold(build: Any) -> None:
    statement = build.statement(build.month())
    assert [part.status for part in statement.programs] == [Status.BELOW_THRESHOLD]
    assert (statement.expected_cents, statement.entries, statement.codes) == (0, (), ())


def test_b2_a_statement_names_its_book_and_the_hash_of_it(build: Any) -> None:
    statement = build.statement(build.month())
    book = rulebook_for(date(2026, 11, 1))
    assert (statement.rulebook_name, statement.rulebook_hash) == ("medicare-2026", book.file_hash)


@pytest.mark.parametrize(
    ("month", "provisional"),
    [(date(2025, 12, 1), False), (date(2026, 12, 1), False), (date(2027, 1, 1), True), (date(2028, 5, 1), True)],
)
def test_b1_a_month_after_the_newest_book_is_provisional_and_says_whose_figures_it_has(
    build: Any, month: date, provisional: bool
) -> None:
    facts = build.month([build.entry(20, date_of_service=month)], month=month, care_plans=(CarePlanRevision(month),))
    statement = build.statement(facts)
    assert build.codes(statement) == ["99490"]
    assert statement.provisional is provisional
    words = f" Provisional: the figures of {month.year} are not known yet, so those of medicare-2026 are used (B1)."
    assert statement.programs[0].why.endswith(words) is provisional


def test_b1_a_provisional_month_without_codes_needs_no_word_about_figures(build: Any) -> None:
    january = date(2027, 1, 1)
    statement = build.statement(build.month([build.entry(9, date_of_service=january)], month=january))
    assert statement.provisional
    assert not statement.codes
    assert "figures" not in statement.programs[0].why


def test_b1_a_month_that_begins_on_the_last_day_of_a_book_is_not_provisional(build: Any) -> None:
    book = replace(rulebook_for(NOVEMBER), in_force_to=NOVEMBER)
    assert not evaluate(build.month(), book).provisional


def test_b1_json_of_a_provisional_statement_has_the_same_keys(build: Any) -> None:
    statements = [build.statement(build.month(month=month)) for month in (NOVEMBER, date(2027, 1, 1))]
    own, provisional = (statement_json(statement) for statement in statements)
    assert (own.get("provisional"), provisional.get("provisional")) == (None, True)
    assert provisional.keys() - {"provisional"} == own.keys()


def test_any_day_of_the_month_stands_for_the_month(build: Any) -> None:
    facts = build.month([build.entry(20)])
    assert build.statement(replace(facts, month=date(2026, 11, 17))) == build.statement(facts)


@pytest.mark.parametrize("seed", range(10))
def test_the_order_of_facts_changes_nothing(build: Any, seed: int) -> None:
    facts = build.month(
        [
            build.timed("10:00", "10:20"),
            build.timed("10:00", "10:20", staff_id="bob"),
            build.timed("10:10", "10:40", staff_id="lee"),
            build.entry(9, 12),
            build.entry(8, 21),
            build.rpm(11, 9),
        ],
        stays=(Stay("snf", date(2026, 11, 12), date(2026, 11, 21)), Stay("inpatient", build.at(3, "10:15"))),
        care_plans=(CarePlanRevision(date(2026, 11, 4)), CarePlanRevision(date(2026, 2, 1))),
        initiating_visits=(InitiatingVisit(date(2020, 1, 1), "AWV"), InitiatingVisit(date(2025, 5, 20), "AWV")),
        consents=tuple(Consent(program, date(2025, day, 1)) for program in known_programs() for day in (1, 6)),
        staff=(StaffMember("ann", "RN"), StaffMember("bob", "LPN"), StaffMember("lee", "MD"), StaffMember("ann", "NP")),
    )
    shuffle = random.Random(seed).sample  # noqa: S311 - an order to try, not a secret
    shuffled = {name: tuple(shuffle(getattr(facts, name), len(getattr(facts, name)))) for name in TUPLES}
    assert build.statement(replace(facts, **shuffled)) == build.statement(facts)


def test_a_staff_member_with_two_credentials_works_as_the_practitioner(build: Any) -> None:
    staff = (StaffMember("ann", "RN"), StaffMember("ann", "NP"))
    facts = build.month([build.entry(35)], staff=staff, designations=(Designation("ann"),))
    assert build.codes(build.statement(facts)) == ["99491"]


def test_a_statement_cannot_be_changed(build: Any) -> None:
    statement = build.statement(build.month([build.entry(20)]))
    with pytest.raises(FrozenInstanceError):
        statement.programs[0].codes[0].units = 2


def test_every_rule_has_its_words_in_the_catalogue() -> None:
    entries = [f"E{n}" for n in range(1, 10)]
    entries.insert(7, "E7b")
    numbers = entries + [f"C{n}" for n in range(1, 12)] + [f"R{n}" for n in range(1, 12)]
    by_policy = ["PLAN_INCOMPLETE", "PLAN_NOT_SHARED", "CONSENT_INCOMPLETE"]
    blockers = [name for rule in BLOCKER_RULES if (name := rule.__name__.upper()) not in by_policy]
    assert [rule.__name__.upper() for rule in BLOCKER_RULES] == blockers + by_policy
    warnings = [*(f"W{n}" for n in range(1, 17)), "W18"]
    rest = ["N1", "N2", "N3", "N4", "B1", "B2", "B3", "B4", *(f"T{n}" for n in range(1, 8))]
    assert list(CATALOGUE) == numbers + blockers + warnings + rest
    for rule in CATALOGUE.values():
        assert rule.name
        assert rule.words.endswith(".")
        assert rule.source
        assert rule.example
    with_message = {number for number, _ in COUNTING_RULES} | set(blockers) | set(warnings)
    assert all(CATALOGUE[number].message for number in with_message)
    assert {rule.__name__.upper() for rule in PROGRAM_RULES} <= {CATALOGUE[number].name for number in warnings}
    assert [CATALOGUE[number].name for number, _ in COUNTING_RULES] == [
        rule.__name__.upper() for _, rule in COUNTING_RULES
    ]
