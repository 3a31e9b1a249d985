"""``make bench``: every benchmark, each with its aim beside it."""

import logging
import tempfile
from pathlib import Path

from benchmarks import log

logging.disable(logging.WARNING)
with tempfile.TemporaryDirectory() as directory:
    log.run(Path(directory))
