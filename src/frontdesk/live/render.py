"""From changes to frames: one shape for staff, a smaller one for the guest it is about."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson

from frontdesk.live.changes import Change
from frontdesk.live.doors import ALERTS, CHATS, EVENTS
from frontdesk.live.facts import Facts, Member
from frontdesk.live.failures import cause_of
from frontdesk.messaging.models import Conversation, Message
from frontdesk.portal.chat import UNSENT

NOT_PEOPLE = {"bot": "bot", "phone": "phone", "system": "system"}


@dataclass(frozen=True, slots=True)
class Told:
    """One change as frames: whoever may `scope` hears `staff`, the guest `guest_id` hears theirs.

    The frames of one change belong together: only the last one carries the place to resume from.
    """

    change: Change
    scope: str
    staff: tuple[Mapping[str, Any], ...]
    guest_id: UUID | None = None
    guest: Mapping[str, Any] | None = None
    departments: frozenset[UUID] = frozenset()
    """Whose matter it is: who is of some alone hears no others'."""


def text_of(frame: Mapping[str, Any], resume: str | None = None) -> str:
    told = frame if resume is None else {**frame, "resume": resume}
    return orjson.dumps(told, default=str).decode()  # the driver's UUID is not quite Python's


def told(change: Change, facts: Facts, people: Mapping[str, Member]) -> Told | None:
    """None where nothing of it is left to tell."""
    match change.kind:
        case "message":
            return _message(change, facts, people)
        case "tick":
            return _tick(change, facts)
        case "notification":
            return _notification(change, facts)
        case "event":
            return _event(change, facts)
        case _:
            return _conversation(change, facts, people)


def _message(change: Change, facts: Facts, people: Mapping[str, Member]) -> Told | None:
    message = facts.messages.get(change.subject_id)
    talk = message and facts.talks.get(message.conversation_id)
    if message is None or talk is None:
        return None
    frame = message_frame(message, talk, facts, people)
    theirs = None if message.status in UNSENT else for_guest(frame)
    return Told(change, CHATS, (frame,), talk.guest_id, theirs, _of(talk))


def _of(talk: Conversation) -> frozenset[UUID]:
    return frozenset() if talk.department_id is None else frozenset((talk.department_id,))


def message_frame(
    message: Message, talk: Conversation, facts: Facts, people: Mapping[str, Member]
) -> dict[str, Any]:
    """The names that the first hotel system's chat had, and what else there is to know."""
    sender = _sender(message, talk, facts, people)
    incoming = message.direction == "in"
    return {
        "type": "message",
        "_id": str(message.id),
        "message": message.text,
        **sender,
        "receiver_id": talk.owner if incoming else str(talk.guest_id),
        "timestamp": message.occurred_at,
        "seen": _seen(message, talk),
        "conversation_id": str(talk.id),
        "direction": message.direction,
        "author": message.author,
        "kind": message.kind,
        "content": message.content,
        "choice_id": message.choice_id,
        "quoted_id": message.quoted_id,
        "status": message.status,
        "channel": message.meta.get("channel", "whatsapp"),
        "edited_at": message.edited_at,
        "deleted_at": message.deleted_at,
        "language": message.language,
        "sentiment": message.sentiment,
        "urgency": message.urgency,
    }


def _sender(
    message: Message, talk: Conversation, facts: Facts, people: Mapping[str, Member]
) -> dict[str, str | None]:
    if message.author == "guest":
        name = facts.names.get(talk.guest_id)
        return _who("customer", str(talk.guest_id), name or "Guest")
    if message.author == "staff":
        member = people.get(str(message.meta.get("by")))
        if member is not None:
            return _who(member.role, str(member.id), member.name)
        return _who("staff", "staff", "Staff")
    role = NOT_PEOPLE.get(message.author, message.author)
    return _who(role, role, role.capitalize())


def _who(role: str, shown_id: str, name: str) -> dict[str, str | None]:
    return {"sender_role": role, "sender_id": shown_id, "sender_username": name}


def _seen(message: Message, talk: Conversation) -> bool:
    if message.direction == "out":
        return message.status == "read"
    return talk.read_at is not None and talk.read_at >= message.created_at


