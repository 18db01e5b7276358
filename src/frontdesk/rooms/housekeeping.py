"""Housekeeping: a room's status and its history, the day's tasks, and what check-in and out do."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, literal, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.kit.clock import local_day
from frontdesk.kit.errors import Invalid, NotFound
from frontdesk.kit.ids import uuid7
from frontdesk.messaging.events import emit
from frontdesk.rooms.care_models import HousekeepingTask, RoomBlock, RoomStatusChange
from frontdesk.rooms.errors import NoSuchRoom, NoSuchStep, RoomClaimed
from frontdesk.rooms.models import Room
from frontdesk.rooms.rules import STATUS_WAYS, TASK_WAYS
from frontdesk.tenancy.audit import record
from frontdesk.tenancy.queries import the_hotel

CLEANING = ("departure", "stayover", "deep")
"""Tasks after which a room is clean; another one (a cot, a lamp) leaves it as it was."""


async def the_room(session: AsyncSession, room_id: UUID) -> Room:
    """Locked. Raises NoSuchRoom."""
    found = await session.scalar(
        select(Room).where(Room.id == room_id).with_for_update(key_share=True)
    )
    if found is None:
        raise NoSuchRoom
    return found


async def room_numbered(session: AsyncSession, number: str) -> Room | None:
    query = select(Room).where(func.lower(Room.number) == number.lower(), Room.active)
    return await session.scalar(query.limit(1).with_for_update(key_share=True))


async def put_status(
    session: AsyncSession, room: Room, status: str, *, by: str, now: datetime
) -> None:
    """Whatever stood there before; tells it where it is new. `room` must be locked."""
    if room.status == status:
        return
    old, room.status = room.status, status
    if status == "clean":
        room.cleaned_at, room.cleaned_by = now, by
    told = RoomStatusChange(
        hotel_id=room.hotel_id, room_id=room.id, old=old, new=status, at=now, by=by
    )
    session.add(told)
    subject = f"room:{room.id}"
    change = {"status": status}
    record(session, room.hotel_id, "room.status", subject, by=by, old={"status": old}, new=change)
    facts = {"room_id": str(room.id), "number": room.number, "old": old, "new": status}
    await emit(session, room.hotel_id, "room.status.changed", room.id, facts)
    await session.flush()


async def set_status(
    session: AsyncSession, room_id: UUID, status: str, *, by: str, now: datetime
) -> Room:
    """A step that a person takes; raises NoSuchStep, and RoomClaimed while a block stands.

    A room that is cleaned with its guest in the house stays occupied.
    """
    room = await the_room(session, room_id)
    if room.status == status:
        return room
    if status not in STATUS_WAYS[room.status]:
        raise NoSuchStep(f"a room that is {room.status} does not become {status}")
    if room.status == "out_of_order" and await blocked_now(session, room.id, now=now):
        raise RoomClaimed("end its block first: that gives the nights back as well")
    if room.status != "occupied" or not await _has_guest(session, room.id):
        await put_status(session, room, status, by=by, now=now)
    elif status == "clean":
        room.cleaned_at, room.cleaned_by = now, by
        record(session, room.hotel_id, "room.tidy", f"room:{room.id}", by=by)
        await session.flush()
    else:
        raise NoSuchStep("a guest lives in this room")
    return room


HAS_GUEST = text(
    "SELECT EXISTS (SELECT FROM booking_rooms r JOIN bookings b"
    " ON b.hotel_id = r.hotel_id AND b.id = r.booking_id"
    " WHERE r.room_id = :room AND r.taken AND b.status = 'checked_in')"
)


async def _has_guest(session: AsyncSession, room_id: UUID) -> bool:
    return bool(await session.scalar(HAS_GUEST, {"room": room_id}))


async def blocked_now(session: AsyncSession, room_id: UUID, *, now: datetime) -> bool:
    today = local_day(now, (await the_hotel(session)).timezone)
    query = select(RoomBlock.id).where(
        RoomBlock.room_id == room_id,
        RoomBlock.ended_at.is_(None),
        RoomBlock.first <= today,
        RoomBlock.until > today,
    )
    return await session.scalar(query.limit(1)) is not None


async def after_check_in(session: AsyncSession, room_id: UUID, *, by: str, now: datetime) -> None:
    """The room has a guest in it: the caller has checked that it may."""
    await put_status(session, await the_room(session, room_id), "occupied", by=by, now=now)


async def after_check_out(session: AsyncSession, room_id: UUID, *, by: str, now: datetime) -> None:
    """The room is dirty, and cleaning it is on today's board; a second call adds nothing."""
    room = await the_room(session, room_id)
    if room.status != "out_of_order":
        await put_status(session, room, "dirty", by=by, now=now)
    today = local_day(now, (await the_hotel(session)).timezone)
    await _add_once(session, room.hotel_id, room_id, today, "departure")


