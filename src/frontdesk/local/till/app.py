"""The local payment provider as an ASGI app: Stripe's wire, a pay page, and its own controls."""

import dataclasses
import html
from collections.abc import Callable
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from frontdesk.kit.money import format_money
from frontdesk.local.till import money
from frontdesk.local.till.callbacks import release
from frontdesk.local.till.holds import lapse
from frontdesk.local.till.state import Account, Faults, Thing, Till
from frontdesk.local.till.wire import (
    cancel_intent,
    capture_intent,
    create_refund,
    create_session,
    end_session,
    endpoint,
    error,
    read_form,
    read_refund,
    read_session,
)

POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"
STYLE = (
    "body{font:1rem/1.5 system-ui,sans-serif;max-width:24rem;margin:3rem auto;padding:0 1rem}"
    "button{display:block;width:100%;padding:.8rem;margin:.5rem 0;font:inherit;border-radius:.5rem;"
    "border:1px solid #555;background:#fff}button.main{background:#14532d;color:#fff}"
    ".sum{font-size:2rem;margin:.5rem 0}small{color:#555}"
)
PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Pay</title>
<meta name="viewport" content="width=device-width"><style>{style}</style>
<h1>{title}</h1><p class="sum">{amount}</p><p>{said}</p>{form}
<p><small>A simulated payment page on this machine: no card, no money.</small></p>
</html>"""
FORM = """<form method="post"><button class="main" name="do" value="pay">Pay</button>
<button name="do" value="part">Pay only half</button>
<button name="do" value="decline">Try a card that is declined</button></form>"""


async def show(request: Request) -> Response:
    till: Till = request.app.state.till
    account = till.account_of(request.path_params["id"])
    if account is None:
        return HTMLResponse("There is no such payment.", 404)
    return _page(account.sessions[request.path_params["id"]], "")


def _page(session: Thing, said: str) -> Response:
    is_open = session["status"] == "open"
    text = PAGE.format(
        style=STYLE,
        title=html.escape(session["_title"]),
        amount=format_money(session["amount_total"], session["currency"].upper(), "en"),
        said=html.escape(said or ("" if is_open else f"This payment is {session['status']}.")),
        form=FORM if is_open else "",
    )
    return HTMLResponse(text, headers={"Content-Security-Policy": POLICY})


async def act(request: Request) -> Response:
    till: Till = request.app.state.till
    account = till.account_of(request.path_params["id"])
    if account is None:
        return HTMLResponse("There is no such payment.", 404)
    session = account.sessions[request.path_params["id"]]
    wanted = read_form((await request.body())[:1000].decode("utf-8", "replace")).get("do")
    try:
        if wanted == "decline":
            money.decline(till, account, session)
            return _page(session, "The card was declined. Try another one.")
        if wanted not in ("pay", "part"):
            return _page(session, "Choose one of these.")
        half = session["amount_total"] // 2 if wanted == "part" else None
        money.pay(till, account, session, amount=half)
    except money.NotNow as wrong:
        return _page(session, str(wrong))
    return RedirectResponse(session["success_url"] or "/", 303)


async def control(request: Request) -> Response:
    """`POST /simulator/{deed}` with `key` and what the deed needs: the provider's dashboard."""
    till: Till = request.app.state.till
    asked: Any = await request.json()
    account = till.account(str(asked.get("key", "")))
    deed = DEEDS.get(request.path_params["deed"])
    if account is None or deed is None:
        return error(404, "invalid_request_error", "no such key or deed")
    try:
        return JSONResponse(deed(till, account, asked) or {"done": True})
    except (money.NotNow, KeyError, TypeError, ValueError) as wrong:
        return error(400, "invalid_request_error", str(wrong))


def _session(account: Account, asked: Thing) -> Thing:
    return account.sessions[asked["session"]]


def _connect(_: Till, account: Account, asked: Thing) -> None:
    account.url, account.secret = str(asked["url"]), str(asked["secret"])


def _faults(_: Till, account: Account, asked: Thing) -> None:
    account.faults = Faults(**{name: value for name, value in asked.items() if name != "key"})


def _pay(till: Till, account: Account, asked: Thing) -> None:
    money.pay(till, account, _session(account, asked), amount=asked.get("amount"))


def _refund(till: Till, account: Account, asked: Thing) -> Thing:
    intent = _session(account, asked)["payment_intent"]
    return money.refund(till, account, {"payment_intent": intent, "amount": asked.get("amount")})


def _release(till: Till, account: Account, asked: Thing) -> None:
    release(till, account, backwards=bool(asked.get("backwards")))


def _seen(_: Till, account: Account, __: Thing) -> Thing:
    return {"sent": account.sent, "held": len(account.held), **dataclasses.asdict(account.faults)}


DEEDS: dict[str, Callable[[Till, Account, Thing], Thing | None]] = {
    "connect": _connect,
    "faults": _faults,
    "pay": _pay,
    "decline": lambda till, a, asked: money.decline(till, a, _session(a, asked)),
    "expire": lambda till, a, asked: money.expire(till, a, _session(a, asked)),
    "lapse": lambda till, a, asked: lapse(till, a, _session(a, asked)),
    "refund": _refund,
    "dispute": lambda till, a, asked: money.dispute(till, a, _session(a, asked)),
    "win": lambda till, a, asked: money.end_dispute(till, a, _session(a, asked), won=True),
    "lose": lambda till, a, asked: money.end_dispute(till, a, _session(a, asked), won=False),
    "release": _release,
    "state": _seen,
}


def create_till(till: Till) -> Starlette:
    """Mounted into the simulator under `/stripe`, where FRONTDESK_STRIPE_URL points."""
    sessions, intents = "/v1/checkout/sessions", "/v1/payment_intents"
    app = Starlette(
        routes=[
            Route(sessions, endpoint(create_session), methods=["POST"]),
            Route(f"{sessions}/{{id}}", endpoint(read_session), methods=["GET"]),
            Route(f"{sessions}/{{id}}/expire", endpoint(end_session), methods=["POST"]),
            Route(f"{intents}/{{id}}/capture", endpoint(capture_intent), methods=["POST"]),
            Route(f"{intents}/{{id}}/cancel", endpoint(cancel_intent), methods=["POST"]),
            Route("/v1/refunds", endpoint(create_refund), methods=["POST"]),
            Route("/v1/refunds/{id}", endpoint(read_refund), methods=["GET"]),
            Route("/pay/{id}", show, methods=["GET"]),
            Route("/pay/{id}", act, methods=["POST"]),
            Route("/simulator/{deed}", control, methods=["POST"]),
        ]
    )
    app.state.till = till
    return app
