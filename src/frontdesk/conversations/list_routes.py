"""The desk's list of chats over HTTP."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from frontdesk.conversations.composer import the_person
from frontdesk.conversations.desk_lists import Narrow, narrowed
from frontdesk.conversations.instants import Instant
from frontdesk.conversations.routes import ConversationOut
from frontdesk.conversations.state_routes import State
from frontdesk.conversations.task_schemas import Priority
from frontdesk.kit.web import DbDep, Page, PageDep, page_rows
from frontdesk.messaging.models import Conversation
from frontdesk.tenancy.auth import Principal, allow
from frontdesk.tenancy.person_models import Membership
from frontdesk.tenancy.rows import must_exist

router = APIRouter(prefix="/v1/hotels/{hotel_id}/conversations", tags=["conversations"])
Reader = Annotated[Principal, Depends(allow("conversations:read"))]
Word = Annotated[str | None, Query(max_length=60, pattern=r"^[^\x00]*$")]


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
) -> Page[ConversationOut]:
    """Newest message first. `waiting_before`: those whose guest waits since then or longer."""
    model = Conversation
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
        query = narrowed(wanted)
        rows, after = await page_rows(session, query, ask, model.last_message_at, model.id)
    return Page(items=[ConversationOut.model_validate(r) for r in rows], next=after)