def for_guest(frame: Mapping[str, Any]) -> dict[str, Any]:
    """Without what the house makes of it, and without who is who in the house."""
    kept = {k: v for k, v in frame.items() if k not in ("language", "sentiment", "urgency")}
    if kept["direction"] == "out" and kept["author"] in ("staff", "phone"):
        kept |= {"sender_role": "staff", "sender_id": "staff"}
    return kept


def _tick(change: Change, facts: Facts) -> Told | None:
    message = facts.messages.get(change.subject_id)
    talk = message and facts.talks.get(message.conversation_id)
    if message is None or talk is None:
        return None
    frame: dict[str, Any] = {
        "type": "tick",
        "_id": str(message.id),
        "conversation_id": str(talk.id),
        "status": change.what,
        "seen": change.what == "read",
    }
    theirs = dict(frame)
    if change.what == "failed":
        frame |= cause_of(facts.errors.get(message.id))
    return Told(change, CHATS, (frame,), talk.guest_id, theirs, _of(talk))


def _conversation(change: Change, facts: Facts, people: Mapping[str, Member]) -> Told | None:
    talk = facts.talks.get(change.subject_id)
    if talk is None:
        return None
    if change.kind == "thinking":
        typing = thinking(talk.id, on=change.what == "on")
        return Told(change, CHATS, (typing,), talk.guest_id, typing, _of(talk))
    changed = change.what.split(",")
    shown = conversation_shown(talk, facts, people)
    base = {"conversation_id": str(talk.id), "changed": changed, "conversation": shown}
    frames = tuple({"type": kind, **base} for kind in _kinds(changed))
    owner = {"type": "handover", "conversation_id": str(talk.id), "owner": talk.owner}
    theirs = owner if "owner" in changed else None
    return Told(change, CHATS, frames, talk.guest_id, theirs, _of(talk))


def _kinds(changed: list[str]) -> Iterator[str]:
    handed = "owner" in changed
    given = "assignee_id" in changed
    if handed:
        yield "handover"
    if given:
        yield "assignment"
    if not handed and not given:
        yield "conversation"


def thinking(conversation_id: UUID, *, on: bool) -> dict[str, Any]:
    """The bot is at it; a minute is its lease."""
    return {
        "type": "typing",
        "conversation_id": str(conversation_id),
        "user_id": "bot",
        "name": "Bot",
        "role": "bot",
        "seconds": 60 if on else 0,
    }


def conversation_shown(
    talk: Conversation, facts: Facts, people: Mapping[str, Member]
) -> dict[str, Any]:
    assignee = talk.assignee_id
    name = next((m.name for m in people.values() if m.id == assignee), None) if assignee else None
    return {
        "id": str(talk.id),
        "guest_id": str(talk.guest_id),
        "guest_name": facts.names.get(talk.guest_id),
        "status": talk.status,
        "owner": talk.owner,
        "reason": talk.reason,
        "tags": talk.tags,
        "priority": talk.priority,
        "department_id": talk.department_id,
        "assignee_id": assignee,
        "assignee": name,
        "snoozed_until": talk.snoozed_until,
        "last_message_at": talk.last_message_at,
        "read_at": talk.read_at,
        "unread": talk.unread,
    }


def _notification(change: Change, facts: Facts) -> Told | None:
    alert = facts.alerts.get(change.subject_id)
    if alert is None:
        return None
    frame = {
        "type": "notification",
        "what": change.what,
        "notification": {
            "id": str(alert.id),
            "kind": alert.kind,
            "conversation_id": alert.conversation_id,
            "priority_score": alert.priority_score,
            "title": alert.title,
            "body": alert.body,
            "status": alert.status,
            "created_at": alert.created_at,
        },
    }
    return Told(change, ALERTS, (frame,), departments=facts.alerted.get(alert.id, frozenset()))


def _event(change: Change, facts: Facts) -> Told | None:
    event = facts.events.get(change.subject_id)
    if event is None:
        return None
    frame = {
        "type": "event",
        "id": str(event.id),
        "event_type": event.event_type,
        "subject": str(event.aggregate_id),
        "payload": event.payload,
        "created_at": event.created_at,
    }
    return Told(change, EVENTS, (frame,))
