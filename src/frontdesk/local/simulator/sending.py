"""How a message leaves: accepted, waiting its turn, on its way, and what is told of it."""

import asyncio
from typing import Any, cast

from frontdesk.local.simulator.composing import compose, draft
from frontdesk.local.simulator.fields import BadCall, Body, chat_field
from frontdesk.local.simulator.state import Bubble, Number, Simulator, now
from frontdesk.local.simulator.webhooks import message_body, notify, status_body

KEPT = 24 * 3600
RECENT = 30 * 24 * 3600


def accept(number: Number, bubble: Bubble) -> None:
    """Into the instance's one queue; the journal shows it as pending from now on."""
    number.remember(bubble)
    number.outbox.append(bubble)
    number.unsent.set()


async def send_for_ever(simulator: Simulator, number: Number) -> None:
    """One message after another, paced; while not authorised they wait, for a day at most."""
    while True:
        if not number.outbox or number.state not in ("authorized", "suspended"):
            number.unsent.clear()
            await number.unsent.wait()
            continue
        bubble = number.outbox[0]
        if bubble.typing:
            number.typing[bubble.chat] = now() + bubble.typing * simulator.pace
            simulator.tell()
            await asyncio.sleep(bubble.typing * simulator.pace)
        if bubble in number.outbox:  # the queue may have been cleared while it typed
            number.outbox.remove(bubble)
            _let_go(simulator, number, bubble)
        pause = float(number.settings["delaySendMessagesMilliseconds"]) / 1000
        await asyncio.sleep(pause * simulator.pace)


def _let_go(simulator: Simulator, number: Number, bubble: Bubble) -> None:
    if now() - bubble.at > KEPT:
        number.bubbles.remove(bubble)
        return
    depart(simulator, number, bubble)


def depart(simulator: Simulator, number: Number, bubble: Bubble) -> None:
    """The hotel's message reaches the guest's phone; its echo and statuses follow."""
    bubble.at, bubble.status = simulator.time(), "sent"
    number.typing.pop(bubble.chat, None)
    if number.wants("markIncomingMessagesReadedOnReply") or bubble.by == "phone":
        mark_read(number, bubble.chat)
    simulator.start(_afterwards(simulator, number, bubble))
    simulator.tell()


def mark_read(number: Number, chat: str) -> None:
    for bubble in number.chat(chat):
        if bubble.by == "guest":
            bubble.status = "read"


async def _afterwards(simulator: Simulator, number: Number, bubble: Bubble) -> None:
    notify(number, message_body(number, bubble))
    for status in _journey(number, bubble):
        await asyncio.sleep(simulator.status_delay)
        bubble.status = status
        notify(number, status_body(number, bubble, status))
        simulator.tell()


def _journey(number: Number, bubble: Bubble) -> tuple[str, ...]:
    """A suspended number reaches only those who wrote to it within a month (issue 1088)."""
    if number.state == "suspended":
        said = [b.at for b in number.chat(bubble.chat) if b.by == "guest"]
        if not said or now() - said[-1] > RECENT:
            return ("failed",)
    return number.faults.journey()


async def send(method: str, simulator: Simulator, number: Number, body: Body) -> Any:
    del simulator
    bubble = compose(number, method, body)
    accept(number, bubble)
    uploaded = {"urlFile": body["urlFile"]} if method == "sendFileByUpload" else {}
    return {"idMessage": bubble.id, **uploaded}


async def forward(simulator: Simulator, number: Number, body: Body) -> Any:
    del simulator
    chat, source = chat_field(number, body), chat_field(number, body, "chatIdFrom")
    asked = body.get("messages")
    ids = cast("list[Any]", asked) if isinstance(asked, list) else []
    found = [number.find(str(i), source) for i in ids]
    originals = [b for b in found if b is not None]
    if not ids or len(originals) < len(ids):
        raise BadCall("'messages' message not found")
    sent = [draft(chat, dict(b.data), b.text) for b in originals]
    for bubble in sent:
        accept(number, bubble)
    return {"messages": [b.id for b in sent]}
