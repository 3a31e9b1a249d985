"""The rules of transitional care (T), in words."""

from ledger.rules.catalogue.text import RuleText

TRANSITIONAL = "CMS MLN908628, Transitional Care Management Services"

TRANSITIONS = (
    RuleText(
        "T1",
        "FROM_AND_TO",
        "From a hospital (acute, psychiatric, rehabilitation, long-term), a skilled nursing facility, observation or "
        "partial hospitalization; to a home, domiciliary, rest home or assisted living, never to a nursing facility.",
        TRANSITIONAL,
        "From hospital to a skilled nursing facility: lost.",
        message="discharged to {to} (T1)",
    ),
    RuleText(
        "T2",
        "CONTACT_IN_TIME",
        "Somebody reaches the patient or caregiver within 2 business days after the discharge date (Monday to Friday "
        "without federal holidays), or tries twice or more. A contact on the discharge day is none, and a message is "
        "neither contact nor attempt. Neither enrollment nor consent is asked for.",
        TRANSITIONAL,
        "Discharged on Friday: by Tuesday.",
        message="nobody was reached by {due}, nor tried twice (T2)",
    ),
    RuleText(
        "T3",
        "VISIT",
        "A visit by the billing practitioner after the discharge day: decision making of high complexity within 7 "
        "days, of moderate or high complexity within 14.",
        TRANSITIONAL,
        "High complexity on day 8: the code of 14 days.",
        message="the visit was too late, of low complexity, on the discharge day, or by somebody else (T3)",
    ),
    RuleText(
        "T4",
        "MEDICATION_RECONCILED",
        "Medication is reconciled from the discharge to the visit, no later.",
        TRANSITIONAL,
        "Reconciled the day after the visit: lost.",
        message="medication was not reconciled between the discharge and the visit (T4)",
    ),
    RuleText(
        "T5",
        "ONCE_IN_30_DAYS",
        "The date of service is the visit's. Not billed where the patient dies within 30 days, where another practice "
        "bills it, or twice within 30 days: of two discharges, the one whose visit came first.",
        TRANSITIONAL,
        "Readmitted in the second week, both visits made: the first is billed.",
        message="another discharge within 30 days had its visit first (T5)",
    ),
    RuleText(
        "T6",
        "BESIDE_OTHER_PROGRAMS",
        "CCM, PCM and RPM may be billed beside it, but no minute of it counts for them: where times overlap, "
        "transitional care has them.",
        TRANSITIONAL,
        "One call logged for TCM and for CCM: TCM has its minutes.",
    ),
    RuleText(
        "T7",
        "STATES",
        "Each discharge has a state as of a day: contact due, second attempt due, visit due, reconciliation missing, "
        "billable, or lost with the reason.",
        TRANSITIONAL,
        "One voicemail by Monday after a discharge on Friday: a second attempt is due on Tuesday.",
    ),
)
