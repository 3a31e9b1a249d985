"""``ccm fact``: one fact about a patient, recorded in the terminal under the name of whoever knows it."""

import json
import re
import shlex
import sqlite3
from pathlib import Path

import pytest
from support.practice import NOTE
from support.terminal import Ccm, fine, refused

from bot.commands.facts.kinds import kinds_of_facts
from bot.commands.registry import command_named
from ledger.recording.fact_reading import FACT_FILES

NURSE, LEAD, BILLER, DOCTOR, ADMIN = "nurse1", "lead1", "biller1", "doctor1", "admin1"
TOLD = " · with doctor1 · taken by nurse1"
"""What is taken for granted of a consent that says no more."""
BY = ("--as", NURSE)
CONSENT = ("consents", "patient=P-1046", "program=CCM", "date=2026-11-03", "form=verbal")

FACTS = {
    "enrollments": ("program=RPM", "from=2026-11-02"),
    "consents": ("program=RPM", "date=2026-11-02", "form=written"),
    "care-plans": ("date=2026-11-03", "substantial=yes"),
    "visits": ("date=2026-11-04", "type=AWV"),
    "stays": ("setting=snf", "admitted=2026-11-10T14:00"),
    "complexity": ("date=2026-11-05", "mdm=high", "by=doctor1", "rationale=new heart failure = unstable"),
    "devices": ("set_up=2026-10-05",),
    "readings": ("month=2026-11", "days=18"),
    "marks": ("month=2026-11", "mark=apcm"),
}


WHO_MAY = {
    **{kind: {NURSE, LEAD} for kind in FACTS},
    "complexity": {DOCTOR},
    "marks": {BILLER, LEAD},
}
"""As in Slack, where there is a command for it."""


def by(kind: str) -> tuple[str, str]:
    """Somebody who may record facts of that kind."""
    return "--as", min(WHO_MAY[kind])


def stored(ledger: Path, columns: str) -> list[tuple[object, ...]]:
    with sqlite3.connect(ledger) as connection:
        rows = connection.execute(
            f"SELECT {columns} FROM patient_facts WHERE recorded_by != 'import' ORDER BY revision"  # noqa: S608 - ours
        ).fetchall()
    connection.close()
    return rows


def test_there_is_an_example_here_of_every_kind() -> None:
    assert list(FACTS) == list(FACT_FILES)


@pytest.mark.parametrize("kind", FACTS)
def test_a_fact_is_recorded_once_and_can_be_taken_back(ccm: Ccm, ledger: Path, kind: str) -> None:
    words = ("fact", kind, "patient=P-1042", *FACTS[kind])
    who = by(kind)
    assert fine(ccm(*words, *who)) == "P-1042: recorded.\n"
    assert fine(ccm(*words, *who)) == "P-1042: that was known already.\n"
    assert fine(ccm(*words, "withdrawn=yes", *who)) == "P-1042: taken back.\n"
    assert fine(ccm(*words, "withdrawn=yes", *who)) == "P-1042: that was known already.\n"
    assert stored(ledger, "withdrawn, recorded_by, recorded_at") == [
        (0, who[1], "2026-11-24 15:00:00.000000"),
        (1, who[1], "2026-11-24 15:00:00.000000"),
    ]
    assert "is whole" in fine(ccm("verify"))


def test_a_consent_makes_minutes_count_at_once(ccm: Ccm) -> None:
    fine(ccm("log", "--as", "nurse1", "P-1046", "25m", "meds", *NOTE.split()))
    assert "0 minutes counted" in fine(ccm("patient", "P-1046"))
    fine(ccm("fact", *CONSENT, *BY))
    assert "Billable · 25 minutes counted" in fine(ccm("patient", "P-1046"))


