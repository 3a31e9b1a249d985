"""An invented practice of any size, as the CSV files that ``ccm import`` reads.

``write_sample`` is the only door; ``people`` invents staff and teams, ``cases`` says what happens to patients,
``workdays`` and ``diary`` when, ``entries`` and ``notes`` what is written down.
"""

from ledger.sample.writing import SamplePaths, write_sample

__all__ = ["SamplePaths", "write_sample"]
