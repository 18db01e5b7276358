"""A booking type by type: what its rooms are sold as and who sleeps in them, now and as asked."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.bookings.errors import NotChangeable, SeveralPlans
from frontdesk.bookings.lines import current_lines, kept_lines, quoted_ages
from frontdesk.bookings.lines import lines as lines_of
from frontdesk.bookings.models import Booking
from frontdesk.bookings.nights import Had, types
from frontdesk.bookings.quote import StayWish
from frontdesk.bookings.stay_models import BookingRoom
from frontdesk.kit.errors import NotFound
from frontdesk.rooms.queries import room_type


@dataclass(frozen=True, slots=True)
class Part:
    """The rooms of one type in a booking."""

    room_type_id: UUID
    rate_plan_id: UUID | None
    rooms: int
    adults: int
    children: int
    children_ages: tuple[int, ...] = ()

    def wish(self, arrival: date, departure: date) -> StayWish:
        return StayWish(
            arrival, departure, self.adults, self.children, self.rooms, self.children_ages
        )


@dataclass(frozen=True, slots=True)
class RoomWanted:
    """What shall be different about one room; None stays as it is."""

    line_id: UUID
    room_type_id: UUID | None = None
    adults: int | None = None
    children: int | None = None
    children_ages: tuple[int, ...] | None = None
    arrival: date | None = None
    departure: date | None = None

    @property
    def dates(self) -> tuple[date | None, date | None]:
        return self.arrival, self.departure


@dataclass(frozen=True, slots=True)
class Wanted:
    """What shall be different; None stays as it is."""

    arrival: date | None = None
    departure: date | None = None
    room_type_id: UUID | None = None
    rooms: int | None = None
    adults: int | None = None
    children: int | None = None
    children_ages: tuple[int, ...] | None = None
    lines: tuple[RoomWanted, ...] = ()
    """Single rooms, instead of all of them."""

    @property
    def of_all(self) -> bool:
        """Whether it says something of the rooms together."""
        said = (self.room_type_id, self.rooms, self.adults, self.children, self.children_ages)
        return any(value is not None for value in said)

    @property
    def apart(self) -> list[UUID]:
        """The rooms that get dates of their own."""
        return [room.line_id for room in self.lines if room.dates != (None, None)]

    def of_their_own(self) -> "Wanted":
        """The same, said of a booking that has these rooms only. Raises NotChangeable."""
        asked = {room.dates for room in self.lines}
        if len(asked) != 1 or (self.arrival, self.departure) != (None, None) or self.of_all:
            raise NotChangeable("one change names the rooms of the same dates, and nothing else")
        ((arrival, departure),) = asked
        lines = tuple(replace(room, arrival=None, departure=None) for room in self.lines)
        return replace(self, arrival=arrival, departure=departure, lines=lines)


async def parts_of(session: AsyncSession, booking: Booking) -> list[Part]:
    """As the booking is, a type once, in one order."""
    kinds = await types(session, booking)
    lines = await kept_lines(session, booking.id)
    if len(kinds) != 1:
        return _together(await current_lines(session, booking), kinds)
    known = [age for at in lines if at.departure == booking.departure for age in at.children_ages]
    ages = tuple(known or await quoted_ages(session, booking))
    (had,) = kinds
    party = (booking.adults, booking.children, ages)
    return [Part(had.room_type_id, had.rate_plan_id, had.rooms, *party)]


def _together(lines: Sequence[BookingRoom], kinds: Sequence[Had]) -> list[Part]:
    plans = {had.room_type_id: had.rate_plan_id for had in kinds}
    return _grouped([(plans.get(at.room_type_id), shown_line(at)) for at in lines])


def shown_line(line: BookingRoom) -> dict[str, Any]:
    """A room as a change keeps it."""
    return {
        "line_id": str(line.id),
        "room_type_id": str(line.room_type_id),
        "adults": line.adults,
        "children": line.children,
        "children_ages": list(line.children_ages[: line.children]),
    }


def _grouped(rooms: Sequence[tuple[UUID | None, dict[str, Any]]]) -> list[Part]:
    """Rooms with their plans as parts. Raises SeveralPlans."""
    found: dict[UUID, Part] = {}
    for plan, room in rooms:
        kind = UUID(room["room_type_id"])
        known = found.get(kind, Part(kind, plan, 0, 0, 0))
        if known.rate_plan_id != plan:
            raise SeveralPlans
        found[kind] = replace(
            known,
            rooms=known.rooms + 1,
            adults=known.adults + room["adults"],
            children=known.children + room["children"],
            children_ages=(*known.children_ages, *room["children_ages"]),
        )
    return [found[kind] for kind in sorted(found)]


async def all_known(session: AsyncSession, booking: Booking, wanted: Wanted) -> None:
    """Raises NotFound for what is not there, before anything is said of the booking's state."""
    lines = {at.id for at in await lines_of(session, booking)} if wanted.lines else set[UUID]()
    if any(room.line_id not in lines for room in wanted.lines):
        raise NotFound("there is no such room in this booking")
    asked = {wanted.room_type_id, *(room.room_type_id for room in wanted.lines)}
    for kind in asked - {None}:
        if kind is not None and await room_type(session, kind) is None:
            raise NotFound("there is no such room type")


