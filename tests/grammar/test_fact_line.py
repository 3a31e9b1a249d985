"""The lines that record a fact: what is understood in whichever order, and what is said of the rest."""

from datetime import date, time

import pytest
from support.codes import CODES, find_codes

from bot.grammar.fact_line import FactLine, completed, format_fact, parse_fact
from bot.grammar.fact_vocabulary import SHAPES, Part, Shape
from ledger.patients.fact_values import ConsentForm, Mark, Mdm, Service, Setting, VisitType
from ledger.rules.facts import Program

TODAY = date(2026, 11, 24)  # a Tuesday
VERBAL, WRITTEN = ConsentForm.VERBAL, ConsentForm.WRITTEN
CONSENT, PLAN, VISIT, STAY, DEVICE, READINGS, ENROLL, COMPLEX, MARK = SHAPES


def parse(line: str) -> FactLine:
    name, _, text = line.partition(" ")
    (shape,) = (one for one in SHAPES if one.name == name)
    return parse_fact(shape, text, today=TODAY, find_codes=find_codes)


def day(number: int, month: int = 11) -> date:
    return date(2026, month, number)


@pytest.mark.parametrize(
    ("line", "understood"),
    [
        ("consent P-1042 11/03 verbal", FactLine(CONSENT, "P-1042", VERBAL, first_day=day(3))),
        ("consent verbal 11/03 P-1042", FactLine(CONSENT, "P-1042", VERBAL, first_day=day(3))),
        ("consent p1042 Oral", FactLine(CONSENT, "P-1042", VERBAL)),
        ("consent 1042 written rpm on mon", FactLine(CONSENT, "P-1042", WRITTEN, Program("RPM"), day(23))),
        (
            "consent revoked 11/20 1042 signed 2026-11-03",
            FactLine(CONSENT, "P-1042", WRITTEN, first_day=day(3), last_day=day(20)),
        ),
        ("plan 1042", FactLine(PLAN, "P-1042")),
        ("plan substantial yesterday P-1042", FactLine(PLAN, "P-1042", first_day=day(23), substantial=True)),
        ("visit P-1042 11/03 AWV", FactLine(VISIT, "P-1042", VisitType.AWV, first_day=day(3))),
        ("visit e/m P-1042", FactLine(VISIT, "P-1042", VisitType.EM)),
        ("visit E&M P-1042", FactLine(VISIT, "P-1042", VisitType.EM)),
        ("visit tcm P-1042", FactLine(VISIT, "P-1042", VisitType.TCM)),
        ("visit P-1042, IPPE.", FactLine(VISIT, "P-1042", VisitType.IPPE)),
        ("stay P-1042 inpatient 11/10", FactLine(STAY, "P-1042", Setting.INPATIENT, first_day=day(10))),
        (
            "stay P-1042 snf 11/10 14:30 11/13",
            FactLine(STAY, "P-1042", Setting.SNF, None, day(10), time(14, 30), day(13)),
        ),
        (
            "stay discharged 11/13 at 2:05 pm hospital 1042 from 2026-11-10T14:30",
            FactLine(STAY, "P-1042", Setting.INPATIENT, None, day(10), time(14, 30), day(13), time(14, 5)),
        ),
        (
            "stay inpatient rehab 1042 mon today",
            FactLine(STAY, "P-1042", Setting.INPATIENT_REHAB, first_day=day(23), last_day=day(24)),
        ),
        ("stay P-1042 hospice admitted 11/10 09:00", FactLine(STAY, "P-1042", Setting.HOSPICE, None, day(10), time(9))),
        ("readings P-1042 18", FactLine(READINGS, "P-1042", days=18)),
        ("readings 1042 18 nov", FactLine(READINGS, "P-1042", days=18, month=day(1))),
        ("readings 18 days in last month for 1042", FactLine(READINGS, "P-1042", days=18, month=day(1, 10))),
        ("readings 10/2026 16 P-1042", FactLine(READINGS, "P-1042", days=16, month=day(1, 10))),
        ("readings 77 2", FactLine(READINGS, "P-77", days=2)),
        ("readings 0 P-1042", FactLine(READINGS, "P-1042", days=0)),
        (
            "consent P-1042 verbal with Doctor1 by nurse2, all said",
            FactLine(CONSENT, "P-1042", VERBAL, practitioner="Doctor1", taken_by="nurse2", said="all"),
        ),
        (
            "consent P-1042 written said: cost sharing and may stop 11/03",
            FactLine(CONSENT, "P-1042", WRITTEN, first_day=day(3), said="cost_sharing;may_stop"),
        ),
        ("consent P-1042 oral said all", FactLine(CONSENT, "P-1042", VERBAL, said="all")),
        ("consent P-1042 oral said:none", FactLine(CONSENT, "P-1042", VERBAL, said="none")),
        ("consent P-1042 oral said service, cost, one, stop", FactLine(CONSENT, "P-1042", VERBAL, said="all")),
        (
            "plan P-1042 11/03 complete copy:mail",
            FactLine(PLAN, "P-1042", first_day=day(3), elements="all", copy_how="mail"),
        ),
        (
            "plan copy to caregiver by portal given 11/05 P-1042 11/03",
            FactLine(PLAN, "P-1042", first_day=day(3), last_day=day(5), copy_to="caregiver", copy_how="portal"),
        ),
        ("plan P-1042 copy:in person,pt", FactLine(PLAN, "P-1042", copy_to="patient", copy_how="in_person")),
        (
            "plan P-1042 complete without prognosis, goals",
            FactLine(PLAN, "P-1042", elements="problems;symptoms;medication;interventions;coordination;review"),
        ),
        (
            "plan P-1042 missing prognosis goals complete",
            FactLine(PLAN, "P-1042", elements="problems;symptoms;medication;interventions;coordination;review"),
        ),
        ("plan P-1042 elements:meds,problem list", FactLine(PLAN, "P-1042", elements="problems;medication")),
        ("plan P-1042 elements none", FactLine(PLAN, "P-1042", elements="none")),
        ("device P-1042 set up 11/05", FactLine(DEVICE, "P-1042", first_day=day(5))),
        ("device 1042 setup on Nov 5", FactLine(DEVICE, "P-1042", first_day=day(5))),
        ("readings P-1042 18 from 11/05", FactLine(READINGS, "P-1042", first_day=day(5), days=18)),
        ("readings from Nov 5 18 days P-1042", FactLine(READINGS, "P-1042", first_day=day(5), days=18)),
        ("readings P-1042 11/07 11/05", FactLine(READINGS, "P-1042", dates="2026-11-05;2026-11-07")),
        (
            "readings P-1042 on 11/05-11/07, 2026-10-30 and mon",
            FactLine(READINGS, "P-1042", dates="2026-10-30;2026-11-05;2026-11-06;2026-11-07;2026-11-23"),
        ),
        ("readings P-1042 11/05..11/05", FactLine(READINGS, "P-1042", dates="2026-11-05")),
        ("mark P-1042 G0181", FactLine(MARK, "P-1042", Service("G0181"))),
        ("mark 1042 90960 oct", FactLine(MARK, "P-1042", Service("90960"), month=day(1, 10))),
        ("mark P-1042 apcm last month", FactLine(MARK, "P-1042", Mark.APCM, month=day(1, 10))),
        ("mark P-1042 elsewhere pcm", FactLine(MARK, "P-1042", Mark.BILLED_ELSEWHERE, Program("PCM"))),
        ("mark P-1042 elsewhere apcm", FactLine(MARK, "P-1042", Mark.BILLED_ELSEWHERE, Program("APCM"))),
        ("mark P-1042 g0182 nov undo", FactLine(MARK, "P-1042", Service("G0182"), month=day(1), withdrawn=True)),
        ("enroll P-1042 CCM", FactLine(ENROLL, "P-1042", program=Program("CCM"))),
        (
            "enroll rpm 1042 from 11/02 until 12/31",
            FactLine(ENROLL, "P-1042", None, Program("RPM"), day(2), None, day(31, 12)),
        ),
        ("enroll P-1042 ccm until 12/31", FactLine(ENROLL, "P-1042", program=Program("CCM"), last_day=day(31, 12))),
        ("enroll P-1042 ccm until 11/03", FactLine(ENROLL, "P-1042", program=Program("CCM"), last_day=day(3))),
        ("enroll P-1042 ccm until today", FactLine(ENROLL, "P-1042", program=Program("CCM"), last_day=TODAY)),
        (
            "complex P-1042 high New heart failure, four changes.",
            FactLine(COMPLEX, "P-1042", Mdm.HIGH, rationale="New heart failure, four changes."),
        ),
        (
            "complex 11/03 moderate 1042 - high risk of falls today",
            FactLine(COMPLEX, "P-1042", Mdm.MODERATE, first_day=day(3), rationale="high risk of falls today"),
        ),
        (
            "complex P-1042 high B12 deficiency since 11/03",
            FactLine(COMPLEX, "P-1042", Mdm.HIGH, rationale="B12 deficiency since 11/03"),
        ),
        (
            'complex P-1042 high "today ""worse"""',
            FactLine(COMPLEX, "P-1042", Mdm.HIGH, rationale='today "worse"'),
        ),
        (
            'complex P-1042 high "worse" than before',
            FactLine(COMPLEX, "P-1042", Mdm.HIGH, rationale='"worse" than before'),
        ),
        ("complex P-1042 high 4 changes", FactLine(COMPLEX, "P-1042", Mdm.HIGH, rationale="4 changes")),
    ],
)
def test_words_may_come_in_any_order(line: str, understood: FactLine) -> None:
    assert parse(line) == understood
    assert parse(format_fact(understood)) == understood


