"""The digest as a team's channel sees it: codes and minutes, staff by id, nothing else."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from bot.views import formatting
from bot.views.blocks import Block, Element, Option, option, select_menu
from bot.views.reply import Reply, actions, button, context, header, image, section, sections, table
from bot.views.worklist import (
    BLOCKED_TITLE,
    COLUMNS,
    RIGHT,
    apart_blocks,
    band_counts,
    blocked_words,
    cells,
    nobody_near,
    sentence,
)
from jobs.digests.listing import FIRST_MESSAGE, Picture
from jobs.digests.posting import Digest
from jobs.digests.standing import Standing, State
from jobs.scheduling.schedules import calendar_of
from ledger.characters import characters
from ledger.clock import month_of

POST_NOW = "digest_post_now"
PAGE = "digest_page"
TAKE = "digest_take"
LOG = "digest_log"
REFRESH = "digest_refresh"

APART_NAMED = 10
NAME_CHARACTERS = 40
"""Of a code or a staff id in a table: so 50 rows fit into one, whatever becomes of them."""


def digest_messages(digest: Digest, *, living: bool = True) -> list[Reply]:
    """Return the digest: one message, and where the list is longer, those that continue it in the thread.

    ``living`` messages have the picture, and menus to take patients of theirs and to log time for them.
    """
    if not digest.standings:
        nobody = nobody_near(_title(digest), " ".join([*_late(digest), _so_far(digest), *_since(digest)]))
        return [replace(nobody, blocks=(*nobody.blocks, *_apart(digest)))]
    last = max(one.listed.message_number for one in digest.standings)
    return [_message(digest, number, living=living) for number in range(FIRST_MESSAGE, last + 1)]


def _title(digest: Digest) -> str:
    return f"{digest.team.name} · {formatting.month_name(digest.month.month)}"


def _so_far(digest: Digest) -> str:
    month = digest.month
    said = (
        f"Billable now: {month.billable_patients} of {formatting.listed(month.enrolled_patients, 'enrolled patient')} "
        f"({month.capture_percent} %) · expected payment {formatting.money(month.expected_cents)}"
    )
    return "\n".join([said, *formatting.provisional_lines(month.month, is_so=digest.worklist.provisional)])


def _since(digest: Digest) -> list[str]:
    """Return the line about those who came near after the list was made."""
    if not digest.near_since:
        return []
    are = "patient is" if digest.near_since == 1 else "patients are"
    return [
        (
            f"*{digest.near_since}* more {are} near since this list was made: "
            f"/ccm near {formatting.escaped(digest.team.name)}"
        )
    ]


def _message(digest: Digest, number: int, *, living: bool) -> Reply:
    here = [one for one in digest.standings if one.listed.message_number == number]
    rows = [one for one in here if not one.listed.blocked]
    blocked = [one for one in here if one.listed.blocked]
    all_rows = [one for one in digest.standings if not one.listed.blocked]
    blocks: list[Block] = []
    text = f"{_title(digest)}: blocked patients, continued"
    if number == FIRST_MESSAGE:
        text = f"{_title(digest)}: {_sentence(all_rows)}"
        blocks += [header(_title(digest)), *sections(_summary(digest, all_rows))]
    if rows:
        before = all_rows.index(rows[0])
        label = f"Rows {before + 1}–{before + len(rows)} of {len(all_rows)}"
        goes_on = before + len(rows) < len(all_rows)
        if number != FIRST_MESSAGE:
            text = f"{_title(digest)}: {label}"
            blocks.append(context(label))
        blocks.append(table((*COLUMNS, "Status"), [_row(one) for one in rows], right=RIGHT))
        if number == FIRST_MESSAGE and goes_on:
            blocks.append(context(f"{label}; the rest follows in the thread."))
    if blocked:
        blocks += sections([BLOCKED_TITLE, *(f"• {_blocked_line(one)}" for one in blocked)])
    if number == FIRST_MESSAGE:
        blocks += _apart(digest)
    if living:
        blocks.append(_menus(here))
        if number == FIRST_MESSAGE and digest.picture is not None and digest.picture.shown:
            blocks.append(picture_block(digest.picture))
    return Reply(text, tuple(blocks))


def _apart(digest: Digest) -> list[Block]:
    """Return who is near, was not listed and cannot be finished now (N4); of those listed their rows say so."""
    listed = {(one.listed.patient_code, one.listed.program) for one in digest.standings}
    found = [
        one
        for one in digest.worklist.apart
        if (one.patient.figures.patient_code, one.patient.figures.program) not in listed
    ]
    return apart_blocks(found, most=APART_NAMED)


def _summary(digest: Digest, rows: Sequence[Standing]) -> list[str]:
    today = digest.practice.local_date(digest.at)
    days_left = formatting.listed(calendar_of(digest.practice).days_left(today), "business day")
    left = f"*{days_left} left* to reach the next code."
    if month_of(today) != digest.month.month:
        left = "*The month is over.*"
    return [*_late(digest), left, _so_far(digest), *_counts(rows), *_since(digest)]


def _late(digest: Digest) -> list[str]:
    """Return the line that says so of a digest that was posted late."""
    if digest.late_since is None:
        return []
    return [f"*Late:* this list was due at {formatting.clock(digest.practice.local(digest.late_since))}."]


def _counts(rows: Sequence[Standing]) -> list[str]:
    if not rows:
        return ["Nobody whom minutes alone would make billable is within 5 minutes of the next code."]
    open_ones, done = _open(rows), _done(rows)
    if not open_ones:
        return [f"Nobody on this list is open any more: *{done}* of {len(rows)} done."]
    worth = f"Worth if finished: *{formatting.money(_worth_cents(open_ones))}*"
    return [
        band_counts((one.listed.program, one.listed.band) for one in open_ones),
        f"{worth} · done: *{done}* of {len(rows)}" if done else worth,
    ]


def _sentence(rows: Sequence[Standing]) -> str:
    open_ones, done = _open(rows), _done(rows)
    said = sentence(len(open_ones), _worth_cents(open_ones))
    return f"{said} {done} of {len(rows)} done." if done else said


def _open(rows: Iterable[Standing]) -> list[Standing]:
    return [one for one in rows if one.state is State.OPEN]


def _done(rows: Iterable[Standing]) -> int:
    return sum(one.state is State.DONE for one in rows)


def _worth_cents(rows: Iterable[Standing]) -> int:
    return sum(one.step.amount_cents for one in rows)


def _row(one: Standing) -> tuple[str, ...]:
    listed = one.listed
    step = replace(listed.threshold, minutes_missing=0) if one.state is State.DONE else one.step
    code = formatting.clipped(listed.patient_code, NAME_CHARACTERS)
    return (*cells(code, listed.program, listed.band, step, one.figures, staff=_staff), _status(one))


def _staff(staff_id: str) -> str:
    return formatting.clipped(staff_id, NAME_CHARACTERS)


def _status(one: Standing) -> str:
    taken = f"taken by {_staff(one.taken_by)}" if one.taken_by else ""
    if one.state is State.DONE:
        return f"done by {_staff(one.done_by)}" if one.done_by else "done"
    if one.state is State.OPEN:
        return taken or "open"
    why = {State.BLOCKED: "blocked now", State.APART: one.why_apart}.get(one.state, "not near now")
    return f"{why}, {taken}" if taken else why


def _blocked_line(one: Standing) -> str:
    """Return a patient who was blocked when the list was made: by what still, or what has become of it."""
    taken = f" · taken by {formatting.escaped(_staff(one.taken_by))}" if one.taken_by else ""
    if one.state is State.BLOCKED and one.figures is not None:
        return f"{blocked_words(one.figures)}{taken}"
    listed = one.listed
    patient = f"*{listed.patient_code}* · {listed.program} · {formatting.minutes(one.counted_minutes)}"
    if one.state is State.OPEN:
        return f"{patient} · no longer blocked: {one.step.minutes_missing} more for {one.step.code}{taken}"
    return f"{patient} · {formatting.escaped(_status(one))}"


def _menus(here: Sequence[Standing]) -> Block:
    """Menus of the patients of this message who are not done, and a button to look again."""
    over = {State.DONE, State.APART}
    waiting = [one for one in here if one.state not in over and characters(one.listed.patient_code) <= NAME_CHARACTERS]
    by_code: dict[str, Standing] = {}
    for one in waiting:
        by_code.setdefault(one.listed.patient_code, one)
    elements: list[Element] = []
    if waiting:
        take = [_option(one, code) for code, one in by_code.items()]
        log = [_option(one, f"{one.listed.patient_code} {one.listed.program.lower()}") for one in waiting]
        elements += [
            select_menu(TAKE, take, placeholder="Take a patient…"),
            select_menu(LOG, log, placeholder="Log time for…"),
        ]
    return actions(*elements, button("Refresh", REFRESH, ""))


def _option(one: Standing, value: str) -> Option:
    taken = f" · taken by {one.taken_by}" if one.taken_by else ""
    label = f"{one.listed.patient_code} · {one.listed.program} · {one.counted_minutes} min{taken}"
    return option(value, label)


def picture_block(picture: Picture) -> Block:
    """Return the picture, with the same in words for those who do not see it."""
    return image(picture.file_id, picture.alt)


def picture_message(digest: Digest, picture: Picture) -> Reply:
    """Return the picture as a message of its own, for the thread."""
    return Reply(f"{_title(digest)}: patients by counted minutes", (picture_block(picture),))


def post_now_button(asked: Mapping[str, str]) -> Element:
    """Return the button that posts the digest of the team that ``asked`` names."""
    return button("Post now", POST_NOW, asked)


def digest_preview(digest: Digest, *, coming: str) -> list[Reply]:
    """Return what the digest would say now, when the next one comes, and a button to post it now."""
    messages = digest_messages(digest, living=False)
    first = messages[0]
    when = f"*Preview for <#{digest.team.channel_id}>.* Next digests: {coming}."
    shown = [context("When it is posted it has menus to take a patient and to log time.")] if digest.standings else []
    post = actions(post_now_button({"team": digest.team.name}))
    preview = Reply(f"Preview. {first.text}", (section(when), *first.blocks, *shown, post))
    return [preview, *messages[1:]]
