"""Tasks over HTTP: opened, listed, on a board, given to somebody, begun and done."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel
from sqlalchemy import select

from frontdesk.conversations.composer import the_person
from frontdesk.conversations.instants import Instant
from frontdesk.conversations.task_board import board
from frontdesk.conversations.task_models import Task
from frontdesk.conversations.task_schemas import (
    AssigneeIn,
    BoardColumn,
    GuestTaskIn,
    GuestTaskOut,
    GuestTaskPatch,
    GuestTaskStep,
    Priority,
    TaskState,
)
from frontdesk.conversations.task_steps import assign_task, change_task, step_task, the_task
from frontdesk.conversations.tasks import Wish, open_task
from frontdesk.kit.web import ClockDep, DbDep, Page, PageDep, page_rows
from frontdesk.messaging.models import Conversation
from frontdesk.rooms.models import Room
from frontdesk.tenancy.auth import Principal, allow
from frontdesk.tenancy.department_models import Department
from frontdesk.tenancy.idempotency import OnceDep, answer_once
from frontdesk.tenancy.person_models import Membership
from frontdesk.tenancy.queries import the_hotel
from frontdesk.tenancy.rows import must_exist

router = APIRouter(prefix="/v1/hotels/{hotel_id}/tasks", tags=["tasks"])
Reader = Annotated[Principal, Depends(allow("conversations:read"))]
Writer = Annotated[Principal, Depends(allow("conversations:write"))]
Word = Annotated[str | None, Query(max_length=60, pattern=r"^[^\x00]*$")]


@router.post("", status_code=201, response_model=GuestTaskOut)
async def create_task(
    db: DbDep, clock: ClockDep, hotel_id: UUID, asker: Writer, once: OnceDep, wanted: GuestTaskIn
) -> Response:
    """The department's people are told; with a conversation, its guest hears when it is done."""
    async with db.hotel(hotel_id) as session:
        await the_hotel(session)

        async def create() -> BaseModel:
            wish = Wish(**wanted.model_dump())
            made = await open_task(session, hotel_id, wish, by=asker.actor, now=clock.now())
            return GuestTaskOut.model_validate(made)

        return await answer_once(session, once, hotel_id, create)


@router.get("")
async def list_tasks(
    db: DbDep,
    hotel_id: UUID,
    asker: Reader,
    ask: PageDep,
    state: TaskState | None = None,
    department: Word = None,
    priority: Priority | None = None,
    item: Word = None,
    assignee_id: UUID | None = None,
    mine: bool = False,
    conversation_id: UUID | None = None,
    room_id: UUID | None = None,
    due_before: Instant | None = None,
) -> Page[GuestTaskOut]:
    """Newest first."""
    async with db.hotel(hotel_id) as session:
        await must_exist(
            session, (Membership, assignee_id), (Conversation, conversation_id), (Room, room_id)
        )
        whose = (await the_person(session, asker.actor)).id if mine else assignee_id
        query = select(Task)
        for column, value in (
            (Task.state, state),
            (Task.priority, priority),
            (Task.item, item),
            (Task.assignee_id, whose),
            (Task.conversation_id, conversation_id),
            (Task.room_id, room_id),
        ):
            if value is not None:
                query = query.where(column == value)
        if department is not None:
            named = select(Department.id).where(Department.code == department)
            query = query.where(Task.department_id == named.scalar_subquery())
        if due_before is not None:
            query = query.where(Task.due_at < due_before)
        rows, after = await page_rows(session, query, ask, Task.created_at, Task.id)
    return Page(items=[GuestTaskOut.model_validate(r) for r in rows], next=after)


@router.get("/board")
async def read_board(
    db: DbDep, clock: ClockDep, hotel_id: UUID, asker: Reader
) -> list[BoardColumn]:
    """What is going, a column a department."""
    async with db.hotel(hotel_id) as session:
        await the_hotel(session)
        return await board(session, now=clock.now())


@router.get("/{task_id}")
async def read_task(db: DbDep, hotel_id: UUID, task_id: UUID, asker: Reader) -> GuestTaskOut:
    async with db.hotel(hotel_id) as session:
        return GuestTaskOut.model_validate(await the_task(session, task_id))


@router.patch("/{task_id}")
async def patch_task(
    db: DbDep, hotel_id: UUID, task_id: UUID, asker: Writer, wanted: GuestTaskPatch
) -> GuestTaskOut:
    """409 once it is over."""
    async with db.hotel(hotel_id) as session:
        said = wanted.model_dump(exclude_unset=True)
        said = {k: v for k, v in said.items() if v is not None or k == "due_at"}
        done = await change_task(session, task_id, said, by=asker.actor)
        return GuestTaskOut.model_validate(done)


@router.put("/{task_id}/assignee")
async def give_task(
    db: DbDep, clock: ClockDep, hotel_id: UUID, task_id: UUID, asker: Writer, wanted: AssigneeIn
) -> GuestTaskOut:
    async with db.hotel(hotel_id) as session:
        by, now = asker.actor, clock.now()
        await must_exist(session, (Membership, wanted.assignee_id))
        done = await assign_task(session, task_id, wanted.assignee_id, by=by, now=now)
        return GuestTaskOut.model_validate(done)


@router.post("/{task_id}/step")
async def take_step(
    db: DbDep, clock: ClockDep, hotel_id: UUID, task_id: UUID, asker: Writer, wanted: GuestTaskStep
) -> GuestTaskOut:
    """Done: the guest hears it once. 409 where there is no such way; `possible` says which."""
    async with db.hotel(hotel_id) as session:
        by, now, photo = asker.actor, clock.now(), wanted.photo_url
        done = await step_task(session, task_id, wanted.to, by=by, now=now, photo_url=photo)
        return GuestTaskOut.model_validate(done)
