"""Days that say the same, told together: from a day to a day, on some weekdays."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Generic, TypeVar

Value = TypeVar("Value")
ALL_WEEK = 127
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Span(Generic[Value]):
    """Every day of [first, last] on these weekdays; Monday is bit 0."""

    first: date
    last: date
    weekdays: int
    value: Value

    def days(self) -> Iterator[date]:
        for n in range((self.last - self.first).days + 1):
            day = self.first + timedelta(n)
            if self.weekdays >> day.weekday() & 1:
                yield day


def compact(days: Mapping[date, Value]) -> list[Span[Value]]:
    """The same days always as the same spans: a stretch goes on for as long as each weekday of it
    says what it said before, so that a season with dear weekends is two.
    """
    found: list[Span[Value]] = []
    stretch: dict[date, Value] = {}
    week: dict[int, Value] = {}
    for day in sorted(days):
        value = days[day]
        follows = day - DAY in stretch
        if not follows or week.get(day.weekday(), value) != value:
            found += _spans(stretch)
            stretch, week = {}, {}
        stretch[day] = week[day.weekday()] = value
    return _joined([*found, *_spans(stretch)])


def _spans(stretch: Mapping[date, Value]) -> list[Span[Value]]:
    of: dict[Value, list[date]] = {}
    for day, value in stretch.items():
        of.setdefault(value, []).append(day)
    spans: list[Span[Value]] = []
    for value, days in of.items():
        whole = len(days) == (days[-1] - days[0]).days + 1
        on = ALL_WEEK if whole else sum(1 << at for at in {day.weekday() for day in days})
        spans.append(Span(days[0], days[-1], on, value))
    return spans


def _joined(spans: list[Span[Value]]) -> list[Span[Value]]:
    """Whole spans that follow each other and say the same are one."""
    found: list[Span[Value]] = []
    for span in spans:
        last = next((at for at, one in enumerate(found) if _goes_on(one, span)), None)
        if last is None:
            found.append(span)
        else:
            found[last] = replace(found[last], last=span.last)
    return found


def _goes_on(one: Span[Value], span: Span[Value]) -> bool:
    whole = one.weekdays == span.weekdays == ALL_WEEK
    return whole and one.last + DAY == span.first and one.value == span.value