@pytest.mark.parametrize(
    ("line", "problems"),
    [
        ("consent P-1042 verbl", [("WORD_UNKNOWN", "verbl", "verbal")]),
        ("consent P-1042 verbal hello", [("WORD_UNKNOWN", "hello", "consent P-1042 verbal")]),
        ("consent P-9 verbal", [("CODE_UNKNOWN", "P-9", "P-1042")]),
        ("consent 9 verbal", [("CODE_UNKNOWN", "9", "P-1042")]),
        ("consent 0012 verbal", [("CODE_AMBIGUOUS", "0012", "N-0012")]),
        ("consent P-1042 P-1043 verbal", [("WORD_CONFLICT", "P-1043", "P-1042")]),
        ("consent P-1042 verbal written", [("WORD_CONFLICT", "written", "verbal")]),
        ("consent P-1042 verbal ccm rpm", [("WORD_CONFLICT", "rpm", "ccm")]),
        ("consent P-1042 verbal 11/03 11/20", [("WORD_CONFLICT", "11/20", "revoked 11/20")]),
        ("plan P-1042 11/03 11/20", [("WORD_CONFLICT", "11/20", "given 11/20")]),
        ("stay P-1042 snf 11/03 11/05 11/07", [("WORD_CONFLICT", "11/07", "11/05")]),
        ("consent P-1042 verbal revoked", [("DATE_MISSING", "revoked", "revoked yesterday")]),
        ("stay P-1042 snf from to 11/03", [("DATE_MISSING", "from", "from yesterday")]),
        ("consent P-1042 verbal 2/30", [("DATE_UNREADABLE", "2/30", "2026-11-24")]),
        ("consent P-1042 verbal 11/30", [("DATE_IN_FUTURE", "11/30", "2026-11-24")]),
        ("consent P-1042 verbal 2026-11-25", [("DATE_IN_FUTURE", "2026-11-25", "2026-11-24")]),
        ("consent P-1042 verbal revoked 2026-12-01", [("DATE_IN_FUTURE", "2026-12-01", "2026-11-24")]),
        ("enroll P-1042 ccm until 05/05", [("DATE_FAR", "05/05", "2027-05-05")]),
        ("enroll P-1042 ccm until 2/30", [("DATE_UNREADABLE", "2/30", "2026-11-24")]),
        ("enroll P-1042 ccm until 1999-01-01", [("DATE_UNREADABLE", "1999-01-01", "2026-11-24")]),
        ("stay P-1042 snf 11/10 2:05", [("TIME_AMBIGUOUS", "11/10 2:05", "11/10 2:05pm")]),
        ("stay P-1042 snf 11/10 25:00", [("TIME_UNREADABLE", "11/10 25:00", "11/10 14:30")]),
        ("plan P-1042 11/10 14:30", [("WORD_UNKNOWN", "14:30", "plan P-1042 2026-11-24")]),
        ("readings P-1042 18 19", [("WORD_CONFLICT", "19", "18")]),
        ("readings P-1042 18 oct nov", [("WORD_CONFLICT", "nov", "oct")]),
        ("readings 5555 18", [("CODE_UNKNOWN", "5555", "P-1042")]),
        ("readings P-1042 18 11/03", [("WORD_CONFLICT", "11/03", "from 11/03")]),
        (
            "readings P-1042 11/03 18 11/05",
            [("WORD_CONFLICT", "11/03", "from 11/03"), ("WORD_CONFLICT", "11/05", "from 11/05")],
        ),
        ("readings P-1042 11/30", [("DATE_IN_FUTURE", "11/30", "2026-11-24")]),
        ("readings P-1042 11/09-11/05", [("DATE_UNREADABLE", "11/09-11/05", "2026-11-05..2026-11-09")]),
        ("readings P-1042 18 from", [("DATE_MISSING", "from", "from yesterday")]),
        ("plan P-1042 copy", [("WORD_MISSING", "copy", "copy:mail")]),
        ("plan P-1042 copy:smoke", [("WORD_UNKNOWN", "smoke", "plan P-1042 2026-11-24")]),
        ("plan P-1042 copy:mail,portl", [("WORD_UNKNOWN", "portl", "portal")]),
        ("plan P-1042 copy:mail,portal", [("WORD_UNKNOWN", "portal", "portal")]),
        (
            "plan P-1042 without gools",
            [("WORD_MISSING", "without", "without:problems"), ("WORD_UNKNOWN", "gools", "goals")],
        ),
        ("plan P-1042 complet", [("WORD_UNKNOWN", "complet", "complete")]),
        ("consent P-1042 verbal by", [("WORD_MISSING", "by", "by nurse1")]),
        ("consent P-1042 verbal said: cost, coffee", [("WORD_UNKNOWN", "coffee", "consent P-1042 verbal")]),
        ("consent P-1042 verbal by ann by lee", [("WORD_CONFLICT", "lee", "ann")]),
        ("mark P-1042 G0181 G0182", [("WORD_CONFLICT", "G0182", "G0181")]),
        ("mark P-1042 G0183", [("WORD_CONFLICT", "G0183", "P-1042")]),
        (
            "plan CODE DATE",
            [
                ("WORD_IS_PLACEHOLDER", "CODE", "plan P-1042 2026-11-24"),
                ("WORD_IS_PLACEHOLDER", "DATE", "plan P-1042 2026-11-24"),
            ],
        ),
        ("complex P-1042 high P-1043 is worse", [("WORD_CONFLICT", "P-1043", "P-1042")]),
    ],
)
def test_what_does_not_fit_is_pointed_at_with_words_that_do(line: str, problems: list[tuple[str, str, str]]) -> None:
    text = line.partition(" ")[2]
    found = [(problem.code, text[problem.start : problem.end], problem.example) for problem in parse(line).problems]
    assert found == problems


