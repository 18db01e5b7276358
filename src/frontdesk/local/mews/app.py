"""The Mews Connector API on loopback, in five modes.

The mode is set by `POST /stand-in/mode`; `POST /stand-in/reservations` writes its book, and
`GET /stand-in/state` tells what was asked. Wrong questions are refused as Mews refuses them.
"""

import asyncio
import dataclasses
import json
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Literal, cast, get_args

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from frontdesk.local.mews.book import SERVICE, Book, Sold, Thing

Mode = Literal["plain", "slow", "busy", "refusing", "malformed"]
MODES: tuple[str, ...] = get_args(Mode)
LONGEST = timedelta(days=92)
MOST = 1000
KEPT = 500
ROOT = "/api/connector/v1"
Filter = Callable[[Thing, Thing], bool]


@dataclass(slots=True)
class MewsStandIn:
    """Its tokens, its book, its mode, and what it was asked."""

    client_token: str = "client-stand-in"  # noqa: S105 - it opens nothing
    access_token: str = "access-stand-in"  # noqa: S105
    book: Book = field(default_factory=Book)
    mode: str = "plain"
    page: int = MOST
    """Rows of a page at most, however many are asked for."""
    seconds: float = 1
    """How long a slow one takes, and what a busy one says in Retry-After."""
    refusals: int = 1
    """Of a busy one, until it answers."""
    spoiled: str | None = None
    """The reservation that a malformed one sends without its dates."""
    asked: deque[Thing] = field(default_factory=lambda: deque[Thing](maxlen=KEPT))


def create_mews(stand_in: MewsStandIn) -> Starlette:
    book = stand_in.book
    doors: tuple[tuple[str, str, Callable[[], list[Thing]]], ...] = (
        ("reservations/getAll/2023-06-06", "Reservations", book.reservations),
        ("customers/getAll", "Customers", book.customers),
        ("orderItems/getAll", "OrderItems", book.items),
        ("ageCategories/getAll", "AgeCategories", book.ages),
        ("resourceCategories/getAll", "ResourceCategories", book.categories),
        ("resources/getAll", "Resources", book.rooms),
    )
    app = Starlette(
        routes=[
            Route("/healthz", _alive),
            *(Route(f"{ROOT}/{at}", _door(key, rows), methods=["POST"]) for at, key, rows in doors),
            Route("/stand-in/mode", _set_mode, methods=["POST"]),
            Route("/stand-in/reservations", _write, methods=["POST"]),
            Route("/stand-in/state", _state),
        ]
    )
    app.state.stand_in = stand_in
    return app


def _of(request: Request) -> MewsStandIn:
    return request.app.state.stand_in


async def _alive(_: Request) -> Response:
    return JSONResponse({"status": "alive"})


def _door(key: str, rows: Callable[[], list[Thing]]) -> Callable[[Request], Any]:
    async def answer(request: Request) -> Response:
        stand_in, asked = _of(request), await _json(request)
        stand_in.asked.append({"key": key, **asked})
        refused = await _refused(stand_in, asked) or _wrong(key, asked)
        if refused is not None:
            return refused
        found = [row for row in rows() if all(fits(row, asked) for fits in FILTERS)]
        page = _page(found, asked["Limitation"], stand_in.page)
        if stand_in.mode == "malformed" and key == "Reservations":
            page = [_spoiled(row) if row["Id"] == stand_in.spoiled else row for row in page]
        return JSONResponse({key: page, "Cursor": page[-1]["Id"] if page else None})

    return answer


async def _refused(stand_in: MewsStandIn, asked: Thing) -> Response | None:
    tokens = (asked.get("ClientToken"), asked.get("AccessToken"))
    right = (stand_in.client_token, stand_in.access_token)
    if tokens != right or stand_in.mode == "refusing":
        return _error(401, "Invalid AccessToken.")
    if stand_in.mode == "slow":
        await asyncio.sleep(stand_in.seconds)
    if stand_in.mode == "busy" and stand_in.refusals > 0:
        stand_in.refusals -= 1
        wait = {"retry-after": f"{stand_in.seconds:g}"}
        return JSONResponse({"Message": "Too many requests."}, 429, headers=wait)
    return None


