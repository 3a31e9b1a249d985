"""The form for a log or a fix: each value beside its own input, prefilled with all that was understood."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date

from bot.grammar.problems import Problem
from bot.views import formatting
from bot.views.blocks import Block, View, input_block, modal, text_field
from bot.views.formatting import ACTIVITY_WORDS, CONTACT_WORDS
from bot.views.forms.inputs import FormValues, date_input, select_input, text_input, tick_input
from bot.views.forms.pickers import patient_input
from bot.views.problem import problem_lines
from bot.views.reply import Reply, reply_view, section, sections
from ledger.recording.entries import NOTE_CHARACTERS
from ledger.rules.facts import Activity, Contact, Program
from ledger.rules.rulebook import known_programs

CALLBACK = "log_form_submitted"
FIX_CALLBACK = "fix_form_submitted"
READ_LINE = "log_line_pasted"
"""The action of the field for a line, on Enter."""
LINE_CHARACTERS = 3000
QUOTED_CHARACTERS = 100
"""How much of a note is quoted where a line and the form differ: enough to know it by."""
PATIENT, LENGTH, ACTIVITY, CONTACT, DATE, PROGRAM, NOTE, CONFIRM, LINE = (
    "patient",
    "length",
    "activity",
    "contact",
    "date",
    "program",
    "note",
    "confirm",
    "line",
)
INPUT_BY_FIELD: Mapping[str, str] = {
    "patient_code": PATIENT,
    "duration_minutes": LENGTH,
    "started_at": LENGTH,
    "activity": ACTIVITY,
    "contact": CONTACT,
    "date_of_service": DATE,
    "program": PROGRAM,
    "note": NOTE,
}
"""The input that shows each field of a line."""
_ASKED = {
    PATIENT: "the patient",
    LENGTH: "the length",
    ACTIVITY: "what was done",
    CONTACT: "the contact",
    DATE: "the date",
    PROGRAM: "the program",
    NOTE: "the note",
}


def log_form(values: FormValues, *, intro: str = "", confirm: str = "") -> View:
    """Return the form as a modal view. ``confirm`` asks for a tick before an unusual entry is saved.

    What every entry needs comes first. The field for a line stands last, where it is in nobody's way: Shift+Tab from
    the first input, or the end of the form, leads there.
    """
    blocks = [*sections([intro]), patient_input(PATIENT, values.get(PATIENT)), *_entry_inputs(values)]
    blocks.append(_confirmation(confirm) if confirm else _line_input(values))
    return modal("Log CCM time", blocks, callback_id=CALLBACK, submit="Save")


def fix_form(name: str, values: FormValues, *, intro: str = "", confirm: str = "") -> View:
    """Return the log form for a fix of the entry ``name``, whose patient stays as it is."""
    blocks = [section(f"*{name}* is voided, and what stands here is saved in its place."), *sections([intro])]
    blocks += [*_entry_inputs(values), *([_confirmation(confirm)] if confirm else [])]
    return modal("Fix an entry", blocks, callback_id=FIX_CALLBACK, private_metadata=name, submit="Fix it")


def _entry_inputs(values: FormValues) -> list[Block]:
    length_hint = "12m, 1h5m or times: 10:05-10:17. Times are best."
    note_hint = "What was found and what was decided: two sentences."
    activities = [(one.value, ACTIVITY_WORDS[one]) for one in Activity]
    contacts = [(one.value, CONTACT_WORDS[one]) for one in Contact]
    programs = [(one.value, one.value) for one in known_programs()]
    return [
        text_input(LENGTH, "Length, or from–to", values, most_characters=100, hint=length_hint),
        select_input(ACTIVITY, "What was done", values, activities),
        select_input(CONTACT, "Contact", values, contacts, optional=True),
        text_input(NOTE, "Note", values, most_characters=NOTE_CHARACTERS, hint=note_hint, multiline=True),
        date_input(DATE, "Date", values),
        select_input(
            PROGRAM, "Program", values, programs, hint="Not needed where the patient has one program.", optional=True
        ),
    ]


def _confirmation(question: str) -> Block:
    return tick_input(CONFIRM, question, {}, "Yes, save it")


def _line_input(values: FormValues) -> Block:
    element = text_field(READ_LINE, values.get(LINE), most_characters=LINE_CHARACTERS, on_enter=True)
    hint = "As behind /ccm log: P-1042 12m meds call What was done. Enter fills the inputs above from it."
    return input_block(LINE, "Paste a line", element, hint=hint, optional=True, dispatch_action=True)


def saved_view(reply: Reply) -> View:
    """Return the modal after a save: the answer to the log."""
    return reply_view(reply, title="Saved")


def prefill(
    *,
    patient_code: str | None,
    length: str,
    activity: Activity | None,
    contact: Contact | None,
    day: date | None,
    program: Program | None,
    note: str,
) -> dict[str, str]:
    """Form values from what was understood of a line."""
    values = {
        PATIENT: patient_code or "",
        LENGTH: length,
        ACTIVITY: activity.value if activity else "",
        CONTACT: contact.value if contact else "",
        DATE: day.isoformat() if day else "",
        PROGRAM: program.value if program else "",
        NOTE: note,
    }
    return {name: value for name, value in values.items() if value}


def missing_intro(missing: Collection[str]) -> str:
    """Return the line above a form that a line with gaps opened; ``missing`` are fields of the line."""
    asked = dict.fromkeys(_ASKED[INPUT_BY_FIELD[field]] for field in missing)
    return f"Still needed: {', '.join(asked)}." if missing else ""


def unclear_intro(problems: Sequence[Problem], missing: Collection[str]) -> str:
    """Return what is said above a form that an unclear line opened.

    Each problem with its example, and what is missing.
    """
    if not problems:
        return missing_intro(missing)
    troubled = {INPUT_BY_FIELD[problem.field] for problem in problems}
    gaps = [field for field in missing if INPUT_BY_FIELD[field] not in troubled]
    lines = ["*That line is not clear yet.* Nothing was saved.", *problem_lines(problems), missing_intro(gaps)]
    return "\n".join(filter(None, lines))


def unlike_intro(unlike: FormValues) -> str:
    """Return what a line says otherwise than the form, by the names of inputs: it stays as it stands in the form."""
    said = "; ".join(f"{_ASKED[name]} (the line says {formatting.escaped(_quoted(name, unlike))})" for name in unlike)
    return f"Left as it stands in the form: {said}." if unlike else ""


def unlike_error(name: str, unlike: FormValues) -> str:
    """Return the error beside an input that says otherwise than the line below it."""
    return f"The line below says {_quoted(name, unlike)}: correct one of the two, or empty the line."


def _quoted(name: str, values: FormValues) -> str:
    shown = values[name].replace("_", " ") if name in {ACTIVITY, CONTACT} else values[name]
    return f"“{formatting.clipped(shown, QUOTED_CHARACTERS)}”"
