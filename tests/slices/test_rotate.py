"""Every secret at rest comes under the newest key, while both keys open everything."""

from sqlalchemy import LargeBinary, update

from frontdesk.kit.clock import FixedClock
from frontdesk.kit.db import Database, metadata, open_database
from frontdesk.kit.ids import HotelId
from frontdesk.kit.secrets import Vault, new_key
from frontdesk.kit.settings import Settings
from frontdesk.operations.probe_world import tenant_tables
from frontdesk.operations.rotate import OF_PEOPLE, SEALED, Rotated, rotate
from frontdesk.runtime import import_models
from frontdesk.tenancy.letterbox import ask_mail
from frontdesk.tenancy.models import WhatsAppInstance
from tests.conftest import KEY, new_hotel
from tests.factories import all_of, number_of

import_models()
NO_SECRETS = {
    *("digest", "request_digest", "prev_hash", "hash", "last_hash", "trimmed_hash", "raw"),
    *("webhook_token_digest", "policy_hash", "key"),
}
"""Bytes that are digests, or what somebody sent."""


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
    old, fresh = Vault((KEY,)), new_key()
    both, only = Vault((fresh, KEY)), Vault((fresh,))
    hotels = [await new_hotel(db) for _ in range(2)]
    for hotel in hotels:
        await number_of(db, old, hotel)
    facts = {"email": "somebody@hotel.example"}
    async with db.nobody() as session:
        await ask_mail(session, old, "reset", facts, now=clock.now())
    late = await _number(db, hotels[1])
    async with db.hotel(hotels[1]) as session:
        sealed = both.seal("changed meanwhile")
        change = update(WhatsAppInstance).where(WhatsAppInstance.id == late.id)
        await session.execute(change.values(api_token=sealed))

    assert await rotate(db, both, batch=1) == Rotated(resealed=4, newest=1)
    for hotel, token in zip(hotels, ("api-token", "changed meanwhile"), strict=True):
        number = await _number(db, hotel)
        assert only.open(number.api_token) == both.open(number.api_token) == token
        assert only.open(number.webhook_token or b"")
    assert await rotate(db, both) == Rotated(newest=5)
    assert await rotate(db, old) == Rotated(lost=5)
    await db.close()


async def _number(db: Database, hotel: HotelId) -> WhatsAppInstance:
    (number,) = await all_of(db, hotel, WhatsAppInstance)
    return number
