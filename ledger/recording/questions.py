"""What is asked before an unusual entry is stored: whether it is right so long, and whether it is there already."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from ledger.errors import ConfirmationNeededError
from ledger.rules.doubles import look_alike
from ledger.rules.facts import TimeEntry
from ledger.rules.formatting import day_words

LONG_MINUTES = 180
REPEAT_WINDOW = timedelta(minutes=10)


def about_length(total_minutes: int) -> ConfirmationNeededError | None:
    """Return the question about an entry of over 180 minutes (E4), None where there is none."""
    if total_minutes <= LONG_MINUTES:
        return None
    return ConfirmationNeededError(
        "LONG_ENTRY",
        f"{total_minutes} minutes is over {LONG_MINUTES} (rule E4).",
        "If that is right, save it anyway; if not, correct the length.",
    )


def ask_first(patient_code: str, new: Sequence[TimeEntry], known: Iterable[TimeEntry], *, at: datetime) -> None:
    """Ask about an entry, given as its parts, that is unusual beside what is ``known`` of its patient.

    Raises:
        ConfirmationNeededError: With every question that there is, under the code of the first.
    """
    live = [entry for entry in known if not entry.voided]
    found = (
        about_length(sum(part.duration_minutes for part in new)),
        _about_repeat(patient_code, new[0], live, at=at),
        _about_double(patient_code, new, live),
    )
    questions = [question for question in found if question is not None]
    if questions:
        first = questions[0]
        raise ConfirmationNeededError(
            first.code,
            " ".join(question.title for question in questions),
            " ".join(question.remedy for question in questions),
        )


def _about_repeat(
    patient_code: str, new: TimeEntry, live: Sequence[TimeEntry], *, at: datetime
) -> ConfirmationNeededError | None:
    """E7: the same was logged by the same person within ten minutes."""
    wanted = (new.staff_id, new.activity, new.date_of_service, new.duration_minutes)
    for known in live:
        same = (known.staff_id, known.activity, known.date_of_service, known.duration_minutes) == wanted
        if same and known.recorded_at > at - REPEAT_WINDOW:
            return ConfirmationNeededError(
                "REPEATED_ENTRY",
                f"This looks like the entry you just logged: {patient_code}#{known.number} (rule E7).",
                "If it is another one, save it anyway.",
            )
    return None


def _about_double(
    patient_code: str, new: Sequence[TimeEntry], live: Sequence[TimeEntry]
) -> ConfirmationNeededError | None:
    """E7b: another person logged the same work of that date, and times do not tell the two apart."""
    alike = [
        known for known in live if any(known.staff_id != part.staff_id and look_alike(known, part) for part in new)
    ]
    if not alike:
        return None
    named = "; ".join(
        f"{patient_code}#{known.number} by {known.staff_id}, {known.duration_minutes} min on "
        f"{day_words(known.date_of_service)}"
        for known in alike
    )
    asked = (
        "the same call? Minutes of two people in one call count once (C11)."
        if new[0].contact
        else "the same work? Minutes of two people in one piece of work count once (C11)."
    )
    return ConfirmationNeededError(
        "POSSIBLE_DOUBLE",
        f"{named}: {asked}",
        "If it is other work, save it anyway (rule E7b); with start and end of both nobody need ask.",
    )
