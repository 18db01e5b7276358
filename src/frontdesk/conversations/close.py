"""Closes a turn: replies, readings, memory, events and alerts in one transaction."""

from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.assistant.feedback import heard
from frontdesk.assistant.values import Handover, Outcome, Reading, Scene, Sentiment
from frontdesk.conversations.card import card
from frontdesk.conversations.card_known import known_of
from frontdesk.conversations.drafts import DRAFT
from frontdesk.conversations.escalate import escalate
from frontdesk.conversations.escalation import evidence
from frontdesk.conversations.handover import take_over
from frontdesk.conversations.promise import with_promise
from frontdesk.conversations.runaway import ran_away
from frontdesk.conversations.speak import speak
from frontdesk.conversations.task_from_chat import ASKED, task_of
from frontdesk.conversations.task_models import Task
from frontdesk.guests.actions import opt
from frontdesk.guests.models import Guest
from frontdesk.knowledge.gaps import record_gap
from frontdesk.messaging.events import emit
from frontdesk.messaging.models import Conversation, Message
from frontdesk.messaging.received import words_facts
from frontdesk.notifications.actions import Alert, notify
from frontdesk.notifications.bodies import Sentence
from frontdesk.notifications.headings import Heading

EACH = frozenset({"request", DRAFT})
"""Kinds of which every one is an alert of its own."""
TITLE = 60
"""Letters of what an alert is about that its title shows."""
RUNAWAY = Handover("runaway", 80, "robot")


async def close(
    session: AsyncSession,
    conversation: Conversation,
    scene: Scene,
    outcome: Outcome,
    *,
    now: datetime,
    expires_at: datetime,
) -> None:
    """The caller holds the conversation's row, and has checked lease and fence."""
    if outcome.bubbles and await ran_away(session, conversation.id, now=now):
        outcome = replace(outcome, bubbles=(), handover=RUNAWAY, hold_bot=True)
    outcome, found = await escalate(session, scene, outcome, now=now)
    why = evidence(found)
    conversation.lease_owner = conversation.lease_until = None
    conversation.tries = 0
    conversation.state = dict(outcome.state)
    conversation.language = outcome.language
    await _guest(session, conversation, outcome, now)
    await _readings(session, conversation, scene, outcome, now)
    for unread in scene.unread:
        await heard(session, conversation.id, unread.text)
    if outcome.handover is not None and outcome.hold_bot:
        reason = outcome.handover.reason
        await take_over(session, conversation.id, by="bot", reason=reason, now=now, why=why)
        await session.flush()
        outcome = await with_promise(session, scene, outcome, now=now)
    await _speak_all(session, conversation, scene, outcome, now=now, expires_at=expires_at)
    doing = await task_of(session, conversation, scene, outcome, now=now)
    for wanted in (*((outcome.handover,) if outcome.handover else ()), *outcome.notes):
        task = doing if wanted.reason in ASKED else None
        await _tell_staff(
            session, conversation, scene, outcome, wanted, now=now, why=why, task=task
        )
    if outcome.drafts:
        waits = Handover(DRAFT, 40, "draft", scene.unread[-1].text[:60])
        await _tell_staff(session, conversation, scene, outcome, waits, now=now)
    for event in outcome.events:
        await emit(session, conversation.hotel_id, event.type, event.aggregate_id, event.payload)
    for question in outcome.gaps:
        await _gap(session, conversation, question, language=outcome.language, now=now)


async def _speak_all(
    session: AsyncSession,
    conversation: Conversation,
    scene: Scene,
    outcome: Outcome,
    *,
    now: datetime,
    expires_at: datetime,
) -> None:
    for at, bubble in enumerate(outcome.bubbles):
        key, turn = f"turn:{scene.turn_id}:{at}", scene.turn_id
        await speak(
            session, conversation, bubble, key=key, now=now, expires_at=expires_at, turn_id=turn
        )


async def _gap(
    session: AsyncSession,
    conversation: Conversation,
    question: str,
    *,
    language: str,
    now: datetime,
) -> None:
    await record_gap(session, conversation.hotel_id, question, language=language, now=now)
    told = {
        "conversation_id": str(conversation.id),
        "question": question,
        "language": language,
    }
    await emit(session, conversation.hotel_id, "knowledge.gap", conversation.id, told)


async def _guest(
    session: AsyncSession, conversation: Conversation, outcome: Outcome, now: datetime
) -> None:
    guest = (await session.scalars(select(Guest).where(Guest.id == conversation.guest_id))).one()
    guest.language = outcome.language
    if outcome.opt_out is not None:
        opt(session, guest, out=outcome.opt_out, by=f"guest:{guest.id}", now=now)


