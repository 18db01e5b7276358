"""Rules sell what is there, once a stay, until the offer runs out; and they leave notes."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import select

from frontdesk.bookings.addon_models import BookingAddon
from frontdesk.bookings.models import Booking
from frontdesk.bookings.quote import StayWish, make_quote
from frontdesk.bookings.reserve import Yes, reserve
from frontdesk.kit.clock import FixedClock, local_day
from frontdesk.kit.db import Database
from frontdesk.kit.ids import HotelId, uuid7
from frontdesk.messaging.events import emit
from frontdesk.messaging.models import Conversation, OutboundMessage
from frontdesk.messaging.shapes import sample
from frontdesk.rooms.catalogue_models import Addon
from frontdesk.rooms.models import RoomType
from frontdesk.tenancy.queries import the_hotel
from frontdesk.triggers.actions import run_next, work_due_step
from frontdesk.triggers.models import TriggerRun
from tests.factories import all_of
from tests.slices.test_triggers import rule
from tests.slices.test_turn import CLOCK, Talk, embedder, talk

__all__ = ["embedder", "talk"]
SPA = {"category": "spa", "pricing": "stay", "price": 4000, "tax_rate": 0, "active": True}
NOTE = "Offered {hotel.name}'s spa"


async def staying(db: Database, talk: Talk) -> Booking:
    """A guest in the chat with a stay to come, and two things that are sold with it."""
    await talk.says("Hello")
    chat, (kind,) = await talk.thread(), await talk.all(RoomType)
    async with db.hotel(talk.hotel) as session:
        for code, stock in (("spa", 5), ("sauna", 0)):
            session.add(
                Addon(hotel_id=talk.hotel, code=code, name=code, stock_per_day=stock, **SPA)
            )
        first = local_day(CLOCK.now(), "Europe/Madrid") + timedelta(days=5)
        wish, house = StayWish(first, first + timedelta(days=2), adults=2), await the_hotel(session)
        now = CLOCK.now()
        quote = await make_quote(session, house, wish, kind.id, chat.guest_id, now=now)
        return await reserve(session, Yes(quote.id, "test", "rest"), now=now)


async def happens(db: Database, talk: Talk) -> list[dict]:
    """Gives what came of each action."""
    chat = await talk.thread()
    before = len(await talk.all(TriggerRun))
    told = {**sample("conversation.returned"), "conversation_id": str(chat.id)}
    async with db.hotel(talk.hotel) as session:
        await emit(session, talk.hotel, "conversation.returned", uuid7(), told)
    while await run_next(db, CLOCK, talk.hotel):
        pass
    runs = sorted(await talk.all(TriggerRun), key=lambda r: r.created_at)
    return [action for run in runs[before:] for action in run.actions]


async def sell_both(db: Database, talk: Talk) -> None:
    """Two rules that are due at one time."""
    async with db.hotel(talk.hotel) as session:
        session.add(Addon(hotel_id=talk.hotel, code="bath", name="bath", stock_per_day=5, **SPA))
    for code in ("spa", "bath"):
        offer = [{"type": "offer_addon", "addon": code, "hours": 6}]
        await rule(db, talk.hotel, f"sell {code}", offer, event="conversation.returned")


async def offered(db: Database, talk: Talk, hours: float) -> list[str]:
    """All there are after so long."""
    while await work_due_step(db, FixedClock(CLOCK.now() + timedelta(hours=hours)), talk.hotel):
        pass
    return [row.text[:4] for row in await talk.all(OutboundMessage) if "Shall I add it" in row.text]


def later(talk: Talk, hours: int) -> Talk:
    at: datetime = CLOCK.now() + timedelta(hours=hours)
    return replace(talk, desk=replace(talk.desk, clock=FixedClock(at)), count=50)


async def test_an_offer_is_made_once_books_in_time_and_is_asked_anew_after_it(
    db: Database, hotel: HotelId, other_hotel: HotelId, talk: Talk
) -> None:
    stay = await staying(db, talk)
    offers = [{"type": "offer_addon", "addon": code, "hours": 6} for code in ("sauna", "spa")]
    await rule(
        *(db, hotel, "sell", [*offers, {"type": "booking_note", "text": NOTE}]),
        event="conversation.returned",
    )
    none, made, noted = await happens(db, talk)
    assert (none["state"], made["amount"], noted["done"]) == ("failed", 4000, True)
    chat = await talk.thread()
    assert chat.state["stage"] == "ordering"
    late = later(talk, 7)
    (asked,) = await late.says("yes")
    assert "40" in asked
    assert await all_of(db, hotel, BookingAddon) == []
    await late.says("yes")
    (taken,) = await all_of(db, hotel, BookingAddon)
    assert (taken.booking_id, taken.status, taken.amount) == (stay.id, "ordered", 4000)
    again = await happens(db, talk)
    assert [a.get("state") for a in again] == ["failed", "failed", None]
    async with db.hotel(hotel) as session:
        booking = (await session.scalars(select(Booking))).one()
        assert (booking.special_requests or "").count("spa") == 1
    assert await all_of(db, other_hotel, OutboundMessage) == []


async def test_who_declined_is_not_asked_again_for_this_stay(
    db: Database, hotel: HotelId, talk: Talk
) -> None:
    await staying(db, talk)
    offer = [{"type": "offer_addon", "addon": "spa"}]
    await rule(db, hotel, "sell", offer, event="conversation.returned")
    assert [a.get("done") for a in await happens(db, talk)] == [True]
    await talk.says("no")
    assert (await talk.thread()).state["stage"] == "idle"
    (refused,) = await happens(db, talk)
    assert refused["error"] == "it was offered or ordered for this stay before"
    assert await all_of(db, hotel, BookingAddon) == []


async def test_one_offer_at_a_time_the_next_when_the_guest_answered(
    db: Database, hotel: HotelId, talk: Talk
) -> None:
    await staying(db, talk)
    await sell_both(db, talk)
    by_name = await happens(db, talk)
    assert [action.get("done") for action in by_name] == [True, None]
    assert await offered(db, talk, 1) == ["bath"]
    await later(talk, 1).says("no")
    assert await offered(db, talk, 2) == ["bath", "spa "]


async def test_one_offer_at_a_time_in_a_persons_chat_too_until_it_runs_out(
    db: Database, hotel: HotelId, talk: Talk
) -> None:
    await staying(db, talk)
    await sell_both(db, talk)
    async with db.hotel(hotel) as session:
        (await session.scalars(select(Conversation))).one().owner = "staff"
    await asyncio.sleep(1)  # what the guest said is a second ahead
    assert [action.get("done") for action in await happens(db, talk)] == [True, None]
    assert await offered(db, talk, 5) == ["bath"]
    assert await offered(db, talk, 7) == ["bath", "spa "]


async def test_an_offer_that_ran_out_and_a_dropped_talk_hold_no_other_back(
    db: Database, hotel: HotelId, talk: Talk
) -> None:
    await staying(db, talk)
    await sell_both(db, talk)
    await talk.says("a room for two tomorrow for one night?")
    assert (await talk.thread()).state["stage"] == "confirming"
    assert [action.get("done") for action in await happens(db, talk)] == [None, None]
    assert await offered(db, talk, 23) == []
    assert await offered(db, talk, 25) == ["bath"]
    assert await offered(db, talk, 30) == ["bath"]
    assert await offered(db, talk, 32) == ["bath", "spa "]
