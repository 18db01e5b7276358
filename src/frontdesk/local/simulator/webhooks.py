"""Webhooks as GREEN-API posts them: in order, one at a time, the same one again until 200."""

import asyncio
import json
from collections.abc import Mapping
from typing import Any

import httpx

from frontdesk.local.simulator.state import Bubble, Number, Simulator, now

TIMEOUT = 180
KEPT = 24 * 3600
BY = {"guest": "incomingMessageReceived", "api": "outgoingAPIMessageReceived"}
SWITCHES: Mapping[str, tuple[str, ...]] = {
    "incomingMessageReceived": ("incomingWebhook",),
    "outgoingAPIMessageReceived": ("outgoingAPIMessageWebhook",),
    "outgoingMessageReceived": ("outgoingMessageWebhook",),
    "outgoingMessageStatus": ("outgoingWebhook",),
    "stateInstanceChanged": ("stateWebhook",),
    "incomingCall": ("incomingWebhook", "incomingCallWebhook"),
    "quotaExceeded": (),
}
KINDS: Mapping[str, str] = {
    "editedMessage": "editedMessageWebhook",
    "deletedMessage": "deletedMessageWebhook",
    "pollMessage": "pollMessageWebhook",
    "pollUpdateMessage": "pollMessageWebhook",
}
ALWAYS = frozenset({"failed", "noAccount"})
"""Statuses that no setting switches off (green-api.md 1.1)."""


def announce(number: Number, bubble: Bubble) -> None:
    """A guest's message, or an edit, deletion or reaction of the hotel's own."""
    number.remember(bubble)
    notify(number, message_body(number, bubble))


def notify(number: Number, body: dict[str, Any]) -> None:
    """Queue one notification, if the instance asked for its kind."""
    if body.get("status") not in ALWAYS and not all(number.wants(s) for s in _switches(body)):
        return
    if number.faults.lose and number.faults.chance.random() < number.faults.lose:
        return
    number.receipts += 1
    number.queue.append({"receiptId": number.receipts, "body": body, "at": now()})
    number.wake.set()


def _switches(body: Mapping[str, Any]) -> tuple[str, ...]:
    switches = SWITCHES[body["typeWebhook"]]
    kind = KINDS.get(body.get("messageData", {}).get("typeMessage", ""))
    return (*switches, kind) if kind else switches


def message_body(number: Number, bubble: Bubble) -> dict[str, Any]:
    kind = BY.get(bubble.by, "outgoingMessageReceived")
    incoming = kind == "incomingMessageReceived"
    chat = number.on_the_wire(bubble.chat)
    sender = number.on_the_wire(bubble.sender) if bubble.sender else chat
    return {
        "typeWebhook": kind,
        "instanceData": number.instance_data(),
        "timestamp": int(bubble.at),
        "idMessage": bubble.id,
        "senderData": {
            "chatId": chat,
            "chatName": bubble.name,
            "sender": sender if incoming else number.wid,
            "senderName": bubble.name if incoming else number.label,
            "senderContactName": "",
        },
        "messageData": bubble.data,
    }


def status_body(number: Number, bubble: Bubble, status: str) -> dict[str, Any]:
    return {
        "typeWebhook": "outgoingMessageStatus",
        "chatId": number.on_the_wire(bubble.chat),
        "instanceData": number.instance_data(),
        "timestamp": int(now()),
        "idMessage": bubble.id,
        "status": status,
        "sendByApi": bubble.by == "api",
    }


def state_body(number: Number) -> dict[str, Any]:
    return {
        "typeWebhook": "stateInstanceChanged",
        "instanceData": number.instance_data(),
        "timestamp": int(now()),
        "stateInstance": number.state,
    }


def call_body(number: Number, call_id: str, chat: str, status: str) -> dict[str, Any]:
    """A call names its guest in `from` and has no senderData."""
    return {
        "typeWebhook": "incomingCall",
        "from": number.on_the_wire(chat),
        "instanceData": number.instance_data(),
        "status": status,
        "timestamp": int(now()),
        "idMessage": call_id,
    }


def quota_body(number: Number) -> dict[str, Any]:
    """Spelt QUOTA here and QUOTE in the answer 466 (green-api.md 3.4)."""
    quota = {"method": "correspondents", "used": 3, "total": 3}
    quota |= {"status": "CORRESPONDENTS_QUOTA_EXCEEDED", "description": "Quota exceeded."}
    return {
        "typeWebhook": "quotaExceeded",
        "instanceData": number.instance_data(),
        "quotaData": quota,
    }


def authorization(token: str) -> dict[str, str]:
    """Bearer when no scheme was set, Basic as it was set, nothing without a token."""
    if not token:
        return {}
    scheme = token.partition(" ")[0].lower()
    return {"Authorization": token if scheme in ("basic", "bearer") else f"Bearer {token}"}


def address(number: Number) -> str:
    return str(number.settings.get("webhookUrl") or "")


async def deliver_for_ever(simulator: Simulator, number: Number) -> None:
    """The instance's own queue: its head blocks everything behind it."""
    async with httpx.AsyncClient(timeout=TIMEOUT, trust_env=False) as client:
        while True:
            if not number.queue or not address(number):
                number.wake.clear()
                await number.wake.wait()
                continue
            if number.faults.delay:
                await asyncio.sleep(number.faults.delay)
            await _deliver_head(simulator, number, client)


def waiting_head(number: Number) -> dict[str, Any] | None:
    """The oldest notification of the last 24 hours."""
    while number.queue and now() - number.queue[0]["at"] > KEPT:
        number.queue.popleft()
    return number.queue[0] if number.queue else None


async def _deliver_head(simulator: Simulator, number: Number, client: httpx.AsyncClient) -> None:
    if number.faults.shuffle:
        number.faults.chance.shuffle(number.queue)
    head = waiting_head(number)
    if head is None:  # cleared while it was delayed
        return
    times = 1 + number.faults.duplicates
    answers = await asyncio.gather(*(_post(number, client, head["body"]) for _ in range(times)))
    if not all(answers):
        await asyncio.sleep(simulator.retry_pause)
    elif head in number.queue:
        number.queue.remove(head)
        _tick(simulator, number, head["body"])


def _tick(simulator: Simulator, number: Number, body: Mapping[str, Any]) -> None:
    """The guest's second tick: the hotel's side has the message."""
    bubble = number.find(str(body.get("idMessage", "")))
    if bubble is not None and bubble.by == "guest" and bubble.status == "sent":
        bubble.status = "delivered"
        simulator.tell()


async def _post(number: Number, client: httpx.AsyncClient, body: dict[str, Any]) -> bool:
    headers = {"Content-Type": "application/json; charset=utf-8"}
    headers |= authorization(str(number.settings.get("webhookUrlToken") or ""))
    try:
        answer = await client.post(address(number), content=_utf8(body), headers=headers)
    except (httpx.HTTPError, httpx.InvalidURL, UnicodeError):
        return False
    return answer.status_code == 200


def _utf8(body: Mapping[str, Any]) -> bytes:
    try:
        return json.dumps(body, ensure_ascii=False).encode()
    except UnicodeEncodeError:  # half an emoji: only an escape can carry it
        return json.dumps(body).encode()
