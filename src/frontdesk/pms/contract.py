"""What every PMS is to us: reservations that changed, read as they are, and nothing written."""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Reservation:
    """One room of one guest that the house keeps, under the PMS's own ids."""

    external_id: str
    category: str
    """The PMS's id of the room type."""
    code: str | None
    """What the PMS calls that type towards others."""
    room: str | None
    """The number of the room, once it is given."""
    arrival: date
    departure: date
    guest_name: str
    guest_phone: str | None
    """Digits with country code."""
    adults: int
    children: int
    total: Decimal
    """With taxes."""
    tax: Decimal
    currency: str | None
    """None where nothing is charged."""


@dataclass(frozen=True, slots=True)
class Unread:
    """A reservation that cannot be read as one, and why."""

    external_id: str
    problem: str


@dataclass(slots=True)
class Pulled:
    """What was found, each reservation once."""

    kept: list[Reservation] = field(default_factory=list[Reservation])
    gone: list[str] = field(default_factory=list[str])
    """Ids of what is cancelled there, or holds no room yet."""
    unread: list[Unread] = field(default_factory=list[Unread])


@dataclass(frozen=True, slots=True)
class Asked:
    """Which reservations: those that changed since, or the coming year's, and these again."""

    since: datetime | None
    until: datetime
    again: tuple[str, ...] = ()


class PmsFailed(Exception):
    """The PMS could not be read"""

    def __init__(self, why: str, *, wait: float | None = None) -> None:
        super().__init__(why)
        self.wait = wait
        """Seconds that it asks us to stay away."""


class PmsSilent(PmsFailed):
    """The PMS did not answer this time: what it said before is as good as it was"""


class Paused(Exception):
    """Not all was read in this step; the next one goes on"""

    def __init__(self, wait: float | None = 0.0) -> None:
        super().__init__()
        self.wait = wait
        """Seconds until it may go on; None where the PMS says only that it was asked too often."""


class Pms(Protocol):
    """One system, spoken to with no transaction open."""

    async def changed(self, asked: Asked, /) -> Pulled:
        """Raises PmsFailed, and Paused where a step of it took long enough.

        One reservation that is malformed is Unread, and fails no other.
        """
        ...
