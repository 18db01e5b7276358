"""A text as a row of meanings with its today, and one place in it that a rule has matched."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from frontdesk.assistant.local.calendar import Span
from frontdesk.assistant.local.lexer import Token

POSTPOSED = frozenset({"tr", "hi", "ja", "ko", "zh"})
"""Languages that say "the 3rd from the 5th to"."""
NUMBERS = re.compile("(?<![-/.])N/N(?![-/.]N)")
DECEMBER, LAST_DAY = 12, 31
WEEKS_AWAY = {"X": 1, "C": 1, "A": 2, "P": -1, "T": 0}
MACROS = {
    "DAY": "(?:[N°]|O(?![WVwk]))",
    "MONTH": "[MQ]",
    "WEEKDAY": "[WV]",
    "WHICH": "[XTPAC]",
    "SEP": "[-/.,oLd]{0,3}",
    "THE": "[oL]*",
    "UNIT": "[dwmyb]",
    "LOOSE": "(?![~nKpujkJdwmyhbUI]|[-/.]N)",
    "FREE": "(?![~nKpujkJdwmyhbUI]|[-/.][NY])",
}
"""FREE: what a number must not be followed by to be a day of a month."""


@dataclass(frozen=True, slots=True)
class Text:
    kinds: str
    row: list[Token]
    today: date
    language: str

    @property
    def sure_order(self) -> bool | None:
        """Whether the month comes first, by a date in numbers of this text that has one reading."""
        orders = {
            self.row[m.start()].value <= DECEMBER
            for m in NUMBERS.finditer(self.kinds)
            if self._one_reading(self.row[m.start()].value, self.row[m.end() - 1].value)
        }
        return orders.pop() if len(orders) == 1 else None

    @staticmethod
    def _one_reading(a: int, b: int) -> bool:
        return min(a, b) <= DECEMBER < max(a, b) <= LAST_DAY

    @property
    def month_first(self) -> bool:
        """Where 3/4 is the fourth of March, by CLDR; the other reading is asked about once.

        Who writes 29/1 has said it of 1/2 too.
        """
        if self.sure_order is not None:
            return self.sure_order
        worded = any(token.kind not in "N/-.," for token in self.row)
        return self.language in ("zh", "ja", "ko") or (self.language == "en" and worded)


@dataclass(frozen=True, slots=True)
class Place:
    """A match, its groups read as values."""

    text: Text
    match: re.Match[str]

    @property
    def today(self) -> date:
        return self.text.today

    def token(self, name: str) -> Token | None:
        if name not in self.match.re.groupindex or not self.match[name]:
            return None
        return self.text.row[self.match.start(name)]

    def value(self, name: str) -> int:
        token = self.token(name)
        return 0 if token is None else token.value

    def year(self) -> int | None:
        return None if self.token("year") is None else self.value("year")

    def kind(self, name: str) -> str:
        token = self.token(name)
        return "" if token is None else token.kind

    def count(self) -> int:
        """How many: a number, "a", or "a few" for three."""
        return {"1": 1, "q": 3}.get(self.kind("n"), self.value("n"))

    def weeks_away(self) -> int:
        return WEEKS_AWAY.get(self.kind("which"), 0)


Rule = tuple[re.Pattern[str], Callable[[Place], Span | None]]


def rule(pattern: str, read: Callable[[Place], Span | None]) -> Rule:
    """A pattern over meanings; words in capitals stand for the classes above."""
    for name in sorted(MACROS, key=len, reverse=True):
        pattern = pattern.replace(name, MACROS[name])
    return re.compile(pattern, re.VERBOSE), read
