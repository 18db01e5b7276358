"""The HTTP that Stripe's library speaks: forms in, JSON out, keys, idempotency, its errors."""

import asyncio
import base64
import re
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from frontdesk.local.till.holds import cancel, capture
from frontdesk.local.till.money import NotNow, expire, open_session, refund
from frontdesk.local.till.state import Account, Thing, Till

PART = re.compile(r"\[([^\]]*)\]")
MAX_BODY = 256 * 1024
Act = Callable[[Request, Till, Account, Thing], Thing | None]


def read_form(text: str) -> Thing:
    """`a[b][0][c]=1` is {"a": {"b": {"0": {"c": "1"}}}}; `a[]=1` is {"a": ["1"]}."""
    found: Thing = {}
    for name, value in parse_qsl(text, keep_blank_values=True):
        path = [name.partition("[")[0], *PART.findall(name)]
        place: Any = found
        for at, step in enumerate(path[:-1]):
            place = place.setdefault(step, [] if path[at + 1] == "" else {})
        if isinstance(place, list):
            place.append(value)  # pyright: ignore[reportUnknownMemberType]
        else:
            place[path[-1]] = value
    return found


def error(status: int, kind: str, message: str) -> Response:
    return JSONResponse({"error": {"type": kind, "message": message}}, status)


def endpoint(act: Act) -> Callable[[Request], Awaitable[Response]]:
    """One method of the API: whose key, has it been answered, and what is to go wrong."""

    async def answer(request: Request) -> Response:
        till: Till = request.app.state.till
        account = till.account(_key(request))
        if account is None:
            return error(401, "invalid_request_error", "Invalid API Key provided")
        faults = account.faults
        await asyncio.sleep(faults.slow)
        if faults.errors:
            faults.errors -= 1
            return error(500, "api_error", "as planned")
        raw = (await request.body())[:MAX_BODY].decode()
        asked = read_form(raw if request.method == "POST" else request.url.query)
        made = _once(request, account, raw, lambda: act(request, till, account, asked))
        if faults.lose and request.method == "POST":
            faults.lose -= 1
            return error(500, "api_error", "done, but you will not hear of it")
        return made

    return answer


def _once(
    request: Request, account: Account, raw: str, act: Callable[[], Thing | None]
) -> Response:
    """The same idempotency key gets the first answer; with other parameters, a refusal."""
    name = request.headers.get("idempotency-key", "") if request.method == "POST" else ""
    asked = f"{request.url.path}\n{raw}"
    known = account.answers.get(name)
    if known is not None and known[0] != asked:
        return error(400, "idempotency_error", "Keys for idempotent requests can only be used once")
    if known is not None:
        return JSONResponse(known[1])
    try:
        made = act()
    except (NotNow, KeyError, ValueError) as wrong:
        return error(400, "invalid_request_error", str(wrong))
    if made is None:
        return error(404, "invalid_request_error", "No such object")
    shown = {field: value for field, value in made.items() if not field.startswith("_")}
    if name:
        account.answers[name] = (asked, shown)
    return JSONResponse(shown)


def _key(request: Request) -> str:
    scheme, _, credential = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "basic":
        return base64.b64decode(credential).decode().partition(":")[0]
    return credential


def create_session(request: Request, _: Till, account: Account, asked: Thing) -> Thing:
    here = f"{request.url.scheme}://{request.url.netloc}{request.scope.get('root_path', '')}"
    return open_session(account, asked, f"{here}/pay")


def read_session(request: Request, _: Till, account: Account, asked: Thing) -> Thing | None:
    """With its intent and charge inside, where they were asked for."""
    known = account.sessions.get(request.path_params["id"])
    if known is None or not asked.get("expand") or known["payment_intent"] is None:
        return known
    intent = account.intents[known["payment_intent"]]
    charge = account.charges[intent["latest_charge"]]
    return {**known, "payment_intent": {**intent, "latest_charge": charge}}


def end_session(request: Request, till: Till, account: Account, _: Thing) -> Thing | None:
    known = account.sessions.get(request.path_params["id"])
    if known is not None:
        expire(till, account, known)
    return known


def capture_intent(request: Request, till: Till, account: Account, asked: Thing) -> Thing | None:
    known = account.intents.get(request.path_params["id"])
    if known is not None:
        wanted = asked.get("amount_to_capture")
        capture(till, account, known, None if wanted is None else int(wanted))
    return _with_charge(account, known)


def cancel_intent(request: Request, till: Till, account: Account, asked: Thing) -> Thing | None:
    known = account.intents.get(request.path_params["id"])
    if known is not None:
        cancel(till, account, known, asked.get("cancellation_reason"))
    return _with_charge(account, known)


def _with_charge(account: Account, intent: Thing | None) -> Thing | None:
    return intent and {**intent, "latest_charge": account.charges[intent["latest_charge"]]}


def create_refund(_: Request, till: Till, account: Account, asked: Thing) -> Thing:
    return refund(till, account, asked)


def read_refund(request: Request, _: Till, account: Account, __: Thing) -> Thing | None:
    return account.refunds.get(request.path_params["id"])
