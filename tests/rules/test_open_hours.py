"""Open hours as spans equal a clock that asks the wall every minute, also where days have 23 h."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from frontdesk.kit.open_hours import WEEKDAYS, due_when_open, spans

WEEKS = (
    ("Europe/Madrid", date(2026, 3, 26)),
    ("Europe/Madrid", date(2026, 10, 22)),
    ("America/New_York", date(2026, 10, 29)),
    ("America/Santiago", date(2026, 9, 3)),  # its days begin at one o'clock that night
    ("America/Santiago", date(2026, 4, 2)),
    ("Australia/Lord_Howe", date(2026, 4, 2)),  # half an hour
    ("Asia/Kathmandu", date(2026, 3, 26)),
)
MINUTE = timedelta(minutes=1)


@st.composite
def periods(draw) -> list[tuple[int, int]]:
    marks = st.integers(0, 240) if draw(st.booleans()) else st.integers(0, 1440)
    cuts = sorted(draw(st.sets(marks, max_size=6)))
    return list(zip(cuts[::2], cuts[1::2], strict=False))


def asked_every_minute(week, days, zone: str, first: date, last: date) -> set[datetime]:
    """The slow way, which shares nothing with the quick one."""
    there, found = ZoneInfo(zone), set()
    at = datetime(first.year, first.month, first.day, tzinfo=UTC) - timedelta(days=1)
    while at < datetime(last.year, last.month, last.day, tzinfo=UTC) + timedelta(days=2):
        wall = at.astimezone(there)
        said = days.get(wall.date(), week.get(WEEKDAYS[wall.weekday()], ()))
        minute = wall.hour * 60 + wall.minute
        if first <= wall.date() <= last and any(o <= minute < c for o, c in said):
            found.add(at)
        at += MINUTE
    return found


@settings(max_examples=40, deadline=None)
@given(
    where=st.sampled_from(WEEKS),
    week=st.fixed_dictionaries({}, optional={day: periods() for day in WEEKDAYS}),
    own=st.dictionaries(st.integers(0, 4), periods(), max_size=2),
)
def test_spans_equal_a_clock_that_asks_every_minute(where, week, own) -> None:
    zone, first = where
    last = first + timedelta(days=4)
    days = {first + timedelta(days=at): said for at, said in own.items()}
    found = spans(week, days, zone, first=first, last=last)
    minutes = {
        since + at * MINUTE for since, until in found for at in range((until - since) // MINUTE)
    }
    assert minutes == asked_every_minute(week, days, zone, first, last)
    ends = [instant for span in found for instant in span]
    assert ends == sorted(ends)
    assert len(set(ends)) == len(ends)


def test_a_repeated_hour_is_open_twice_and_a_skipped_one_never() -> None:
    night = {day: [(120, 180)] for day in WEEKDAYS}
    for day, hours in ((date(2026, 3, 29), 0), (date(2026, 10, 25), 2), (date(2026, 7, 1), 1)):
        found = spans(night, {}, "Europe/Madrid", first=day, last=day)
        assert sum((b - a for a, b in found), timedelta()) == timedelta(hours=hours)


@settings(max_examples=25, deadline=None)
@given(
    where=st.sampled_from(WEEKS),
    hours=st.tuples(st.integers(0, 23), st.integers(1, 24)).filter(lambda h: h[0] < h[1]),
    begun=st.integers(0, 3 * 1440),
    minutes=st.integers(1, 2000),
)
def test_so_many_open_minutes_are_over_when_the_clock_has_seen_them(
    where, hours, begun, minutes
) -> None:
    zone, first = where
    days = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    said = {"weekdays": days, "opens": f"{hours[0]:02}:00", "closes": f"{min(hours[1], 23):02}:59"}
    week = {day: [(hours[0] * 60, min(hours[1], 23) * 60 + 59)] for day in days}
    since = datetime(first.year, first.month, first.day, tzinfo=UTC) + begun * MINUTE
    due = due_when_open(since, minutes, said, zone)
    last = due.astimezone(ZoneInfo(zone)).date()
    seen = asked_every_minute(week, {}, zone, first - timedelta(days=1), last)
    assert sum(since <= at < due for at in seen) == minutes
    assert due - MINUTE in seen
