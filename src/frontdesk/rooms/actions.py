"""Room types, rooms and add-ons: what is changed here moves the stock that hangs on it."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Date, String, delete, func, select, text, update
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.kit.clock import local_day
from frontdesk.kit.errors import NotFound
from frontdesk.rooms.care_models import RoomBlock, RoomClaim
from frontdesk.rooms.catalogue import add, change, know_words, remove, the
from frontdesk.rooms.catalogue_models import Addon, AddonStock, BedType, RoomTypeBed
from frontdesk.rooms.errors import InUse, RoomClaimed, WouldOversell
from frontdesk.rooms.models import Room, RoomType
from frontdesk.tenancy.queries import the_hotel

ENDLESS = 2**31 - 1


async def add_room_type(session: AsyncSession, made: RoomType, *, by: str) -> RoomType:
    await know_words(session, made.hotel_id, features=made.features)
    return await add(session, made, by=by)


async def change_room_type(
    session: AsyncSession, room_type_id: UUID, values: Mapping[str, Any], *, by: str
) -> RoomType:
    kind = await the(session, RoomType, room_type_id, lock=True)
    await know_words(session, kind.hotel_id, features=values.get("features") or [])
    return await change(session, kind, values, by=by)


async def put_beds(session: AsyncSession, kind: RoomType, beds: Mapping[str, int]) -> None:
    """`beds` says by code how many; raises NotFound for a code the hotel lacks."""
    await session.execute(delete(RoomTypeBed).where(RoomTypeBed.room_type_id == kind.id))
    if not beds:
        return
    query = select(BedType.code, BedType.id).where(BedType.code.in_(beds))
    known = {row.code: row.id for row in await session.execute(query)}
    unknown = sorted(set(beds) - set(known))
    if unknown:
        raise NotFound(f"there is no such bed type: {', '.join(unknown)}")
    rows = [
        {
            "hotel_id": kind.hotel_id,
            "room_type_id": kind.id,
            "bed_type_id": known[code],
            "count": count,
        }
        for code, count in beds.items()
    ]
    await session.execute(insert(RoomTypeBed).values(rows))


async def add_room(session: AsyncSession, made: Room, *, by: str, now: datetime) -> Room:
    """A room more in the house: every night on sale from today on has one more."""
    await the(session, RoomType, made.room_type_id)
    await know_words(session, made.hotel_id, floor=made.floor, features=made.features or [])
    await add(session, made, by=by)
    await _shift(session, made.hotel_id, made.room_type_id, 1, now=now)
    return made


async def change_room(
    session: AsyncSession, room_id: UUID, values: Mapping[str, Any], *, by: str, now: datetime
) -> Room:
    """Another type, or in and out of the house, moves the nights on sale from today on.

    Raises WouldOversell where sold nights would be short of a room, and RoomClaimed where the room
    itself is promised or blocked from today on.
    """
    room = await the(session, Room, room_id, lock=True)
    features: list[str] = values.get("features") or []
    await know_words(session, room.hotel_id, floor=values.get("floor"), features=features)
    kind = values.get("room_type_id") or room.room_type_id
    active = room.active if values.get("active") is None else values["active"]
    if (kind, active) != (room.room_type_id, room.active):
        await the(session, RoomType, kind)
        await _refuse_claimed(session, room, now=now)
        if room.active:
            await _shift(session, room.hotel_id, room.room_type_id, -1, now=now)
        if active:
            await _shift(session, room.hotel_id, kind, 1, now=now)
    return await change(session, room, values, by=by)


async def remove_room(session: AsyncSession, room_id: UUID, *, by: str, now: datetime) -> None:
    """Only a room that nothing was ever done with; any other is deactivated."""
    room = await the(session, Room, room_id, lock=True)
    if await session.scalar(select(RoomClaim.id).where(RoomClaim.room_id == room_id).limit(1)):
        raise InUse("it has a stay or a block")
    if room.active:
        await _shift(session, room.hotel_id, room.room_type_id, -1, now=now)
    await remove(session, room, by=by)


async def change_addon(
    session: AsyncSession, addon_id: UUID, values: Mapping[str, Any], *, by: str, now: datetime
) -> Addon:
    """A new stock holds for the days from today on; raises InUse where more is ordered already."""
    addon = await the(session, Addon, addon_id, lock=True)
    if "stock_per_day" in values:
        stock = values["stock_per_day"]
        today = local_day(now, (await the_hotel(session)).timezone)
        try:
            await session.execute(
                update(AddonStock)
                .where(AddonStock.addon_id == addon_id, AddonStock.day >= today)
                .values(stock=ENDLESS if stock is None else stock)
            )
        except IntegrityError:
            raise InUse("more than that is ordered for a day to come") from None
    return await change(session, addon, values, by=by)


async def beds_of(session: AsyncSession, kinds: Sequence[RoomType]) -> dict[UUID, dict[str, int]]:
    """By room type: bed type code, and how many."""
    query = (
        select(RoomTypeBed.room_type_id, BedType.code, RoomTypeBed.count)
        .join(
            BedType,
            (BedType.hotel_id == RoomTypeBed.hotel_id) & (BedType.id == RoomTypeBed.bed_type_id),
        )
        .where(RoomTypeBed.room_type_id.in_([k.id for k in kinds]))
        .order_by(BedType.code)
    )
    found: dict[UUID, dict[str, int]] = {}
    for kind, code, count in await session.execute(query):
        found.setdefault(kind, {})[code] = count
    return found


async def _shift(
    session: AsyncSession, hotel_id: UUID, kind: UUID, rooms: int, *, now: datetime
) -> None:
    today = local_day(now, (await the_hotel(session)).timezone)
    nights = await session.scalar(
        select(func.shift_capacity(hotel_id, kind, today, rooms, now, type_=ARRAY(String)))
    )
    if nights:
        raise WouldOversell(nights=sorted(nights))


async def _refuse_claimed(session: AsyncSession, room: Room, *, now: datetime) -> None:
    today = local_day(now, (await the_hotel(session)).timezone)
    query = select(RoomClaim).where(RoomClaim.room_id == room.id, RoomClaim.until > today)
    claims = (await session.scalars(query.order_by(RoomClaim.first).limit(20))).all()
    if claims:
        raise RoomClaimed(claims=[claim_facts(c) for c in claims])


def claim_facts(claim: RoomClaim | RoomBlock) -> dict[str, str]:
    return {
        "id": str(claim.id),
        "kind": claim.kind,
        "first": claim.first.isoformat(),
        "until": claim.until.isoformat(),
    }


CONFLICTS = text(
    "SELECT b.code, b.id, b.arrival, b.departure, b.rooms FROM bookings b"
    " WHERE b.room_type_id = :kind AND b.status IN ('confirmed', 'checked_in')"
    " AND b.arrival < :until AND b.departure > :first"
    " ORDER BY b.created_at DESC, b.id DESC LIMIT 20"
).columns(arrival=Date, departure=Date)


async def bookings_in_the_way(
    session: AsyncSession, kind: UUID, first: date, until: date
) -> list[dict[str, Any]]:
    """The bookings of a type on these nights, the latest first: one of them would have to give."""
    rows = await session.execute(CONFLICTS, {"kind": kind, "first": first, "until": until})
    return [
        {
            "code": r.code,
            "booking_id": str(r.id),
            "arrival": r.arrival.isoformat(),
            "departure": r.departure.isoformat(),
            "rooms": r.rooms,
        }
        for r in rows
    ]
