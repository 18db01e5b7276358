"""What a range of days can be said as, in any language: rules over the lexicon's meanings."""

from datetime import date, timedelta

from frontdesk.assistant.local import calendar as cal
from frontdesk.assistant.local.calendar import Span
from frontdesk.assistant.local.said import POSTPOSED, Place, Rule, rule

OVER = 10
"""Nights: of two numbers of days, the second less, that are farther apart the two are times."""


def _until(start: date | None, day: int) -> Span | None:
    """From a day to a later one of the same month."""
    if start is None:
        return None
    end = cal.valid(start.year, start.month, day)
    return None if end is None or end <= start else (start, end)


def in_month(p: Place) -> Span | None:
    start = cal.coming(p.value("month"), p.value("day"), p.year(), p.today)
    return _until(start, p.value("last"))


def dotted(p: Place) -> Span | None:
    """As in “25.11. - 28.11.”, in any language: of two numbers with a point no one of which is a
    day, or which share no month, each may be a price.
    """
    day, month, last, other = (p.value(name) for name in ("day", "month", "last", "other"))
    if max(day, last) <= 12 and month != other:
        return None
    start = cal.coming(month, day, None, p.today)
    end = None if start is None else cal.coming(other, last, None, start)
    return None if start is None or end is None or end <= start else (start, end)


def in_month_postposed(p: Place) -> Span | None:
    """As in “4 from 8 December”, where "from" follows its day; elsewhere, as in “for two
    from 4 December”, the number before it is somebody else's.
    """
    return in_month(p) if p.text.language in POSTPOSED else None


def in_that_month(p: Place) -> Span | None:
    first = cal.add_months(p.today.replace(day=1), p.weeks_away())
    return _until(cal.valid(first.year, first.month, p.value("day")), p.value("last"))


def in_next_such(p: Place) -> Span | None:
    """From a day of the month, perhaps over the month's end."""
    day, last = p.value("day"), p.value("last")
    start = cal.coming_day(day, None, p.today)
    if start is None or last > day:
        return _until(start, last)
    first = cal.add_months(start.replace(day=1), 1)
    end = cal.valid(first.year, first.month, last)
    return (start, end) if end and (end - start).days <= OVER else None


def in_next_such_german(p: Place) -> Span | None:
    """As in “vom 22. bis zum 24.”; elsewhere a point ends the sentence."""
    return in_next_such(p) if p.text.language == "de" else None


def months(p: Place) -> Span | None:
    """From the first of one month to the first of another."""
    start = cal.named_month(p.value("month"), p.year(), p.today)
    if start is None or not 1 <= p.value("last") <= 12:
        return None
    end = date(start.year, p.value("last"), 1)
    return start, end if end > start else cal.add_months(end, 12)


def week(p: Place) -> Span | None:
    return cal.week(p.today + timedelta(days=7 * p.weeks_away()))


def numbered_week(p: Place) -> Span | None:
    return cal.numbered_week(p.value("n"), p.today)


def week_in_month(p: Place) -> Span | None:
    ordinal = {"P": -1, "z": -1, "g": 1}.get(p.kind("nth"), p.value("nth"))
    first = _month(p)
    return None if first is None or ordinal > 5 else cal.week_of_month(ordinal, first)


def _month(p: Place) -> date | None:
    """The month that was named, or meant by "next month"."""
    if p.token("month") is not None and p.kind("which"):
        return cal.named_month(p.value("month"), p.today.year + p.weeks_away(), p.today)
    if p.token("month") is not None:
        return cal.named_month(p.value("month"), p.year(), p.today)
    return cal.add_months(p.today.replace(day=1), p.weeks_away())


def across_months(p: Place) -> Span | None:
    start = cal.coming(p.value("month"), p.value("day"), p.year(), p.today)
    end = start and cal.coming(p.value("other"), p.value("last"), p.year(), start)
    return None if start is None or end is None or end <= start else (start, end)


