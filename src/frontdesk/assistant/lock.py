"""The number and date lock: no figure, address or link leaves that no fact contains.

A figure is taken with what gives it its meaning: its currency, its month or weekday, its half of
the day. So is a number that is written in words, with its unit or as an hour.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache

from babel import Locale

from frontdesk.assistant.reply import LANGUAGES, Draft
from frontdesk.assistant.spelled import spelled

FIGURE = re.compile(
    r"https?://\S+|www\.\S+|[\w.+-]+@[\w-]+\.[\w.]+(?:[/?#]\S*)?"
    r"|(?<![\w.])[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,}(?:[/?#]\S*)?(?!\w)"
    r"|[A-Za-z][A-Za-z-]*\d[A-Za-z\d-]*"  # a code is one thing, not its digits
    r"|\d{1,2}h\d\d|\d[\d.,:/\u00a0\u202f\u066b\u066c'’-]*\d|\d"
    r"|[٠-٩][٠-٩.,:٫٬]*",
    re.IGNORECASE,
)
NUMBER = r"\d[\d.,:/\u00a0\u202f\u066b\u066c'’-]*\d|\d"
SIGN = r"[€$£¥₽₺₹]|\b(?:eur|usd|gbp|chf|rub|aed|sar|brl|euros?|dollars?)\b|%"
SIGN_FIRST = re.compile(rf"({SIGN})\s?({NUMBER})", re.IGNORECASE)
SIGN_LAST = re.compile(rf"({NUMBER})\s?({SIGN})", re.IGNORECASE)
PHONE = re.compile(r"(?:\+|00)\d[\d ()/-]{5,}\d")
HALF_DAY = re.compile(rf"({NUMBER})\s?([ap])\.?m\b", re.IGNORECASE)
HIDING = dict.fromkeys(
    [*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070), 0xFEFF, 0xAD, 0x61C]
)
"""Marks that nobody sees: what they split is still one figure."""


@lru_cache(maxsize=2048)
def figures(text: str) -> frozenset[str]:
    """Every price, date, time, phone, code, address and link of a text, as written.

    A number inside of one of them stands for nothing else.
    """
    plain = _plain(text)
    whole = [*_phones(plain), *_prices(plain), *_dates(plain)]
    rest = list(plain)
    for start, end, _ in whole:
        rest[start:end] = " " * (end - start)
    alone = {found.rstrip(".,;:!?)") for found in FIGURE.findall("".join(rest))}
    return frozenset(alone | {figure for _, _, figure in whole} | set(spelled(text)))


def escapes(draft: Draft) -> set[str]:
    """The figures of a draft that none of its grounds holds; empty means it may go out."""
    allowed: set[str] = set()
    for ground in draft.grounds:
        allowed |= figures(ground)
    return set(figures(draft.text) - allowed)


def _plain(text: str) -> str:
    """Wide, round and raised digits are digits; what cannot be seen is not there."""
    return unicodedata.normalize("NFKC", text.translate(HIDING)).translate(
        {0xFE0F: None, 0x20E3: None}
    )


Found = tuple[int, int, str]
"""Where it is, and what it says."""


def _phones(text: str) -> Iterator[Found]:
    for m in PHONE.finditer(text):
        yield *m.span(), re.sub(r"\D", "", m[0])


def _prices(text: str) -> Iterator[Found]:
    for m in SIGN_FIRST.finditer(text):
        yield *m.span(), f"{m[2]} {m[1].casefold()}"
    for m in SIGN_LAST.finditer(text):
        yield *m.span(), f"{m[1]} {m[2].casefold()}"
    for m in HALF_DAY.finditer(text):
        yield *m.span(), f"{m[1]} {m[2].casefold()}m"


def _dates(text: str) -> Iterator[Found]:
    """A day with its month and, where one stands before it, its weekday."""
    folded = "".join(c.casefold() if len(c.casefold()) == 1 else c for c in text)
    by_day, by_month, by_weekday = _calendar()
    for m in by_day.finditer(folded):
        yield *m.span(), f"{m[1]} {_short(m[2])}"
    for m in by_month.finditer(folded):
        yield *m.span(), f"{m[2]} {_short(m[1])}"
    for m in by_weekday.finditer(folded):
        yield *m.span(), f"{_short(m[1])} {m[2]}"


def _short(name: str) -> str:
    return name.rstrip(".")


@cache
def _calendar() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    """Days before and after the months, and after the weekdays, of every language we speak."""
    months: set[str] = set()
    weekdays: set[str] = set()
    for language in LANGUAGES:
        locale = Locale.parse(language)
        for context in ("format", "stand-alone"):
            for width in ("wide", "abbreviated"):
                months |= {n.casefold() for n in locale.months[context][width].values()}
                weekdays |= {n.casefold() for n in locale.days[context][width].values()}
    month, weekday = _any(months), _any(weekdays)
    ordinal = r"(?:\.|º|st|nd|rd|th|er)?\s*(?:de\s|of\s|di\s)?\s*"
    return (
        re.compile(rf"(?<!\d)(\d{{1,2}}){ordinal}({month})(?!\w)"),
        re.compile(rf"(?<!\w)({month})\.?\s+(\d{{1,2}})(?![\d:h])"),
        re.compile(rf"(?<!\w)({weekday})\.?,?\s*(?:den\s|the\s|le\s|el\s)?(\d{{1,2}})(?![\d:h])"),
    )


def _any(names: set[str]) -> str:
    return "|".join(re.escape(n) for n in sorted(names, key=len, reverse=True))
