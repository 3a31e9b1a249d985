"""Rulebooks (B1, B3): the figures, and what is said of a book that cannot be used."""

import ast
import hashlib
import tomllib
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from ledger.rules import rulebook
from ledger.rules.facts import Program
from ledger.rules.rulebook import BOOKS, RulebookError, known_programs, load_rulebook, load_rulebooks, rulebook_for

PAYMENTS = {
    "99490": (6049, 6613),
    "99439": (4593, 5044),
    "99487": (13165, 14429),
    "99489": (7052, 7816),
    "99491": (8216, 8918),
    "99437": (5758, 6313),
    "99424": (8087, 8751),
    "99425": (5887, 6146),
    "99457": (4787, 5177),
    "99458": (3849, 4142),
    "99470": (None, 2605),
    "99454": (4302, 5211),
    "99445": (None, 5211),
    "99453": (1973, 2171),
    "99426": (None, 6780),
    "99427": (None, 5411),
    "99495": (20120, 22011),
    "99496": (27268, 29860),
}
APPROXIMATE = [{"99424", "99495"}, {"99454", "99445", "99427"}]
CONVERSION_FACTORS = [(Decimal("32.3465"), None), (Decimal("33.4009"), Decimal("33.5675"))]
FAMILIES = {
    "ccm_staff": ("total", "99490", (20, 40, 60), "99439"),
    "ccm_practitioner": ("practitioner", "99491", (30, 60, 90), "99437"),
    "ccm_complex": ("total", "99487", (60, *range(90, 361, 30)), "99489"),
    "pcm_staff": ("total", "99426", (30, 60, 90), "99427"),
    "pcm_practitioner": ("practitioner", "99424", (30, 60, 90), "99425"),
    "rpm_management": ("total", "99457", (20, 40, 60, 80), "99458"),
}
YEARS = [2025, 2026]


@pytest.fixture(autouse=True)
def _books_read_anew() -> None:
    """Every test here stands on books that it read itself."""
    rulebook.forget_rulebooks()


@pytest.mark.parametrize("year", YEARS)
def test_b3_every_payment_is_the_published_one_with_its_source_and_date(year: int) -> None:
    book = rulebook_for(date(year, 6, 1))
    assert {code: payment.cents for code, payment in book.payments.items()} == {
        code: figures[YEARS.index(year)] for code, figures in PAYMENTS.items()
    }
    for payment in book.payments.values():
        assert (payment.cents is None) == bool(payment.unknown)
        assert book.sources[payment.source].date.year >= 2022


def test_b3_figures_of_one_source_or_of_sources_that_disagree_are_marked_approximate() -> None:
    approximate = [
        {payment.code for payment in rulebook_for(date(year, 1, 1)).payments.values() if payment.approximate}
        for year in YEARS
    ]
    assert approximate == APPROXIMATE


@pytest.mark.parametrize("year", YEARS)
def test_b3_the_conversion_factors_of_the_year_are_figures_of_the_book(year: int) -> None:
    book = rulebook_for(date(year, 1, 1))
    factor = book.conversion_factor
    assert (factor.non_qualifying, factor.qualifying) == CONVERSION_FACTORS[YEARS.index(year)]
    assert factor.source in book.sources


@pytest.mark.parametrize("year", YEARS)
def test_b3_a_payment_of_the_fee_schedule_is_whole_hundredths_of_a_unit_times_the_factor(year: int) -> None:
    """A mistyped cent would be no product of that kind: the possible payments lie 33 cents apart."""
    book = rulebook_for(date(year, 1, 1))
    dollars = book.conversion_factor.non_qualifying
    for payment in book.payments.values():
        if payment.cents is not None and not payment.approximate:
            units = (Decimal(payment.cents) / 100 / dollars).quantize(Decimal("0.01"))
            assert round(units * dollars * 100) == payment.cents, payment.code


@pytest.mark.parametrize("year", YEARS)
def test_b1_families_have_the_thresholds_and_caps_of_their_year(year: int) -> None:
    book = rulebook_for(date(year, 1, 1))
    families = {family.name: family for program in known_programs() for family in book.time_families[program]}
    assert {
        name: (family.counts, family.base.code, family.unit_minutes, family.add_on.code)
        for name, family in families.items()
    } == FAMILIES
    short = families["rpm_management"].short
    assert (short and (short.code, short.at_minutes)) == (("99470", 10) if year == 2026 else None)
    readings = [(code.code, code.from_days, code.to_days) for code in book.reading_families[Program("RPM")][0].codes]
    assert readings == [("99454", 16, 30), ("99445", 2, 15)][: 2 if year == 2026 else 1]


