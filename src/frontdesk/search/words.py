"""What a question says, as the database is asked for it."""

import re
from dataclasses import dataclass

from frontdesk.search.letters import fold

MOST = 12
"""Words; what comes after them is not sought."""
LONGEST = 60
SPELLED = 3
"""Letters from which on a word may be a slip of another, or go on."""
NUMBERED = re.compile("(?=[a-z]*[0-9])[a-z0-9]{3,20}")
DIALLED = re.compile("00[1-9][0-9]{2,17}|0[1-9][0-9]{5,17}")
"""How people dial abroad, and at home; phones are kept without."""
DIGIT = re.compile("[0-9]")


@dataclass(frozen=True, slots=True)
class Words:
    """`spelled`: each may be a slip; `begins`: it may go on; `numbers`: a tsquery of pieces of a
    number, whatever its gaps.
    """

    each: list[str]
    spelled: list[bool]
    begins: list[bool]
    numbers: str | None


def words(said: str) -> Words:
    folded = fold(said)
    glued = folded.replace(" ", "")
    each = [word[:LONGEST] for word in folded.split()[:MOST]]
    numbered = {word for word in each if DIGIT.search(word)}
    long = {word for word in each if len(word) >= SPELLED}
    return Words(
        each,
        [word in long - numbered for word in each],
        [word in long & {*numbered, each[-1]} for word in each],
        _numbers(glued) if NUMBERED.fullmatch(glued) else None,
    )


def _numbers(glued: str) -> str:
    whole = f"'{glued}':*"
    return f"{whole} | '{glued.lstrip('0')}':*" if DIALLED.fullmatch(glued) else whole
