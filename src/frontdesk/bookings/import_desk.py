"""What the lines of every kind of import share: who writes them, and what a kind must know."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.bookings.import_reading import Cells
from frontdesk.kit.errors import NotFound
from frontdesk.rooms.models import RoomType
from frontdesk.tenancy.models import Hotel

Values = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Desk:
    """Who writes lines where and when."""

    session: AsyncSession
    hotel: Hotel
    by: str
    now: datetime


class Lines(Protocol):
    """One kind's ways; `key` names a row, and values are JSON."""

    async def wanted(self, desk: Desk, cells: Any, /) -> Values: ...
    async def find(self, desk: Desk, wanted: Values, /) -> str | None: ...
    async def stands(self, desk: Desk, key: str, /) -> Values | None: ...
    async def make(self, desk: Desk, wanted: Values, cells: Any, /) -> str: ...
    async def change(self, desk: Desk, key: str, values: Values, /) -> None: ...
    async def remove(self, desk: Desk, key: str, /) -> None: ...


async def type_coded(session: AsyncSession, code: str) -> UUID:
    """Raises NotFound."""
    found = await session.scalar(select(RoomType.id).where(RoomType.code == code))
    if found is None:
        raise NotFound(f"there is no room type {code}")
    return found


def given(cells: Cells, *names: str) -> Values:
    """What a line says of these columns."""
    said = cells.model_dump(mode="json", exclude_none=True)
    return {name: said[name] for name in names if name in said}
