"""The statement of a patient-month: a pure function of its facts, a rulebook and the practice's policy."""

from collections.abc import Sequence
from typing import NamedTuple

from ledger.rules.coding import Claim, claim_of, tally_of
from ledger.rules.counting import count_entries
from ledger.rules.eligibility import ProgramMonth, blockers_of, blocks
from ledger.rules.explanations import alternatives_of, why
from ledger.rules.facts import PatientMonth, Program
from ledger.rules.month_view import MonthView, view_of
from ledger.rules.policy import DEFAULT_POLICY, Policy
from ledger.rules.prices import Prices, prices_of
from ledger.rules.rulebook import Rulebook, RulebookError, is_per_discharge, known_programs
from ledger.rules.statement import Blocker, CodeLine, ProgramStatement, Statement, Status, Transition
from ledger.rules.thresholds import next_thresholds
from ledger.rules.transitions import transitions_of
from ledger.rules.warnings import Audit, Finding, month_findings, warnings_of


class Draft(NamedTuple):
    """A program on its way to its statement: what it would bill, and what blocks it."""

    asked: ProgramMonth
    claim: Claim
    blockers: tuple[Blocker, ...]

    @property
    def time_lines(self) -> tuple[CodeLine, ...]:
        """The lines for minutes, none where a blocker keeps their family off the claim."""
        taken = self.claim.taken
        if taken is None or any(blocks(blocker, taken.family.needs) for blocker in self.blockers):
            return ()
        return self.claim.time_lines[taken.family.name]

    @property
    def lines(self) -> tuple[CodeLine, ...]:
        """The lines on the claim: device periods and discharges first, then minutes.

        What a month lacks blocks no discharge: its own state says what that lacks (T7).
        """
        if any(blocks(blocker, ()) for blocker in self.blockers):
            return tuple(line for line in self.claim.other_lines if is_per_discharge(line.program))
        return (*self.claim.other_lines, *self.time_lines)


def evaluate(facts: PatientMonth, rulebook: Rulebook, policy: Policy = DEFAULT_POLICY) -> Statement:
    """Return the statement of ``facts`` under ``rulebook`` and ``policy``, whatever the order in which the facts stand.

    Programs are those the patient is enrolled in during the month, those that time was logged in, and those of its
    discharges.
    """
    month = view_of(facts, policy)
    prices = prices_of(rulebook, policy, month.first_day)
    transitions = transitions_of(month, rulebook)
    counted = count_entries(month)
    drafts = [
        _draft(ProgramMonth(program, month, rulebook, tally_of(program, counted)), prices)
        for program in _programs(month, transitions)
    ]
    resolved = _without_conflicts(drafts, rulebook, prices)
    findings = month_findings(month, counted)
    return Statement(
        month=month.first_day,
        rulebook_name=rulebook.name,
        rulebook_hash=rulebook.file_hash,
        programs=tuple(_program_statement(draft, findings, prices) for draft in resolved),
        entries=tuple([one.result for one in counted]),
        provisional=rulebook.provisional_in(month.first_day),
        transitions=transitions,
    )


def _programs(month: MonthView, transitions: Sequence[Transition]) -> list[Program]:
    found = {entry.program for entry in month.facts.entries} | month.enrollments.keys()
    found |= {one.program for one in transitions}
    unknown = sorted(found - set(known_programs()))
    if unknown:
        raise RulebookError(
            "PROGRAM_UNKNOWN",
            f"No rulebook has a program {unknown[0]}, of which the patient has time or an enrollment.",
            "Install the version of this program that recorded it, or a newer one.",
        )
    return [program for program in known_programs() if program in found]


def _draft(asked: ProgramMonth, prices: Prices) -> Draft:
    return Draft(asked, claim_of(asked.tally, asked.month, asked.book, prices), blockers_of(asked))


def _without_conflicts(drafts: list[Draft], rulebook: Rulebook, prices: Prices) -> list[Draft]:
    """R2: of two programs never billed together the one that pays more stays; ties go to the lower base code.

    The other is blocked where minutes count in both and one of them is billable.
    """
    by_program = {draft.asked.program: draft for draft in drafts}
    for pair in rulebook.conflict.never_together:
        rivals = [by_program[program] for program in pair if program in by_program]
        if len(rivals) < len(pair) or not all(draft.asked.tally.minutes.total for draft in rivals):
            continue
        first, second = sorted(rivals, key=_precedence)
        if first.lines:
            outbid = second.asked._replace(outbid_by=first.asked.program)
            by_program[second.asked.program] = _draft(outbid, prices)
    return list(by_program.values())


def _precedence(draft: Draft) -> tuple[bool, int, str]:
    taken = draft.claim.taken
    base_code = taken.family.base.code if taken is not None else ""
    return not draft.lines, -sum(line.amount_cents for line in draft.lines), base_code


def _program_statement(draft: Draft, findings: Sequence[Finding], prices: Prices) -> ProgramStatement:
    asked, claim, lines = draft.asked, draft.claim, draft.lines
    minutes, policy = asked.tally.minutes, asked.month.policy
    upcoming = next_thresholds(claim, minutes, prices, policy)
    audit = Audit(
        month=asked.month,
        tally=asked.tally,
        taken=claim.taken,
        minutes_billed=bool(draft.time_lines),
        needs_care_plan=asked.needs_plan,
        counts_readings=bool(asked.book.reading_families.get(asked.program)),
        findings=findings,
    )
    return ProgramStatement(
        program=asked.program,
        status=Status.BILLABLE if lines else Status.BLOCKED if draft.blockers else Status.BELOW_THRESHOLD,
        counted_minutes=minutes.total,
        staff_minutes=minutes.total - minutes.practitioner,
        practitioner_minutes=minutes.practitioner,
        codes=lines,
        blockers=draft.blockers,
        warnings=warnings_of(audit),
        next=upcoming,
        alternatives=alternatives_of(claim, lines, draft.blockers),
        why=why(asked, claim, lines, draft.blockers, upcoming),
    )
