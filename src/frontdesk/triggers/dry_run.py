"""A rule tried on what has been: who would have got what, when and in which language; writes none.

Times, and how far a stay had come, are as they were; what else is known of it and of a guest is as
it is now. A guest's daily cap is that of this rule alone: what others would say is not counted.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.guests.models import Guest
from frontdesk.kit.clock import local_day
from frontdesk.kit.ids import uuid7
from frontdesk.messaging.models import Message, OutboxEvent
from frontdesk.messaging.pacing import QUIET, quiet_ends
from frontdesk.tenancy.models import Hotel
from frontdesk.tenancy.queries import the_hotel
from frontdesk.triggers.actions import looping
from frontdesk.triggers.addressed import has_phone, known_chat, latest_chat, payload_of
from frontdesk.triggers.due import held_back
from frontdesk.triggers.facts import Subject, look_up, subject_of
from frontdesk.triggers.limits import EnoughToday, most_a_day
from frontdesk.triggers.models import Trigger
from frontdesk.triggers.moment import JUST_WROTE, Moment, NoChat
from frontdesk.triggers.past import PAST, as_it_was, past_events, past_sends
from frontdesk.triggers.plan_models import PlannedSend
from frontdesk.triggers.rules import fields_of, judge
from frontdesk.triggers.saying import OptedOut
from frontdesk.triggers.steps import asked_by, facts_for, judged
from frontdesk.triggers.words import (
    IN_A_CHAT,
    SPEAKING,
    Missing,
    needs_chat,
    speaks,
    with_buttons,
    worded,
)

MOST = 300
"""Entries of one dry run."""


@dataclass(frozen=True, slots=True)
class Would:
    """One time that the rule would have been asked."""

    at: datetime
    leaves_at: datetime
    """After the quiet hours, where it would say something in them."""
    outcome: str
    booking_id: UUID | None
    conversation_id: UUID | None
    guest_id: UUID | None
    why: list[dict[str, Any]]
    actions: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Cap:
    """What the rule would have said unasked, by guest and day of the hotel."""

    hotel: Hotel
    said: Counter[tuple[UUID, date]] = field(default_factory=Counter[tuple[UUID, date]])

    def reached(self, guest: Guest, at: datetime) -> bool:
        """Whether it is; counts one more where it is not."""
        key = guest.id, local_day(at, self.hotel.timezone)
        if self.said[key] >= most_a_day(self.hotel):
            return True
        self.said[key] += 1
        return False


@dataclass(frozen=True, slots=True)
class Scene:
    """Whom a rule would have been about, and which actions would have been barred, with the why."""

    hotel: Hotel
    subject: Subject
    bars: Mapping[str, str]
    cap: Cap | None
    """None where what is said was asked for."""


async def dry_run(session: AsyncSession, rule: Trigger, *, days: int, now: datetime) -> list[Would]:
    """The earliest first, at most MOST."""
    since, cap = now - timedelta(days=days), Cap(await the_hotel(session))
    if rule.event in PAST:
        sends = await past_sends(session, rule, since=since, until=now, most=MOST)
        return [await _of_send(session, rule, send, cap) for send in sends]
    events = await past_events(session, rule, since=since, until=now, most=MOST)
    return [await _of_event(session, Moment(e, rule, e.created_at), cap) for e in events]


async def _of_send(session: AsyncSession, rule: Trigger, send: PlannedSend, cap: Cap) -> Would:
    guest = await session.scalar(select(Guest).where(Guest.id == send.guest_id))
    at = max(send.due_at, send.planned_at)
    why = held_back(send, rule, guest, at)
    if why is not None:
        return _would(at, "not_sent", [why], [], None, send)
    stay = await as_it_was(session, send.booking_id, at) if send.booking_id else None
    chat = await known_chat(session, send)
    event = OutboxEvent(
        hotel_id=send.hotel_id,
        id=uuid7(),
        aggregate_id=send.subject,
        event_type=rule.event,
        payload=await payload_of(session, send, guest, chat, rule.schedule or {}),
        depth=0,
        chain=[],
    )
    told = await _of_event(session, Moment(event, rule, at, by_clock=True), cap)
    return replace(told, booking_id=stay.id if stay is not None else told.booking_id)


async def _of_event(session: AsyncSession, moment: Moment, cap: Cap) -> Would:
    rule, event, at = moment.trigger, moment.event, moment.now
    subject = await _subject(session, moment)
    found = await look_up(session, subject, fields_of(rule.conditions), now=at)
    held, why = judge(rule.conditions, judged(event.event_type, event.payload, found))
    looped = looping(event, rule) if held else None
    if not held or looped is not None:
        return _would(at, "not_sent", [looped] if looped else why, [], subject, None)
    hotel = cap.hotel
    unasked = moment.by_clock or not await _just_wrote(session, subject, at)
    bars = await _bars(session, rule, subject, unasked=unasked)
    scene = Scene(hotel, subject, bars, cap if unasked else None)
    actions, _ = await _acts(session, moment, scene, rule.actions)
    outcome = "failed" if any("error" in a for a in actions) else "sent"
    told = _would(at, outcome, why, actions, subject, None)
    quiet = quiet_ends(str(hotel.settings.get("quiet_hours", QUIET)), at, hotel.timezone)
    said = any(a["type"] in SPEAKING for a in actions)
    return replace(told, leaves_at=quiet or at) if unasked and said else told


async def _subject(session: AsyncSession, moment: Moment) -> Subject:
    """With the guest's latest chat, where the event has none and the rule wants one."""
    subject = await subject_of(session, moment.event.payload)
    if subject.conversation or subject.guest is None or not needs_chat(moment.trigger.actions):
        return subject
    return replace(subject, conversation=await latest_chat(session, subject.guest.id))


