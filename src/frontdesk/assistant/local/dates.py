"""Days and ranges said in a text, resolved against the hotel's civil today."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from frontdesk.assistant.local import calendar as cal
from frontdesk.assistant.local.calendar import Span
from frontdesk.assistant.local.date_rules import SAID, WRITTEN, numeric, readings
from frontdesk.assistant.local.language import detect_language
from frontdesk.assistant.local.lexer import Token, tokens
from frontdesk.assistant.local.lexicon import normal
from frontdesk.assistant.local.range_rules import LINKED, PARTS, WHOLE
from frontdesk.assistant.local.said import POSTPOSED, Place, Rule, Text
from frontdesk.assistant.values import DateSpan

LINK = re.compile(r"[,.oLd]{0,2}(?:t|-|S?t)[,oLd<>]*|[,oL]?t")
LINK_AFTER = re.compile(r"[oL]?(?:f[,oL]*t?|t|-)[oL]*")
BEFORE = re.compile(r"F?o?(?P<n>[N1q])-?(?P<unit>[dwmnb])[^.<>]{0,2}(?:[fS]|<)[oLfi]*$")
WEEK_OF = re.compile(r"w[oLS]+$")
WEEKEND_OF = re.compile(r"[LT]?k[oLfF,]*$")
FARTHEST = 100
"""Years: what lies beyond is no date of a stay."""
NO_DAYS = (date.min, date.min)
BARE = re.compile("[oLd]*(?:[N°][.]?D?|O)")
"""A day of a month, and not of which."""
SECOND = re.compile(r"[Bi][oLd]*$")


@dataclass(frozen=True, slots=True)
class Said:
    """One date of a text: where its meanings stand, and the days."""

    start: int
    end: int
    days: Span
    ambiguous: date | None = None
    until: bool = False
    """One day to another, as in “Friday to Saturday”, though they are as many as one day is."""


@dataclass(frozen=True, slots=True)
class Dates:
    """A text's meanings and the dates found in them, for whoever reads the rest of it."""

    kinds: str
    row: Sequence[Token]
    said: tuple[Said, ...]
    spans: tuple[DateSpan, ...]
    plain: str

    def between(self, one: Said, other: Said) -> str:
        """What stands from the end of one to the beginning of a later one."""
        return self.plain[self.row[one.end - 1].end : self.row[other.start].start].strip()


def find_dates(text: str, today: date, language: str | None = None) -> list[DateSpan]:
    """In the order said; two days joined by "to" or "until" are one range."""
    known = language or detect_language(text, remembered=None)[0]
    return list(read_dates(text, today, known).spans)


def read_dates(text: str, today: date, language: str) -> Dates:
    plain = normal(text)
    row = tokens(plain, language)
    read = Text("".join(t.kind for t in row), row, today, language)
    taken: list[Said] = []
    for said in _candidates(read):
        if not any(said.start < t.end and t.start < said.end for t in taken):
            taken.append(said)
    taken = sorted((t for t in taken if t.days != NO_DAYS), key=lambda s: s.start)
    joined = tuple(_prolong(_join(taken, read, language), read))
    spans = tuple(
        DateSpan(plain[row[s.start].start : row[s.end - 1].end], *s.days, s.ambiguous)
        for s in joined
    )
    return Dates(read.kinds, row, joined, spans, plain)


def _candidates(read: Text) -> Iterator[Said]:
    """Longer and surer forms first: what they take, later forms do not see."""
    yield from _each(LINKED, read)
    yield from _each(WRITTEN, read)
    yield from _impossible(read)
    yield from _each(PARTS, read)
    yield from _each(SAID, read)
    yield from _each(WHOLE, read)


def _impossible(read: Text) -> Iterator[Said]:
    """The 31st of February is no date, and not February either."""
    for pattern, resolve in WRITTEN:
        for match in pattern.finditer(read.kinds):
            if _resolved(Place(read, match), resolve) is None:
                yield Said(match.start(), match.end(), NO_DAYS)


def _each(rules: Sequence[Rule], read: Text) -> Iterator[Said]:
    for pattern, resolve in rules:
        for match in pattern.finditer(read.kinds):
            place = Place(read, match)
            days = _resolved(place, resolve)
            if days is not None and match.end() > match.start():
                other = _other(place) if resolve is numeric else None
                until = rules is LINKED and "&" not in match[0]
                yield Said(match.start(), match.end(), days, other, until)


