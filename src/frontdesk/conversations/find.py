"""A chat by its id, as every action on one begins."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.kit.errors import NotFound
from frontdesk.messaging.models import Conversation


class NoSuchConversation(NotFound):
    """There is no such conversation"""

    code = "no_such_conversation"


async def conversation(
    session: AsyncSession, conversation_id: UUID, *, lock: bool = False
) -> Conversation:
    """Locked, it is read anew: whoever waited sees what the other did.

    The lock leaves its key alone: who has written a row of this chat may go on to lock it, and
    two that do so at once wait for each other by turns, not both for ever.
    """
    query = select(Conversation).where(Conversation.id == conversation_id)
    if lock:
        await session.flush()
        query = query.with_for_update(key_share=True).execution_options(populate_existing=True)
    found = await session.scalar(query)
    if found is None:
        raise NoSuchConversation
    return found
