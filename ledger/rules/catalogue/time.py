"""The rules of time entries (E) and of which minutes count (C), in words."""

from ledger.rules.catalogue.text import FEE_SCHEDULE, INCIDENT_TO, MEDICARE_CCM, RECORD_KEEPING, RuleText

ENTRIES = (
    RuleText(
        "E1",
        "COMPLETE_ENTRY",
        "An entry names one patient, one staff member, one program, one activity, one date of service, a length in "
        "whole minutes, and what was done. Start and end are preferred; the length then follows from them.",
        RECORD_KEEPING,
        "12 minutes of medication work for P-1042 on November 3, with a note.",
    ),
    RuleText(
        "E2",
        "NEAREST_MINUTE",
        "The length from start and end is the nearest whole minute, an exact half going down; under one minute is "
        "refused. Minutes are never rounded to blocks.",
        RECORD_KEEPING,
        "10:00:00 to 10:07:30 is 7 minutes, 10:00:00 to 10:07:31 is 8.",
    ),
    RuleText(
        "E3",
        "SPLIT_AT_MIDNIGHT",
        "Work that crosses midnight becomes one linked entry per date; their minutes add up to the whole.",
        RECORD_KEEPING,
        "23:50 on the 30th to 00:10 on the 1st: 10 minutes in each month.",
    ),
    RuleText(
        "E4",
        "NOT_IN_FUTURE",
        "An entry does not lie in the future and is not longer than 24 hours; over 180 minutes is asked about.",
        RECORD_KEEPING,
        "An entry of 200 minutes is saved once the person confirms it.",
    ),
    RuleText(
        "E5",
        "NEVER_CHANGED",
        "Entries are never changed or deleted: a correction is a void with a reason and a new entry that names the "
        "one it replaces; an addendum adds text and keeps both texts.",
        RECORD_KEEPING,
        "12 minutes typed as 21: the entry of 21 is voided, an entry of 12 replaces it, and both are kept.",
    ),
    RuleText(
        "E6",
        "ONE_PLACE",
        "One staff member cannot be in two places: an entry whose times overlap another of theirs is refused.",
        RECORD_KEEPING,
        "10:00 to 10:20 for one patient, then 10:10 to 10:30 for another: the second is refused, naming the first.",
    ),
    RuleText(
        "E7",
        "STORED_ONCE",
        "The same request delivered twice stores one entry; the same work again within 10 minutes is asked about.",
        RECORD_KEEPING,
        "Twelve minutes of medication for P-1042 typed twice: the second is asked about.",
    ),
    RuleText(
        "E7b",
        "ASKED_ABOUT_DOUBLES",
        "An entry like another person's of that patient and date (the same activity and contact), either without "
        "times, is asked about before it is saved. Imported rows are stored and warned about (W12).",
        MEDICARE_CCM,
        "Two people log 20 minutes of one call without times: the second is asked whether it is the same call.",
    ),
    RuleText(
        "E8",
        "LATE",
        "An entry recorded more than 72 hours after the work is accepted and marked late.",
        RECORD_KEEPING,
        "Work of Tuesday 10:00 recorded on Friday at 10:01 is late.",
    ),
    RuleText(
        "E9",
        "MONTH_CLOSED",
        "A closed month takes no entry, void or addendum until it is reopened with a reason.",
        RECORD_KEEPING,
        "After October is closed, an entry for October 30 is refused.",
    ),
)

COUNTING = (
    RuleText(
        "C1",
        "VOIDED",
        "A voided entry does not count.",
        RECORD_KEEPING,
        "12 minutes, voided: 0 counted.",
        message="the entry was voided",
    ),
    RuleText(
        "C2",
        "UNDOCUMENTED",
        "An entry without a note does not count.",
        MEDICARE_CCM,
        "Imported without a note: 0 counted.",
        message="nothing says what was done",
        remedy="Add an entry with a note in its place.",
    ),
    RuleText(
        "C3",
        "NOT_CARE_TIME",
        "Visits, AI calls, and administrative, scheduling, registration, training and benefits work do not count.",
        MEDICARE_CCM,
        "10 minutes inside an office visit: 0 counted.",
        message="{activity} is not care management time",
    ),
    RuleText(
        "C4",
        "UNQUALIFIED_STAFF",
        "Time counts where the staff member, on that date, holds a qualifying credential, is active, and works under "
        "the billing practitioner's supervision.",
        INCIDENT_TO,
        "15 minutes by the front desk: 0 counted.",
        policy="qualifying_credentials",
        message="on {day} the staff member {fault}",
    ),
    RuleText(
        "C5",
        "NOT_ENROLLED",
        "Time counts on dates on which the patient is enrolled in the entry's program.",
        RECORD_KEEPING,
        "Enrolled from the 10th: an entry on the 9th does not count.",
        message="not enrolled in {program} on {day}",
        remedy="Record it: /ccm enroll CODE PROGRAM DATE",
    ),
    RuleText(
        "C6",
        "NO_CONSENT",
        "Time counts from the date of consent to the program. A revoked consent holds to the end of that month.",
        MEDICARE_CCM,
        "Consent on the 12th: the 11th does not count, the 12th does.",
        message="no {program} consent on or before {day}",
        remedy="Record it: /ccm consent CODE DATE verbal PROGRAM",
    ),
    RuleText(
        "C7",
        "IN_FACILITY",
        "Time inside an inpatient, SNF, inpatient-rehabilitation or hospice stay does not count: dates strictly "
        "inside it, and minutes inside a stay known to the minute.",
        MEDICARE_CCM,
        "Stay from the 10th to the 13th: the 11th and 12th do not count.",
        message="inside a stay ({setting}) on {day}",
    ),
    RuleText(
        "C8",
        "FACILITY_EDGE_DAY",
        "Time on the day of admission or discharge counts only where times show that it lay outside the stay.",
        MEDICARE_CCM,
        "Stay from the 10th to the 13th: without times, neither the 10th nor the 13th counts.",
        message="{day} is a day of admission or discharge, and no times show that the work lay outside the stay",
        remedy="Give the entry its times, and the stay the hour of admission or discharge: "
        "/ccm stay CODE SETTING ADMITTED DISCHARGED",
    ),
    RuleText(
        "C9",
        "OUTREACH_ATTEMPT",
        "A voicemail or an unanswered call is an attempt, not care.",
        "practice policy; CMS names no attempt as care management",
        "Three voicemails of 4 minutes: 0 counted.",
        policy="count_outreach_attempts",
        message="{contact} is an attempt to reach somebody",
    ),
    RuleText(
        "C10",
        "NOT_INTERACTIVE",
        'RPM minutes that are no live contact do not count under policy rpm_time = "interactive".',
        FEE_SCHEDULE,
        "10 minutes of reviewing readings under that policy: 0 counted.",
        policy="rpm_time",
        message="under this practice's policy RPM time is live contact only",
    ),
    RuleText(
        "C11",
        "SAME_MINUTES",
        "A minute counts once a patient: two people in one meeting, or one minute in two programs, count once. The "
        "earlier start has it, then the earlier recording.",
        MEDICARE_CCM,
        "10:00 to 10:20 and 10:10 to 10:30: 30 counted, 10 excluded.",
        message="these minutes already count in another entry",
    ),
)
