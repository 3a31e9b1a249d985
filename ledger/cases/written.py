"""The statement of a patient-month as JSON."""

from typing import Any

from ledger.rules.statement import Alternative, CodeLine, EntryResult, ProgramStatement, Statement, Transition


def statement_json(statement: Statement) -> dict[str, Any]:
    """Return the statement in the shape that ``ccm evaluate --json`` prints: dates as text, money in cents."""
    return {
        "month": f"{statement.month:%Y-%m}",
        "rulebook": statement.rulebook_name,
        **({"provisional": True} if statement.provisional else {}),
        "expected_cents": statement.expected_cents,
        "codes": [_line_json(line) for line in statement.codes],
        "programs": [_program_json(part) for part in statement.programs],
        "entries": [_entry_json(entry) for entry in statement.entries],
        **(
            {"discharges": [_discharge_json(one, statement) for one in statement.transitions]}
            if statement.transitions
            else {}
        ),
    }


def _discharges_json(statement: Statement) -> dict[str, Any]:
    found = [_discharge_json(one, statement) for one in statement.transitions]
    return {"discharges": found} if found else {}


def _discharge_json(one: Transition, statement: Statement) -> dict[str, Any]:
    billed = [line for line in statement.codes if (line.code, line.date_of_service) == (one.code, one.date_of_service)]
    found: dict[str, Any] = {"date": one.discharged_on.isoformat(), "state": one.state.value}
    for line in billed[:1]:
        found |= {"code": line.code, "cents": line.amount_cents, "date_of_service": line.date_of_service.isoformat()}
    found |= {"contact_due": one.contact_due.isoformat(), "visit_due": one.visit_due.isoformat()}
    return found | ({"why": one.why} if one.why else {})


def _line_json(line: CodeLine) -> dict[str, Any]:
    return {
        "code": line.code,
        "units": line.units,
        "program": line.program.value,
        "family": line.family,
        "cents": line.amount_cents,
        "date_of_service": line.date_of_service.isoformat(),
        **({"first_day": line.first_day.isoformat()} if line.first_day else {}),
    }


def _program_json(part: ProgramStatement) -> dict[str, Any]:
    return {
        "program": part.program.value,
        "status": part.status.value,
        "counted_minutes": part.counted_minutes,
        "staff_minutes": part.staff_minutes,
        "practitioner_minutes": part.practitioner_minutes,
        "blockers": [blocker.name for blocker in part.blockers],
        "warnings": [
            {"code": warning.code, "name": warning.name, "entries": list(warning.entries)} for warning in part.warnings
        ],
        "next": [
            {"code": step.code, "minutes_missing": step.minutes_missing, "cents": step.amount_cents}
            for step in part.next
        ],
        "alternatives": [_alternative_json(alternative) for alternative in part.alternatives],
        "why": part.why,
    }


def _alternative_json(alternative: Alternative) -> dict[str, Any]:
    return {
        "family": alternative.family,
        "codes": [_line_json(line) for line in alternative.codes],
        "cents": alternative.amount_cents,
        "why_not": alternative.why_not,
    }


def _entry_json(entry: EntryResult) -> dict[str, Any]:
    return {
        "index": entry.number,
        **({"date": entry.date_of_service.isoformat()} if entry.is_part else {}),
        "minutes": entry.duration_minutes,
        "counted": entry.counted_minutes,
        "excluded": [
            {"minutes": cut.minutes, "reason": cut.reason, "rule": cut.rule, "text": cut.text} for cut in entry.excluded
        ],
    }
