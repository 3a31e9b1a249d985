"""What the practice attests: dated, with a name, never changed, and due again after a year."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.patience import PATIENCE_SECONDS
from support.practice import AT, TODAY, a_practice, a_request

from ledger.attestations import (
    KINDS,
    Asked,
    Attestation,
    AttestationReceipt,
    attest,
    attestations,
    due,
    in_force,
    kind_named,
)
from ledger.errors import LedgerError
from ledger.practice.practice import Practice
from ledger.storage.database import Database
from ledger.storage.idempotency import Request

NAME = "Dr. Meyer, medical director"
LAST_YEAR = date(2025, 11, 20)


def save(
    database: Database,
    practice: Practice,
    on: date = TODAY,
    name: str | None = NAME,
    *,
    kind: str = "access",
    request: Request | None = None,
) -> AttestationReceipt:
    asked = Asked(KINDS[kind], on, name)
    with database.of("T0TEST").writing() as connection:
        return attest(connection, practice, asked, request=request or a_request(), at=AT, by="admin1")


def recorded(database: Database, practice: Practice) -> list[Attestation]:
    with database.of("T0TEST").reading() as connection:
        return attestations(connection, practice)


def test_what_is_attested_stays_with_its_date_its_name_and_who_recorded_it(
    database: Database, practice: Practice
) -> None:
    receipt = save(database, practice, LAST_YEAR)

    assert receipt.is_new
    assert recorded(database, practice) == [Attestation("access", 1, LAST_YEAR, NAME, AT, "admin1")]


def test_the_same_request_is_recorded_once_and_the_same_words_change_nothing(
    database: Database, practice: Practice
) -> None:
    request = a_request()
    first = save(database, practice, request=request)
    again = save(database, practice, request=request)
    typed_again = save(database, practice, name=f"  {NAME.replace(' ', '   ')} ")

    assert (again.replayed, again.attestation) == (True, first.attestation)
    assert (typed_again.is_new, typed_again.attestation) == (False, first.attestation)
    assert len(recorded(database, practice)) == 1


def test_a_name_is_corrected_and_a_day_withdrawn_by_further_records(database: Database, practice: Practice) -> None:
    save(database, practice, LAST_YEAR, "Dr. Weber")
    save(database, practice, LAST_YEAR)
    save(database, practice, TODAY)
    assert in_force(recorded(database, practice), TODAY)["access"].attested_on == TODAY

    save(database, practice, TODAY, None)

    found = recorded(database, practice)
    assert [(one.attested_on, one.attested_by) for one in found] == [
        (LAST_YEAR, "Dr. Weber"),
        (LAST_YEAR, NAME),
        (TODAY, NAME),
        (TODAY, None),
    ]
    assert in_force(found, TODAY)["access"] == found[1]
    with pytest.raises(LedgerError, match="nothing of 2026-11-18 is there to be withdrawn"):
        save(database, practice, TODAY, None)
    with pytest.raises(LedgerError, match="nothing of 2025-11-20 is there to be withdrawn"):
        save(database, practice, LAST_YEAR, None, kind="team")


def test_an_older_one_that_is_recorded_later_does_not_take_the_place_of_the_newest(
    database: Database, practice: Practice
) -> None:
    save(database, practice, TODAY)
    save(database, practice, LAST_YEAR, "Dr. Weber")

    found = recorded(database, practice)
    assert in_force(found, TODAY)["access"].attested_on == TODAY
    assert in_force(found, date(2026, 10, 31))["access"].attested_by == "Dr. Weber"
    assert in_force(found, LAST_YEAR - timedelta(days=1)) == {}


@pytest.mark.parametrize(
    ("on", "name", "said"),
    [
        (TODAY + timedelta(days=1), NAME, "ATTESTATION_DATE: 2026-11-19 lies in the future."),
        (date(2014, 12, 31), NAME, "ATTESTATION_DATE: 2014-12-31 lies before 2015"),
        (TODAY, "", "ATTESTATION_NAME: Say who attests it."),
        (TODAY, "  ", "ATTESTATION_NAME: Say who attests it."),
        (TODAY, "Dr. *Meyer*", "ATTESTATION_NAME: .* which is markup to Slack."),
        (TODAY, "Dr. Meyer\x00", "ATTESTATION_NAME: .* a character that is not seen"),
        (TODAY, "M" * 76, "ATTESTATION_NAME: .* has 76 characters; 75 fit."),
        (TODAY, "Dr. Meyer, 312-555-0147", "IDENTIFIER_IN_TEXT: .* a phone number"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_saved(
    sqlite_database: Database, on: date, name: str, said: str
) -> None:
    practice = a_practice(sqlite_database)

    with pytest.raises(LedgerError, match=said):
        save(sqlite_database, practice, on, name)

    assert recorded(sqlite_database, practice) == []


@pytest.mark.parametrize(
    ("attested_on", "good_until"),
    [
        (date(2025, 11, 24), date(2026, 11, 24)),
        (date(2024, 2, 29), date(2025, 2, 28)),
        (date(2023, 2, 28), date(2024, 2, 28)),
        (date(2023, 3, 1), date(2024, 3, 1)),
    ],
)
def test_it_is_due_again_on_the_day_after_its_year(attested_on: date, good_until: date) -> None:
    access = KINDS["access"]
    one = Attestation("access", 1, attested_on, NAME, AT, "admin1")

    assert one.good_until == good_until
    assert access not in due([one], good_until)
    assert due([one], good_until + timedelta(days=1))[access] == one


def test_what_was_never_attested_is_missing() -> None:
    assert list(due([], TODAY).items()) == [(kind, None) for kind in KINDS.values()]
    assert [*KINDS] == ["access", "team", "record", "supervision"]


def test_a_kind_is_named_by_its_word_alone() -> None:
    assert kind_named(" Access ") == KINDS["access"]
    with pytest.raises(LedgerError) as refused:
        kind_named("accesses")
    assert (refused.value.code, refused.value.remedy) == (
        "ATTESTATION_UNKNOWN",
        "There are: access, team, record, supervision",
    )


RECORDS = st.lists(
    st.tuples(st.sampled_from([*KINDS]), st.dates(date(2024, 1, 1), date(2026, 11, 24)), st.sampled_from([NAME, None])),
    max_size=12,
)


@given(RECORDS, st.dates(date(2024, 1, 1), date(2027, 12, 31)))
def test_each_kind_either_has_one_of_the_year_before_or_is_due(
    records: list[tuple[str, date, str | None]], on: date
) -> None:
    found = [
        Attestation(kind, number, day, name, AT, "admin1") for number, (kind, day, name) in enumerate(records, start=1)
    ]
    last_said = {(one.kind, one.attested_on): one.attested_by for one in found}
    covered = {
        kind
        for (kind, day), name in last_said.items()
        if name and day <= on and (day.year + 1, day.month, day.day) >= (on.year, on.month, on.day)
    }
    if (on.month, on.day) != (2, 29):
        assert {kind.name for kind in due(found, on)} == set(KINDS) - covered


def test_two_who_record_at_once_are_both_recorded(database: Database, practice: Practice) -> None:
    with ThreadPoolExecutor(2) as pool:
        both = [pool.submit(save, database, practice, kind=kind) for kind in ("access", "team")]
        numbers = {one.result(PATIENCE_SECONDS).attestation.number for one in both}

    assert numbers == {1, 2}
