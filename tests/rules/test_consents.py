"""C6, R9: a consent is to a program with a billing practitioner; W15: what it should say."""

from datetime import date
from typing import Any

import pytest

from ledger.rules.facts import CONSENT_SAID, Consent, Designation, Program
from ledger.rules.policy import Policy

CCM = Program("CCM")
LEE, NPAT = Designation("lee"), Designation("npat")
LEE_THEN_NPAT = (Designation("lee", to_date=date(2026, 11, 14)), Designation("npat", date(2026, 11, 15)))
EARLY, LATE = date(2026, 1, 5), date(2026, 11, 20)


@pytest.mark.parametrize(
    ("designations", "consents", "counted", "blocked"),
    [
        ((LEE,), [Consent(CCM, EARLY)], 30, False),
        ((LEE,), [Consent(CCM, EARLY, practitioner="lee")], 30, False),
        ((LEE,), [Consent(CCM, EARLY, practitioner="npat")], 0, True),
        # Without a name: for whoever was designated on its date. Entries lie on the 5th (10) and the 25th (20).
        (LEE_THEN_NPAT, [Consent(CCM, EARLY)], 10, True),
        (LEE_THEN_NPAT, [Consent(CCM, EARLY), Consent(CCM, LATE)], 30, False),
        (LEE_THEN_NPAT, [Consent(CCM, EARLY), Consent(CCM, LATE, practitioner="lee")], 10, True),
        (LEE_THEN_NPAT, [Consent(CCM, EARLY, practitioner="npat")], 20, False),
        # ... and where nobody was, for the first one designated later.
        ((Designation("npat", date(2026, 3, 1)),), [Consent(CCM, EARLY)], 30, False),
        (
            (
                Designation("lee", date(2026, 3, 1), date(2026, 10, 31)),
                Designation("npat", date(2026, 11, 1)),
            ),
            [Consent(CCM, EARLY)],
            0,
            True,
        ),
        # Where nobody ever was, any consent will do.
        ((), [Consent(CCM, EARLY, practitioner="lee")], 30, False),
    ],
)
def test_r9_a_consent_holds_for_the_practitioner_it_was_given_for(
    build: Any, designations: tuple[Designation, ...], consents: list[Consent], counted: int, blocked: bool
) -> None:
    entries = [build.entry(10, 5), build.entry(20, 25)]
    facts = build.month(entries, designations=designations, consents=tuple(consents))
    part = build.part(facts)
    names = [blocker.name for blocker in part.blockers if blocker.name == "NO_CONSENT"]
    assert (part.counted_minutes, names) == (counted, ["NO_CONSENT"] if blocked else [])
    whoever = build.part(facts, policy=Policy(consent_per_practitioner=False))
    assert whoever.counted_minutes == 30


@pytest.mark.parametrize(
    ("said", "by", "missing"),
    [
        (
            None,
            None,
            "what the service is, cost sharing, only one practitioner a month, the right to stop, who took it",
        ),
        (CONSENT_SAID, None, "who took it"),
        (CONSENT_SAID[1:], "ann", "what the service is"),
        ((), "ann", "what the service is, cost sharing, only one practitioner a month, the right to stop"),
        (CONSENT_SAID, "ann", None),
    ],
)
def test_w15_names_what_the_consent_does_not_record_and_blocks_by_policy(
    build: Any, said: tuple[str, ...] | None, by: str | None, missing: str | None
) -> None:
    consent = Consent(CCM, EARLY, taken_by=by, said=None if said is None else frozenset(said))
    facts = build.month([build.entry(20)], consents=(consent,))
    part = build.part(facts)
    told = [warning.text for warning in part.warnings if warning.code == "W15"]
    assert told == ([f"the consent does not record: {missing}"] if missing else [])
    assert build.codes(part) == ["99490"]
    blocked = build.part(facts, policy=Policy(consent_content="block"))
    assert [blocker.name for blocker in blocked.blockers] == (["CONSENT_INCOMPLETE"] if missing else [])
    assert [warning.code for warning in blocked.warnings].count("W15") == bool(missing)


def test_w15_asks_about_the_newest_consent_that_holds(build: Any) -> None:
    full = Consent(CCM, date(2026, 11, 2), taken_by="ann", said=frozenset(CONSENT_SAID))
    facts = build.month([build.entry(20)], consents=(full, Consent(CCM, EARLY)))
    assert "W15" not in {warning.code for warning in build.part(facts).warnings}


def test_w15_says_nothing_where_there_is_no_consent(build: Any) -> None:
    part = build.part(build.month([build.entry(20)], consents=()), policy=Policy(consent_content="block"))
    assert [blocker.name for blocker in part.blockers] == ["NO_CONSENT"]
    assert "W15" not in {warning.code for warning in part.warnings}
