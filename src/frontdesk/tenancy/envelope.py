"""A hotel's secrets: sealed under the hotel's own key, which the installation's key wraps.

A sealed value names the key it needs. What was sealed before hotels had keys is a bare token of
the installation's, and still opens; the nil hotel's values stay such tokens.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.kit.db import NOBODY
from frontdesk.kit.ids import uuid7
from frontdesk.kit.secrets import Vault, WrongSecretKey, new_key
from frontdesk.tenancy.key_models import HotelKey

MARK = b"hk1."
TRIES = 3
"""A key may be retired between finding it and holding it; twice in a row it is not."""


async def seal(session: AsyncSession, vault: Vault, hotel_id: UUID, secret: str) -> bytes:
    """Under the hotel's key, made on first need; it cannot be retired before the commit."""
    if hotel_id == NOBODY:
        return vault.seal(secret)
    key = await current_key(session, vault, hotel_id)
    own = vault.inner(hotel_id, key.id, key.wrapped)
    return MARK + key.id.hex.encode() + b"." + own.seal(secret)


async def unseal(session: AsyncSession, vault: Vault, hotel_id: UUID, sealed: bytes) -> str:
    """Raises WrongSecretKey, also for what was sealed for another hotel."""
    key_id = key_of(sealed)
    if key_id is None:
        return vault.open(sealed)
    own = vault.known(hotel_id, key_id) or await _unwrapped(session, vault, hotel_id, key_id)
    return own.open(sealed[len(MARK) + 33 :])


def key_of(sealed: bytes) -> UUID | None:
    """The hotel key that a value needs; None for a bare token."""
    if not sealed.startswith(MARK):
        return None
    try:
        return UUID(hex=sealed[len(MARK) : len(MARK) + 32].decode())
    except ValueError:
        raise WrongSecretKey(WrongSecretKey.__doc__) from None


async def current_key(session: AsyncSession, vault: Vault, hotel_id: UUID) -> HotelKey:
    """Held until the commit, shared with everybody else who seals."""
    query = select(HotelKey).where(HotelKey.hotel_id == hotel_id, HotelKey.retired_at.is_(None))
    for _ in range(TRIES):
        found = await session.scalar(query.with_for_update(read=True))
        if found is not None:
            return found
        await _add_key(session, vault, hotel_id)
    raise WrongSecretKey(WrongSecretKey.__doc__)


async def change_key(session: AsyncSession, vault: Vault, hotel_id: UUID, *, now: datetime) -> None:
    """A new key from now on; waits for those who seal under the old one, which still opens."""
    query = select(HotelKey).where(HotelKey.hotel_id == hotel_id, HotelKey.retired_at.is_(None))
    old = await session.scalar(query.with_for_update())
    if old is not None:
        old.retired_at = now
        await session.flush()
    await _add_key(session, vault, hotel_id)


async def rewrap(session: AsyncSession, vault: Vault, hotel_id: UUID) -> tuple[int, int]:
    """Put the hotel's keys under the installation's newest: how many were, how many are lost."""
    done = lost = 0
    keys = select(HotelKey).where(HotelKey.hotel_id == hotel_id).order_by(HotelKey.id)
    for key in (await session.scalars(keys.with_for_update())).all():
        if vault.is_newest(key.wrapped):
            continue
        try:
            key.wrapped = vault.reseal(key.wrapped)
            done += 1
        except WrongSecretKey:
            lost += 1
    await session.flush()
    return done, lost


async def _add_key(session: AsyncSession, vault: Vault, hotel_id: UUID) -> None:
    """Where somebody else was first, theirs it is."""
    wrapped = vault.wrap(hotel_id, new_key())
    row = insert(HotelKey).values(hotel_id=hotel_id, id=uuid7(), wrapped=wrapped)
    await session.execute(row.on_conflict_do_nothing())


async def _unwrapped(session: AsyncSession, vault: Vault, hotel_id: UUID, key_id: UUID) -> Vault:
    query = select(HotelKey.wrapped).where(HotelKey.hotel_id == hotel_id, HotelKey.id == key_id)
    wrapped = await session.scalar(query)
    if wrapped is None:
        raise WrongSecretKey(WrongSecretKey.__doc__)
    return vault.inner(hotel_id, key_id, wrapped)
