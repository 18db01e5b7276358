"""What a line of each kind does: find its row, say what stands there, write, take back."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError

from frontdesk.bookings.errors import as_told_by_database
from frontdesk.bookings.import_booking import BookingLines
from frontdesk.bookings.import_desk import Desk, Lines, Values, given, type_coded
from frontdesk.bookings.import_reading import GuestCells, RateCells, RoomCells, minor
from frontdesk.bookings.inventory import free_lapsed, open_nights
from frontdesk.bookings.models import NightlyInventory
from frontdesk.guests.actions import recognise
from frontdesk.guests.models import Guest, GuestIdentity
from frontdesk.kit.errors import Conflict, NotFound
from frontdesk.rooms.actions import add_room, change_room, remove_room
from frontdesk.rooms.errors import InUse
from frontdesk.rooms.models import Room
from frontdesk.tenancy.audit import record


class RoomLines:
    """Rooms, by number."""

    async def wanted(self, desk: Desk, cells: RoomCells) -> Values:
        kind = await type_coded(desk.session, cells.room_type)
        plain = given(cells, "number", "floor", "features", "notes", "active")
        return {**plain, "room_type_id": str(kind)}

    async def find(self, desk: Desk, wanted: Values) -> str | None:
        query = select(Room.id).where(Room.number == wanted["number"])
        found = await desk.session.scalar(query)
        return str(found) if found else None

    async def stands(self, desk: Desk, key: str) -> Values | None:
        room = await desk.session.scalar(select(Room).where(Room.id == UUID(key)))
        if room is None:
            return None
        return {
            "number": room.number,
            "floor": room.floor,
            "features": room.features,
            "notes": room.notes,
            "active": room.active,
            "room_type_id": str(room.room_type_id),
        }

    async def make(self, desk: Desk, wanted: Values, _: RoomCells) -> str:
        active = wanted.pop("active", True)
        made = Room(hotel_id=desk.hotel.id, **_with_type(wanted))
        await add_room(desk.session, made, by=desk.by, now=desk.now)
        if not active:
            await self.change(desk, str(made.id), {"active": False})
        return str(made.id)

    async def change(self, desk: Desk, key: str, values: Values) -> None:
        wanted = _with_type(values)
        await change_room(desk.session, UUID(key), wanted, by=desk.by, now=desk.now)

    async def remove(self, desk: Desk, key: str) -> None:
        await remove_room(desk.session, UUID(key), by=desk.by, now=desk.now)


def _with_type(values: Mapping[str, Any]) -> Values:
    kind = values.get("room_type_id")
    return {**values, **({"room_type_id": UUID(kind)} if kind else {})}


class RateLines:
    """Prices of nights, by room type and night; a night that is not on sale comes on sale."""

    async def wanted(self, desk: Desk, cells: RateCells) -> Values:
        kind = await type_coded(desk.session, cells.room_type)
        plain = given(cells, "night", "capacity", "closed")
        price = minor(cells.price, desk.hotel.currency)
        return {**plain, "price": price, "room_type_id": str(kind)}

    async def find(self, desk: Desk, wanted: Values) -> str | None:
        key = f"{wanted['room_type_id']}|{wanted['night']}"
        return key if await self._night(desk, key) else None

    async def _night(self, desk: Desk, key: str) -> NightlyInventory | None:
        kind, _, night = key.partition("|")
        query = select(NightlyInventory).where(
            NightlyInventory.room_type_id == UUID(kind),
            NightlyInventory.night == date.fromisoformat(night),
        )
        query = query.with_for_update().execution_options(populate_existing=True)
        return await desk.session.scalar(query)

    async def _without_lapsed(self, desk: Desk, key: str) -> NightlyInventory | None:
        kind, _, said = key.partition("|")
        day = date.fromisoformat(said)
        until = day + timedelta(days=1)
        await free_lapsed(desk.session, desk.hotel.id, UUID(kind), day, until, desk.now)
        return await self._night(desk, key)

    async def stands(self, desk: Desk, key: str) -> Values | None:
        night = await self._night(desk, key)
        if night is None:
            return None
        return {
            "room_type_id": str(night.room_type_id),
            "night": night.night.isoformat(),
            "price": night.price,
            "capacity": night.capacity + night.blocked,
            "closed": night.closed,
        }

    async def make(self, desk: Desk, wanted: Values, cells: RateCells) -> str:
        kind, night = UUID(wanted["room_type_id"]), cells.night
        count = select(func.count()).where(Room.room_type_id == kind, Room.active)
        capacity = wanted.get("capacity")
        if capacity is None:
            capacity = await desk.session.scalar(count) or 0
        await open_nights(
            desk.session,
            desk.hotel.id,
            kind,
            first=night,
            days=1,
            capacity=capacity,
            prices={night: wanted["price"]},
        )
        key = f"{kind}|{night}"
        if wanted.get("closed"):
            await self.change(desk, key, {"closed": True})
        self._record(desk, key, wanted)
        return key

    async def change(self, desk: Desk, key: str, values: Values) -> None:
        night = await self._without_lapsed(desk, key)
        if night is None:
            raise NotFound("this night is not on sale")
        for name in ("price", "closed"):
            if name in values:
                setattr(night, name, values[name])
        if "capacity" in values:
            night.capacity = max(0, values["capacity"] - night.blocked)
        with as_told_by_database():
            await desk.session.flush()
        self._record(desk, key, values)

    async def remove(self, desk: Desk, key: str) -> None:
        night = await self._without_lapsed(desk, key)
        if night is not None and (night.sold or night.held):
            raise InUse("rooms are sold on this night")
        await desk.session.delete(night)
        await desk.session.flush()
        self._record(desk, key, {})

    def _record(self, desk: Desk, key: str, new: Values) -> None:
        subject = f"night:{key}"
        record(desk.session, desk.hotel.id, "rate.import", subject, by=desk.by, new=new)


class GuestLines:
    """Guests, by phone."""

    async def wanted(self, _: Desk, cells: GuestCells) -> Values:
        plain = given(cells, "name", "language", "vip")
        return {**plain, "phone": cells.phone.removeprefix("+")}

    async def find(self, desk: Desk, wanted: Values) -> str | None:
        query = select(GuestIdentity.guest_id).where(
            GuestIdentity.kind == "phone", GuestIdentity.value == wanted["phone"]
        )
        found = await desk.session.scalar(query.limit(1))
        return str(found) if found else None

    async def stands(self, desk: Desk, key: str) -> Values | None:
        guest = await desk.session.scalar(select(Guest).where(Guest.id == UUID(key)))
        if guest is None:
            return None
        return {n: getattr(guest, n) for n in ("name", "language", "vip", "phone")}

    async def make(self, desk: Desk, wanted: Values, _: GuestCells) -> str:
        chat = f"{wanted['phone']}@c.us"
        made = await recognise(desk.session, desk.hotel.id, None, chat, name=wanted.get("name"))
        self._set(made, wanted)
        record(desk.session, desk.hotel.id, "guest.import", f"guest:{made.id}", by=desk.by)
        await desk.session.flush()
        return str(made.id)

    async def change(self, desk: Desk, key: str, values: Values) -> None:
        if "phone" in values:
            raise Conflict("the phone of a guest is changed here, not by an import")
        query = select(Guest).where(Guest.id == UUID(key)).with_for_update()
        self._set((await desk.session.scalars(query)).one(), values)
        record(desk.session, desk.hotel.id, "guest.import", f"guest:{key}", by=desk.by)
        await desk.session.flush()

    def _set(self, guest: Guest, values: Values) -> None:
        for name in ("name", "language", "vip"):
            if name in values:
                setattr(guest, name, values[name])

    async def remove(self, desk: Desk, key: str) -> None:
        try:
            theirs = GuestIdentity.guest_id == UUID(key)
            await desk.session.execute(delete(GuestIdentity).where(theirs))
            await desk.session.execute(delete(Guest).where(Guest.id == UUID(key)))
        except IntegrityError:
            raise InUse("this guest has written or booked since") from None
        record(desk.session, desk.hotel.id, "guest.remove", f"guest:{key}", by=desk.by)


LINES: Mapping[str, Lines] = {
    "rooms": RoomLines(),
    "rates": RateLines(),
    "guests": GuestLines(),
    "bookings": BookingLines(),
}
