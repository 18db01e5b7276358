"""The other end of the wire: guests and the hotel's own phone, driven by JSON or by the page."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any, cast

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from frontdesk.local.simulator.account import STATES, change_state
from frontdesk.local.simulator.faults import BadPlan, plan
from frontdesk.local.simulator.files import TooLarge, bounded_body
from frontdesk.local.simulator.memory import open_number
from frontdesk.local.simulator.saying import Nonsense, chat_of, guest_does, staff_does
from frontdesk.local.simulator.state import Number, Simulator, new_id, now
from frontdesk.local.simulator.webhooks import call_body, notify

ENDS = frozenset({"pickUp", "hangUp", "missed", "declined"})


async def guest_message(request: Request) -> Response:
    simulator, number, wanted = await _asked(request)
    return JSONResponse({"idMessage": guest_does(simulator, number, wanted).id})


async def guest_call(request: Request) -> Response:
    """Rings, and is over at once: `missed` unless another end was asked for."""
    _, number, wanted = await _asked(request)
    chat, end = chat_of(number, str(wanted.get("from", ""))), str(wanted.get("status", "missed"))
    if end not in ENDS:
        raise Nonsense(f"a call ends as one of {', '.join(sorted(ENDS))}")
    call_id = new_id("CALL")
    for status in ("offer", end):
        notify(number, call_body(number, call_id, chat, status))
    return JSONResponse({"idMessage": call_id})


async def phone_message(request: Request) -> Response:
    simulator, number, wanted = await _asked(request)
    return JSONResponse({"idMessage": staff_does(simulator, number, wanted).id})


async def add_number(request: Request) -> Response:
    """A new number, or the same one with another token or name."""
    simulator: Simulator = request.app.state.simulator
    wanted = await _object(request)
    name, token, wid = (str(wanted.get(k, "")) for k in ("idInstance", "apiTokenInstance", "wid"))
    if not name.isdecimal() or not token or not wid:
        raise Nonsense("a number has idInstance (digits), apiTokenInstance and wid")
    number = simulator.numbers.get(name)
    if number is None:
        number = Number(name, token, wid)
        open_number(simulator, number)
    number.token, number.wid = token, wid
    number.label, number.slug = str(wanted.get("label", name)), str(wanted.get("slug", name))
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
    """Replace an instance's planned faults."""
    _, number, wanted = await _asked(request)
    try:
        number.faults = plan({k: v for k, v in wanted.items() if k != "address"})
    except BadPlan as bad:
        raise Nonsense(str(bad)) from None
    return JSONResponse({"set": True})


async def set_state(request: Request) -> Response:
    simulator, number, wanted = await _asked(request)
    state = str(wanted.get("state"))
    if state not in STATES:
        raise Nonsense(f"state is one of {', '.join(sorted(STATES))}")
    change_state(simulator, number, state)
    return JSONResponse({"stateInstance": number.state})


async def list_chats(request: Request) -> Response:
    """Who has a chat with a number, the latest first."""
    number = _number(request, request.path_params["instance"])
    latest = {b.chat: b for b in sorted(number.bubbles, key=lambda b: b.at) if _visible(b.status)}
    names = {b.chat: b.name for b in number.bubbles if b.name}
    chats = sorted(latest.values(), key=lambda b: -b.at)
    return JSONResponse(
        [{"chat": b.chat, "name": names.get(b.chat, ""), "text": b.text, "at": b.at} for b in chats]
    )


async def read_chat(request: Request) -> Response:
    number = _number(request, request.path_params["instance"])
    chat = chat_of(number, request.path_params["chat"])
    return JSONResponse(view(number, chat, after=request.query_params.get("after", "")))


def view(number: Number, chat: str, *, after: str = "") -> dict[str, Any]:
    """A chat as the guest's phone shows it, or what came after one of its messages."""
    bubbles = sorted((b for b in number.chat(chat) if _visible(b.status)), key=lambda b: b.at)
    known = [b.id for b in bubbles]
    if after:
        bubbles = bubbles[known.index(after) + 1 :] if after in known else []
    return {
        "label": number.label,
        "typing": number.typing.get(chat, 0) > now(),
        "waiting": len(number.queue),
        "messages": [b.shown() for b in bubbles],
    }


def _visible(status: str) -> bool:
    """What has not departed, or never arrived, is not on the guest's phone."""
    return status not in ("pending", "failed", "noAccount")


async def events(request: Request) -> Response:
    """Server-sent events: the whole chat, each time anything changed in it."""
    simulator: Simulator = request.app.state.simulator
    number = _number(request, request.query_params.get("instance", ""))
    chat = chat_of(number, request.query_params.get("chat", ""))

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


def _number(request: Request, name: str) -> Number:
    simulator: Simulator = request.app.state.simulator
    number = simulator.by_name(name)
    if number is None:
        raise Nonsense("there is no such number")
    return number


async def _object(request: Request) -> dict[str, Any]:
    try:
        wanted = json.loads(await bounded_body(request))
    except ValueError:
        raise Nonsense("the body is not JSON") from None
    except TooLarge as large:
        raise Nonsense(str(large.__doc__)) from None
    if not isinstance(wanted, dict):
        raise Nonsense("the body is not an object")
    return cast("dict[str, Any]", wanted)


async def _asked(request: Request) -> tuple[Simulator, Number, dict[str, Any]]:
    wanted = await _object(request)
    number = _number(request, str(wanted.pop("instance", "")))
    return request.app.state.simulator, number, wanted | {"address": str(request.base_url)}