async def parts_after(
    session: AsyncSession, booking: Booking, wanted: Wanted
) -> tuple[list[Part], list[dict[str, Any]]]:
    """As the booking would be, and the rooms that change on their own. Raises NotChangeable."""
    if wanted.lines:
        if wanted.of_all:
            raise NotChangeable("say it of all rooms or of single ones, not both")
        return await _room_by_room(session, booking, wanted.lines)
    parts = await parts_of(session, booking)
    if not wanted.of_all:
        return parts, []
    if len(parts) > 1 and wanted.room_type_id is None:
        raise NotChangeable("its rooms are of several types: name the rooms that change")
    if len({part.rate_plan_id for part in parts}) > 1:
        raise SeveralPlans
    return [_all_of(booking, parts, wanted)], []


def _all_of(booking: Booking, parts: Sequence[Part], wanted: Wanted) -> Part:
    known = tuple(age for part in parts for age in part.children_ages)
    ages = known if wanted.children_ages is None else wanted.children_ages
    children = booking.children if wanted.children is None else wanted.children
    if wanted.children_ages is not None:
        children = max(wanted.children or 0, len(ages))
    return Part(
        wanted.room_type_id or parts[0].room_type_id,
        parts[0].rate_plan_id,
        wanted.rooms or booking.rooms,
        wanted.adults or booking.adults,
        children,
        ages[:children],
    )


async def _room_by_room(
    session: AsyncSession, booking: Booking, wanted: Sequence[RoomWanted]
) -> tuple[list[Part], list[dict[str, Any]]]:
    plans = {had.room_type_id: had.rate_plan_id for had in await types(session, booking)}
    asked = {room.line_id: room for room in wanted}
    lines = await current_lines(session, booking)
    if not asked.keys() <= {at.id for at in lines}:
        raise NotFound("there is no such room in this booking")
    rooms = [(plans.get(at.room_type_id), _as_asked(at, asked.get(at.id))) for at in lines]
    changed = [room for _, room in rooms if UUID(room["line_id"]) in asked]
    return _grouped(rooms), changed


def _as_asked(line: BookingRoom, wanted: RoomWanted | None) -> dict[str, Any]:
    room = shown_line(line)
    if wanted is None:
        return room
    if wanted.room_type_id is not None:
        room["room_type_id"] = str(wanted.room_type_id)
    if wanted.adults is not None:
        room["adults"] = wanted.adults
    if wanted.children_ages is not None:
        room["children_ages"] = list(wanted.children_ages)
        room["children"] = len(wanted.children_ages)
    if wanted.children is not None:
        room["children"] = max(wanted.children, len(wanted.children_ages or ()))
        room["children_ages"] = room["children_ages"][: room["children"]]
    return room
