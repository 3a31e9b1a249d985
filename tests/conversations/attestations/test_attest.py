"""`/ccm attest`: an administrator sees what is due, records it by a form, and is reminded on the Home tab."""

import json
from datetime import date
from typing import Any

import pytest
from support.attestations import MEYER, attest_all
from support.forms import by_id, modal_words, opened, prefilled
from support.home import opened as home_of
from support.slack import Harness, table_rows

from bot.playground import Glance
from bot.views.attestations import BY, ON, RECORD, WITHDRAW
from ledger.attestations import KINDS, Attestation, attestations

ADMIN, NURSE, BILLER = "U0ADMIN1", "U0NURSE1", "U0BILLER1"


def save(harness: Harness, kind: str, values: dict[str, Any]) -> Glance:
    """What is seen after filling in the form of that kind."""
    form = opened(harness.say(f"/ccm attest {kind}", ADMIN))
    return harness.person(ADMIN).submit(form, by_id(form, values))


def recorded(harness: Harness) -> list[Attestation]:
    with harness.looking() as connection:
        return attestations(connection, harness.practice)


def test_the_list_says_of_each_kind_what_it_is_and_that_it_is_missing(harness: Harness) -> None:
    words = harness.say("/ccm attest", ADMIN).words

    for kind in KINDS.values():
        assert f"*{kind.title}* (`{kind.name}`) · *missing*" in words
        assert kind.says in words
    assert "an auditor asks for them" in words


@pytest.mark.parametrize("kind", KINDS)
def test_each_button_opens_the_form_of_its_kind_whose_answer_stands_in_the_list(harness: Harness, kind: str) -> None:
    seen = harness.say("/ccm attest", ADMIN)
    block_id = next(
        block["block_id"]
        for block in seen.message.blocks
        if block.get("accessory", {}).get("value") == json.dumps(kind)
    )
    form = opened(harness.person(ADMIN).press(seen.message, RECORD, block_id=block_id))
    assert KINDS[kind].says in form.words
    assert prefilled(form) == {ON: "2026-11-24"}

    done = harness.person(ADMIN).submit(form, by_id(form, {ON: "2026-11-20", BY: MEYER}))

    assert f"*Saved* · *{KINDS[kind].title}*: {MEYER}, 2026-11-20; it is due again after 2027-11-20" in modal_words(
        done
    )
    (one,) = recorded(harness)
    saved = (one.kind, one.attested_on, one.attested_by, one.recorded_by)
    assert saved == (kind, date(2026, 11, 20), MEYER, "admin1")
    seen = harness.say("/ccm attest", ADMIN)
    assert f"(`{kind}`) · {MEYER}, 2026-11-20, good until 2027-11-20" in seen.words
    assert table_rows(seen.message)[0][:3] == [KINDS[kind].title, "2026-11-20", MEYER]


@pytest.mark.parametrize(
    ("values", "beside", "said"),
    [
        ({ON: "2026-11-25", BY: MEYER}, ON, "2026-11-25 lies in the future."),
        ({ON: "2026-11-20"}, BY, "Say who attests it. Nothing was saved."),
        ({ON: "2026-11-20", BY: "Dr. Meyer, 312-555-0147"}, BY, "what looks like a phone number"),
        ({ON: "2026-11-20", WITHDRAW: ["yes"]}, ON, "nothing of 2026-11-20 is there to be withdrawn"),
    ],
)
def test_what_is_wrong_is_told_beside_its_input_and_nothing_is_saved(
    harness: Harness, values: dict[str, Any], beside: str, said: str
) -> None:
    seen = save(harness, "access", values)

    (name,) = [block_id.partition(".")[0] for block_id in seen.errors]
    assert name == beside
    assert said in next(iter(seen.errors.values()))
    assert recorded(harness) == []


def test_a_mistake_is_withdrawn_and_stays_on_record(harness: Harness) -> None:
    save(harness, "team", {ON: "2026-11-20", BY: MEYER})

    done = save(harness, "team", {ON: "2026-11-20", WITHDRAW: ["yes"]})

    assert "withdrawn is what was recorded of 2026-11-20" in modal_words(done)
    seen = harness.say("/ccm attest", ADMIN)
    assert "(`team`) · *missing*" in seen.words
    assert [row[2] for row in table_rows(seen.message)] == ["withdrawn", MEYER]


def test_other_words_are_no_kind(harness: Harness) -> None:
    assert "There are: access, team, record, supervision" in harness.say("/ccm attest parking", ADMIN).words


def test_the_home_tab_reminds_administrators_of_what_is_due_and_is_quiet_otherwise(harness: Harness) -> None:
    titles = ", ".join(kind.title for kind in KINDS.values())
    assert f"*Attestations* · missing: {titles}: `/ccm attest`" in home_of(harness, ADMIN).words
    assert "Attestations" not in home_of(harness, BILLER).words
    assert "Attestations" not in home_of(harness, NURSE).words

    attest_all(harness.database, harness.practice, date(2025, 11, 24), at=harness.clock())
    assert "Attestations" not in home_of(harness, ADMIN).words

    harness.clock.move(days=1)
    save(harness, "access", {ON: "2026-11-25", BY: MEYER})
    words = home_of(harness, ADMIN).words
    assert "*Attestations* · over a year old: Designated team member (2025-11-24), Certified record (2025" in words
    assert "24/7 access" not in words