def quarter(p: Place) -> Span | None:
    """Numbered, or this one and its neighbours."""
    year = p.year() or p.today.year
    if p.token("n"):
        return cal.quarter(p.value("n"), year + p.weeks_away())
    first = cal.add_months(date(year, (p.today.month - 1) // 3 * 3 + 1, 1), 3 * p.weeks_away())
    return first, cal.add_months(first, 3)


def part_of_year(p: Place) -> Span | None:
    return cal.part_of_year(p.kind("part"), p.year() or p.today.year + p.weeks_away())


def named_year(p: Place) -> Span | None:
    return cal.year(date(p.value("year"), 1, 1))


def part_of_this_month(p: Place) -> Span | None:
    return cal.part_of_month(p.kind("part"), p.today.replace(day=1))


def part_of_week(p: Place) -> Span | None:
    start = cal.monday(p.today) + timedelta(days=7 * p.weeks_away())
    return cal.part_of_week(p.kind("part"), start)


def rest(p: Place) -> Span | None:
    """From today to the last day, which is the day of departure."""
    return p.today, cal.whole(p.kind("unit"), p.today)[1] - timedelta(days=1)


def weekend(p: Place) -> Span | None:
    away = 0 if p.kind("which") == "C" else p.weeks_away()
    return cal.weekend(p.today, away)


def weekend_in_month(p: Place) -> Span | None:
    """By its Saturday."""
    first = _month(p)
    nth = -1 if p.kind("nth") in ("P", "z") else p.value("nth")
    saturday = first and cal.nth_weekday(nth, cal.SATURDAY, first)
    return saturday and cal.weekend(saturday, 0)


def weekend_of_feast(p: Place) -> Span | None:
    day = cal.feast(p.value("feast"), p.year(), p.today)
    return day and cal.weekend(day, 0)


def unit(p: Place) -> Span | None:
    which = {"X": 1, "C": 1, "A": 2, "P": -1}.get(p.kind("which"), 0)
    return cal.whole(p.kind("unit"), cal.shifted(p.today.replace(day=1), which, p.kind("unit")))


def month_of_year(p: Place) -> Span | None:
    if not 1 <= p.value("n") <= 12:
        return None
    return cal.month(date(p.today.year + p.weeks_away(), p.value("n"), 1))


def part_of_month(p: Place) -> Span | None:
    first = _month(p)
    return None if first is None else cal.part_of_month(p.kind("part"), first)


def month(p: Place) -> Span | None:
    first = _month(p)
    return None if first is None else cal.month(first)


def coming_days(p: Place) -> Span | None:
    """The next three days begin tomorrow."""
    count, letter = p.count(), p.kind("unit")
    if letter == "b":
        return p.today + timedelta(days=1), cal.shifted(p.today, count, "b") + timedelta(days=1)
    start = p.today + timedelta(days=1)
    return start, cal.shifted(start, count, letter)


def coming_days_romance(p: Place) -> Span | None:
    """As in “3 próximas semanas”; elsewhere the number belongs to something before it."""
    return coming_days(p) if p.text.language in ("es", "fr", "it", "pt", "hi") else None


def past_days(p: Place) -> Span | None:
    return cal.shifted(p.today, -p.count(), p.kind("unit")), p.today


RANGE = "DAY[oL.]*(?:t|-)[oLd]*DAY"
LINKED: tuple[Rule, ...] = (
    rule(  # “10-12 or 17-19 December”: the month that the last one names is every one's
        r"(?P<day>DAY)[oL.]*(?:t|-)[oLd]*(?P<last>DAY)"
        rf"(?=(?:[.,x]{{1,3}}[foL]*{RANGE})+SEP(?P<month>MONTH)(?:[oL,]*(?P<year>Y))?)",
        in_month,
    ),
    rule(
        r"(?<![-/.])(?P<day>N)[.](?P<month>N)[.]?(?:t|-)(?P<last>N)[.](?P<other>N)(?![.]?[NY]|[-/])[.]?",
        dotted,
    ),
    rule(
        r"(?P<month>MONTH)[oL.]*(?P<day>DAY)[,oL]*(?:t|-)[oL]*(?P<other>MONTH)[oL.]*(?P<last>DAY)FREE"
        r"(?:[oL,]*(?P<year>Y))?",
        across_months,
    ),
    rule(r"(?<!I)(?P<day>N)D?(?:t|-)(?P<last>N)D", in_next_such),
    rule(
        r"(?P<month>N)I(?P<day>N)D?(?:[ft]|-)+o*(?P<last>N)D t?",
        in_month,
    ),
    rule(
        r"B?[oLd]*(?P<day>DAY)D?[oL.]*[t&/-][oLd]*(?P<last>DAY)SEP(?P<month>MONTH)"
        "(?:[oL,]*(?P<year>Y))?",
        in_month,
    ),
    rule(
        r"(?P<day>DAY)[,oL.]*(?:t|-)[oLd]*(?P<last>DAY)SEP(?P<month>MONTH)(?:[oL,]*(?P<year>Y))?",
        in_month,
    ),
    rule(
        r"(?P<day>DAY)[,oL.]*f[oLd]*(?P<last>DAY)SEP(?P<month>MONTH)(?:[oL,]*(?P<year>Y))?",
        in_month_postposed,
    ),
    rule(
        r"(?P<month>MONTH)[oL.]*(?P<day>DAY)[oL.]*(?:t|-)[oL]*(?P<last>DAY)(?!MONTH)FREE"
        "(?:[oL,]*(?P<year>Y))?",
        in_month,
    ),
    rule(
        r"(?:(?P<which>[XTPA])o*m|m(?P<other>X))[oLf]*(?P<day>DAY)D?f?(?:[tf]|-)[oL]*(?P<last>DAY)D?t?",
        in_that_month,
    ),
    rule(
        r"(?P<day>DAY)(?:t|-)[oL]*(?P<last>DAY)[oLi]*(?P<which>[XTPA])o*m",
        in_that_month,
    ),
    rule(
        r"[fBS]?(?P<month>MONTH)[of]*(?:t|-|&|f)[oL]*(?P<last>MONTH)(?!SEP[N°])(?:[oL]*(?P<year>Y))?t?",
        months,
    ),
    rule(r"(?:(?P<year>Y)E)?(?P<month>N)I f?(?:[tf]|-)(?P<last>N)I(?!N)t?", months),
    rule(r"[foL]L?d?(?P<day>[N°])t[oLd]*(?P<last>[N°])FREE(?!SEPMONTH)", in_next_such),
    rule(r"[foL](?P<day>N)[.]t[oLd]*(?P<last>N)(?:[.]|FREE)(?!SEPMONTH|N)", in_next_such_german),
)
PARTS: tuple[Rule, ...] = (
    rule(
        r"(?P<nth>[O°zP])k[oLif]*(?:(?P<month>MONTH)|(?P<which>[XT])o*m)(?:[oL]*(?P<year>Y))?",
        weekend_in_month,
    ),
    rule(r"(?P<feast>Z)o*k", weekend_of_feast),
    rule(r"\#?(?P<n>[NO°])o*4 (?:THE(?:(?P<year>Y)|(?P<which>[XTP])o*y))?", quarter),
    rule(r"(?:(?P<year>Y)E?|(?P<which>[XTP])o*y)o*\#?(?P<n>[NO°])o*4", quarter),
    rule(r"(?P<which>[XTPA])o*4", quarter),
    rule(r"(?P<part>[szc])THE(?:(?P<which>[XTP])o*y|y?o*(?P<year>Y))(?![-/.])", part_of_year),
    rule(r"(?:(?P<which>[XTP])o*y|(?P<year>Y)E?)o*(?P<part>[szc])", part_of_year),
    rule(r"\#?(?P<n>[NO°])m o*(?P<which>[XT])o*y", month_of_year),
    rule(r"(?P<part>[szc])THE(?P<which>[XTPA]?)o*w(?![NO°])", part_of_week),
    rule(r"(?P<which>[XTPA])o*w o*(?P<part>[szc])(?!w)", part_of_week),
    rule(
        r"\#?(?P<nth>[NO°zP])D?w THE(?:(?P<month>MONTH)|(?P<which>[XT])o*m)(?:[oL]*(?P<year>Y))?",
        week_in_month,
    ),
    rule(
        r"(?:(?P<month>MONTH)|(?P<which>[XT])o*m)THE\#?(?P<nth>[O°zPg])w(?!o*WEEKDAY)",
        week_in_month,
    ),
    rule(r"(?P<month>N)I o*\#?(?P<nth>[NOzP])w(?!o*WEEKDAY)", week_in_month),
    rule(r"w(?P<n>N)(?![-/.I])FREE", numbered_week),
    rule(r"\#?(?P<n>[O°])w(?!o*WEEKDAY)", numbered_week),
    rule(r"r[oLT]*(?P<unit>[wmy])", rest),
    rule(r"(?<!Rf)(?P<which>[XC])o*(?P<n>[N1q])o?(?P<unit>[dwmyb])", coming_days),
    rule(r"(?P<n>[Nq])(?P<unit>[dwmyb])[oL]*[XC]", coming_days),
    rule(r"(?P<n>[Nq])[XC](?P<unit>[dwmyb])", coming_days_romance),
    rule(r"P o*(?P<n>[Nq])o?(?P<unit>[dwmyb])", past_days),
)
WHOLE: tuple[Rule, ...] = (
    rule(r"(?P<which>[XTPA])o*y[oLi]*(?P<month>N)I", month),
    rule(r"(?P<which>[XTPA])o*y[oLi]*(?P<month>MONTH)", month),
    rule(r"(?P<month>MONTH)[oLi]*(?P<which>[XTPA])o*y", month),
    rule(r"y THE(?P<year>Y)", named_year),
    rule(r"(?<=i)(?P<year>Y)(?![-/.])", named_year),
    rule(r"(?P<part>[szc])[oL]*m(?!X)", part_of_this_month),
    rule(r"(?<!N)I(?P<part>[szc])", part_of_this_month),
    rule(r"(?P<which>[XTPA])o*w(?!o*k)", week),
    rule(r"C o*w(?P<which>)", week),
    rule(r"w o?(?P<which>[XPA])", week),
    rule(r"(?P<which>[XTPAC])o*(?:w o*)?k", weekend),
    rule(r"(?<![N1q])k o?(?P<which>[XPA])", weekend),
    rule(
        r"(?<![N1q])(?:[TL]|o)*k(?P<which>)(?![oLfF,]{0,3}"
        r"(?:(?:DAY[oL.]*[-/t&][oLd]*)?DAYSEPMONTH|MONTH[oL.]*DAY|N[/.]N|°))",
        weekend,
    ),
    rule(r"(?P<part>[szc])THE-?(?P<month>MONTH)(?:[oL]*(?P<year>Y))?", part_of_month),
    rule(r"(?P<part>[szc])THE(?P<which>[XTPA])o*m", part_of_month),
    rule(r"(?P<which>[XTPA])o*m o*(?P<part>[szc])(?![wW])", part_of_month),
    rule(r"(?P<month>MONTH)o*(?P<part>[szc])", part_of_month),
    rule(r"(?P<month>N)I o*(?P<part>[szc])", part_of_month),
    rule(r"(?P<which>[XTPA])o*(?P<unit>[my])", unit),
    rule(r"(?P<unit>[my])(?P<which>[XPA])", unit),
    rule(r"(?P<month>MONTH)[oL,]*-?(?P<year>Y)", month),
    rule(r"(?P<year>Y)[oL]*-?E?(?P<month>MONTH)", month),
    rule(r"(?:(?P<year>Y)E)(?P<month>N)I", month),
    rule(r"(?<!N)(?P<month>N)I(?![N])", month),
    rule(r"(?P<month>M)(?![°])", month),
    rule(r"(?<=[ifFtoL])(?P<month>Q)", month),
)
