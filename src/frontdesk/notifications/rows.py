"""Adding, changing and removing what telling staff is set up with; each change is audited."""

from collections.abc import Mapping
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.kit.db import Tenant
from frontdesk.kit.errors import Conflict, Invalid, NotFound
from frontdesk.kit.ids import uuid7
from frontdesk.kit.transaction import sqlstate
from frontdesk.notifications.channel_models import AlertTemplate, StaffChannel
from frontdesk.notifications.ladder_models import AlertLadder
from frontdesk.notifications.models import NotificationDelivery, Staff
from frontdesk.tenancy.audit import changed, record

Row = TypeVar("Row", bound=Tenant)
WORDS: dict[type[Tenant], str] = {
    Staff: "staff",
    AlertLadder: "ladder",
    AlertTemplate: "template",
    StaffChannel: "channel",
    NotificationDelivery: "delivery",
}
HIDDEN = ("url",)


async def the(session: AsyncSession, model: type[Row], row_id: UUID, *, lock: bool = False) -> Row:
    """Raises NotFound."""
    query = select(model).where(model.id == row_id)
    found = await session.scalar(query.with_for_update() if lock else query)
    if found is None:
        raise NotFound(f"there is no such {WORDS[model]}")
    return found


async def add(session: AsyncSession, made: Row, *, by: str) -> Row:
    """Raises Conflict where there is one for the same."""
    made.id = uuid7()
    session.add(made)
    await _flush(session)
    await session.refresh(made)
    word = WORDS[type(made)]
    record(session, made.hotel_id, f"{word}.add", f"{word}:{made.id}", by=by)
    return made


async def change(session: AsyncSession, row: Row, values: Mapping[str, Any], *, by: str) -> Row:
    old, new = changed(row, values)
    for name, value in new.items():
        setattr(row, name, value)
    await _flush(session)
    await session.refresh(row)
    word = WORDS[type(row)]
    shown = {name: value for name, value in new.items() if name not in HIDDEN}
    before = {name: old[name] for name in shown}
    subject = f"{word}:{row.id}"
    record(session, row.hotel_id, f"{word}.change", subject, by=by, old=before, new=shown)
    return row


async def remove(session: AsyncSession, row: Tenant, *, by: str) -> None:
    """Raises Conflict where deliveries went by it: it can be switched off."""
    await session.delete(row)
    await _flush(session)
    word = WORDS[type(row)]
    record(session, row.hotel_id, f"{word}.remove", f"{word}:{row.id}", by=by)


async def _flush(session: AsyncSession) -> None:
    try:
        await session.flush()
    except DBAPIError as refused:
        match sqlstate(refused):
            case "23505":
                raise Conflict("there is one for the same already") from None
            case "23503":
                raise Conflict("something hangs on it: switch it off instead") from None
            case "23514":
                raise Invalid("it does not hold together") from None
            case _:
                raise
