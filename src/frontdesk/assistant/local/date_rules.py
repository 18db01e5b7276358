"""What a single day can be said as, in any language: rules over the lexicon's meanings."""

import itertools
from datetime import date, timedelta

from frontdesk.assistant.local import calendar as cal
from frontdesk.assistant.local.calendar import Span
from frontdesk.assistant.local.said import DECEMBER, Place, Rule, rule


def _single(day: date | None) -> Span | None:
    return None if day is None else cal.one(day)


def month_day(p: Place) -> Span | None:
    return _single(cal.coming(p.value("month"), p.value("day"), p.year(), p.today))


def digits(p: Place) -> Span | None:
    value = p.value("day")
    return _single(cal.valid(value // 10000, value // 100 % 100, value % 100))


def year_first(p: Place) -> Span | None:
    year, a, b = p.value("year"), p.value("a"), p.value("b")
    return _single(cal.valid(year, a, b) or cal.valid(year, b, a))


def readings(p: Place) -> list[date]:
    """Of a date in numbers: the reading that the language prefers first."""
    a, b = p.value("a"), p.value("b")
    pairs = [(a, b), (b, a)] if p.text.month_first else [(b, a), (a, b)]
    if p.text.sure_order is not None and pairs[0][0] <= DECEMBER:
        pairs = pairs[:1]
    found = [cal.coming(m, d, p.year(), p.today) for m, d in pairs if 1 <= m <= 12]
    return list(dict.fromkeys(day for day in found if day is not None))


DECIMAL_POINT = frozenset({"en", "zh", "ja", "ko", "hi", "ar"})


def numeric(p: Place) -> Span | None:
    """Not where the numbers stand apart, nor where "4.2" is a number and no year is said."""
    row = p.text.row[p.match.start("a") : p.match.start("b") + 1]
    apart = any(a.end != b.start for a, b in itertools.pairwise(row))
    decimal = p.kind("dot") == "." and p.text.language in DECIMAL_POINT
    if apart or (decimal and p.token("year") is None):
        return None
    found = readings(p)
    return cal.one(found[0]) if found else None


def in_that_month(p: Place) -> Span | None:
    """A day of this month that is over is one of the next."""
    if p.kind("which") == "T":
        return day_number(p)
    away = 1 if p.kind("which") == "C" else p.weeks_away()
    first = cal.add_months(p.today.replace(day=1), away)
    return _single(cal.valid(first.year, first.month, p.value("day")))


def weekday_number(p: Place) -> Span | None:
    return _single(cal.coming_day(p.value("day"), p.value("weekday"), p.today))


def day_number(p: Place) -> Span | None:
    return _single(cal.coming_day(p.value("day"), None, p.today))


def weekday(p: Place) -> Span | None:
    """Bare: the first not before today; "next": that day of next week."""
    wanted, which = p.value("weekday"), p.kind("which")
    if which in ("X", "A", "P") or (which and p.token("week")):
        start = cal.monday(p.today) + timedelta(days=7 * p.weeks_away())
        return cal.one(start + timedelta(days=wanted))
    return cal.one(p.today + timedelta(days=(wanted - p.today.weekday()) % 7))


def relative(p: Place) -> Span | None:
    return cal.one(p.today + timedelta(days=p.value("shift")))


def counted(p: Place) -> Span | None:
    """So many days, weeks or months from today or from the day that was named."""
    base = p.today + timedelta(days=p.value("shift"))
    sign = -1 if p.token("ago") else 1
    return cal.one(cal.shifted(base, sign * p.count(), p.kind("unit")))


def weekday_after_weeks(p: Place) -> Span | None:
    """As in “2주 후 토요일”: that day of the week which is so many weeks away."""
    start = cal.monday(p.today) + timedelta(days=7 * p.count())
    return cal.one(start + timedelta(days=p.value("weekday")))


def next_day(p: Place) -> Span | None:
    return cal.one(p.today + timedelta(days=p.weeks_away()))


def nth_weekday(p: Place) -> Span | None:
    """As in “the second Sunday of May”; the last one counts from the end."""
    if p.token("month"):
        first = cal.named_month(p.value("month"), p.year(), p.today)
    else:
        first = cal.add_months(p.today.replace(day=1), p.weeks_away())
    last = p.kind("nth") in ("P", "z")
    return _single(
        first and cal.nth_weekday(-1 if last else p.value("nth"), p.value("weekday"), first)
    )


def in_that_year(p: Place) -> Span | None:
    away = p.weeks_away() or (p.token("after") is not None)
    return _single(cal.valid(p.today.year + away, p.value("month"), p.value("day")))


def weeks_from_weekday(p: Place) -> Span | None:
    """As in “Tuesday week”: so many weeks or months after the coming one."""
    day = p.today + timedelta(days=(p.value("weekday") - p.today.weekday()) % 7)
    return cal.one(cal.shifted(day, p.count(), p.kind("unit")))


def weekdays_from_now(p: Place) -> Span | None:
    first = p.today + timedelta(days=(p.value("weekday") - p.today.weekday() - 1) % 7 + 1)
    return cal.one(first + timedelta(days=7 * (p.value("n") - 1)))


def german_day_number(p: Place) -> Span | None:
    """As in “am 5.” is a day of a month; elsewhere a point only ends the sentence."""
    return day_number(p) if p.text.language in ("de", "tr", "da", "no", "fi", "cs") else None


def feast(p: Place) -> Span | None:
    return _single(cal.feast(p.value("feast"), p.year(), p.today))


WRITTEN = (
    rule("(?P<which>[XTPA])o*y[oL]*(?P<month>N)I(?P<day>N)D?", in_that_year),
    rule("(?P<day>DAY)SEP(?P<month>MONTH)THE(?:(?P<which>[XTPA])o*y|y(?P<after>X))", in_that_year),
    rule("(?P<month>MONTH)SEP(?P<day>DAY)FREE[oL,]*(?P<which>[XTPA])o*y", in_that_year),
    rule("(?P<day>8)", digits),
    rule("WEEKDAY?,?(?<![-/.])(?P<year>Y)(?P<dot>[-/.])(?P<a>N)(?P=dot)(?P<b>N)", year_first),
    rule(
        r"(?:(?P<year>[YN])E)?o*(?P<month>N)I o*(?P<day>N|O(?![WVw]))D? (?:[.,]{0,2}WEEKDAY)?",
        month_day,
    ),
    rule("(?P<year>Y)SEP(?P<day>DAY)SEP(?P<month>MONTH)", month_day),
    rule("(?P<year>Y)SEP(?P<month>MONTH)SEP(?P<day>DAY)", month_day),
    rule("(?P<day>DAY)SEP(?P<year>Y)SEP(?P<month>MONTH)", month_day),
    rule("(?P<month>MONTH)SEP(?P<year>Y)SEP(?P<day>DAY)FREE", month_day),
    rule(
        "(?:WEEKDAY[,.oLdiF]*)?(?P<day>DAY)SEP(?P<month>MONTH)(?:[-/.,oL]{0,2}(?P<year>Y))?"
        "(?:[.,]{0,2}WEEKDAY)?",
        month_day,
    ),
    rule(
        "(?:WEEKDAY[,.oLd]*)?(?P<month>MONTH)SEP(?P<day>DAY)LOOSE(?:[-/.,oL]{0,2}(?P<year>Y))?"
        "(?:[.,]{0,2}WEEKDAY)?",
        month_day,
    ),
    rule("(?:WEEKDAY[,.oLd]*)?(?P<day>[O°])[.o]?(?P<month>O)", month_day),
    rule(  # “2-3 rooms” and “2/3 people” count
        "(?:WEEKDAY[,.oL]*)?(?P<a>N)(?P<dot>[-/.])(?P<b>N)(?![puj]|(?<=-N)[~nKdwmyhb])"
        "(?:(?P=dot)(?P<year>[YN]))?",
        numeric,
    ),
)
SAID = (
    rule(
        r"\#?(?P<nth>[O°zP])o?(?P<weekday>WEEKDAY)[oLif]*(?P<month>MONTH)(?:[oL]*(?P<year>Y))?",
        nth_weekday,
    ),
    rule(r"\#?(?P<nth>[O°zP])o?(?P<weekday>WEEKDAY)[oLif]*(?P<which>[XTPA])o*m", nth_weekday),
    rule(
        r"(?:(?P<month>MONTH)|(?P<which>[XTPA])o*m)[oL]*\#?(?P<nth>[O°zP])o?(?P<weekday>WEEKDAY)",
        nth_weekday,
    ),
    rule(r"(?P<month>N)Io*\#?(?P<nth>[NOzP])(?:o|w)?(?P<weekday>WEEKDAY)", nth_weekday),
    rule(r"(?P<which>[XTPA])o*m o*\#(?P<nth>N)(?:o|w)?(?P<weekday>WEEKDAY)", nth_weekday),
    rule(r"(?P<which>[XTPA])o*m o*(?P<nth>[Oz])w(?P<weekday>WEEKDAY)", nth_weekday),
    rule("(?P<n>N)(?P<unit>w)l(?P<weekday>WEEKDAY)", weekday_after_weeks),
    rule("(?P<weekday>WEEKDAY)i(?P<n>[N1])(?P<unit>[wm])", weeks_from_weekday),
    rule("(?<!F)(?P<n>[N1])(?P<unit>[wm])f[oL]*(?P<weekday>W)", weeks_from_weekday),
    rule("(?P<n>N)(?P<weekday>W)l", weekdays_from_now),
    rule("(?P<shift>R)i(?P<n>[N1])(?P<unit>UNIT)", counted),
    rule("(?P<n>N)(?P<unit>D)(?:(?P<ago>g)|l)", counted),
    rule("(?P<which>WHICH)o*m[oLf]*(?:do*)?(?P<day>[NO°])D?FREE", in_that_month),
    rule("m(?P<which>WHICH)[oLf]*(?P<day>[NO°])FREE", in_that_month),
    rule("THEd?(?P<day>[NO°])D?d?[oLf]*(?P<which>WHICH)o*m", in_that_month),
    rule("THEd?(?P<day>[N°])D?d?[oL]+m(?P<which>WHICH)", in_that_month),
    rule("(?P<which>WHICH)o*(?P<week>w)[oLd,]*(?P<weekday>WEEKDAY)", weekday),
    rule("(?P<weekday>WEEKDAY)[oLd,iT]*(?P<which>WHICH)o*(?P<week>w)", weekday),
    rule("(?P<weekday>WEEKDAY)[oLd,]*(?P<week>w)(?P<which>WHICH)", weekday),
    rule("(?P<weekday>WEEKDAY)[,oLd]*(?P<day>[N°])D?FREE(?![NY])", weekday_number),
    rule("(?P<which>WHICH)o*(?P<weekday>WEEKDAY)", weekday),
    rule("(?P<weekday>WEEKDAY)o?(?P<which>[XPA])(?![wmykd])", weekday),
    rule("(?P<n>[N1q])o?(?P<unit>UNIT)THE(?:f|a)+THE(?P<shift>R)", counted),
    rule("(?P<shift>R)[foL]*(?:a|X|f)o*(?P<n>[N1q])(?P<unit>UNIT)[il]*", counted),
    rule("(?P<ago>g)THE(?P<n>[N1q])(?P<unit>UNIT)", counted),
    rule("(?P<n>[N1q])o?(?P<unit>UNIT)(?P<ago>g)", counted),
    rule("i[oL]*(?:1(?=[Nq]))?(?P<n>[N1q])(?P<unit>UNIT)(?!THEW)l?", counted),
    rule("(?P<n>[N1q])o?(?P<unit>UNIT)o?l", counted),
    rule("(?P<which>X)o*d(?![N°])", next_day),
    rule("THE(?P<feast>Z)(?:[oL,]*(?P<year>Y))?", feast),
    rule("(?P<weekday>W)", weekday),
    rule("(?<=[,.fitFoL<>])(?P<weekday>V)(?![JKdnw])", weekday),
    rule("^(?P<weekday>V)(?![JKdnw])", weekday),
    rule("(?P<shift>R)", relative),
    rule("(?P<day>°)(?!THE[~nKpujwkmyJdO])", day_number),
    rule("(?<!n)(?P<day>N)D(?!F|[HN])", day_number),
    rule("(?<=L)(?P<day>N)FREE(?=[.,tf&<>FxS1]|$)", day_number),
    rule("(?<![N1q])d(?P<day>N)FREE", day_number),
    rule(r"(?<=[oLfFW])(?P<day>N)\.(?![~nKpujwkmyJdMQNO°x]|$.)", german_day_number),
    rule(r"(?<=o)(?P<day>N)\.(?=x(?:[&.,]|$))", german_day_number),  # “am 27. an und am 29. ab”
)
SINGLES: tuple[Rule, ...] = WRITTEN + SAID
