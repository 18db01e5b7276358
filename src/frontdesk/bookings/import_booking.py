"""Bookings that were made elsewhere: they keep their price, and take stock like any other.

Moved there, they move here, whole or not at all; a stay that has begun is moved by hand.
"""

from datetime import UTC, date, datetime, time
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.bookings import queries
from frontdesk.bookings.cancel import cancel
from frontdesk.bookings.errors import BadStay, TooManyRooms
from frontdesk.bookings.import_desk import Desk, Values, type_coded
from frontdesk.bookings.import_doors import give_door, number_of
from frontdesk.bookings.import_reading import BookingCells, GoneCells, minor
from frontdesk.bookings.inventory import Stay, move
from frontdesk.bookings.models import Booking, BookingNight, Quote
from frontdesk.bookings.nights import NewNights
from frontdesk.bookings.reserve import facts
from frontdesk.bookings.restate import restate
from frontdesk.bookings.rules import new_code, policy_hash, stay_nights
from frontdesk.guests.actions import recognise
from frontdesk.guests.models import Guest
from frontdesk.kit.errors import Conflict
from frontdesk.kit.ids import uuid7
from frontdesk.messaging.events import emit
from frontdesk.tenancy.audit import record

LONGEST = 366
STANDING = frozenset({"confirmed", "checked_in", "checked_out"})
"""What elsewhere is one word: the guest comes, is here, or was."""
SHOWN = ("arrival", "departure", "adults", "children", "rooms", "status")


def spread(amount: int, parts: int) -> list[int]:
    """Whole units that sum to `amount`; the first ones take what is left over."""
    each, rest = divmod(amount, parts)
    return [each + (at < rest) for at in range(parts)]


class BookingLines:
    """Bookings, by their external id alone."""

    async def wanted(self, desk: Desk, cells: BookingCells | GoneCells) -> Values:
        if isinstance(cells, GoneCells):
            return {"status": "cancelled"}
        kind = await type_coded(desk.session, cells.room_type)
        said = cells.model_dump(mode="json")
        total, tax = (minor(said[name], desk.hotel.currency) for name in ("total", "tax"))
        nights = (cells.departure - cells.arrival).days
        if not 1 <= nights <= LONGEST or not tax + nights <= total:
            raise BadStay("its dates or its money cannot be a stay's")
        if cells.rooms > cells.adults:
            raise TooManyRooms
        return {
            **{name: said[name] for name in SHOWN},
            "room_type_id": str(kind),
            "total": total,
            "tax": tax,
            **_door(cells),
        }

    async def find(self, _: Desk, __: Values) -> str | None:
        return None

    async def stands(self, desk: Desk, key: str) -> Values | None:
        found = await _booking(desk.session, key)
        if found is None:
            return None
        return {
            "arrival": found.arrival.isoformat(),
            "departure": found.departure.isoformat(),
            "adults": found.adults,
            "children": found.children,
            "rooms": found.rooms,
            "status": "confirmed" if found.status in STANDING else found.status,
            "room_type_id": str(found.room_type_id),
            "total": found.total,
            "tax": found.tax,
            "room": await number_of(desk.session, found.id),
        }

    async def make(self, desk: Desk, wanted: Values, cells: BookingCells | GoneCells) -> str:
        if isinstance(cells, GoneCells):
            raise Conflict("it is cancelled, and never was here")
        guest = await _guest(desk, cells)
        made = await _write(desk, wanted, guest.id, cells.special_requests)
        if "room" in wanted:
            await give_door(desk, made.id, wanted["room"])
        return str(made.id)

    async def change(self, desk: Desk, key: str, values: Values) -> None:
        status = values.get("status")
        if status == "cancelled":
            why = "cancelled elsewhere"
            await cancel(desk.session, UUID(key), by=desk.by, now=desk.now, reason=why)
        elif status is not None:
            raise Conflict("it is over here, and an import does not bring it back")
        else:
            moved = {name: value for name, value in values.items() if name != "room"}
            if moved:
                stands = await self.stands(desk, key) or {}
                await _move(desk, UUID(key), {**stands, **moved})
            if "room" in values:
                await give_door(desk, UUID(key), values["room"])

    async def remove(self, desk: Desk, key: str) -> None:
        await cancel(desk.session, UUID(key), by=desk.by, now=desk.now, reason="import undone")


