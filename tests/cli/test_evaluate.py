"""``ccm evaluate``: a patient-month in a file, its statement as a person or a program reads it."""

import json
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from support.cases import CASES
from support.terminal import Ccm
from typer.testing import CliRunner

from bot.cli import app
from ledger.cases import evaluate_case

BEGIN = """
month = "2026-11"

[patient]
conditions = ["E11.9", "I10"]
billing_practitioner = "lee"

[[enrollment]]
program = "CCM"
from = 2025-06-01

[[consent]]
program = "CCM"
date = 2025-06-01

[[initiating_visit]]
date = 2025-05-20
type = "AWV"

[[care_plan]]
date = 2026-11-01
substantial = true

[[staff]]
id = "ann"
credential = "RN"

[[staff]]
id = "lee"
credential = "MD"
"""
"""A patient whom nothing blocks."""
DESIGNATED = """
[[complexity]]
date = 2026-11-05
mdm = "high"
by = "lee"
rationale = "new heart failure"
"""


EDGE_DAY = (
    "      5 minutes excluded, FACILITY_EDGE_DAY (C8): Nov 10, 2026 is a day of admission or discharge, "
    "and no times show that the work lay outside the stay"
)


def work(*minutes: int, staff: str = "ann", day: int = 3) -> str:
    """One medication entry a day, of these lengths."""
    entry = f'[[entry]]\nstaff = "{staff}"\nprogram = "CCM"\nactivity = "medication"\n'
    return "".join(
        f"{entry}date = 2026-11-{day + offset:02}\nminutes = {length}\n"
        f'note = "Reviewed the list of medications. Agreed on step {offset} of {length}."\n'
        for offset, length in enumerate(minutes)
    )


def case(name: str) -> Path:
    (path,) = (path for path in CASES if path.stem == name)
    return path


@pytest.fixture
def evaluated(bare_ccm: Ccm, tmp_path: Path) -> Callable[..., Result]:
    """Writes text to a case file and evaluates it."""

    def run(text: str, *options: str) -> Result:
        path = tmp_path / "my case.toml"
        path.write_text(text, encoding="utf-8")
        return bare_ccm("evaluate", str(path), *options)

    return run


def statement(result: Result) -> dict[str, Any]:
    assert result.exit_code == 0, result.output
    return dict(json.loads(result.stdout))


def lines(result: Result) -> list[str]:
    assert result.exit_code == 0, result.output
    return result.stdout.splitlines()


# ---------------------------------------------------------------- as a program reads it


