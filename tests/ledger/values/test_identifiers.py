"""The guard of free text, on both sides: what identifies somebody is found, and what a note is full of is not."""

from dataclasses import replace
from datetime import date
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import LedgerError
from ledger.practice.practice import Practice
from ledger.practice.settings import Conduct
from ledger.sample.notes import ACTIVITIES, care_note
from ledger.values.identifiers import INSTEAD, IdentifierKind, find_identifiers, refuse_identifiers

TODAY = date(2026, 11, 24)
PRACTICE = Practice("T0TEST", "Test Practice", "America/New_York")
SSN, MBI, EMAIL, PHONE, BIRTH = IdentifierKind

FOUND = [
    (SSN, "SSN 123-45-6789", "123-45-6789"),
    (SSN, "His number 123-45-6789, on file.", "123-45-6789"),
    (SSN, "123 45 6789", "123 45 6789"),
    (SSN, "given as 123.45.6789.", "123.45.6789"),
    (SSN, "typed with long dashes 123–45–6789", "123–45–6789"),
    (SSN, "the old Medicare number 123-45-6789A", "123-45-6789"),
    (SSN, "ITIN 912-70-1234", "912-70-1234"),
    (SSN, "SSN is 123456789", "123456789"),
    (SSN, "social security number: 123456789", "123456789"),
    (MBI, "1EG4-TE5-MK73", "1EG4-TE5-MK73"),
    (MBI, "Card reads 1EG4TE5MK73.", "1EG4TE5MK73"),
    (MBI, "mbi 1eg4-te5-mk73 confirmed", "1eg4-te5-mk73"),
    (MBI, "1EG4 TE5 MK73", "1EG4 TE5 MK73"),
    (MBI, "(9YY9Y99YY99)", "9YY9Y99YY99"),
    (EMAIL, "Sent the plan to jane.doe@example.com.", "jane.doe@example.com"),
    (EMAIL, "mailto:j_doe+ccm@mail.example.org", "j_doe+ccm@mail.example.org"),
    (EMAIL, "JANE@EXAMPLE.COM", "JANE@EXAMPLE.COM"),
    (EMAIL, "o'neil@example.co.uk asked", "o'neil@example.co.uk"),
    (PHONE, "Call back at 215-555-0199.", "215-555-0199"),
    (PHONE, "(215) 555-0199 ext 12", "(215) 555-0199"),
    (PHONE, "(215)5550199", "(215)5550199"),
    (PHONE, "215.555.0199", "215.555.0199"),
    (PHONE, "215 555 0199", "215 555 0199"),
    (PHONE, "1-215-555-0199", "1-215-555-0199"),
    (PHONE, "+1 215 555 0199", "+1 215 555 0199"),
    (PHONE, "+1 (215) 555-0199", "+1 (215) 555-0199"),
    (PHONE, "+12155550199", "+12155550199"),
    (PHONE, "Called her at 2155550199", "2155550199"),
    (PHONE, "cell 12155550199", "12155550199"),
    (PHONE, "New cell number is 555-0199", "555-0199"),
    (PHONE, "Phone: 555-0199", "555-0199"),
    (BIRTH, "DOB 3/4/1950", "3/4/1950"),
    (BIRTH, "dob: 03/04/50", "03/04/50"),
    (BIRTH, "D.O.B. 1950-03-04", "1950-03-04"),
    (BIRTH, "date of birth is March 4, 1950", "March 4, 1950"),
    (BIRTH, "Born on 4 March 1950 in Lima", "4 March 1950"),
    (BIRTH, "grandson born 10/3/2026", "10/3/2026"),
    (BIRTH, "birthday is on 3/4", "3/4"),
    (BIRTH, "3/4/1950 (DOB)", "3/4/1950"),
    (BIRTH, "11/10 is his date of birth", "11/10"),
    (BIRTH, "Confirmed 03/04/1950 with the patient", "03/04/1950"),
    (BIRTH, "Confirmed 1950-03-04.", "1950-03-04"),
    (BIRTH, "Confirmed Mar 4th, 1950", "Mar 4th, 1950"),
    (BIRTH, "25.12.1941", "25.12.1941"),
    (BIRTH, "hip replaced on 6/15/2007", "6/15/2007"),
]
"""What identifies somebody: the kind, a text, and what is found in it."""

