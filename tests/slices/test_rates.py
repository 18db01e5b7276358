"""Rates on a real database: by REST, through plans, at commit, and across two connections."""

from collections.abc import AsyncIterator
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import select, text

from frontdesk.api.app import serving
from frontdesk.bookings.errors import NoSuchPlan, PriceChanged, RoomTaken
from frontdesk.bookings.finding import find_stays
from frontdesk.bookings.models import BookingNight, Quote
from frontdesk.bookings.quote import StayWish, find_offers, make_quote, nearest_offers
from frontdesk.bookings.rate_models import (
    RateAllotment,
    RateNight,
    RatePlan,
    RateRestriction,
    RateRule,
)
from frontdesk.bookings.reserve import Yes, reserve, reserve_at_once
from frontdesk.guests.actions import recognise
from frontdesk.kit.clock import FixedClock, SystemClock, local_day
from frontdesk.kit.db import Database, Tenant
from frontdesk.kit.ids import HotelId
from frontdesk.kit.settings import Settings
from frontdesk.rooms.models import Tax
from frontdesk.tenancy.models import AuditEntry, Hotel
from frontdesk.tenancy.queries import the_hotel
from tests.slices.test_booking import FIRST, booked, quoted, room_of
from tests.slices.test_rest import Caller, key_of

TWO = StayWish(FIRST, FIRST + timedelta(2), 2)
"""Tuesday and Wednesday, 1 December 2026."""


async def put(db: Database, hotel: HotelId, *rows: Tenant) -> None:
    async with db.hotel(hotel) as session:
        for row in rows:
            row.hotel_id = hotel
            session.add(row)
            await session.flush()


async def plan_of(db: Database, hotel: HotelId, code: str, **more) -> UUID:
    plan = RatePlan(code=code, name=code, **more)
    await put(db, hotel, plan)
    return plan.id


async def found(db: Database, hotel: HotelId, clock: FixedClock, wish: StayWish = TWO, **more):
    async with db.hotel(hotel) as session:
        return await find_stays(session, await the_hotel(session), wish, now=clock.now(), **more)


async def sold(db: Database, hotel: HotelId, kind: UUID, clock: FixedClock, plan: UUID) -> Quote:
    async with db.hotel(hotel) as session:
        guest = await recognise(session, hotel, None, "34600111222@c.us", name="A")
        there = await the_hotel(session)
        return await make_quote(
            session, there, TWO, kind, guest.id, now=clock.now(), rate_plan_id=plan
        )


async def test_every_booked_night_keeps_its_plan_rules_and_taxes(
    db: Database, hotel: HotelId, clock: FixedClock
) -> None:
    kind = await room_of(db, hotel)
    plan = await plan_of(db, hotel, "BB", is_default=True, deposit=2500, hold_minutes=120)
    rule = RateRule(name="Winter", layer="season", effect="percent", value=1050)
    await put(db, hotel, rule, RateNight(plan_id=plan, room_type_id=kind, night=FIRST, price=333))
    quote = await quoted(db, hotel, kind, clock)
    assert [n["price"] for n in quote.nights] == [368, 11105]
    assert quote.deposit == (quote.total * 25 + 50) // 100
    assert quote.expires_at == clock.now() + timedelta(minutes=120)
    booking = await booked(db, hotel, quote, clock)
    async with db.hotel(hotel) as session:
        query = select(BookingNight).order_by(BookingNight.night)
        nights = (await session.scalars(query)).all()
        taxes = set((await session.scalars(select(Tax.id))).all())
    assert sum(n.price + n.tax for n in nights) == booking.total == quote.total
    for night in nights:
        assert (night.rate_plan_id, night.rules) == (plan, [str(rule.id)])
        assert {UUID(t["tax_id"]) for t in night.taxes} == taxes
        assert sum(t["amount"] for t in night.taxes) == night.tax


