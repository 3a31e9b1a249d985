"""A recorded fact by the columns of its file: what is written of it is read as the same fact again."""

import pytest
from support.facts import import_fact_rows
from support.practice import AT

from ledger.patients.fact_history import fact_histories
from ledger.patients.facts import FactKind
from ledger.practice.practice import Practice
from ledger.recording.fact_cells import LAYOUTS, cells_of_fact
from ledger.recording.fact_reading import FACT_FILES, WITHDRAWN, read_fact
from ledger.storage.database import Database

TOLD = {"practitioner": "doctor1", "by": "nurse1", "said": "service;may_stop"}
OTHERWISE = {
    FactKind.APCM: {"program"},
    FactKind.OTHER_SERVICE: {"program"},
    FactKind.READINGS: {"from", "dates"},  # in place of the month
}
"""Columns that a kind never fills."""
FULL: dict[FactKind, dict[str, str]] = {
    FactKind.ENROLLMENT: {"program": "RPM", "from": "2026-11-02", "to": "2026-11-09", "reason": "moved"},
    FactKind.CONSENT: {"program": "RPM", "date": "2026-11-02", "form": "written", "revoked": "2026-11-09", **TOLD},
    FactKind.INITIATING_VISIT: {"date": "2026-11-04", "type": "E/M"},
    FactKind.CARE_PLAN: {
        "date": "2026-11-03",
        "substantial": "yes",
        "elements": "problems;goals",
        "copy_to": "caregiver",
        "copy_how": "in_person",
        "copy_date": "2026-11-05",
    },
    FactKind.STAY: {"setting": "snf", "admitted": "2026-11-10T14:30", "discharged": "2026-11-12T09:05"},
    FactKind.COMPLEXITY: {"date": "2026-11-05", "mdm": "high", "by": "doctor1", "rationale": "One; two.\nThree"},
    FactKind.DEVICE: {"set_up": "2026-11-02"},
    FactKind.READINGS: {"month": "2026-11", "days": "18"},
    FactKind.BILLED_ELSEWHERE: {"month": "2026-11", "mark": "billed_elsewhere", "program": "CCM"},
    FactKind.APCM: {"month": "2026-11", "mark": "apcm"},
    FactKind.OTHER_SERVICE: {"month": "2026-11", "mark": "G0181"},
}
"""Of each kind a row in which every column of its file says something."""
MORE = {
    FactKind.CARE_PLAN: [{"date": "2026-11-04", "substantial": "no"}, {"date": "2026-11-05", "elements": "none"}],
    FactKind.CONSENT: [{"program": "RPM", "date": "2026-11-03", "form": "verbal"}],
    FactKind.READINGS: [{"from": "2026-10-05", "days": "0"}, {"dates": "2026-11-03;2026-11-05"}],
    FactKind.STAY: [
        {"setting": "hospice", "admitted": "2026-11-10"},
        {"setting": "hospice", "admitted": "2026-11-11", "discharged": "2026-11-12T09:05:30"},
    ],
    FactKind.ENROLLMENT: [{"program": "RPM", "from": "2026-11-12"}],
}


def test_every_kind_has_its_columns_and_a_row_here_that_fills_them() -> None:
    assert set(LAYOUTS) == set(FULL) == set(FactKind)
    assert {layout.file for layout in LAYOUTS.values()} == set(FACT_FILES)
    for kind, row in FULL.items():
        unused = set(FACT_FILES[LAYOUTS[kind].file].columns) - set(row)
        assert unused == OTHERWISE.get(kind, set()), kind


@pytest.mark.parametrize("kind", FactKind)
@pytest.mark.either_database
def test_a_fact_written_as_a_row_is_read_as_the_same_fact(
    database: Database, practice: Practice, kind: FactKind
) -> None:
    file = LAYOUTS[kind].file
    rows = [FULL[kind], *MORE.get(kind, [])]
    import_fact_rows(database, practice, file, [{"patient": "P-1046", **row} for row in rows])
    with database.of("T0TEST").reading() as connection:
        facts = [one.newest.fact for one in fact_histories(connection, practice, "P-1046")]
        for row in rows:
            (fact,) = (fact for fact in facts if cells_of_fact(fact, practice) == {"patient": "P-1046", **row})
            assert read_fact(connection, practice, file, cells_of_fact(fact, practice), at=AT).fact == fact


@pytest.mark.either_database
def test_a_withdrawn_fact_is_written_as_withdrawn(database: Database, practice: Practice) -> None:
    row = {"patient": "P-1046", **FULL[FactKind.READINGS]}
    for withdrawn in ("no", "yes"):
        import_fact_rows(database, practice, "readings", [{**row, WITHDRAWN: withdrawn}])

    with database.of("T0TEST").reading() as connection:
        found = fact_histories(connection, practice, "P-1046")[-1].newest.fact

    assert cells_of_fact(found, practice) == {**row, WITHDRAWN: "yes"}
