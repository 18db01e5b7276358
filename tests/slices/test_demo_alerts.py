"""The demo hotels show a ladder that climbs before anybody has written to them."""

from datetime import timedelta

from frontdesk.conversations.tend import tend_desk
from frontdesk.kit.clock import FixedClock
from frontdesk.kit.db import Database
from frontdesk.kit.ids import HotelId
from frontdesk.kit.secrets import Vault
from frontdesk.local.demo_alerts import tell_staff
from frontdesk.local.demo_desk import furnish_desk
from frontdesk.messaging.models import OutboundMessage
from frontdesk.notifications.ladder import climb_next
from frontdesk.notifications.models import Staff, StaffNotification
from tests.conftest import NOON
from tests.factories import all_of, number_of


async def test_a_task_is_late_soon_and_its_alert_climbs(
    db: Database, vault: Vault, hotel: HotelId, other_hotel: HotelId
) -> None:
    clock = FixedClock(NOON)
    await number_of(db, vault, hotel)
    async with db.hotel(hotel) as session:
        for name, phone in (("Marta (reception)", "34600999001"), ("Jon (manager)", "34600999002")):
            session.add(Staff(hotel_id=hotel, name=name, phone=phone))
        await session.flush()
        await tell_staff(session, hotel)
    await furnish_desk(db, clock, hotel)
    told: list[list[str]] = []
    for minutes in (2, 2, 2):
        clock.advance(timedelta(minutes=minutes))
        await tend_desk(db, clock, hotel)
        while await climb_next(db, clock, hotel):
            pass
        told.append([m.chat[:11] for m in await all_of(db, hotel, OutboundMessage)])
    assert told == [[], ["34600999001"], ["34600999001", "34600999002"]]
    (late,) = await all_of(db, hotel, StaffNotification)
    assert (late.kind, "ice machine" in late.title) == ("task_overdue", True)
    assert await all_of(db, other_hotel, StaffNotification) == []
