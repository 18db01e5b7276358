"""Webhooks as GREEN-API posts them: in order, one at a time, the same one again until 200."""

import asyncio
from typing import Any

import httpx

from frontdesk.local.simulator.state import Bubble, Number, Simulator, now

TIMEOUT = 180
KEPT = 24 * 3600
BY = {"guest": "incomingMessageReceived", "api": "outgoingAPIMessageReceived"}
SWITCH = {
    "incomingMessageReceived": "incomingWebhook",
    "outgoingAPIMessageReceived": "outgoingAPIMessageWebhook",
    "outgoingMessageReceived": "outgoingMessageWebhook",
    "outgoingMessageStatus": "outgoingWebhook",
    "stateInstanceChanged": "stateWebhook",
    "incomingCall": "incomingCallWebhook",
}


def notify(number: Number, body: dict[str, Any]) -> None:
    """Queue one notification, if the instance asked for its kind."""
    kind = body["typeWebhook"]
    if number.wants(SWITCH.get(kind, "incomingWebhook")):
        number.receipts += 1
        number.queue.append({"receiptId": number.receipts, "body": body, "at": now()})
        number.wake.set()


def message_body(number: Number, bubble: Bubble, *, name: str) -> dict[str, Any]:
    kind = BY.get(bubble.by, "outgoingMessageReceived")
    incoming = kind == "incomingMessageReceived"
    return {
        "typeWebhook": kind,
        "instanceData": number.instance_data(),
        "timestamp": int(bubble.at),
        "idMessage": bubble.id,
        "senderData": {
            "chatId": bubble.chat,
            "chatName": name,
            "sender": bubble.chat if incoming else number.wid,
            "senderName": name if incoming else number.label,
            "senderContactName": "",
        },
        "messageData": bubble.data,
    }


def status_body(number: Number, bubble: Bubble, status: str) -> dict[str, Any]:
    return {
        "typeWebhook": "outgoingMessageStatus",
        "chatId": bubble.chat,
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


def authorization(token: str) -> dict[str, str]:
    """Bearer when no scheme was set, Basic as it was set, nothing without a token."""
    if not token:
        return {}
    scheme = token.partition(" ")[0].lower()
    return {"Authorization": token if scheme in ("basic", "bearer") else f"Bearer {token}"}


async def deliver_for_ever(simulator: Simulator, number: Number) -> None:
    """The instance's own queue: its head blocks everything behind it."""
    async with httpx.AsyncClient(timeout=TIMEOUT) as client:
        while True:
            if not number.queue or not number.settings.get("webhookUrl"):
                number.wake.clear()
                await number.wake.wait()
                continue
            if number.faults.delay:
                await asyncio.sleep(number.faults.delay)
            if number.faults.shuffle:
                number.chance.shuffle(number.queue)
            await _deliver_head(simulator, number, client)


async def _deliver_head(simulator: Simulator, number: Number, client: httpx.AsyncClient) -> None:
    head = number.queue[0]
    if now() - head["at"] > KEPT:
        number.queue.popleft()
        return
    times = 1 + max(0, number.faults.duplicates)
    answers = await asyncio.gather(*(_post(number, client, head["body"]) for _ in range(times)))
    if all(answers):
        if head in number.queue:
            number.queue.remove(head)
        return
    await asyncio.sleep(simulator.retry_pause)


async def _post(number: Number, client: httpx.AsyncClient, body: dict[str, Any]) -> bool:
    headers = authorization(str(number.settings.get("webhookUrlToken", "")))
    try:
        answer = await client.post(str(number.settings["webhookUrl"]), json=body, headers=headers)
    except httpx.HTTPError:
        return False
    return answer.status_code == 200
