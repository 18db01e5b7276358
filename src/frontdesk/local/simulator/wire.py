"""The methods of `/waInstance{id}/{method}/{token}`, with the real answers and error codes."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from typing import Any, cast

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from frontdesk.local.simulator.state import Bubble, Number, Simulator, new_id, now
from frontdesk.local.simulator.webhooks import message_body, notify, state_body, status_body

Body = Mapping[str, Any]
Method = Callable[[Simulator, Number, Body], Awaitable[Any]]
DEAD = frozenset({"sendButtons", "sendTemplateButtons", "sendListMessage"})
HANG = 120
"""Seconds that a hanging answer is held: longer than any client waits."""


class BadCall(Exception):
    """The body is not what the method takes"""


async def call(request: Request) -> Response:
    """One API call: who, may they, what goes wrong on purpose, then the method itself."""
    simulator: Simulator = request.app.state.simulator
    number = simulator.numbers.get(request.path_params["id_instance"])
    method = request.path_params["method"]
    if number is None or method in DEAD:
        return _error(request, 403, "Forbidden")
    if request.path_params["token"] != number.token:
        return Response(status_code=401)
    known = METHODS.get(method)
    if known is None:
        return _error(request, 404, f"Cannot {request.method} {method}")
    wrong = await _planned_fault(number, method)
    if wrong is not None:
        return _planned(request, wrong)
    try:
        body = await _body(request)
        answer = await known(simulator, number, body)
    except BadCall as bad:
        return _error(request, 400, f"Validation failed. Details: {bad}")
    if method.startswith("send") and number.faults.hang_after_accept > 0:
        number.faults.hang_after_accept -= 1
        await asyncio.sleep(HANG)
    return JSONResponse(answer)


async def _body(request: Request) -> Body:
    if request.method == "GET":
        return dict(request.query_params)
    try:
        parsed = await request.json()
    except ValueError:
        raise BadCall("body is not JSON") from None
    if not isinstance(parsed, dict):
        raise BadCall("body is not an object")
    return cast("Body", parsed)


async def _planned_fault(number: Number, method: str) -> int | None:
    faults = number.faults
    if faults.drip:
        await asyncio.sleep(faults.drip)
    if faults.outage_until > time.monotonic():
        return 502
    if method.startswith("send") and faults.hang_before_accept > 0:
        faults.hang_before_accept -= 1
        await asyncio.sleep(HANG)
        return 502
    for plan in faults.answers:
        if plan["method"] in (method, "*") and plan.get("times", 1) > 0:
            plan["times"] = plan.get("times", 1) - 1
            return int(plan["status"])
    return None


def _planned(request: Request, status: int) -> Response:
    if status == 401:
        return Response(status_code=401)
    if status == 466:
        told = {
            "invokeStatus": {
                "method": "correspondents",
                "used": 3,
                "total": 3,
                "status": "CORRESPONDENTS_QUOTE_EXCEEDED",
                "description": "Monthly quota has been exceeded.",
            }
        }
        return JSONResponse(told, 466)
    return _error(request, status, "Planned fault")


def _error(request: Request, status: int, message: str) -> JSONResponse:
    """The vendor's shape; the path repeats the token, so nobody may log it."""
    return JSONResponse(
        {
            "statusCode": status,
            "timestamp": datetime.now(UTC).isoformat(),  # noqa: TID251 - a simulated gateway's own clock
            "path": request.url.path,
            "message": message,
        },
        status,
    )


def text_field(body: Body, name: str, *, limit: int = 20_000) -> str:
    value = body.get(name)
    if not isinstance(value, str) or not value:
        raise BadCall(f"'{name}' is required")
    if len(value) > limit:
        raise BadCall(f"'{name}' length must be less than or equal to {limit} characters long")
    return value


def chat_field(body: Body) -> str:
    chat = text_field(body, "chatId")
    if chat.rpartition("@")[2] not in ("c.us", "lid", "g.us"):
        raise BadCall("'chatId' bad format, use phone_number@c.us, @lid or group_id@g.us")
    return chat


def accept(
    simulator: Simulator,
    number: Number,
    chat: str,
    data: dict[str, Any],
    text: str,
    *,
    by: str = "api",
    buttons: list[dict[str, str]] | None = None,
) -> Bubble:
    """The hotel's message reaches the guest's phone; its echo and statuses follow."""
    bubble = Bubble(new_id("BAE5"), chat, by, data["typeMessage"], text, now(), buttons or [])
    bubble.data = data
    number.bubbles.append(bubble)
    number.typing.pop(chat, None)
    task = asyncio.create_task(_afterwards(simulator, number, bubble))
    simulator.tasks.add(task)
    task.add_done_callback(simulator.tasks.discard)
    simulator.tell()
    return bubble


