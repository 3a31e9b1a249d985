"""The warnings (W) and the rules of worklists (N), in words."""

from ledger.rules.catalogue.text import AUDIT, RuleText

WARNINGS = (
    RuleText(
        "W1",
        "NOTE_THIN",
        "Fewer than two sentences, under 40 characters, or stock phrases only.",
        AUDIT,
        '"Reviewed chart."',
        message="thin notes",
        remedy="Say what was found and what was decided: /ccm add ENTRY TEXT",
    ),
    RuleText(
        "W2",
        "PLAN_UNTOUCHED",
        "Minutes count, but the care plan was not revised in 90 days.",
        AUDIT,
        "Plan of June, minutes in November.",
        message="minutes count, but the care plan was not revised in {days} days",
        remedy="Review the care plan and record it: /ccm plan CODE DATE",
    ),
    RuleText(
        "W3",
        "ROUND_MINUTES",
        "At least 5 entries of the month have no times, and 80 % of those are multiples of 5.",
        AUDIT,
        "5, 10, 10, 15 and 20 minutes.",
        message="{round} of {untimed} entries without times are multiples of 5",
        remedy="Log start and end: /ccm log CODE 10:05-10:17 meds call NOTE",
    ),
    RuleText(
        "W4",
        "EXACT_THRESHOLD",
        "The total is exactly a threshold, and the last entry brought it there.",
        AUDIT,
        "10 + 9 + 1 minutes.",
        message="the last entry brought the total to exactly {minutes}",
    ),
    RuleText(
        "W5",
        "LATE_ENTRY",
        "An entry was recorded more than 72 hours after the work (rule E8).",
        AUDIT,
        "Work of the 3rd, recorded on the 9th.",
        message="recorded more than 72 hours after the work",
    ),
    RuleText(
        "W6",
        "NO_TIMES",
        "No entry of the month has start and end.",
        AUDIT,
        "Four entries, lengths alone.",
        message="no entry of the month has start and end",
        remedy="Log start and end: /ccm log CODE 10:05-10:17 meds call NOTE",
    ),
    RuleText(
        "W7",
        "FACILITY_MONTH",
        "A facility stay touches the month, and minutes are billed.",
        AUDIT,
        "A stay from the 10th to the 13th, and 21 counted minutes.",
        message="a facility stay touches the month, and minutes are billed",
    ),
    RuleText(
        "W8",
        "CROWDED_HOUR",
        "One staff member has over 60 counted minutes in one clock hour, or over 600 in a day.",
        AUDIT,
        "620 minutes on one date.",
        message="one staff member has {minutes} counted minutes in one {stretch}",
    ),
    RuleText(
        "W9",
        "LAST_MINUTE",
        "Over half of the minutes fall in the last 3 days of the month.",
        AUDIT,
        "15 of 20 minutes on November 29.",
        message="{late} of {total} minutes fall in the last 3 days of the month",
    ),
    RuleText(
        "W10",
        "CLONED_NOTE",
        "Two entries of the month share a note word for word.",
        AUDIT,
        "The same two sentences on the 3rd and on the 9th.",
        message="entries share a note word for word",
        remedy="Say what was particular each time: /ccm add ENTRY TEXT",
    ),
    RuleText(
        "W12",
        "POSSIBLE_DOUBLE",
        "Two entries of one date, activity and contact, either without times, by different people; or of one person "
        "with the same length under different external ids.",
        AUDIT,
        "Two people, 20 minutes each of one call, no times.",
        message="these entries may be the same work, logged twice",
        remedy="If it was one piece of work, void one of them: /ccm void ENTRY REASON",
    ),
)

WORKLISTS = (
    RuleText(
        "N1",
        "NEXT_CODE",
        "A statement names the next code it could reach, the minutes missing and what they are worth.",
        "this project's worklist",
        "19 minutes: 1 more to the base code.",
    ),
    RuleText(
        "N2",
        "NEAR",
        "Near means 1 to 5 minutes short of the next code; the lists show the bands of the practice's policy.",
        "this project's worklist",
        "15 to 19 and 35 to 39 minutes.",
        policy="bands",
    ),
    RuleText(
        "N3",
        "NEAR_BUT_BLOCKED",
        "Blocked patients who are near are shown apart, with what blocks them: minutes alone would not help.",
        "this project's worklist",
        "18 minutes, no consent.",
    ),
    RuleText(
        "N4",
        "CANNOT_BE_FINISHED",
        "A list is made for a day and asks only for patients whose further minutes could still count then. Whoever "
        "died, is enrolled no more, is in a facility or has no consent that holds stands apart with the reason, and "
        "adds nothing to what a list is worth.",
        "this project's worklist",
        "15 minutes, enrollment ended on November 10: apart, ended Nov 10 (died).",
    ),
)
