"""Credentials as people write them: one of those that are known, or refused with the list; never silently nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.values.credentials import (
    BESIDE,
    KNOWN_CREDENTIALS,
    LICENCES,
    read_credential,
    read_qualifying,
)
from ledger.values.reading import UnreadableValueError

SPELLINGS = {
    "RN": "RN|rn|R.N.|r.n|R N|RN, BSN|RN BSN|BSN, RN|BSN-RN|RN-BC|RN, MSN, CCM|Registered Nurse|registered nurse (RN)|"
    "RN/BSN|RN - BSN|RN & BSN|RN and BSN|RN, DNP|Rn| RN ",
    "LPN": "LPN|lpn|L.P.N.|LVN|L.V.N.|LPN/LVN|Licensed Practical Nurse|Licensed Vocational Nurse",
    "MA": "MA|M.A.|CMA|RMA|CCMA|NCMA|MA-C|CMA (AAMA)|RMA (AMT)|Medical Assistant|Certified Medical Assistant",
    "MD": "MD|md|M.D.|M. D.|MD, FACP|MD, PhD|M.D., M.P.H.|MD FAAFP|Doctor of Medicine",
    "DO": "DO|D.O.|DO, FACOI",
    "NP": "NP|N.P.|ARNP|APRN|FNP-C|FNP-BC|AGPCNP-BC|PMHNP-BC|CRNP|CNP|NP-C|DNP, APRN|MSN, APRN, FNP-C|RN, FNP-C|"
    "Nurse Practitioner|Family Nurse Practitioner|APRN, NP",
    "PA": "PA|P.A.|PA-C|PA-C, MPAS|Physician Assistant|physician associate",
    "CNS": "CNS|C.N.S.|APRN, CNS|Clinical Nurse Specialist|RN, CNS",
    "CNM": "CNM|CNM, APRN|Certified Nurse Midwife",
    "PharmD": "PharmD|pharmd|PHARMD|Pharm.D.|Pharm D|PharmD, BCPS|PharmD, RPh|Doctor of Pharmacy",
    "LCSW": "LCSW|L.C.S.W.|LCSW, MSW|LICSW|LCSW-C|Licensed Clinical Social Worker|LCSW, MA",
    "RD": "RD|R.D.|RDN|RDN, LDN|RD, LD|Registered Dietitian|Registered Dietitian Nutritionist",
    "": "|none|None|NONE|none.| ",
}
REFUSED = (
    "N/A|-|?|RN?|DNP|BSN|MSN|RPh|CNA|CHW|EMT|CRNA|front desk|Cook|nurse|physician|doctor|Dr.|RN student|not an RN|"
    "ex-RN|RN (inactive)|RN, MD|MD/PA|PharmD, RN|MA, BA|MA, PhD|RN 12345|RN\u200b|RN\x07|<@U0NURSE1>|*RN*|\u0420N|"
    "CMAA|1|RNN"
)


@pytest.mark.parametrize(
    ("text", "credential"),
    [(text, credential) for credential, texts in SPELLINGS.items() for text in texts.split("|")],
)
def test_a_spelling_is_read_as_the_credential_that_it_is(text: str, credential: str) -> None:
    assert read_credential(text) == credential


def test_there_are_spellings_here_of_every_credential() -> None:
    assert SPELLINGS.keys() - {""} == KNOWN_CREDENTIALS == set(LICENCES.values())


@pytest.mark.parametrize("text", REFUSED.split("|"))
def test_what_is_not_understood_is_refused_with_what_to_write(text: str) -> None:
    with pytest.raises(UnreadableValueError) as refused:
        read_credential(text)
    listed = refused.value.remedy.partition("One of: ")[2].partition("; or none")[0]
    assert "Write" in refused.value.remedy or "Type it again" in refused.value.remedy or listed
    assert all(read_credential(one) == one for one in listed.split(", ") if one)


@pytest.mark.parametrize(("degree", "licence"), [("DNP", "NP"), ("BSN", "RN"), ("MSW", "LCSW"), ("RPh", "PharmD")])
def test_a_degree_alone_is_asked_about(degree: str, licence: str) -> None:
    with pytest.raises(UnreadableValueError, match="says of no licence") as refused:
        read_credential(degree)
    assert f"If the licence is {licence}, write {licence}." in refused.value.remedy
    assert read_credential(f"{degree}, {licence}") == licence


def test_a_credential_of_the_practices_own_list_is_understood_as_it_is_written_there() -> None:
    own = {"RN", "CHW", "Rph-C"}
    assert [read_credential(text, own) for text in ("chw", "C.H.W.", "CHW, BA", "rphc", "r.n.", "LVN")] == [
        "CHW",
        "CHW",
        "CHW",
        "Rph-C",
        "RN",
        "LPN",
    ]
    with pytest.raises(UnreadableValueError) as refused:
        read_credential("Cook", own)
    assert "CHW" in refused.value.remedy


@pytest.mark.parametrize(
    ("texts", "stored"),
    [
        (["RN", "R.N.", "rn"], ["RN"]),
        (["Nurse Practitioner", "LVN"], ["NP", "LPN"]),
        (["RN LPN  MD"], ["RN", "LPN", "MD"]),
        (["CHW", "RN, BSN"], ["CHW", "RN"]),
        (["chw rn"], ["chw", "RN"]),
        (["", " "], []),
    ],
)
def test_the_list_of_the_practice_is_spelled_as_the_staffs_credentials_are(texts: list[str], stored: list[str]) -> None:
    assert read_qualifying(texts) == stored
    assert read_qualifying(stored) == stored


words = st.one_of(st.sampled_from([*sorted(LICENCES), *sorted(BESIDE), "CNA", "student", "no"]), st.text(max_size=8))


@given(st.lists(words, max_size=4).map(" ".join))
def test_whatever_is_read_is_known_or_nothing_and_is_read_the_same_again(text: str) -> None:
    try:
        found = read_credential(text)
    except UnreadableValueError:
        return
    assert found in {*KNOWN_CREDENTIALS, ""}
    assert found or text.strip(" .").lower() in {"", "none"} or not text.strip()
    assert read_credential(found) == found


@given(st.sampled_from(sorted(LICENCES)), st.sampled_from(sorted(BESIDE - {"MA"})), st.sampled_from([", ", " ", "/"]))
def test_a_degree_beside_a_licence_changes_nothing(licence: str, degree: str, between: str) -> None:
    if LICENCES[licence] != "MA":  # which may be a Master of Arts
        assert read_credential(f"{licence}{between}{degree}") == LICENCES[licence]


@given(st.sampled_from(sorted(LICENCES)), st.text("abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=9))
def test_a_word_that_is_not_known_is_never_passed_over(licence: str, word: str) -> None:
    if word.upper() not in {*LICENCES, *BESIDE, "AND"} and f"{licence}{word.upper()}" not in LICENCES:
        with pytest.raises(UnreadableValueError):
            read_credential(f"{licence} {word}")
