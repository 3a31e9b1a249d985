"""A statement in full sentences: every entry, every blocker, every family that was open, in lines of plain text."""

from collections.abc import Iterator

from bot.views import formatting
from ledger.rules.catalogue import RuleText
from ledger.rules.facts import PatientMonth, TimeEntry
from ledger.rules.statement import CodeLine, EntryResult, ProgramStatement, Statement


def statement_lines(statement: Statement) -> Iterator[str]:
    """Yield the lines of the statement, program by program."""
    provisional = ", provisionally (rule B1)" if statement.provisional else ""
    yield f"{formatting.month_name(statement.month)}, rulebook {statement.rulebook_name}{provisional}"
    yield f"Expected payment: {formatting.money(statement.expected_cents)}"
    for part in statement.programs:
        yield ""
        yield from _program(part)


def entry_lines(facts: PatientMonth, statement: Statement) -> Iterator[str]:
    """Yield the lines of the entries: what of each counts, and under which rule the rest does not."""
    yield ""
    yield "Entries" if statement.entries else "No entries."
    noted = {(entry.number, entry.date_of_service): entry for entry in facts.entries}
    for result in statement.entries:
        yield from _entry(result, noted[result.number, result.date_of_service])


def _program(part: ProgramStatement) -> Iterator[str]:
    yield (
        f"{part.program}: {formatting.STATUS_WORDS[part.status].lower()}, {formatting.minutes(part.counted_minutes)} "
        f"counted ({part.staff_minutes} staff, {part.practitioner_minutes} practitioner)"
    )
    for line in part.codes:
        yield f"  {_code(line)}, date of service {line.date_of_service:%Y-%m-%d}"
    if part.why:
        yield f"  Why: {part.why}"
    for blocker in part.blockers:
        yield f"  Blocked, {blocker.name}: {blocker.text}. {blocker.remedy}"
    for alternative in part.alternatives:
        codes = ", ".join(map(_code, alternative.codes)) or "no code"
        yield f"  Not taken, {alternative.family} ({codes}): {alternative.why_not}"
    for step in part.next:
        worth = formatting.money(step.amount_cents) if step.amount_cents else "payment unknown"
        yield f"  Next: {formatting.minutes(step.minutes_missing)} more for {step.code} ({worth})"
    for warning in part.warnings:
        entries = f" Entries {', '.join(map(str, warning.entries))}." if warning.entries else ""
        yield f"  Warning {warning.code} {warning.name}: {warning.text}.{entries}"


def _code(line: CodeLine) -> str:
    worth = formatting.money(line.amount_cents) if line.payment_known else "payment unknown"
    return f"{line.units} × {line.code} ({worth})"


def _entry(result: EntryResult, entry: TimeEntry) -> Iterator[str]:
    when = f"{result.date_of_service:%Y-%m-%d}"
    if entry.started_at and entry.ended_at:
        when = f"{when} {formatting.span(entry.started_at, entry.ended_at)}"
    yield (
        f"  [{result.number}] {when}, {entry.staff_id}, {result.program}, {formatting.ACTIVITY_WORDS[entry.activity]}: "
        f"{result.counted_minutes} of {formatting.minutes(result.duration_minutes)} counted"
    )
    for cut in result.excluded:
        yield f"      {formatting.minutes(cut.minutes)} excluded, {cut.reason} ({cut.rule}): {cut.text}"


def rule_summary(rule: RuleText) -> Iterator[str]:
    """Yield one rule in short: its number and name, what it says, and what changes it."""
    yield f"{rule.number} {rule.name}" if rule.number != rule.name else rule.number
    yield f"  {rule.words}"
    if rule.policy:
        yield f"  Changed by the practice policy: {rule.policy}"


def rule_lines(rule: RuleText) -> Iterator[str]:
    """Yield one rule in full: the summary, how a blocker is cleared, an example and the source."""
    yield from rule_summary(rule)
    if rule.remedy:
        yield f"  To clear it: {rule.remedy}"
    yield f"  Example: {rule.example}"
    yield f"  Source: {rule.source}"
