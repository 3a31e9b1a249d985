"""The rules of codes (R), the blockers and the rules of rulebooks (B), in words."""

from ledger.rules.catalogue.text import FEE_SCHEDULE, MEDICARE_CCM, RECORD_KEEPING, RuleText

CODES = (
    RuleText(
        "R1",
        "ONE_FAMILY",
        "At most one family of codes per program and month; RPM management and RPM device readings go together.",
        MEDICARE_CCM,
        "Staff and practitioner codes of CCM are never on one claim.",
    ),
    RuleText(
        "R2",
        "NEVER_TOGETHER",
        "CCM and RPM may both be billed, and so may PCM and RPM. CCM and PCM may not. APCM billed by this practice for "
        "the month excludes CCM, PCM and TCM. Home health or hospice care plan oversight (G0181, G0182) and monthly "
        "ESRD services (90951 to 90970) of the billing practitioner exclude CCM.",
        FEE_SCHEDULE,
        "Enough minutes in CCM and in PCM: the one that pays more is billed, the other is blocked.",
    ),
    RuleText(
        "R3",
        "MINUTES_ARE_NOT_COMPLEXITY",
        "Minutes alone never select complex care.",
        MEDICARE_CCM,
        "60 plain minutes are the plain base code and two add-ons.",
        message="the billing practitioner designated no complex care this month (R3, R5)",
    ),
    RuleText(
        "R4",
        "HIGHEST_PAYMENT",
        "Where several families are open, the one with the highest expected payment is taken; ties go to the lower "
        "base code. Practitioner minutes are those that the billing practitioner spent; they serve one family, never "
        "two.",
        FEE_SCHEDULE,
        "35 practitioner minutes alone pay more as practitioner time; with 25 staff minutes, together.",
        policy="practitioner_minutes",
        message="pays {difference} less than {taken} (R4)",
    ),
    RuleText(
        "R5",
        "COMPLEX_IS_DESIGNATED",
        "Complex care needs, in that month, the billing practitioner's designation (decision making of moderate or "
        "high complexity, with a rationale) and a care plan established or substantially revised. Then, from its base "
        "threshold on, it is taken even where the plain codes pay more.",
        MEDICARE_CCM,
        "60 minutes, designated, the plan revised: complex.",
        policy="complex_needs_plan_revision, honor_complexity_designation, practitioner_minutes",
        message="designated, but the care plan was neither established nor substantially revised this month (R5)",
    ),
    RuleText(
        "R6",
        "FULL_UNITS",
        "An add-on follows its base code only, and only full units count.",
        FEE_SCHEDULE,
        "34 RPM minutes are the base code alone; the first add-on is at 40.",
    ),
    RuleText(
        "R7",
        "RPM_TIME",
        "RPM time counts care-management work too, once there is a live contact in the month.",
        FEE_SCHEDULE,
        "12 minutes of live contact and 8 of reviewing readings are 20.",
        policy="rpm_time",
        message="no live contact counts in this month (R7)",
    ),
    RuleText(
        "R8",
        "DATE_OF_SERVICE",
        "All lines of a family carry one date: the day on which the minutes of its last billed unit were reached and "
        "all was there that the family needs (live contact, designation, plan revision), so that no line is dated "
        "before its work.",
        MEDICARE_CCM,
        "20 minutes on the 3rd and 20 on the 4th: the base code and its add-on, both on the 4th.",
        policy="claim_date",
    ),
    RuleText(
        "R9",
        "CONSENT_TO_A_PRACTITIONER",
        "A consent is to a program with a billing practitioner; when another is designated, a new one is needed. One "
        "that names nobody holds for whoever was designated on its date, or first after it.",
        MEDICARE_CCM,
        "Consent in January, another practitioner from November 15: November is blocked until a new consent is taken.",
        policy="consent_per_practitioner",
    ),
    RuleText(
        "R10",
        "DEVICE_PERIODS",
        "Device codes are paid once in a period of 30 days. It begins with the set-up or the first day with readings, "
        "the next one 30 days later, or later still after a pause. The line is dated on the period's last day and "
        "belongs to the month of that day, on which enrollment and consent must hold.",
        FEE_SCHEDULE,
        "Set up on January 15, readings on 20 days: February 13; then March 15, then April 14.",
    ),
    RuleText(
        "R11",
        "DEVICE_SET_UP",
        "Setting a device up is paid once, with the first period after it that has enough days with readings and "
        "begins within 60 days.",
        FEE_SCHEDULE,
        "Set up on January 15, 20 days with readings: the set-up's code, too, on February 13.",
    ),
)

