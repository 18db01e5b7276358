"""What is done for whoever asks over the socket: the same actions as over REST."""

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.conversations import handover
from frontdesk.conversations.collisions import Reply, hold, let_go, reply
from frontdesk.conversations.staff import read_by_staff
from frontdesk.kit.errors import Forbidden, Invalid
from frontdesk.kit.web import PageAsk, page_rows
from frontdesk.live.asks import (
    AnyAsk,
    HistoryAsk,
    MessageAsk,
    PingAsk,
    ReadAsk,
    TypingAsk,
    ViewingAsk,
)
from frontdesk.live.connection import Connection
from frontdesk.live.crowd import show_typing, show_viewing
from frontdesk.live.doors import CHATS, Looker
from frontdesk.live.facts import facts_of_messages
from frontdesk.live.hub import Hub
from frontdesk.live.render import for_guest, message_frame
from frontdesk.live.room import Room
from frontdesk.messaging.models import Conversation, Message
from frontdesk.portal import chat
from frontdesk.tenancy.audit import record

WRITES = "conversations:write"
Frame = dict[str, Any]


async def answer(hub: Hub, room: Room, connection: Connection, ask: AnyAsk) -> Frame | None:
    """The frame that answers, where one does. Raises what the action refuses with."""
    looker = connection.looker
    match ask:
        case PingAsk():
            return {"type": "pong", "at": hub.clock.now(), "lag_ms": room.lag_ms}
        case MessageAsk():
            return await _say(hub, looker, ask)
        case ReadAsk():
            return await _read(hub, looker, ask)
        case HistoryAsk():
            return await _history(hub, room, looker, ask)
        case TypingAsk():
            return await _typing(hub, room, connection, ask)
        case ViewingAsk():
            return await _viewing(hub, room, connection, ask)


def _named(looker: Looker, ask: Any, scope: str) -> UUID:
    """The chat that staff name. Raises Forbidden and Invalid."""
    if not looker.may(scope):
        raise Forbidden(f"the scope {scope} is needed")
    if ask.conversation_id is None:
        raise Invalid("conversation_id is missing")
    return ask.conversation_id


async def _say(hub: Hub, looker: Looker, ask: MessageAsk) -> Frame:
    now = hub.clock.now()
    if looker.guest is not None:
        said = chat.Said(ask.message, ask.client_id, ask.choice_id)
        async with hub.db.hotel(looker.hotel_id) as session:
            message, known = await chat.say(session, looker.guest, said, now=now)
    else:
        talk_id = _named(looker, ask, WRITES)
        wanted = Reply(ask.message, ask.client_id, ask.after, ask.force)
        async with hub.db.hotel(looker.hotel_id) as session:
            message, known = await reply(session, talk_id, wanted, by=looker.actor, now=now)
    return {
        "type": "ack",
        "_id": str(message.id),
        "conversation_id": str(message.conversation_id),
        "client_id": str(ask.client_id),
        "duplicate": known,
    }


async def _read(hub: Hub, looker: Looker, ask: ReadAsk) -> Frame:
    now = hub.clock.now()
    async with hub.db.hotel(looker.hotel_id) as session:
        if looker.guest is not None:
            if ask.upto is None:
                raise Invalid("upto is missing")
            await chat.read_by_guest(session, looker.guest, ask.upto, now=now)
            return {"type": "ack"}
        talk_id = _named(looker, ask, WRITES)
        await read_by_staff(session, talk_id, now=now)
        subject = f"conversation:{talk_id}"
        record(session, looker.hotel_id, "conversation.read", subject, by=looker.actor)
    return {"type": "ack"}


async def _history(hub: Hub, room: Room, looker: Looker, ask: HistoryAsk) -> Frame:
    page = PageAsk(limit=ask.limit, cursor=ask.cursor)
    async with hub.db.hotel(looker.hotel_id) as session:
        if looker.guest is not None:
            query = chat.own_messages(looker.guest)
        else:
            talk_id = _named(looker, ask, CHATS)
            await handover.conversation(session, talk_id)
            query = select(Message).where(Message.conversation_id == talk_id)
        rows, after = await page_rows(session, query, page, Message.occurred_at, Message.id)
        facts = await facts_of_messages(session, rows)
    people = await room.people()
    talks = facts.talks
    shown = [message_frame(m, talks[m.conversation_id], facts, people) for m in rows]
    if looker.guest is not None:
        shown = [for_guest(frame) for frame in shown]
    told = str(ask.conversation_id) if looker.guest is None else None
    return {"type": "history", "conversation_id": told, "messages": shown, "next": after}


async def _typing(hub: Hub, room: Room, connection: Connection, ask: TypingAsk) -> None:
    looker, now = connection.looker, hub.clock.now()
    async with hub.db.hotel(looker.hotel_id) as session:
        talk = await _typed_in(session, looker, ask)
        if talk is None:
            return
        if looker.guest is None:
            if ask.on:
                await hold(session, talk, by=looker.actor, now=now)
            else:
                await let_go(session, talk.id, by=looker.actor)
        told: dict[str, Any] = {
            "actor": looker.actor,
            "talk": str(talk.id),
            "guest": str(talk.guest_id),
            "on": ask.on,
            "department": _said(talk.department_id),
        }
    hub.db.pulse.say(looker.hotel_id, {"typing": told})
    show_typing(room, **told, but=connection)


async def _typed_in(session: AsyncSession, looker: Looker, ask: TypingAsk) -> Conversation | None:
    """A guest's thread may not have begun."""
    if looker.guest is not None:
        return await chat.thread_of(session, looker.guest)
    return await handover.conversation(session, _named(looker, ask, WRITES))


async def _viewing(hub: Hub, room: Room, connection: Connection, ask: ViewingAsk) -> None:
    looker = connection.looker
    if looker.guest is not None:
        return
    told: dict[str, Any] = {"actor": looker.actor, "talk": _said(ask.conversation_id)}
    if ask.conversation_id is not None:
        talk_id = _named(looker, ask, CHATS)
        async with hub.db.hotel(looker.hotel_id) as session:
            talk = await handover.conversation(session, talk_id)
            told["department"] = _said(talk.department_id)
    connection.viewing, room.crowd_changed = told["talk"], True
    hub.db.pulse.say(looker.hotel_id, {"viewing": told})
    show_viewing(room, **told, but=connection)


def _said(row_id: UUID | None) -> str | None:
    return None if row_id is None else str(row_id)
