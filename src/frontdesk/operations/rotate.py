"""Bringing every secret at rest under the newest key, while everything runs.

With the new key first and the old one behind it in FRONTDESK_SECRET_KEY every process opens both.
A hotel's key is wrapped anew, and no row that it seals is touched; only what was sealed before
hotels had keys, and everything of a hotel that gets another key, is written again. What is done
stays done: cut off, it goes on where it stopped, and a second run writes nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Table, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.kit.db import NOBODY, Database, metadata
from frontdesk.kit.errors import NotFound
from frontdesk.kit.ids import HotelId
from frontdesk.kit.secrets import Vault, WrongSecretKey
from frontdesk.tenancy.audit import record
from frontdesk.tenancy.envelope import change_key, current_key, key_of, rewrap, seal, unseal
from frontdesk.tenancy.models import Hotel

SEALED: tuple[tuple[str, str], ...] = (
    ("whatsapp_instances", "api_token"),
    ("whatsapp_instances", "webhook_token"),
    ("staff_webhooks", "secret"),
    ("webhook_subscriptions", "secret"),
    ("webhook_subscriptions", "old_secret"),
    ("staff_channels", "url"),
    ("payment_accounts", "secret_key"),
    ("payment_accounts", "webhook_secret"),
    ("calendar_sources", "url"),
    ("pms_links", "tokens"),
    ("pms_pages", "body"),
    ("mails", "sealed"),
)
"""Columns of hotels that the vault sealed."""
OF_PEOPLE = (("users", "totp_secret"),)
BATCH = 200


@dataclass(slots=True)
class Rotated:
    rewrapped: int = 0
    """Hotels' keys."""
    resealed: int = 0
    newest: int = 0
    """Sealed by the newest key already."""
    lost: int = 0
    """That none of the keys opens."""


async def rotate(
    db: Database, vault: Vault, *, another_key_for: str | None = None, batch: int = BATCH
) -> Rotated:
    """Every hotel's secrets and every person's, a transaction a batch.

    The hotel of that short name gets another key of its own, and all its secrets go under it.
    """
    done = Rotated()
    async with db.platform() as session:
        query = select(Hotel.id, Hotel.slug).order_by(Hotel.id)
        hotels = [(HotelId(i), slug) for i, slug in await session.execute(query)]
    if another_key_for is not None and another_key_for not in {slug for _, slug in hotels}:
        raise NotFound("there is no such hotel")
    for hotel_id, slug in hotels:
        await _keys(db, vault, hotel_id, done, another=slug == another_key_for)
    for hotel_id in [*(i for i, _ in hotels), NOBODY]:
        for name, column in SEALED:
            await _column(db, vault, hotel_id, name, column, done, batch)
    for name, column in OF_PEOPLE:
        await _column(db, vault, None, name, column, done, batch)
    return done


async def _keys(
    db: Database, vault: Vault, hotel_id: HotelId, done: Rotated, *, another: bool
) -> None:
    async with db.hotel(hotel_id) as session:
        rewrapped, lost = await rewrap(session, vault, hotel_id)
        if another:
            now = (await session.execute(select(func.now()))).scalar_one()
            await change_key(session, vault, hotel_id, now=now)
        if rewrapped or another:
            new = {"rewrapped": rewrapped, "another": another}
            subject = f"hotel:{hotel_id}"
            record(session, hotel_id, "secrets.rewrap", subject, by="platform", new=new)
    done.rewrapped += rewrapped
    done.lost += lost


async def _column(
    db: Database,
    vault: Vault,
    hotel_id: HotelId | None,
    name: str,
    column: str,
    done: Rotated,
    batch: int,
) -> None:
    table, after = metadata.tables[name], UUID(int=0)
    while True:
        async with db.platform() if hotel_id is None else db.hotel(hotel_id) as session:
            rows = await _next(session, table, column, after, batch)
            owner = hotel_id or NOBODY
            moved = [await _row(session, vault, owner, table, column, row, done) for row in rows]
            if hotel_id not in (None, NOBODY) and any(moved):
                new = {"table": name, "column": column, "rows": sum(moved)}
                subject = f"hotel:{hotel_id}"
                record(session, hotel_id, "secrets.rotate", subject, by="platform", new=new)
        if len(rows) < batch:
            return
        after = rows[-1].id


async def _next(
    session: AsyncSession, table: Table, column: str, after: UUID, batch: int
) -> Sequence[Any]:
    sealed = table.c[column]
    query = select(table.c.id, sealed.label("sealed")).where(table.c.id > after)
    return (
        await session.execute(query.where(sealed.is_not(None)).order_by(table.c.id).limit(batch))
    ).all()


async def _row(
    session: AsyncSession,
    vault: Vault,
    owner: UUID,
    table: Table,
    column: str,
    row: Any,
    done: Rotated,
) -> bool:
    """What somebody changed meanwhile is sealed by the newest key anyway, and is left alone."""
    try:
        fresh = await _fresh(session, vault, owner, row.sealed)
    except WrongSecretKey:
        done.lost += 1
        return False
    if fresh is None:
        done.newest += 1
        return False
    same = update(table).where(table.c.id == row.id, table.c[column] == row.sealed)
    await session.execute(same.values({column: fresh}))
    done.resealed += 1
    return True


async def _fresh(session: AsyncSession, vault: Vault, owner: UUID, sealed: bytes) -> bytes | None:
    """The same secret under the newest key; None where it is there. Raises WrongSecretKey."""
    if owner == NOBODY:
        return None if vault.is_newest(sealed) else vault.reseal(sealed)
    secret = await unseal(session, vault, owner, sealed)
    if key_of(sealed) == (await current_key(session, vault, owner)).id:
        return None
    return await seal(session, vault, owner, secret)
