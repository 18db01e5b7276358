"""The desk's list of chats over HTTP."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict

from frontdesk.conversations.composer import the_person
from frontdesk.conversations.desk_lists import Narrow, narrowed
from frontdesk.conversations.instants import Instant
from frontdesk.conversations.list_lines import Line, lines_of
from frontdesk.conversations.list_orders import Sort, order_of
from frontdesk.conversations.routes import ConversationOut
from frontdesk.conversations.state_routes import State
from frontdesk.conversations.task_schemas import Priority
from frontdesk.kit.pages import page_sorted
from frontdesk.kit.web import DbDep, Page, PageDep
from frontdesk.messaging.models import Conversation
from frontdesk.tenancy.auth import Principal, allow
from frontdesk.tenancy.person_models import Membership
from frontdesk.tenancy.rows import must_exist

router = APIRouter(prefix="/v1/hotels/{hotel_id}/conversations", tags=["conversations"])
Reader = Annotated[Principal, Depends(allow("conversations:read"))]
Word = Annotated[str | None, Query(max_length=60, pattern=r"^[^\x00]*$")]


class LastMessage(BaseModel):
    model_config = ConfigDict(from_attributes=True)
    id: UUID
    author: str
    kind: str
    text: str
    """Its first 200 characters."""
    occurred_at: datetime
    status: str | None


class ListedConversation(ConversationOut):
    """What a desk's list shows of a chat."""

    guest_name: str | None = None
    sla_due_at: datetime | None = None
    """When the next promise to this guest runs out."""
    last_message: LastMessage | None = None
    """The newest that nobody took back."""


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
        lines = await lines_of(session, [row.id for row in rows])
    return Page(items=[_listed(row, lines[row.id]) for row in rows], next=after)


def _listed(talk: Conversation, line: Line) -> ListedConversation:
    listed = ListedConversation.model_validate(talk)
    listed.guest_name, listed.sla_due_at = line.guest_name, line.sla_due_at
    if line.last_message is not None:
        listed.last_message = LastMessage.model_validate(line.last_message)
    return listed