BLOCKERS = (
    RuleText(
        "NO_CONSENT",
        "NO_CONSENT",
        "No consent to the program at any time in the month that holds for its billing practitioner (rule R9).",
        MEDICARE_CCM,
        "Consent revoked in October: November is blocked.",
        policy="consent_per_practitioner",
        message="{fault}",
        remedy="Obtain consent and record it: /ccm consent CODE DATE verbal PROGRAM",
    ),
    RuleText(
        "CONDITIONS",
        "CONDITIONS",
        "CCM needs two chronic conditions, PCM one.",
        MEDICARE_CCM,
        "One condition: CCM is blocked.",
        message="{found} of {needed} chronic conditions recorded",
        remedy="Have an administrator record the conditions (ICD-10-CM codes): /ccm patients CODE",
    ),
    RuleText(
        "RISK_NOT_DOCUMENTED",
        "RISK_NOT_DOCUMENTED",
        "The risk of death, decompensation or decline must be documented.",
        MEDICARE_CCM,
        "Two conditions, no risk documented: blocked.",
        message="the risk of death, decompensation or decline is not documented",
        remedy="Document the risk in the chart, then have an administrator mark it: /ccm patients CODE",
    ),
    RuleText(
        "NO_CARE_PLAN",
        "NO_CARE_PLAN",
        "A care plan must exist on the month's last day.",
        MEDICARE_CCM,
        "First plan on December 2: November is blocked.",
        message="no care plan on or before {last_day}",
        remedy="Establish the care plan and record it: /ccm plan CODE DATE",
    ),
    RuleText(
        "CARE_PLAN_EXPIRED",
        "CARE_PLAN_EXPIRED",
        "The newest revision of the care plan must not be too old on the month's last day.",
        MEDICARE_CCM,
        "Last revised 366 days before: blocked.",
        policy="care_plan_max_days",
        message="the care plan was last revised on {revised}, {age} days before {last_day}; {limit} are allowed",
        remedy="Revise the care plan and record it: /ccm plan CODE DATE",
    ),
    RuleText(
        "NO_INITIATING_VISIT",
        "NO_INITIATING_VISIT",
        "An initiating visit (AWV, IPPE, E/M or TCM) in the year before enrollment, or since; for PCM in the year "
        "before the month's last day.",
        MEDICARE_CCM,
        "Enrolled in June, last visit 13 months before: blocked.",
        policy="initiating_visit",
        message="no initiating visit in the {days} days before {until}",
        remedy="Record the visit: /ccm visit CODE DATE AWV",
    ),
    RuleText(
        "OTHER_SERVICE",
        "OTHER_SERVICE",
        "A service of the billing practitioner is marked for the month that excludes the program (rule R2).",
        MEDICARE_CCM,
        "Home health care plan oversight (G0181) is billed this month: CCM is blocked.",
        message="{services} is billed this month and excludes {program} (R2)",
        remedy="Bill one of the two; where the mark is wrong, a biller or a lead takes it back: "
        "/ccm mark CODE MARK MONTH undo",
    ),
    RuleText(
        "NO_BILLING_PRACTITIONER",
        "NO_BILLING_PRACTITIONER",
        "An active practitioner must be designated on the month's last day.",
        MEDICARE_CCM,
        "Nobody designated: every program is blocked.",
        message="{fault}",
        remedy="Have an administrator designate one: /ccm patients CODE",
    ),
    RuleText(
        "BILLED_ELSEWHERE",
        "BILLED_ELSEWHERE",
        "One practice bills the program in a month.",
        MEDICARE_CCM,
        "Another practice bills CCM this month: CCM is blocked.",
        message="another practice bills {program} this month",
        remedy="Settle with the other practice and the patient who bills; then have a biller or lead take back the "
        "mark: /ccm mark CODE elsewhere PROGRAM undo",
    ),
    RuleText(
        "PROGRAM_CONFLICT",
        "PROGRAM_CONFLICT",
        "Programs that may not be billed together (rule R2).",
        FEE_SCHEDULE,
        "APCM marked: CCM is blocked.",
        message="{other} is billed this month and excludes {program} (R2)",
        remedy="Bill one of the two: end an enrollment (/ccm enroll CODE PROGRAM until DATE), or have a biller or lead "
        "take back the mark of APCM: /ccm mark CODE apcm undo",
    ),
    RuleText(
        "NO_LIVE_CONTACT",
        "NO_LIVE_CONTACT",
        "RPM management needs one live contact in the month. Device readings are billed without it.",
        FEE_SCHEDULE,
        "12 minutes of voicemails: no management code.",
        message="RPM time was logged, but no live contact counts",
        remedy="Reach the patient by phone or video and log it: /ccm log CODE 5m call rpm NOTE",
    ),
)

BOOKS = (
    RuleText(
        "B1",
        "BOOK_OF_THE_MONTH",
        "A month is evaluated under the rulebook in force on its first day, forever. A month after the newest book is "
        "evaluated under that one, provisionally, until its own book is there.",
        RECORD_KEEPING,
        "March 2025 reopened in 2027 uses the book of 2025.",
        message="the figures of {year} are not known yet, so those of {book} are used (B1)",
    ),
    RuleText(
        "B2",
        "CLOSED_AS_IT_WAS",
        "A closed month keeps its statement as it was, with the book's name and hash.",
        RECORD_KEEPING,
        "A corrected book changes no closed month.",
    ),
    RuleText(
        "B3",
        "PAYMENTS",
        "Payments are national averages in cents, each with its source and date, outside facilities and in them, by "
        "the conversion factor of the year. A practice says which it is, and can replace any payment for a year.",
        FEE_SCHEDULE,
        "A practice enters the payments of its own locality for 2027: no month of 2026 changes.",
        policy="payments, practice_type, qualifying_apm",
        message="the payment of {codes} is not known and counts as $0.00",
    ),
    RuleText(
        "B4",
        "BOOKS_ARE_BROUGHT",
        "An administrator can bring rulebooks, which are checked as strictly as the program's own. What one changes is "
        "shown in patients and dollars before it is taken. A month without a book of its year is marked, and closed "
        "only by somebody who says that it is meant.",
        RECORD_KEEPING,
        "The book of 2027 is taken in December: no month of 2027 is provisional then.",
    ),
)
