"""Card numbers: never wanted, so found and refused or blotted out wherever somebody writes one."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import cast

from frontdesk.kit.errors import Invalid

RUN = re.compile(r"(?<!\d)(?<!\d[ .-])\d(?:[ .-]?\d){12,18}(?!\d)(?![ .-]\d)")
"""13 to 19 digits as cards have them, in groups or not."""
UUIDS = re.compile(r"(?i)[0-9a-f]{8}(?:-?[0-9a-f]{4}){3}-?[0-9a-f]{12}")
BLOT = "[card number]"


class CardNumber(Invalid):
    """A card number does not belong here: the guest types it at the payment provider only"""

    code = "card_number"


def is_card(digits: str) -> bool:
    """By the first digit of a payment card, its length and its check digit (ISO/IEC 7812)."""
    if digits[0] not in "23456" or not 13 <= len(digits) <= 19:
        return False
    doubled = [int(d) * (1 + at % 2) for at, d in enumerate(reversed(digits))]
    return sum(d - 9 if d > 9 else d for d in doubled) % 10 == 0


def without_cards(text: str) -> str:
    """The same text, with every card number blotted out."""
    plain = unicodedata.normalize("NFKC", text)
    if not holds_card(plain):
        return text
    return RUN.sub(lambda m: BLOT if is_card(_digits(m[0])) else m[0], plain)


def holds_card(text: str) -> bool:
    plain = UUIDS.sub(" x ", unicodedata.normalize("NFKC", text))
    return any(is_card(_digits(run)) for run in RUN.findall(plain))


def _digits(run: str) -> str:
    return "".join(str(unicodedata.digit(d)) for d in run if d.isdigit())


def words_in(value: object) -> Iterator[str]:
    """Every text and number of a JSON value, names too."""
    if isinstance(value, Mapping):
        for name, part in cast("Mapping[object, object]", value).items():
            yield str(name)
            yield from words_in(part)
    elif isinstance(value, list | tuple):
        for part in cast("list[object]", value):
            yield from words_in(part)
    elif isinstance(value, str | int | float) and not isinstance(value, bool):
        yield str(value)
