"""The help: what one can do, in examples that work when pasted."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.grammar.vocabulary import program_words
from bot.views.reply import Reply, sections
from ledger.values.activities import ACTIVITY_WORDS, CONTACT_WORDS

LOG_WORDS = (
    "*LENGTH* `12`, `12m`, `1h5m`, `1.5h`, `1:05`, or times `10:05-10:17`, `2:05-2:17pm`",
    "*WHAT* " + ", ".join(f"`{known[0]}`" for known in ACTIVITY_WORDS.values()),
    "*HOW* " + ", ".join(f"`{known[0]}`" for known in CONTACT_WORDS.values()),
    "*WHEN* `today`, `yesterday`, `mon` … `sun`, `11/03`, `Nov 3`, `2 days ago`, `at 14:05`, `-15` (15 minutes ago)",
    "*PROGRAM* {timed programs}; not needed where the patient has one program",
    "Words come in any order; the note begins at the first word that is none of these, or with a quote.",
    "Of several HOW words the one that counts least holds: `call vm` is a voicemail.",
    "What may be a day, a length or a contact and is not clear is asked about.",
    "A `?` behind the line shows how it is read; nothing is saved.",
)
"""The words that a line about time knows; the rulebooks say which programs there are (``_with_programs``)."""


@dataclass(frozen=True, slots=True)
class Topic:
    """What the help says of a command."""

    usage: str
    does: str
    examples: tuple[str, ...]
    words: tuple[str, ...] = ()
    """Lines on the words it knows, for those who ask about it alone."""


def help_card(topics: Sequence[Topic], *, needs: str = "") -> Reply:
    """Usage and examples of these commands; of one alone with all the words it knows.

    ``needs`` says which role its reader lacks for it.
    """
    lines = []
    for topic in topics:
        lines.append(f"*/ccm {topic.usage}*\n{topic.does}")
        lines += [f"`{example}`" for example in topic.examples]
    if len(topics) == 1:
        lines += map(_with_programs, topics[0].words)
    if needs:
        lines.append(f"*This {needs}*")
    return Reply("Help for /ccm", tuple(sections(lines)))


def _with_programs(line: str) -> str:
    """Return the line with the words for programs in place of ``{programs}``, or those with time of their own."""
    return line.replace("{programs}", program_words()).replace("{timed programs}", program_words(timed=True))