def test_a_value_may_have_spaces_and_signs_of_equality(ccm: Ccm, ledger: Path) -> None:
    fine(ccm("fact", "complexity", "patient=P-1042", *FACTS["complexity"], *by("complexity")))
    ((details,),) = stored(ledger, "details")
    assert json.loads(str(details))["rationale"] == "new heart failure = unstable"


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("consent", "patient=P-1046"), "FACT_UNKNOWN", "Did you mean: ccm fact consents"),
        (("weather", "patient=P-1042"), "FACT_UNKNOWN", "One of: enrollments, consents, care-plans"),
        ((*CONSENT, "P-1046"), "FACT_COLUMN", "'P-1046' is not column=value. Nothing was saved."),
        ((*CONSENT, "colour=blue"), "FACT_COLUMN", "Columns of consents: patient, program, date, form, revoked"),
        ((*CONSENT, "form=written"), "FACT_COLUMN", "form is given twice. Nothing was saved."),
        (
            ("consents", "revoked="),
            "FACT_REFUSED",
            "patient is empty; program is empty; date is empty; form is empty. Nothing was saved.",
        ),
        ((*CONSENT[:1], "patient=P-9999", *CONSENT[2:]), "FACT_REFUSED", "patient no patient is called 'P-9999'."),
        ((*CONSENT[:3], "date=2026-11-25", "form=verbal"), "FACT_REFUSED", "date 2026-11-25 lies in the future."),
        ((*CONSENT[:4], "form=spoken"), "FACT_REFUSED", "One of: verbal, written"),
        (
            (*CONSENT, "withdrawn=yes"),
            "FACT_REFUSED",
            "withdrawn says yes, but P-1046 has nothing like it on 2026-11-03",
        ),
        ((*CONSENT, "withdrawn=maybe"), "FACT_REFUSED", "Write yes or no."),
        (
            ("stays", "patient=P-1042", "setting=snf", "admitted=2026-03-08T02:30"),
            "FACT_REFUSED",
            "admitted 2026-03-08T02:30 did not happen in America/New_York: clocks went forward.",
        ),
        (
            ("complexity", "patient=P-1042", "date=2026-11-05", "mdm=high", "by=nurse1", "rationale=x"),
            "FACT_REFUSED",
            "by 'nurse1' is no practitioner; a practitioner designates complex care (rule R5).",
        ),
    ],
)
def test_a_fact_that_cannot_be_recorded_says_what_is_wrong_and_nothing_is_saved(
    ccm: Ccm, ledger: Path, words: tuple[str, ...], code: str, told: str
) -> None:
    who = by(words[0]) if words[0] in FACT_FILES else BY
    assert told in refused(ccm("fact", *words, *who), code)
    assert stored(ledger, "kind") == []


@pytest.mark.parametrize("kind", FACTS)
@pytest.mark.parametrize("author", [NURSE, LEAD, BILLER, DOCTOR, ADMIN])
def test_a_fact_is_recorded_and_taken_back_by_those_who_may_in_slack(
    ccm: Ccm, ledger: Path, kind: str, author: str
) -> None:
    words = ("fact", kind, "patient=P-1042", *FACTS[kind])
    if author in WHO_MAY[kind]:
        assert fine(ccm(*words, "--as", author)) == "P-1042: recorded.\n"
        return
    told = refused(ccm(*words, "--as", author), "ROLE_NEEDED")
    assert f"ccm fact {kind} needs the role" in told
    assert stored(ledger, "kind") == []
    fine(ccm(*words, *by(kind)))
    refused(ccm(*words, "withdrawn=yes", "--as", author), "ROLE_NEEDED")
    assert stored(ledger, "withdrawn") == [(0,)]


def test_the_roles_are_those_of_slack() -> None:
    for kind in kinds_of_facts():
        if kind.keeper is not None:
            assert kind.roles == command_named(kind.keeper.name).roles
    assert [kind.file for kind in kinds_of_facts()] == list(FACT_FILES)


@pytest.mark.parametrize(
    ("kind", "enough"),
    [
        ("readings", ("month=2026-11",)),
        ("consents", ("program=rpm",)),
        ("stays", ("admitted=2026-11-10T14:00",)),
        ("complexity", ()),
        ("marks", ("mark=apcm",)),
    ],
)
def test_a_fact_is_taken_back_by_what_fits_it_alone(ccm: Ccm, ledger: Path, kind: str, enough: tuple[str, ...]) -> None:
    fine(ccm("fact", kind, "patient=P-1042", *FACTS[kind], *by(kind)))

    assert fine(ccm("fact", kind, "patient=p1042", *enough, "withdrawn=yes", *by(kind))).startswith(
        "P-1042: taken back.\n"
    )

    rows = stored(ledger, "withdrawn, details")
    assert [withdrawn for withdrawn, _ in rows] == [0, 1]
    assert rows[0][1] == rows[1][1]


def test_what_fits_several_facts_is_not_taken_back(ccm: Ccm, ledger: Path) -> None:
    for month in ("2026-10", "2026-11"):
        fine(ccm("fact", "readings", "patient=P-1042", f"month={month}", "days=18", *BY))

    assert "month is empty" in refused(
        ccm("fact", "readings", "patient=P-1042", "days=18", "withdrawn=yes", *BY), "FACT_REFUSED"
    )
    assert stored(ledger, "withdrawn") == [(0,), (0,)]


