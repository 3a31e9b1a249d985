"""A claim line is made from a statement and the patient's facts alone."""

from dataclasses import replace
from datetime import date

import pytest

from ledger.claims.lines import (
    ClaimFacts,
    ClaimLine,
    Practitioner,
    claim_lines,
    difference,
    differs,
    from_json,
    line_key,
    statement_hash,
    to_json,
)
from ledger.rules.facts import Program
from ledger.rules.statement import CodeLine, ProgramStatement, Statement, Status

OCTOBER = date(2026, 10, 1)
DOCTOR = Practitioner("doctor1", "Doctor One", "1234567893")
CONDITIONS = ("E11.9", "I10", "N18.3", "J44.9", "F32.1")
FACTS = ClaimFacts("P-1042", DOCTOR, CONDITIONS, "11")


def code(
    name: str, family: str, program: str = "CCM", *, units: int = 1, cents: int = 6613, known: bool = True
) -> CodeLine:
    return CodeLine(name, units, Program(program), family, cents, date(2026, 10, 20), payment_known=known)


def statement(*codes: CodeLine) -> Statement:
    programs = tuple(
        ProgramStatement(
            program,
            Status.BILLABLE,
            60,
            60,
            0,
            tuple(one for one in codes if one.program == program),
            blockers=(),
            warnings=(),
            next=(),
            alternatives=(),
            why="",
        )
        for program in dict.fromkeys(one.program for one in codes)
    )
    return Statement(OCTOBER, "medicare-2026", "hash", programs, ())


def lines(*codes: CodeLine, facts: ClaimFacts = FACTS) -> tuple[ClaimLine, ...]:
    return claim_lines("T0TEST", statement(*codes), facts)


PLAIN, FURTHER = code("99490", "ccm_staff"), code("99439", "ccm_staff", units=2, cents=10088)


def test_a_line_says_all_that_a_biller_files() -> None:
    first, second = lines(PLAIN, FURTHER)

    assert first == ClaimLine(
        key=first.key,
        patient_code="P-1042",
        program=Program("CCM"),
        month=OCTOBER,
        family="ccm_staff",
        practitioner=DOCTOR,
        code="99490",
        units=1,
        from_date=date(2026, 10, 20),
        to_date=date(2026, 10, 20),
        place_of_service="11",
        diagnoses=("E11.9", "I10", "N18.3", "J44.9"),
        expected_cents=6613,
        provisional=False,
        statement_hash=statement_hash(statement(PLAIN, FURTHER)),
    )
    assert (second.code, second.units, second.expected_cents) == ("99439", 2, 10088)
    assert first.lacks == ()


@pytest.mark.parametrize(
    ("program", "name", "family", "said"),
    [
        ("CCM", "99490", "ccm_staff", CONDITIONS[:4]),
        ("PCM", "99426", "pcm_staff", CONDITIONS[:1]),
        ("RPM", "99457", "rpm_management", CONDITIONS[:4]),
        ("RPM", "99454", "rpm_device", CONDITIONS[:4]),
    ],
)
def test_diagnoses_are_the_conditions_and_for_pcm_the_one(
    program: str, name: str, family: str, said: tuple[str, ...]
) -> None:
    (line,) = lines(code(name, family, program))

    assert line.diagnoses == said


def test_nothing_billable_is_no_line() -> None:
    assert claim_lines("T0TEST", statement(), FACTS) == ()


def test_an_unknown_payment_is_none_and_not_nothing() -> None:
    (line,) = lines(code("99426", "pcm_staff", "PCM", cents=0, known=False))

    assert line.expected_cents is None


@pytest.mark.parametrize(
    ("facts", "lacks"),
    [
        (replace(FACTS, practitioner=None), ("no billing practitioner",)),
        (replace(FACTS, practitioner=replace(DOCTOR, npi=None)), ("no NPI of doctor1",)),
        (replace(FACTS, conditions=()), ("no diagnosis",)),
        (replace(FACTS, conditions=("E11.9", "CHF")), ("CHF is no ICD-10-CM code",)),
    ],
)
def test_what_a_payer_would_send_back_is_named(facts: ClaimFacts, lacks: tuple[str, ...]) -> None:
    (line,) = lines(PLAIN, facts=facts)

    assert line.lacks == lacks


