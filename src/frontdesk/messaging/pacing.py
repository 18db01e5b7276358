"""How fast and when a hotel may write: the gap between chats, the day's cap, quiet hours."""

import random
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from frontdesk.kit.clock import local_day
from frontdesk.messaging.models import OutboundMessage
from frontdesk.tenancy.models import Hotel, WhatsAppInstance

QUIET = "22:00-08:00"
"""The hotel's own time; `quiet_hours` of its settings says otherwise, "" for none."""


def gap(hotel: Hotel) -> timedelta:
    """Between messages to different chats; `pace_ms` of the hotel's settings, 1 s by default."""
    base = float(hotel.settings.get("pace_ms", 1000))
    return timedelta(milliseconds=base * random.uniform(1, 1.5))  # noqa: S311 - pace, no secret


def count_send(
    instance: WhatsAppInstance, row: OutboundMessage, hotel: Hotel, now: datetime
) -> bool:
    """Count one more of the hotel's day; false when its cap is used up and it is not urgent."""
    today = local_day(now, hotel.timezone).isoformat()
    if instance.sent_on != today:
        instance.sent_on, instance.sent_count = today, 0
    if instance.sent_count >= instance.daily_cap and row.lane != "urgent":
        return False
    instance.sent_count += 1
    return True


def not_now(row: OutboundMessage, hotel: Hotel, now: datetime) -> datetime | None:
    """When to try again what nobody asked for just now; None where it may go."""
    if row.lane != "proactive":
        return None
    return quiet_ends(str(hotel.settings.get("quiet_hours", QUIET)), now, hotel.timezone)


def quiet_ends(hours: str, now: datetime, zone: str) -> datetime | None:
    """The end of the quiet hours ("22:00-08:00") that `now` lies in, by the hotel's wall clock."""
    begins, _, ends = hours.partition("-")
    if not ends:
        return None
    here = now.astimezone(ZoneInfo(zone))
    first, last = time.fromisoformat(begins), time.fromisoformat(ends)
    overnight = first > last
    at = here.time().replace(tzinfo=None)
    inside = (at >= first or at < last) if overnight else first <= at < last
    if not inside:
        return None
    day = here.date() + timedelta(days=1 if overnight and at >= first else 0)
    return datetime.combine(day, last, ZoneInfo(zone)).astimezone(now.tzinfo)
