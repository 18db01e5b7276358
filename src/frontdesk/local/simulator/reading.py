"""The methods that read: journals, queues, contacts, files, and polling for notifications."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

from frontdesk.local.simulator.fields import (
    BadCall,
    Body,
    chat_field,
    message_field,
    number_field,
)
from frontdesk.local.simulator.state import Bubble, Number, Simulator, now
from frontdesk.local.simulator.webhooks import address, waiting_head

FLAT: Mapping[str, str] = {
    "extendedTextMessageData": "extendedTextMessage",
    "locationMessageData": "location",
    "contactMessageData": "contact",
}
MERGED = ("textMessageData", "fileMessageData")
Reading = Callable[[Number, Body], Any]


def journal_row(number: Number, bubble: Bubble) -> dict[str, Any]:
    """Journal rows are flat and unlike webhooks (green-api.md 3.3)."""
    incoming = bubble.by == "guest"
    chat = number.on_the_wire(bubble.chat)
    row: dict[str, Any] = {
        "type": "incoming" if incoming else "outgoing",
        "idMessage": bubble.id,
        "timestamp": int(bubble.at),
        "typeMessage": bubble.kind,
        "chatId": chat,
        **_content(bubble),
    }
    if incoming:
        sender = number.on_the_wire(bubble.sender) if bubble.sender else chat
        return row | {"senderId": sender, "senderName": bubble.name}
    return row | {"statusMessage": bubble.status, "sendByApi": bubble.by == "api"}


def _content(bubble: Bubble) -> dict[str, Any]:
    row: dict[str, Any] = {}
    for key, value in bubble.data.items():
        if key in MERGED:
            row |= value
        elif key != "typeMessage":
            row[FLAT.get(key, key)] = value
    if "extendedTextMessage" in row:
        row["textMessage"] = bubble.text
    if bubble.kind == "editedMessage":
        row |= {"isEdited": True, "editedMessageId": bubble.about}
    if bubble.kind == "deletedMessage":
        row |= {"isDeleted": True, "deletedMessageId": bubble.about}
    return row


def _journal(number: Number, body: Body, *, incoming: bool) -> list[dict[str, Any]]:
    since = now() - number_field(body, "minutes", 1440) * 60
    rows = [b for b in number.bubbles if (b.by == "guest") is incoming and b.at >= since]
    return [journal_row(number, b) for b in sorted(rows, key=lambda b: b.at, reverse=True)]


def _incoming(number: Number, body: Body) -> Any:
    return _journal(number, body, incoming=True)


def _outgoing(number: Number, body: Body) -> Any:
    return _journal(number, body, incoming=False)


def _history(number: Number, body: Body) -> Any:
    rows = sorted(number.chat(chat_field(number, body)), key=lambda b: b.at)
    count = max(1, int(number_field(body, "count", 100)))
    return [journal_row(number, b) for b in reversed(rows[-count:])]


def _message(number: Number, body: Body) -> Any:
    return journal_row(number, message_field(number, body))


def _file(number: Number, body: Body) -> Any:
    file = message_field(number, body).data.get("fileMessageData")
    if file is None:
        raise BadCall("message has no file")
    return {"downloadUrl": file["downloadUrl"]}


def _shown_queue(number: Number, body: Body) -> Any:
    del body
    return [{"messageID": b.id, "type": b.kind, "body": b.data} for b in number.outbox]


def _clear_queue(number: Number, body: Body) -> Any:
    """What had not departed never will."""
    del body
    waiting = {id(b) for b in number.outbox}
    number.bubbles[:] = [b for b in number.bubbles if id(b) not in waiting]
    number.outbox.clear()
    return {"isCleared": True}


def _counted(number: Number, body: Body) -> Any:
    del body
    return {"count": len(number.outbox)}


def _webhooks_counted(number: Number, body: Body) -> Any:
    del body
    return {"count": len(number.queue)}


def _clear_webhooks(number: Number, body: Body) -> Any:
    del body
    number.queue.clear()
    return {"isCleared": True}


def _names(number: Number) -> dict[str, str]:
    """Who has a chat here, and the latest name they gave."""
    names: dict[str, str] = {}
    for bubble in number.bubbles:
        names[bubble.chat] = bubble.name or names.get(bubble.chat, "")
    return names


def _contacts(number: Number, body: Body) -> Any:
    del body
    return [
        {"id": number.on_the_wire(chat), "name": name, "contactName": "", "type": "user"}
        for chat, name in _names(number).items()
    ]


def _contact(number: Number, body: Body) -> Any:
    chat = chat_field(number, body)
    name = _names(number).get(chat, "")
    return {"chatId": number.on_the_wire(chat), "name": name, "contactName": "", "avatar": ""}


def _avatar(number: Number, body: Body) -> Any:
    chat_field(number, body)
    return {"existsWhatsapp": True, "urlAvatar": ""}


def _exists(number: Number, body: Body) -> Any:
    """By phone or by chat; the answer names both identities, so it can link them."""
    if "chatId" in body:
        chat = chat_field(number, body)
    else:
        chat = f"{int(number_field(body, 'phoneNumber', 0))}@c.us"
    digits, _, kind = chat.partition("@")
    if kind == "c.us" and not 8 <= len(digits) <= 15:
        return {"existsWhatsapp": False, "chatId": "", "phoneNumber": ""}
    phone = chat if kind == "c.us" else ""
    return {"existsWhatsapp": True, "chatId": number.on_the_wire(chat), "phoneNumber": phone}


async def read(reading: Reading, simulator: Simulator, number: Number, body: Body) -> Any:
    del simulator
    return reading(number, body)


async def receive(simulator: Simulator, number: Number, body: Body) -> Any:
    """Polling, which a webhook address switches off; waits a little for something to come."""
    if address(number):
        raise BadCall("custom webhook url is set")
    seconds = number_field(body, "receiveTimeout", 5)
    if not 5 <= seconds <= 60:
        raise BadCall("'receiveTimeout' must be from 5 to 60")
    until, head = now() + seconds * simulator.pace, waiting_head(number)
    while head is None and now() < until:
        await asyncio.sleep(0.05)
        head = waiting_head(number)
    return {k: head[k] for k in ("receiptId", "body")} if head else None


GETS: Mapping[str, Reading] = {
    "lastIncomingMessages": _incoming,
    "lastOutgoingMessages": _outgoing,
    "showMessagesQueue": _shown_queue,
    "clearMessagesQueue": _clear_queue,
    "getMessagesCount": _counted,
    "getWebhooksCount": _webhooks_counted,
    "getContacts": _contacts,
}
POSTS: Mapping[str, Reading] = {
    "getChatHistory": _history,
    "getMessage": _message,
    "downloadFile": _file,
    "getContactInfo": _contact,
    "getAvatar": _avatar,
    "checkWhatsapp": _exists,
}
DELETES: Mapping[str, Reading] = {"clearWebhooksQueue": _clear_webhooks}
