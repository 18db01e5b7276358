"""Mews, by its Connector API: POSTed JSON, tokens in the body, pages by cursor.

Names and limits are those of https://docs.mews.com/connector-api: guidelines/requests, pagination
and responses (200 requests in 30 s, then 429 with Retry-After; an interval is three months long at
most; a cursor of null, or a page that is not full, is the end).
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, timedelta
from decimal import Decimal
from typing import Any, TypeVar, cast

from pydantic import ValidationError

from frontdesk.kit.fetching import Answered, Bounds, FetchFailed, ask
from frontdesk.kit.outside import is_public
from frontdesk.pms.contract import Asked, PmsFailed, Pulled, Unread
from frontdesk.pms.mews_rows import Beside, as_reservation, why_not
from frontdesk.pms.mews_wire import (
    AgeCategoryRow,
    CategoryRow,
    CustomerRow,
    OrderItemRow,
    ReservationRow,
    ResourceRow,
    Row,
    utc,
)

CLIENT = "Frontdesk 1.0"
RESERVATIONS = "reservations/getAll/2023-06-06"
COUNT = 500
"""Of a page; Mews gives 1000 at most."""
ITEMS = 100
"""Reservations whose order items are asked for at once: each has some for every night."""
HOLDS = frozenset({"Confirmed", "Optional", "Started", "Processed"})
"""States in which a room is kept for the guest, or was."""
MOST = 20_000
"""Rows of one kind in one reading."""
INTERVAL = timedelta(days=88)
AHEAD = timedelta(days=365)
BOUNDS = Bounds(most=8_000_000, seconds=30)
TRIES = 4
LONGEST = 30.0
"""Seconds that a reading waits where Mews says so; told to wait longer, it ends."""
ROOM = ("SpaceOrder", "NightRebate", "ResourceUpgradeFee", "CityTax", "CityTaxDiscount")
"""What a stay costs: not what was bought beside it."""
R = TypeVar("R", bound=Row)


@dataclass(frozen=True, slots=True)
class Mews:
    """One hotel's account there."""

    url: str
    client_token: str
    access_token: str
    service_id: str
    """The service that sells the rooms."""
    zone: str
    public: Callable[[str], bool] = is_public
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    bounds: Bounds = BOUNDS

    async def changed(self, asked: Asked) -> Pulled:
        seen: dict[str, ReservationRow | Unread] = {}
        for wish in _wishes(asked):
            for raw in await self._pages(RESERVATIONS, "Reservations", self._of_service(wish)):
                found = _read(raw)
                seen[found.Id if isinstance(found, ReservationRow) else found.external_id] = found
        rows = [row for row in seen.values() if isinstance(row, ReservationRow)]
        kept = [row for row in rows if row.State in HOLDS]
        pulled = Pulled(
            gone=[row.Id for row in rows if row.State not in HOLDS],
            unread=[row for row in seen.values() if isinstance(row, Unread)],
        )
        beside = await self._beside(kept)
        for row in kept:
            try:
                pulled.kept.append(as_reservation(row, beside, self.zone))
            except ValueError as wrong:
                pulled.unread.append(Unread(row.Id, str(wrong)))
        return pulled

    def _of_service(self, wish: dict[str, Any]) -> dict[str, Any]:
        return {**wish, "ServiceIds": [self.service_id]}

    async def _beside(self, rows: Sequence[ReservationRow]) -> Beside:
        """What the reservations only name: guests, money, ages, types and rooms."""
        if not rows:
            return Beside()
        people = sorted({row.AccountId for row in rows})
        items, spoiled = await self._items(sorted(row.Id for row in rows))
        extent = {"Extent": {"Customers": True, "Addresses": False}}
        rooms = sorted({row.AssignedResourceId for row in rows if row.AssignedResourceId})
        all_of: dict[str, Any] = self._of_service({})
        return Beside(
            {c.Id: c for c in await self._some("Customers", CustomerRow, people, **extent)},
            items,
            spoiled,
            {a.Id: a for a in await self._all("AgeCategories", AgeCategoryRow, all_of)},
            {c.Id: c for c in await self._all("ResourceCategories", CategoryRow, all_of)},
            {
                r.Id: r
                for r in await self._some(
                    "Resources", ResourceRow, rooms, Extent={"Resources": True, "Inactive": False}
                )
            },
        )

    async def _items(self, ids: Sequence[str]) -> tuple[list[OrderItemRow], frozenset[str]]:
        """What reservations cost, and those of which a part of it cannot be read."""
        wish = {"Types": list(ROOM), "AccountingStates": ["Open", "Closed", "Inactive"]}
        found, spoiled = list[OrderItemRow](), set[str]()
        for batch in _batches(ids, ITEMS):
            for raw in await self._pages(
                "orderItems/getAll", "OrderItems", {**wish, "ServiceOrderIds": batch}
            ):
                try:
                    found.append(OrderItemRow.model_validate(raw))
                except ValidationError:
                    of = _object(raw).get("ServiceOrderId")
                    spoiled |= {of} if isinstance(of, str) else set(batch)
        return found, frozenset(spoiled)

    async def _some(self, key: str, model: type[R], ids: Sequence[str], **more: Any) -> list[R]:
        """By their ids, in batches."""
        found: list[R] = []
        for batch in _batches(ids):
            found += await self._all(key, model, {f"{key.removesuffix('s')}Ids": batch, **more})
        return found

    async def _all(self, key: str, model: type[R], wish: dict[str, Any]) -> list[R]:
        """What is no such row is left out: the reservation that needs it says so."""
        path = f"{key[0].lower()}{key[1:]}/getAll"
        found: list[R] = []
        for raw in await self._pages(path, key, wish):
            try:
                found.append(model.model_validate(raw))
            except ValidationError:
                continue
        return found

    async def _pages(self, path: str, key: str, wish: dict[str, Any]) -> list[Any]:
        found: list[Any] = []
        cursor: str | None = None
        while True:
            limitation: dict[str, Any] = {"Count": COUNT}
            if cursor is not None:
                limitation["Cursor"] = cursor
            answer = await self._post(path, {**wish, "Limitation": limitation})
            rows = answer.get(key)
            if not isinstance(rows, list):
                raise PmsFailed(f"Mews sent no {key}")
            found += cast("list[Any]", rows)
            if len(found) > MOST:
                raise PmsFailed(f"Mews has more than {MOST} {key} to read at once")
            before, cursor = cursor, answer.get("Cursor")
            if not rows or not isinstance(cursor, str) or cursor == before:
                return found

    async def _post(self, path: str, wish: dict[str, Any]) -> dict[str, Any]:
        tokens = {"ClientToken": self.client_token, "AccessToken": self.access_token}
        body = json.dumps({**tokens, "Client": CLIENT, **wish}).encode()
        url = f"{self.url.rstrip('/')}/api/connector/v1/{path}"
        wait = 0.0
        for attempt in range(TRIES):
            try:
                answer = await ask(url, body, self.bounds, public=self.public)
            except FetchFailed as failed:
                raise PmsFailed(f"Mews: {failed}") from None
            if answer.status != 429:
                return _said(answer)
            wait = answer.retry_after if answer.retry_after is not None else 5.0 * 2**attempt
            if wait > LONGEST:
                break
            await self.sleep(wait)
        raise PmsFailed("Mews is asked too often", wait=wait)