def test_what_a_closed_month_rests_on_is_not_taken_back(ccm: Ccm) -> None:
    line = ("P-1042", "25m", "meds", "10/30", *NOTE.split())
    fine(ccm("log", "--as", NURSE, *line))
    fine(ccm("close", "2026-10", "--as", BILLER, "--yes"))
    consent = ("consents", "patient=P-1042", "program=CCM", "withdrawn=yes")

    told = refused(ccm("fact", *consent, *BY), "MONTH_CLOSED")

    assert "October 2026 is closed since 2026-11-24 (rule E9). Its statement rests on this fact." in told


def test_a_closed_month_that_a_fact_would_change_is_told(ccm: Ccm) -> None:
    fine(ccm("log", "--as", NURSE, "P-1046", "25m", "meds", "10/30", *NOTE.split()))
    fine(ccm("close", "2026-10", "--as", BILLER, "--yes"))

    said = fine(ccm("fact", "consents", "patient=P-1046", "program=CCM", "date=2026-10-01", "form=verbal", *BY))

    assert said == "P-1046: recorded.\nOctober 2026 is closed: its statement stays as it was.\n"


def test_the_statement_and_the_list_in_the_terminal_show_who_recorded_what(ccm: Ccm) -> None:
    fine(ccm("fact", *CONSENT, *BY))
    fine(ccm("fact", *CONSENT[:4], "form=written", "--as", LEAD))
    fine(ccm("fact", *CONSENT[:4], "withdrawn=yes", "--as", LEAD))
    fine(ccm("fact", "readings", "patient=P-1046", "month=2026-11", "days=18", *BY))

    statement, listed = fine(ccm("patient", "P-1046")), fine(ccm("patient", "P-1046", "facts"))

    assert "• readings on 18 days · November 2026 (Nurse One, Nov 24, 2026)" in statement
    assert "CCM consent, " not in statement
    about = "Tue Nov 3, 2026 · with doctor1 · taken by nurse1"
    withdrawn = f"Withdrawn: CCM consent, written · {about}\nWithdrawn by Lead One, Tue Nov 24, 2026, 10:00 am."
    assert withdrawn in listed
    before = f"• Before: CCM consent, verbal · {about}, recorded by Nurse One, Tue Nov 24, 2026, 10:00 am"
    assert before in listed


@pytest.mark.parametrize("words", [("P-1046",), ("P-1046", "facts")])
def test_programs_get_every_fact_by_the_columns_of_its_file(ccm: Ccm, words: tuple[str, ...]) -> None:
    fine(ccm("fact", *CONSENT, *BY))
    fine(ccm("fact", *CONSENT[:4], "form=written", "--as", LEAD))

    facts = json.loads(fine(ccm("patient", *words, "--json")))["facts"]

    (consent,) = (one for one in facts if one["kind"] == "consent")
    columns = {"patient": "P-1046", "program": "CCM", "date": "2026-11-03", "form": "verbal"}
    columns |= {"practitioner": "doctor1", "by": "nurse1"}
    at = "2026-11-24T15:00:00Z"
    assert consent == {
        "kind": "consent",
        "subject": "CCM",
        "date": "2026-11-03",
        "until": None,
        "holds": True,
        "said": f"CCM consent, written · Tue Nov 3, 2026{TOLD}",
        "recorded_by": "lead1",
        "recorded_at": at,
        "file": "consents",
        "revisions": [
            {"columns": columns, "withdrawn": False, "recorded_by": "nurse1", "recorded_at": at},
            {
                "columns": {**columns, "form": "written"},
                "withdrawn": False,
                "recorded_by": "lead1",
                "recorded_at": at,
            },
        ],
    }


def test_all_pages_of_the_facts_are_printed(ccm: Ccm) -> None:
    for month in range(1, 12):
        fine(ccm("fact", "readings", "patient=P-1042", f"month=2026-{month:02}", f"days={month}", *BY))

    listed = fine(ccm("patient", "P-1042", "facts"))

    assert re.findall(r"readings on (\d+) day", listed) == [str(month) for month in range(11, 0, -1)]
    assert listed.count("P-1042 · facts") == 1


@pytest.mark.parametrize(("author", "code"), [("nobody", "STAFF_UNKNOWN"), ("gone1", "PERSON_INACTIVE")])
def test_a_fact_needs_somebody_who_works_here(ccm: Ccm, ledger: Path, author: str, code: str) -> None:
    refused(ccm("fact", *CONSENT, "--as", author), code)
    assert stored(ledger, "kind") == []


def test_a_fact_needs_an_author(ccm: Ccm) -> None:
    result = ccm("fact", *CONSENT)
    assert result.exit_code == 2
    assert "--as" in result.stderr


