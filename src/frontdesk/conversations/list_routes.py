"""The desk's list of chats over HTTP."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from frontdesk.conversations.composer import the_person
from frontdesk.conversations.desk_lists import Narrow, narrowed
from frontdesk.conversations.instants import Instant
from frontdesk.conversations.list_orders import Sort, due_of, order_of
from frontdesk.conversations.routes import ConversationOut
from frontdesk.conversations.state_routes import State
from frontdesk.conversations.task_schemas import Priority
from frontdesk.kit.pages import page_sorted
from frontdesk.kit.web import DbDep, Page, PageDep
from frontdesk.tenancy.auth import Principal, allow
from frontdesk.tenancy.person_models import Membership
from frontdesk.tenancy.rows import must_exist

router = APIRouter(prefix="/v1/hotels/{hotel_id}/conversations", tags=["conversations"])
Reader = Annotated[Principal, Depends(allow("conversations:read"))]
Word = Annotated[str | None, Query(max_length=60, pattern=r"^[^\x00]*$")]


class ListedConversation(ConversationOut):
    sla_due_at: datetime | None = None
    """When the next promise to this guest runs out."""


@router.get("")
async def list_conversations(
    db: DbDep,
    hotel_id: UUID,
    asker: Reader,
    ask: PageDep,
    status: State | None = None,
    owner: Literal["bot", "staff"] | None = None,
    assignee_id: UUID | None = None,
    whose: Literal["mine", "nobodys"] | None = None,
    label: Word = None,
    department: Word = None,
    priority: Priority | None = None,
    unread: bool = False,
    waiting_before: Instant | None = None,
    sort: Sort = "newest",
) -> Page[ListedConversation]:
    """`waiting_before`: those whose guest waits since then or longer. `sort`: the newest message,
    who waits longest, the most pressing (and of these who waits longest), or the next promise that
    runs out, first.
    """
    async with db.hotel(hotel_id) as session:
        await must_exist(session, (Membership, assignee_id))
        mine = (await the_person(session, asker.actor)).id if whose == "mine" else assignee_id
        wanted = Narrow(
            status=status,
            owner=owner,
            assignee=mine,
            unassigned=whose == "nobodys",
            label=label,
            department=department,
            priority=priority,
            unread=unread,
            waiting_before=waiting_before,
        )
        rows, after = await page_sorted(session, narrowed(wanted), ask, *order_of(sort))
        due = await due_of(session, [row.id for row in rows])
    items = [ListedConversation.model_validate(row) for row in rows]
    for item in items:
        item.sla_due_at = due.get(item.id)
    return Page(items=items, next=after)
