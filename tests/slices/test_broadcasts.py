"""A message to many guests: only to who agreed, at its pace, held out by a fixed draw, stopped."""

import asyncio
from datetime import UTC, datetime, timedelta

from sqlalchemy import select, update

from frontdesk.guests.models import Guest
from frontdesk.kit.clock import FixedClock
from frontdesk.kit.db import Database
from frontdesk.kit.ids import HotelId, uuid7
from frontdesk.kit.secrets import Vault
from frontdesk.kit.settings import Settings
from frontdesk.messaging.models import Conversation, OutboundMessage
from frontdesk.triggers.broadcast_models import BroadcastSend
from frontdesk.triggers.broadcast_sending import send_next
from frontdesk.triggers.broadcasts import is_held_out
from tests.calling import Caller, calling
from tests.factories import all_of, number_of, thread_of

NOON = datetime(2026, 7, 1, 10, tzinfo=UTC)
ASK = {
    "name": "Summer",
    "message": {
        "type": "send_message",
        "text": "Hello {guest.name}",
        "variants": [{"language": "de", "text": "Hallo {guest.name}"}],
    },
    "audience": {"field": "guest.vip", "op": "eq", "value": False},
    "per_minute": 60,
}


async def furnish(db: Database, vault: Vault, hotel: HotelId) -> None:
    """Ten who agreed, one of them important and one without a name; and one who did not."""
    number = await number_of(db, vault, hotel)
    for n in range(11):
        chat = await thread_of(db, hotel, number.id, f"3460011{n:04d}@c.us")
        own = {
            "name": None if n == 1 else f"G{n}",
            "vip": n == 2,
            "language": "de" if n == 3 else "en",
        }
        own["consent_at"] = None if n == 10 else NOON
        async with db.hotel(hotel) as session:
            await session.execute(update(Guest).where(Guest.id == chat.guest_id).values(**own))


async def run(db: Database, hotel: HotelId, at: datetime, most: int = 99) -> None:
    for _ in range(most):
        if await send_next(db, FixedClock(at), hotel) != 0:
            return


async def sent(db: Database, hotel: HotelId) -> list[str]:
    return sorted(m.text for m in await all_of(db, hotel, OutboundMessage))


async def watched(call: Caller, made: dict) -> dict:
    return (await call("GET", f"/broadcasts/{made['id']}")).json()


async def test_two_who_got_the_same_today_are_merged_all_the_same(
    db: Database, vault: Vault, settings: Settings, hotel: HotelId
) -> None:
    """What a guest has once stays with each; what only the other had moves, and goes back."""
    await furnish(db, vault, hotel)
    async with calling(settings, db, hotel, FixedClock(NOON)) as call:
        made = await call.made("/broadcasts", **ASK)
        await call("POST", f"/broadcasts/{made['id']}/start")
        for second in range(12):
            await run(db, hotel, NOON + timedelta(seconds=second))
        kept, gone, *_ = [s.guest_id for s in await all_of(db, hotel, BroadcastSend)]
        done = await call.made(f"/guests/{kept}/merges", other_guest_id=str(gone))
        sends = [s.guest_id for s in await all_of(db, hotel, BroadcastSend)]
        assert {kept, gone} <= set(sends)
        chats = [c.guest_id for c in await all_of(db, hotel, Conversation)]
        assert (chats.count(kept), chats.count(gone)) == (2, 0)
        await call("POST", f"/guest-merges/{done['id']}/undo")
        chats = [c.guest_id for c in await all_of(db, hotel, Conversation)]
        assert (chats.count(kept), chats.count(gone)) == (1, 1)


async def test_a_broadcast_goes_to_who_agreed_at_its_pace_and_stops(
    settings: Settings, db: Database, vault: Vault, hotel: HotelId, other_hotel: HotelId
) -> None:
    await furnish(db, vault, hotel)
    async with (
        calling(settings, db, hotel, FixedClock(NOON)) as call,
        calling(settings, db, other_hotel, FixedClock(NOON)) as stranger,
    ):
        made = await call.made("/broadcasts", **ASK)
        seen = (await call("GET", f"/broadcasts/{made['id']}/preview")).json()
        assert (seen["opted_in"], seen["matching"], seen["held_out"]) == (10, 9, 0)
        assert seen["minutes"] == round(9 / 60, 1)
        texts = {s["text"] for s in seen["sample"]}
        assert {"Hello G0", "Hallo G3", None} <= texts
        assert await sent(db, hotel) == []
        assert (await stranger("POST", f"/broadcasts/{made['id']}/start")).status_code == 404
        assert (await call("POST", f"/broadcasts/{made['id']}/start")).status_code == 200
        assert (await call("POST", f"/broadcasts/{made['id']}/start")).status_code == 409
        await asyncio.gather(*(run(db, hotel, NOON) for _ in range(3)))
        assert len(await sent(db, hotel)) == 1
        assert 0.9 < (await send_next(db, FixedClock(NOON), hotel) or 0) <= 1
        for second in range(1, 4):
            await run(db, hotel, NOON + timedelta(seconds=second))
        assert len(await sent(db, hotel)) == 4
        async with db.hotel(hotel) as session:
            one = select(OutboundMessage.id).limit(1).scalar_subquery()
            gone = update(OutboundMessage).where(OutboundMessage.id == one)
            await session.execute(gone.values(status="sent"))
        stopped = (await call("POST", f"/broadcasts/{made['id']}/stop")).json()
        assert stopped["state"] == "stopped"
        assert await send_next(db, FixedClock(NOON + timedelta(hours=1)), hotel) is None
        states = {m.status for m in await all_of(db, hotel, OutboundMessage)}
        assert states == {"cancelled", "sent"}
        guests = (await watched(call, made))["guests"]
        assert (guests["sent"], guests["sent"] + guests["stopped"] + guests.get("skipped", 0)) == (
            1,
            10,
        )
        again = await call.made("/broadcasts", **{**ASK, "name": "Again"})
        await call("POST", f"/broadcasts/{again['id']}/start")
        for second in range(20):
            await run(db, hotel, NOON + timedelta(seconds=second))
        told = await watched(call, again)
        assert (told["state"], told["guests"]) == ("done", {"sent": 8, "skipped": 2})
        sends = await call.listed(f"/broadcasts/{again['id']}/sends")
        whys = [s["why"][0] for s in sends if s["state"] == "skipped"]
        assert {"blocked": "not known: guest.name"} in whys
        assert any(w.get("field") == "guest.vip" for w in whys)
        assert "Hallo G3" in await sent(db, hotel)


def test_who_is_held_out_is_drawn_once_and_evenly() -> None:
    broadcast, guests = uuid7(), [uuid7() for _ in range(4000)]
    out = [is_held_out(broadcast, g, 10) for g in guests]
    assert out == [is_held_out(broadcast, g, 10) for g in guests]
    assert 300 < sum(out) < 500
    assert out != [is_held_out(uuid7(), g, 10) for g in guests]