FREE = [
    "Metformin 10 mg twice a day, insulin 12u at bedtime.",
    "10u@bedtime.Then call again.",
    "Pulse 72 @ rest, 50mg @ 8.30pm",
    "BP 120/80, then 140-90.",
    "BP 140-90 on 11/10/2026",
    "A1c 7.2, potassium 4.1, eGFR 58.",
    "P-1042 and P-104255 share a pharmacy",
    "NDC 12345-6789-01",
    "NDC 0002-8215-01 changed to 50242-040-62",
    "Next call 11/10.",
    "Next call 2026-11-10 at 10:05",
    "Labs due 12/1/2026, visit on December 1, 2026",
    "E11.9, I10 and Z79.4 on the list",
    "99490 reached, 99439 next; 99490-99439",
    "Call again, ext 12",
    "Talked 10:05-10:17",
    "Spoke by phone 930-1000",
    "call 2 of 3",
    "Gave 1-800-MEDICARE (1-800-633-4227) and the quit line 1-800-784-8669",
    "Told to dial 911 or 988",
    "Hip replaced in 1998, smoker since 1970",
    "Born in Lima, 72 years old",
    "Verified name and DOB. 11/10 labs reviewed.",
    "Verified DOB on 11/10/2026",
    "birthday next week; next call 11/10",
    "Quit smoking on 3/4/2009",
    "Weights 212, 210, 208 and 209 pounds",
    "Sugars 145-160-182 this week",
    "Glucose 110 98 120 after breakfast",
    "300-1200 mg a day, 500-1000 steps",
    "Walked 2155550 steps this year",
    "Order 4155550199 was shipped",
    "NPI 1234567893",
    "Claim 123456789 was paid",
    "Ratio 1:2:3, range 3.5-5.0",
    "000-12-3456 and 666-12-3456 were never issued",
    "12-345-67890",
    "1-2-3, 4.5.6, 10.11.12",
    "Rx 7654321, refills 3, qty 90",
    "CPT 99457/99458 on 11/03 and 11/17",
    "13/45/1950 is no date, 1042-10-11 no birth",
    "Wound 2.5 x 1.5 cm, 3/5 strength",
    "SpO2 94-96% on 2L, HR 60-100",
    "O2 @2L/min, 100%",
    "follow-up: wk 2-3, then q 3 mo",
    "INR 2.5 (2.0-3.0) 11-20",
    "Room 215-555, bed 2",
    "",
]
"""What a note is full of and nobody is identified by."""


def kinds(text: str) -> list[IdentifierKind]:
    return [one.kind for one in find_identifiers(text, today=TODAY)]


@pytest.mark.parametrize(("kind", "text", "found"), FOUND)
def test_what_identifies_somebody_is_found_where_it_stands(kind: IdentifierKind, text: str, found: str) -> None:
    (one,) = find_identifiers(text, today=TODAY)
    assert (one.kind, text[one.start : one.end]) == (kind, found)


@pytest.mark.parametrize("text", FREE)
def test_what_a_note_is_full_of_is_let_through(text: str) -> None:
    assert find_identifiers(text, today=TODAY) == ()


def test_a_full_date_is_a_date_of_birth_where_it_lies_more_than_eighteen_years_back() -> None:
    assert kinds("12/31/2007") == [BIRTH]
    assert kinds("1/1/2008") == []
    assert find_identifiers("1/1/2008", today=date(2027, 1, 1)) != ()


def test_everything_is_found_once_and_in_order() -> None:
    assert kinds("DOB 3/4/1950, SSN 123-45-6789, a@b.com") == [BIRTH, SSN, EMAIL]


LETTERS = "ACDEFGHJKMNPQRTUVWXY"
DIGITS = "0123456789"


def shaped(form: str) -> st.SearchStrategy[str]:
    """An MBI by CMS's table of places: C 1 to 9, N a digit, A a letter, X either."""
    places = {"C": DIGITS[1:], "N": DIGITS, "A": LETTERS, "X": DIGITS + LETTERS}
    return st.tuples(*(st.sampled_from(places.get(place, place)) for place in form)).map("".join)


