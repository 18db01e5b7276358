"""One turn of one conversation: lease, read, think outside a transaction, write behind a fence."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.assistant.matters import Mind
from frontdesk.assistant.mind import think
from frontdesk.assistant.values import Outcome, Scene
from frontdesk.conversations.alarm import sound_alarm
from frontdesk.conversations.burst import burst_ends
from frontdesk.conversations.close import close
from frontdesk.conversations.filing import file_waiting, mark_dead, more_waits
from frontdesk.conversations.scene import scene
from frontdesk.conversations.surveys import hear_answers
from frontdesk.guests.models import Guest
from frontdesk.kit.clock import Clock
from frontdesk.kit.db import Database
from frontdesk.kit.ids import HotelId, uuid7
from frontdesk.kit.logs import bound, get_logger
from frontdesk.kit.secrets import Vault
from frontdesk.messaging.lines import line_of
from frontdesk.messaging.models import Conversation, Message
from frontdesk.messaging.outbox import is_on_wire
from frontdesk.messaging.provider import Gateway, Line
from frontdesk.messaging.threads import unread_messages
from frontdesk.tenancy.queries import instance, the_hotel


@dataclass(frozen=True, slots=True)
class Desk:
    """What a turn needs."""

    db: Database
    clock: Clock
    vault: Vault
    gateway: Gateway
    mind: Mind
    burst_seconds: float
    burst_max_seconds: float
    lease_seconds: float
    tries: int
    reply_expiry_seconds: float


@dataclass(frozen=True, slots=True)
class Opened:
    """A conversation under our lease, with what it asks."""

    turn_id: UUID
    fence: int
    scene: Scene
    line: Line
    chat: str


async def take_turn(desk: Desk, hotel_id: HotelId, instance_id: UUID, chat: str) -> float | None:
    """Work everything unread in one chat.

    Gives the seconds after which to come again, where a burst is not over yet; None when nothing
    is left that a bot should answer. Safe to call at any time and from anywhere: the lease lets
    one turn work a conversation, and a message that comes meanwhile is worked by the next round.
    """
    while True:
        turn_id = uuid7()
        with bound(hotel=hotel_id, turn=turn_id):
            opened = await _open(desk, hotel_id, instance_id, chat, turn_id)
            if not isinstance(opened, Opened):
                return opened
            if not await _work(desk, hotel_id, opened):
                return None
            known = opened.scene.conversation_id
            async with desk.db.hotel(hotel_id) as session:
                if not await more_waits(session, known, instance_id, chat):
                    return None


async def _open(
    desk: Desk, hotel_id: HotelId, instance_id: UUID, chat: str, turn_id: UUID
) -> Opened | float | None:
    """File what came, and lease once the burst is over."""
    async with desk.db.hotel(hotel_id) as session:
        conversation = await file_waiting(
            session, hotel_id, instance_id, chat, now=desk.clock.now()
        )
        if conversation is None:
            return None
        await hear_answers(session, conversation, now=desk.clock.now())
        if conversation.owner != "bot":
            now = desk.clock.now()
            expires = now + timedelta(seconds=desk.reply_expiry_seconds)
            await sound_alarm(session, conversation, now=now, expires_at=expires)
            return None
        ready = await _ready(desk, session, conversation)
        if isinstance(ready, Conversation):
            return await _lease(desk, session, ready, turn_id)
    return ready


async def _ready(
    desk: Desk, session: AsyncSession, conversation: Conversation
) -> Conversation | float | None:
    """The conversation when its burst is over, seconds to wait, or None when it is not for us."""
    now = desk.clock.now()
    leased = conversation.lease_until is not None and conversation.lease_until > now
    if leased:
        return None
    unread = await unread_messages(session, conversation.id)
    if not unread:
        return None
    asked = conversation.state.get("stage", "idle") != "idle"
    wait = (_burst_end(desk, unread, now, asked=asked) - now).total_seconds()
    return max(0.05, wait) if wait > 0 else conversation


def _burst_end(desk: Desk, unread: Sequence[Message], now: datetime, *, asked: bool) -> datetime:
    """Counted from when each message reached us: a late webhook has waited long enough."""
    if unread[-1].kind == "choice":
        return now
    return burst_ends(
        [m.text for m in unread],
        unread[0].created_at,
        unread[-1].created_at,
        complete=desk.burst_seconds,
        longest=desk.burst_max_seconds,
        asked=asked,
    )


async def _lease(
    desk: Desk, session: AsyncSession, conversation: Conversation, turn_id: UUID
) -> Opened | None:
    now = desk.clock.now()
    locked = await session.scalar(
        select(Conversation)
        .where(Conversation.id == conversation.id)
        .with_for_update(skip_locked=True, key_share=True)
        .execution_options(populate_existing=True)
    )
    if locked is None or locked.owner != "bot":
        return None
    if locked.lease_until is not None and locked.lease_until > now:
        return None
    unread = await unread_messages(session, locked.id)
    if locked.tries >= desk.tries:
        await mark_dead(session, locked, unread, now=now)
        return None
    locked.lease_owner = turn_id
    locked.lease_until = now + timedelta(seconds=desk.lease_seconds)
    locked.tries += 1
    hotel = await the_hotel(session)
    guest = (await session.scalars(select(Guest).where(Guest.id == locked.guest_id))).one()
    number = await instance(session, locked.instance_id)
    line = await line_of(session, desk.vault, number)
    stage = await scene(session, hotel, guest, locked, unread, turn_id=turn_id, now=now)
    return Opened(turn_id, locked.fence, stage, line, locked.chat)


async def _work(desk: Desk, hotel_id: HotelId, opened: Opened) -> bool:
    """Think and close; true when the turn was written and another round may be due."""
    log = get_logger()
    with bound(conversation=opened.scene.conversation_id):
        typing = asyncio.create_task(_typing(desk, opened))
        try:
            outcome = await think(desk.mind, opened.scene)
            written = await _close(desk, hotel_id, opened, outcome)
        except Exception as error:
            log.error("turn_failed", exc_info=error)  # noqa: TRY400 - class and place only
            await _give_back(desk, hotel_id, opened)
            raise
        finally:
            typing.cancel()
        log.info(
            "turn_closed" if written else "turn_overtaken",
            bubbles=len(outcome.bubbles),
            unread=len(opened.scene.unread),
            handover=outcome.handover.reason if outcome.handover else None,
        )
        return written


async def _typing(desk: Desk, opened: Opened) -> None:
    if is_on_wire(opened.chat):
        await desk.gateway.typing(opened.line, opened.chat)


async def _close(desk: Desk, hotel_id: HotelId, opened: Opened, outcome: Outcome) -> bool:
    """Write everything, if the lease and the fence are still ours; else nothing."""
    now = desk.clock.now()
    async with desk.db.hotel(hotel_id) as session:
        mine = await session.scalar(
            select(Conversation)
            .where(
                Conversation.id == opened.scene.conversation_id,
                Conversation.lease_owner == opened.turn_id,
                Conversation.fence == opened.fence,
            )
            .with_for_update(key_share=True)
        )
        if mine is None:
            return False
        expires = now + timedelta(seconds=desk.reply_expiry_seconds)
        await close(session, mine, opened.scene, outcome, now=now, expires_at=expires)
    return True


async def _give_back(desk: Desk, hotel_id: HotelId, opened: Opened) -> None:
    """The next try may start at once; `tries` keeps count."""
    async with desk.db.hotel(hotel_id) as session:
        await session.execute(
            update(Conversation)
            .where(
                Conversation.id == opened.scene.conversation_id,
                Conversation.lease_owner == opened.turn_id,
            )
            .values(lease_owner=None, lease_until=None)
        )
