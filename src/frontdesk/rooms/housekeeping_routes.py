"""Housekeeping over HTTP: the board, tasks and their steps, room status and its history."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select

from frontdesk.kit.clock import local_day
from frontdesk.kit.web import ClockDep, DbDep, Page, PageDep, page_rows
from frontdesk.rooms.board import board
from frontdesk.rooms.care_models import HousekeepingTask, RoomStatusChange
from frontdesk.rooms.catalogue import the
from frontdesk.rooms.housekeeping import add_task, plan_day, set_status, step, the_task
from frontdesk.rooms.models import Room
from frontdesk.rooms.schemas import PLAIN, Name, Note, RoomOut, Row, shows
from frontdesk.tenancy.auth import Principal, allow
from frontdesk.tenancy.idempotency import OnceDep, answer_once
from frontdesk.tenancy.queries import the_hotel

router = APIRouter(prefix="/v1/hotels/{hotel_id}", tags=["housekeeping"])
Reader = Annotated[Principal, Depends(allow("housekeeping:read"))]
Writer = Annotated[Principal, Depends(allow("housekeeping:write"))]
Kind = Literal["departure", "stayover", "deep", "other"]
TaskStatus = Literal["open", "assigned", "started", "done", "inspected", "cancelled"]
Word = Annotated[str | None, Query(max_length=200, pattern=PLAIN)]


class BoardTask(BaseModel):
    task_id: UUID
    kind: str
    status: str
    assignee: str | None
    notes: str


class BoardRoom(BaseModel):
    room_id: UUID
    number: str
    floor: str | None
    room_type: str
    status: str
    notes: str
    cleaned_at: datetime | None
    cleaned_by: str | None
    arriving: bool
    departing: bool
    staying: bool
    blocked: bool
    tasks: list[BoardTask]


class StatusIn(BaseModel):
    model_config = shows({"status": "dirty"})
    status: Literal["clean", "dirty", "inspected", "occupied"]
    """Out of order is a block: see /rooms/{room_id}/blocks."""


class StatusChangeOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)
    id: UUID
    room_id: UUID
    old: str
    new: str
    at: datetime
    by: str


class PlanIn(BaseModel):
    model_config = shows({"day": "2027-05-03"})
    day: date


class PlanOut(BaseModel):
    added: int


class TaskIn(BaseModel):
    model_config = shows({"day": "2027-05-03", "kind": "deep", "assignee": "Early shift"})
    day: date
    kind: Kind
    assignee: Name | None = None
    notes: Note = ""


class StepIn(BaseModel):
    model_config = shows({"status": "assigned", "assignee": "Early shift"})
    status: TaskStatus
    assignee: Name | None = Field(None, description="who does it; who has it, if left out")


class TaskOut(Row):
    room_id: UUID
    day: date
    kind: str
    status: str
    assignee: str | None
    notes: str
    started_at: datetime | None
    done_at: datetime | None
    inspected_at: datetime | None


@router.get("/housekeeping/board")
async def read_board(
    db: DbDep,
    clock: ClockDep,
    hotel_id: UUID,
    asker: Reader,
    day: Annotated[date | None, Query(description="today in the hotel's zone")] = None,
    floor: Word = None,
    status: Literal["clean", "dirty", "inspected", "out_of_order", "occupied"] | None = None,
    assignee: Word = None,
) -> list[BoardRoom]:
    async with db.hotel(hotel_id) as session:
        today = local_day(clock.now(), (await the_hotel(session)).timezone)
        rows = await board(session, day or today, floor=floor, status=status, assignee=assignee)
    return [BoardRoom.model_validate(dict(row)) for row in rows]


@router.post("/housekeeping/plan")
async def plan(db: DbDep, hotel_id: UUID, asker: Writer, wanted: PlanIn) -> PlanOut:
    """A task for every dirty or occupied room that lacks one; again adds only what is new."""
    async with db.hotel(hotel_id) as session:
        await the_hotel(session)
        return PlanOut(added=await plan_day(session, hotel_id, wanted.day, by=asker.actor))


@router.get("/housekeeping/tasks")
async def list_tasks(
    db: DbDep,
    hotel_id: UUID,
    asker: Reader,
    ask: PageDep,
    day: date | None = None,
    status: TaskStatus | None = None,
    kind: Kind | None = None,
    assignee: Word = None,
) -> Page[TaskOut]:
    wanted = {
        HousekeepingTask.day: day,
        HousekeepingTask.status: status,
        HousekeepingTask.kind: kind,
        HousekeepingTask.assignee: assignee,
    }
    query = select(HousekeepingTask).where(*(c == v for c, v in wanted.items() if v is not None))
    async with db.hotel(hotel_id) as session:
        rows, after = await page_rows(
            session, query, ask, HousekeepingTask.created_at, HousekeepingTask.id
        )
    return Page(items=[TaskOut.model_validate(r) for r in rows], next=after)


@router.get("/housekeeping/tasks/{housekeeping_task_id}")
async def read_task(
    db: DbDep, hotel_id: UUID, housekeeping_task_id: UUID, asker: Reader
) -> TaskOut:
    async with db.hotel(hotel_id) as session:
        return TaskOut.model_validate(await the_task(session, housekeeping_task_id))


@router.post("/housekeeping/tasks/{housekeeping_task_id}/step")
async def step_task(
    db: DbDep,
    clock: ClockDep,
    hotel_id: UUID,
    housekeeping_task_id: UUID,
    asker: Writer,
    wanted: StepIn,
) -> TaskOut:
    """Assign, start, done, inspect; done makes an empty room clean, inspected inspected."""
    async with db.hotel(hotel_id) as session:
        done = await step(
            session,
            housekeeping_task_id,
            wanted.status,
            by=asker.actor,
            now=clock.now(),
            assignee=wanted.assignee,
        )
        return TaskOut.model_validate(done)


@router.post("/rooms/{room_id}/tasks", status_code=201, response_model=TaskOut)
async def create_task(
    db: DbDep, hotel_id: UUID, room_id: UUID, asker: Writer, once: OnceDep, wanted: TaskIn
) -> Response:
    async with db.hotel(hotel_id) as session:

        async def create() -> BaseModel:
            made = await add_task(session, hotel_id, room_id, wanted.model_dump(), by=asker.actor)
            return TaskOut.model_validate(made)

        return await answer_once(session, once, hotel_id, create)


@router.post("/rooms/{room_id}/status")
async def put_room_status(
    db: DbDep, clock: ClockDep, hotel_id: UUID, room_id: UUID, asker: Writer, wanted: StatusIn
) -> RoomOut:
    async with db.hotel(hotel_id) as session:
        room = await set_status(session, room_id, wanted.status, by=asker.actor, now=clock.now())
        await session.refresh(room)
        return RoomOut.model_validate(room)


@router.get("/rooms/{room_id}/history")
async def room_history(
    db: DbDep, hotel_id: UUID, room_id: UUID, asker: Reader, ask: PageDep
) -> Page[StatusChangeOut]:
    """Every change of its status, the last first."""
    query = select(RoomStatusChange).where(RoomStatusChange.room_id == room_id)
    async with db.hotel(hotel_id) as session:
        await the(session, Room, room_id)
        rows, after = await page_rows(session, query, ask, RoomStatusChange.at, RoomStatusChange.id)
    return Page(items=[StatusChangeOut.model_validate(r) for r in rows], next=after)