async def test_a_change_that_does_not_touch_the_quote_is_no_change(
    db: Database, hotel: HotelId, clock: FixedClock
) -> None:
    kind = await room_of(db, hotel, capacity=3)
    quotes = [await quoted(db, hotel, kind, clock, phone=f"3460011122{n}") for n in range(2)]
    summer = {"first": date(2027, 6, 1), "last": date(2027, 8, 31)}
    await put(db, hotel, RateRule(name="x", layer="season", effect="price", value=9, **summer))
    await booked(db, hotel, quotes[0], clock)
    yes = Yes(quotes[1].id, "test", "rest")
    assert (await reserve_at_once(db, hotel, yes, now=clock.now())).total == quotes[1].total


@pytest.mark.parametrize(
    "change",
    [
        "INSERT INTO taxes (hotel_id, id, name, kind, amount)"
        " SELECT id, gen_random_uuid(), 'New', 'stay', 1 FROM hotels",
        "UPDATE taxes SET amount = amount + 1",
        "DELETE FROM taxes",
        "UPDATE hotels SET cancel_free_hours = 48",
        "UPDATE nightly_inventory SET price = price + 1 WHERE night = '2026-12-02'",
        "INSERT INTO rate_rules (hotel_id, id, name, layer, effect, value)"
        " SELECT id, gen_random_uuid(), 'Fair', 'special', 'amount', 5 FROM hotels",
        "UPDATE room_types SET active = false",
    ],
)
async def test_whatever_moves_a_price_or_a_policy_asks_for_a_new_quote(
    db: Database, hotel: HotelId, clock: FixedClock, change: str
) -> None:
    quote = await quoted(db, hotel, await room_of(db, hotel), clock)
    async with db.hotel(hotel) as session:
        await session.execute(text(change))
    with pytest.raises(PriceChanged):
        await booked(db, hotel, quote, clock)
    with pytest.raises(PriceChanged):
        await reserve_at_once(db, hotel, Yes(quote.id, "test", "rest"), now=clock.now())


async def test_selling_changes_no_version_and_another_hotels_rates_neither(
    db: Database, hotel: HotelId, other_hotel: HotelId, clock: FixedClock
) -> None:
    async def version() -> UUID:
        async with db.hotel(hotel) as session:
            return (await session.scalars(select(Hotel.rates_version))).one()

    quote = await quoted(db, hotel, await room_of(db, hotel), clock)
    before = await version()
    await room_of(db, other_hotel)
    await booked(db, hotel, quote, clock)
    assert await version() == before
    await put(db, hotel, Tax(name="x", kind="stay", amount=1))
    assert await version() != before


async def test_a_plan_sells_no_more_than_its_allotment(
    db: Database, hotel: HotelId, clock: FixedClock
) -> None:
    kind = await room_of(db, hotel, capacity=5)
    plan = await plan_of(db, hotel, "FEW")
    first, second = [await sold(db, hotel, kind, clock, plan) for _ in range(2)]
    last = FIRST + timedelta(1)
    few = RateAllotment(plan_id=plan, room_type_id=kind, rooms=1, first=last, last=last)
    await put(db, hotel, few)
    await booked(db, hotel, first, clock)
    with pytest.raises(RoomTaken):
        await booked(db, hotel, second, clock)
    (choice,) = (await found(db, hotel, clock)).choices
    assert [o.plan.code for o in choice.offers] == ["BASE"]
    ((barred, block),) = choice.barred
    assert (barred.code, block.why, block.night) == ("FEW", "allotment", last)


async def test_what_is_barred_says_why_and_what_is_near(
    db: Database, hotel: HotelId, clock: FixedClock
) -> None:
    await room_of(db, hotel)
    limit = RateRestriction(min_stay=3, first=FIRST, last=FIRST)
    await put(db, hotel, limit)
    (barred,) = (await found(db, hotel, clock)).barred
    assert (barred.block.why, barred.block.limit, barred.block.rule_id) == ("min_stay", 3, limit.id)
    near = barred.nearest
    assert near is not None
    assert (near.arrival, near.departure) == (FIRST + timedelta(1), FIRST + timedelta(3))
    closed = RateRestriction(closed_to_arrival=True, first=FIRST, last=FIRST + timedelta(20))
    await put(db, hotel, closed)
    (barred,) = (await found(db, hotel, clock)).barred
    assert (barred.block.why, barred.nearest) == ("closed_to_arrival", None)


