"""``ccm rulebook``: an administrator looks at the books, checks a new one, and takes it knowing what it changes."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import Result
from support.books import a_book, brought
from support.terminal import Ccm, fine, refused
from typer.testing import CliRunner

from bot.cli import app
from ledger.rules.rulebook import BOOKS, load_rulebook

ENTRY = "P-1042 25m meds Reconciled the insulin list with the pharmacy. Dose confirmed."
DEARER = ("cents = 6613", "cents = 7000")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "brought"


def test_the_books_are_listed_with_their_dates_and_where_they_come_from(ccm: Ccm, folder: Path) -> None:
    a_book(folder, 2027, DEARER)
    with brought(folder):
        told = fine(ccm("rulebook", "list"))
        books = json.loads(fine(ccm("rulebook", "list", "--json")))
    assert "medicare-2027" in told
    assert [(book["name"], book["is_brought"], book["approximate"]) for book in books] == [
        ("medicare-2025", False, 2),
        ("medicare-2026", False, 3),
        ("medicare-2027", True, 3),
    ]
    assert books[1]["conversion_factor"] == {"non_qualifying": "33.4009", "qualifying": "33.5675"}


def test_a_sound_book_can_be_used(ccm: Ccm, tmp_path: Path) -> None:
    assert "medicare-2027.toml can be used." in fine(ccm("rulebook", "check", str(a_book(tmp_path, 2027, DEARER))))


def test_every_fault_of_a_book_is_told(ccm: Ccm, tmp_path: Path) -> None:
    path = a_book(tmp_path, 2027, ("cents = 6613", "cent = 6613"), ("at_most = 3", 'at_most = "3"'))
    result = ccm("rulebook", "check", str(path))
    assert result.exit_code == 1
    assert "medicare-2027.toml: 2 faults." in result.stdout
    for words in ('unknown field "cent"', '"add_on.at_most"'):
        assert words in result.stdout
    assert len(json.loads(ccm("rulebook", "check", str(path), "--json").stdout)["faults"]) == 2


def test_a_book_that_does_not_follow_the_others_is_at_fault(ccm: Ccm, tmp_path: Path) -> None:
    result = ccm("rulebook", "check", str(a_book(tmp_path, 2028)))
    assert result.exit_code == 1
    assert "a gap after medicare-2026" in result.stdout


def test_a_copy_of_another_year_is_questioned(ccm: Ccm, tmp_path: Path) -> None:
    told = fine(ccm("rulebook", "check", str(a_book(tmp_path, 2027))))
    assert "? medicare-2027 has every figure of medicare-2026" in told
    assert "Are these the figures of 2027?" in told


def test_what_differs_between_two_books_is_told(ccm: Ccm, tmp_path: Path) -> None:
    found = json.loads(fine(ccm("rulebook", "diff", "medicare-2025", "medicare-2026", "--json")))
    assert {"place": "payment 99490, cents", "before": "6049", "after": "6613"} in found
    told = fine(ccm("rulebook", "diff", "medicare-2026", str(a_book(tmp_path, 2027, DEARER))))
    assert "payment 99490, cents" in told
    assert "7000" in told
    assert "They have the same figures" in fine(ccm("rulebook", "diff", "medicare-2026", "medicare-2026"))


def test_a_book_that_is_none_is_answered_with_those_there_are(ccm: Ccm) -> None:
    assert "There are medicare-2025, medicare-2026" in refused(
        ccm("rulebook", "diff", "medicare-2026", "medicare-2030"), "RULEBOOK_UNKNOWN"
    )


def test_without_a_folder_nothing_is_taken(ccm: Ccm, tmp_path: Path) -> None:
    assert "CCM_RULEBOOKS=" in refused(
        ccm("rulebook", "add", str(a_book(tmp_path, 2027, DEARER)), "--yes"), "RULEBOOK_FOLDER"
    )


def test_a_corrected_book_shows_patients_and_dollars_before_it_is_taken(ccm: Ccm, tmp_path: Path, folder: Path) -> None:
    fine(ccm("log", *ENTRY.split(), "--as", "nurse1"))
    path = a_book(tmp_path / "new", 2026, DEARER)
    with brought(folder):
        asked = CliRunner().invoke(app, ["rulebook", "add", str(path)], input="n\n")
        assert asked.exit_code == 0
        assert "medicare-2026 takes the place of medicare-2026 and differs from it in 1 place" in asked.stdout
        assert "November 2026" in asked.stdout
        assert "$66.13 → $70.00 (+$3.87)" in asked.stdout
        assert list(folder.iterdir()) == []

        taken = fine(ccm("rulebook", "add", str(path), "--yes"))
        assert "ccm reevaluate" in taken
        assert (folder / "medicare-2026.toml").read_bytes() == path.read_bytes()
        assert [file.name for file in folder.iterdir()] == ["medicare-2026.toml"]
        change = "• November 2026: 1 billable, $66.13 → 1, $70.00 (1 patient with other codes)"
        shown = fine(ccm("reevaluate", "--dry-run"))
        assert change in shown
        assert "Nothing was saved." in shown
        refused = CliRunner().invoke(app, ["reevaluate"], input="n\n")
        assert (refused.exit_code, change in refused.stdout) == (1, True)
        assert ccm("verify").exit_code == 2, "the figures are those of before"
        assert change in fine(ccm("reevaluate", "--yes"))
        assert "$70.00" in fine(ccm("patient", "P-1042"))
        assert "The ledger of" in fine(ccm("verify"))
        assert "•" not in fine(ccm("reevaluate"))


def test_a_book_of_a_year_without_time_changes_nothing(ccm: Ccm, tmp_path: Path, folder: Path) -> None:
    fine(ccm("log", *ENTRY.split(), "--as", "nurse1"))
    with brought(folder):
        told = fine(ccm("rulebook", "add", str(a_book(tmp_path / "new", 2027, DEARER)), "--yes"))
    assert "It changes no open month of the ledger." in told
    assert "medicare-2027 follows medicare-2026 and differs from it in 4 places" in told


def test_a_copy_is_taken_only_by_somebody_who_says_so(ccm: Ccm, tmp_path: Path, folder: Path) -> None:
    path = a_book(tmp_path / "new", 2027)
    with brought(folder):
        assert "--same-figures" in refused_after_words(ccm("rulebook", "add", str(path), "--yes"), "RULEBOOK_COPIED")
        assert CliRunner().invoke(app, ["rulebook", "add", str(path)], input="n\n").exit_code == 0
        assert list(folder.iterdir()) == []
        fine(ccm("rulebook", "add", str(path), "--yes", "--same-figures"))
        assert [file.name for file in folder.iterdir()] == ["medicare-2027.toml"]


CMS = Path(__file__).parents[1] / "support" / "rvu.csv"


def test_cms_file_is_shown_beside_the_rulebook(ccm: Ccm) -> None:
    told = fine(ccm("rulebook", "payments", str(CMS)))
    assert "medicare-2026, provisionally" in told
    assert "$66.13" in told
    assert "$66.01" in told
    found = json.loads(fine(ccm("rulebook", "payments", str(CMS), "--json")))
    assert (found["year"], found["conversion_factor"]) == (2027, "32.8409")
    assert found["payments"]["99490"] == {"cents": 6601, "facility_cents": 4795}


def test_a_rulebook_is_made_of_cms_file_and_can_be_taken(ccm: Ccm, tmp_path: Path, folder: Path) -> None:
    told = fine(ccm("rulebook", "payments", str(CMS), "--into", str(tmp_path / "made")))
    path = tmp_path / "made" / "medicare-2027.toml"
    assert f"ccm rulebook add {path}" in told
    book = load_rulebook(path)
    assert (book.in_force_from, book.in_force_to) == (date(2027, 1, 1), date(2027, 12, 31))
    assert book.conversion_factor.non_qualifying == Decimal("32.8409")
    assert (book.payments["99490"].cents, book.payments["99490"].facility_cents) == (6601, 4795)
    assert book.payments["99496"].unknown == "it is not in rvu.csv"
    assert book.sources[book.payments["99490"].source].date == date(2026, 11, 24)
    assert path.read_text(encoding="utf-8").startswith("# Medicare 2027: every figure")
    assert "months that begin in 2027 (" in path.read_text(encoding="utf-8")
    assert "can be used" in fine(ccm("rulebook", "check", str(path)))
    with brought(folder):
        fine(ccm("rulebook", "add", str(path), "--yes"))
    again = ccm("rulebook", "payments", str(CMS), "--into", str(tmp_path / "made"))
    assert "is there already" in refused_after_words(again, "RULEBOOK_EXISTS")


def test_payments_of_a_file_become_the_practices_own_of_that_year_alone(ccm: Ccm, tmp_path: Path) -> None:
    fine(ccm("log", *ENTRY.split(), "--as", "nurse1"))
    listed = tmp_path / "ours.csv"
    listed.write_text("code,amount\n99490,70.00\n99439,51.25\n", encoding="utf-8")
    fine(ccm("rulebook", "payments", str(listed), "--year", "2027", "--as", "admin1", "--yes"))
    fine(ccm("rulebook", "payments", str(CMS), "--as", "admin1", "--yes"))
    assert "$66.13" in fine(ccm("patient", "P-1042"))
    own = json.loads(fine(ccm("policy", "show", "--json")))["payments"]
    assert own == {"2027": {"99490": 6601, "99439": 5090, "99457": 5123, "99454": 5287}}
    fine(ccm("rulebook", "payments", str(listed), "--year", "2026", "--as", "admin1", "--yes"))
    assert "$70.00" in fine(ccm("patient", "P-1042"))


def test_payments_are_taken_once_somebody_said_so(ccm: Ccm) -> None:
    words = ["rulebook", "payments", str(CMS), "--as", "admin1"]
    assert CliRunner().invoke(app, words, input="n\n").exit_code == 0
    assert json.loads(fine(ccm("policy", "show", "--json")))["payments"] == {}


def test_a_hospitals_department_takes_the_payments_in_facilities(ccm: Ccm) -> None:
    fine(ccm("policy", "set", "practice_type", "hospital_outpatient", "--as", "admin1"))
    fine(ccm("rulebook", "payments", str(CMS), "--as", "admin1", "--yes"))
    own = json.loads(fine(ccm("policy", "show", "--json")))["payments"]
    assert own == {"2027": {"99490": 4795, "99439": 3777, "99457": 3153, "99454": 5287}}


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ((), "PAYMENTS_YEAR", "does not say for which year"),
        (("--year", "2026", "--into", "made"), "PAYMENTS_NOT_CMS", "is a list of amounts"),
        (("--year", "2026", "--as", "nurse1", "--yes"), "ROLE_NEEDED", "nurse1 is no admin"),
        (("--year", "2024"), "RULEBOOK_MISSING", "No rulebook is in force on 2024-01-01"),
    ],
)
def test_what_cannot_be_done_with_a_list_is_told(
    ccm: Ccm, tmp_path: Path, words: tuple[str, ...], code: str, said: str
) -> None:
    listed = tmp_path / "ours.csv"
    listed.write_text("99490,70.00\n", encoding="utf-8")
    assert said in refused_after_words(ccm("rulebook", "payments", str(listed), *words), code)


def test_cms_file_is_not_taken_for_another_year(ccm: Ccm) -> None:
    assert "is CMS's file of 2027, not of 2026" in refused(
        ccm("rulebook", "payments", str(CMS), "--year", "2026"), "PAYMENTS_YEAR"
    )


def refused_after_words(result: Result, code: str) -> str:
    """What a command said on refusing after it had shown something."""
    assert result.exit_code == 1
    stderr = str(result.stderr)
    assert f"Error {code}:" in stderr
    return stderr


def test_a_faulty_book_is_not_taken(ccm: Ccm, tmp_path: Path, folder: Path) -> None:
    path = a_book(tmp_path / "new", 2027, ("cents = 6613", "cents = 66.13"))
    with brought(folder):
        refused(ccm("rulebook", "add", str(path), "--yes"), "RULEBOOK_INVALID")
        assert list(folder.iterdir()) == []


def test_a_folder_that_is_not_there_is_told_by_every_command(
    ccm: Ccm, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with brought(tmp_path / "brought") as gone:
        gone.rmdir()
        for words in (["rulebook", "list"], ["log", *ENTRY.split(), "--as", "nurse1"]):
            assert "CCM_RULEBOOKS names a folder that is not there" in refused(ccm(*words), "RULEBOOK_FOLDER")


def test_the_programs_own_folder_is_not_written_to(ccm: Ccm, tmp_path: Path, folder: Path) -> None:
    before = sorted(path.name for path in BOOKS.iterdir())
    with brought(folder):
        fine(ccm("rulebook", "add", str(a_book(tmp_path / "new", 2027, DEARER)), "--yes"))
    assert sorted(path.name for path in BOOKS.iterdir()) == before