@pytest.mark.parametrize("kind", FACTS)
def test_the_same_fact_comes_by_file(ccm: Ccm, tmp_path: Path, kind: str) -> None:
    words = [word.partition("=") for word in ("patient=P-1042", *FACTS[kind])]
    given = {column: value for column, _, value in words}
    cells = {**dict.fromkeys(("patient", *FACT_FILES[kind].columns), ""), **given}
    file = tmp_path / f"{kind}.csv"
    file.write_text(f"{','.join(cells)}\n{','.join(cells.values())}\n", encoding="utf-8")
    assert fine(ccm("import", kind, str(file))) == f"{kind}.csv: 1 added, 0 changed, 0 unchanged.\n"
    assert json.loads(fine(ccm("import", kind, str(file), "--json"))) == {"added": 0, "changed": 0, "unchanged": 1}
    assert fine(ccm("fact", kind, "patient=P-1042", *FACTS[kind], *by(kind))) == "P-1042: that was known already.\n"


def test_the_help_of_a_file_names_its_columns(ccm: Ccm) -> None:
    for kind, file in FACT_FILES.items():
        printed = " ".join(fine(ccm("import", kind, "--help")).split())
        assert ", ".join(("patient", *file.columns)) in printed


DOCS = Path(__file__).parents[2] / "docs"
PASTED = [
    command
    for page in ("billing-rules.md", "importing.md")
    for command in re.findall(r"ccm (fact [a-z-]+ [^`\n]* --as \w+)", (DOCS / page).read_text(encoding="utf-8"))
]


@pytest.mark.parametrize("command", PASTED)
def test_a_command_of_the_documentation_works_when_pasted(ccm: Ccm, command: str) -> None:
    words = shlex.split(command.replace("coord1", "nurse1").replace("practitioner1", "doctor1"))
    if "withdrawn=yes" in words:
        given = [word for word in words if word != "withdrawn=yes"]
        fine(ccm(*given, *(["days=18"] if "readings" in words else [])))
    assert fine(ccm(*words)).startswith("P-1042: ")


def test_both_pages_show_how() -> None:
    assert len(PASTED) >= 7


def test_who_records_and_of_whom_may_be_written_in_other_letters(ccm: Ccm, ledger: Path) -> None:
    words = ("patient=p1042", "date=2026-11-05", "mdm=high", "by=Doctor1", "rationale=new heart failure")

    said = fine(ccm("fact", "complexity", *words, "--as", "DOCTOR1"))

    assert said.splitlines() == [
        "P-1042: recorded.",
        "  patient 'p1042' read as P-1042",
        "  by 'Doctor1' read as doctor1",
    ]
    ((code, recorded_by),) = stored(ledger, "patient_code, recorded_by")
    assert (code, recorded_by) == ("P-1042", "doctor1")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            ("consents", "patient=P-1046", "program=CCM", "date=1926-11-03", "form=verbal"),
            "date 1926-11-03 lies before",
        ),
        (("enrollments", "patient=P-1042", "program=RPM", "from=2062-11-03"), "from 2062-11-03 lies in the future"),
        (("stays", "patient=P-1042", "setting=snf", "admitted=0206-11-03"), "admitted 0206-11-03 lies before 2015"),
        (("readings", "patient=P-1042", "month=1926-11", "days=18"), "month 1926-11-01 lies before 2015"),
    ],
)
def test_a_fact_of_another_century_is_refused(ccm: Ccm, ledger: Path, words: tuple[str, ...], said: str) -> None:
    assert said in refused(ccm("fact", *words, *BY), "FACT_REFUSED")
    assert stored(ledger, "revision") == []


def test_a_date_of_an_older_version_can_be_taken_back(ccm: Ccm, ledger: Path) -> None:
    with sqlite3.connect(ledger) as connection:
        connection.execute("PRAGMA foreign_keys = ON")
        names = [row[1] for row in connection.execute("PRAGMA table_info(patient_facts)")]
        changed = {"on_date": "'1926-11-03'", "fact_id": "'older'", "revision": "1000000"}
        picked = ", ".join(changed.get(name, name) for name in names)
        connection.execute(
            f"INSERT INTO patient_facts ({', '.join(names)}) SELECT {picked} FROM patient_facts "  # noqa: S608 - ours
            "WHERE kind = 'consent' AND patient_code = 'P-1042'"
        )
    connection.close()
    consent = ("consents", "patient=P-1042", "program=CCM", "date=1926-11-03", "form=verbal")

    assert "taken back" in fine(ccm("fact", *consent, "withdrawn=yes", *BY))
