"""``/ccm log`` over HTTP: 32 concurrent callers of one ``ccm serve --http``."""

import http.client
import itertools
import json
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median

from benchmarks.practice import local_slack, log_line, sample_ledger, signed_body
from benchmarks.timing import milliseconds, percentile_99
from bot.runtime.demo import bot_running, free_port

PATIENTS = 300
CALLERS = 32
CALLS_EACH = 30
AIM = 4


def run(directory: Path) -> None:
    """Prints the 99th percentile as a multiple of the median."""
    database = sample_ledger(directory, PATIENTS)
    database.close()
    port = free_port()
    numbers = itertools.count()
    with local_slack() as slack, bot_running(slack, str(database.url), http_port=port, is_heard=False):
        wait_until_ready(port)
        _calls(port, numbers, CALLS_EACH // 3)
        with ThreadPoolExecutor(CALLERS) as callers:
            rounds = callers.map(lambda _: _calls(port, numbers, CALLS_EACH), range(CALLERS))
            seconds = [each for taken in rounds for each in taken]
    print(f"/ccm log over HTTP, {CALLERS} concurrent callers, SQLite with synchronous=FULL")
    print(f"  median {milliseconds(seconds)}, of {len(seconds)} calls")
    print(f"  99th percentile / median: {percentile_99(seconds) / median(seconds):.2f}   (aim: at most {AIM})")


def _calls(port: int, numbers: "itertools.count[int]", count: int) -> list[float]:
    """Seconds of each of so many calls over one connection."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    seconds = []
    for number in itertools.islice(numbers, count):
        body, headers = signed_body(log_line(number, PATIENTS))
        began = time.perf_counter()
        connection.request("POST", "/slack/events", body=body, headers=headers)
        answer = json.loads(connection.getresponse().read())
        seconds.append(time.perf_counter() - began)
        assert answer["text"].startswith("Saved"), answer
    connection.close()
    return seconds


def wait_until_ready(port: int) -> None:
    """Returns when the bot at that port can do its work; raises ``TimeoutError`` where it does not come to that."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=1)
            connection.request("GET", "/readyz")
            if connection.getresponse().status == http.client.OK:
                return
        except OSError:
            time.sleep(0.05)
    raise TimeoutError("ccm serve did not become ready")
