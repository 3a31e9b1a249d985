"""The columns of a file of claim lines, as it goes out and as it comes back."""

from ledger.claims.lines import MOST_DIAGNOSES
from ledger.validation import Column

STATUS = (
    Column("line_key", ("key",)),
    Column("status"),
    Column("status_on", ("on",), may_be_missing=True),
    Column("paid", ("paid_amount",), may_be_missing=True),
    Column("reason", ("denial_reason",), may_be_missing=True),
    Column("export", may_be_missing=True),
)
"""What is read of a file that comes back. ``export`` says which export the biller had before them."""

DIAGNOSES = tuple(f"diagnosis_{number}" for number in range(1, MOST_DIAGNOSES + 1))

LINE = (
    "change",
    "what_changed",
    "lacks",
    "patient",
    "program",
    "month",
    "code",
    "units",
    "from_date",
    "to_date",
    "place_of_service",
    *DIAGNOSES,
    "billing_practitioner",
    "billing_name",
    "billing_npi",
    "rendering_practitioner",
    "rendering_name",
    "rendering_npi",
    "expected_payment",
    "statement_hash",
)
"""What says which line it is and what to file; a file that comes back may have it or not."""

CLAIM_FILE = (*STATUS, *(Column(name, may_be_missing=True) for name in LINE))
"""Every column of the file by which lines come back: what was exported is imported as it is."""
