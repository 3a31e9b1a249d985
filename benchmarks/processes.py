"""``/ccm log`` over HTTP on one PostgreSQL: 32 people at four processes, at one, and what ``pgbench`` reaches."""

import csv
import http.client
import itertools
import json
import os
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks.http import wait_until_ready
from benchmarks.postgresql import pgbench, running_server
from benchmarks.practice import AT, local_slack, log_line, signed_body
from benchmarks.timing import percentile_99
from bot.playground import Playground
from bot.runtime.demo import WORKSPACE, bot_running, free_port, load_practice
from ledger.imports.kinds import open_file
from ledger.imports.roster_files import import_staff
from ledger.practice.practice import Practice
from ledger.roster.staff import STAFF_FILE
from ledger.storage.database import Database
from ledger.validation import names

PATIENTS = 300
PEOPLE = 32
CALLS_EACH = 25
PROCESSES = 4
INSERTS_EACH = 100


@dataclass(frozen=True)
class Load:
    """What so many people reached: their calls a second, and the seconds that each call took."""

    per_second: float
    seconds: Sequence[float]

    def __str__(self) -> str:
        tail = percentile_99(list(self.seconds)) * 1000
        return f"{self.per_second:7.0f} a second, median {median(self.seconds) * 1000:6.1f} ms, 99th {tail:6.1f} ms"


def run(directory: Path) -> None:
    """Prints logs a second and the 99th percentile, and both as ratios to one process and to pgbench."""
    with running_server() as server, local_slack() as slack:
        database = Database(server.ledger_url)
        practice = load_practice(database, directory, patients=PATIENTS, at=AT, progress=lambda *_: None)
        _hire(database, practice, directory)
        database.close()
        numbers = itertools.count()
        one = _load(slack, server.ledger_url, numbers, processes=1)
        four = _load(slack, server.ledger_url, numbers, processes=PROCESSES)
        floor = pgbench(server, directory, clients=PEOPLE, inserts_each=INSERTS_EACH)
    inserts = Load(floor.per_second, floor.seconds)
    print(f"/ccm log over HTTP, {PEOPLE} people at once, PostgreSQL with fsync, {os.cpu_count()} processors")
    print(f"  one process               {one}")
    print(f"  {PROCESSES} processes               {four}")
    print(f"  pgbench, one-row insert   {inserts}")
    for name, other in (("one process", one), ("pgbench", inserts)):
        tails = percentile_99(list(four.seconds)) / percentile_99(list(other.seconds))
        print(
            f"  {PROCESSES} processes / {name}: "
            f"{four.per_second / other.per_second:.3f} of the logs a second, {tails:.2f} of the 99th percentile"
        )


def _load(slack: Playground, url: str, numbers: "itertools.count[int]", *, processes: int) -> Load:
    ports = [free_port() for _ in range(processes)]
    with ExitStack() as stack:
        for port in ports:
            stack.enter_context(bot_running(slack, url, http_port=port, is_heard=False))
        for port in ports:
            wait_until_ready(port)
        pool = stack.enter_context(ThreadPoolExecutor(PEOPLE))
        list(pool.map(lambda person: _calls(ports, numbers, person, CALLS_EACH // 5), range(PEOPLE)))
        began = time.perf_counter()
        rounds = list(pool.map(lambda person: _calls(ports, numbers, person, CALLS_EACH), range(PEOPLE)))
        taken = time.perf_counter() - began
    seconds = [each for calls in rounds for each in calls]
    return Load(len(seconds) / taken, seconds)


def _calls(ports: Sequence[int], numbers: "itertools.count[int]", person: int, count: int) -> list[float]:
    """Seconds of each of so many calls of one person, which go to the processes in turn."""
    ways = [http.client.HTTPConnection("127.0.0.1", port, timeout=30) for port in ports]
    seconds = []
    for turn, number in enumerate(itertools.islice(numbers, count), start=person):
        body, headers = signed_body(log_line(number, PATIENTS), _slack_id(person))
        way = ways[turn % len(ways)]
        began = time.perf_counter()
        way.request("POST", "/slack/events", body=body, headers=headers)
        answer = json.loads(way.getresponse().read())
        seconds.append(time.perf_counter() - began)
        assert answer["text"].startswith("Saved"), answer
    for way in ways:
        way.close()
    return seconds


def _hire(database: Database, practice: Practice, directory: Path) -> None:
    """Gives the practice as many coordinators as there are callers: nobody logs at two places at once."""
    path = directory / "callers.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, names(STAFF_FILE), restval="")
        writer.writeheader()
        for number in range(PEOPLE):
            writer.writerow(
                {
                    "id": f"caller{number}",
                    "slack_user_id": _slack_id(number),
                    "name": f"Caller {number}",
                    "credential": "RN",
                    "roles": "coordinator",
                    "active_from": "2025-01-01",
                    "supervised": "yes",
                }
            )
    table = open_file("staff", path)
    with database.of(WORKSPACE).writing() as connection:
        import_staff(connection, practice, table, at=AT, progress=lambda *_: None)


def _slack_id(person: int) -> str:
    return f"U0CALLER{person}"
