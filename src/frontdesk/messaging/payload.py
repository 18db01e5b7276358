"""Reads a GREEN-API webhook body into a typed event; never raises, whatever the bytes."""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Literal, cast

from frontdesk.messaging.loose import Json, mapping, text_of
from frontdesk.messaging.payload_message import read_message
from frontdesk.messaging.wire import ChatKind, Kind, Lane, WireEvent

MESSAGES = {
    "incomingMessageReceived": ("in", False),
    "outgoingMessageReceived": ("out", False),
    "outgoingAPIMessageReceived": ("out", True),
}
OTHERS: Mapping[str, Kind] = {
    "outgoingMessageStatus": "status",
    "stateInstanceChanged": "state",
    "statusInstanceChanged": "state",
    "incomingCall": "call",
    "outgoingCall": "call",
    "deviceInfo": "device",
    "quotaExceeded": "quota",
    "incomingBlock": "block",
}
SUFFIXES: Mapping[str, ChatKind] = {
    "c.us": "person",
    "s.whatsapp.net": "person",
    "lid": "lid",
    "g.us": "group",
    "broadcast": "broadcast",
    "newsletter": "newsletter",
}
ANSWERED = frozenset({"person", "lid"})
CHAT_LENGTH = 128
"""Longer is no chat of WhatsApp's, and would not fit a notice of PostgreSQL (8000 bytes)."""


def read_event(raw: bytes) -> WireEvent:
    """A body as GREEN-API posts it, or as a poll returns it (`{"receiptId", "body"}`)."""
    try:
        parsed = json.loads(raw)
    except (ValueError, RecursionError):
        parsed = None
    if not isinstance(parsed, dict):
        return WireEvent("unreadable", f"unreadable:{_digest(raw)}", "none")
    body = cast("Json", parsed)
    inner = body.get("body")
    if "typeWebhook" not in body and isinstance(inner, dict):
        body = cast("Json", inner)
    return _read(body, raw)


def chat_kind(chat: str | None) -> ChatKind | None:
    return SUFFIXES.get(chat.rpartition("@")[2]) if chat else None


def _read(body: Json, raw: bytes) -> WireEvent:
    kind_of_webhook = text_of(body.get("typeWebhook")) or ""
    instance = mapping(body.get("instanceData"))
    if (text_of(instance.get("typeInstance")) or "whatsapp") != "whatsapp":
        return _unknown(body, raw, kind_of_webhook)
    if kind_of_webhook in MESSAGES:
        return _message(body, raw, kind_of_webhook, instance)
    if "quotaData" in body:  # a vendor's example prints it under incomingBlock
        return _plain(body, raw, kind_of_webhook, "quota", instance)
    kind = OTHERS.get(kind_of_webhook)
    if kind is None:
        return _unknown(body, raw, kind_of_webhook)
    return _plain(body, raw, kind_of_webhook, kind, instance)


def _chat(source: Json, *names: str) -> str | None:
    for name in names:
        if found := text_of(source.get(name)):
            return found[:CHAT_LENGTH]
    return None


def _unknown(body: Json, raw: bytes, webhook: str) -> WireEvent:
    instance = mapping(body.get("instanceData"))
    return WireEvent(
        "unknown",
        f"unknown:{_same(body, raw)}",
        "none",
        type=webhook,
        occurred_at=_time(body),
        id_instance=text_of(instance.get("idInstance")),
    )


def _message(body: Json, raw: bytes, webhook: str, instance: Json) -> WireEvent:
    said, from_api = MESSAGES[webhook]
    direction = cast("Literal['in', 'out']", said)
    sender = mapping(body.get("senderData"))
    chat = _chat(sender, "chatId", "sender")
    wid = text_of(instance.get("wid"))
    provider_id = text_of(body.get("idMessage"))
    key = f"{direction}:{chat or ''}:{provider_id}" if provider_id else _same(body, raw)
    name = text_of(sender.get("senderContactName")) or text_of(sender.get("senderName"))
    return WireEvent(
        "message",
        f"message:{key}",
        _lane(direction, chat, own=text_of(sender.get("sender")) == wid and bool(wid)),
        type=webhook,
        direction=direction,
        from_api=from_api,
        chat=chat,
        chat_kind=chat_kind(chat),
        sender=text_of(sender.get("sender")),
        sender_name=name or text_of(sender.get("chatName")),
        provider_id=provider_id,
        message=read_message(body),
        occurred_at=_time(body),
        id_instance=text_of(instance.get("idInstance")),
        wid=wid,
    )


def _lane(direction: str, chat: str | None, *, own: bool) -> Lane:
    if chat_kind(chat) not in ANSWERED:
        return "none"
    if direction == "out":
        return "apply"
    return "none" if own else "turn"


def _plain(body: Json, raw: bytes, webhook: str, kind: Kind, instance: Json) -> WireEvent:
    chat = _chat(body, "chatId", "from")
    provider_id = text_of(body.get("idMessage"))
    status = _status(body, kind)
    at = text_of(body.get("timestamp")) or ""
    key = (
        f"{kind}:{webhook}:{chat or ''}:{provider_id}:{status or ''}"
        if provider_id
        else f"{kind}:{webhook}:{at}:{status or ''}:{_same(body, raw)}"
    )
    direction: Literal["in", "out"] | None = None
    if kind == "call":
        direction = "in" if webhook == "incomingCall" else "out"
    elif kind == "status":
        direction = "out"
    by_api = body.get("sendByApi")
    return WireEvent(
        kind,
        key,
        "apply",
        type=webhook,
        direction=direction,
        from_api=by_api is True,
        chat=chat,
        chat_kind=chat_kind(chat),
        provider_id=provider_id,
        status=status,
        description=text_of(body.get("description")),
        occurred_at=_time(body),
        id_instance=text_of(instance.get("idInstance")),
        wid=text_of(instance.get("wid")),
    )


def _status(body: Json, kind: Kind) -> str | None:
    if kind == "quota":
        return text_of(mapping(body.get("quotaData")).get("status"))
    for name in ("status", "stateInstance", "statusInstance", "chatState"):
        if text_of(body.get(name)):
            return text_of(body.get(name))
    return None


def _time(body: Json) -> datetime | None:
    """`timestamp`: Unix seconds of the event."""
    value = body.get("timestamp")
    if isinstance(value, str) and value.isdigit():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return datetime.fromtimestamp(value, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _same(body: Json, raw: bytes) -> str:
    """A digest of what a body says, however it is spaced, ordered or wrapped."""
    try:
        return _digest(json.dumps(body, sort_keys=True).encode())
    except RecursionError:
        return _digest(raw)


def _digest(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()[:32]
