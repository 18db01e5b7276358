"""The other end of the wire: guests and the hotel's own phone, driven by JSON or by the page."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from dataclasses import fields
from typing import Any, cast

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from frontdesk.local.simulator.state import Bubble, Faults, Number, Simulator, new_id, now
from frontdesk.local.simulator.webhooks import (
    deliver_for_ever,
    message_body,
    notify,
    state_body,
)
from frontdesk.local.simulator.wire import accept


class Nonsense(Exception):
    """The request names no number, no chat or nothing to say"""


def chat_of(sender: str) -> str:
    """`+34 600 111 222`, `34600111222` or `...@lid`."""
    if "@" in sender:
        return sender
    digits = "".join(c for c in sender if c.isdigit())
    if not digits:
        raise Nonsense("a guest needs a number")
    return f"{digits}@c.us"


def guest_says(
    simulator: Simulator, number: Number, chat: str, data: dict[str, Any], text: str, *, name: str
) -> Bubble:
    """A guest's message arrives at the hotel's number; what the hotel sent is read by now."""
    bubble = Bubble(new_id(), chat, "guest", data["typeMessage"], text, now(), data=data)
    number.bubbles.append(bubble)
    notify(number, message_body(number, bubble, name=name))
    simulator.tell()
    return bubble


def message_data(number: Number, wanted: dict[str, Any]) -> tuple[dict[str, Any], str]:
    """MessageData and shown text of what the guest does: says, taps, sends, reacts, edits."""
    text = str(wanted.get("text", ""))
    if choice := wanted.get("choice"):
        return _tap(number, cast("dict[str, str]", choice))
    done = _done_to(wanted, text)
    if done is not None:
        return done
    if media := wanted.get("media"):
        file = {"downloadUrl": "", "caption": text, "fileName": "file", "mimeType": "", **media}
        kind = str(wanted.get("kind", "imageMessage"))
        return {"typeMessage": kind, "fileMessageData": file}, text
    if place := wanted.get("location"):
        return {"typeMessage": "locationMessage", "locationMessageData": place}, ""
    if not text:
        raise Nonsense("nothing was said")
    if quoted := wanted.get("quoted"):
        return {
            "typeMessage": "quotedMessage",
            "extendedTextMessageData": {"text": text, "stanzaId": quoted},
            "quotedMessage": {"stanzaId": quoted, "typeMessage": "textMessage"},
        }, text
    return {"typeMessage": "textMessage", "textMessageData": {"textMessage": text}}, text


def _done_to(wanted: dict[str, Any], text: str) -> tuple[dict[str, Any], str] | None:
    """What is done to an earlier message: edited, deleted, reacted to."""
    if target := wanted.get("edit"):
        return {
            "typeMessage": "editedMessage",
            "editedMessageData": {"textMessage": text, "stanzaId": target},
        }, text
    if target := wanted.get("delete"):
        deleted = {"typeMessage": "deletedMessage", "deletedMessageData": {"stanzaId": target}}
        return deleted, ""
    if target := wanted.get("react"):
        return {
            "typeMessage": "reactionMessage",
            "extendedTextMessageData": {"text": text},
            "quotedMessage": {"stanzaId": target},
        }, text
    return None


def _tap(number: Number, choice: dict[str, str]) -> tuple[dict[str, Any], str]:
    """The same tap comes under two names, by the guest's device (green-api.md 1.6)."""
    number.taps += 1
    inner = {
        "stanzaId": choice.get("menu", ""),
        "selectedIndex": 0,
        "selectedId": choice["id"],
        "selectedDisplayText": choice.get("text", ""),
    }
    if number.taps % 2:
        data = {"typeMessage": "interactiveButtonsResponse", "interactiveButtonsResponse": inner}
    else:
        data = {"typeMessage": "templateButtonsReplyMessage", "templateButtonReplyMessage": inner}
    return data, choice.get("text", "")


async def guest_message(request: Request) -> Response:
    simulator, number, wanted = await _asked(request)
    chat = chat_of(str(wanted.get("from", "")))
    data, text = message_data(number, wanted)
    name = str(wanted.get("name") or "Guest")
    bubble = guest_says(simulator, number, chat, data, text, name=name)
    return JSONResponse({"idMessage": bubble.id})


