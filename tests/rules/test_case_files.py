"""Case files: what is read, what is refused and in which words, and the statement as JSON."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from ledger.cases import Case, CaseError, read_case, statement_json
from ledger.rules.evaluation import evaluate
from ledger.rules.facts import Contact, Program, Readings
from ledger.rules.policy import DEFAULT_POLICY
from ledger.rules.rulebook import rulebook_for

SMALLEST = """
month = "2026-11"

[[enrollment]]
program = "CCM"
from = 2026-01-05
"""
STAFF = """
[[staff]]
id = "ann"
credential = "RN"
"""
ENTRY = """
[[entry]]
staff = "ann"
program = "CCM"
activity = "medication"
date = 2026-11-03
minutes = 12
"""
TIMED = ENTRY.replace("date = 2026-11-03\nminutes = 12", "start = 2026-11-03T23:50\nend = 2026-11-04T00:15")
BASE = SMALLEST + STAFF + ENTRY


def read(tmp_path: Path, text: str) -> Case:
    path = tmp_path / "case.toml"
    path.write_text(text)
    return read_case(path)


def statement_of(case: Case) -> dict[str, Any]:
    return statement_json(evaluate(case.facts, rulebook_for(case.facts.month), case.policy))


def test_what_a_case_leaves_out_has_its_default(tmp_path: Path) -> None:
    case = read(tmp_path, BASE)
    facts = case.facts
    assert (facts.month, facts.timezone) == (date(2026, 11, 1), "America/New_York")
    assert (facts.conditions, facts.risk_documented, facts.designations) == ((), True, ())
    assert (facts.billed_elsewhere, facts.apcm, facts.readings) == (frozenset(), False, ())
    assert (facts.staff[0].active_from, facts.staff[0].active_to, facts.staff[0].supervised) == (None, None, True)
    assert (case.policy, case.expect) == (DEFAULT_POLICY, {})
    entry = facts.entries[0]
    assert (entry.number, entry.note, entry.contact, entry.voided) == (0, "", None, False)
    assert entry.recorded_at.isoformat() == "2026-11-04T05:00:00+00:00"  # the end of November 3 in New York


def test_every_field_of_the_description_is_read(tmp_path: Path) -> None:
    text = """
        month = "2026-11"
        timezone = "America/Chicago"
        [policy]
        bands = [[5, 9], [15, 19]]
        qualifying_credentials = ["RN"]
        count_outreach_attempts = true
        rpm_time = "interactive"
        complex_needs_plan_revision = false
        honor_complexity_designation = false
        care_plan_max_days = 180
        initiating_visit = false
        claim_date = "month_end"
        payments = { "99490" = 7000 }
        [patient]
        conditions = ["E11.9", "I10"]
        risk_documented = false
        billing_practitioner = "lee"
        billed_elsewhere = ["CCM"]
        apcm = true
        [[enrollment]]
        program = "CCM"
        from = 2026-01-05
        to = 2026-11-20
        [[consent]]
        program = "CCM"
        date = 2026-01-05
        form = "written"
        revoked = 2026-11-15
        [[initiating_visit]]
        date = 2025-12-12
        type = "E/M"
        [[care_plan]]
        date = 2026-06-01
        substantial = true
        [[stay]]
        setting = "snf"
        admitted = 2026-11-10T14:00
        discharged = 2026-11-13
        [[complexity]]
        date = 2026-11-05
        mdm = "high"
        by = "lee"
        rationale = "new heart failure"
        [[readings]]
        days = 18
        [[staff]]
        id = "ann"
        credential = "RN"
        active_from = 2025-01-01
        active_to = 2026-12-31
        supervised = false
        [[entry]]
        staff = "ann"
        program = "CCM"
        activity = "caregiver_contact"
        contact = "live"
        start = 2026-11-03T10:00   # a remark
        end = 2026-11-03T10:12:00
        note = "The note."
        recorded = 2026-11-03T10:15
        voided = true
        [expect]
        codes = []
    """
    case = read(tmp_path, text)
    policy, facts, entry = case.policy, case.facts, case.facts.entries[0]
    assert policy.bands == ((5, 9), (15, 19))
    assert policy.payments == {"2026": {"99490": 7000}}
    assert (policy.care_plan_max_days, policy.claim_date, policy.rpm_time) == (180, "month_end", "interactive")
    assert (policy.count_outreach_attempts, policy.initiating_visit) == (True, False)
    assert policy.qualifying_credentials == frozenset({"RN"})
    assert (facts.billed_elsewhere, facts.apcm, facts.readings) == (
        frozenset({Program("CCM")}),
        True,
        (Readings(days=18),),
    )
    assert facts.enrollments[0].to_date == date(2026, 11, 20)
    assert facts.consents[0].revoked_on == date(2026, 11, 15)
    assert facts.stays[0].admitted.isoformat() == "2026-11-10T14:00:00-06:00"  # type: ignore[union-attr]
    assert facts.stays[0].discharged == date(2026, 11, 13)
    assert facts.complexity[0].rationale == "new heart failure"
    assert facts.care_plans[0].substantial
    assert not facts.staff[0].supervised
    assert (entry.contact, entry.duration_minutes, entry.voided) == (Contact.LIVE, 12, True)
    assert entry.recorded_at.isoformat() == "2026-11-03T10:15:00-06:00"
    assert case.expect == {"codes": []}


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('month = "2026-11"', "", '"month" is missing'),
        ('month = "2026-11"', 'month = "2026-13"', '"month" must be a month such as "2026-11"'),
        ('month = "2026-11"', "month = 2026-11-01", '"month" must be a valid string'),
        ('month = "2026-11"', 'month = "2026-11"\ntimezone = "Mars"', '"timezone" must be a time zone'),
        ('month = "2026-11"', 'month = "2026-11"\nmonths = 1', 'unknown field "months"'),
        ("[[enrollment]]", "[[enrolment]]", 'unknown table "enrolment"'),
        ("[[enrollment]]", "[[enrolment]]", '"enrollment" is missing'),
        ("from = 2026-01-05", 'from = "2026-01-05"', '[[enrollment]] number 1: "from" must be a date'),
        ("from = 2026-01-05", "", '[[enrollment]] number 1: "from" is missing'),
        (
            "from = 2026-01-05",
            "from = 2026-01-05\nuntil = 2026-11-20",
            '[[enrollment]] number 1: unknown field "until"',
        ),
        (
            'program = "CCM"\nfrom',
            'program = "CMC"\nfrom',
            '[[enrollment]] number 1: "program" must be one of CCM, PCM, RPM, TCM, APCM',
        ),
        ("[[staff]]", "[patient]\ncondition = []\n[[staff]]", '[patient]: unknown field "condition"'),
        ("[[staff]]", "[patient]\napcm = 1\n[[staff]]", '[patient]: "apcm" must be a valid boolean'),
        ("[[staff]]", "[policy]\nrpm = 1\n[[staff]]", '[policy]: unknown field "rpm"'),
        ("[[staff]]", "[policy]\nbands = [[19, 15]]\n[[staff]]", '[policy]: "bands.1" must be two minutes'),
        ("[[staff]]", "[policy]\nrpm_time = 'all'\n[[staff]]", "[policy]: \"rpm_time\" must be 'management' or"),
        ("[[staff]]", "[[readings]]\ndays = 31\n[[staff]]", '[[readings]] number 1: "days" must be less than'),
        ("[[staff]]", "[[readings]]\n[[staff]]", '[[readings]] number 1: give either "days"'),
        (
            "[[staff]]",
            "[[readings]]\ndays = 9\ndates = [2026-11-03]\n[[staff]]",
            '[[readings]] number 1: give either "days"',
        ),
        ("[[staff]]", '[patient]\nother_services = ["99213"]\n[[staff]]', '"other_services.1" must be one of G0181'),
        (
            "[[staff]]",
            '[patient]\nbilling_practitioner = "lee"\n[[designation]]\nstaff = "lee"\n[[staff]]',
            '[patient]: "billing_practitioner" stands beside [[designation]]',
        ),
        (
            "[[staff]]",
            '[[designation]]\nstaff = "lee"\nfrom = 2026-11-03\nto = 2026-11-02\n[[staff]]',
            '[[designation]] number 1: "to" comes before "from"',
        ),
        (
            "[[staff]]",
            '[[staff]]\nid = "ann"\ncredential = "LPN"\nactive_to = 2026-11-02\n[[staff]]',
            "[[staff]] numbers 1 and 2: two rows of ann in periods that overlap",
        ),
        (
            "[[staff]]",
            '[[consent]]\nprogram = "CCM"\ndate = 2026-01-05\nsaid = ["hello"]\n[[staff]]',
            '[[consent]] number 1: "said.1" must be one of service',
        ),
        (
            "[[staff]]",
            '[[care_plan]]\ndate = 2026-01-05\nelements = ["hope"]\n[[staff]]',
            '[[care_plan]] number 1: "elements.1" must be one of problems',
        ),
        ('month = "2026-11"', 'month = "9999-12"', '"month" must lie between 2000 and 2099'),
        ("[[staff]]", "[[stay]]\nsetting = 'hotel'\nadmitted = 2026-11-01\n[[staff]]", '[[stay]] number 1: "setting"'),
        (
            "[[staff]]",
            "[[stay]]\nsetting = 'snf'\nadmitted = 2026-11-05\ndischarged = 2026-11-04T10:00\n[[staff]]",
            '[[stay]] number 1: "discharged" comes before "admitted"',
        ),
        ("[[staff]]", "[[care_plan]]\ndate = 2026-11-05T10:00\n[[staff]]", '[[care_plan]] number 1: "date" must be a'),
        ('staff = "ann"', "", '[[entry]] number 1: "staff" is missing'),
        ('activity = "medication"', 'activity = "meds"', '[[entry]] number 1: "activity" must be'),
        (
            'activity = "medication"',
            'activity = "medication"\ncontact = "live"',
            '"contact" belongs to patient_contact',
        ),
        ("minutes = 12", "", 'number 1: give either "date" and "minutes", or "start" and "end"'),
        ("minutes = 12", "minutes = 12\nend = 2026-11-03T10:12", 'give either "date" and "minutes"'),
        ("minutes = 12", "minutes = 0", '[[entry]] number 1: "minutes" must be greater than or equal to 1'),
        ("minutes = 12", "minutes = 1441", '"minutes" must be less than or equal to 1440'),
        ("minutes = 12", "minutes = 12.5", '"minutes" must be a valid integer'),
        ("minutes = 12", 'minutes = "12"', '"minutes" must be a valid integer'),
        ("minutes = 12", "minutes = true", '"minutes" must be a valid integer'),
        ("minutes = 12", "minutes = 12\nrecorded = 2026-11-03T10:15Z", '"recorded" must be a local date-time'),
        ("minutes = 12", "minutes = 12\nrecorded = 2026-11-03", '"recorded" must be a local date-time'),
        ("minutes = 12", "minutes 12", "not TOML: "),
    ],
)
def test_a_faulty_case_names_the_file_the_place_and_the_fault(tmp_path: Path, old: str, new: str, words: str) -> None:
    assert old in BASE
    with pytest.raises(CaseError) as caught:
        read(tmp_path, BASE.replace(old, new, 1))
    assert caught.value.code == "CASE_INVALID"
    assert caught.value.title.startswith("case.toml: ")
    assert words in caught.value.title
    assert "2026-11-03" in caught.value.remedy


def test_all_faults_of_a_case_are_named_at_once(tmp_path: Path) -> None:
    with pytest.raises(CaseError) as caught:
        read(tmp_path, BASE.replace("minutes = 12", "minutes = 0").replace('credential = "RN"', 'credentials = "RN"'))
    for words in ('"credential" is missing', 'unknown field "credentials"', '[[entry]] number 1: "minutes"'):
        assert words in caught.value.title


def test_an_error_repeats_no_note(tmp_path: Path) -> None:
    with pytest.raises(CaseError) as caught:
        read(tmp_path, BASE.replace("minutes = 12", 'minutes = 12\nnote = ["Secret of the patient"]'))
    assert "Secret" not in str(caught.value) + caught.value.title + caught.value.remedy


@pytest.mark.parametrize("end", ["2026-11-03T23:50:30", "2026-11-03T23:00:00", "2026-11-05T00:00:00"])
def test_e2_e4_work_under_a_minute_or_over_a_day_is_refused(tmp_path: Path, end: str) -> None:
    with pytest.raises(CaseError, match="must come 1 to 1440 minutes after"):
        read(tmp_path, SMALLEST + STAFF + TIMED.replace("2026-11-04T00:15", end))


def test_a_file_that_is_not_there_says_so(tmp_path: Path) -> None:
    with pytest.raises(CaseError, match=r"absent\.toml: the file cannot be read"):
        read_case(tmp_path / "absent.toml")


def test_e3_an_entry_over_midnight_appears_once_per_part_with_its_own_date(tmp_path: Path) -> None:
    statement = statement_of(read(tmp_path, SMALLEST + STAFF + TIMED + ENTRY))
    parts = [(entry["index"], entry.get("date"), entry["minutes"]) for entry in statement["entries"]]
    assert parts == [(0, "2026-11-03", 10), (0, "2026-11-04", 15), (1, None, 12)]


def test_e3_minutes_of_another_month_are_no_part_of_the_statement(tmp_path: Path) -> None:
    text = SMALLEST + STAFF + TIMED.replace("11-03T", "11-30T").replace("11-04T", "12-01T") + ENTRY
    statement = statement_of(read(tmp_path, text.replace("date = 2026-11-03", "date = 2026-10-31")))
    assert [(entry["index"], entry["date"], entry["minutes"]) for entry in statement["entries"]] == [
        (0, "2026-11-30", 10)
    ]


def test_the_statement_has_the_described_shape(tmp_path: Path) -> None:
    case = read_case(Path(__file__).parent / "cases" / "office_visit_does_not_count.toml")
    statement = statement_of(case)
    assert json.loads(json.dumps(statement)) == statement
    assert list(statement) == ["month", "rulebook", "expected_cents", "codes", "programs", "entries"]
    (part,) = statement["programs"]
    assert list(part) == [
        "program",
        "status",
        "counted_minutes",
        "staff_minutes",
        "practitioner_minutes",
        "blockers",
        "warnings",
        "next",
        "alternatives",
        "why",
    ]
    assert part["next"] == [{"code": "99490", "minutes_missing": 5, "cents": 6613}]
    assert all(list(other) == ["family", "codes", "cents", "why_not"] for other in part["alternatives"])
    assert all(list(warning) == ["code", "name", "entries"] for warning in part["warnings"])
    assert statement["entries"] == [
        {"index": 0, "minutes": 15, "counted": 15, "excluded": []},
        {
            "index": 1,
            "minutes": 10,
            "counted": 0,
            "excluded": [
                {
                    "minutes": 10,
                    "reason": "NOT_CARE_TIME",
                    "rule": "C3",
                    "text": "em_visit is not care management time",
                }
            ],
        },
    ]
    billed = statement_of(read_case(Path(__file__).parent / "cases" / "sixty_plain_minutes.toml"))
    assert billed["codes"] == [
        {
            "code": "99490",
            "units": 1,
            "program": "CCM",
            "family": "ccm_staff",
            "cents": 6613,
            "date_of_service": "2026-11-09",
        },
        {
            "code": "99439",
            "units": 2,
            "program": "CCM",
            "family": "ccm_staff",
            "cents": 10088,
            "date_of_service": "2026-11-09",
        },
    ]
    assert (billed["month"], billed["rulebook"], billed["expected_cents"]) == ("2026-11", "medicare-2026", 16701)


def test_blockers_stand_in_the_json_by_name(tmp_path: Path) -> None:
    (part,) = statement_of(read(tmp_path, BASE))["programs"]
    assert part["blockers"] == [
        "NO_CONSENT",
        "CONDITIONS",
        "NO_CARE_PLAN",
        "NO_INITIATING_VISIT",
        "NO_BILLING_PRACTITIONER",
    ]


@pytest.mark.parametrize(
    ("written", "read"), [("R.N.", "RN"), ("rn, bsn", "RN"), ("LVN", "LPN"), ("front desk", ""), ("none", ""), ("", "")]
)
def test_a_credential_is_read_as_a_ledger_reads_it_and_any_other_text_as_none(
    tmp_path: Path, written: str, read: str
) -> None:
    path = tmp_path / "case.toml"
    path.write_text(f"""month = "2026-11"
        patient = {{conditions = ["e119", "E11.9", "i10", "no code"]}}
        enrollment = [{{program = "CCM", from = 2026-01-05}}]
        staff = [{{id = "ann", credential = "{written}"}}]
    """)

    facts = read_case(path).facts

    assert [member.credential for member in facts.staff] == [read]
    assert set(facts.conditions) == {"E11.9", "I10", "no code"}
