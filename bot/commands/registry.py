"""The commands by name: what each does, in words and in examples that work when pasted."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from bot.commands.call import Call
from bot.commands.card import card
from bot.commands.close import close
from bot.commands.corrections.add import add
from bot.commands.corrections.fix import fix
from bot.commands.corrections.undo import undo
from bot.commands.corrections.void import void
from bot.commands.digest import digest
from bot.commands.export import export
from bot.commands.facts.registry import FACT_KEEPERS
from bot.commands.facts.shared import record
from bot.commands.log import log
from bot.commands.me import me
from bot.commands.month import month
from bot.commands.near import near
from bot.commands.patient import patient
from bot.commands.reopen import reopen
from bot.commands.roster.patients import patients
from bot.commands.roster.staff import staff
from bot.commands.roster.team import team
from bot.commands.settings import settings
from bot.commands.timers.cancel import cancel
from bot.commands.timers.start import start
from bot.commands.timers.stop import stop
from bot.grammar.commands import closest, split_command
from bot.grammar.quotes import unescape
from bot.permissions import ROLES_BY_COMMAND, require
from bot.views.help import Topic, help_card
from bot.views.reply import OpenForm, Reply
from ledger.errors import LedgerError

Answer = Reply | OpenForm
"""A message or a form."""


@dataclass(frozen=True, slots=True)
class Command:
    """A command: its handler and what the help says of it."""

    handle: Callable[[Call], Answer]
    topic: Topic


COMMANDS: dict[str, Command] = {
    "log": Command(
        log,
        Topic(
            "log CODE LENGTH [WHAT] [HOW] [WHEN] [PROGRAM] NOTE",
            "Saves time right after the call and shows the running total. Alone, it opens a form.",
            (
                "/ccm log P-1042 12m meds call Reconciled the insulin list. Dose confirmed.",
                "/ccm log P-1042 10:05-10:17 labs yesterday Reviewed the potassium. Result sent to the practitioner.",
            ),
        ),
    ),
    "start": Command(
        start,
        Topic(
            "start CODE [WHAT] [HOW] [PROGRAM] [NOTE]",
            "Starts your timer: the entry will have the real times. Alone, it opens a form.",
            ("/ccm start P-1042 meds call",),
        ),
    ),
    "stop": Command(
        stop,
        Topic(
            "stop [WHAT] [HOW] [PROGRAM] NOTE",
            "Stops your timer and saves its time as an entry. What is missing is asked for in a form.",
            ("/ccm stop Reconciled the insulin list. Dose confirmed.",),
        ),
    ),
    "cancel": Command(cancel, Topic("cancel", "Throws your running timer away: nothing is logged.", ("/ccm cancel",))),
    "undo": Command(undo, Topic("undo", "Voids your last entry if it is under 15 minutes old.", ("/ccm undo",))),
    "void": Command(
        void,
        Topic(
            "void ENTRY REASON",
            "An entry no longer counts; it stays on record with the reason. Your own, or as a lead your team's.",
            ("/ccm void P-1042#1 Logged for the wrong patient.",),
        ),
    ),
    "fix": Command(
        fix,
        Topic(
            "fix ENTRY [LENGTH] [WHAT] [HOW] [WHEN] [PROGRAM] [NOTE]",
            "Voids an entry of yours and saves the one that replaces it: what you do not say stays as it was.",
            ("/ccm fix P-1042#1 15m", "/ccm fix P-1042#3 10:05-10:17 labs"),
        ),
    ),
    "add": Command(
        add,
        Topic(
            "add ENTRY TEXT",
            "Adds to a note; the note before it stays as it was. To your own, or as a lead to your team's.",
            ("/ccm add P-1042#1 The pharmacy confirmed the new dose.",),
        ),
    ),
    "me": Command(
        me,
        Topic(
            "me [today|week|month]",
            "Your entries and minutes, and what you still miss.",
            ("/ccm me", "/ccm me week"),
        ),
    ),
    "patient": Command(
        patient,
        Topic(
            "patient CODE [MONTH]",
            "The statement: minutes, codes, what is missing, every entry counted or excluded and why.",
            ("/ccm patient P-1042", "/ccm patient P-1042 last"),
        ),
    ),
    "near": Command(
        near,
        Topic(
            "near [TEAM]",
            "Whom one short call makes billable: patients 1 to 5 minutes short of the next code.",
            ("/ccm near", "/ccm near Blue Team"),
        ),
    ),
    "month": Command(
        month,
        Topic(
            "month [MONTH] [TEAM] [PROGRAM] [STATUS]",
            "Billable patients with codes and payment, and for every other patient the reason why not.",
            ("/ccm month", "/ccm month last Blue Team", "/ccm month 2026-11 rpm", "/ccm month last blocked"),
        ),
    ),
    "export": Command(
        export,
        Topic(
            "export [MONTH] [TEAM]",
            "The month as a workbook and as CSV, in a direct message: billable, blocked, entries, audit warnings.",
            ("/ccm export", "/ccm export last"),
        ),
    ),
    "close": Command(
        close,
        Topic(
            "close [MONTH]",
            "What a close would freeze: who is billable, who is blocked; the button closes. Who closed a closed month.",
            ("/ccm close", "/ccm close october"),
            (
                "*MONTH* `last`, `oct`, `oct 2025`, `2026-10`; without one it is the last month that ended.",
                "A closed month keeps its statements and takes no entry, correction or addendum (rule E9).",
                "Closed again after a reopen, it shows what changed since the close before, patient by patient.",
            ),
        ),
    ),
    "reopen": Command(
        reopen,
        Topic(
            "reopen MONTH REASON",
            "A closed month takes entries again; the reason stays on record, and so does what was frozen.",
            ("/ccm reopen 2026-10 A call of that month was logged late.",),
        ),
    ),
    "digest": Command(
        digest,
        Topic(
            "digest [TEAM]",
            "Shows the next pre-close digest, when it will be posted, and posts it now if you say so.",
            ("/ccm digest Blue Team",),
        ),
    ),
    "patients": Command(
        patients,
        Topic(
            "patients [CODE|TEAM]",
            "The roster of patients: who is on it, what keeps each from being billed; add one or change one.",
            ("/ccm patients", "/ccm patients P-1042", "/ccm patients Blue Team"),
        ),
    ),
    "staff": Command(
        staff,
        Topic(
            "staff [PERSON]",
            "The people with their roles and teams; add one or change one. By id, Slack id or beginning of a name.",
            ("/ccm staff", "/ccm staff lead1"),
        ),
    ),
    "team": Command(
        team,
        Topic(
            "team [NAME]",
            "The care teams and their channels; add one, rename one or give it another channel.",
            ("/ccm team", "/ccm team Blue Team"),
        ),
    ),
    "settings": Command(
        settings,
        Topic(
            "settings [NAME|history]",
            "What the practice decides for itself: its settings, who changed them, and a form for each.",
            ("/ccm settings", "/ccm settings care_plan_max_days", "/ccm settings history"),
        ),
    ),
    **{name: Command(partial(record, keeper), keeper.topic) for name, keeper in FACT_KEEPERS.items()},
}


KEEPING_ESCAPES = frozenset({"log", "fix", "start", "stop"})
"""Lines that keep Slack's escapes: their grammar undoes them in the note, and must not do so twice."""