def test_the_statement_is_json_of_the_described_shape_to_the_letter(evaluated: Callable[..., Result]) -> None:
    visit = work(10, day=9).replace("medication", "em_visit")
    found = statement(evaluated(BEGIN + work(12, 9) + visit, "--json"))
    (part,) = found.pop("programs")
    assert found == {
        "month": "2026-11",
        "rulebook": "medicare-2026",
        "expected_cents": 6613,
        "codes": [
            {
                "code": "99490",
                "units": 1,
                "program": "CCM",
                "family": "ccm_staff",
                "cents": 6613,
                "date_of_service": "2026-11-04",
            }
        ],
        "entries": [
            {"index": 0, "minutes": 12, "counted": 12, "excluded": []},
            {"index": 1, "minutes": 9, "counted": 9, "excluded": []},
            {
                "index": 2,
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
        ],
    }
    practitioner, complex_care = part.pop("alternatives")
    assert part.pop("why").startswith("99490 ($66.13). 21 counted minutes reach 99490.")
    assert part == {
        "program": "CCM",
        "status": "billable",
        "counted_minutes": 21,
        "staff_minutes": 21,
        "practitioner_minutes": 0,
        "blockers": [],
        "warnings": [
            {"code": "W6", "name": "NO_TIMES", "entries": [0, 1, 2]},
            {"code": "W13", "name": "PLAN_INCOMPLETE", "entries": []},
            {"code": "W14", "name": "PLAN_NOT_SHARED", "entries": []},
            {"code": "W15", "name": "CONSENT_INCOMPLETE", "entries": []},
        ],
        "next": [{"code": "99439", "minutes_missing": 19, "cents": 5044}],
    }
    assert practitioner == {
        "family": "ccm_practitioner",
        "codes": [],
        "cents": 0,
        "why_not": "0 of 30 practitioner minutes",
    }
    assert list(complex_care) == ["family", "codes", "cents", "why_not"]


def test_an_entry_over_midnight_stands_there_once_per_part_with_its_date(bare_ccm: Ccm) -> None:
    found = statement(bare_ccm("evaluate", str(case("midnight_within_the_month")), "--json"))
    first, second = found["entries"][:2]
    assert list(first) == list(second) == ["index", "date", "minutes", "counted", "excluded"]
    assert first["index"] == second["index"] == 0
    assert first["date"] < second["date"]


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_of_every_case_the_printed_codes_and_cents_agree_and_no_minute_is_lost(bare_ccm: Ccm, path: Path) -> None:
    found = statement(bare_ccm("evaluate", str(path), "--json"))
    assert found["expected_cents"] == sum(line["cents"] for line in found["codes"])
    for entry in found["entries"]:
        assert entry["counted"] + sum(cut["minutes"] for cut in entry["excluded"]) == entry["minutes"]


def test_what_a_test_expects_of_a_case_changes_nothing(evaluated: Callable[..., Result]) -> None:
    text = BEGIN + work(21)
    expecting = evaluated(text + '\n[expect]\ncodes = ["99487"]\nanything = 1\n', "--json")
    assert statement(expecting) == statement(evaluated(text, "--json"))


# ---------------------------------------------------------------- billing-rules section 10

WORKED = [
    ("five calls of 4", work(4, 4, 4, 4, 4), ["99490"], 6613),
    ("three calls of 7", work(7, 7, 7), ["99490"], 6613),
    ("one call of 25", work(25), ["99490"], 6613),
    ("19 minutes", work(19), [], 0),
    ("39 minutes", work(39), ["99490"], 6613),
    ("40 minutes", work(40), ["99490", "99439"], 6613 + 5044),
    ("59 minutes", work(59), ["99490", "99439"], 6613 + 5044),
    ("60 minutes", work(60), ["99490", "99439*2"], 16701),
    ("100 minutes", work(100), ["99490", "99439*2"], 16701),
    ("60 minutes designated", DESIGNATED + work(60), ["99487"], 14429),
    ("89 minutes designated", DESIGNATED + work(89), ["99487"], 14429),
    ("90 minutes designated", DESIGNATED + work(90), ["99487", "99489"], 14429 + 7816),
    ("59 minutes designated", DESIGNATED + work(59), ["99490", "99439"], 6613 + 5044),
    ("practitioner alone", work(35, staff="lee"), ["99491"], 8918),
    ("practitioner and staff", work(35, staff="lee") + work(25, day=4), ["99490", "99439*2"], 16701),
]


@pytest.mark.parametrize(("text", "codes", "cents"), [one[1:] for one in WORKED], ids=[one[0] for one in WORKED])
def test_a_worked_example_evaluates_as_the_rules_say(
    evaluated: Callable[..., Result], text: str, codes: list[str], cents: int
) -> None:
    found = statement(evaluated(BEGIN + text, "--json"))
    billed = [line["code"] + (f"*{line['units']}" if line["units"] > 1 else "") for line in found["codes"]]
    assert (billed, found["expected_cents"]) == (codes, cents)


# ---------------------------------------------------------------- many at once


def test_many_files_are_one_json_object_a_line_with_the_name_of_each(bare_ccm: Ccm) -> None:
    paths = [str(case("forty")), str(case("nineteen_is_nothing"))]
    found = [json.loads(line) for line in lines(bare_ccm("evaluate", *paths, "--json"))]
    assert [(one["file"], one["expected_cents"]) for one in found] == list(zip(paths, (11657, 0), strict=True))
    alone = json.loads(bare_ccm("evaluate", paths[0], "--json").stdout)
    assert {"file": paths[0], **alone} == found[0]


def judged_lines(text: str) -> Result:
    return CliRunner().invoke(app, ["evaluate", "-", "--json"], input=text)


def test_cases_on_standard_input_are_judged_line_by_line() -> None:
    tables = tomllib.loads(case("forty").read_text(encoding="utf-8"))
    text = json.dumps(tables, default=str)
    found = [json.loads(line) for line in lines(judged_lines(f"{text}\n\n{text}\n"))]
    assert [(one["file"], one["expected_cents"]) for one in found] == [("line 1", 11657), ("line 3", 11657)]
    assert evaluate_case(tables) == {name: value for name, value in found[0].items() if name != "file"}


def test_a_case_at_fault_is_told_in_its_line_and_the_others_are_judged(bare_ccm: Ccm, tmp_path: Path) -> None:
    faulty = tmp_path / "faulty.toml"
    faulty.write_text('month = "2026-13"')
    result = bare_ccm("evaluate", str(faulty), str(case("forty")), "--json")
    assert result.exit_code == 1
    first, second = (json.loads(line) for line in result.stdout.splitlines())
    assert (first["file"], first["error"]["code"]) == (str(faulty), "CASE_INVALID")
    assert "faulty.toml" in first["error"]["title"]
    assert second["expected_cents"] == 11657


@pytest.mark.parametrize("line", ["{", "[]", '"x"', "1", '{"month": "2026-11"}', "[" * 100_000])
def test_a_line_that_is_no_case_is_told_so(line: str) -> None:
    result = judged_lines(f"{line}\n")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["error"]["code"] == "CASE_INVALID"


def test_several_cases_are_printed_for_a_person_under_their_names(bare_ccm: Ccm) -> None:
    paths = [str(case("forty")), str(case("nineteen_is_nothing"))]
    printed = lines(bare_ccm("evaluate", *paths))
    assert [line for line in printed if line in paths] == paths


def test_evaluating_loads_no_database_library() -> None:
    code = (
        "import sys; from bot.cli import app; "
        f"app(['evaluate', {str(case('forty'))!r}, '--json'], standalone_mode=False); "
        "assert not {'sqlalchemy', 'alembic'} & set(sys.modules), 'loaded'"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=False).returncode == 0  # noqa: S603 - our own program


# ---------------------------------------------------------------- as a person reads it


def test_the_statement_is_printed_in_sentences(evaluated: Callable[..., Result]) -> None:
    assert lines(evaluated(BEGIN + work(12, 9))) == [
        "November 2026, rulebook medicare-2026",
        "Expected payment: $66.13",
        "",
        "CCM: billable, 21 minutes counted (21 staff, 0 practitioner)",
        "  1 × 99490 ($66.13), date of service 2026-11-04",
        "  Why: 99490 ($66.13). 21 counted minutes reach 99490.",
        "  Not taken, ccm_practitioner (no code): 0 of 30 practitioner minutes",
        "  Not taken, ccm_complex (no code): the billing practitioner designated no complex care this month (R3, R5)",
        "  Next: 19 minutes more for 99439 ($50.44)",
        "  Warning W6 NO_TIMES: no entry of the month has start and end. Entries 0, 1.",
        (
            "  Warning W13 PLAN_INCOMPLETE: the care plan is not recorded as having: problem list, expected outcome "
            "and prognosis, measurable goals, symptom management, medication management, planned interventions and who "
            "is responsible for each, coordination with outside services, periodic review."
        ),
        "  Warning W14 PLAN_NOT_SHARED: no copy of the care plan is recorded as given to the patient or caregiver.",
        (
            "  Warning W15 CONSENT_INCOMPLETE: the consent does not record: what the service is, cost sharing, only "
            "one practitioner a month, the right to stop, who took it."
        ),
    ]


def test_explain_adds_every_entry_with_what_counts_and_the_rule_for_what_does_not(bare_ccm: Ccm) -> None:
    path = str(case("stay_known_to_the_minute"))
    plain, explained = lines(bare_ccm("evaluate", path)), lines(bare_ccm("evaluate", path, "--explain"))
    assert explained[: len(plain)] == plain
    assert explained[len(plain) :] == [
        "",
        "Entries",
        "  [0] 2026-11-10 1:50–2:20 pm, ann, CCM, medication: 10 of 30 minutes counted",
        "      20 minutes excluded, IN_FACILITY (C7): inside a stay (inpatient) on Nov 10, 2026",
        "  [1] 2026-11-10 10:00–10:08 am, ann, CCM, medication: 8 of 8 minutes counted",
        "  [2] 2026-11-13 9:25–9:37 am, ann, CCM, medication: 7 of 12 minutes counted",
        "      5 minutes excluded, IN_FACILITY (C7): inside a stay (inpatient) on Nov 13, 2026",
        "  [3] 2026-11-10, ann, CCM, medication: 0 of 5 minutes counted",
        EDGE_DAY,
        "  [4] 2026-11-12, ann, CCM, medication: 0 of 6 minutes counted",
        "      6 minutes excluded, IN_FACILITY (C7): inside a stay (inpatient) on Nov 12, 2026",
    ]


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_of_every_case_each_entry_blocker_code_and_alternative_is_printed(bare_ccm: Ccm, path: Path) -> None:
    found = statement(bare_ccm("evaluate", str(path), "--json"))
    printed = lines(bare_ccm("evaluate", str(path), "--explain"))
    assert sum(line.endswith(" counted") for line in printed) == len(found["entries"])
    for entry in found["entries"]:
        for cut in entry["excluded"]:
            assert any(f"excluded, {cut['reason']} ({cut['rule']}): {cut['text']}" in line for line in printed)
    for part in found["programs"]:
        assert sum(line.startswith(f"{part['program']}: ") for line in printed) == 1
        for blocker in part["blockers"]:
            (line,) = {line for line in printed if line.startswith(f"  Blocked, {blocker}: ")}
            assert line.count(". ") >= 1, "what blocks, and how to clear it"
        for other in part["alternatives"]:
            assert any(
                line.startswith(f"  Not taken, {other['family']} (") and line.endswith(other["why_not"])
                for line in printed
            )
        for step in part["next"]:
            assert any(line.startswith("  Next: ") and f"for {step['code']} (" in line for line in printed)
    for billed in found["codes"]:
        assert any(line.startswith(f"  {billed['units']} × {billed['code']} (") for line in printed)


def test_brackets_in_a_file_are_printed_as_they_are(evaluated: Callable[..., Result]) -> None:
    text = (BEGIN + work(12)).replace('"ann"', '"[bold]ann"')
    assert "[bold]ann" in evaluated(text, "--explain").stdout


def test_a_month_without_work_says_what_is_missing(evaluated: Callable[..., Result]) -> None:
    printed = lines(evaluated(BEGIN, "--explain"))
    assert "CCM: below threshold, 0 minutes counted (0 staff, 0 practitioner)" in printed
    assert "  Next: 20 minutes more for 99490 ($66.13)" in printed
    assert printed[-1] == "No entries."


def test_a_note_is_never_printed(evaluated: Callable[..., Result]) -> None:
    for options in ((), ("--explain",), ("--json",)):
        assert "Reviewed the list" not in evaluated(BEGIN + work(12), *options).output


# ---------------------------------------------------------------- what cannot be read


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('month = "2026-11"', 'month = "2026-11"\nmonths = 2', 'my case.toml: unknown field "months".'),
        ("[[care_plan]]", "[[care_plans]]", 'my case.toml: unknown table "care_plans".'),
        ("substantial = true", "substantially = true", '[[care_plan]] number 1: unknown field "substantially" (line '),
        ("date = 2026-11-01", 'date = "2026-11-01"', '[[care_plan]] number 1: "date" must be a date such as'),
        ("substantial = true", 'substantial = "yes"', '[[care_plan]] number 1: "substantial" must be a valid boolean'),
        ('conditions = ["E11.9", "I10"]', 'conditions = "E11.9"', '[patient]: "conditions" must be'),
        ('credential = "RN"', "credential = 7", '[[staff]] number 1: "credential" must be a valid string'),
        ('month = "2026-11"', 'month = "November"', '"month" must be a month such as "2026-11"'),
        ('month = "2026-11"', "month = 2026-11", "not TOML: "),
        ('month = "2026-11"', 'month = "2026-11', "not TOML: "),
    ],
)
def test_a_fault_is_named_with_its_place_and_nothing_is_printed_as_a_statement(
    evaluated: Callable[..., Result], old: str, new: str, told: str
) -> None:
    assert old in BEGIN
    for options in ((), ("--json",), ("--explain",)):
        result = evaluated(BEGIN.replace(old, new, 1), *options)
        assert result.exit_code == 1
        assert result.stdout == ""
        assert "Error CASE_INVALID: my case.toml: " in result.stderr
        assert told in result.stderr
        assert "Traceback" not in result.output


