"""Which imported rows may be the same work as another entry: they are stored, and the import says so (E7b, W12)."""

from collections.abc import Iterable

from ledger.months.patient_months import EvaluatedMonth
from ledger.recording.entries import entry_name
from ledger.rules.catalogue import CATALOGUE
from ledger.rules.formatting import listed

LINES_NAMED = 5


class Doubles:
    """What an import stored, by line of its file, and what the statements then warn of."""

    def __init__(self) -> None:
        self._lines: dict[tuple[str, int], int] = {}
        self._found: dict[int, str] = {}

    def stored(self, patient_code: str, positions: Iterable[int], line: int) -> None:
        """Keep where the parts of the row of ``line`` were stored."""
        self._lines |= dict.fromkeys(((patient_code, position) for position in positions), line)

    def seen(self, patient_code: str, evaluated: EvaluatedMonth) -> None:
        """Keep which stored rows a statement warns of (W12)."""
        rule = CATALOGUE["W12"]
        for warning in (
            one for part in evaluated.statement.programs for one in part.warnings if one.code == rule.number
        ):
            for position in warning.entries:
                if line := self._lines.get((patient_code, position)):
                    self._found[line] = entry_name(patient_code, position)

    def warnings(self) -> tuple[str, ...]:
        """Return one sentence for all rows, with the first lines named; none where there are none."""
        if not self._found:
            return ()
        lines = sorted(self._found)
        named = listed(f"line {line} ({self._found[line]})" for line in lines[:LINES_NAMED])
        more = f" and {len(lines) - LINES_NAMED} more" if len(lines) > LINES_NAMED else ""
        first = self._found[lines[0]]
        code = first.partition("#")[0]
        said = f"Stored, but perhaps the same work logged twice (rule W12): {named}{more}."
        return (f"{said} See /ccm patient {code}, and void what is there twice: /ccm void {first} Logged twice.",)