def answer(call: Call) -> Answer:
    """What the text behind ``/ccm`` leads to.

    Raises ``LedgerError`` for a command that is none, with the closest one, or that the person may not use.
    """
    command = split_command(call.text)
    if command.name in {"", "help"}:
        require(call.person, command.name)
        return _help(call, command.rest) if command.name else card(call, _names(call))
    if command.name not in COMMANDS:
        raise _unknown(unescape(command.name), unescape(command.rest))
    require(call.person, command.name)
    rest = command.rest if command.name in KEEPING_ESCAPES else unescape(command.rest)
    return COMMANDS[command.name].handle(call.behind(rest))


def _names(call: Call) -> list[str]:
    return [name for name in COMMANDS if call.person.roles & ROLES_BY_COMMAND[name]]


def _topics(call: Call) -> list[Topic]:
    return [COMMANDS[name].topic for name in _names(call)]


def _help(call: Call, about: str) -> Reply:
    name = about.split(" ", maxsplit=1)[0].lower()
    if not name:
        return help_card(_topics(call))
    if name not in COMMANDS:
        raise _unknown(name, "", f"/ccm help {closest(name, COMMANDS) or 'log'}")
    return help_card([COMMANDS[name].topic])


def _unknown(name: str, rest: str, example: str = "") -> LedgerError:
    near_miss = closest(name, (*COMMANDS, "help"))
    suggestion = example or (f"/ccm {near_miss} {rest}".strip() if near_miss else "/ccm help")
    meant = f"Did you mean: {suggestion}" if near_miss else f"What there is: {suggestion}"
    return LedgerError("COMMAND_UNKNOWN", f"There is no command {name!r}.", meant)
