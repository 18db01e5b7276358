"""Whether a broadcast made a difference: like beside like, and one test when all days are over."""

from datetime import timedelta

from sqlalchemy import update

from frontdesk.guests.models import Guest
from frontdesk.kit.clock import FixedClock
from frontdesk.kit.db import Database
from frontdesk.kit.ids import HotelId, uuid7
from frontdesk.kit.secrets import Vault
from frontdesk.kit.settings import Settings
from frontdesk.messaging.models import Message, OutboundMessage
from frontdesk.triggers.broadcast_models import BroadcastSend
from tests.calling import calling
from tests.factories import all_of, number_of, thread_of
from tests.slices.test_broadcasts import ASK, NOON, run

GUESTS = 40


async def test_who_got_it_is_compared_with_who_was_held_out_once_at_the_end(
    settings: Settings, db: Database, vault: Vault, hotel: HotelId, other_hotel: HotelId
) -> None:
    number = await number_of(db, vault, hotel)
    chats = {}
    for n in range(GUESTS):
        chat = await thread_of(db, hotel, number.id, f"3460022{n:04d}@c.us")
        own = {"name": None if n % 10 == 1 else f"G{n}", "vip": n % 10 == 2, "consent_at": NOON}
        async with db.hotel(hotel) as session:
            await session.execute(update(Guest).where(Guest.id == chat.guest_id).values(**own))
        chats[chat.guest_id] = chat
    clock = FixedClock(NOON)
    async with (
        calling(settings, db, hotel, clock) as call,
        calling(settings, db, other_hotel, clock) as stranger,
    ):
        other = {"type": "send_message", "text": "Dear {guest.name}"}
        made = await call.made("/broadcasts", **{**ASK, "hold_out": 50, "second": other})
        path = f"/broadcasts/{made['id']}"
        await call("POST", f"{path}/start")
        at = NOON
        for _ in range(GUESTS):
            at += timedelta(seconds=1)
            await run(db, hotel, at)
        rows = await all_of(db, hotel, BroadcastSend)
        assert (await call("GET", path)).json()["state"] == "done"
        like = {r.guest_id for r in rows if r.why == []}
        assert all(r.worked_at is not None for r in rows)
        assert {r.why == [] for r in rows if r.state == "held_out"} == {True, False}
        got = {r.guest_id for r in rows if r.state == "sent"}
        texts = [m.text.split()[0] for m in await all_of(db, hotel, OutboundMessage)]
        assert {"Hello", "Dear"} == set(texts)
        for guest_id in got:
            async with db.hotel(hotel) as session:
                said = {"conversation_id": chats[guest_id].id, "direction": "in", "kind": "text"}
                row = Message(hotel_id=hotel, id=uuid7(), author="guest", text="Yes", **said)
                row.occurred_at = at + timedelta(days=1)
                session.add(row)
        asked = f"{path}/results?outcome=replied&days=7"
        assert (await stranger("GET", asked)).status_code == 404
        early = (await call("GET", asked)).json()
        assert (early["is_final"], early["final_at"] is None) == (False, False)
        assert {c["verdict"] for c in early["comparisons"]} == {"not_yet"}
        assert {c["p"] for c in early["comparisons"]} == {None}
        assert "test is made once" in early["comparisons"][0]["says"]
        clock.advance(timedelta(days=8))
        late = (await call("GET", asked)).json()
        assert late["is_final"]
        assert late["groups"]["got_it"] == {"hits": len(got), "of": len(got)}
        assert late["groups"]["held_out"] == {"hits": 0, "of": len(like - got)}
        counts = [late["groups"][name]["of"] for name in ("first", "second")]
        assert counts == [texts.count("Hello"), texts.count("Dear")]
        held, wording = late["comparisons"]
        assert (held["verdict"], wording["verdict"]) == ("more", "no_difference_seen")
        assert held["p"] < 1e-4
        assert held["interval"][0] > 0.5
        assert (wording["p"], wording["one"], wording["other"]) == (1, "second", "first")
        assert wording["says"].startswith("Not enough to tell them apart: ")
        booked = (await call("GET", f"{path}/results")).json()
        assert {c["verdict"] for c in booked["comparisons"]} == {"not_yet"}
        for bad in ("days=0", "days=91", "outcome=x"):
            assert (await call("GET", f"{path}/results?{bad}")).status_code == 422