def test_a_key_is_the_same_whatever_the_line_says_and_no_number_to_a_spreadsheet() -> None:
    (before,), (after,) = lines(PLAIN), lines(replace(PLAIN, units=3, date_of_service=date(2026, 10, 31)))

    assert before.key == after.key
    assert before.key.startswith("L-")
    assert len(before.key) == 18


def test_one_code_takes_the_place_of_another_of_its_family_and_an_add_on_has_a_line_of_its_own() -> None:
    short, base, more = (code(name, "rpm_management", "RPM") for name in ("99470", "99457", "99458"))

    assert lines(short)[0].key == lines(base)[0].key != lines(more)[0].key
    devices = [code(name, "rpm_device", "RPM") for name in ("99445", "99454", "99453")]
    few, many, set_up = (lines(one)[0].key for one in devices)
    assert few == many != set_up


def test_a_device_code_has_its_periods_first_and_last_day_and_each_period_a_line() -> None:
    device = replace(code("99454", "rpm_device", "RPM"), first_day=date(2026, 9, 21))
    second = replace(device, first_day=date(2026, 9, 1), date_of_service=date(2026, 9, 30))

    (line,), (other,) = lines(device), lines(second)

    assert (line.from_date, line.to_date) == (date(2026, 9, 21), date(2026, 10, 20))
    assert line.key != other.key
    assert lines(replace(device, date_of_service=date(2026, 10, 25)))[0].key == line.key


def test_everything_that_names_a_line_makes_another_key() -> None:
    whole = {
        "practice_id": "T0TEST",
        "patient_code": "P-1042",
        "program": "CCM",
        "period": OCTOBER,
        "family": "ccm_staff",
        "part": "base",
    }
    others = {
        "practice_id": "T0OTHER",
        "patient_code": "P-1043",
        "program": "PCM",
        "period": date(2026, 11, 1),
        "family": "ccm_complex",
        "part": "add_on",
    }
    keys = {line_key(**whole)} | {line_key(**{**whole, name: other}) for name, other in others.items()}  # type: ignore[arg-type]

    assert len(keys) == 1 + len(others)


def test_a_line_comes_back_as_it_was_stored() -> None:
    for line in (*lines(PLAIN, FURTHER), *lines(PLAIN, facts=replace(FACTS, practitioner=None))):
        assert from_json(to_json(line)) == line


@pytest.mark.parametrize(
    ("change", "is_other", "for_payer", "said"),
    [
        ({"statement_hash": "other"}, False, False, ""),
        ({"provisional": True}, False, False, ""),
        ({"expected_cents": 6700}, True, False, "payment $66.13 → $67.00"),
        ({"units": 2}, True, True, "units 1 → 2"),
        ({"to_date": date(2026, 10, 22)}, True, True, "to 2026-10-20 → 2026-10-22"),
        ({"place_of_service": "12"}, True, True, "place of service 11 → 12"),
        ({"diagnoses": ("I10",)}, True, True, "diagnoses E11.9 I10 N18.3 J44.9 → I10"),
        ({"practitioner": replace(DOCTOR, name="Dr. One")}, True, False, "name Doctor One → Dr. One"),
        ({"practitioner": replace(DOCTOR, npi="1245319599")}, True, True, "NPI 1234567893 → 1245319599"),
        ({"practitioner": None}, True, True, "practitioner doctor1 → none; name Doctor One → none"),
    ],
)
def test_what_makes_a_line_another_and_what_a_payer_has_to_be_told(
    change: dict[str, object], is_other: bool, for_payer: bool, said: str
) -> None:
    (before,) = lines(PLAIN)
    after = replace(before, **change)  # type: ignore[arg-type]

    assert differs(before, after) is is_other
    assert differs(before, after, for_payer=True) is for_payer
    assert difference(before, after).startswith(said)
    assert bool(difference(before, after)) is is_other


def test_an_npi_that_the_roster_learned_after_the_claim_is_no_correction() -> None:
    (before,) = lines(PLAIN, facts=replace(FACTS, practitioner=replace(DOCTOR, npi=None)))
    (after,) = lines(PLAIN)

    assert differs(before, after)
    assert not differs(before, after, for_payer=True)
    assert differs(before, replace(after, units=2), for_payer=True)