@pytest.mark.parametrize(
    ("month", "name"),
    [
        (date(2025, 1, 1), "medicare-2025"),
        (date(2025, 3, 17), "medicare-2025"),
        (date(2025, 12, 1), "medicare-2025"),
        (date(2026, 1, 1), "medicare-2026"),
        (date(2026, 12, 31), "medicare-2026"),
        (date(2027, 1, 1), "medicare-2026"),  # until the book of 2027 is there
        (date(2031, 8, 1), "medicare-2026"),
    ],
)
def test_b1_a_month_is_evaluated_under_the_book_in_force_on_its_first_day(month: date, name: str) -> None:
    assert rulebook_for(month).name == name


def test_b1_a_month_before_the_first_book_says_which_file_to_add() -> None:
    with pytest.raises(RulebookError) as caught:
        rulebook_for(date(2024, 12, 31))
    assert caught.value.code == "RULEBOOK_MISSING"
    assert caught.value.title == "No rulebook is in force on 2024-12-01: the first is medicare-2025."
    assert caught.value.remedy == (
        "Bring medicare-2024.toml, made of medicare-2025.toml with the figures of that year: "
        "ccm rulebook add medicare-2024.toml"
    )


def test_b2_a_book_is_known_by_the_hash_of_its_file() -> None:
    content = (BOOKS / "medicare-2026.toml").read_bytes()
    assert rulebook_for(date(2026, 1, 1)).file_hash == hashlib.sha256(content).hexdigest()


def edited(tmp_path: Path, old: str, new: str, name: str = "medicare-2026.toml") -> Path:
    text = (BOOKS / "medicare-2026.toml").read_text()
    assert old in text
    path = tmp_path / name
    path.write_text(text.replace(old, new, 1))
    return path


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("at_minutes = 10 }", "at_minutes = 20 }", "[[time_family]] number 6: rpm_management: thresholds out of order"),
        ("from_days = 2, to_days = 15", "from_days = 2, to_days = 16", "[[reading_family]] number 1"),
        ("from_days = 2, to_days = 15", "from_days = 2, to_days = 1", "thresholds out of order, 99445"),
        ("from_days = 2, to_days = 15", "from_days = 2, to_days = 16", "the days of 99445 and 99454 overlap"),
        ("cents = 6613", "cents = 66.13", '[[payment]] number 1: "cents" must be a valid integer'),
        ("cents = 6613\n", "", '[[payment]] number 1: 99490: give either "cents" or "unknown"'),
        ("cents = 6613", "cent = 6613", '[[payment]] number 1: unknown field "cent"'),
        ("[conflict]", "[conflicts]", 'unknown table "conflicts"'),
        ("[conflict]", "[conflicts]", '"conflict" is missing'),
        ('cents = 6613\nsource = "fee-schedule"', "cents = 6613", '[[payment]] number 1: "source" is missing'),
        ("[source.secondary]", "[source.third]", "[[payment]] 99427: there is no [source.secondary]"),
        ('code = "99490"\ncents', 'code = "99491"\ncents', "[[payment]] 99491 stands 2 times"),
        ('code = "99490"\ncents', 'code = "99999"\ncents', "99490 has no [[payment]]"),
        ('name = "medicare-2026"', 'name = "medicare"', '"name" is medicare, but the file is called'),
        ("in_force_to = 2026-12-31", "in_force_to = 2025-12-31", '"in_force_from" comes after "in_force_to"'),
        ("in_force_to = 2026-12-31", 'in_force_to = "2026-12-31"', '"in_force_to" must be a date'),
        ("in_force_to = 2026-12-31", "in_force_to = ", "not TOML: Invalid value (at line "),
        ('counts = "total"\nbase', 'counts = "staff"\nbase', "\"counts\" must be 'total' or 'practitioner'"),
        ('program = "CCM"\ncounts', 'program = "CMC"\ncounts', "ccm_staff: there is no [[program]] with the name CMC"),
        ("at_minutes = 20 }", "at_minutes = 0 }", '"base.at_minutes" must be greater than or equal to 1'),
        (
            'non_qualifying = "33.4009"',
            "non_qualifying = 33.4009",
            '[conversion_factor]: "non_qualifying" must be dollars',
        ),
        ('non_qualifying = "33.4009"', 'non_qualifying = "0"', '[conversion_factor]: "non_qualifying" must be dollars'),
        ("[conversion_factor]", "[conversion]", '"conversion_factor" is missing'),
        ("cents = 6613", 'unknown = "?"\nfacility_cents = 5000', '99490: "facility_cents" needs "cents" beside it'),
        ("cents = 6613", "cents = 6613\nfacility_cents = 0", '"facility_cents" must be greater than or equal to 1'),
        ('needs = ["live_contact"]', 'needs = ["live"]', '"needs.1" must be'),
        ('name = "ccm_staff"', 'name = "ccm_complex"', "[[time_family]] ccm_complex stands 2 times"),
        ('add_on = { code = "99439"', 'add_on = { code = "99490"', "code 99490 stands 2 times"),
    ],
)
def test_a_faulty_book_names_the_file_the_place_and_the_fault(tmp_path: Path, old: str, new: str, words: str) -> None:
    with pytest.raises(RulebookError) as caught:
        load_rulebook(edited(tmp_path, old, new))
    assert caught.value.code == "RULEBOOK_INVALID"
    assert caught.value.title.startswith("medicare-2026.toml: ")
    assert words in caught.value.title
    assert caught.value.remedy == (
        "Correct medicare-2026.toml at the places named; its opening comment says what each table holds."
    )