def test_every_fault_of_a_file_is_named_at_once(evaluated: Callable[..., Result]) -> None:
    text = BEGIN.replace('credential = "RN"', "credential = 7").replace("substantial", "substantially")
    told = evaluated(text).stderr
    assert '[[care_plan]] number 1: unknown field "substantially"' in told
    assert '[[staff]] number 1: "credential"' in told


def test_a_missing_file_a_folder_and_a_picture_are_told_apart(bare_ccm: Ccm, tmp_path: Path) -> None:
    (tmp_path / "picture.toml").write_bytes(b"\x89PNG\xff\xfe")
    for name, told in (
        ("absent.toml", "absent.toml: the file cannot be read: No such file or directory."),
        ("", "the file cannot be read: Is a directory."),
        ("picture.toml", "picture.toml: byte 1: the file is not UTF-8 text."),
    ):
        result = bare_ccm("evaluate", str(tmp_path / name))
        assert result.exit_code == 1
        assert told in result.stderr
        assert result.stdout == ""


def test_a_month_before_every_rulebook_says_which_there_are(evaluated: Callable[..., Result]) -> None:
    result = evaluated(BEGIN.replace('"2026-11"', '"2024-12"'))
    assert result.exit_code == 1
    assert "Error RULEBOOK_MISSING" in result.stderr
    assert "medicare-2025" in result.stderr
    assert "Traceback" not in result.output


def test_no_ledger_is_needed_or_made(bare_ccm: Ccm, ledger: Path) -> None:
    assert bare_ccm("evaluate", str(case("forty"))).exit_code == 0
    assert not ledger.exists()