@pytest.mark.parametrize("command", SHAPES, ids=lambda shape: shape.name)
def test_without_words_everything_that_is_needed_is_missing(command: Shape) -> None:
    line = parse(command.name)

    assert line == FactLine(command)
    assert line.missing == tuple(command.needs)


@pytest.mark.parametrize(
    ("line", "missing"),
    [
        ("consent P-1042", (Part.CHOICE,)),
        ("consent verbal", (Part.CODE,)),
        ("stay P-1042 snf", (Part.FIRST,)),
        ("stay P-1042 snf until 11/13", (Part.FIRST,)),
        ("readings P-1042", (Part.DAYS,)),
        ("readings P-1042 0", ()),
        ("enroll P-1042", (Part.PROGRAM,)),
        ("complex P-1042 high", (Part.RATIONALE,)),
        ('complex P-1042 high ""', (Part.RATIONALE,)),
    ],
)
def test_what_is_missing_is_named(line: str, missing: tuple[Part, ...]) -> None:
    assert parse(line).missing == missing


def test_what_was_not_understood_is_not_missing_too() -> None:
    assert parse("consent P-9 verbal").missing == ()
    assert parse("stay P-1042 snf 2/30").missing == ()


@pytest.mark.parametrize("command", SHAPES, ids=lambda shape: shape.name)
def test_the_example_of_a_command_is_a_line_that_can_be_recorded(command: Shape) -> None:
    example = completed(FactLine(command), today=TODAY)

    assert parse(format_fact(example)) == example
    assert not example.missing


def test_an_example_keeps_what_was_understood() -> None:
    line = parse("consent verbl P-1043 11/03 rpm revoked 11/20")

    example = completed(line, today=TODAY)

    assert format_fact(example) == "consent P-1043 verbal rpm 2026-11-03 revoked 2026-11-20"


def test_a_short_number_is_a_count_even_where_a_patient_has_it() -> None:
    assert "P-77" in CODES
    assert parse("readings P-1042 77").days == 77
    assert parse("readings 12 days 77") == FactLine(READINGS, "P-77", days=12)


def test_a_time_belongs_to_its_day_and_goes_with_one_that_cannot_be_read() -> None:
    line = parse("stay P-1042 snf 11/10 0/0T14:30")

    assert (line.last_day, line.last_time) == (None, None)
    assert [problem.code for problem in line.problems] == ["DATE_UNREADABLE"]
