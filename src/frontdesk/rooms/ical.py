"""iCalendar (RFC 5545) for rooms: whole days, the last one exclusive, and nobody's name."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

MAX_EVENTS = 5_000
LONGEST = 1_100
OURS = "@frontdesk"
"""Our own events, which other systems send back to us."""
A_DAY = timedelta(days=1)


class NotACalendar(Exception):
    """What came is no calendar that we can read"""


@dataclass(frozen=True, slots=True)
class Busy:
    """A room is taken on [first, until)."""

    uid: str
    first: date
    until: date
    problem: str = ""
    """Why it cannot be read as that."""


def render(name: str, busy: Iterable[tuple[UUID, date, date]], *, now: datetime) -> bytes:
    from icalendar import Calendar, Event  # noqa: PLC0415 - 3 MiB, only where calendars are

    calendar: Any = Calendar()
    calendar.add("prodid", "-//Frontdesk//Rooms//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", name)
    for claim_id, first, until in busy:
        event: Any = Event()
        event.add("uid", f"{claim_id}{OURS}")
        event.add("dtstamp", now)
        event.add("dtstart", first)
        event.add("dtend", until)
        event.add("summary", "Not available")
        calendar.add_component(event)
    return calendar.to_ical()


def read(raw: bytes, zone: str) -> list[Busy]:
    """Other people's events that take the room, one a UID. Raises NotACalendar."""
    from icalendar import Calendar  # noqa: PLC0415 - see render

    try:
        calendar: Any = Calendar.from_ical(raw)
        events = [e for e in calendar.walk("VEVENT") if _takes(e)]
    except (ValueError, IndexError, KeyError, AttributeError, TypeError):
        raise NotACalendar(NotACalendar.__doc__) from None
    if calendar.name != "VCALENDAR" or len(events) > MAX_EVENTS:
        raise NotACalendar(NotACalendar.__doc__)
    found = {busy.uid: busy for event in events if (busy := _busy(event, zone))}
    return list(found.values())


def _takes(event: Any) -> bool:
    cancelled = str(event.get("STATUS", "")).upper() == "CANCELLED"
    free = str(event.get("TRANSP", "")).upper() == "TRANSPARENT"
    return not cancelled and not free


def _busy(event: Any, zone: str) -> Busy | None:
    uid = str(event.get("UID", "")).replace("\0", "")[:300]
    if uid.endswith(OURS):
        return None
    try:
        start, end = event.decoded("DTSTART"), _end(event)
        first, until = _day(start, zone), _day(end, zone)
        until = max(until, first + A_DAY)
    except (KeyError, ValueError, TypeError, OverflowError, AttributeError):
        return None
    problem = ""
    if "RRULE" in event:
        problem = "events that repeat are not read"
    elif (until - first).days > LONGEST:
        problem = "it is longer than three years"
    return Busy(uid or f"{first}/{until}", first, until, problem)


def _end(event: Any) -> Any:
    if "DTEND" in event:
        return event.decoded("DTEND")
    lasting = event.decoded("DURATION") if "DURATION" in event else timedelta()
    return event.decoded("DTSTART") + lasting


def _day(said: Any, zone: str) -> date:
    """An instant's civil day in the hotel's zone; a time without a zone is the hotel's own."""
    if not isinstance(said, datetime):
        return said
    return (said.astimezone(ZoneInfo(zone)) if said.tzinfo else said).date()
