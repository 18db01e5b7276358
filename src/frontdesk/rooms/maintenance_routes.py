"""The maintenance log and blocks of rooms over HTTP."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel
from sqlalchemy import select

from frontdesk.kit.web import ClockDep, DbDep, Page, PageDep, page_rows
from frontdesk.rooms.care_models import MaintenanceJob, RoomBlock
from frontdesk.rooms.catalogue import change
from frontdesk.rooms.errors import BadDates
from frontdesk.rooms.maintenance import BlockWish, block, report, step_job, the_job, unblock
from frontdesk.rooms.schemas import Name, Note, Row, Text, shows
from frontdesk.tenancy.auth import Principal, allow
from frontdesk.tenancy.idempotency import OnceDep, answer_once

router = APIRouter(prefix="/v1/hotels/{hotel_id}", tags=["maintenance"])
Reader = Annotated[Principal, Depends(allow("maintenance:read"))]
Writer = Annotated[Principal, Depends(allow("maintenance:write"))]
Priority = Literal["low", "normal", "high", "urgent"]
JobStatus = Literal["open", "started", "done", "cancelled"]
LONGEST = 1100
"""Nights of one block: three years."""


class JobIn(BaseModel):
    model_config = shows(
        {
            "room_id": "0198f3b1-0000-7000-8000-000000000001",
            "title": "The shower leaks",
            "priority": "high",
        }
    )
    room_id: UUID
    title: Name
    description: Text = ""
    priority: Priority = "normal"


class JobPatch(BaseModel):
    """What is known of it now; its room and its steps are said elsewhere."""

    model_config = shows({"title": "The shower leaks, and the drain", "priority": "urgent"})
    title: Name | None = None
    description: Text | None = None
    priority: Priority | None = None


class JobStepIn(BaseModel):
    model_config = shows({"status": "done", "resolution": "A new seal."})
    status: JobStatus
    resolution: Note = ""


class JobOut(Row):
    room_id: UUID
    title: str
    description: str
    priority: str
    status: str
    reported_by: str
    resolution: str
    closed_at: datetime | None


class BlockIn(BaseModel):
    model_config = shows(
        {"first": "2027-05-03", "until": "2027-05-05", "reason": "The shower leaks"}
    )
    first: date
    until: date
    """The first night on which it can be let again."""
    reason: Note = ""
    maintenance_job_id: UUID | None = None
    even_if_full: bool = False
    """Block it also where that leaves the house a room short; `short` then says on which nights."""


class BlockOut(Row):
    room_id: UUID
    room_type_id: UUID
    maintenance_job_id: UUID | None
    kind: str
    first: date
    until: date
    reason: str
    short: list[str]
    ended_at: datetime | None


@router.post("/maintenance", status_code=201, response_model=JobOut)
async def create_job(
    db: DbDep, hotel_id: UUID, asker: Writer, once: OnceDep, wanted: JobIn
) -> Response:
    async with db.hotel(hotel_id) as session:

        async def create() -> BaseModel:
            made = MaintenanceJob(hotel_id=hotel_id, reported_by=asker.actor, **wanted.model_dump())
            return JobOut.model_validate(await report(session, made, by=asker.actor))

        return await answer_once(session, once, hotel_id, create)


@router.get("/maintenance")
async def list_jobs(
    db: DbDep,
    hotel_id: UUID,
    asker: Reader,
    ask: PageDep,
    status: JobStatus | None = None,
    priority: Priority | None = None,
) -> Page[JobOut]:
    query = select(MaintenanceJob)
    if status is not None:
        query = query.where(MaintenanceJob.status == status)
    if priority is not None:
        query = query.where(MaintenanceJob.priority == priority)
    async with db.hotel(hotel_id) as session:
        rows, after = await page_rows(
            session, query, ask, MaintenanceJob.created_at, MaintenanceJob.id
        )
    return Page(items=[JobOut.model_validate(r) for r in rows], next=after)


@router.get("/maintenance/{job_id}")
async def read_job(db: DbDep, hotel_id: UUID, job_id: UUID, asker: Reader) -> JobOut:
    async with db.hotel(hotel_id) as session:
        return JobOut.model_validate(await the_job(session, job_id))


@router.patch("/maintenance/{job_id}")
async def patch_job(
    db: DbDep, hotel_id: UUID, job_id: UUID, asker: Writer, wanted: JobPatch
) -> JobOut:
    values = wanted.model_dump(exclude_unset=True)
    async with db.hotel(hotel_id) as session:
        job = await the_job(session, job_id)
        return JobOut.model_validate(await change(session, job, values, by=asker.actor))


@router.post("/maintenance/{job_id}/step")
async def step_maintenance(
    db: DbDep, clock: ClockDep, hotel_id: UUID, job_id: UUID, asker: Writer, wanted: JobStepIn
) -> JobOut:
    """Done or cancelled ends the blocks that were made for it."""
    async with db.hotel(hotel_id) as session:
        done = await step_job(
            session,
            job_id,
            wanted.status,
            by=asker.actor,
            now=clock.now(),
            resolution=wanted.resolution,
        )
        return JobOut.model_validate(done)


@router.post("/rooms/{room_id}/blocks", status_code=201, response_model=BlockOut)
async def create_block(
    db: DbDep,
    clock: ClockDep,
    hotel_id: UUID,
    room_id: UUID,
    asker: Writer,
    once: OnceDep,
    wanted: BlockIn,
) -> Response:
    """Takes one room of its type out of every night at once; refused, with the nights and the
    bookings, where all are sold, and where a stay or another block has the room.
    """
    if not 1 <= (wanted.until - wanted.first).days <= LONGEST:
        raise BadDates
    wish = BlockWish(
        room_id,
        wanted.first,
        wanted.until,
        wanted.reason,
        job_id=wanted.maintenance_job_id,
        even_if_full=wanted.even_if_full,
    )
    async with db.hotel(hotel_id) as session:

        async def create() -> BaseModel:
            return BlockOut.model_validate(
                await block(session, wish, by=asker.actor, now=clock.now())
            )

        return await answer_once(session, once, hotel_id, create)


@router.get("/blocks")
async def list_blocks(
    db: DbDep,
    hotel_id: UUID,
    asker: Reader,
    ask: PageDep,
    active: bool | None = None,
    kind: Literal["maintenance", "calendar"] | None = None,
) -> Page[BlockOut]:
    query = select(RoomBlock)
    if active is not None:
        query = query.where(RoomBlock.ended_at.is_(None) == active)
    if kind is not None:
        query = query.where(RoomBlock.kind == kind)
    async with db.hotel(hotel_id) as session:
        rows, after = await page_rows(session, query, ask, RoomBlock.created_at, RoomBlock.id)
    return Page(items=[BlockOut.model_validate(r) for r in rows], next=after)


@router.post("/blocks/{block_id}/end")
async def end_block(
    db: DbDep, clock: ClockDep, hotel_id: UUID, block_id: UUID, asker: Writer
) -> BlockOut:
    async with db.hotel(hotel_id) as session:
        return BlockOut.model_validate(
            await unblock(session, block_id, by=asker.actor, now=clock.now())
        )
