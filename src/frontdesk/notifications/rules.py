"""Who is to be told, by which way and when: pure decisions on weekly times, levels and wishes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

URGENT = 90
"""From this priority on quiet times and digests do not count."""
CLIMBS = 50
"""From this priority on an alert climbs where a hotel has said nothing else."""
WAIT = 10
"""Minutes until the next level, where a hotel has said nothing else."""
RISE = 5
"""Of the priority, each time that the same episode is told again."""
CHANNELS = ("whatsapp", "email", "apprise")
LAST: Mapping[str, Any] = {"fallback": True}
"""The plan of the step behind every ladder."""


@dataclass(frozen=True, slots=True)
class Level:
    """One rung: who is told and how, and after how many minutes the next one is."""

    roles: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    """Ids of staff; with neither roles nor people everybody is meant."""
    off_shift: bool = False
    """Also those who are not on shift now."""
    channels: tuple[str, ...] = ()
    """None: by each person's own."""
    shared: tuple[str, ...] = ()
    """Ids of channels of nobody's own, e.g. a team's room."""
    minutes: int = WAIT

    def means(self, staff_id: str, role: str) -> bool:
        anybody = not self.roles and not self.people
        return anybody or role in self.roles or staff_id in self.people


def levels_of(stored: Iterable[Mapping[str, Any]]) -> tuple[Level, ...]:
    return tuple(level_of(one) for one in stored)


def level_of(stored: Mapping[str, Any]) -> Level:
    lists = {n: tuple(stored.get(n, ())) for n in ("roles", "people", "channels", "shared")}
    minutes = int(stored.get("minutes", WAIT))
    return Level(off_shift=bool(stored.get("off_shift")), minutes=minutes, **lists)


@dataclass(frozen=True, slots=True)
class Period:
    """So many minutes of a week by the hotel's wall clock; 0 is Monday."""

    weekday: int
    starts: str
    ends: str


def minutes_of(clock: str) -> int:
    hours, _, minutes = clock.partition(":")
    return int(hours) * 60 + int(minutes)


def in_period(period: Period, weekday: int, minute: int) -> bool:
    """By the wall clock, so that a night of 23 or 25 hours is as long as the clock shows."""
    starts, ends = minutes_of(period.starts), minutes_of(period.ends)
    if starts < ends:
        return weekday == period.weekday and starts <= minute < ends
    if weekday == period.weekday and minute >= starts:
        return True
    return weekday == (period.weekday + 1) % 7 and minute < ends


def on_shift(periods: Sequence[Period], now: datetime, zone: str) -> bool:
    """Whoever has no periods is on shift whenever they are on duty."""
    local = now.astimezone(ZoneInfo(zone))
    minute = local.hour * 60 + local.minute
    return not periods or any(in_period(p, local.weekday(), minute) for p in periods)


def next_shift(periods: Iterable[Period], now: datetime, zone: str) -> datetime | None:
    """When the next of these periods begins, within a week."""
    starts = [at for p in periods if (at := _next_start(p, now, zone)) is not None]
    return min(starts, default=None)


def _next_start(period: Period, now: datetime, zone: str) -> datetime | None:
    local = now.astimezone(ZoneInfo(zone))
    for ahead in range(8):
        day = (local + timedelta(days=ahead)).date()
        at = datetime.combine(day, _clock(period.starts), ZoneInfo(zone))
        if day.weekday() == period.weekday and at > now:
            return at.astimezone(now.tzinfo)
    return None


def _clock(said: str) -> time:
    return time(*divmod(minutes_of(said), 60))


def quiet_until(
    quiet_from: str | None, quiet_ends: str | None, now: datetime, zone: str
) -> datetime | None:
    """When somebody's quiet time that is now is over; None outside of it."""
    if quiet_from is None or quiet_ends is None or quiet_from == quiet_ends:
        return None
    local = now.astimezone(ZoneInfo(zone))
    minute, starts, ends = (
        local.hour * 60 + local.minute,
        minutes_of(quiet_from),
        minutes_of(quiet_ends),
    )
    inside = starts <= minute < ends if starts < ends else minute >= starts or minute < ends
    return next_time([quiet_ends], now, zone) if inside else None


def next_time(times: Iterable[str], now: datetime, zone: str) -> datetime | None:
    """The next of these times of day by the hotel's clock."""
    local = now.astimezone(ZoneInfo(zone))
    ahead = [
        at.astimezone(now.tzinfo)
        for said in times
        for days in (0, 1)
        if (at := datetime.combine(local.date() + timedelta(days), _clock(said), ZoneInfo(zone)))
        > now
    ]
    return min(ahead, default=None)


def preferred(
    preferences: Iterable[Mapping[str, Any]], kind: str, priority: int
) -> tuple[str, ...] | None:
    """The channels that somebody wants for this: by the kind before any, the higher first."""
    fitting = [
        p
        for p in preferences
        if p.get("kind", "*") in ("*", kind) and int(p.get("min_priority", 0)) <= priority
    ]
    best = max(
        fitting,
        key=lambda p: (p.get("kind", "*") != "*", int(p.get("min_priority", 0))),
        default=None,
    )
    return None if best is None else tuple(best.get("channels", ()))


def channels_for(
    level: Level, wanted: tuple[str, ...] | None, has: Sequence[str], *, urgent: bool
) -> tuple[str, ...]:
    """Of what somebody has: what they want and the level allows; what is urgent comes anyhow.

    `has` is in the order of preference: who wants nothing else is told by the first.
    """
    allowed = [c for c in has if not level.channels or c in level.channels]
    if wanted is None:
        return tuple(allowed if level.channels else allowed[:1])
    chosen = tuple(c for c in allowed if c in wanted)
    return chosen or (tuple(allowed[:1]) if urgent else ())


def risen(score: int, told: int) -> int:
    """The priority of an episode that is told again."""
    return min(100, max(told, score + RISE))


def sooner(due: datetime, now: datetime) -> datetime:
    """An episode that is told again waits half of what is left."""
    return now + (due - now) / 2 if due > now else due
