"""A hotel's own list of labels: what is renamed or dropped is so on every chat at once."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.conversations.desk_models import ConversationLabel, Label
from frontdesk.conversations.labels import show_names
from frontdesk.kit.errors import Conflict, NotFound
from frontdesk.kit.narrowed import whole_hotel
from frontdesk.messaging.models import Conversation
from frontdesk.tenancy.audit import changed, record


async def the_label(session: AsyncSession, label_id: UUID) -> Label:
    """Locked: nobody puts it on a chat meanwhile."""
    found = await session.scalar(select(Label).where(Label.id == label_id).with_for_update())
    if found is None:
        raise NotFound("there is no such label")
    return found


async def add_label(
    session: AsyncSession, hotel_id: UUID, name: str, colour: str, *, by: str
) -> Label:
    """Raises Conflict for a name that another has."""
    made = Label(hotel_id=hotel_id, name=name, colour=colour)
    session.add(made)
    await _flush(session)
    record(session, hotel_id, "label.add", f"label:{made.id}", by=by)
    return made


async def rename_label(
    session: AsyncSession, kept: Label, name: str, colour: str, *, by: str
) -> None:
    """Raises Conflict for a name that another has."""
    old, new = changed(kept, {"name": name, "colour": colour})
    kept.name, kept.colour = name, colour
    await _flush(session)
    async with whole_hotel(session):
        await _show(session, await _wearing(session, kept))
    record(session, kept.hotel_id, "label.change", f"label:{kept.id}", by=by, old=old, new=new)


async def drop_label(session: AsyncSession, kept: Label, *, by: str) -> None:
    worn = delete(ConversationLabel).where(ConversationLabel.label_id == kept.id)
    async with whole_hotel(session):
        talks = await _wearing(session, kept)
        await session.execute(worn)
        await _show(session, talks)
        await session.delete(kept)
    record(session, kept.hotel_id, "label.delete", f"label:{kept.id}", by=by)


async def _flush(session: AsyncSession) -> None:
    try:
        await session.flush()
    except IntegrityError:
        raise Conflict("there is a label of that name") from None


async def _wearing(session: AsyncSession, kept: Label) -> Sequence[Conversation]:
    worn = select(ConversationLabel.conversation_id).where(ConversationLabel.label_id == kept.id)
    query = select(Conversation).where(Conversation.id.in_(worn)).order_by(Conversation.id)
    return (await session.scalars(query.with_for_update(key_share=True))).all()


async def _show(session: AsyncSession, talks: Sequence[Conversation]) -> None:
    for talk in talks:
        talk.tags = await show_names(session, talk.id)
    await session.flush()
