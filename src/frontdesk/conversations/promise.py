"""Tells a guest whose chat goes to a person who answers, and when."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.assistant.reply import Voice
from frontdesk.assistant.values import Bubble, Outcome, Scene
from frontdesk.conversations.escalation_models import HandoverRecord
from frontdesk.notifications.answering import who_answers

SILENT = frozenset({"emergency", "runaway"})
"""Nothing stands beside what to do in danger, and nothing is said to a robot."""


async def with_promise(
    session: AsyncSession, scene: Scene, outcome: Outcome, *, now: datetime
) -> Outcome:
    """As a last sentence of what the bot says; by shifts and ladder, never by a guess."""
    call, hotel = outcome.handover, scene.hotel
    if call is None or not outcome.bubbles or call.reason in SILENT:
        return outcome
    answering = await who_answers(session, call.reason, call.priority, zone=hotel.zone, now=now)
    if answering is None:
        return outcome
    voice = Voice(outcome.language, hotel.currency, hotel.zone, hotel.name)
    who = answering.name or voice.label("our_team")
    if answering.minutes is not None:
        until = now + timedelta(minutes=answering.minutes)
        said = voice.say("answers_soon", who=who, minutes=answering.minutes).text
    elif answering.since is not None:
        until = answering.since
        said = voice.say(
            "answers_from", who=who, time=voice.instant(answering.since.isoformat())
        ).text
    else:
        return outcome
    await _keep(session, scene.conversation_id, until)
    last = outcome.bubbles[-1]
    return replace(outcome, bubbles=(*outcome.bubbles[:-1], _joined(last, said)))


async def _keep(session: AsyncSession, conversation_id: UUID, until: datetime) -> None:
    """With the handover that it was said of."""
    model = HandoverRecord
    newest = (
        select(model.id)
        .where(model.conversation_id == conversation_id)
        .order_by(model.created_at.desc(), model.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    await session.execute(update(model).where(model.id == newest).values(promised_until=until))


def _joined(bubble: Bubble, said: str) -> Bubble:
    return replace(bubble, text=f"{bubble.text} {said[:1].upper()}{said[1:]}")
