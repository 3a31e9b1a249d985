"""Values that are one of a few words, or several: read alike wherever they are written, and never guessed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.patients.fact_values import (
    CONSENT_POINTS,
    COPY_HOW,
    COPY_TO,
    PLAN_ELEMENTS,
    ConsentPoint,
    CopyHow,
    PlanElement,
)
from ledger.rules.facts import CONSENT_SAID
from ledger.rules.facts import PLAN_ELEMENTS as PLAN_ELEMENTS_OF_RULES
from ledger.values.activities import ACTIVITY_WORDS, CONTACT_WORDS
from ledger.values.phrases import ALL, NONE, Phrases, is_canonical, phrase_of, read_phrase, read_phrases, spelled
from ledger.values.reading import UnreadableValueError

TABLES: tuple[Phrases[str], ...] = (CONSENT_POINTS, COPY_HOW, COPY_TO, PLAN_ELEMENTS, ACTIVITY_WORDS, CONTACT_WORDS)  # type: ignore[assignment]


@pytest.mark.parametrize("table", TABLES, ids=range(len(TABLES)))
def test_no_word_of_a_table_has_two_meanings_and_each_is_written_as_it_is_compared(table: Phrases[str]) -> None:
    words = [word for each in table.values() for word in each]
    assert len(words) == len(set(words))
    assert words == [phrase_of(word) for word in words]


def test_the_rules_ask_for_these_elements_and_points() -> None:
    assert tuple(PlanElement) == PLAN_ELEMENTS_OF_RULES
    assert tuple(ConsentPoint) == CONSENT_SAID


@pytest.mark.parametrize(
    ("text", "meaning"),
    [("mail", CopyHow.MAIL), ("In Person", CopyHow.IN_PERSON), ("in_person", CopyHow.IN_PERSON), ("hand", "in_person")],
)
def test_one_word_is_read_in_any_spelling(text: str, meaning: str) -> None:
    assert read_phrase(text, COPY_HOW) == meaning


@pytest.mark.parametrize(
    ("text", "remedy"),
    [
        ("malled", "Did you mean mailed?"),
        ("pigeon", "One of: mail, portal, in_person, email, fax"),
        ("", "One of: mail"),
    ],
)
def test_another_word_is_refused_with_the_nearest_or_with_all(text: str, remedy: str) -> None:
    with pytest.raises(UnreadableValueError, match="is not known") as caught:
        read_phrase(text, COPY_HOW)
    assert caught.value.remedy.startswith(remedy)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("all", tuple(ConsentPoint)),
        ("ALL", tuple(ConsentPoint)),
        ("none", ()),
        ("may_stop; service", (ConsentPoint.SERVICE, ConsentPoint.MAY_STOP)),
        ("cost, stop,cost", (ConsentPoint.COST_SHARING, ConsentPoint.MAY_STOP)),
        ("cost sharing and one practitioner", (ConsentPoint.COST_SHARING, ConsentPoint.ONE_PRACTITIONER)),
        ("service|cost|one|stop", tuple(ConsentPoint)),
        (";service;", (ConsentPoint.SERVICE,)),
    ],
)
def test_several_words_are_read_in_the_order_of_the_table(text: str, named: tuple[ConsentPoint, ...]) -> None:
    assert read_phrases(text, CONSENT_POINTS) == named


def test_of_several_words_each_has_to_mean_something() -> None:
    with pytest.raises(UnreadableValueError, match="'coffee' is not known"):
        read_phrases("cost; coffee", CONSENT_POINTS)


@pytest.mark.parametrize(
    ("text", "is_told"),
    [
        ("all", False),
        ("none", False),
        ("may_stop;service", False),
        ("cost sharing", False),
        ("cost", True),
        ("service;stop", True),
    ],
)
def test_only_other_words_than_those_of_the_table_are_told_as_read_otherwise(text: str, *, is_told: bool) -> None:
    assert is_canonical(text, CONSENT_POINTS) is not is_told


@given(st.sets(st.sampled_from(PlanElement)))
def test_what_was_read_is_spelled_so_that_it_is_read_again(named: set[PlanElement]) -> None:
    found = read_phrases(";".join(named) or NONE, PLAN_ELEMENTS)
    assert set(found) == named
    assert read_phrases(spelled(found), PLAN_ELEMENTS) == found
    assert read_phrases(ALL, PLAN_ELEMENTS) == tuple(PlanElement)
