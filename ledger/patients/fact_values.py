"""What a fact about a patient may say where it is one of a few words: in files, in the terminal and in Slack alike."""

from collections.abc import Mapping
from datetime import date
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


class EndReason(StrEnum):
    """Why an enrollment ended (N4)."""

    DIED = "died"
    MOVED = "moved"
    DECLINED = "declined"
    OTHER_PRACTICE = "other_practice"
    OTHER = "other"


class ConsentPoint(StrEnum):
    """What a patient is told before consenting (billing-rules W15)."""

    SERVICE = "service"
    COST_SHARING = "cost_sharing"
    ONE_PRACTITIONER = "one_practitioner"
    MAY_STOP = "may_stop"


CONSENT_POINTS: Mapping[ConsentPoint, tuple[str, ...]] = {
    ConsentPoint.SERVICE: ("service", "services", "what-it-is"),
    ConsentPoint.COST_SHARING: ("cost-sharing", "cost", "costs", "copay", "coinsurance"),
    ConsentPoint.ONE_PRACTITIONER: ("one-practitioner", "one", "only-one", "one-provider"),
    ConsentPoint.MAY_STOP: ("may-stop", "stop", "can-stop", "right-to-stop"),
}
"""The four things that are said, with the usual words for each."""


class PlanElement(StrEnum):
    """What a care plan is made of (billing-rules W13)."""

    PROBLEMS = "problems"
    PROGNOSIS = "prognosis"
    GOALS = "goals"
    SYMPTOMS = "symptoms"
    MEDICATION = "medication"
    INTERVENTIONS = "interventions"
    COORDINATION = "coordination"
    REVIEW = "review"


PLAN_ELEMENTS: Mapping[PlanElement, tuple[str, ...]] = {
    PlanElement.PROBLEMS: ("problems", "problem-list", "problem"),
    PlanElement.PROGNOSIS: ("prognosis", "outcome", "expected-outcome"),
    PlanElement.GOALS: ("goals", "goal", "measurable-goals"),
    PlanElement.SYMPTOMS: ("symptoms", "symptom", "symptom-management"),
    PlanElement.MEDICATION: ("medication", "medications", "meds", "med", "medication-management"),
    PlanElement.INTERVENTIONS: ("interventions", "intervention", "planned-interventions"),
    PlanElement.COORDINATION: ("coordination", "outside-services"),
    PlanElement.REVIEW: ("review", "periodic-review"),
}
"""The elements of a care plan, with the usual words for each."""


class CopyTo(StrEnum):
    """Who got a copy of the care plan (billing-rules W14)."""

    PATIENT = "patient"
    CAREGIVER = "caregiver"


class CopyHow(StrEnum):
    """How a copy of the care plan was given (billing-rules W14)."""

    MAIL = "mail"
    PORTAL = "portal"
    IN_PERSON = "in_person"
    EMAIL = "email"
    FAX = "fax"


COPY_TO: Mapping[CopyTo, tuple[str, ...]] = {
    CopyTo.PATIENT: ("patient", "pt"),
    CopyTo.CAREGIVER: ("caregiver", "family"),
}
COPY_HOW: Mapping[CopyHow, tuple[str, ...]] = {
    CopyHow.MAIL: ("mail", "mailed", "post", "letter"),
    CopyHow.PORTAL: ("portal", "patient-portal"),
    CopyHow.IN_PERSON: ("in-person", "hand", "handed", "paper", "printed"),
    CopyHow.EMAIL: ("email", "e-mail", "emailed"),
    CopyHow.FAX: ("fax", "faxed"),
}


class Mark(StrEnum):
    """What a month can be marked with, beside the services of rule R2."""

    APCM = "apcm"
    BILLED_ELSEWHERE = "billed_elsewhere"


class Service(str):
    """The code of a service that excludes a program (rule R2), with which a month can be marked."""

    __slots__ = ()

    @property
    def value(self) -> str:
        """The code as plain text."""
        return str(self)


def ended_words(last_day: date, reason: str | None, *, on: date) -> str:
    """Return when an enrollment ended and why, where that is known, for example ``ended Nov 10 (died)``.

    The year is left out where it is that of ``on``.
    """
    year = "" if last_day.year == on.year else f", {last_day.year}"
    why = f" ({reason.replace('_', ' ')})" if reason else ""
    return f"ended {last_day:%b} {last_day.day}{year}{why}"
