"""Days and ranges said in a text, resolved against the hotel's civil today."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from frontdesk.assistant.local.calendar_words import (
    DAYS,
    IN,
    MONTHS,
    NEXT,
    NUMBER,
    OF,
    RELATIVE,
    THIS,
    TO,
    WEEK,
    WEEKDAYS,
    WEEKEND,
    WEEKS,
    names,
    number,
)
from frontdesk.assistant.local.folding import fold
from frontdesk.assistant.values import DateSpan

MONTH = names(MONTHS)
DAY = r"(?P<{0}>[0-3]?\d)(?:st|nd|rd|th|er|\u00ba|\.)?"
YEAR = r"(?:,?\s*(?:(?:de|del|of)\s+)?(?P<year>20\d\d))?"
SOLO = r"(?<![\w\d])(?:{0})(?![\w])"


def _compile(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


ISO = _compile(r"(?<!\d)(?P<year>20\d\d)[-/.](?P<month>\d{1,2})[-/.](?P<d1>\d{1,2})(?!\d)")
CJK_DATE = _compile(
    r"(?:(?P<year>20\d\d)\s*[年년]\s*)?(?P<month>\d{1,2})\s*[月월]\s*(?P<d1>\d{1,2})\s*[日号일]?"
)
NUMERIC = _compile(
    r"(?<![\d.])(?P<a>\d{1,2})[/.-](?P<b>\d{1,2})(?:[/.-](?P<year>20\d\d|\d\d))?(?![\d%])"
)
DAY_RANGE = _compile(
    rf"(?<!\d){DAY.format('d1')}\s*(?:{TO})\s*(?:(?:the|el|le|den|dem|il|o)\s+)?{DAY.format('d2')}"
    rf"\s*(?:{OF})?\s*(?P<month>{MONTH})(?!\w){YEAR}"
)
MONTH_RANGE = _compile(
    rf"(?<!\w)(?P<month>{MONTH})\s+{DAY.format('d1')}\s*(?:{TO})\s*{DAY.format('d2')}(?!\d){YEAR}"
)
DAY_MONTH = _compile(rf"(?<!\d){DAY.format('d1')}\s*(?:{OF})?\s*(?P<month>{MONTH})(?!\w){YEAR}")
MONTH_DAY = _compile(rf"(?<!\w)(?P<month>{MONTH})\s+{DAY.format('d1')}(?!\d){YEAR}")
WEEKEND_SAID = _compile(rf"(?:(?P<next>{NEXT})\s*)?(?:{WEEKEND})(?:\s*(?P<after>{NEXT}))?")
NEXT_WEEK = _compile(rf"(?:{NEXT})\s*(?:{WEEK})(?![\w])|(?:{WEEK})\s+(?:{NEXT})(?!\w)")
WEEKDAY = _compile(
    rf"(?:(?P<next>{NEXT})\s*|(?P<this>{THIS})\s+)?(?<!\w)(?P<day>{names(WEEKDAYS)})(?![\w])"
    rf"(?:\s+(?P<after>{NEXT}))?"
)
RELATIVE_SAID = _compile(rf"(?<!\w)(?P<day>{names(RELATIVE)})(?!\w)")
DENSE_RELATIVE = _compile(r"(?P<day>" + "|".join(w for w in RELATIVE if w >= "\u3000") + ")")
DENSE_WEEKDAY = _compile(
    rf"(?P<next>{NEXT})?(?P<day>" + "|".join(w for w in WEEKDAYS if w >= "\u3000") + ")"
)
IN_DAYS = _compile(rf"(?<!\w)(?:{IN})\s+(?P<n>{NUMBER})\s*(?:(?P<weeks>{WEEKS})|(?:{DAYS}))(?!\w)")
LINK = re.compile(rf"^\s*(?:{TO})\s*(?:(?:the|el|le|den|dem|il|o|la|on)\s+)?$")


@dataclass(frozen=True, slots=True)
class _Said:
    start: int
    end: int
    span: DateSpan


def find_dates(text: str, today: date) -> list[DateSpan]:
    """In the order said; two days joined by "to" or "until" are one range."""
    folded = fold(text)
    taken: list[_Said] = []
    for said in _candidates(folded, today):
        if not any(said.start < t.end and t.start < said.end for t in taken):
            taken.append(said)
    taken.sort(key=lambda s: s.start)
    return [s.span for s in _join(taken, folded)]


def _candidates(text: str, today: date) -> Iterator[_Said]:
    """Longer and surer forms first: what they take, later forms do not see."""
    for pattern in (DAY_RANGE, MONTH_RANGE):
        yield from _each(pattern, text, lambda m: _range_in_month(m, today))
    for pattern in (ISO, CJK_DATE, DAY_MONTH, MONTH_DAY):
        yield from _each(pattern, text, lambda m: _in_month(m, today))
    yield from _each(IN_DAYS, text, lambda m: _in_days(m, today))
    yield from _each(NUMERIC, text, lambda m: _numeric(m, today))
    yield from _each(WEEKEND_SAID, text, lambda m: _weekend(m, today))
    yield from _each(NEXT_WEEK, text, lambda m: _next_week(m, today))
    for pattern in (WEEKDAY, DENSE_WEEKDAY):
        yield from _each(pattern, text, lambda m: _weekday(m, today))
    for pattern in (RELATIVE_SAID, DENSE_RELATIVE):
        yield from _each(
            pattern, text, lambda m: _day(m, today + timedelta(days=RELATIVE[m["day"]]))
        )


def _each(
    pattern: re.Pattern[str], text: str, read: Callable[[re.Match[str]], DateSpan | None]
) -> Iterator[_Said]:
    for match in pattern.finditer(text):
        span = read(match)
        if span is not None:
            yield _Said(match.start(), match.end(), span)


def _day(match: re.Match[str], day: date) -> DateSpan:
    return DateSpan(match[0].strip(), day, day + timedelta(days=1))


def _valid(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _coming(month: int, day: int, year: str | None, today: date) -> date | None:
    """The first such day not before today, or in the year that was said."""
    if year:
        return _valid(int(year) if len(year) == 4 else 2000 + int(year), month, day)
    this_year = _valid(today.year, month, day)
    if this_year is not None and this_year >= today:
        return this_year
    return _valid(today.year + 1, month, day)


def _month_of(match: re.Match[str]) -> int:
    said = match["month"]
    return int(said) if said.isdigit() else MONTHS[said]


def _in_month(match: re.Match[str], today: date) -> DateSpan | None:
    day = _coming(_month_of(match), int(match["d1"]), match["year"], today)
    return None if day is None else _day(match, day)


def _range_in_month(match: re.Match[str], today: date) -> DateSpan | None:
    month = _month_of(match)
    start = _coming(month, int(match["d1"]), match["year"], today)
    if start is None:
        return None
    end = _valid(start.year, month, int(match["d2"]))
    if end is None or end <= start:
        return None
    return DateSpan(match[0].strip(), start, end)


def _numeric(match: re.Match[str], today: date) -> DateSpan | None:
    """Day first, as most of the world writes; the other reading is kept where there is one."""
    a, b = int(match["a"]), int(match["b"])
    first = _coming(b, a, match["year"], today) if b <= 12 else None
    second = _coming(a, b, match["year"], today) if a <= 12 else None
    day = first or second
    if day is None:
        return None
    span = _day(match, day)
    other = second if first is not None and second != first else None
    return replace(span, ambiguous=other)


def _weekend(match: re.Match[str], today: date) -> DateSpan:
    saturday = today + timedelta(days=(5 - today.weekday()) % 7)
    if today.weekday() == 6:
        saturday = today - timedelta(days=1)
    if match["next"] or match["after"]:
        saturday += timedelta(days=7)
    return DateSpan(match[0].strip(), saturday, saturday + timedelta(days=2))


def _next_week(match: re.Match[str], today: date) -> DateSpan:
    monday = today + timedelta(days=7 - today.weekday())
    return DateSpan(match[0].strip(), monday, monday + timedelta(days=7))


def _weekday(match: re.Match[str], today: date) -> DateSpan:
    """A bare weekday is the first not before today; "next" is that day of next week."""
    wanted = WEEKDAYS[match["day"]]
    groups = match.groupdict()
    if groups.get("next") or groups.get("after"):
        monday = today + timedelta(days=7 - today.weekday())
        return _day(match, monday + timedelta(days=wanted))
    return _day(match, today + timedelta(days=(wanted - today.weekday()) % 7))


def _in_days(match: re.Match[str], today: date) -> DateSpan:
    days = number(match["n"]) * (7 if match["weeks"] else 1)
    return _day(match, today + timedelta(days=days))


def _join(said: list[_Said], text: str) -> Iterator[_Said]:
    """Two single days with only a "to" between them are a range."""
    rest = list(said)
    while rest:
        first = rest.pop(0)
        if rest and LINK.match(text[first.end : rest[0].start]):
            until = rest[0].span.start
            if until <= first.span.start and (first.span.start - until).days < 7:
                until += timedelta(days=7)
            if until > first.span.start:
                second = rest.pop(0)
                words = text[first.start : second.end]
                first = _Said(first.start, second.end, DateSpan(words, first.span.start, until))
        yield first