async def _just_wrote(session: AsyncSession, subject: Subject, at: datetime) -> bool:
    """Whether what was said then answered a guest's own message."""
    if subject.conversation is None:
        return False
    query = select(Message.id).where(
        Message.conversation_id == subject.conversation.id,
        Message.direction == "in",
        Message.occurred_at.between(at - JUST_WROTE, at),
    )
    return await session.scalar(query.limit(1)) is not None


async def _bars(
    session: AsyncSession, rule: Trigger, subject: Subject, *, unasked: bool
) -> dict[str, str]:
    """By action: why it cannot be done to a chat of theirs, or said in it."""
    guest = subject.guest
    opens = guest is not None and speaks(rule.actions) and await has_phone(session, guest.id)
    if subject.conversation is None and not opens:
        return dict.fromkeys(IN_A_CHAT, NoChat.title())
    mute = unasked and guest is not None and guest.opted_out_at is not None
    return dict.fromkeys(SPEAKING, OptedOut.title()) if mute else {}


def _would(
    at: datetime,
    outcome: str,
    why: list[dict[str, Any]],
    actions: list[dict[str, Any]],
    subject: Subject | None,
    send: PlannedSend | None,
) -> Would:
    stay, chat, guest = _ids_of(subject) if send is None else _ids_of_send(send)
    return Would(at, at, outcome, stay, chat, guest, why, actions)


def _ids_of_send(send: PlannedSend) -> tuple[UUID | None, UUID | None, UUID | None]:
    return send.booking_id, send.conversation_id, send.guest_id


def _ids_of(subject: Subject | None) -> tuple[UUID | None, UUID | None, UUID | None]:
    if subject is None:
        return None, None, None
    stay, chat, guest = subject.booking, subject.conversation, subject.guest
    return stay.id if stay else None, chat.id if chat else None, guest.id if guest else None


async def _acts(
    session: AsyncSession, moment: Moment, scene: Scene, actions: Sequence[Mapping[str, Any]]
) -> tuple[list[dict[str, Any]], datetime]:
    """What each would do, in order; a wait moves what comes after it."""
    told, at = list[dict[str, Any]](), moment.now
    for action in actions:
        if action["type"] == "wait":
            at += timedelta(minutes=int(action["minutes"]))
            told.append({"type": "wait", "until": at.isoformat()})
            continue
        then = replace(moment, now=at)
        facts = await facts_for(session, then, scene.subject, asked_by(action))
        told.append({"at": at.isoformat(), **_act(action, facts, scene, at)})
        if action["type"] == "branch":
            chosen = action.get(told[-1]["chose"], ())
            more, at = await _acts(session, then, scene, chosen)
            told += more
    return told, at


def _act(
    action: Mapping[str, Any], facts: Mapping[str, Any], scene: Scene, at: datetime
) -> dict[str, Any]:
    kind, hotel = action["type"], scene.hotel
    if kind == "branch":
        held, reasons = judge(action["conditions"], facts)
        return {"type": kind, "chose": "then" if held else "otherwise", "reasons": reasons}
    if kind in scene.bars:
        return {"type": kind, "error": scene.bars[kind]}
    told: dict[str, Any] = {"type": kind}
    if kind == "send_message":
        own = (hotel.language, hotel.currency, hotel.timezone, hotel.name)
        try:
            wording = worded(action, facts, hotel=own)
        except Missing as lacking:
            return {"type": kind, "error": lacking.detail, **lacking.extra}
        text = with_buttons(wording.text, action.get("buttons", ()))
        told |= {"language": wording.language, "text": text}
    guest, cap = scene.subject.guest, scene.cap
    if kind in SPEAKING and guest is not None and cap is not None and cap.reached(guest, at):
        return {"type": kind, "error": EnoughToday.title()}
    return told
