"""Time as a parameter: an instant is aware UTC, a day belongs to a zone."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo


class Clock(Protocol):
    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        ...


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)  # noqa: TID251 - the one place that asks the machine


@dataclass
class FixedClock:
    """A clock that stands still until it is told otherwise."""

    at: datetime

    def now(self) -> datetime:
        return self.at

    def advance(self, by: timedelta) -> None:
        self.at += by


def local_day(now: datetime, zone: str) -> date:
    """The civil date at `now` in an IANA zone."""
    return now.astimezone(ZoneInfo(zone)).date()


def local_time(now: datetime, zone: str) -> datetime:
    """What a clock on the wall shows at `now` in an IANA zone."""
    return now.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