async def _afterwards(simulator: Simulator, number: Number, bubble: Bubble) -> None:
    notify(number, message_body(number, bubble, name=""))
    if not number.faults.statuses:
        return
    for status in ("sent", "delivered", "read"):
        await asyncio.sleep(simulator.status_delay)
        bubble.status = status
        notify(number, status_body(number, bubble, status))
        simulator.tell()


async def _send_message(simulator: Simulator, number: Number, body: Body) -> Any:
    chat, text = chat_field(body), text_field(body, "message")
    data = {
        "typeMessage": "extendedTextMessage",
        "extendedTextMessageData": {"text": text, "previewType": "None", "isForwarded": False},
    }
    return {"idMessage": accept(simulator, number, chat, data, text).id}


async def _send_buttons(simulator: Simulator, number: Number, body: Body) -> Any:
    chat, text = chat_field(body), text_field(body, "body")
    asked = body.get("buttons")
    listed = cast("list[dict[str, str]]", asked) if isinstance(asked, list) else []
    if not 1 <= len(listed) <= 3 or any(len(b.get("buttonText", "")) > 25 for b in listed):
        raise BadCall("'buttons' must contain 1 to 3 items of at most 25 characters")
    shown = {
        "titleText": str(body.get("header", "")),
        "contentText": text,
        "footerText": str(body.get("footer", "")),
        "buttons": [{"type": "reply", **b} for b in listed],
    }
    data = {"typeMessage": "interactiveButtonsReply", "interactiveButtonsReply": shown}
    buttons = [{"id": b["buttonId"], "text": b["buttonText"]} for b in listed]
    return {"idMessage": accept(simulator, number, chat, data, text, buttons=buttons).id}


async def _send_file(simulator: Simulator, number: Number, body: Body) -> Any:
    chat = chat_field(body)
    url, name = text_field(body, "urlFile"), text_field(body, "fileName")
    caption = str(body.get("caption", ""))
    file = {"downloadUrl": url, "caption": caption, "fileName": name, "mimeType": ""}
    data = {"typeMessage": "documentMessage", "fileMessageData": file}
    return {"idMessage": accept(simulator, number, chat, data, caption or name).id}


async def _send_location(simulator: Simulator, number: Number, body: Body) -> Any:
    chat = chat_field(body)
    place = {k: body.get(k) for k in ("nameLocation", "address", "latitude", "longitude")}
    if place["latitude"] is None or place["longitude"] is None:
        raise BadCall("'latitude' is required")
    data = {"typeMessage": "locationMessage", "locationMessageData": place}
    return {"idMessage": accept(simulator, number, chat, data, str(place["nameLocation"] or "")).id}


async def _send_poll(simulator: Simulator, number: Number, body: Body) -> Any:
    chat, text = chat_field(body), text_field(body, "message")
    asked = body.get("options")
    options = cast("list[Any]", asked) if isinstance(asked, list) else []
    if not 2 <= len(options) <= 12:
        raise BadCall("'options' must contain 2 to 12 items")
    poll = {"name": text, "options": options, "multipleAnswers": bool(body.get("multipleAnswers"))}
    data = {"typeMessage": "pollMessage", "pollMessageData": poll}
    return {"idMessage": accept(simulator, number, chat, data, text).id}


async def _send_typing(simulator: Simulator, number: Number, body: Body) -> Any:
    number.typing[chat_field(body)] = now() + float(body.get("typingTime", 1000)) / 1000
    simulator.tell()
    return {"result": True}


async def _edit(simulator: Simulator, number: Number, body: Body) -> Any:
    bubble = number.find(text_field(body, "idMessage"))
    if bubble is None:
        raise BadCall("message not found")
    bubble.text = text_field(body, "message")
    simulator.tell()
    return {"idMessage": new_id("BAE5")}


async def _delete(simulator: Simulator, number: Number, body: Body) -> Any:
    bubble = number.find(text_field(body, "idMessage"))
    if bubble is not None:
        bubble.kind, bubble.text = "deletedMessage", ""
    simulator.tell()
    return {}


