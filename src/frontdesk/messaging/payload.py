"""Reads a GREEN-API webhook body into a typed event; never raises, whatever the bytes."""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Literal, cast

import orjson

from frontdesk.messaging.loose import Json, mapping, text_of
from frontdesk.messaging.payload_message import read_message
from frontdesk.messaging.wire import ChatKind, Filing, Kind, Lane, WireEvent

Direction = Literal["in", "out"]
MESSAGES: Mapping[str, tuple[Direction, bool]] = {
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


def file_event(raw: bytes) -> Filing:
    """Just what filing needs, for the one hot path."""
    return _filing(_body_of(raw), raw)


def read_event(raw: bytes) -> WireEvent:
    """A body as GREEN-API posts it, or as a poll returns it (`{"receiptId", "body"}`)."""
    body = _body_of(raw)
    filing = _filing(body, raw)
    if body is None:
        return WireEvent(*filing)
    webhook = text_of(body.get("typeWebhook")) or ""
    match filing.kind:
        case "unknown":
            return WireEvent(*filing, type=webhook)
        case "message":
            return _message(filing, body, webhook)
        case _:
            return _plain(filing, body, webhook)


def _body_of(raw: bytes) -> Json | None:
    try:
        parsed = orjson.loads(raw)
    except orjson.JSONDecodeError:
        parsed = _lenient(raw)
    if not isinstance(parsed, dict):
        return None
    body = cast("Json", parsed)
    inner = body.get("body")
    if "typeWebhook" not in body and isinstance(inner, dict):
        return cast("Json", inner)
    return body


def _lenient(raw: bytes) -> object:
    """What a strict reader refuses and Python's takes: halves of surrogate pairs, NaN, a BOM."""
    try:
        return json.loads(raw)
    except (ValueError, RecursionError):
        return None


def chat_kind(chat: str | None) -> ChatKind | None:
    return SUFFIXES.get(chat.rpartition("@")[2]) if chat else None


def _filing(body: Json | None, raw: bytes) -> Filing:
    if body is None:
        return Filing("unreadable", f"unreadable:{_digest(raw)}", "none")
    webhook = text_of(body.get("typeWebhook")) or ""
    instance = mapping(body.get("instanceData"))
    kind = _kind(body, webhook, instance)
    at, id_instance = _time(body), text_of(instance.get("idInstance"))
    if kind == "unknown":
        return Filing(kind, f"unknown:{_same(body, raw)}", "none", None, at, id_instance)
    if kind == "message":
        sender = mapping(body.get("senderData"))
        chat = _chat(sender, "chatId", "sender")
        wid = text_of(instance.get("wid"))
        own = bool(wid) and text_of(sender.get("sender")) == wid
        direction, _ = MESSAGES[webhook]
        lane = _lane(direction, chat, own=own)
        return Filing(kind, _message_key(body, raw, direction, chat), lane, chat, at, id_instance)
    chat = _chat(body, "chatId", "from")
    return Filing(kind, _plain_key(body, raw, webhook, kind, chat), "apply", chat, at, id_instance)


def _kind(body: Json, webhook: str, instance: Json) -> Kind:
    if (text_of(instance.get("typeInstance")) or "whatsapp") != "whatsapp":
        return "unknown"
    if webhook in MESSAGES:
        return "message"
    if "quotaData" in body:  # a vendor's example prints it under incomingBlock
        return "quota"
    return OTHERS.get(webhook, "unknown")


def _chat(source: Json, *names: str) -> str | None:
    for name in names:
        if found := text_of(source.get(name)):
            return found[:CHAT_LENGTH]
    return None


def _message_key(body: Json, raw: bytes, direction: str, chat: str | None) -> str:
    provider_id = text_of(body.get("idMessage"))
    if provider_id:
        return f"message:{direction}:{chat or ''}:{provider_id}"
    return f"message:{_same(body, raw)}"


def _plain_key(body: Json, raw: bytes, webhook: str, kind: Kind, chat: str | None) -> str:
    provider_id = text_of(body.get("idMessage"))
    status = _status(body, kind) or ""
    if provider_id:
        return f"{kind}:{webhook}:{chat or ''}:{provider_id}:{status}"
    at = text_of(body.get("timestamp")) or ""
    return f"{kind}:{webhook}:{at}:{status}:{_same(body, raw)}"


def _lane(direction: str, chat: str | None, *, own: bool) -> Lane:
    if chat_kind(chat) not in ANSWERED:
        return "none"
    if direction == "out":
        return "apply"
    return "none" if own else "turn"


def _message(filing: Filing, body: Json, webhook: str) -> WireEvent:
    direction, from_api = MESSAGES[webhook]
    sender = mapping(body.get("senderData"))
    name = text_of(sender.get("senderContactName")) or text_of(sender.get("senderName"))
    return WireEvent(
        *filing,
        type=webhook,
        direction=direction,
        from_api=from_api,
        chat_kind=chat_kind(filing.chat),
        sender=text_of(sender.get("sender")),
        sender_name=name or text_of(sender.get("chatName")),
        provider_id=text_of(body.get("idMessage")),
        message=read_message(body),
        wid=text_of(mapping(body.get("instanceData")).get("wid")),
    )


def _plain(filing: Filing, body: Json, webhook: str) -> WireEvent:
    direction: Direction | None = None
    if filing.kind == "call":
        direction = "in" if webhook == "incomingCall" else "out"
    elif filing.kind == "status":
        direction = "out"
    return WireEvent(
        *filing,
        type=webhook,
        direction=direction,
        from_api=body.get("sendByApi") is True,
        chat_kind=chat_kind(filing.chat),
        provider_id=text_of(body.get("idMessage")),
        status=_status(body, filing.kind),
        description=text_of(body.get("description")),
        wid=text_of(mapping(body.get("instanceData")).get("wid")),
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
