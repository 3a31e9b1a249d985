"""What a fact about a patient may say where it is one of a few words: in files, in the terminal and in Slack alike."""

from enum import StrEnum


class ConsentForm(StrEnum):
    """How a patient consented."""

    VERBAL = "verbal"
    WRITTEN = "written"


class VisitType(StrEnum):
    """The visits that may open care management."""

    AWV = "AWV"
    IPPE = "IPPE"
    EM = "E/M"
    TCM = "TCM"


class Setting(StrEnum):
    """Where a stay is (billing-rules C7)."""

    INPATIENT = "inpatient"
    SNF = "snf"
    INPATIENT_REHAB = "inpatient_rehab"
    HOSPICE = "hospice"


class Mdm(StrEnum):
    """Medical decision making of a complexity designation (billing-rules R5)."""

    MODERATE = "moderate"
    HIGH = "high"
