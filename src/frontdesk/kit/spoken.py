"""Words that somebody is to read: the one place that decides what is blank."""

import unicodedata
from typing import Annotated

from pydantic import AfterValidator, Field

UNSEEN = frozenset({"Cc", "Cf", "Zs", "Zl", "Zp"})
"""Controls, formats (zero-width ones among them) and every kind of space."""
FILLERS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0") | {
    chr(code) for code in (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))
}
"""Letters and marks by their category that draw nothing by themselves."""


def is_blank(text: str) -> bool:
    """Whether nothing of it would be seen."""
    return all(unicodedata.category(c) in UNSEEN or c in FILLERS for c in text)


def plain(text: str) -> str:
    """The same; PostgreSQL holds no NUL in a text."""
    if "\x00" in text:
        raise ValueError("text has a forbidden character")
    return text


def spoken(text: str) -> str:
    if is_blank(text):
        raise ValueError("text has nothing to read")
    return plain(text)


Spoken = Annotated[str, Field(min_length=1, max_length=4000), AfterValidator(spoken)]
Named = Annotated[str, Field(min_length=1, max_length=60), AfterValidator(spoken)]