async def _add_once(
    session: AsyncSession, hotel_id: UUID, room_id: UUID, day: date, kind: str
) -> None:
    row = {"hotel_id": hotel_id, "id": uuid7(), "room_id": room_id, "day": day, "kind": kind}
    await session.execute(insert(HousekeepingTask).values(row).on_conflict_do_nothing())


async def plan_day(session: AsyncSession, hotel_id: UUID, day: date, *, by: str) -> int:
    """A task for every room that lacks one on `day`: dirty ones are made ready, occupied ones
    tidied. Gives how many were added; planning again adds only what is new.
    """
    kind = func.replace(func.replace(Room.status, "dirty", "departure"), "occupied", "stayover")
    there = select(HousekeepingTask.id).where(
        HousekeepingTask.room_id == Room.id, HousekeepingTask.day == day
    )
    wanted = select(Room.hotel_id, func.gen_random_uuid(), Room.id, literal(day), kind).where(
        Room.active, Room.status.in_(("dirty", "occupied")), ~there.exists()
    )
    columns = ["hotel_id", "id", "room_id", "day", "kind"]
    write = insert(HousekeepingTask).from_select(columns, wanted, include_defaults=False)
    write = write.on_conflict_do_nothing().returning(HousekeepingTask.id)
    added = len((await session.scalars(write)).all())
    plan = {"added": added}
    record(session, hotel_id, "housekeeping.plan", f"day:{day.isoformat()}", by=by, new=plan)
    return added


async def the_task(session: AsyncSession, task_id: UUID) -> HousekeepingTask:
    """Locked. Raises NotFound."""
    query = select(HousekeepingTask).where(HousekeepingTask.id == task_id)
    found = await session.scalar(query.with_for_update())
    if found is None:
        raise NotFound("there is no such task")
    return found


async def step(
    session: AsyncSession,
    task_id: UUID,
    status: str,
    *,
    by: str,
    now: datetime,
    assignee: str | None = None,
) -> HousekeepingTask:
    """One step of a task; cleaning that is done makes an empty room clean, and inspected inspected.

    Cleaning that is to be done again leaves it dirty. Whoever has a task keeps it where nobody else
    is named. Raises NoSuchStep, and Invalid for a task that is to be nobody's.
    """
    task = await the_task(session, task_id)
    if status not in TASK_WAYS[task.status]:
        raise NoSuchStep(f"a task that is {task.status} does not become {status}")
    old, task.status = {"status": task.status}, status
    if status == "assigned":
        task.assignee = assignee or task.assignee
        if task.assignee is None:
            raise Invalid("assigned: to whom?")
    _stamp(task, now)
    new = {"status": status, **({"assignee": task.assignee} if status == "assigned" else {})}
    record(session, task.hotel_id, "task.step", f"task:{task.id}", by=by, old=old, new=new)
    room = await the_room(session, task.room_id)
    reached = {"done": "clean", "inspected": "inspected"}.get(status)
    if old["status"] == "done" and status != "inspected":
        reached = "dirty"
    empty = room.status in ("dirty", "clean", "inspected")
    if reached is not None and empty and task.kind in CLEANING:
        await put_status(session, room, reached, by=by, now=now)
    await session.flush()
    await session.refresh(task)
    return task


def _stamp(task: HousekeepingTask, now: datetime) -> None:
    match task.status:
        case "started":
            task.started_at = now
        case "done":
            task.done_at = now
        case "inspected":
            task.inspected_at = now
        case _:
            task.started_at = task.done_at = task.inspected_at = None


async def add_task(
    session: AsyncSession, hotel_id: UUID, room_id: UUID, values: Mapping[str, Any], *, by: str
) -> HousekeepingTask:
    """Raises NoSuchRoom, and NoSuchStep where the room has such a task on that day."""
    await the_room(session, room_id)
    status = "assigned" if values.get("assignee") else "open"
    row = {"hotel_id": hotel_id, "id": uuid7(), "room_id": room_id, "status": status, **values}
    write = insert(HousekeepingTask).values(row).on_conflict_do_nothing()
    made = await session.scalar(write.returning(HousekeepingTask.id))
    if made is None:
        raise NoSuchStep("this room has such a task on that day")
    record(session, hotel_id, "task.add", f"task:{made}", by=by, new={"room": str(room_id)})
    return await the_task(session, made)
