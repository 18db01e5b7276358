"""Statuses end the same whatever their order, and may come before we know the message."""

from datetime import timedelta
from itertools import permutations
from uuid import UUID

import pytest
from sqlalchemy import select

from frontdesk.kit.clock import FixedClock
from frontdesk.kit.db import Database
from frontdesk.kit.ids import HotelId
from frontdesk.kit.secrets import Vault
from frontdesk.messaging.models import Message, OutboundMessage
from frontdesk.messaging.outbox import Letter, post
from frontdesk.messaging.sending import settle
from frontdesk.messaging.statuses import note_status
from tests.factories import CHAT, number_of, thread_of


async def bubble(db: Database, hotel: HotelId, instance_id: UUID, clock: FixedClock) -> UUID:
    """A bot's bubble in a thread, and the row that sends it."""
    thread = await thread_of(db, hotel, instance_id)
    async with db.hotel(hotel) as session:
        message = Message(
            hotel_id=hotel,
            conversation_id=thread.id,
            direction="out",
            author="bot",
            kind="text",
            text="hi",
            occurred_at=clock.now(),
            status="pending",
        )
        session.add(message)
        await session.flush()
        letter = Letter(
            instance_id,
            CHAT,
            "hi",
            dedupe_key=str(message.id),
            expires_at=clock.now() + timedelta(hours=1),
            conversation_id=thread.id,
            message_id=message.id,
        )
        return await post(session, hotel, letter, now=clock.now())


async def ends_as(db: Database, hotel: HotelId, row_id: UUID) -> tuple[str, str | None]:
    async with db.hotel(hotel) as session:
        found = await session.execute(
            select(OutboundMessage.status, Message.status)
            .join(Message, Message.id == OutboundMessage.message_id)
            .where(OutboundMessage.id == row_id)
        )
        return tuple(found.one())


async def test_every_order_of_statuses_ends_as_the_furthest(
    db: Database, vault: Vault, hotel: HotelId, clock: FixedClock
) -> None:
    number = await number_of(db, vault, hotel)
    for at, order in enumerate(permutations(("sent", "delivered", "read", "failed"))):
        row_id = await bubble(db, hotel, number.id, clock)
        settled_before = at % 5
        for place, status in enumerate(order):
            async with db.hotel(hotel) as session:
                if place == settled_before:
                    await settle(session, row_id, f"P{at}")
                await note_status(session, hotel, number.id, f"P{at}", status, at=clock.now())
        async with db.hotel(hotel) as session:
            await settle(session, row_id, f"P{at}")
        assert await ends_as(db, hotel, row_id) == ("read", "read"), order


@pytest.mark.parametrize(
    ("statuses", "end", "tick"),
    [
        (["failed"], "failed", "failed"),
        (["noAccount"], "failed", "failed"),
        (["failed", "delivered"], "delivered", "delivered"),
        (["delivered", "failed"], "delivered", "delivered"),
        (["pending"], "sent", "pending"),
        (["yellowCard"], "failed", "failed"),
        (["noActiveSession"], "failed", "failed"),
        (["something of tomorrow"], "sent", "pending"),
        (["something of tomorrow", "read"], "read", "read"),
    ],
)
@pytest.mark.parametrize("known_first", [True, False])
async def test_a_status_of_any_name_is_taken(
    db: Database,
    vault: Vault,
    hotel: HotelId,
    clock: FixedClock,
    statuses: list[str],
    end: str,
    tick: str,
    known_first: bool,
) -> None:
    number = await number_of(db, vault, hotel)
    row_id = await bubble(db, hotel, number.id, clock)
    async with db.hotel(hotel) as session:
        if known_first:
            await settle(session, row_id, "P")
        for status in statuses:
            await note_status(session, hotel, number.id, "P", status, at=clock.now())
        await settle(session, row_id, "P")
    assert await ends_as(db, hotel, row_id) == (end, tick)


async def test_the_same_id_in_another_hotel_is_another_message(
    db: Database, vault: Vault, hotel: HotelId, other_hotel: HotelId, clock: FixedClock
) -> None:
    ours, theirs = [await number_of(db, vault, h) for h in (hotel, other_hotel)]
    row_id = await bubble(db, hotel, ours.id, clock)
    async with db.hotel(hotel) as session:
        await settle(session, row_id, "P")
    async with db.hotel(other_hotel) as session:
        await note_status(session, other_hotel, theirs.id, "P", "read", at=clock.now())
    assert (await ends_as(db, hotel, row_id))[0] == "sent"
