"""Lists over a large practice: they read stored figures, so they take a small part of evaluating the month."""

from pathlib import Path
from statistics import median

from benchmarks.practice import AT, sample_ledger
from benchmarks.timing import in_turn, milliseconds
from bot.commands.call import Call
from bot.commands.month import month
from bot.commands.near import near
from bot.runtime.demo import WORKSPACE
from ledger.months.patient_months import evaluate_record
from ledger.patients.records import load_records
from ledger.practice.practice import get_practice
from ledger.roster.directory import OPERATOR

PATIENTS = 5000


def run(directory: Path) -> None:
    """Prints what the lists take, against evaluating every patient-month anew."""
    database = sample_ledger(directory, PATIENTS)
    with database.of(WORKSPACE).reading() as connection:
        practice = get_practice(connection, WORKSPACE)
    call = Call(database.of(WORKSPACE), practice, OPERATOR, "", AT, "benchmark")
    this_month = practice.local_date(AT).replace(day=1)
    codes = [f"P-{1001 + number}" for number in range(PATIENTS)]

    def evaluate_all(_: int) -> None:
        with database.of(WORKSPACE).reading() as connection:
            for start in range(0, PATIENTS, 500):
                records = load_records(connection, practice, codes[start : start + 500], this_month)
                for code, record in records.items():
                    evaluate_record(practice, code, record, this_month)

    seconds = in_turn(
        {
            "/ccm month": lambda _: month(call).payload(),
            "/ccm near": lambda _: near(call).payload(),
            "evaluating all": evaluate_all,
        },
        rounds=5,
        warm_up=1,
    )
    print(f"Lists of {PATIENTS:,} patients, in process")
    for name, taken in seconds.items():
        ratio = median(taken) / median(seconds["evaluating all"])
        print(f"  {name:14} median {milliseconds(taken)}, {ratio:.2f} of evaluating all")
    database.close()
