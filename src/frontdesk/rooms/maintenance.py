"""Repairs, and the blocks that take a room out of the house: stock goes and comes back at once."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.kit.clock import local_day
from frontdesk.kit.errors import NotFound
from frontdesk.kit.ids import uuid7
from frontdesk.rooms.actions import bookings_in_the_way, claim_facts
from frontdesk.rooms.care_models import MaintenanceJob, RoomBlock, RoomClaim
from frontdesk.rooms.errors import NoSuchStep, RoomClaimed, WouldOversell
from frontdesk.rooms.housekeeping import put_status, the_room
from frontdesk.rooms.models import Room
from frontdesk.rooms.rules import JOB_WAYS
from frontdesk.tenancy.audit import record
from frontdesk.tenancy.queries import the_hotel


@dataclass(frozen=True, slots=True)
class BlockWish:
    """A room that is not to be let on [first, until)."""

    room_id: UUID
    first: date
    until: date
    reason: str = ""
    kind: str = "maintenance"
    """maintenance | calendar"""
    job_id: UUID | None = None
    even_if_full: bool = False
    """Block the room also on nights that are sold out: the house is then a room short, and the
    block says on which nights."""


async def block(session: AsyncSession, wish: BlockWish, *, by: str, now: datetime) -> RoomBlock:
    """Take a room, and with it a room of stock, on every night of the wish: all or nothing.

    Raises RoomClaimed where a stay or another block has the room, and WouldOversell, with the
    nights and the bookings, where its type is sold out.
    """
    room = await the_room(session, wish.room_id)
    if not room.active:
        raise NoSuchStep("this room is not part of the house")
    if wish.job_id is not None:
        await the_job(session, wish.job_id)
    made = RoomBlock(
        hotel_id=room.hotel_id,
        id=uuid7(),
        room_id=room.id,
        room_type_id=room.room_type_id,
        maintenance_job_id=wish.job_id,
        kind=wish.kind,
        first=wish.first,
        until=wish.until,
        reason=wish.reason,
    )
    try:
        async with session.begin_nested():
            session.add(made)
            await session.flush()
    except IntegrityError:
        raise await _claimed(session, wish) from None
    today = local_day(now, (await the_hotel(session)).timezone)
    since = max(wish.first, today)
    call = func.take_block(room.hotel_id, room.room_type_id, since, wish.until, now)
    short = sorted(await session.scalar(select(call)) or [])
    if short and not wish.even_if_full:
        raise await _oversold(session, made, short)
    made.short = short
    subject = f"room:{room.id}"
    new = {"block": str(made.id), "first": str(wish.first), "until": str(wish.until)}
    record(session, room.hotel_id, "room.block", subject, by=by, new=new | {"short": short})
    if wish.kind == "maintenance" and wish.first <= today < wish.until:
        await put_status(session, room, "out_of_order", by=by, now=now)
    await session.flush()
    await session.refresh(made)
    return made


async def _claimed(session: AsyncSession, wish: BlockWish) -> RoomClaimed:
    query = select(RoomClaim).where(
        RoomClaim.room_id == wish.room_id,
        RoomClaim.first < wish.until,
        RoomClaim.until > wish.first,
    )
    claims = (await session.scalars(query.order_by(RoomClaim.first).limit(20))).all()
    return RoomClaimed(claims=[claim_facts(c) for c in claims])


async def _oversold(session: AsyncSession, made: RoomBlock, short: list[str]) -> WouldOversell:
    last = date.fromisoformat(short[-1])
    found = await bookings_in_the_way(
        session, made.room_type_id, date.fromisoformat(short[0]), last + timedelta(days=1)
    )
    return WouldOversell(nights=short, bookings=found)


async def unblock(session: AsyncSession, block_id: UUID, *, by: str, now: datetime) -> RoomBlock:
    """End a block: the nights from today on are back in stock. Ending twice is ending once."""
    query = select(RoomBlock).where(RoomBlock.id == block_id).with_for_update()
    ended = await session.scalar(query)
    if ended is None:
        raise NotFound("there is no such block")
    if ended.ended_at is not None:
        return ended
    room = await the_room(session, ended.room_id)
    today = local_day(now, (await the_hotel(session)).timezone)
    ended.ended_at = now
    await session.flush()
    since = max(ended.first, today)
    call = func.give_back_block(ended.hotel_id, ended.room_type_id, since, ended.until)
    await session.execute(select(call))
    record(
        session,
        ended.hotel_id,
        "room.unblock",
        f"room:{ended.room_id}",
        by=by,
        new={"block": str(ended.id)},
    )
    if room.status == "out_of_order" and ended.first <= today < ended.until:
        await put_status(session, room, "dirty", by=by, now=now)
    await session.flush()
    await session.refresh(ended)
    return ended


async def out_of_order(session: AsyncSession, room: Room, *, by: str, now: datetime) -> None:
    """Broken, as somebody in it says: into the log, and out of tonight's stock whatever is sold.

    Raises RoomClaimed where a guest has it tonight.
    """
    made = MaintenanceJob(
        hotel_id=room.hotel_id,
        room_id=room.id,
        title="Out of order",
        priority="urgent",
        status="open",
        reported_by=by,
    )
    async with session.begin_nested():
        job = await report(session, made, by=by)
        today = local_day(now, (await the_hotel(session)).timezone)
        until = today + timedelta(days=1)
        wish = BlockWish(room.id, today, until, "out of order", job_id=job.id, even_if_full=True)
        await block(session, wish, by=by, now=now)


async def the_job(session: AsyncSession, job_id: UUID) -> MaintenanceJob:
    """Locked. Raises NotFound."""
    query = select(MaintenanceJob).where(MaintenanceJob.id == job_id).with_for_update()
    found = await session.scalar(query)
    if found is None:
        raise NotFound("there is no such maintenance job")
    return found


async def report(session: AsyncSession, made: MaintenanceJob, *, by: str) -> MaintenanceJob:
    """Put something broken into the log. Raises NoSuchRoom."""
    await the_room(session, made.room_id)
    made.id = uuid7()
    session.add(made)
    await session.flush()
    await session.refresh(made)
    subject = f"maintenance_job:{made.id}"
    record(session, made.hotel_id, "maintenance_job.add", subject, by=by)
    return made


async def step_job(
    session: AsyncSession,
    job_id: UUID,
    status: str,
    *,
    by: str,
    now: datetime,
    resolution: str = "",
) -> MaintenanceJob:
    """One step of a repair; done or cancelled ends its blocks. Raises NoSuchStep."""
    job = await the_job(session, job_id)
    if status not in JOB_WAYS[job.status]:
        raise NoSuchStep(f"a job that is {job.status} does not become {status}")
    old: dict[str, Any] = {"status": job.status}
    job.status = status
    job.resolution = resolution or job.resolution
    job.closed_at = now if status in ("done", "cancelled") else None
    new = {"status": status}
    subject = f"maintenance_job:{job.id}"
    record(session, job.hotel_id, "maintenance_job.step", subject, by=by, old=old, new=new)
    if job.closed_at is not None:
        query = select(RoomBlock.id).where(
            RoomBlock.maintenance_job_id == job.id, RoomBlock.ended_at.is_(None)
        )
        for block_id in (await session.scalars(query.order_by(RoomBlock.first))).all():
            await unblock(session, block_id, by=by, now=now)
    await session.flush()
    await session.refresh(job)
    return job