def _wrong(key: str, asked: Thing) -> Response | None:
    """What Mews calls a malformed request."""
    limit: Any = asked.get("Limitation")
    if not isinstance(limit, dict) or not 1 <= cast("Thing", limit).get("Count", 0) <= MOST:
        return _error(400, "Limitation.Count is required, 1 to 1000.")
    if not asked.get("Client"):
        return _error(400, "Client is required.")
    if key == "ResourceCategories" and not asked.get("ServiceIds"):
        return _error(400, "ServiceIds is required.")
    if key in ("Customers", "Resources") and "Extent" not in asked:
        return _error(400, "Extent is required.")
    for name in ("UpdatedUtc", "CollidingUtc"):
        if name in asked and _end(asked[name]) - _start(asked[name]) > LONGEST:
            return _error(400, f"{name} is longer than three months.")
    return None


def _start(interval: Thing) -> datetime:
    return datetime.fromisoformat(interval["StartUtc"])


def _end(interval: Thing) -> datetime:
    return datetime.fromisoformat(interval["EndUtc"])


def _among(ids: str, column: str) -> Filter:
    return lambda row, asked: ids not in asked or row.get(column) in asked[ids]


def _updated(row: Thing, asked: Thing) -> bool:
    span = asked.get("UpdatedUtc")
    at = row.get("UpdatedUtc")
    return not span or not at or _start(span) <= datetime.fromisoformat(at) <= _end(span)


def _collides(row: Thing, asked: Thing) -> bool:
    span = asked.get("CollidingUtc")
    if not span:
        return True
    start, end = (datetime.fromisoformat(row[f"Scheduled{n}Utc"]) for n in ("Start", "End"))
    return start <= _end(span) and end >= _start(span)


FILTERS: Sequence[Filter] = (
    _among("ServiceIds", "ServiceId"),
    _among("ReservationIds", "Id"),
    _among("CustomerIds", "Id"),
    _among("ResourceIds", "Id"),
    _among("ServiceOrderIds", "ServiceOrderId"),
    _updated,
    _collides,
)


def _page(found: list[Thing], limit: Thing, most: int) -> list[Thing]:
    """Those after the cursor: what came latest was on the page before."""
    ids = [row["Id"] for row in found]
    first = ids.index(limit["Cursor"]) + 1 if limit.get("Cursor") in ids else 0
    return found[first : first + min(limit["Count"], most)]


def _spoiled(row: Thing) -> Thing:
    return {k: v for k, v in row.items() if not k.startswith("Scheduled")}


async def _set_mode(request: Request) -> Response:
    stand_in, wanted = _of(request), await _json(request)
    if wanted.get("mode") not in MODES:
        return _error(400, f"a mode is one of {', '.join(MODES)}")
    for name in ("mode", "page", "seconds", "refusals", "spoiled"):
        setattr(stand_in, name, wanted.get(name, getattr(stand_in, name)))
    return JSONResponse({"mode": stand_in.mode})


async def _write(request: Request) -> Response:
    """`number` and all of it: one that is known becomes so, another is new."""
    stand_in, wanted = _of(request), await _json(request)
    name = str(wanted.pop("number", "one"))
    try:
        days = {n: date.fromisoformat(wanted.pop(n)) for n in ("arrival", "departure")}
        sold = Sold(**days, **wanted)
    except (KeyError, TypeError, ValueError) as wrong:
        named = ", ".join(f.name for f in dataclasses.fields(Sold))
        return _error(400, f"say {named}: {type(wrong).__name__}")
    return JSONResponse({"Id": stand_in.book.put(name, sold), "ServiceId": SERVICE})


async def _state(request: Request) -> Response:
    stand_in = _of(request)
    hidden = {"ClientToken", "AccessToken"}
    asked = [{k: v for k, v in one.items() if k not in hidden} for one in stand_in.asked]
    return JSONResponse({"mode": stand_in.mode, "service_id": SERVICE, "asked": asked})


async def _json(request: Request) -> Thing:
    try:
        found: Any = json.loads(await request.body())
    except ValueError:
        return {}
    return cast("Thing", found) if isinstance(found, dict) else {}


def _error(status: int, message: str) -> JSONResponse:
    return JSONResponse({"Message": message, "RequestId": "stand-in"}, status)
