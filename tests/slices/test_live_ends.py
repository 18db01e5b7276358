"""When a live connection ends: tokens, sessions, memberships and keys that are over; patience."""

import asyncio
import uuid
from contextlib import AsyncExitStack, suppress
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import select, update
from websockets.exceptions import ConnectionClosed

from frontdesk.kit.clock import FixedClock
from frontdesk.kit.db import Database
from frontdesk.kit.ids import HotelId
from frontdesk.kit.secrets import Vault
from frontdesk.kit.settings import Settings
from frontdesk.tenancy.models import ApiKey
from frontdesk.tenancy.person_models import Membership, User, UserSession
from tests.factories import number_of, thread_of
from tests.looking import PATIENCE, Looking, Served, serving
from tests.slices.test_live import EVERYTHING, House, key_of

SOON = 0.4


async def closed(looking: Looking) -> int:
    """The code with which it ends, whatever is told before."""
    with pytest.raises(ConnectionClosed) as ended:
        async with asyncio.timeout(PATIENCE):
            await looking.frame("nothing of the kind")
    assert ended.value.rcvd is not None
    return ended.value.rcvd.code


async def test_it_ends_with_the_right_to_look_on_said_or_silent(
    settings: Settings, db: Database, hotel: HotelId, clock: FixedClock, vault: Vault
) -> None:
    talk = await thread_of(db, hotel, (await number_of(db, vault, hotel)).id)
    quick = settings.model_copy(update={"live_recheck": SOON})
    async with AsyncExitStack() as stack:
        served = await stack.enter_async_context(serving(quick, clock))
        url = f"http://127.0.0.1:{served.port}"
        client = await stack.enter_async_context(httpx.AsyncClient(base_url=url, trust_env=False))
        house = House(served, db, hotel, await key_of(db, hotel, *EVERYTHING), talk, client)
        mails = [f"{uuid.uuid4().hex}@example.org" for _ in range(4)]
        tokens = [await house.person(mail, "staff", clock) for mail in mails]
        out, removed, stays, by_cookie = [
            await stack.enter_async_context(served.look(hotel, token)) for token in tokens[:3]
        ] + [await stack.enter_async_context(_with_cookie(served, hotel, tokens[3], settings))]
        silent, babbling, asking = [
            await stack.enter_async_context(served.look(hotel, house.key)) for _ in "123"
        ]
        async with db.platform() as session:
            gone = select(User.id).where(User.email.in_((mails[0], mails[3])))
            over = update(UserSession).where(UserSession.user_id.in_(gone))
            await session.execute(over.values(revoked_at=clock.now()))
        async with db.hotel(hotel) as session:
            await session.execute(update(ApiKey).values(revoked_at=clock.now()))
            place = select(Membership).where(Membership.email == mails[1])
            member = (await session.scalars(place)).one()
            member.status = "removed"
        babble = asyncio.create_task(_babble(babbling))
        codes = await asyncio.gather(
            *(closed(one) for one in (out, removed, by_cookie, silent, babbling, asking))
        )
        assert codes == [4401] * 6
        babble.cancel()
        assert (await stays.ask("ping"))["type"] == "pong"
        clock.advance(timedelta(minutes=31))
        assert await closed(stays) == 4401


def _with_cookie(served: Served, hotel: HotelId, token: str, settings: Settings):
    headers = {"Cookie": f"fd_access={token}", "Origin": settings.public_url}
    return served.look(hotel, None, additional_headers=headers)


async def _babble(looking: Looking) -> None:
    """What is no frame of ours is no sign of life."""
    with suppress(ConnectionClosed):
        while True:
            await looking.wire.send("{}")
            await asyncio.sleep(SOON / 4)


async def test_who_shouts_is_closed(
    settings: Settings, db: Database, hotel: HotelId, clock: FixedClock
) -> None:
    key = await key_of(db, hotel, *EVERYTHING)
    async with serving(settings, clock) as served, served.look(hotel, key) as loud:
        with suppress(ConnectionClosed):
            for _ in range(200):
                await loud.say("ping")
        assert await closed(loud) == 4429
