"""``/ccm claims [MONTH]``: a month's claim lines, as files and with what became of each; ``mark`` records that."""

from collections.abc import Mapping
from datetime import date

from bot.commands.call import Call
from bot.commands.command import Command, Files, Later, Paging
from bot.grammar.claim_line import EXAMPLE, parse_mark
from bot.grammar.months import parse_month
from bot.permissions import CLOSING
from bot.views import claims as views
from bot.views import formatting
from bot.views.help import Topic
from bot.views.reply import OpenForm, Reply
from ledger.claims.exports import export_claims, last_exported, line_as_exported, list_claims
from ledger.claims.marks import Asked, MarkReceipt, mark_line
from ledger.claims.states import ClaimList, ClaimStatus, ListedLine
from ledger.clock import previous_month
from ledger.errors import LedgerError
from ledger.months.closed_months import closing_in_force
from ledger.roster.directory import find_codes
from ledger.values.amounts import read_dollars
from ledger.values.reading import UnreadableValueError

MARK = "mark"
_SHOWN_CODES = 5


def claims(call: Call) -> Reply | Later:
    """Return what is on its way, the files and the list behind it; or what was recorded of one line.

    Without a month it is the last one that ended.

    Raises:
        LedgerError: For words that are no month, and as ``mark``.
    """
    first, _, rest = call.text.strip().partition(" ")
    if first.lower() == MARK:
        return mark(call.behind(rest.strip()))
    return Later(views.exporting_now(asked_month(call)), lambda: claim_files(call))


def claims_at_page(call: Call, page: int) -> Reply:
    """Return page ``page`` (from 0) of the lines as the month's last export had them; nothing is exported by it."""
    month = asked_month(call)
    with call.database.reading() as connection:
        found = last_exported(connection, call.practice, month)
    return _page(call, found, page)


def _page(call: Call, found: ClaimList, page: int) -> Reply:
    with call.database.reading() as connection:
        closing = closing_in_force(connection, call.practice.practice_id, found.month)
    return views.claims_page(found, call.practice, page=page, is_closed=closing is not None)


def find_claims(call: Call) -> tuple[ClaimList, bool]:
    """Return the lines of the month that the call asks for, and whether it is closed."""
    month = asked_month(call)
    with call.database.reading() as connection:
        found = list_claims(connection, call.practice, month)
        return found, closing_in_force(connection, call.practice.practice_id, month) is not None


def asked_month(call: Call) -> date:
    """Return the first day of the month that the call asks for; without words, the last that ended.

    Raises:
        LedgerError: For words that are no month.
    """
    if not call.text.strip():
        return previous_month(call.today)
    month = parse_month(call.text, today=call.today)
    if not isinstance(month, date):
        raise LedgerError(month.code, month.message, "For example: /ccm claims 2026-10")
    return month


def do_export(call: Call) -> ClaimList:
    """Record an export of the month that the call asks for, and return its lines as they stood to the one before."""
    month = asked_month(call)
    return export_claims(call.database, call.practice, month, at=call.at, by=call.person.staff_id)


def claim_files(call: Call) -> Files | Reply:
    """Return the files of a new export, whose names carry the month alone, and the list; without a line that alone."""
    from ledger.reports.claim_files import claims_csv, claims_workbook  # noqa: PLC0415 - openpyxl loads slowly

    exported = do_export(call)
    listed = _page(call, exported, 0)
    if not exported.lines:
        return listed
    name = f"ccm-claims-{exported.month:%Y-%m}"
    number = exported.export.number if exported.export else 0
    comment = f"Claims · {formatting.month_name(exported.month)} · export {number}: {views.changes_words(exported)}"
    files = {f"{name}.csv": claims_csv(exported), f"{name}.xlsx": claims_workbook(exported)}
    return Files(comment, files, listed)


def mark(call: Call) -> Reply:
    """Record what became of the line that the call names.

    Raises:
        LedgerError: Where the words name no line, or several, or do not go together.
    """
    said = parse_mark(call.text, today=call.today)
    listed = _line_in_words(call, said.patient, said.code, said.month or previous_month(call.today))
    return _save(call, listed, said.status, on_date=said.on_date, paid_cents=said.paid_cents, reason=said.reason)


