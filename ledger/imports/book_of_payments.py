"""A rulebook of another year made of one that there is, with the payments of CMS's relative value file (B4)."""

import json
import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from ledger.imports.payment_file import PaymentFile
from ledger.rules.rulebook import Rulebook

SOURCE = "relative-value-file"


def book_text(
    original: Rulebook, published: PaymentFile, year: int, *, file_name: str, read_on: date
) -> tuple[str, str]:
    """Return name and text of a rulebook of that year: the rules of ``original``, the payments of CMS's file.

    Codes that the file does not have are there without a payment. What the year changed in rules, thresholds or
    programs has to be entered by hand.
    """
    name = f"{original.name.rpartition('-')[0]}-{year}"
    rules, _, _ = original.path.read_text(encoding="utf-8").partition("[[payment]]")
    title = f"CMS, National Physician Fee Schedule Relative Value File {year}, {file_name}"
    source = f"[source.{SOURCE}]\ntitle = {json.dumps(title)}\ndate = {read_on}\n\n"
    written = {
        r"^# Medicare \d{4}(.*) \d{4} ": rf"# Medicare {year}\g<1> {year} ",
        r"^name = .*": f'name = "{name}"',
        r"^in_force_from = .*": f"in_force_from = {year}-01-01",
        r"^in_force_to = .*": f"in_force_to = {year}-12-31",
        r"^non_qualifying = .*\n(?:qualifying = .*\n)?source = .*": _factor(published.conversion_factor or Decimal(0)),
    }
    for pattern, replacement in written.items():
        rules = re.sub(pattern, replacement, rules, count=1, flags=re.MULTILINE)
    rules = rules.replace("[source.", f"{source}[source.", 1)
    return name, rules + "\n".join(_payments(original, published, file_name))


def _factor(dollars: Decimal) -> str:
    return f'non_qualifying = "{dollars:.4f}"\nsource = "{SOURCE}"'


def _payments(original: Rulebook, published: PaymentFile, file_name: str) -> Iterator[str]:
    for code in original.payments:
        known = published.payments.get(code)
        lines = ["[[payment]]", f'code = "{code}"']
        if known is None:
            lines.append(f"unknown = {json.dumps(f'it is not in {file_name}')}")
        else:
            lines.append(f"cents = {known.cents}")
            lines += [f"facility_cents = {known.facility_cents}"] if known.facility_cents else []
        yield "\n".join([*lines, f'source = "{SOURCE}"', ""])
