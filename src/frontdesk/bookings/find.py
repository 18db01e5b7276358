"""Which bookings are asked for: by state, days, guest, type or code."""

from collections.abc import Callable
from datetime import date
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field
from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.bookings.models import Booking
from frontdesk.guests.models import Guest
from frontdesk.kit.errors import NotFound
from frontdesk.rooms.models import RoomType


class Sought(BaseModel):
    """Every condition given holds; the days are inclusive."""

    status: Literal["confirmed", "cancelled", "checked_in", "checked_out", "no_show"] | None = None
    arrival_from: date | None = None
    arrival_to: date | None = None
    departure_from: date | None = None
    departure_to: date | None = None
    guest_id: UUID | None = None
    room_type_id: UUID | None = None
    code: str | None = Field(None, max_length=20, pattern=r"^[A-Za-z0-9]*$")


CONDITIONS: dict[str, Callable[[Any], ColumnElement[bool]]] = {
    "status": lambda value: Booking.status == value,
    "arrival_from": lambda value: Booking.arrival >= value,
    "arrival_to": lambda value: Booking.arrival <= value,
    "departure_from": lambda value: Booking.departure >= value,
    "departure_to": lambda value: Booking.departure <= value,
    "guest_id": lambda value: Booking.guest_id == value,
    "room_type_id": lambda value: Booking.room_type_id == value,
    "code": lambda value: Booking.code == str(value).upper(),
}


async def bookings_sought(session: AsyncSession, sought: Sought) -> Select[Booking]:
    """Raises NotFound for a guest or a type that this hotel does not have."""
    for name, model in (("guest_id", Guest), ("room_type_id", RoomType)):
        wanted = getattr(sought, name)
        if wanted is not None and await session.scalar(_known(model, wanted)) is None:
            raise NotFound(f"there is no such {name.removesuffix('_id').replace('_', ' ')}")
    given = sought.model_dump(exclude_none=True)
    return select(Booking).where(*(CONDITIONS[name](value) for name, value in given.items()))


def _known(model: type[Guest] | type[RoomType], wanted: UUID) -> Select[UUID]:
    return select(model.id).where(model.id == wanted)
