"""What costs the hotel money is done by whom a limit covers, and refused with who may."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from frontdesk.kit.clock import FixedClock
from frontdesk.kit.db import Database
from frontdesk.kit.ids import HotelId
from frontdesk.kit.secrets import Vault
from frontdesk.kit.settings import Settings
from frontdesk.tenancy.person_models import Role
from tests.people import House, house_of
from tests.slices.stays import at, read, stay_of
from tests.slices.test_booking import FIRST, room_of

LIMIT = 5000
SCOPES = ["bookings:write", "bookings:overbook", "payments:write", "payments:refund"]


@pytest.fixture
async def people(
    settings: Settings, db: Database, clock: FixedClock, vault: Vault, tmp_path: Path
) -> AsyncIterator[House]:
    async with house_of(settings, db, clock, vault, tmp_path) as opened:
        yield opened


async def test_above_the_limit_nothing_is_given_away(
    people: House, db: Database, hotel: HotelId, other_hotel: HotelId, clock: FixedClock
) -> None:
    kind = await room_of(db, hotel, capacity=4)
    booking = await stay_of(db, hotel, kind, clock)
    late = await stay_of(db, hotel, kind, clock, after=2, phone="34600111333")
    walked = await stay_of(db, hotel, kind, clock, after=4, phone="34600111444")
    async with db.hotel(hotel) as session:
        session.add(Role(hotel_id=hotel, name="Night desk", scopes=SCOPES, approval_limit=LIMIT))
        session.add(Role(hotel_id=hotel, name="Duty", scopes=SCOPES, approval_limit=10**9))
    async with db.hotel(other_hotel) as session:
        session.add(Role(hotel_id=other_hotel, name="Theirs", scopes=SCOPES))
    night = await people.member(hotel, f"night-{hotel}@mail.example", "Night desk")
    boss = await people.member(hotel, f"boss-{hotel}@mail.example", "manager")
    here = f"/v1/hotels/{hotel}"

    async def tried(path: str, body: dict, *, by=night) -> int:
        answer = await by("POST", f"{here}{path}", json=body)
        if answer.status_code == 403:
            told = answer.json()
            assert told["type"].endswith("above_approval_limit"), told
            assert (told["limit"], told["amount"] > LIMIT) == (LIMIT, True)
            assert told["roles"] == ["Duty", "admin", "manager"]
        return answer.status_code

    paid = await night(
        "POST", f"{here}/bookings/{booking.id}/payments", json={"method": "cash", "amount": 9000}
    )
    refunds = f"/payments/{paid.json()['id']}/refunds"
    assert await tried(refunds, {}) == 403
    assert await tried(refunds, {"amount": 3000}) == 201
    assert await tried(refunds, {"amount": 2500}) == 403  # with the first it is too much
    assert await tried(refunds, {}, by=boss) == 201

    folio = (await boss("GET", f"{here}/bookings/{booking.id}/folios")).json()[0]
    lines = f"/folios/{folio['id']}/lines"
    spa = {"kind": "addon", "description": "Spa", "amount": 6000}
    made = await night("POST", f"{here}{lines}", json=spa)
    (line,) = [x["id"] for x in made.json()["lines"] if x["kind"] == "addon"]
    assert await tried(f"/folio-lines/{line}/reverse", {"reason": "no"}) == 403
    off = {"kind": "adjustment", "description": "Sorry", "amount": -300, "quantity": 10}
    assert [await tried(lines, off), await tried(lines, off)] == [201, 403]
    assert await tried(f"/folio-lines/{line}/reverse", {"reason": "no"}, by=boss) == 201

    clock.at = at(FIRST + timedelta(1), 23)
    night.given = (await people.enter(f"night-{hotel}@mail.example")).given
    boss.given = (await people.enter(f"boss-{hotel}@mail.example")).given
    fee = late.policy["fee"]
    cancel = f"/bookings/{late.id}/cancel"
    assert await tried(cancel, {"fee": 0}) == 403
    assert await tried(cancel, {"fee": fee + 1}) == 422
    assert (await read(db, hotel, late.id)).status == "confirmed"
    assert await tried(cancel, {"fee": fee - LIMIT}) == 200
    assert (await read(db, hotel, late.id)).cancel_fee == fee - LIMIT

    nights = {"first": "2026-12-10", "until": "2026-12-11", "reason": "late cancels"}
    more = {"room_type_id": str(kind), **nights}
    assert await tried("/overbooking", {**more, "rooms": 1}) == 403
    assert await tried("/overbooking", {**more, "rooms": 0}) == 201
    assert await tried("/overbooking", {**more, "rooms": 1}, by=boss) == 201
    away = {"sent_to": "Next door", "nights": 2, "cost": 14000}
    assert await tried(f"/bookings/{walked.id}/walk", away) == 403
    assert await tried(f"/bookings/{walked.id}/walk", away, by=boss) == 201
