"""Open hours as spans of instants: weeks, holidays and days of their own, in any zone, pure.

An instant is open where the wall clock of its zone stands within a period of its day. So an hour
that a spring night skips is never open, and one that an autumn night repeats is open twice.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MINUTE = timedelta(minutes=1)
Period = tuple[int, int]
"""Minutes of the wall clock since midnight: open from the first, closed from the second on."""
Span = tuple[datetime, datetime]
FARTHEST, AT_ONCE = 400, 8
"""Days that are looked through for open minutes, and how many at a time."""


def spans(
    week: Mapping[str, Sequence[Period]],
    days: Mapping[date, Sequence[Period]],
    zone: str,
    *,
    first: date,
    last: date,
) -> list[Span]:
    """In order and apart from each other; `days` say otherwise than the week, `last` is in."""
    found: list[Span] = []
    for count in range((last - first).days + 1):
        day = first + timedelta(days=count)
        for span in _of_day(day, days.get(day, week.get(WEEKDAYS[day.weekday()], ())), zone):
            if found and found[-1][1] == span[0]:
                found[-1] = (found[-1][0], span[1])
            else:
                found.append(span)
    return found


def due_when_open(since: datetime, minutes: int, hours: Mapping[str, Any], zone: str) -> datetime:
    """The instant by which so many open minutes have passed; every open day has the same hours."""
    period = (_minutes(hours["opens"]), _minutes(hours["closes"]))
    week = dict.fromkeys(hours["weekdays"], (period,))
    left, today = minutes * MINUTE, since.astimezone(ZoneInfo(zone)).date()
    for ahead in range(0, FARTHEST, AT_ONCE):
        first = today + timedelta(days=ahead)
        last = first + timedelta(days=AT_ONCE - 1)
        for opens, closes in spans(week, {}, zone, first=first, last=last):
            begins = max(opens, since)
            if begins < closes and left <= closes - begins:
                return begins + left
            left -= max(closes - begins, timedelta())
    return since + timedelta(days=FARTHEST)


def _minutes(clock: str) -> int:
    hours, minutes = clock.split(":")[:2]
    return int(hours) * 60 + int(minutes)


def _of_day(day: date, periods: Sequence[Period], zone: str) -> Iterator[Span]:
    for begin, end, offset in _pieces(day, zone):
        midnight = datetime(day.year, day.month, day.day, tzinfo=UTC) - offset
        for opens, closes in sorted(periods):
            since = max(begin, midnight + opens * MINUTE)
            until = min(end, midnight + closes * MINUTE)
            if since < until:
                yield since, until


def _pieces(day: date, zone: str) -> Iterator[tuple[datetime, datetime, timedelta]]:
    """The instants of a civil day, cut where its zone's offset changes."""
    begin, end = _midnight(day, zone), _midnight(day + timedelta(days=1), zone)
    while begin < end:
        offset = _offset(begin, zone)
        until = end
        if _offset(end - MINUTE, zone) != offset:
            until = _change(begin, end - MINUTE, zone)
        yield begin, until, offset
        begin = until


def _midnight(day: date, zone: str) -> datetime:
    """The first instant of the day: where a night skips midnight, after that."""
    at = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone)).astimezone(UTC)
    while at.astimezone(ZoneInfo(zone)).date() < day:
        at += MINUTE
    return at


def _offset(at: datetime, zone: str) -> timedelta:
    return at.astimezone(ZoneInfo(zone)).utcoffset() or timedelta()


def _change(before: datetime, after: datetime, zone: str) -> datetime:
    """The first minute with another offset than at `before`."""
    old = _offset(before, zone)
    while after - before > MINUTE:
        half = before + (after - before) // MINUTE // 2 * MINUTE
        if _offset(half, zone) == old:
            before = half
        else:
            after = half
    return after