def _wishes(asked: Asked) -> Iterator[dict[str, Any]]:
    """Filters, each within what an interval may be; the last ones ask for single reservations."""
    start, end, by = asked.since, asked.until, "UpdatedUtc"
    if start is None:
        start, end, by = asked.until, asked.until + AHEAD, "CollidingUtc"
    start, end = start.astimezone(UTC), end.astimezone(UTC)
    while start < end:
        until = min(start + INTERVAL, end)
        yield {by: {"StartUtc": utc(start), "EndUtc": utc(until)}}
        start = until
    for batch in _batches(asked.again):
        yield {"ReservationIds": batch}


def _batches(ids: Sequence[str], size: int = COUNT) -> Iterator[list[str]]:
    for at in range(0, len(ids), size):
        yield list(ids[at : at + size])


def _read(raw: Any) -> ReservationRow | Unread:
    try:
        return ReservationRow.model_validate(raw)
    except ValidationError as wrong:
        try:
            return Unread(Row.model_validate(raw).Id, why_not(wrong))
        except ValidationError:
            raise PmsFailed("Mews sent a reservation without an id") from None


def _said(answer: Answered) -> dict[str, Any]:
    """The body of a success. Raises PmsFailed, with nothing of what Mews wrote."""
    if answer.status == 401:
        raise PmsFailed("Mews refuses these tokens", wait=3600)
    if answer.status != 200:
        raise PmsFailed(f"Mews answered {answer.status}")
    try:
        found = json.loads(answer.body, parse_float=Decimal)
    except ValueError:
        raise PmsFailed("Mews sent no JSON") from None
    return _object(found)


def _object(found: Any) -> dict[str, Any]:
    """None is an empty one: it lacks what is looked for in it."""
    return cast("dict[str, Any]", found) if isinstance(found, dict) else {}