def test_a_faulty_table_is_named_with_the_line_on_which_it_begins(tmp_path: Path) -> None:
    path = edited(tmp_path, 'code = "99439"\ncents = 5044', 'code = "99439"\ncents = "many"')
    lines = path.read_text(encoding="utf-8").splitlines()
    line = lines.index('code = "99439"')

    with pytest.raises(RulebookError) as caught:
        load_rulebook(path)

    assert lines[line - 1] == "[[payment]]"
    assert caught.value.title.endswith(f'[[payment]] number 2: "cents" must be a valid integer (line {line}).')


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('name = "medicare-2026"', 'name = "x"', '"name" is x, but the file is called medicare-2026.toml'),
        ("in_force_to = 2026-12-31", "in_force_to = 2025-12-31", '"in_force_from" comes after "in_force_to"'),
        (
            'name = "TCM"',
            'name = "APCM"',
            (
                '[[discharge_family]] tcm: there is no [[program]] with the name TCM; add it, or correct "program"; '
                '[conflict]: there is no [[program]] with the name TCM; add it, or correct "program"; '
                "[[program]] APCM stands 2 times; keep one"
            ),
        ),
        ('name = "pcm_staff"', 'name = "ccm_staff"', "[[time_family]] ccm_staff stands 2 times; keep one"),
        (
            "# ---------------------------------------------------------------- payments",
            '[[reading_family]]\nname = "rpm_device"\ntitle = "A"\nprogram = "RPM"\ncodes=[]\nsource = "secondary"\n#',
            "[[reading_family]] rpm_device stands 2 times; keep one",
        ),
        ('base = { code = "99490"', 'base = { code = "99439"', "code 99439 stands 2 times; keep one"),
        (
            '{ code = "99445", from',
            '{ code = "99446", from',
            '99446 has no [[payment]]; add one, with "unknown" where no payment is known',
        ),
        (
            '[[payment]]\ncode = "99470"',
            '[[payment]]\ncode = "99471"',
            '99470 has no [[payment]]; add one, with "unknown" where no payment is known',
        ),
    ],
)
def test_what_is_wrong_between_tables_is_told_in_one_sentence(tmp_path: Path, old: str, new: str, problem: str) -> None:
    with pytest.raises(RulebookError) as caught:
        load_rulebook(edited(tmp_path, old, new))
    assert caught.value.title == f"medicare-2026.toml: {problem}."


def test_every_table_that_names_an_unknown_source_is_told(tmp_path: Path) -> None:
    path = edited(tmp_path, "[source.fee-schedule]", "[source.schedule]")
    text = (
        path.read_text()
        .replace("[source.secondary]", "[source.third]")
        .replace("[source.care-", "[source.no-care-")
        .replace("[source.trans", "[source.no-trans")
    )
    path.write_text(text)
    tables = tomllib.loads(text)
    named = [(f"[{table}]", tables[table]) for table in ("conflict", "conversion_factor")]
    for table in ("program", "time_family", "reading_family", "discharge_family"):
        named += [(f"[[{table}]] {row['name']}", row) for row in tables[table]]
    named += [(f"[[payment]] {row['code']}", row) for row in tables["payment"]]
    with pytest.raises(RulebookError) as caught:
        load_rulebook(path)
    assert (
        caught.value.title
        == "medicare-2026.toml: "
        + "; ".join(
            f'{place}: there is no [source.{row["source"]}]; add it with "title" and "date"' for place, row in named
        )
        + "."
    )


