"""Mews, by its Connector API: POSTed JSON, tokens in the body, pages by cursor.

Names and limits are those of https://docs.mews.com/connector-api: guidelines/requests, pagination
and responses (200 requests in 30 s, then 429 with Retry-After; an interval is three months long at
most; a cursor of null, or a page that is not full, is the end).
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import Any, TypeVar, cast

from pydantic import ValidationError

from frontdesk.kit.fetching import Answered, Bounds, FetchFailed, ask
from frontdesk.kit.outside import is_public
from frontdesk.pms.contract import Asked, Paused, PmsFailed, PmsSilent, Pulled, Unread
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
from frontdesk.pms.pages import Answer, Pages, question

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
BOUNDS = Bounds(most=8_000_000, seconds=15)
"""Of one question."""
LONGEST = 30.0
"""Seconds that a reading waits where Mews says so; told to wait longer, it ends."""
ROWS: Mapping[str, type[Row]] = MappingProxyType(
    {
        "Reservations": ReservationRow,
        "Customers": CustomerRow,
        "OrderItems": OrderItemRow,
        "AgeCategories": AgeCategoryRow,
        "ResourceCategories": CategoryRow,
        "Resources": ResourceRow,
    }
)
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
    bounds: Bounds = BOUNDS
    pages: Pages = field(default_factory=Pages)

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
            page = await self._page(path, key, {**wish, "Limitation": limitation})
            found += page.rows
            if len(found) > MOST:
                raise PmsFailed(f"Mews has more than {MOST} {key} to read at once")
            before, cursor = cursor, page.cursor
            if not page.rows or cursor is None or cursor == before:
                return found

    async def _page(self, path: str, key: str, wish: dict[str, Any]) -> Answer:
        """As this reading had it before, or asked for now; only what we read of it is kept."""
        asked = question(path, wish)
        known = self.pages.of(asked)
        if known is not None:
            return known
        if self.pages.enough():
            raise Paused
        answer = await self._post(path, wish)
        rows, cursor = answer.get(key), answer.get("Cursor")
        if not isinstance(rows, list):
            raise PmsFailed(f"Mews sent no {key}")
        told = [_only(raw, ROWS[key]) for raw in cast("list[Any]", rows)]
        page = self.pages.fresh[asked] = Answer(told, cursor if isinstance(cursor, str) else None)
        return page

    async def _post(self, path: str, wish: dict[str, Any]) -> dict[str, Any]:
        tokens = {"ClientToken": self.client_token, "AccessToken": self.access_token}
        body = json.dumps({**tokens, "Client": CLIENT, **wish}).encode()
        url = f"{self.url.rstrip('/')}/api/connector/v1/{path}"
        try:
            answer = await ask(url, body, self.bounds, public=self.public)
        except FetchFailed as failed:
            raise PmsSilent(f"Mews: {failed}") from None
        if answer.status != 429:
            return _said(answer)
        if answer.retry_after is not None and answer.retry_after > LONGEST:
            raise PmsFailed("Mews is asked too often", wait=answer.retry_after)
        raise Paused(None if answer.retry_after is None else max(answer.retry_after, 1.0))


def _only(raw: Any, model: type[Row]) -> Any:
    """What a row of that kind may have; what is no row at all is judged by who reads it."""
    if not isinstance(raw, dict):
        return raw
    return {k: v for k, v in cast("dict[str, Any]", raw).items() if k in model.model_fields}


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