async def test_the_chat_is_given_the_nearest_dates(
    db: Database, hotel: HotelId, clock: FixedClock
) -> None:
    await room_of(db, hotel)
    await put(db, hotel, RateRestriction(closed=True, first=FIRST, last=FIRST + timedelta(3)))
    async with db.hotel(hotel) as session:
        there = await the_hotel(session)
        assert await find_offers(session, there, TWO, now=clock.now()) == []
        (offer,) = await nearest_offers(session, there, TWO, now=clock.now(), reach=7)
        assert offer.arrival == FIRST + timedelta(4)
        assert await nearest_offers(session, there, TWO, now=clock.now(), reach=3) == []


async def test_flexible_dates_are_told_in_one_call(
    db: Database, hotel: HotelId, clock: FixedClock
) -> None:
    kind = await room_of(db, hotel)
    await put(db, hotel, RateRule(name="x", layer="special", effect="price", value=1, first=FIRST))
    got = await found(db, hotel, clock, flex=3)
    assert [d.dates.arrival for d in got.days] == [FIRST + timedelta(n) for n in range(-3, 4)]
    assert [d.types for d in got.days] == [0, 0, 0, 1, 1, 1, 1]
    cheapest = got.days[3].cheapest
    assert cheapest is not None
    assert cheapest.room_type.id == kind


async def test_a_plan_off_sale_or_of_another_hotel_is_none(
    db: Database, hotel: HotelId, other_hotel: HotelId, clock: FixedClock
) -> None:
    kind = await room_of(db, hotel)
    foreign = await plan_of(db, other_hotel, "BB")
    off = await plan_of(db, hotel, "OFF", active=False)
    for plan in (foreign, off):
        with pytest.raises(NoSuchPlan):
            await sold(db, hotel, kind, clock, plan)


async def test_a_reader_in_another_connection_never_finds_the_old_rates(
    db: Database, hotel: HotelId, clock: FixedClock, settings: Settings
) -> None:
    kind = await room_of(db, hotel)

    async def total(session) -> int:
        offers = await find_offers(session, await the_hotel(session), TWO, now=clock.now())
        return offers[0].total if offers[0].room_type.id == kind else 0

    async with db.hotel(hotel) as session:
        before = await total(session)
    async with db.hotel(hotel) as writer, db.hotel(hotel) as reader:
        writer.add(Tax(hotel_id=hotel, name="x", kind="stay", amount=700))
        await writer.flush()
        assert await total(writer) == before + 700
        assert await total(reader) == before
        await writer.rollback()
    async with db.hotel(hotel) as session:
        assert await total(session) == before
        session.add(Tax(hotel_id=hotel, name="y", kind="stay", amount=900))
    async with db.hotel(hotel) as session:
        assert await total(session) == before + 900


@pytest.fixture
async def call(settings: Settings, db: Database, hotel: HotelId) -> AsyncIterator[Caller]:
    async with (
        serving(settings) as app,
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://t") as opened,
    ):
        yield Caller(opened, await key_of(db, hotel))