def test_a_code_may_stand_for_one_number_of_days(tmp_path: Path) -> None:
    book = load_rulebook(edited(tmp_path, "from_days = 2, to_days = 15", "from_days = 15, to_days = 15"))
    assert book.reading_families[Program("RPM")][0].codes[1].from_days == 15


def test_a_book_may_be_in_force_for_one_day(tmp_path: Path) -> None:
    book = load_rulebook(edited(tmp_path, "in_force_to = 2026-12-31", "in_force_to = 2026-01-01"))
    assert (book.in_force_from, book.in_force_to) == (date(2026, 1, 1), date(2026, 1, 1))


def test_all_faults_of_a_book_are_named_at_once(tmp_path: Path) -> None:
    path = edited(tmp_path, "cents = 6613", "cent = 6613")
    path.write_text(path.read_text().replace("at_most = 3", 'at_most = "3"'))
    with pytest.raises(RulebookError) as caught:
        load_rulebook(path)
    assert 'unknown field "cent"' in caught.value.title
    assert '"add_on.at_most"' in caught.value.title


def test_a_book_that_is_not_there_or_not_text_says_so(tmp_path: Path) -> None:
    with pytest.raises(RulebookError, match="cannot be read"):
        load_rulebook(tmp_path / "medicare-2026.toml")
    (tmp_path / "medicare-2026.toml").write_bytes(b"name = \xff")
    with pytest.raises(RulebookError, match="not UTF-8"):
        load_rulebook(tmp_path / "medicare-2026.toml")
    (tmp_path / "medicare-2026.toml").unlink()
    with pytest.raises(RulebookError) as caught:
        load_rulebooks(tmp_path)
    assert (caught.value.code, caught.value.title, caught.value.remedy) == (
        "RULEBOOK_MISSING",
        f"{tmp_path.name}: no rulebook is there.",
        "Add one, for example medicare-2026.toml; to the program's own folder by installing it again.",
    )


@pytest.mark.parametrize(("days", "fault"), [(-1, "an overlap"), (1, "a gap")])
def test_b1_books_follow_one_another_without_gap_or_overlap(tmp_path: Path, days: int, fault: str) -> None:
    (tmp_path / "medicare-2025.toml").write_bytes((BOOKS / "medicare-2025.toml").read_bytes())
    begins = date(2026, 1, 1) + timedelta(days=days)
    edited(tmp_path, "in_force_from = 2026-01-01", f"in_force_from = {begins}")
    with pytest.raises(RulebookError) as caught:
        load_rulebooks(tmp_path)
    assert (caught.value.code, caught.value.title, caught.value.remedy) == (
        "RULEBOOK_DATES",
        f"medicare-2026.toml, in_force_from: {fault} after medicare-2025, which ends 2025-12-31.",
        "Write in_force_from = 2026-01-01 in medicare-2026.toml, or mend in_force_to in medicare-2025.toml.",
    )


def test_no_figure_of_a_rulebook_stands_in_the_code() -> None:
    books = load_rulebooks()
    figures = set(PAYMENTS)
    for book in books:
        figures |= {str(payment.cents) for payment in book.payments.values() if payment.cents}
        figures |= {f"{payment.cents / 100:.2f}" for payment in book.payments.values() if payment.cents}
        figures |= set(book.conflict.advanced_primary_care_codes)
        figures |= set(book.payments)
    for path in sorted(BOOKS.parent.rglob("*.py")):
        code = path.read_text()
        assert not [figure for figure in figures if figure in code], path.name


@pytest.mark.parametrize("module", ["counting", "coding", "eligibility", "thresholds", "evaluation", "explanations"])
def test_no_threshold_step_or_cap_stands_in_the_code(module: str) -> None:
    tree = ast.parse((BOOKS.parent / f"{module}.py").read_text())
    numbers = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and type(node.value) is int}
    assert numbers <= {0, 1}
