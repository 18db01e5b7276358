"""The two addresses that others knock at: the provider's callbacks, and a guest who has paid."""

from sqlalchemy.exc import InterfaceError, OperationalError
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from frontdesk.bookings.callbacks import accept

MAX_BODY = 1024 * 1024
PAID = (
    "<!doctype html><meta charset=utf-8><meta name=viewport content='width=device-width'>"
    "<title>Thank you</title><p style='font:1.2rem sans-serif;text-align:center;margin:4rem'>"
    "Thank you. The hotel has been told of your payment.</p>"
)


async def callback(request: Request) -> Response:
    """`POST /webhooks/payments/{key}`: 200 once it is durable, 401 unless signed."""
    raw = b""
    async for part in request.stream():
        raw += part
        if len(raw) > MAX_BODY:
            return Response(status_code=413)
    state = request.app.state
    try:
        status = await accept(
            state.db,
            state.vault,
            state.clock,
            key=request.path_params["key"],
            raw=raw,
            signature=request.headers.get("stripe-signature", ""),
        )
    except (OperationalError, InterfaceError, OSError):
        return Response(status_code=503)
    return Response(status_code=status)


async def paid(_: Request) -> Response:
    return HTMLResponse(PAID)


DOORS = (
    Route("/webhooks/payments/{key}", callback, methods=["POST"]),
    Route("/paid", paid, methods=["GET"]),
)
