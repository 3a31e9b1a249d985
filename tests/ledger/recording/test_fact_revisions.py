"""Facts taken back, corrected and undone: always by another revision, never against a closed month."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import partial

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.closing import OCTOBER, close, reopen
from support.examples import examples
from support.facts import import_fact_rows, stored_facts
from support.practice import AT, a_request, an_entry, record, statement, verified
from support.threads import at_once

from ledger.errors import LedgerError
from ledger.patients.fact_history import FactHistory, FactVersion, fact_histories, fact_history
from ledger.patients.facts import Fact, FactKind
from ledger.practice.practice import Practice
from ledger.recording.facts import FactReceipt, Outcome, record_fact, undo_fact, withdraw_fact
from ledger.rules.facts import Program
from ledger.rules.statement import Status
from ledger.storage.database import Database
from ledger.storage.idempotency import Request

CCM = Program("CCM").value
CONSENT = Fact("P-1046", FactKind.CONSENT, date(2026, 11, 3), CCM, details={"form": "verbal"})
LATER = AT + timedelta(minutes=14)
TOO_LATE = AT + timedelta(minutes=15)


class Keeper:
    """Somebody who records, corrects, withdraws and undoes facts."""

    def __init__(self, database: Database, practice: Practice, by: str = "nurse1") -> None:
        self.database, self.practice, self.by = database, practice, by

    def record(self, fact: Fact = CONSENT, *, corrected: FactVersion | None = None, at: datetime = AT) -> FactReceipt:
        """What came of recording ``fact``."""
        with self.database.of("T0TEST").writing() as connection:
            return record_fact(
                connection,
                self.practice,
                fact,
                request=a_request(),
                at=at,
                recorded_by=self.by,
                corrected=corrected,
            )

    def withdraw(self, version: FactVersion, *, at: datetime = AT, request: Request | None = None) -> FactReceipt:
        """What came of withdrawing that revision."""
        with self.database.of("T0TEST").writing() as connection:
            return withdraw_fact(connection, self.practice, version, request=request or a_request(), at=at, by=self.by)

    def undo(self, receipt: FactReceipt, *, at: datetime = LATER, request: Request | None = None) -> FactReceipt:
        """What came of undoing what the receipt tells of."""
        with self.database.of("T0TEST").writing() as connection:
            return undo_fact(
                connection, self.practice, receipt.stored, request=request or a_request(), at=at, by=self.by
            )

    def history(self, fact: Fact | FactVersion = CONSENT) -> FactHistory:
        """What was recorded of ``fact``."""
        with self.database.of("T0TEST").reading() as connection:
            found = fact_history(connection, self.practice, fact)
        assert found is not None
        return found

    def holding(self, patient: str = "P-1046") -> set[Fact]:
        """Facts that hold, comparable whatever their details are."""
        with self.database.of("T0TEST").reading() as connection:
            histories = fact_histories(connection, self.practice, patient)
        return {
            replace(one.newest.fact, details=frozenset(one.newest.fact.details.items()))  # type: ignore[arg-type]
            for one in histories
            if one.holds
        }


@pytest.fixture
def nurse(database: Database, practice: Practice) -> Keeper:
    return Keeper(database, practice)


def refusal(work: Callable[[], object]) -> LedgerError:
    """Why ``work`` was refused."""
    with pytest.raises(LedgerError) as refused:
        work()
    return refused.value


def test_a_withdrawn_fact_stays_with_who_withdrew_it_and_no_longer_counts(nurse: Keeper) -> None:
    record(nurse.database, nurse.practice, an_entry(patient="P-1046", minutes=24))
    (version,) = nurse.record().stored

    receipt = Keeper(nurse.database, nurse.practice, "lead1").withdraw(version, at=LATER)

    assert receipt.outcome is Outcome.WITHDRAWN
    (change,) = receipt.changes
    assert change.before
    assert change.after
    assert (change.before.status, change.after.status) == (Status.BILLABLE, Status.BLOCKED)
    told = [(one.number, one.fact.withdrawn, one.recorded_by, one.recorded_at) for one in nurse.history().revisions]
    assert told == [(0, False, "nurse1", AT), (1, True, "lead1", LATER)]
    assert nurse.history().revisions[1].fact.details == {"form": "verbal"}
    assert not nurse.history().holds
    assert verified(nurse.database, nurse.practice).difference is None


def test_a_fact_is_withdrawn_once_however_often_it_is_asked_for(nurse: Keeper) -> None:
    (version,) = nurse.record().stored
    nurse.withdraw(version)
    before = stored_facts(nurse.database)

    again = nurse.withdraw(version)

    assert (again.outcome, again.stored, stored_facts(nurse.database)) == (Outcome.WITHDRAWN_BEFORE, (), before)


def test_one_withdrawal_delivered_at_once_is_stored_once(nurse: Keeper) -> None:
    (version,) = nurse.record().stored
    before = stored_facts(nurse.database)

    receipts = at_once([partial(nurse.withdraw, version, request=a_request(key="press"))] * 4)

    assert sorted(one.replayed for one in receipts if isinstance(one, FactReceipt)) == [False, True, True, True]
    assert stored_facts(nurse.database) == before + 1


def test_two_who_withdraw_at_once_store_it_once(nurse: Keeper) -> None:
    (version,) = nurse.record().stored
    before = stored_facts(nurse.database)

    receipts = at_once([partial(nurse.withdraw, version), partial(nurse.withdraw, version)])

    outcomes = sorted(one.outcome for one in receipts if isinstance(one, FactReceipt))
    assert outcomes == [Outcome.WITHDRAWN, Outcome.WITHDRAWN_BEFORE]
    assert stored_facts(nurse.database) == before + 1


def test_what_was_recorded_anew_meanwhile_is_neither_withdrawn_nor_corrected(nurse: Keeper) -> None:
    (version,) = nurse.record().stored
    nurse.record(replace(CONSENT, details={"form": "written"}))
    before = stored_facts(nurse.database)

    for work in (partial(nurse.withdraw, version), partial(nurse.record, corrected=version)):
        assert refusal(work).code == "FACT_CHANGED"
    assert stored_facts(nurse.database) == before


def test_a_correction_of_the_same_day_is_one_revision(nurse: Keeper) -> None:
    (version,) = nurse.record().stored

    receipt = nurse.record(replace(CONSENT, details={"form": "written"}), corrected=version)

    assert (receipt.outcome, receipt.in_place_of) == (Outcome.REVISED, None)
    assert [one.number for one in nurse.history().revisions] == [0, 1]


def test_a_correction_to_another_day_withdraws_what_it_corrects(nurse: Keeper) -> None:
    (version,) = nurse.record().stored
    moved = replace(CONSENT, on_date=date(2026, 11, 5))

    receipt = nurse.record(moved, corrected=version)

    assert (receipt.outcome, receipt.in_place_of) == (Outcome.RECORDED, CONSENT)
    assert nurse.history().newest.fact == replace(CONSENT, withdrawn=True)
    assert nurse.history(moved).newest.fact == moved
    assert len(receipt.stored) == 2


def test_a_correction_takes_away_the_reason_of_an_end(nurse: Keeper) -> None:
    end = Fact("P-1046", FactKind.ENROLLMENT, date(2026, 1, 5), CCM, date(2026, 11, 20), {"reason": "died"})
    nurse.record(end)

    nurse.record(replace(end, details={}), corrected=nurse.history(end).newest.version)

    assert nurse.history(end).newest.fact.details == {}


def test_an_undo_leaves_nothing_of_a_new_fact(nurse: Keeper) -> None:
    before = nurse.holding()

    receipt = nurse.undo(nurse.record())

    assert (receipt.outcome, receipt.fact) == (Outcome.UNDONE, replace(CONSENT, withdrawn=True))
    assert nurse.holding() == before
    assert verified(nurse.database, nurse.practice).difference is None


def test_an_undo_brings_back_a_reason_that_was_added(nurse: Keeper) -> None:
    end = Fact("P-1046", FactKind.ENROLLMENT, date(2026, 1, 5), CCM, date(2026, 11, 20))
    nurse.record(end)

    nurse.undo(nurse.record(replace(end, details={"reason": "died"})))

    assert nurse.history(end).newest.fact == end


def test_nothing_is_undone_after_15_minutes_or_by_somebody_else(nurse: Keeper) -> None:
    receipt = nurse.record()
    before = stored_facts(nurse.database)

    for work in (
        partial(nurse.undo, receipt, at=TOO_LATE),
        partial(Keeper(nurse.database, nurse.practice, "lead1").undo, receipt),
    ):
        assert refusal(work).code == "NOTHING_TO_UNDO"
    assert stored_facts(nurse.database) == before


def test_an_undo_is_done_once(nurse: Keeper) -> None:
    receipt = nurse.record()
    request = a_request()
    nurse.undo(receipt, request=request)
    before = stored_facts(nurse.database)

    assert nurse.undo(receipt, request=request).replayed
    assert refusal(partial(nurse.undo, receipt)).code == "FACT_CHANGED"
    assert stored_facts(nurse.database) == before


PLAN = Fact("P-1042", FactKind.CARE_PLAN, date(2026, 1, 5), details={"substantial": False})


@pytest.fixture
def billed(nurse: Keeper) -> Keeper:
    """October closed with 25 minutes of P-1042, which the consent of January makes billable."""
    record(nurse.database, nurse.practice, an_entry(day=date(2026, 10, 30), minutes=25))
    close(nurse.database, nurse.practice)
    return nurse


def consent_of_january(nurse: Keeper) -> FactVersion:
    return nurse.history(Fact("P-1042", FactKind.CONSENT, date(2026, 1, 5), CCM)).newest.version


def test_what_a_closed_statement_rests_on_is_not_withdrawn_before_the_month_is_reopened(billed: Keeper) -> None:
    version, before = consent_of_january(billed), stored_facts(billed.database)

    refused = refusal(partial(billed.withdraw, version))

    assert refused.code == "MONTH_CLOSED"
    assert "October 2026 is closed since 2026-11-18 (rule E9). Its statement rests on this fact." in refused.title
    assert "/ccm reopen 2026-10" in refused.remedy
    assert stored_facts(billed.database) == before

    reopen(billed.database, billed.practice)
    assert billed.withdraw(version).outcome is Outcome.WITHDRAWN
    assert statement(billed.database, billed.practice, "P-1042", OCTOBER).statement.expected_cents == 0


def test_a_correction_to_another_day_is_refused_only_where_it_changes_a_closed_statement(billed: Keeper) -> None:
    version = consent_of_january(billed)
    consent = billed.history(version).newest.fact

    assert refusal(partial(billed.record, replace(consent, on_date=date(2026, 11, 2)), corrected=version)).code == (
        "MONTH_CLOSED"
    )
    assert billed.record(replace(consent, on_date=date(2026, 1, 6)), corrected=version).outcome is Outcome.RECORDED


def test_what_was_recorded_after_the_close_can_be_undone_and_withdrawn(billed: Keeper) -> None:
    stay = Fact("P-1042", FactKind.STAY, date(2026, 10, 29), "snf", date(2026, 10, 31), {"admitted_at": None})
    receipt = billed.record(stay, at=AT + timedelta(minutes=1))
    assert receipt.closed_months == (OCTOBER,)

    assert billed.undo(receipt).outcome is Outcome.UNDONE

    again = billed.record(stay, at=AT + timedelta(minutes=2))
    assert billed.withdraw(again.stored[0], at=LATER).outcome is Outcome.WITHDRAWN


def test_what_was_recorded_before_the_close_is_not_undone_after_it(nurse: Keeper) -> None:
    record(nurse.database, nurse.practice, an_entry(patient="P-1046", day=date(2026, 10, 30), minutes=25))
    receipt = nurse.record(replace(CONSENT, on_date=date(2026, 10, 5)))
    close(nurse.database, nurse.practice, at=AT + timedelta(minutes=1))

    assert refusal(partial(nurse.undo, receipt)).code == "MONTH_CLOSED"


def test_histories_come_by_kind_and_subject_the_latest_day_first(nurse: Keeper) -> None:
    rows = [{"patient": "P-1046", "month": month, "days": "18"} for month in ("2026-09", "2026-11", "2026-10")]
    import_fact_rows(nurse.database, nurse.practice, "readings", rows)
    nurse.record()

    with nurse.database.of("T0TEST").reading() as connection:
        histories = fact_histories(connection, nurse.practice, "P-1046")

    told = [(one.newest.fact.kind.value, one.newest.fact.on_date.month) for one in histories]
    assert told[:2] == [("enrollment", 1), ("consent", 11)]
    assert told[-3:] == [("readings", 11), ("readings", 10), ("readings", 9)]


DAYS = st.integers(1, 4).map(lambda day: date(2026, 11, day))
FACTS = st.builds(
    lambda day, form, until: replace(CONSENT, on_date=day, until_date=until, details={"form": form}),
    DAYS,
    st.sampled_from(["verbal", "written"]),
    st.none() | st.just(date(2026, 11, 20)),
)


@pytest.mark.either_database
@settings(max_examples=examples(15), suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(facts=st.lists(FACTS, min_size=1, max_size=4), correction=st.none() | FACTS)
def test_an_undo_leaves_what_held_before_whatever_was_recorded(
    nurse: Keeper, facts: list[Fact], correction: Fact | None
) -> None:
    """Recording or correcting and then undoing is as if nothing had been done, and adds rows alone."""
    for fact in facts[:-1]:
        nurse.record(fact)
    before, rows = nurse.holding(), stored_facts(nurse.database)
    held = [fact for fact in facts[:-1] if nurse.history(fact).holds]
    corrected = nurse.history(held[0]).newest.version if held and correction else None

    receipt = nurse.record(correction if corrected and correction else facts[-1], corrected=corrected)
    if receipt.stored:
        nurse.undo(receipt)

    assert nurse.holding() == before
    assert stored_facts(nurse.database) == rows + 2 * len(receipt.stored)