async def test_rates_by_rest_from_plan_to_quote(
    call: Caller, db: Database, hotel: HotelId, other_hotel: HotelId
) -> None:
    here = f"/v1/hotels/{hotel}"
    first = local_day(SystemClock().now(), "Europe/Madrid") + timedelta(30)
    kind = {"code": "DBL", "name": "Double", "max_adults": 2, "max_guests": 4, "base_price": 1,
            "features": ["sea view"]}  # fmt: skip
    type_id = (await call("POST", f"{here}/room-types", json=kind)).json()["id"]
    opened = {"first": str(first), "days": 10, "price": 10000, "capacity": 2}
    assert (await call("PUT", f"{here}/calendar", json=opened)).json() == {"nights": 10}
    bar = {"code": "BAR", "name": "Flexible", "is_default": True}
    plan = (await call("POST", f"{here}/rates/plans", json=bar)).json()
    saver = {"code": "NRF", "name": "Saver", "parent": "BAR", "percent": -1000,
             "cancellation": {"refundable": False}}  # fmt: skip
    child = (await call("POST", f"{here}/rates/plans", json=saver)).json()
    assert child["parent_id"] == plan["id"]
    for path, body in {
        "rules": {"name": "x", "layer": "season", "effect": "amount", "value": 500},
        "supplements": {"kind": "child", "amount": 1000, "age_from": 3, "age_to": 11},
        "restrictions": {"min_stay": 2, "plan_id": child["id"]},
        "allotments": {"plan_id": plan["id"], "room_type_id": type_id, "rooms": 2},
        "taxes": {"name": "City", "kind": "person_night", "amount": 100, "exempt_under": 12},
    }.items():
        made = await call("POST", f"{here}/rates/{path}", json=body)
        assert made.status_code == 201, made.text
        row = made.json()
        again = await call("PUT", f"{here}/rates/{path}/{row['id']}", json=body)
        assert (again.status_code, again.json()["id"]) == (200, row["id"])
        listed = (await call("GET", f"{here}/rates/{path}")).json()["items"]
        assert [r["id"] for r in listed] == [row["id"]]
    stay = {"arrival": str(first), "departure": str(first + timedelta(1)), "adults": 2}
    ask = {**stay, "children_ages": [2, 5], "features": ["Sea View"]}
    got = (await call("GET", f"{here}/availability/search", params=ask)).json()
    (choice,) = got["choices"]
    assert (choice["total"], choice["plans"][0]["rate_plan"]) == (11500 + 200, "BAR")
    assert [(b["rate_plan"], b["why"], b["limit"]) for b in choice["barred"]] == [
        ("NRF", "min_stay", 2)
    ]
    for more, why in (
        ({"features": "sauna"}, "missing_feature"),
        ({"accessible": True}, "missing_feature"),
        ({"budget": 5}, "over_budget"),
        ({"adults": 3}, "party_too_big"),
        ({"departure": str(first + timedelta(11))}, "not_on_sale"),
    ):
        answer = (await call("GET", f"{here}/availability/search", params={**stay, **more})).json()
        assert [b["why"] for b in answer["barred"]] == [why], more
    (offer,) = (await call("GET", f"{here}/availability", params=stay)).json()
    assert (offer["total"], offer["rate_plan"]) == (10700, "BAR")
    wanted = {**stay, "room_type_id": type_id, "guest_phone": "34600111222",
              "rate_plan_id": plan["id"]}  # fmt: skip
    quote = (await call("POST", f"{here}/quotes", json=wanted)).json()
    assert (quote["total"], quote["rate_plan_id"]) == (10700, plan["id"])
    saved = {**wanted, "departure": str(first + timedelta(2)), "rate_plan_id": child["id"]}
    never = (await call("POST", f"{here}/quotes", json=saved)).json()
    assert never["policy"] == {"free_until": None, "fee": never["total"]}
    booked = (await call("POST", f"{here}/bookings", json={"quote_id": never["id"]})).json()
    cancelling = (await call("GET", f"{here}/bookings/{booked['id']}/cancel")).json()
    assert (booked["policy"]["free_until"], cancelling["free_until"]) == (None, None)
    foreign = await plan_of(db, other_hotel, "X")
    lost = await call("POST", f"{here}/quotes", json={**wanted, "rate_plan_id": str(foreign)})
    assert lost.status_code == 404
    gone = (await call("DELETE", f"{here}/rates/plans/{child['id']}")).json()
    assert (gone["active"], gone["is_default"]) == (False, False)
    async with db.hotel(hotel) as session:
        actions = (await session.scalars(select(AuditEntry.action))).all()
    assert {"rate_plan.add", "rate_plan.retire", "tax.change", "calendar.write"} <= set(actions)


