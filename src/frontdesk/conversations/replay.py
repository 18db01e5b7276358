"""Runs a stored conversation again, turn by turn, and says what would be decided otherwise now.

Nothing is written and nobody is written to: all of it happens in one transaction that is undone.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.assistant.matters import Mind
from frontdesk.assistant.mind import think
from frontdesk.assistant.states import TAPS
from frontdesk.assistant.values import Line, Outcome, Scene, Utterance
from frontdesk.conversations.handover import conversation
from frontdesk.conversations.scene import scene
from frontdesk.guests.models import Guest
from frontdesk.kit.db import Database
from frontdesk.kit.ids import HotelId, uuid7
from frontdesk.kit.rehearsal import Rehearsal
from frontdesk.messaging.models import Message
from frontdesk.tenancy.queries import the_hotel

MOST = 500
"""Turns of one conversation, from its beginning."""
CODE = re.compile(r"\b[A-HJ-NP-Z2-9]{6}\b")
"""A booking that is made again has another code."""


@dataclass(frozen=True, slots=True)
class Decided:
    """One side of a comparison."""

    intent: tuple[str, ...]
    plan: tuple[str, ...]
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Turn:
    said: tuple[str, ...]
    then: Decided
    now: Decided

    @property
    def differs(self) -> tuple[str, ...]:
        """Which of intent, plan and texts; a plan that was not recorded is not compared."""
        names = ["intent", "texts", *(("plan",) if self.then.plan else ())]
        sides = {name: (getattr(self.then, name), getattr(self.now, name)) for name in names}
        return tuple(n for n, (then, now) in sides.items() if _bare(then) != _bare(now))


def _bare(values: Sequence[str]) -> list[str]:
    return [CODE.sub("CODE", value) for value in values]


async def replay(mind: Mind, hotel_id: HotelId, conversation_id: UUID) -> list[Turn]:
    """What a turn of then saw: its messages, its hour, and what was said before it.

    The stock and prices are those of today, and so is the knowledge where `mind` has no other.
    """
    async with Rehearsal.of(mind.db) as stage:
        again, found = replace(mind, db=stage), list[Turn]()
        messages, first = await _stored(stage, hotel_id, conversation_id)
        state = first.state
        for unread, answers, before in _turns(messages):
            told = replace(
                first,
                turn_id=uuid7(),
                now=max(m.handled_at or m.occurred_at for m in unread),
                unread=tuple(_utterance(m, state.get("subject")) for m in unread),
                history=tuple(_line(m) for m in before[-30:] if m.text),
                state=state,
            )
            outcome = await think(again, told)
            state = outcome.state
            guest = replace(first.guest, language=outcome.language)
            first = replace(first, guest=guest)
            found.append(Turn(tuple(m.text for m in unread), _then(unread, answers), _now(outcome)))
        return found


async def _stored(
    stage: Database, hotel_id: HotelId, conversation_id: UUID
) -> tuple[Sequence[Message], Scene]:
    async with stage.hotel(hotel_id) as session:
        talk = await conversation(session, conversation_id)
        guest = (await session.scalars(select(Guest).where(Guest.id == talk.guest_id))).one()
        hotel = await the_hotel(session)
        messages = await _messages(session, conversation_id)
        first = await scene(
            session, hotel, guest, talk, messages[:1], turn_id=uuid7(), now=talk.created_at
        )
    return messages, replace(first, state={}, history=(), guest=replace(first.guest, language=None))


async def _messages(session: AsyncSession, conversation_id: UUID) -> Sequence[Message]:
    query = (
        select(Message)
        .where(Message.conversation_id == conversation_id, Message.deleted_at.is_(None))
        .order_by(Message.occurred_at, Message.id)
    )
    return (await session.scalars(query)).all()


def _turns(
    messages: Sequence[Message],
) -> Sequence[tuple[list[Message], list[Message], list[Message]]]:
    """What each turn answered, what it said, and what stood before it; people's replies are not."""
    found: list[tuple[list[Message], list[Message], list[Message]]] = []
    asked = [m for m in messages if m.direction == "in" and m.turn_id is not None]
    for turn_id, group in groupby(asked, key=lambda m: m.turn_id):
        unread = list(group)
        answers = [m for m in messages if m.direction == "out" and m.turn_id == turn_id]
        before = [m for m in messages if m.occurred_at < unread[0].occurred_at]
        found.append((unread, answers, before))
    return found[:MOST]


def _utterance(message: Message, subject: str | None) -> Utterance:
    """A tap on our question of then is a tap on the same question of now."""
    choice = message.choice_id
    verb = (choice or "").partition(":")[0]
    if verb in TAPS and subject:
        choice = f"{verb}:{subject}"
    kind = "undelivered" if "mark" in message.content else message.kind
    return Utterance(message.id, message.text, kind, choice, message.occurred_at)


def _line(message: Message) -> Line:
    author = "guest" if message.direction == "in" else "bot" if message.author == "bot" else "staff"
    return Line(author, message.text)


def _then(unread: Sequence[Message], answers: Sequence[Message]) -> Decided:
    plan = tuple(unread[-1].meta.get("plan", ()))
    return Decided(tuple(m.intent or "" for m in unread), plan, tuple(m.text for m in answers))


def _now(outcome: Outcome) -> Decided:
    intents = tuple(str(reading.intent) for reading in outcome.readings.values())
    return Decided(intents, outcome.plan, tuple(b.text for b in outcome.bubbles))
