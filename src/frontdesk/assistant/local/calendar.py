"""Calendar arithmetic: what said parts of a date come to, seen from a hotel's today."""

import calendar
from datetime import date, timedelta

from frontdesk.assistant.local.lexicon import EASTER

Span = tuple[date, date]
"""The first day, and the day after the last."""
CENTURY = 2000
THURSDAY, SATURDAY, SUNDAY = 3, 5, 6


def valid(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def one(day: date) -> Span:
    return day, day + timedelta(days=1)


def full_year(year: int) -> int:
    return year if year >= 100 else CENTURY + year


def coming(month: int, day: int, year: int | None, today: date) -> date | None:
    """The first such day not before today, or in the year that was said."""
    if year is not None:
        return valid(full_year(year), month, day)
    for candidate in range(today.year, today.year + 5):
        found = valid(candidate, month, day)
        if found is not None and found >= today:
            return found
        if found is not None and candidate > today.year:
            return found
    return None


def coming_day(day: int, weekday: int | None, today: date) -> date | None:
    """The next such day of a month, on that weekday if one was said."""
    for months in range(60):
        first = add_months(today.replace(day=1), months)
        found = valid(first.year, first.month, day)
        if found and found >= today and weekday in (None, found.weekday()):
            return found
    return None


def add_months(day: date, months: int) -> date:
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def shifted(day: date, count: int, unit: str) -> date:
    """`unit` is the lexicon's letter for days, weeks, months, years or workdays."""
    if unit == "b":
        return _workdays(day, count)
    if unit in "my":
        return add_months(day, count * (12 if unit == "y" else 1))
    return day + timedelta(days=count * (7 if unit == "w" else 1))


def _workdays(day: date, count: int) -> date:
    step = 1 if count >= 0 else -1
    left = abs(count)
    while left:
        day += timedelta(days=step)
        left -= day.weekday() < SATURDAY
    return day


def monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def week(day: date) -> Span:
    return monday(day), monday(day) + timedelta(days=7)


def month(day: date) -> Span:
    first = day.replace(day=1)
    return first, add_months(first, 1)


def year(day: date) -> Span:
    return date(day.year, 1, 1), date(day.year + 1, 1, 1)


def whole(unit: str, day: date) -> Span:
    return {"w": week, "m": month, "y": year}[unit](day)


def named_month(number: int, said_year: int | None, today: date) -> date | None:
    """The first of the month that is going on or comes next."""
    if not 1 <= number <= 12:
        return None
    if said_year is not None:
        return date(full_year(said_year), number, 1)
    return date(today.year + (number < today.month), number, 1)


def weekend(today: date, weeks: int) -> Span:
    saturday = monday(today) + timedelta(days=SATURDAY + 7 * weeks)
    return saturday, saturday + timedelta(days=2)


def week_of_month(ordinal: int, first: date) -> Span:
    """Weeks belong to the month of their Thursday; -1 is the last one."""
    start = monday(first)
    if (start + timedelta(days=THURSDAY)).month != first.month:
        start += timedelta(days=7)
    if ordinal < 0:
        last = add_months(first, 1) - timedelta(days=1)
        start, ordinal = monday(last), 1
        if (start + timedelta(days=THURSDAY)).month != first.month:
            start -= timedelta(days=7)
    return week(start + timedelta(days=7 * (ordinal - 1)))


def nth_weekday(nth: int, weekday: int, first: date) -> date | None:
    """Of the month that begins on `first`; -1 is the last one."""
    if nth < 0:
        last = add_months(first, 1) - timedelta(days=1)
        return last - timedelta(days=(last.weekday() - weekday) % 7)
    found = first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (nth - 1))
    return found if found.month == first.month and nth else None


def numbered_week(number: int, today: date) -> Span | None:
    """Of this year, or of the next one when it is over."""
    for candidate in (today.year, today.year + 1):
        try:
            found = week(date.fromisocalendar(candidate, number, 1))
        except ValueError:
            return None
        if found[1] > today:
            return found
    return None


def part_of_month(part: str, first: date) -> Span:
    """Early, middle or late: to the 15th, the 10th to the 20th, from the 16th."""
    if part == "s":
        return first, first.replace(day=16)
    if part == "c":
        return first.replace(day=10), first.replace(day=21)
    return first.replace(day=16), add_months(first, 1)


def part_of_week(part: str, start: date) -> Span:
    first, last = {"s": (0, 3), "c": (2, 5), "z": (3, 7)}[part]
    return start + timedelta(days=first), start + timedelta(days=last)


def feast(value: int, said_year: int | None, today: date) -> date | None:
    """By the lexicon's number: a fixed day, days from Easter, or a weekday from a day on."""
    for candidate in (said_year,) if said_year else (today.year, today.year + 1):
        found = _feast(value, candidate)
        if said_year or (found is not None and found >= today):
            return found
    return None


def _feast(value: int, in_year: int) -> date | None:
    base, rest = divmod(value + 100, EASTER)
    rest -= 100
    if base == 0:
        return valid(in_year, rest // 100, rest % 100)
    if base == 1:
        return easter(in_year) + timedelta(days=rest)
    floor = date(in_year, rest // 100, rest % 100)
    return floor + timedelta(days=(base - 2 - floor.weekday()) % 7)


def quarter(number: int, in_year: int) -> Span | None:
    if not 1 <= number <= 4:
        return None
    first = date(in_year, 3 * number - 2, 1)
    return first, add_months(first, 3)


def part_of_year(part: str, in_year: int) -> Span:
    """Early is the first half, late the second, middle the two quarters between."""
    first = date(in_year, {"s": 1, "c": 4, "z": 7}[part], 1)
    return first, add_months(first, 6)


def easter(in_year: int) -> date:
    """Western Easter, by the anonymous Gregorian algorithm."""
    a, (b, c) = in_year % 19, divmod(in_year, 100)
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    month_, day = divmod(h + m - 7 * n + 114, 31)
    return date(in_year, month_, day + 1)
