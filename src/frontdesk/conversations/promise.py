"""Tells a guest whose chat goes to a person who answers, and when."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.assistant.reply import Voice
from frontdesk.assistant.values import Bubble, Outcome, Scene
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
        said = voice.say("answers_soon", who=who, minutes=answering.minutes).text
    elif answering.since is not None:
        said = voice.say(
            "answers_from", who=who, time=voice.instant(answering.since.isoformat())
        ).text
    else:
        return outcome
    last = outcome.bubbles[-1]
    return replace(outcome, bubbles=(*outcome.bubbles[:-1], _joined(last, said)))


def _joined(bubble: Bubble, said: str) -> Bubble:
    return replace(bubble, text=f"{bubble.text} {said[:1].upper()}{said[1:]}")
