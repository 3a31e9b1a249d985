"""``ccm month``, ``patient``, ``near`` and ``me``: Slack's answers."""

from dataclasses import asdict

from bot.cli.calls import Author, Words, with_call
from bot.cli.console import print_table
from bot.cli.replies import print_pages, print_reply
from bot.cli.shared import AsJson, Workspace, print_json
from bot.commands.call import Call
from bot.commands.me import find_own, me_pages
from bot.commands.month import find_month
from bot.commands.near import find_near, near_messages
from bot.commands.patient import find_statement, patient_pages
from bot.views.month import COLUMNS, listed_rows, month_head, row_cells
from ledger.cases import statement_json


def month(words: Words = None, workspace: Workspace = None, as_json: AsJson = False) -> None:
    """Billable patients with codes and payment, and for every other patient the reason why not.

    For example: ccm month 2026-11 "Blue Team"
    """

    def show(call: Call) -> None:
        listed, counts, scope, group = find_month(call)
        if as_json:
            print_json(listed)
            return
        print_reply(month_head(counts, call.practice, scope=scope, group=group))
        print_table(COLUMNS, map(row_cells, listed_rows(listed, group)))

    with_call(show, words, workspace)


def patient(words: Words = None, workspace: Workspace = None, as_json: AsJson = False) -> None:
    """The statement of a patient's month, every entry counted or excluded and why.

    For example: ccm patient P-1042 last
    """

    def show(call: Call) -> None:
        if as_json:
            code, _, evaluated = find_statement(call)
            print_json({"patient": code, **statement_json(evaluated.statement), "closing": evaluated.closing})
            return
        print_pages(patient_pages(call))

    with_call(show, words, workspace)


def near(words: Words = None, workspace: Workspace = None, as_json: AsJson = False) -> None:
    """Whom one short call makes billable.

    For example: ccm near "Blue Team"
    """

    def show(call: Call) -> None:
        if as_json:
            print_json(find_near(call)[0])
            return
        for reply in near_messages(call):
            print_reply(reply)

    with_call(show, words, workspace)


def me(author: Author, words: Words = None, workspace: Workspace = None, as_json: AsJson = False) -> None:
    """The person's entries and minutes today, this week or this month, and what they still miss.

    For example: ccm me --as coord1 week
    """

    def show(call: Call) -> None:
        if as_json:
            own = find_own(call)[1]
            print_json([{"name": one.name, **asdict(one), "result": one.result._asdict()} for one in own])
            return
        print_pages(me_pages(call))

    with_call(show, words, workspace, author=author)
