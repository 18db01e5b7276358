"""Waiting that counts only while the house is open: pure, in the hotel's own time."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from frontdesk.triggers.facts import WEEK

FARTHEST = 400
"""Days that are looked through."""


def due_when_open(since: datetime, minutes: int, hours: Mapping[str, Any], zone: str) -> datetime:
    """The instant by which so many open minutes have passed since then."""
    left = timedelta(minutes=minutes)
    day = since.astimezone(ZoneInfo(zone)).date()
    for n in range(FARTHEST):
        opens, closes = _hours_of(day + timedelta(n), hours, zone)
        begins = max(opens, since)
        if begins >= closes:
            continue
        if left <= closes - begins:
            return begins + left
        left -= closes - begins
    return since + timedelta(days=FARTHEST)


def _hours_of(day: date, hours: Mapping[str, Any], zone: str) -> tuple[datetime, datetime]:
    """As instants, so that a night of 23 or 25 hours counts as long as it is."""
    if WEEK[day.weekday()] not in hours["weekdays"]:
        return datetime.min.replace(tzinfo=UTC), datetime.min.replace(tzinfo=UTC)
    said = (time.fromisoformat(hours["opens"]), time.fromisoformat(hours["closes"]))
    opens, closes = (datetime.combine(day, at, ZoneInfo(zone)).astimezone(UTC) for at in said)
    return opens, closes
