"""The methods about the instance itself and about messages that were sent before."""

import asyncio
from typing import Any

from frontdesk.local.simulator.composing import draft
from frontdesk.local.simulator.fields import (
    BadCall,
    Body,
    chat_field,
    message_field,
    number_field,
    text_field,
)
from frontdesk.local.simulator.sending import mark_read
from frontdesk.local.simulator.state import DEFAULTS, Bubble, Number, Simulator, now
from frontdesk.local.simulator.webhooks import announce, notify, state_body

EDITABLE = 15 * 60
FLAGS = frozenset(name for name, value in DEFAULTS.items() if value in ("no", "yes"))
STATES = frozenset({"authorized", "notAuthorized", "blocked", "starting", "suspended"})


def change_state(simulator: Simulator, number: Number, state: str) -> None:
    number.state = state
    number.unsent.set()
    notify(number, state_body(number))
    simulator.tell()


async def set_settings(simulator: Simulator, number: Number, body: Body) -> Any:
    """Applies at once; the real one restarts the instance, which the fault `restart` shows."""
    for name in FLAGS & body.keys():
        if body[name] not in ("yes", "no"):
            raise BadCall(f"'{name}' must be one of [yes, no]")
    pause = number_field(body, "delaySendMessagesMilliseconds", 500)
    if not 500 <= pause <= 600_000:
        raise BadCall("'delaySendMessagesMilliseconds' must be from 500 to 600000")
    wrong = [k for k in ("webhookUrl", "webhookUrlToken") if not isinstance(body.get(k, ""), str)]
    if wrong:
        raise BadCall(f"'{wrong[0]}' must be a string")
    number.settings.update({k: v for k, v in body.items() if k in DEFAULTS})
    number.wake.set()
    simulator.tell()
    if number.faults.restart:
        restart(simulator, number, number.faults.restart)
    return {"saveSettings": True}


def restart(simulator: Simulator, number: Number, seconds: float) -> None:
    before = number.state
    change_state(simulator, number, "starting")

    async def back() -> None:
        await asyncio.sleep(seconds)
        change_state(simulator, number, "authorized" if before == "starting" else before)

    simulator.start(back())


async def get_settings(simulator: Simulator, number: Number, body: Body) -> Any:
    del simulator, body
    return {"wid": number.wid, "typeInstance": "whatsapp", **number.settings}


async def state(simulator: Simulator, number: Number, body: Body) -> Any:
    del simulator, body
    return {"stateInstance": number.state}


async def wa_settings(simulator: Simulator, number: Number, body: Body) -> Any:
    del simulator, body
    phone = number.wid.partition("@")[0]
    told = {"stateInstance": number.state, "phone": phone, "avatar": "", "deviceId": ""}
    return told | ({"suspendedUntil": int(now()) + 3600} if number.state == "suspended" else {})


async def reboot(simulator: Simulator, number: Number, body: Body) -> Any:
    del body
    restart(simulator, number, max(simulator.status_delay, number.faults.restart))
    return {"isReboot": True}


async def logout(simulator: Simulator, number: Number, body: Body) -> Any:
    del body
    change_state(simulator, number, "notAuthorized")
    return {"isLogout": True}


async def read_chat(simulator: Simulator, number: Number, body: Body) -> Any:
    mark_read(number, chat_field(number, body))
    simulator.tell()
    return {"setRead": True}


async def typing(simulator: Simulator, number: Number, body: Body) -> Any:
    seconds = number_field(body, "typingTime", 1000) / 1000
    number.typing[chat_field(number, body)] = now() + seconds
    simulator.tell()
    return {"result": True}


async def edit(simulator: Simulator, number: Number, body: Body) -> Any:
    bubble, text = message_field(number, body), text_field(body, "message")
    if bubble.by == "guest" or bubble.deleted or now() - bubble.at > EDITABLE:
        raise BadCall("message cannot be edited")
    bubble.text, bubble.edited = text, True
    edited = {"textMessage": text, "stanzaId": bubble.id}
    return _echo(simulator, number, bubble, {"editedMessageData": edited}, "editedMessage")


async def delete(simulator: Simulator, number: Number, body: Body) -> Any:
    """For everybody, unless only the sender's own view was asked for."""
    bubble = message_field(number, body)
    if body.get("onlySenderDelete") is not True:
        bubble.deleted, bubble.text = True, ""
    deleted = {"deletedMessageData": {"stanzaId": bubble.id}}
    return _echo(simulator, number, bubble, deleted, "deletedMessage")


def _echo(
    simulator: Simulator, number: Number, about: Bubble, data: dict[str, Any], kind: str
) -> Any:
    """Edits and deletions are messages of their own on the wire (green-api.md 1.1)."""
    done = draft(about.chat, {"typeMessage": kind, **data}, "")
    done.about, done.status = about.id, "sent"
    announce(number, done)
    simulator.tell()
    return {"idMessage": done.id}
