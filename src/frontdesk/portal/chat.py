"""A guest's chat by their link: the same thread as on WhatsApp, or one that begins here."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.conversations.find import conversation
from frontdesk.conversations.reopening import reopen
from frontdesk.conversations.scheduled import guest_wrote
from frontdesk.guests.models import Guest, GuestIdentity
from frontdesk.kit.db import ring
from frontdesk.kit.errors import Conflict, Invalid
from frontdesk.kit.ids import uuid7
from frontdesk.kit.jobs import Job
from frontdesk.messaging.models import Conversation, Message, OutboundMessage
from frontdesk.messaging.outbox import PORTAL, THERE, is_on_wire, was_read
from frontdesk.messaging.received import tell_received
from frontdesk.messaging.statuses import note_status
from frontdesk.portal.links import GuestAsker
from frontdesk.tenancy.audit import record
from frontdesk.tenancy.queries import instances

UNSENT = ("cancelled", "expired")
"""What was never said is not shown to a guest."""
UNREAD = ("sent", "delivered", "failed")
WAITING = "pending"
"""On its way to the guest's phone, if they do not read it here before."""
AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Said:
    text: str
    client_id: UUID
    """The guest's own name for it: said twice, it is there once."""
    choice_id: str | None = None
    """Of the button that was tapped."""


class NoNumber(Conflict):
    """The hotel has no number yet, and so no chats"""

    code = "no_number"


async def thread_of(session: AsyncSession, asker: GuestAsker) -> Conversation | None:
    """The guest's newest chat."""
    query = (
        select(Conversation)
        .where(Conversation.guest_id == asker.guest_id)
        .order_by(Conversation.last_message_at.desc(), Conversation.id.desc())
        .limit(1)
    )
    return await session.scalar(query)


async def threads_of(session: AsyncSession, asker: GuestAsker) -> set[UUID]:
    query = select(Conversation.id).where(Conversation.guest_id == asker.guest_id)
    return set(await session.scalars(query))


async def open_thread(session: AsyncSession, asker: GuestAsker) -> Conversation:
    """The guest's chat, made on their first word.

    Where their phone is known it is the chat that WhatsApp will have with them; the phone of
    somebody else's identity, or none, makes a chat of the portal alone. Raises NoNumber.
    """
    known = await thread_of(session, asker)
    if known is not None:
        return known
    numbers = await instances(session)
    if not numbers:
        raise NoNumber
    phone = await _own_phone(session, asker)
    for chat in (*([f"{phone}@c.us"] if phone else []), f"{asker.guest_id.hex}{PORTAL}"):
        made = insert(Conversation).values(
            hotel_id=asker.hotel_id,
            id=uuid7(),
            instance_id=numbers[0].id,
            guest_id=asker.guest_id,
            chat=chat,
        )
        await session.execute(made.on_conflict_do_nothing())
        mine = await thread_of(session, asker)
        if mine is not None:
            return mine
    raise NoNumber


async def _own_phone(session: AsyncSession, asker: GuestAsker) -> str | None:
    """Only where no other guest of the hotel is known by it."""
    phone = await session.scalar(select(Guest.phone).where(Guest.id == asker.guest_id))
    query = select(GuestIdentity.guest_id).where(
        GuestIdentity.kind == "phone", GuestIdentity.value == phone
    )
    others = set((await session.scalars(query)).all()) - {asker.guest_id}
    return None if others else phone


async def say(
    session: AsyncSession, asker: GuestAsker, said: Said, *, now: datetime
) -> tuple[Message, bool]:
    """A guest's words in their thread, answered as any others; and whether they were there before.

    Raises Conflict for other words under the same client_id.
    """
    talk = await conversation(session, (await open_thread(session, asker)).id, lock=True)
    name = f"portal:{said.client_id}"
    query = select(Message).where(Message.conversation_id == talk.id, Message.provider_id == name)
    known = await session.scalar(query)
    if known is not None:
        if known.text != said.text:
            raise Conflict("this client_id was used for other words")
        return known, True
    message = _message(talk, said, name, now=now)
    session.add(message)
    talk.last_message_at = talk.last_inbound_at = now
    talk.waiting_since = talk.waiting_since or now
    await guest_wrote(session, talk)
    await reopen(session, talk, by=asker.actor, now=now)
    if talk.owner == "bot":
        talk.tries = 0
    await session.flush()
    await tell_received(session, talk, [message])
    about = {"message": message.id}
    subject = f"conversation:{talk.id}"
    record(session, asker.hotel_id, "conversation.write", subject, by=asker.actor, new=about)
    await ring(session, Job.TAKE_TURN, asker.hotel_id, f"{talk.instance_id}|{talk.chat}")
    return message, False


def _message(talk: Conversation, said: Said, name: str, *, now: datetime) -> Message:
    return Message(
        hotel_id=talk.hotel_id,
        id=uuid7(),
        conversation_id=talk.id,
        direction="in",
        author="guest",
        kind="text" if said.choice_id is None else "choice",
        text=said.text,
        content={},
        provider_id=name,
        choice_id=said.choice_id,
        occurred_at=now,
        created_at=now,
        meta={"channel": THERE},
    )


def own_messages(asker: GuestAsker) -> Select[Message]:
    """Of all the guest's chats: what was said in either direction."""
    mine = select(Conversation.id).where(Conversation.guest_id == asker.guest_id)
    return select(Message).where(
        Message.conversation_id.in_(mine),
        Message.status.is_(None) | Message.status.not_in(UNSENT),
    )


async def read_by_guest(
    session: AsyncSession, asker: GuestAsker, upto: UUID, *, now: datetime
) -> int:
    """The guest has seen everything up to this message; gives how many that were new to them."""
    last = await session.scalar(own_messages(asker).where(Message.id == upto))
    if last is None:
        raise Invalid("there is no such message")
    query = own_messages(asker).where(
        Message.conversation_id == last.conversation_id,
        Message.direction == "out",
        Message.status.in_((*UNREAD, WAITING)),
        Message.occurred_at <= last.occurred_at,
    )
    newest = query.order_by(Message.occurred_at.desc(), Message.id.desc()).limit(AT_ONCE)
    shown = (await session.scalars(newest)).all()
    stopped = await was_read(session, [m.id for m in shown if m.status == WAITING])
    seen = [m.id for m in shown if m.status != WAITING or m.id in stopped]
    talk = (await session.scalars(_talk(last.conversation_id))).one()
    if is_on_wire(talk.chat):
        await _tell_wire(session, talk, seen, now=now)
    await session.execute(update(Message).where(Message.id.in_(seen)).values(status="read"))
    return len(seen)


def _talk(conversation_id: UUID) -> Select[Conversation]:
    return select(Conversation).where(Conversation.id == conversation_id)


async def _tell_wire(
    session: AsyncSession, talk: Conversation, ids: list[UUID], *, now: datetime
) -> None:
    """So that a later word of the wire, "delivered", does not take it back."""
    row = OutboundMessage
    query = select(row.provider_id).where(row.message_id.in_(ids), row.provider_id.is_not(None))
    for name in (await session.scalars(query)).all():
        if name is not None:
            await note_status(session, talk.hotel_id, talk.instance_id, name, "read", at=now)
