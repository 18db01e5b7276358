"""Every secret at rest comes under the newest key, while both keys open everything."""

import asyncio
from datetime import UTC, datetime

import pytest
from sqlalchemy import LargeBinary, select, update

from frontdesk.kit.clock import FixedClock
from frontdesk.kit.db import Database, metadata, open_database
from frontdesk.kit.ids import HotelId
from frontdesk.kit.secrets import Vault, WrongSecretKey, new_key
from frontdesk.kit.settings import Settings
from frontdesk.operations.probe_world import tenant_tables
from frontdesk.operations.rotate import OF_PEOPLE, SEALED, Rotated, rotate
from frontdesk.tenancy.envelope import seal, unseal
from frontdesk.tenancy.key_models import HotelKey
from frontdesk.tenancy.letterbox import ask_mail
from frontdesk.tenancy.models import Hotel, WhatsAppInstance
from tests.conftest import KEY, new_hotel
from tests.factories import all_of, number_of

NOW = datetime(2027, 1, 1, tzinfo=UTC)
NO_SECRETS = {
    *("digest", "request_digest", "prev_hash", "hash", "last_hash", "trimmed_hash", "raw"),
    *("webhook_token_digest", "policy_hash", "key", "wrapped", "body"),
}
"""Bytes that are digests, what somebody sent, or hotels' keys."""


def test_no_sealed_column_is_forgotten() -> None:
    binary = {
        (table.name, column.name)
        for table in metadata.sorted_tables
        for column in table.c
        if isinstance(column.type, LargeBinary) and column.name not in NO_SECRETS
    }
    assert binary == {*SEALED, *OF_PEOPLE}
    assert len(tenant_tables()) > 60


async def test_two_keys_live_at_once_and_then_the_old_one_goes(
    apart: Settings, clock: FixedClock
) -> None:
    db = open_database(apart)
    fresh, old = new_key(), Vault((KEY,))
    both, only = Vault((fresh, KEY)), Vault((fresh,))
    hotels = [await new_hotel(db) for _ in range(2)]
    for hotel in hotels:
        await number_of(db, old, hotel)
    facts = {"email": "somebody@hotel.example"}
    async with db.nobody() as session:
        await ask_mail(session, old, "reset", facts, now=clock.now())
    await _put(db, hotels[1], both.seal("from before hotels had keys"))
    untouched = await _number(db, hotels[0])

    assert await rotate(db, both, batch=1) == Rotated(rewrapped=2, resealed=2, newest=3)
    assert (await _number(db, hotels[0])).api_token == untouched.api_token
    for hotel, token in zip(hotels, ("api-token", "from before hotels had keys"), strict=True):
        for vault in (both, only):
            assert await _token(db, vault, hotel) == token
    assert await rotate(db, Vault((fresh, KEY))) == Rotated(newest=5)
    assert await rotate(db, Vault((KEY,))) == Rotated(lost=7)

    slug = (await all_of(db, hotels[0], Hotel))[0].slug
    assert await rotate(db, only, another_key_for=slug) == Rotated(resealed=2, newest=3)
    assert await _token(db, only, hotels[0]) == "api-token"
    assert (await _number(db, hotels[0])).api_token[:36] != untouched.api_token[:36]
    keys = await all_of(db, hotels[0], HotelKey)
    assert sorted(key.retired_at is None for key in keys) == [False, True]
    await _put(db, hotels[0], untouched.api_token)
    assert await _token(db, Vault((fresh,)), hotels[0]) == "api-token"
    await db.close()


async def test_another_hotels_key_opens_nothing(
    db: Database, vault: Vault, hotel: HotelId, other_hotel: HotelId
) -> None:
    for each in (hotel, other_hotel):
        await number_of(db, vault, each)
    mine, (theirs,) = await _number(db, hotel), await all_of(db, other_hotel, HotelKey)
    await _put(db, other_hotel, mine.api_token)
    for own in (vault, Vault((KEY,))):
        with pytest.raises(WrongSecretKey):  # its key is not there
            await _token(db, own, other_hotel)
    (key,) = await all_of(db, hotel, HotelKey)
    async with db.hotel(other_hotel) as session:
        session.add(HotelKey(id=key.id, hotel_id=other_hotel, wrapped=key.wrapped, retired_at=NOW))
    with pytest.raises(WrongSecretKey):  # it was wrapped for another
        await _token(db, Vault((KEY,)), other_hotel)
    for bad in (b"hk1.", b"hk1.zz", mine.api_token[:40], theirs.wrapped[:-4]):
        async with db.hotel(hotel) as session:
            with pytest.raises(WrongSecretKey):
                await unseal(session, vault, hotel, bad)


async def test_many_who_seal_first_share_one_key(
    db: Database, vault: Vault, hotel: HotelId
) -> None:
    async def one(n: int) -> bytes:
        async with db.hotel(hotel) as session:
            return await seal(session, vault, hotel, f"secret {n}")

    sealed = await asyncio.gather(*(one(n) for n in range(5)))
    assert len({value[:36] for value in sealed}) == len(await all_of(db, hotel, HotelKey)) == 1


async def _put(db: Database, hotel: HotelId, sealed: bytes) -> None:
    async with db.hotel(hotel) as session:
        await session.execute(update(WhatsAppInstance).values(api_token=sealed))


async def _token(db: Database, vault: Vault, hotel: HotelId) -> str:
    async with db.hotel(hotel) as session:
        (number,) = (await session.scalars(select(WhatsAppInstance))).all()
        return await unseal(session, vault, hotel, number.api_token)


async def _number(db: Database, hotel: HotelId) -> WhatsAppInstance:
    (number,) = await all_of(db, hotel, WhatsAppInstance)
    return number