async def _readings(
    session: AsyncSession,
    conversation: Conversation,
    scene: Scene,
    outcome: Outcome,
    now: datetime,
) -> None:
    ids = [u.id for u in scene.unread]
    rows = (await session.scalars(select(Message).where(Message.id.in_(ids)))).all()
    for message in rows:
        message.handled_at, message.turn_id = now, scene.turn_id
        reading = outcome.readings.get(message.id)
        if reading is not None:
            _write_reading(message, reading, outcome)
        await emit(
            session,
            conversation.hotel_id,
            "message.understood",
            message.id,
            _understood(conversation, message),
        )
    worst = min(outcome.readings.values(), key=lambda r: r.sentiment_score, default=None)
    if worst is not None and worst.sentiment is not Sentiment.NEUTRAL:
        facts = {
            "conversation_id": str(conversation.id),
            "guest_id": str(conversation.guest_id),
            "sentiment": str(worst.sentiment),
            "score": worst.sentiment_score,
            "words": list(worst.sentiment_words),
            "urgency": str(worst.urgency),
        }
        await emit(session, conversation.hotel_id, "sentiment.detected", conversation.id, facts)


def _write_reading(message: Message, reading: Reading, outcome: Outcome) -> None:
    message.language, message.intent = reading.language, str(reading.intent)
    message.sentiment, message.urgency = str(reading.sentiment), str(reading.urgency)
    message.sentiment_score = reading.sentiment_score
    message.meta = {
        **message.meta,
        "confidence": round(reading.confidence, 3),
        "sentiment_words": list(reading.sentiment_words),
        "plan": list(outcome.plan),
        "autonomy": outcome.mode,
        **({"thought": dict(outcome.thought)} if outcome.thought else {}),
    }


def _understood(conversation: Conversation, message: Message) -> dict[str, object]:
    return {
        **words_facts(conversation, message),
        "language": message.language,
        "intent": message.intent,
        "sentiment": message.sentiment,
        "urgency": message.urgency,
    }


async def _details(session: AsyncSession, scene: Scene, outcome: Outcome) -> dict[str, object]:
    """The card, and what the lock kept back."""
    kept: dict[str, object] = {"withheld": list(outcome.withheld)} if outcome.withheld else {}
    if outcome.drafts:
        kept |= {"drafts": list(outcome.drafts), "before": dict(outcome.state)}
        kept |= {"undone": list(outcome.undone)} if outcome.undone else {}
        kept |= {"after": dict(outcome.after)} if outcome.after is not None else {}
    told = card(scene, outcome, await known_of(session, scene))
    return {"card": [asdict(line) for line in told], **kept}


def _title(who: str, wanted: Handover) -> Heading:
    """Of one title there is one open alert: another errand is another one."""
    about = {"about": _end_of(wanted.words)} if wanted.reason in EACH else {}
    return Heading(wanted.reason, about, who)


def _body(scene: Scene, outcome: Outcome, wanted: Handover, task: Task | None) -> list[Sentence]:
    first = {"steps": ", ".join(outcome.undone)} if wanted.reason == DRAFT else {}
    lines = [Sentence("by_hand", first)] if first.get("steps") else []
    lines.append(Sentence(wanted.says, who=scene.guest.name or "", words=wanted.words))
    if task is not None:
        lines.append(Sentence("done", {"number": str(task.number)}))
    return lines


def _end_of(words: str) -> str:
    """What tells one errand from another stands at its end."""
    said = f"“{words}”"
    return said if len(said) <= TITLE else f"…{said[-TITLE:].partition(' ')[2]}"


async def _tell_staff(
    session: AsyncSession,
    conversation: Conversation,
    scene: Scene,
    outcome: Outcome,
    wanted: Handover,
    *,
    now: datetime,
    why: Mapping[str, Any] | None = None,
    task: Task | None = None,
) -> None:
    """One alert an episode: while the last one of this kind is open, no second is sent."""
    alert = Alert(
        kind=wanted.reason,
        priority=wanted.priority,
        title=_title(scene.guest.name or "", wanted),
        body=_body(scene, outcome, wanted, task),
        dedupe_key=f"{conversation.id}:{wanted.reason}:{scene.turn_id}",
        conversation_id=conversation.id,
        details=await _details(session, scene, outcome)
        | ({"causes": dict(why)} if why else {})
        | ({"task_id": str(task.id)} if task else {}),
    )
    await notify(session, conversation.hotel_id, alert, now=now)