def _line_in_words(call: Call, patient: str, code: str, month: date) -> ListedLine:
    with call.database.reading() as connection:
        codes = find_codes(connection, call.practice.practice_id, patient)
        if len(codes) != 1:
            found = f"may be {', '.join(codes[:_SHOWN_CODES])}" if codes else "names no patient"
            raise LedgerError("CLAIM_PATIENT", f'"{patient}" {found}. Nothing was saved.', f"For example: {EXAMPLE}")
        lines = list_claims(connection, call.practice, month, codes).lines
    found_lines = [one for one in lines if code in {one.line.code, one.line.key}]
    if len(found_lines) == 1:
        return found_lines[0]
    name = formatting.month_name(month)
    if not lines:
        title = f"{codes[0]} has no claim line in {name}."
        raise LedgerError("CLAIM_LINE_UNKNOWN", f"{title} Nothing was saved.", f"See: /ccm claims {month:%Y-%m}")
    named = ", ".join(f"{one.line.code} ({one.line.key})" for one in found_lines or lines)
    raise LedgerError(
        "CLAIM_LINE_UNKNOWN",
        f"{code} is {'more than one' if found_lines else 'no'} line of {codes[0]} in {name}. Nothing was saved.",
        f"Write the code or the key of one of: {named}",
    )


def open_mark(call: Call) -> OpenForm:
    """Return the form for the line whose address the call carries."""
    return OpenForm(views.mark_form(_line_at(call), call.text, call.today))


def save_mark(call: Call, values: Mapping[str, str]) -> Reply:
    """Record what the form says of the line whose address the call carries.

    Raises:
        LedgerError: As ``mark``.
    """
    paid = values.get(views.PAID)
    try:
        paid_cents = read_dollars(paid) if paid else None
    except UnreadableValueError as error:
        raise LedgerError("CLAIM_AMOUNT", f"{error.message} Nothing was saved.", error.remedy) from error
    return _save(
        call,
        _line_at(call),
        ClaimStatus(values[views.STATUS]),
        on_date=date.fromisoformat(values[views.ON]),
        paid_cents=paid_cents,
        reason=values.get(views.REASON, ""),
    )


def _line_at(call: Call) -> ListedLine:
    key, month, code = call.text.split(" ", 2)
    with call.database.reading() as connection:
        lines = list_claims(connection, call.practice, date.fromisoformat(f"{month}-01"), [code]).lines
    found = next((one for one in lines if one.line.key == key), None)
    if found is None:
        title = f"{code} has this line no more: it was neither exported nor submitted."
        raise LedgerError("CLAIM_LINE_UNKNOWN", title, f"See what there is now: /ccm claims {month}")
    return found


def _save(
    call: Call, listed: ListedLine, status: ClaimStatus, *, on_date: date | None, paid_cents: int | None, reason: str
) -> Reply:
    line = listed.line
    content = {"mark": line.key, "status": status.value, "on": on_date, "paid": paid_cents, "reason": reason}
    with call.database.writing() as connection:
        sent = line_as_exported(connection, call.practice, line.key) or line
        receipt = mark_line(
            connection,
            call.practice,
            Asked(sent, status, on_date, paid_cents, reason),
            request=call.request(content),
            at=call.at,
            by=call.person.staff_id,
        )
    return views.marked(receipt, _now(call, receipt))


def _now(call: Call, receipt: MarkReceipt) -> ListedLine | None:
    line = receipt.mark.line
    with call.database.reading() as connection:
        lines = list_claims(connection, call.practice, line.month, [line.patient_code]).lines
    return next((one for one in lines if one.line.key == line.key), None)


CLAIMS = Command(
    "claims",
    CLOSING,
    claims,
    Topic(
        "claims [MONTH]",
        "The month's claim lines: what is new, changed, withdrawn or to be corrected since the last export; the files "
        "come as a direct message.",
        ("/ccm claims", "/ccm claims 2026-10", EXAMPLE),
        (
            "*MONTH* `last`, `oct`, `oct 2025`, `2026-10`; without one it is the last month that ended.",
            "*mark PATIENT CODE [MONTH] STATUS* records what became of a line, also with a day: `on 11/18`.",
            "*STATUS* `submitted`, `paid 64.13`, `denied CO-97`, or `open`: not submitted after all.",
            "A line marked submitted is never new again: what changes after that is listed as a correction.",
            "Many at once: `ccm import claims FILE` with the file as it was exported, its column status filled in.",
        ),
    ),
    paging=Paging(views.PAGE, claims_at_page),
)
