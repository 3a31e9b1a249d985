"""``make bench``: every benchmark, each with its aim beside it."""

import logging
import tempfile
from pathlib import Path

from benchmarks import evaluation, home, http, log, month, pickers, processes, starting
from bot.telemetry.logs import configure_logs

configure_logs()
logging.disable(logging.WARNING)
for benchmark in (starting, log, http, processes, month, home, pickers, evaluation):
    with tempfile.TemporaryDirectory() as directory:
        benchmark.run(Path(directory))