async def phone_message(request: Request) -> Response:
    """A person types on the hotel's own handset."""
    simulator, number, wanted = await _asked(request)
    text = str(wanted.get("text", ""))
    data = {"typeMessage": "textMessage", "textMessageData": {"textMessage": text}}
    chat = chat_of(str(wanted.get("to", "")))
    bubble = accept(simulator, number, chat, data, text, by="phone")
    return JSONResponse({"idMessage": bubble.id})


async def add_number(request: Request) -> Response:
    simulator: Simulator = request.app.state.simulator
    wanted = await request.json()
    name = str(wanted["idInstance"])
    known = simulator.numbers.get(name)
    if known is None:
        known = Number(name, str(wanted["apiTokenInstance"]), str(wanted["wid"]))
        simulator.numbers[name] = known
        task = asyncio.create_task(deliver_for_ever(simulator, known))
        simulator.tasks.add(task)
        task.add_done_callback(simulator.tasks.discard)
    known.token = str(wanted["apiTokenInstance"])
    known.label, known.slug = str(wanted.get("label", name)), str(wanted.get("slug", name))
    simulator.tell()
    return JSONResponse({"idInstance": name})


async def list_numbers(request: Request) -> Response:
    simulator: Simulator = request.app.state.simulator
    return JSONResponse(
        [
            {"idInstance": n.id_instance, "label": n.label, "slug": n.slug, "wid": n.wid}
            for n in simulator.numbers.values()
        ]
    )


async def set_faults(request: Request) -> Response:
    """Replace an instance's planned faults; `outage` is in seconds from now."""
    _, number, wanted = await _asked(request)
    known = {f.name for f in fields(Faults)}
    number.faults = Faults(**{k: v for k, v in wanted.items() if k in known})
    number.chance.seed(number.faults.seed)
    if outage := wanted.get("outage"):
        number.faults.outage_until = time.monotonic() + float(outage)
    return JSONResponse({"set": True})


async def set_state(request: Request) -> Response:
    simulator, number, wanted = await _asked(request)
    number.state = str(wanted["state"])
    notify(number, state_body(number))
    simulator.tell()
    return JSONResponse({"stateInstance": number.state})


async def read_chat(request: Request) -> Response:
    simulator: Simulator = request.app.state.simulator
    number = simulator.by_name(request.path_params["instance"])
    if number is None:
        return JSONResponse({"error": "there is no such number"}, 404)
    return JSONResponse(view(number, chat_of(request.path_params["chat"])))


def view(number: Number, chat: str) -> dict[str, Any]:
    return {
        "label": number.label,
        "typing": number.typing.get(chat, 0) > now(),
        "waiting": len(number.queue),
        "messages": [b.shown() for b in sorted(number.chat(chat), key=lambda b: b.at)],
    }


async def events(request: Request) -> Response:
    """Server-sent events: the whole chat, each time anything changed in it."""
    simulator: Simulator = request.app.state.simulator
    number = simulator.by_name(request.query_params["instance"])
    if number is None:
        return JSONResponse({"error": "there is no such number"}, 404)
    chat = chat_of(request.query_params["chat"])

    async def stream() -> AsyncIterator[str]:
        last = ""
        while not await request.is_disconnected():
            changed = simulator.changed
            shown = json.dumps(view(number, chat))
            if shown != last:
                last = shown
                yield f"data: {shown}\n\n"
            try:
                await asyncio.wait_for(changed.wait(), 1)
            except TimeoutError:
                continue

    headers = {"Cache-Control": "no-store"}
    return StreamingResponse(stream(), media_type="text/event-stream", headers=headers)


async def _asked(request: Request) -> tuple[Simulator, Number, dict[str, Any]]:
    simulator: Simulator = request.app.state.simulator
    try:
        wanted = await request.json()
    except ValueError:
        raise Nonsense("the body is not JSON") from None
    number = simulator.by_name(str(wanted.get("instance", "")))
    if number is None:
        raise Nonsense("there is no such number")
    return simulator, number, wanted
