"""Credentials: whatever people write behind a name, read as one of those that billing-rules section 3 knows.

A text is read only where every word of it is known: a licence by ``LICENCES``, a degree, board or society by
``BESIDE``, which says nothing of a licence. What is not understood is refused, so that nobody's time is stored under
a credential that silently counts nothing.
"""

import re
from collections.abc import Collection, Iterable, Mapping

from ledger.rules.policy import CLINICAL_STAFF_CREDENTIALS, PRACTITIONER_CREDENTIALS
from ledger.values.reading import UnreadableValueError, refuse_invisible, shown

NO_CREDENTIAL = "none"
"""What is entered for somebody who holds no credential; it is stored as an empty text."""

KNOWN_CREDENTIALS = PRACTITIONER_CREDENTIALS | CLINICAL_STAFF_CREDENTIALS

LICENCES: Mapping[str, str] = {
    spelling: credential
    for credential, spellings in {
        "MD": "MD DOCTOROFMEDICINE MEDICALDOCTOR",
        "DO": "DO DOCTOROFOSTEOPATHICMEDICINE DOCTOROFOSTEOPATHY",
        "NP": """NP NPC CNP CRNP APRN ARNP APN APNP AGNP AGPCNP AGACNP AGNPC ACNP ACNPC ACPNP ANP ANPC ANPBC
            FNP FNPC FNPBC GNP GNPBC PNP PNPBC CPNP CPNPPC PPCNP WHNP WHNPBC PMHNP PMHNPBC NNP NURSEPRACTITIONER
            CERTIFIEDNURSEPRACTITIONER CERTIFIEDREGISTEREDNURSEPRACTITIONER FAMILYNURSEPRACTITIONER
            ADULTNURSEPRACTITIONER PEDIATRICNURSEPRACTITIONER GERONTOLOGICALNURSEPRACTITIONER
            ADVANCEDPRACTICEREGISTEREDNURSE ADVANCEDREGISTEREDNURSEPRACTITIONER""",
        "PA": "PA PAC RPAC PHYSICIANASSISTANT PHYSICIANASSOCIATE CERTIFIEDPHYSICIANASSISTANT",
        "CNS": "CNS ACNS ACNSBC AGCNS AGCNSBC CCNS CNSBC CLINICALNURSESPECIALIST",
        "CNM": "CNM NURSEMIDWIFE CERTIFIEDNURSEMIDWIFE",
        "RN": "RN RNBC REGISTEREDNURSE REGISTEREDPROFESSIONALNURSE",
        "LPN": "LPN LVN LICENSEDPRACTICALNURSE LICENSEDVOCATIONALNURSE",
        "MA": """MA MAC CMA RMA CCMA NCMA CMAC MEDICALASSISTANT CERTIFIEDMEDICALASSISTANT REGISTEREDMEDICALASSISTANT
            CERTIFIEDCLINICALMEDICALASSISTANT CLINICALMEDICALASSISTANT""",
        "PharmD": "PHARMD DOCTOROFPHARMACY",
        "LCSW": "LCSW LCSWC LCSWR LICSW LICENSEDCLINICALSOCIALWORKER LICENSEDINDEPENDENTCLINICALSOCIALWORKER",
        "RD": "RD RDN REGISTEREDDIETITIAN REGISTEREDDIETICIAN REGISTEREDDIETITIANNUTRITIONIST",
    }.items()
    for spelling in spellings.split()
}
"""Every spelling of a licence, as ``_plain`` writes it, and the credential that it is."""

_BESIDE = """
    ADN ASN BA BC BS BSC BSN C CS DMSC DNP EDD JD MBA MHA MMS MPA MPAS MPH MPHIL MS MSC MSN MSW PHD PSYD DSW DSC
    DNSC AAMA AMT NHA NCCT AAHCM BCACP BCADM BCGP BCPS BCCP CCM CCCTM CCRN CDCES CDE CDN CEN CHPN CMSRN CPHQ CPPS CSG
    CSO CSOWM CWOCN LD LDN LN OCN PCCN PHN RPH WCC FACP FACC FACE FACOI FACOFP FAAFP FAAN FAANP FAAPA FACNM FASN FCCP
    FAHA FASCP FACCP FAND SFHM FHM
"""
BESIDE = frozenset(_BESIDE.split())
"""Degrees, boards and societies that stand beside a licence; of themselves they say of none."""

_DEGREES: Mapping[str, str] = {
    "DNP": "NP",
    "MSN": "NP",
    "BSN": "RN",
    "ADN": "RN",
    "ASN": "RN",
    "MSW": "LCSW",
    "RPH": "PharmD",
    "LD": "RD",
    "LDN": "RD",
}
"""What somebody may hold who writes a degree alone: asked, never taken for it."""

_NURSES = ("MA", "LPN", "RN", "NP", "CNS", "CNM")
"""One profession's steps: who has a later one has left the earlier behind (``APRN, CNS``; ``RN, FNP-C``)."""