def _resolved(place: Place, resolve: Callable[[Place], Span | None]) -> Span | None:
    try:
        days = resolve(place)
    except (OverflowError, ValueError):  # "in 9999 years": the calendar ends before
        return None
    far = days is not None and abs(days[1].year - place.today.year) > FARTHEST
    return None if far else days


def _other(place: Place) -> date | None:
    """The other reading of a date in numbers."""
    found = readings(place)
    return found[1] if len(found) > 1 else None


def _join(said: Sequence[Said], read: Text, language: str) -> Iterator[Said]:
    """Two dates with only a "to" between them are a range."""
    rest = list(said)
    while rest:
        first = rest.pop(0)
        if rest and _linked(first, rest[0], read, language):
            first = _range(first, rest.pop(0), read)
        yield first


def _linked(first: Said, second: Said, read: Text, language: str) -> bool:
    between, after = read.kinds[first.end : second.start], read.kinds[second.end :]
    if not between:
        return after.startswith("B") and _days(first) == _days(second) == 1
    if _days(first) > 1 and _days(second) > 1:
        return False
    of_night, between = between.startswith("n"), between.removeprefix("n")
    if LINK.fullmatch(between):
        return True
    if language in POSTPOSED and LINK_AFTER.fullmatch(between):
        return True
    both = of_night and after.startswith("n")
    return between.strip("oL") == "&" and (both or bool(SECOND.search(read.kinds[: first.start])))


def _days(said: Said) -> int:
    return (said.days[1] - said.days[0]).days


def _range(first: Said, second: Said, read: Text) -> Said:
    """To the last named day; one that would lie before the first is meant a week or year later."""
    start, until = first.days[0], second.days[0]
    if first.ambiguous and second.ambiguous is None and first.ambiguous.month == until.month:
        start = first.ambiguous
    if second.ambiguous and first.ambiguous is None and second.ambiguous > start > until:
        until = second.ambiguous
    bare = [BARE.fullmatch(read.kinds[s.start : s.end]) is not None for s in (first, second)]
    if bare == [True, False]:
        start = _last_such(start.day, until, read.today) or start
    if until <= start and bare[1]:
        until = cal.coming_day(until.day, None, start + timedelta(days=1)) or until
    if until <= start:
        until = cal.shifted(until, 1, "w" if (start - until).days < 7 else "y")
    if until <= start:
        return first
    tail = 1 if read.kinds[second.end : second.end + 1] == "t" else 0
    return Said(first.start, second.end + tail, (start, until), until=True)


def _last_such(day: int, until: date, today: date) -> date | None:
    """As in “from the 28th to 2 January”: the last such day before it, and not before today."""
    months = (cal.add_months(until.replace(day=1), -back) for back in (0, 1))
    days = (cal.valid(first.year, first.month, day) for first in months)
    return next((found for found in days if found and today <= found < until), None)


def _prolong(said: Iterator[Said], read: Text) -> Iterator[Said]:
    """As in “for three days from Friday”, "the week of the 4th", "the weekend of the 5th"."""
    floor = 0
    for one in said:
        before = read.kinds[floor : one.start]
        length, week = BEFORE.search(before), WEEK_OF.search(before)
        if week is not None and _days(one) == 1:
            yield Said(floor + week.start(), one.end, cal.week(one.days[0]))
        elif (near := WEEKEND_OF.search(before)) is not None and _days(one) == 1:
            yield Said(floor + near.start(), one.end, cal.weekend(one.days[0], 0))
        elif length is not None and _days(one) == 1:
            yield _from(one, length, floor, read)
        else:
            yield one
        floor = one.end


def _from(one: Said, length: re.Match[str], floor: int, read: Text) -> Said:
    count = read.row[floor + length.start("n")]
    unit = {"n": "d"}.get(length["unit"], length["unit"])
    many = {"1": 1, "q": 3}.get(count.kind, count.value)
    return Said(
        floor + length.start(), one.end, (one.days[0], cal.shifted(one.days[0], many, unit))
    )
