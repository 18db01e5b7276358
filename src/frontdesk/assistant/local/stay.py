"""The parts of a stay that a message says: which of its dates is the arrival, for how long, who."""

import re
from datetime import date, timedelta
from itertools import pairwise

from frontdesk.assistant.local.calendar import shifted
from frontdesk.assistant.local.dates import BARE, Dates, Said
from frontdesk.assistant.local.lexicon import normal
from frontdesk.assistant.local.party import nights_said, party_said
from frontdesk.assistant.values import StayAsk

LEAVING_BEFORE = re.compile(r"(?:>[^.<>]*|t[oLd]*)$")
LEAVING_AFTER = re.compile(r"t(?![NMn])[^.<>]{0,3}$|^[^.,<>&]{0,6}>|^t(?!n)")
SEASON = 10
NAMED_DAY = re.compile(r"[N°O8RWVZ]")
LONG_UNIT = re.compile(r"[4y]")
NEW_YEAR = tuple(
    normal(
        "new year|new years|new year's|año nuevo|neujahr|nouvel an|capodanno|ano novo|nieuwjaar"
        "|новый год|нового года|رأس السنة|yeni yıl|नया साल|नव वर्ष|正月|お正月|새해|新年"
    ).split("|")
)
"""Who spends it at a hotel sleeps there the night before; “New Year's Day” is a day."""
TONIGHT = frozenset(
    normal(
        "tonight|this evening|heute abend|heute nacht|esta noche|ce soir|cette nuit|stasera|stanotte"
        "|questa sera|hoje à noite|esta noite|vanavond|vannacht|morgennacht|сегодня вечером|сегодня ночью"
        "|эту ночь|этой ночью|الليلة|bu gece|bu akşam|今晚|今夜|今晩|明晚|明晩|오늘밤|오늘 밤|आज रात"
    ).split("|")
)
"""Who asks for a room and says no more sleeps there once."""
NIGHT_AFTER = re.compile(r"[Fot]{0,2}n")
OR = re.compile(
    r"[,、]?\s*(?:or|o|u|oder|ou|of|или|либо|veya|ya da|او|أو|या|または|か|あるいは|或者?|还是|또는|이나|나|혹은)"
    r"(?:\s+(?!so\b|to\b)\w{1,3}){0,2}"
)
"""As folding leaves it, and a short word or two of the next day's own."""
NIGHTS_OF = re.compile(r"n[oL]*$")
ARRIVING_BEFORE = re.compile(r"<[^.,>]*$")


def stay_said(read: Dates) -> StayAsk:
    spans = [(said.start, said.end) for said in read.said]
    adults, children, rooms = party_said(read.kinds, read.row, spans)
    lengths = [
        span for span, said in zip(spans, read.said, strict=True) if not _is_length(said, read)
    ]
    how_long = nights_said(read.kinds, read.row, lengths)
    arrival, departure = _days(read)
    if arrival is not None and departure is None and not how_long and _once(read):
        how_long = 1
    if arrival is not None and departure is None and how_long:
        departure = arrival + timedelta(days=how_long)
    return StayAsk(arrival, departure, how_long, adults, children, rooms)


def _the_night_of(said: Said, read: Dates) -> date:
    """The day of arrival that a day which was said stands for."""
    new_year = any(
        span.text.endswith(NEW_YEAR) and span.start == said.days[0] for span in read.spans
    )
    return said.days[0] - timedelta(days=1) if new_year else said.days[0]


def _once(read: Dates) -> bool:
    """As in “a room for tonight” and “for Friday night”, but not in “we arrive tonight”."""
    if len(read.said) != 1 or re.search("[<>]", read.kinds):
        return False
    (said,) = read.said
    before, after = read.kinds[: said.start], read.kinds[said.end :]
    if before.endswith(("f", "a")):
        return False
    tonight = any(span.text in TONIGHT for span in read.spans)
    return tonight or before.endswith("n") or bool(NIGHT_AFTER.match(after))


def _of_nights(said: Said, read: Dates) -> bool:
    """As in “Friday night and Saturday night” or “the nights of 5 and 6 May”: out the day after."""
    return "&" in read.kinds[said.start : said.end] and (
        read.kinds[said.end :].startswith("n") or bool(NIGHTS_OF.search(read.kinds[: said.start]))
    )


def _is_length(said: Said, read: Dates) -> bool:
    """As in “for three days from Friday” and "for the next three days" say dates and a length."""
    kinds = read.kinds[said.start : said.end]
    if re.match(r"F?o?[N1q]-?[dwmnb]", kinds):
        counted_from_now = "R" in kinds or kinds[-1] in "lg"
        return not counted_from_now or kinds[0] == "F" or "n" in kinds
    return kinds[0] in "XC" and read.kinds[: said.start].rstrip("oL").endswith("F")


def _days(read: Dates) -> tuple[date | None, date | None]:
    arrival = departure = None
    weekday = False
    for said in _chosen(read):
        nights = _of_nights(said, read)
        long = said.until or nights or (said.days[1] - said.days[0]).days > 1
        if long and arrival is None:
            arrival = said.days[0]
            departure = departure or said.days[1] + timedelta(days=nights)
        elif not long and _leaves(said, read):
            if departure is None:
                weekday, departure = _is_weekday(said, read), said.days[0]
        elif arrival is None:
            arrival = _the_night_of(said, read)
        elif departure is None and said.days[0] != arrival:
            weekday, later = _is_weekday(said, read), said.days[0] > arrival
            departure = said.days[0] if later or weekday or _is_bare(said, read) else None
    if arrival is not None and departure is not None and departure <= arrival:
        departure = _after(arrival, departure, weekday=weekday)
    return arrival, departure


def _is_weekday(said: Said, read: Dates) -> bool:
    return re.fullmatch("[WV]", read.kinds[said.start : said.end]) is not None


def _is_bare(said: Said, read: Dates) -> bool:
    return BARE.fullmatch(read.kinds[said.start : said.end]) is not None


def _after(arrival: date, departure: date, *, weekday: bool) -> date | None:
    """As in “in on the 24th of December, out on the 26th”: the next such weekday or day, if soon."""
    if weekday:
        return arrival + timedelta(days=(departure - arrival).days % 7 or 7)
    for months in range(13):
        later = shifted(departure, months, "m")
        if later > arrival:
            return later if (later - arrival).days <= 31 else None
    return None


def _chosen(read: Dates) -> list[Said]:
    """Days that a stay could have: "in May" only says when to look, and of "Friday or Sunday" the
    first is asked about.
    """
    said = [said for said in read.said if not _is_season(said, read)]
    others = {b for a, b in pairwise(said) if OR.fullmatch(read.between(a, b))}
    return [one for one in said if one not in others]


def _is_season(said: Said, read: Dates) -> bool:
    """Many days, and no day of them was named."""
    kinds = re.sub(r"NI(?!N)", "I", read.kinds[said.start : said.end])
    days = (said.days[1] - said.days[0]).days
    return days >= SEASON and (not NAMED_DAY.search(kinds) or bool(LONG_UNIT.search(kinds)))


def _leaves(said: Said, read: Dates) -> bool:
    """Whether the words around a day make it the day of departure."""
    ends = [s.end for s in read.said if s.end <= said.start]
    starts = [s.start for s in read.said if s.start >= said.end]
    before = read.kinds[max(ends, default=0) : said.start]
    after = read.kinds[said.end : min(starts, default=len(read.kinds))]
    if LEAVING_BEFORE.search(before) or (ends and after.startswith(">")):
        return True
    return not ARRIVING_BEFORE.search(before) and bool(LEAVING_AFTER.search(after))
