"""The number and date lock: no figure, address or link leaves that no fact contains.

A figure is taken with what gives it its meaning: its currency, its month or weekday, its half of
the day. Numbers written as words are not figures; no catalogue says any.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache

from babel import Locale

from frontdesk.assistant.reply import LANGUAGES, Draft

FIGURE = re.compile(
    r"https?://\S+|www\.\S+|[\w.+-]+@[\w-]+\.[\w.]+"
    r"|(?<![\w.])(?:[a-z0-9-]+\.)+(?:com|net|org|info|biz|io|co|me|app|link|site|online|shop|xyz|ly"
    r"|example|test|[a-z]{2})(?:/\S*)?(?![\w])"
    r"|[A-Za-z][A-Za-z-]*\d[A-Za-z\d-]*"  # a code is one thing, not its digits
    r"|\d[\d.,:/\u00a0\u202f\u066b\u066c'’-]*\d|\d"
    r"|[٠-٩][٠-٩.,:٫٬]*",
    re.IGNORECASE,
)
NUMBER = r"\d[\d.,:/\u00a0\u202f\u066b\u066c'’-]*\d|\d"
SIGN = r"[€$£¥₽₺₹]|\b(?:eur|usd|gbp|chf|rub|aed|sar|brl|euros?|dollars?)\b|%"
PRICE = re.compile(
    rf"(?P<a>{SIGN})\s?(?P<b>{NUMBER})|(?P<c>{NUMBER})\s?(?P<d>{SIGN})", re.IGNORECASE
)
PHONE = re.compile(r"(?:\+|00)\d[\d ()./-]{5,}\d")
HALF_DAY = re.compile(rf"({NUMBER})\s?([ap])\.?m\b", re.IGNORECASE)
HIDING = dict.fromkeys(
    [*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070), 0xFEFF, 0xAD, 0x61C]
)
"""Marks that nobody sees: what they split is still one figure."""


def figures(text: str) -> set[str]:
    """Every price, date, time, phone, code, address and link of a text, as written."""
    plain = _plain(text)
    alone = {found.rstrip(".,;:!?)") for found in FIGURE.findall(plain)}
    phones = {re.sub(r"\D", "", m[0]) for m in PHONE.finditer(plain)}
    return alone | phones | set(_prices(plain)) | set(_dates(plain))


def escapes(draft: Draft) -> set[str]:
    """The figures of a draft that none of its grounds holds; empty means it may go out."""
    allowed: set[str] = set()
    for ground in draft.grounds:
        allowed |= figures(ground)
    return figures(draft.text) - allowed


def _plain(text: str) -> str:
    """Wide, round and raised digits are digits; what cannot be seen is not there."""
    return unicodedata.normalize("NFKC", text.translate(HIDING)).translate(
        {0xFE0F: None, 0x20E3: None}
    )


def _prices(text: str) -> Iterator[str]:
    for m in PRICE.finditer(text):
        yield f"{m['b'] or m['c']} {(m['a'] or m['d']).casefold()}"
    for m in HALF_DAY.finditer(text):
        yield f"{m[1]} {m[2].casefold()}m"


def _dates(text: str) -> Iterator[str]:
    """A day with its month and, where one stands before it, its weekday."""
    months, weekdays = _calendar()
    folded = text.casefold()
    day = rf"(?<!\d)(\d{{1,2}})(?:\.|º|st|nd|rd|th|er)?\s*(?:de\s|of\s|di\s)?\s*({months})(?!\w)"
    for m in re.finditer(day, folded):
        yield f"{m[1]} {_short(m[2])}"
    for m in re.finditer(rf"(?<!\w)({months})\.?\s+(\d{{1,2}})(?!\d)", folded):
        yield f"{m[2]} {_short(m[1])}"
    for m in re.finditer(
        rf"(?<!\w)({weekdays})\.?,?\s*(?:den\s|the\s|le\s|el\s)?(\d{{1,2}})(?!\d)", folded
    ):
        yield f"{_short(m[1])} {m[2]}"


def _short(name: str) -> str:
    return name.rstrip(".")


@cache
def _calendar() -> tuple[str, str]:
    """The names of months and weekdays of every language that we speak, as patterns."""
    months: set[str] = set()
    weekdays: set[str] = set()
    for language in LANGUAGES:
        locale = Locale.parse(language)
        for context in ("format", "stand-alone"):
            for width in ("wide", "abbreviated"):
                months |= {n.casefold() for n in locale.months[context][width].values()}
                weekdays |= {n.casefold() for n in locale.days[context][width].values()}
    return _any(months), _any(weekdays)


def _any(names: set[str]) -> str:
    return "|".join(re.escape(n) for n in sorted(names, key=len, reverse=True))
