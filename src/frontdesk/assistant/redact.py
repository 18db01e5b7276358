"""What a model need not know of a person is taken out of a text, and put back afterwards."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field

from frontdesk.bookings.cards import BLOT, without_cards

LINK = re.compile(r"(?i)\b(?:https?://|www\.)\S+")
MAIL = re.compile(r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)+")
IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,4})?\b")
DIGITS = re.compile(r"[+(]*\d(?:[ ()./\u00a0-]{0,2}\d){5,18}")
CODE = re.compile(
    r"\b(?=[A-Z0-9-]*\d)(?=[A-Z0-9-]*[A-Z])[A-Z0-9](?:-?[A-Z0-9]){4,19}\b"
    r"|\b(?=[a-z]*\d)(?=\d*[A-Za-z])[A-Za-z0-9]{6}\b|\b[A-HJ-NP-Z]{6}\b"
)
"""A document's number, or a booking's six letters."""
DATE = re.compile(
    r"(?<!\d)(?:\d{4}[./-]\d{1,2}[./-]\d{1,2}|\d{1,2}[./-]\d{1,2}[./-](?:\d{4}|\d\d))(?!\d)"
)
CLOCK_OR_SUM = re.compile(r"\d{1,2}:\d\d|\d{1,3}(?:[.,]\d{3})*(?:[.,]\d\d)?")
CALLED = re.compile(
    r"(?i:\b(?:my name is|i am called|this is|me llamo|mi nombre es|ich hei(?:ß|ss)e|mein name ist"
    r"|je m'appelle|mon nom est|mi chiamo|il mio nome è|meu nome é|me chamo|chamo-me|ik heet"
    r"|mijn naam is|меня зовут|benim adım|اسمي|mr|mrs|ms|herr|frau|señora|señor|madame|monsieur"
    r"|signora|signor)\.?\s+)"
    r"((?-i:[A-ZÀ-ÖØ-ÞЀ-Я]|[\u0600-\u06ff])[\w'’-]*(?:\s+(?-i:[A-ZÀ-ÖØ-ÞЀ-Я])[\w'’-]+){0,2})"
)
PLACE = re.compile(r"\[(?:LINK|MAIL|IBAN|PHONE|CODE|NAME)_\d{1,3}\]")
SHORTEST_NAME = 2
FEW = 6
"""Digits: up to here a number is an amount or a day, not a phone."""


@dataclass
class Redaction:
    """One turn's placeholders: the same thing has the same one in every text of it."""

    names: tuple[str, ...] = ()
    _kept: dict[str, str] = field(default_factory=dict[str, str])

    def hide(self, text: str) -> str:
        """A card number goes for good; everything else can be put back by `restore`."""
        text = without_cards(unicodedata.normalize("NFKC", text)).replace(BLOT, "[CARD]")
        for kind, pattern in (("LINK", LINK), ("MAIL", MAIL), ("IBAN", IBAN)):
            text = self._each(kind, pattern, text)
        text = DIGITS.sub(self._number, text)
        text = self._each("CODE", CODE, text)
        text = CALLED.sub(lambda m: m[0].replace(m[1], self._place("NAME", m[1])), text)
        for name in self.names:
            text = self._each("NAME", re.compile(rf"(?i)(?<!\w){re.escape(name)}(?!\w)"), text)
        return text

    def restore(self, text: str) -> str:
        back = {place: kept for kept, place in self._kept.items()}
        return PLACE.sub(lambda m: back.get(m[0], m[0]), text)

    def _each(self, kind: str, pattern: re.Pattern[str], text: str) -> str:
        return pattern.sub(lambda m: self._place(kind, m[0]), text)

    def _number(self, found: re.Match[str]) -> str:
        """A phone or a document's number; days, clock times and sums of money stay."""
        run = found[0]
        rest = DATE.sub(" ", run)
        loose = [part for part in rest.split() if not CLOCK_OR_SUM.fullmatch(part.strip("()-./+"))]
        whole = sum(map(str.isdigit, rest)) > FEW and (loose or "+" in run or rest == run)
        return self._place("PHONE", run) if whole else run

    def _place(self, kind: str, found: str) -> str:
        return self._kept.setdefault(found, f"[{kind}_{len(self._kept) + 1}]")


def parts_of(names: Iterable[str | None]) -> tuple[str, ...]:
    """Whole names first, then their words, the longest first."""
    whole = {name.strip() for name in names if name}
    words = {word.strip(".,'") for name in whole for word in name.split()}
    known = {n for n in whole | words if len(n) > SHORTEST_NAME}
    return tuple(sorted(known, key=lambda n: (-len(n), n)))