def _door(cells: BookingCells) -> Values:
    """Raises BadStay for one door of several rooms."""
    if cells.room is None:
        return {}
    if cells.rooms > 1:
        raise BadStay("a room number is said of a booking of one room")
    return {"room": cells.room}


async def _guest(desk: Desk, cells: BookingCells) -> Guest:
    """Known by the phone; where there is none, a new one by name."""
    if cells.guest_phone is None:
        guest = Guest(hotel_id=desk.hotel.id, id=uuid7(), name=cells.guest_name)
        desk.session.add(guest)
        await desk.session.flush()
        return guest
    chat = f"{cells.guest_phone.removeprefix('+')}@c.us"
    return await recognise(desk.session, desk.hotel.id, None, chat, name=cells.guest_name)


def _dates(wanted: Values) -> tuple[date, date]:
    return date.fromisoformat(wanted["arrival"]), date.fromisoformat(wanted["departure"])


def _priced(wanted: Values) -> list[Values]:
    """Its nights, as a quote keeps them."""
    nights = stay_nights(*_dates(wanted))
    prices = spread(wanted["total"] - wanted["tax"], len(nights))
    taxes = spread(wanted["tax"], len(nights))
    return [
        {"night": night.isoformat(), "price": price, "tax": tax}
        for night, price, tax in zip(nights, prices, taxes, strict=True)
    ]


def _free_until(arrival: date) -> Values:
    return {"free_until": datetime.combine(arrival, time(23), UTC).isoformat(), "fee": 0}


async def _move(desk: Desk, booking_id: UUID, wanted: Values) -> None:
    """The stay as it is elsewhere by now. Raises NotChangeable or RoomTaken."""
    booking = await queries.booking(desk.session, booking_id, lock=True)
    nights = NewNights(UUID(wanted["room_type_id"]), wanted["rooms"], _priced(wanted), None)
    booking.policy = _free_until(_dates(wanted)[0])
    party = (wanted["adults"], wanted["children"])
    await restate(desk.session, booking, nights, party=party, by=desk.by, now=desk.now)


async def _booking(session: AsyncSession, key: str) -> Booking | None:
    return await session.scalar(select(Booking).where(Booking.id == UUID(key)))


async def _write(desk: Desk, wanted: Values, guest_id: UUID, requests: str | None) -> Booking:
    """A quote that is booked already, its booking and nights; the nights' stock comes last."""
    session: AsyncSession = desk.session
    kind = UUID(wanted["room_type_id"])
    arrival, departure = _dates(wanted)
    nights = _priced(wanted)
    policy = _free_until(arrival)
    shared: Values = {
        "hotel_id": desk.hotel.id,
        "guest_id": guest_id,
        "room_type_id": kind,
        "arrival": arrival,
        "departure": departure,
        **{name: wanted[name] for name in ("rooms", "adults", "children", "total", "tax")},
        "currency": desk.hotel.currency,
        "policy": policy,
    }
    quote = Quote(
        **shared,
        id=uuid7(),
        code=new_code(10),
        nights=nights,
        policy_hash=policy_hash(policy),
        expires_at=desk.now,
        status="booked",
    )
    session.add(quote)
    await session.flush()
    booking = Booking(
        **shared,
        id=uuid7(),
        code=new_code(7),
        quote_id=quote.id,
        status="confirmed",
        source="import",
        special_requests=requests,
        cancel_fee=0,
    )
    session.add(booking)
    await session.flush()
    session.add_all(
        BookingNight(
            hotel_id=desk.hotel.id,
            booking_id=booking.id,
            night=date.fromisoformat(priced["night"]),
            room_type_id=kind,
            rooms=booking.rooms,
            price=priced["price"],
            tax=priced["tax"],
        )
        for priced in nights
    )
    record(
        session,
        desk.hotel.id,
        "booking.import",
        f"booking:{booking.id}",
        by=desk.by,
        new={"code": booking.code, "total": booking.total},
    )
    await emit(session, desk.hotel.id, "booking.created", booking.id, facts(booking))
    await session.flush()
    await move(
        session, Stay(desk.hotel.id, kind, arrival, departure, booking.rooms), sold=booking.rooms
    )
    return booking
