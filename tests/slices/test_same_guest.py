"""A lid and a phone of one guest are linked by what the provider says, once, and can be parted."""

from uuid import UUID

from sqlalchemy import select

from frontdesk.bookings.models import Booking
from frontdesk.conversations.same_guest import AGAIN, look_up
from frontdesk.guests.actions import recognise
from frontdesk.guests.merge import unmerge
from frontdesk.guests.models import Guest, GuestIdentity, GuestMerge
from frontdesk.kit.clock import FixedClock
from frontdesk.kit.db import Database
from frontdesk.kit.ids import HotelId
from frontdesk.kit.secrets import Vault
from frontdesk.messaging.provider import TryLater
from frontdesk.messaging.sending import Post
from frontdesk.notifications.alarms import instance_alarm
from frontdesk.notifications.models import StaffNotification
from tests.factories import all_of, number_of
from tests.fakes import FakeGateway
from tests.slices.stays import stay_of
from tests.slices.test_booking import room_of

LIDS = ("100200300400500", "100200300400501", "100200300400502")


async def _seen(db: Database, hotel: HotelId, instance: UUID | None, chat: str) -> Guest:
    async with db.hotel(hotel) as session:
        return await recognise(session, hotel, instance, chat, name=None)


async def _lid(db: Database, hotel: HotelId, value: str) -> GuestIdentity:
    async with db.hotel(hotel) as session:
        query = select(GuestIdentity).where(GuestIdentity.value == value)
        return (await session.scalars(query)).one()


async def test_what_the_provider_says_links_and_two_with_bookings_are_left_to_staff(
    db: Database, vault: Vault, hotel: HotelId, other_hotel: HotelId, clock: FixedClock
) -> None:
    number = await number_of(db, vault, hotel)
    phones = [f"3460011122{n}" for n in range(3)]
    gateway = FakeGateway(phones=dict(zip((f"{x}@lid" for x in LIDS), phones, strict=True)))
    post = Post(db, vault, clock, gateway, instance_alarm)
    stranger = await _seen(db, other_hotel, None, f"{phones[0]}@c.us")

    first = await _seen(db, hotel, number.id, f"{LIDS[0]}@lid")
    lid = await _lid(db, hotel, LIDS[0])
    await look_up(post, other_hotel, lid.id)
    assert gateway.looked_up == []
    for _ in range(2):
        await look_up(post, hotel, lid.id)
    assert gateway.looked_up == [f"{LIDS[0]}@lid"]
    assert (await _seen(db, hotel, None, f"{phones[0]}@c.us")).id == first.id
    assert (await _seen(db, other_hotel, None, f"{phones[0]}@c.us")).id == stranger.id

    kind = await room_of(db, hotel, capacity=3)
    booked = await stay_of(db, hotel, kind, clock, phone=phones[1])
    hidden = await _seen(db, hotel, number.id, f"{LIDS[1]}@lid")
    await look_up(post, hotel, (await _lid(db, hotel, LIDS[1])).id)
    assert (await _seen(db, hotel, number.id, f"{LIDS[1]}@lid")).id == booked.guest_id
    (merged,) = await all_of(db, hotel, GuestMerge)
    assert (merged.kept_id, merged.gone_id) == (booked.guest_id, hidden.id)
    async with db.hotel(hotel) as session:
        await unmerge(session, merged.id, by="staff", now=clock.now())
    assert (await _seen(db, hotel, number.id, f"{LIDS[1]}@lid")).id == hidden.id
    await look_up(post, hotel, (await _lid(db, hotel, LIDS[1])).id)
    assert (await _seen(db, hotel, number.id, f"{LIDS[1]}@lid")).id == hidden.id

    theirs = await stay_of(db, hotel, kind, clock, phone=phones[2], after=3)
    third = await _seen(db, hotel, number.id, f"{LIDS[2]}@lid")
    moved = await stay_of(db, hotel, kind, clock, phone="34600999888", after=6)
    async with db.hotel(hotel) as session:
        (await session.get_one(Booking, (hotel, moved.id))).guest_id = third.id
    await look_up(post, hotel, (await _lid(db, hotel, LIDS[2])).id)
    assert len(await all_of(db, hotel, GuestMerge)) == 1
    (told,) = await all_of(db, hotel, StaffNotification)
    both = {told.details["guest_id"], told.details["other_guest_id"]}
    assert both == {str(theirs.guest_id), str(third.id)}
    assert await all_of(db, other_hotel, StaffNotification) == []


async def test_a_provider_that_does_not_answer_is_asked_again_later(
    db: Database, vault: Vault, hotel: HotelId, clock: FixedClock
) -> None:
    class Busy(FakeGateway):
        async def phone_of(self, line: object, chat: str) -> str | None:
            self.looked_up.append(chat)
            raise TryLater

    number = await number_of(db, vault, hotel)
    await _seen(db, hotel, number.id, f"{LIDS[0]}@lid")
    lid, busy = await _lid(db, hotel, LIDS[0]), Busy()
    for _ in range(2):
        await look_up(Post(db, vault, clock, busy, instance_alarm), hotel, lid.id)
    waiting = await _lid(db, hotel, LIDS[0])
    assert (len(busy.looked_up), waiting.look_at) == (1, clock.now() + AGAIN)
