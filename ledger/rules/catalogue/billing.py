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
        "CCM and RPM may both be billed, and so may PCM and RPM. CCM and PCM may not. APCM marked for the month "
        "excludes CCM, PCM and TCM.",
        FEE_SCHEDULE,
        "Enough minutes in CCM and in PCM: the one that pays more is billed, the other is blocked.",
    ),
    RuleText(
        "R3",
        "MINUTES_ARE_NOT_COMPLEXITY",
        "Minutes alone never select complex care.",
        MEDICARE_CCM,
        "60 plain minutes are the plain base code and two add-ons.",
        message="no designation of complex care this month (R3, R5)",
    ),
    RuleText(
        "R4",
        "HIGHEST_PAYMENT",
        "Where several families are open, the one with the highest expected payment is taken; ties go to the lower "
        "base code. A practitioner's minutes serve one of them, never both.",
        FEE_SCHEDULE,
        "35 practitioner minutes alone pay more as practitioner time; with 25 staff minutes, together.",
        message="pays {difference} less than {taken} (R4)",
    ),
    RuleText(
        "R5",
        "COMPLEX_IS_DESIGNATED",
        "Complex care needs, in that month, a practitioner's designation (decision making of moderate or high "
        "complexity, with a rationale) and a care plan established or substantially revised. Then, from its base "
        "threshold on, it is taken even where the plain codes pay more.",
        MEDICARE_CCM,
        "60 minutes, designated, the plan revised: complex.",
        policy="complex_needs_plan_revision, honor_complexity_designation",
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
        "The claim carries the date on which the base threshold was reached. Device readings carry the month's last "
        "day.",
        MEDICARE_CCM,
        "12 minutes on the 3rd and 8 on the 9th: the 9th.",
        policy="claim_date",
    ),
)

BLOCKERS = (
    RuleText(
        "NO_CONSENT",
        "NO_CONSENT",
        "No consent to the program at any time in the month.",
        MEDICARE_CCM,
        "Consent revoked in October: November is blocked.",
        message="no {program} consent at any time in the month",
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
        "An initiating visit (AWV, IPPE, E/M or TCM) in the year before enrollment, or since.",
        MEDICARE_CCM,
        "Enrolled in June, last visit 13 months before: blocked.",
        policy="initiating_visit",
        message="no initiating visit in the {days} days before enrollment or since",
        remedy="Record the visit: /ccm visit CODE DATE AWV",
    ),
    RuleText(
        "NO_BILLING_PRACTITIONER",
        "NO_BILLING_PRACTITIONER",
        "A billing practitioner must be designated on the month's last day.",
        MEDICARE_CCM,
        "Nobody designated: every program is blocked.",
        message="no billing practitioner is designated",
        remedy="Have an administrator designate one: /ccm patients CODE",
    ),
    RuleText(
        "BILLED_ELSEWHERE",
        "BILLED_ELSEWHERE",
        "One practice bills the program in a month.",
        MEDICARE_CCM,
        "Another practice bills CCM this month: CCM is blocked.",
        message="another practice bills {program} this month",
        remedy="Settle with the other practice and the patient who bills; then have an administrator withdraw "
        "the mark: ccm import marks marks.csv",
    ),
    RuleText(
        "PROGRAM_CONFLICT",
        "PROGRAM_CONFLICT",
        "Programs that may not be billed together (rule R2).",
        FEE_SCHEDULE,
        "APCM marked: CCM is blocked.",
        message="{other} is billed this month and excludes {program} (R2)",
        remedy="Bill one of the two: end an enrollment (/ccm enroll CODE PROGRAM until DATE), or have an administrator "
        "withdraw the mark of APCM: ccm import marks marks.csv",
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