async def test_the_calendar_is_read_and_written_in_bulk(
    call: Caller, db: Database, hotel: HotelId
) -> None:
    await room_of(db, hotel, capacity=2)
    await plan_of(db, hotel, "BB", is_default=True)
    here = f"/v1/hotels/{hotel}/calendar"
    weekend = {"first": str(FIRST), "days": 14, "weekdays": ["sat", "sun"], "price": 20000}
    assert (await call("PUT", here, json=weekend)).json() == {"nights": 4}
    own = {"first": str(FIRST), "days": 1, "plan": "BB", "price": 7, "room_types": ["DBL"]}
    assert (await call("PUT", here, json=own)).json() == {"nights": 1}
    (row,) = (await call("GET", here, params={"first": str(FIRST), "days": 7})).json()
    assert [n["price"] for n in row["nights"]] == [10050] * 4 + [20000] * 2 + [10050]
    assert [n["plans"]["BB"] for n in row["nights"]][:2] == [7, 10050]


WISH = {"name": "x", "effect": "amount", "value": 1}


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("rates/plans", {"code": "a b", "name": "x"}, "code"),
        ("rates/plans", {"code": "A", "name": "x", "percent": 5}, "percent"),
        ("rates/plans", {"code": "A", "name": "x", "parent": "NONE"}, "parent"),
        ("rates/plans", {"code": "A", "name": "\x00"}, "name"),
        ("rates/rules", {"name": "x", "layer": "season", "effect": "price", "value": 0}, "value"),
        (
            "rates/rules",
            {"name": "x", "layer": "weekday", "effect": "amount", "value": 1},
            "weekdays",
        ),
        ("rates/restrictions", {"first": "2027-02-02", "last": "2027-02-01"}, "last"),
        ("rates/restrictions", {"first": "9999-12-31"}, "first"),
        ("rates/restrictions", {"weekdays": []}, "weekdays"),
        ("rates/supplements", {"kind": "child", "amount": 1, "age_from": 9, "age_to": 3}, "age_to"),
        ("rates/taxes", {"name": "x", "kind": "stay", "amount": 10**30}, "amount"),
        ("rates/rules", {**WISH, "layer": "special"}, "first and last"),
        ("rates/rules", {**WISH, "layer": "season", "min_nights": 2}, "min_nights"),
        ("rates/restrictions", {"min_stay": 5, "max_stay": 3}, "max_stay is below 5"),
        ("rates/restrictions", {"min_stay_through": 4, "max_stay": 3}, "max_stay is below 4"),
        ("rates/restrictions", {"min_ahead": 10, "max_ahead": 5}, "max_ahead is below"),
        ("rates/restrictions", {"weekdays": ["fri"]}, "restricts nothing"),
        ("rates/supplements", {"kind": "adult", "amount": 1, "age_to": 11}, "age_to"),
        ("rates/taxes", {"name": "x", "kind": "percent", "amount": 21000}, "amount"),
        (
            "rates/taxes",
            {"name": "x", "kind": "percent", "amount": 1, "exempt_under": 9},
            "exempt_under",
        ),
        ("rates/taxes", {"name": "x", "kind": "stay", "amount": 1, "max_nights": 3}, "max_nights"),
    ],
)
async def test_what_does_not_hold_together_is_told_by_field(
    call: Caller, hotel: HotelId, path: str, body: dict, field: str
) -> None:
    refused = await call("POST", f"/v1/hotels/{hotel}/{path}", json=body)
    assert refused.status_code == 422
    assert field in refused.text


async def test_what_was_written_before_it_was_refused_is_still_shown(
    call: Caller, db: Database, hotel: HotelId
) -> None:
    """A limit that no stay meets, of a house that had it already."""
    await put(db, hotel, RateRestriction(min_stay=5, max_stay=3))
    here = f"/v1/hotels/{hotel}/rates/restrictions"
    (row,) = (await call("GET", here)).json()["items"]
    assert (row["min_stay"], row["max_stay"]) == (5, 3)