_OF_ASSISTANTS = frozenset({"C", "AAMA", "AMT", "NHA", "NCCT"})
"""What stands beside a medical assistant's MA; beside anything else it may be a Master of Arts, who is asked."""

_PARTS = re.compile(r"[,;/|&+()]|\s[-\u2013\u2014]\s|\band\b", re.IGNORECASE)
_STRANGE = re.compile(r"[^\w\s.,;/|&+()'\u2019\u2013\u2014-]")


def read_credential(text: str, qualifying: Collection[str] = KNOWN_CREDENTIALS) -> str:
    """Return the credential that a text says, an empty text for nobody's.

    Args:
        text: As people write it: ``R.N.``, ``RN, BSN``, ``Nurse Practitioner``, ``none``.
        qualifying: The practice's own list (policy ``qualifying_credentials``); what stands in it is understood too.

    Raises:
        UnreadableValueError: Where it is not understood, or says two; the remedy lists what is known.
    """
    asked = text.strip()
    if not asked or _plain(asked) == NO_CREDENTIAL.upper():
        return ""
    refuse_invisible(asked)
    own = {_plain(one): one for one in qualifying if _plain(one) not in LICENCES}
    words = [] if _STRANGE.search(asked) else _words(asked, {**LICENCES, **own})
    licences = list(dict.fromkeys(LICENCES.get(word) or own[word] for word in words if word in {**LICENCES, **own}))
    beside = {word for word in words if word in BESIDE} - own.keys()
    if not words or not all(word in LICENCES or word in own or word in BESIDE for word in words):
        raise UnreadableValueError(f"{shown(asked)} is no credential that is known.", _remedy(qualifying))
    return _only(asked, licences, beside, qualifying)


def credential_meant(stored: str, qualifying: Collection[str] = KNOWN_CREDENTIALS) -> str | None:
    """Return the credential that a stored text means, None where it cannot be read: an older ledger may have any."""
    try:
        return read_credential(stored, qualifying)
    except UnreadableValueError:
        return None


def read_qualifying(texts: Iterable[str]) -> list[str]:
    """Return the credentials that a practice lets count, each once; one that nobody knows is the practice's own.

    ``["R.N.", "CHW"]`` are RN, which everybody's ``RN`` is compared with, and the practice's CHW.
    """
    found: list[str] = []
    for text in texts:
        words = text.split()
        try:
            # "RN LPN" are two of a list, as somebody's credential they would be one.
            alone = len(words) > 1 and all(_plain(word) in LICENCES for word in words)
            found += map(read_credential, words) if alone else [read_credential(text)]
        except UnreadableValueError:
            found += [LICENCES.get(_plain(word), word) for word in words]
    return [one for one in dict.fromkeys(found) if one]


def _only(asked: str, licences: list[str], beside: Collection[str], qualifying: Collection[str]) -> str:
    """Return the one licence that holds among those that were read."""
    nurse = max((one for one in licences if one in _NURSES), key=_NURSES.index, default="")
    held = [one for one in licences if one not in _NURSES]
    if nurse and not (nurse == "MA" and held):
        held.append(nurse)
    if held == ["MA"] and not _OF_ASSISTANTS.issuperset(beside):
        raise UnreadableValueError(f"{shown(asked)} may be a degree.", "Write MA for a medical assistant.")
    if len(held) == 1:
        return held[0]
    if held:
        raise UnreadableValueError(f"{shown(asked)} names {' and '.join(held)}.", f"Write one, for example {held[0]}.")
    likely = next((_DEGREES[word] for word in _DEGREES if word in beside), None)
    ask = f"If the licence is {likely}, write {likely}. " if likely else ""
    raise UnreadableValueError(f"{shown(asked)} says of no licence.", f"{ask}{_remedy(qualifying)}")


def _remedy(qualifying: Collection[str]) -> str:
    """Return the list of what may be written."""
    own = sorted(set(qualifying) - KNOWN_CREDENTIALS)
    known = ", ".join([*sorted(PRACTITIONER_CREDENTIALS), *sorted(CLINICAL_STAFF_CREDENTIALS), *own])
    return f"One of: {known}; or {NO_CREDENTIAL}, whose time does not count (rule C4)."


def _words(asked: str, licences: Collection[str]) -> list[str]:
    """Return the words of a text as the tables have them: whole parts where those are licences, else word by word."""
    if _plain(asked) in licences:
        return [_plain(asked)]
    found: list[str] = []
    for part in _PARTS.split(asked):
        if _plain(part) in licences:
            found.append(_plain(part))
            continue
        for word in part.split():
            found += [_plain(word)] if _plain(word) in licences else map(_plain, word.split("-"))
    return [word for word in found if word]


def _plain(text: str) -> str:
    """Return letters and digits alone, in capitals: ``R.N.`` is ``RN``."""
    return "".join(character for character in text.upper() if character.isalnum())