async def _set_settings(simulator: Simulator, number: Number, body: Body) -> Any:
    number.settings.update(body)
    number.wake.set()
    simulator.tell()
    return {"saveSettings": True}


async def _get_settings(simulator: Simulator, number: Number, body: Body) -> Any:
    del simulator, body
    return {"wid": number.wid, "typeInstance": "whatsapp", **number.settings}


async def _state(simulator: Simulator, number: Number, body: Body) -> Any:
    del simulator, body
    return {"stateInstance": number.state}


async def _read_chat(simulator: Simulator, number: Number, body: Body) -> Any:
    del simulator, number
    chat_field(body)
    return {"setRead": True}


async def _check_whatsapp(simulator: Simulator, number: Number, body: Body) -> Any:
    del simulator, number
    return {"existsWhatsapp": True, "chatId": f"{body.get('phoneNumber', '')}@c.us"}


def journal_row(bubble: Bubble) -> dict[str, Any]:
    """Journal rows are flat and unlike webhooks (green-api.md 3.3)."""
    row = {
        "type": "incoming" if bubble.by == "guest" else "outgoing",
        "idMessage": bubble.id,
        "timestamp": int(bubble.at),
        "typeMessage": bubble.kind,
        "chatId": bubble.chat,
        "textMessage": bubble.text,
    }
    if bubble.by != "guest":
        row |= {"statusMessage": bubble.status, "sendByApi": bubble.by == "api"}
    return row


def _journal(number: Number, body: Body, *, incoming: bool) -> list[dict[str, Any]]:
    since = now() - float(body.get("minutes", 1440)) * 60
    rows = [b for b in number.bubbles if (b.by == "guest") is incoming and b.at >= since]
    return [journal_row(b) for b in reversed(rows)]


async def _incoming(simulator: Simulator, number: Number, body: Body) -> Any:
    del simulator
    return _journal(number, body, incoming=True)


async def _outgoing(simulator: Simulator, number: Number, body: Body) -> Any:
    del simulator
    return _journal(number, body, incoming=False)


async def _history(simulator: Simulator, number: Number, body: Body) -> Any:
    del simulator
    rows = number.chat(chat_field(body))[-int(body.get("count", 100)) :]
    return [journal_row(b) for b in reversed(rows)]


async def _receive(simulator: Simulator, number: Number, body: Body) -> Any:
    """Polling, which a webhook address switches off."""
    del simulator, body
    if number.settings.get("webhookUrl"):
        raise BadCall("custom webhook url is set")
    return {k: number.queue[0][k] for k in ("receiptId", "body")} if number.queue else None


async def _count(simulator: Simulator, number: Number, body: Body) -> Any:
    del simulator, body
    return {"count": 0, "messagesCount": 0, "webhooksCount": len(number.queue)}


async def _logout(simulator: Simulator, number: Number, body: Body) -> Any:
    del body
    number.state = "notAuthorized"
    notify(number, state_body(number))
    simulator.tell()
    return {"isLogout": True}


METHODS: Mapping[str, Method] = {
    "sendMessage": _send_message,
    "sendInteractiveButtonsReply": _send_buttons,
    "sendFileByUrl": _send_file,
    "sendLocation": _send_location,
    "sendPoll": _send_poll,
    "sendTyping": _send_typing,
    "editMessage": _edit,
    "deleteMessage": _delete,
    "setSettings": _set_settings,
    "getSettings": _get_settings,
    "getStateInstance": _state,
    "getWaSettings": _state,
    "readChat": _read_chat,
    "checkWhatsapp": _check_whatsapp,
    "lastIncomingMessages": _incoming,
    "lastOutgoingMessages": _outgoing,
    "getChatHistory": _history,
    "receiveNotification": _receive,
    "getMessagesCount": _count,
    "getWebhooksCount": _count,
    "logout": _logout,
}


async def delete_notification(request: Request) -> Response:
    """`DELETE .../deleteNotification/{token}/{receiptId}`."""
    simulator: Simulator = request.app.state.simulator
    number = simulator.numbers.get(request.path_params["id_instance"])
    if number is None or request.path_params["token"] != number.token:
        return Response(status_code=401)
    receipt = request.path_params["receipt"]
    if not receipt.isdigit():
        return _error(request, 400, "receiptId must be a number")
    for item in list(number.queue):
        if item["receiptId"] == int(receipt):
            number.queue.remove(item)
            return JSONResponse({"result": True})
    return JSONResponse({"result": False})