async def test_far_dates_are_refused_and_no_more(call: Caller, hotel: HotelId) -> None:
    far = {"arrival": "9999-12-30", "departure": "9999-12-31"}
    for form in ("", "/search"):
        answer = await call("GET", f"/v1/hotels/{hotel}/availability{form}", params=far)
        assert (answer.status_code, answer.json()["type"]) == (
            422,
            "urn:frontdesk:problem:bad_stay",
        )


async def test_a_quote_for_children_keeps_their_ages(
    db: Database, hotel: HotelId, clock: FixedClock
) -> None:
    kind = await room_of(db, hotel)
    wish = StayWish(FIRST, FIRST + timedelta(1), 2, 1, children_ages=(4,))
    async with db.hotel(hotel) as session:
        guest = await recognise(session, hotel, None, "34600111222@c.us", name="A")
        there = await the_hotel(session)
        quote = await make_quote(session, there, wish, kind, guest.id, now=clock.now())
        assert quote.children_ages == [4]
        await session.execute(text("UPDATE hotels SET cancel_free_hours = cancel_free_hours"))
    async with db.hotel(hotel) as session:
        stay = await reserve(session, Yes(quote.id, "test", "rest"), now=clock.now())
    assert stay.total == quote.total


async def test_what_bars_a_quote_is_told_and_not_that_the_rooms_are_gone(
    call: Caller, hotel: HotelId
) -> None:
    here = f"/v1/hotels/{hotel}"
    first = local_day(SystemClock().now(), "Europe/Madrid") + timedelta(30)
    kind = {"code": "DBL", "name": "Double", "max_adults": 2, "max_guests": 3, "base_price": 1}
    type_id = (await call("POST", f"{here}/room-types", json=kind)).json()["id"]
    opened = {"first": str(first), "days": 5, "price": 10000, "capacity": 1}
    await call("PUT", f"{here}/calendar", json=opened)
    stay = {"arrival": str(first), "departure": str(first + timedelta(1)), "adults": 2,
            "room_type_id": type_id, "guest_phone": "34600111222"}  # fmt: skip

    async def refused(**changed: Any) -> tuple[str, str, int | None, str]:
        answer = await call("POST", f"{here}/quotes", json=stay | changed)
        assert answer.status_code == 409, answer.text
        said = answer.json()
        return said["type"].rpartition(":")[2], said["why"], said["limit"], said["detail"]

    assert await refused(adults=3) == (
        "stay_barred",
        "party_too_big",
        2,
        "Double takes 2 of such a party at most",
    )
    far = {"arrival": str(first + timedelta(4)), "departure": str(first + timedelta(6))}
    night = first + timedelta(5)
    assert await refused(**far) == (
        "room_taken",
        "not_on_sale",
        None,
        f"Double is not on sale on {night}",
    )
    assert (await call("POST", f"{here}/rates/restrictions", json={"min_stay": 2})).is_success
    assert await refused() == ("stay_barred", "min_stay", 2, "Double is sold for 2 nights at least")
    longer = {"departure": str(first + timedelta(2))}
    quote = (await call("POST", f"{here}/quotes", json=stay | longer)).json()
    booked = (await call("POST", f"{here}/bookings", json={"quote_id": quote["id"]})).json()
    wish = await call("POST", f"{here}/bookings/{booked['id']}/changes", json={"adults": 3})
    assert (wish.status_code, wish.json()["why"]) == (409, "party_too_big")
    assert await refused(**longer) == ("room_taken", "sold_out", 0, f"Double has 0 left on {first}")
    on = {"departure": str(first + timedelta(3)), "expected": 9999}
    shown = await call("POST", f"{here}/bookings/{booked['id']}/extend", json=on)
    assert (shown.status_code, shown.json()["price"]) == (409, 10000)
