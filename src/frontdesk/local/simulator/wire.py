"""The door `/waInstance{id}/{method}/{token}`: who, may they, what goes wrong, then the method."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Any, cast

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from frontdesk.local.simulator import account, reading
from frontdesk.local.simulator.composing import SENDINGS
from frontdesk.local.simulator.faults import trickle, wrong_status
from frontdesk.local.simulator.fields import BadCall, Body
from frontdesk.local.simulator.files import ANY_TYPE, TooLarge, bounded_body, keep, read_form
from frontdesk.local.simulator.sending import forward, send
from frontdesk.local.simulator.state import File, Number, Simulator
from frontdesk.local.simulator.webhooks import notify, quota_body

Method = Callable[[Simulator, Number, Body], Awaitable[Any]]
DEAD = frozenset({"sendButtons", "sendTemplateButtons", "sendListMessage"})
"""Withdrawn by the vendor: answered 403 for ever (green-api.md 3.1)."""
HANG = 120
"""Seconds that a hanging answer is held at most: longer than any client waits."""


async def _uploaded(simulator: Simulator, number: Number, body: Body) -> Any:
    del simulator, number
    return {"urlFile": body["urlFile"]}


METHODS: Mapping[str, Mapping[str, Method]] = {
    "GET": {
        "getSettings": account.get_settings,
        "getStateInstance": account.state,
        "getWaSettings": account.wa_settings,
        "reboot": account.reboot,
        "logout": account.logout,
        "receiveNotification": reading.receive,
        **{name: partial(reading.read, how) for name, how in reading.GETS.items()},
    },
    "POST": {
        "setSettings": account.set_settings,
        "readChat": account.read_chat,
        "sendTyping": account.typing,
        "editMessage": account.edit,
        "deleteMessage": account.delete,
        "forwardMessages": forward,
        "uploadFile": _uploaded,
        **{name: partial(send, name) for name in SENDINGS},
        **{name: partial(reading.read, how) for name, how in reading.POSTS.items()},
    },
    "DELETE": {name: partial(reading.read, how) for name, how in reading.DELETES.items()},
}
ALWAYS_ANSWERED = frozenset({"getStateInstance", "getWaSettings", "getSettings", "reboot"})
NEEDS_WHATSAPP = frozenset(
    {"checkWhatsapp", "readChat", "getContacts", "getContactInfo", "getAvatar", "sendTyping"}
    | {"editMessage", "deleteMessage", "downloadFile"}
)


async def call(request: Request) -> Response:
    """One API call, answered in one piece or, where that was planned, drop by drop."""
    simulator: Simulator = request.app.state.simulator
    number = simulator.numbers.get(request.path_params["id_instance"])
    if request.method == "OPTIONS":
        return Response(status_code=204)
    if number is None:
        return _error(request, 403, "Forbidden")
    answer = await _answer(simulator, number, request)
    if not number.faults.drip:
        return answer
    drops = trickle(bytes(answer.body), number.faults.drip)
    return StreamingResponse(drops, answer.status_code, media_type="application/json")


async def _answer(simulator: Simulator, number: Number, request: Request) -> Response:
    method, faults = request.path_params["method"], number.faults
    if request.path_params["token"] != number.token:
        return Response(status_code=401)
    if method in DEAD:
        return _error(request, 403, "Forbidden")
    known = METHODS.get(request.method, {}).get(method)
    if known is None:
        return _error(request, 404, f"Cannot {request.method} {request.url.path}")
    if _is_send(method) and faults.hang_before_accept > 0:
        faults.hang_before_accept -= 1
        return await _hang(request)
    wrong = wrong_status(faults, method)
    if wrong is not None:
        return _planned(request, number, wrong)
    answer = await _done(simulator, number, request, known)
    if answer.status_code == 200 and _is_send(method) and faults.hang_after_accept > 0:
        faults.hang_after_accept -= 1
        return await _hang(request)
    return answer


async def _done(
    simulator: Simulator, number: Number, request: Request, known: Method
) -> JSONResponse:
    method = request.path_params["method"]
    try:
        _refuse_by_state(number, method)
        body = await _body(simulator, request, method)
        return JSONResponse(await known(simulator, number, body))
    except BadCall as bad:
        return _error(request, 400, f"Validation failed. Details: {bad}")
    except TooLarge:
        return _error(request, 500, "file is larger than 100 MB")


def _is_send(method: str) -> bool:
    return method in SENDINGS or method == "forwardMessages"


async def _hang(request: Request) -> Response:
    """Until the client gives up."""
    for _ in range(HANG * 10):
        if await request.is_disconnected():
            break
        await asyncio.sleep(0.1)
    return _error(request, 502, "Bad Gateway")


def _refuse_by_state(number: Number, method: str) -> None:
    """Sends are queued while nobody is logged in; what needs WhatsApp itself is refused."""
    if number.state == "starting" and method not in ALWAYS_ANSWERED:
        raise BadCall("instance in starting process try later")
    if number.state in ("notAuthorized", "blocked") and method in NEEDS_WHATSAPP:
        raise BadCall("instance account not authorized")


async def _body(simulator: Simulator, request: Request, method: str) -> Body:
    """A file that comes along is kept, and named as if it had been sent by address."""
    if request.method != "POST":
        return dict(request.query_params)
    raw, kind = await bounded_body(request), request.headers.get("content-type", "")
    if method == "uploadFile":
        return {"urlFile": f"{request.base_url}{keep(simulator, File(raw, kind or ANY_TYPE))}"}
    if method == "sendFileByUpload":
        texts, file = read_form(kind, raw)
        return {**texts, "urlFile": f"{request.base_url}{keep(simulator, file)}"}
    try:
        parsed = json.loads(raw)
    except ValueError:
        raise BadCall("body is not JSON") from None
    if not isinstance(parsed, dict):
        raise BadCall("body is not an object")
    return cast("Body", parsed)


def _planned(request: Request, number: Number, status: int) -> Response:
    if status == 401:
        return Response(status_code=401)
    if status == 429:
        headers = {"X-RateLimit-Remaining": "0", "X-RateLimit-Replenish-Rate": "1"}
        return _error(request, 429, "Too Many Requests", headers=headers)
    if status == 466:
        notify(number, quota_body(number))
        return JSONResponse({"invokeStatus": _quota()}, 466)
    return _error(request, status, "Planned fault")


def _quota() -> dict[str, Any]:
    return {
        "method": "correspondents",
        "used": 3,
        "total": 3,
        "status": "CORRESPONDENTS_QUOTE_EXCEEDED",
        "description": "Monthly quota has been exceeded.",
    }


def _error(
    request: Request, status: int, message: str, *, headers: Mapping[str, str] | None = None
) -> JSONResponse:
    """The vendor's shape; the path repeats the token, so nobody may log it."""
    told = {
        "statusCode": status,
        "timestamp": datetime.now(UTC).isoformat(),  # noqa: TID251 - a simulated gateway's own clock
        "path": request.url.path,
        "message": message,
    }
    return JSONResponse(told, status, headers)


async def delete_notification(request: Request) -> Response:
    """`DELETE .../deleteNotification/{token}/{receiptId}`."""
    simulator: Simulator = request.app.state.simulator
    number = simulator.numbers.get(request.path_params["id_instance"])
    if number is None:
        return _error(request, 403, "Forbidden")
    if request.path_params["token"] != number.token:
        return Response(status_code=401)
    receipt = request.path_params["receipt"]
    if not receipt.isdecimal():
        return _error(request, 400, "receiptId must be a number")
    for item in list(number.queue):
        if item["receiptId"] == int(receipt):
            number.queue.remove(item)
            return JSONResponse({"result": True})
    return JSONResponse({"result": False})