SSNS = st.builds(
    "{1:03}{0}{2:02}{0}{3:04}".format,
    st.sampled_from("- ."),
    st.integers(1, 899).filter(lambda area: area != 666),
    st.integers(1, 99),
    st.integers(1, 9999),
)
MBIS = st.one_of(shaped("CAXNAXNAANN"), shaped("CAXN-AXN-AANN"), shaped("CAXN AXN AANN"))
CASED_MBIS = st.one_of(MBIS, MBIS.map(str.lower))
TOLL_FREE = {800, 833, 844, 855, 866, 877, 888}
AREAS = st.integers(200, 999).filter(lambda area: area not in TOLL_FREE)
PHONES = st.builds(
    lambda form, area, exchange, line: form.format(area, exchange, line),
    st.sampled_from(
        [
            "({}) {}-{:04}",
            "({}){}-{:04}",
            "{}-{}-{:04}",
            "{}.{}.{:04}",
            "{} {} {:04}",
            "+1 {} {} {:04}",
            "+1{}{}{:04}",
            "1-{}-{}-{:04}",
            "call {}{}{:04}",
        ]
    ),
    AREAS,
    st.integers(200, 999),
    st.integers(0, 9999),
)
WORD = st.text("abcdefghijklmnopqrstuvwxyz0123456789", min_size=1, max_size=12)
EMAILS = st.builds("{}.{}@{}.{}".format, WORD, WORD, WORD, st.sampled_from(["com", "org", "net", "health", "GOV"]))
ORDINARY = st.builds(
    lambda seed, activity: care_note(Random(seed), activity),  # noqa: S311 - invented notes
    st.integers(0, 2**32),
    st.sampled_from(list(ACTIVITIES)),
)


def found_within(identifier: str, before: str, after: str) -> list[IdentifierKind]:
    return kinds(f"{before} {identifier} {after}")


@given(SSNS, ORDINARY, ORDINARY)
def test_every_social_security_number_among_words_is_found(number: str, before: str, after: str) -> None:
    assert SSN in found_within(number, before, after)


@given(CASED_MBIS, ORDINARY, ORDINARY)
def test_every_medicare_number_among_words_is_found(number: str, before: str, after: str) -> None:
    assert MBI in found_within(number, before, after)


@given(PHONES, ORDINARY, ORDINARY)
def test_every_phone_number_among_words_is_found(number: str, before: str, after: str) -> None:
    assert PHONE in found_within(number, before, after)


@given(EMAILS, ORDINARY, ORDINARY)
def test_every_email_address_among_words_is_found(address: str, before: str, after: str) -> None:
    assert EMAIL in found_within(address, before, after)


@given(st.dates(date(1900, 1, 1), date(2007, 12, 31)), ORDINARY, st.sampled_from(["%m/%d/%Y", "%Y-%m-%d", "%B %d, %Y"]))
def test_every_full_date_of_long_ago_is_found(born: date, before: str, form: str) -> None:
    assert BIRTH in found_within(born.strftime(form), before, "confirmed.")


@given(st.lists(ORDINARY, min_size=1, max_size=4))
def test_ordinary_notes_are_never_refused(notes: list[str]) -> None:
    assert find_identifiers(" ".join(notes), today=TODAY) == ()


@given(st.text(st.sampled_from("0123456789-./() @abdoOSN,:#\n–é٣"), max_size=80) | st.text(), st.dates())
def test_no_text_raises_and_what_is_found_lies_within_it(text: str, today: date) -> None:
    end = 0
    for one in find_identifiers(text, today=today):
        assert end <= one.start < one.end <= len(text)
        end = one.end


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "SSN 123-45-6789 on the card, which the daughter keeps",
            "a Social Security number (###-##-####) near the beg",
        ),
        ("Wrote to the daughter, her address is jane@example.com", "an email address (xxxx@xxxxxxx.xxx) near the end"),
        ("Called the daughter at 215-555-0199 about the refill", "a phone number (###-###-####) in the middle"),
        ("a@b.com, 1EG4-TE5-MK73", "an email address (x@x.xxx) near the beginning; a Medicare number (#XX#-XX#-XX##)"),
    ],
)
def test_the_error_says_which_kind_and_where_but_not_what(text: str, said: str) -> None:
    with pytest.raises(LedgerError) as caught:
        refuse_identifiers(PRACTICE, text, "note", today=TODAY)
    error = caught.value
    assert error.code == "IDENTIFIER_IN_TEXT"
    assert said.lower() in error.title.lower()
    assert error.title.startswith("The note has what looks like")
    shown = f"{error.title} {error.remedy}"
    assert not any(word in shown for word in ("6789", "0199", "jane", "a@b", "1EG4"))


@pytest.mark.parametrize("kind", IdentifierKind)
def test_the_remedy_of_each_kind_shows_words_that_are_let_through(kind: IdentifierKind) -> None:
    assert find_identifiers(INSTEAD[kind], today=TODAY) == ()
    assert "for example: " in INSTEAD[kind]


def test_a_practice_with_a_signed_agreement_may_allow_it() -> None:
    allowing = replace(PRACTICE, conduct=Conduct(allow_identifiers=True))
    refuse_identifiers(allowing, "SSN 123-45-6789", "note", today=TODAY)


def test_a_long_text_is_searched_at_once() -> None:
    for text in ("a" * 3000, "1-" * 1500, "call " * 600, "dob " * 700, "x." * 1500 + "@"):
        assert kinds(text) == []
