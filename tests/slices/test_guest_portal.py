"""A guest's link opens one booking, until it expires or is revoked, and nothing else."""

import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import httpx
import pytest

from frontdesk.api.app import api_routes, create_app
from frontdesk.bookings.models import Booking
from frontdesk.kit.clock import FixedClock
from frontdesk.kit.db import Database
from frontdesk.kit.ids import HotelId
from frontdesk.kit.secrets import new_key
from frontdesk.kit.settings import Settings
from frontdesk.kit.tokens import Signer
from frontdesk.operations.probe_routes import PARAMETER, calls
from frontdesk.portal.links import PURPOSE, SESSION_SECONDS
from frontdesk.portal.models import GuestLink
from tests.calling import Caller, calling
from tests.factories import all_of
from tests.slices.stays import at, audited, become, doors, in_house, stay_of
from tests.slices.test_booking import room_of

API = create_app(Settings(_env_file=None, FRONTDESK_SECRET_KEY=new_key()))
CALLS = list(calls(API.openapi(), api_routes(API)))


@dataclass
class Desk:
    call: Caller
    mine: Booking
    next: Booking
    """Another guest's, of the same hotel."""
    kind: UUID

    async def link(self, booking: Booking, **wanted: int) -> dict:
        return await self.call.made(f"/bookings/{booking.id}/guest-links", **wanted)

    async def enter(self, token: str) -> httpx.Response:
        return await self.call.client.post("/v1/guest/session", json={"token": token})

    async def guest(self, booking: Booking) -> "Guest":
        answer = await self.enter((await self.link(booking))["token"])
        assert answer.status_code == 200, answer.text
        return Guest(self.call.client, answer.json()["access_token"])


@dataclass
class Guest:
    client: httpx.AsyncClient
    token: str

    async def __call__(
        self, method: str, path: str, headers: dict[str, str] | None = None, **more
    ) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.token}", **(headers or {})}
        return await self.client.request(method, path, headers=headers, **more)


@pytest.fixture
async def desk(
    settings: Settings, db: Database, hotel: HotelId, clock: FixedClock
) -> AsyncIterator[Desk]:
    kind = await room_of(db, hotel, capacity=3)
    mine = await stay_of(db, hotel, kind, clock)
    other = await stay_of(db, hotel, kind, clock, phone="34600111333")
    async with calling(settings, db, hotel, clock) as call:
        yield Desk(call, mine, other, kind)


async def test_a_guest_sees_pays_orders_asks_and_reviews_their_own_stay(
    desk: Desk, db: Database, hotel: HotelId, clock: FixedClock
) -> None:
    guest = await desk.guest(desk.mine)
    seen = (await guest("GET", "/v1/guest/booking")).json()
    assert (seen["code"], seen["due"]) == (desk.mine.code, desk.mine.total)
    addon = {"code": "bf", "name": "Breakfast", "category": "breakfast", "price": 1000}
    made = await desk.call.made("/addons", **addon, pricing="person")
    (offered,) = (await guest("GET", "/v1/guest/addons")).json()
    wish = {"json": {"addon_id": offered["id"]}}
    ordered = await guest("POST", "/v1/guest/orders", **wish)
    assert (ordered.status_code, ordered.json()["booking_id"]) == (201, str(desk.mine.id))
    assert [o["id"] for o in (await guest("GET", "/v1/guest/orders")).json()] == [
        ordered.json()["id"]
    ]
    theirs = await desk.guest(desk.next)
    assert (await theirs("GET", "/v1/guest/orders")).json() == []
    key = {"Idempotency-Key": "once"}
    again = [await guest("POST", "/v1/guest/orders", headers=key, **wish) for _ in range(2)]
    assert again[0].json()["id"] == again[1].json()["id"] != ordered.json()["id"]
    other = {"json": {"addon_id": str(uuid.uuid4())}}
    assert (await guest("POST", "/v1/guest/orders", headers=key, **other)).status_code == 409
    own = await theirs("POST", "/v1/guest/orders", headers=key, **wish)
    assert own.json()["booking_id"] == str(desk.next.id)
    late = {"json": {"until": "14:00"}}
    assert (await guest("POST", "/v1/guest/late-check-out", **late)).status_code == 202
    assert (await guest("POST", "/v1/guest/late-check-out", **late)).status_code == 202
    (alert,) = await desk.call.listed("/notifications")
    assert (alert["kind"], desk.mine.code in alert["title"]) == ("request", True)
    pay = await guest("POST", "/v1/guest/payment-links", json={"purpose": "balance"})
    assert pay.status_code == 409
    assert pay.json()["type"].endswith("no_payment_account")
    review = {"json": {"rating": 5, "text": "Quiet."}}
    assert (await guest("POST", "/v1/guest/review", **review)).status_code == 409

    await doors(db, hotel, desk.kind, "101", "102")
    await in_house(db, hotel, desk.mine, clock)
    clock.at = at(desk.mine.departure)
    guest = await desk.guest(desk.mine)
    await desk.call("POST", f"/bookings/{desk.mine.id}/postings", json={})
    (folio,) = (await desk.call("GET", f"/bookings/{desk.mine.id}/folios")).json()
    await become(db, desk.mine, "checked_out", at=at(desk.mine.departure))
    issued = await desk.call(
        "POST", f"/folios/{folio['id']}/invoices", json={"buyer": {"name": "A"}}
    )
    assert issued.status_code == 201, issued.text
    assert (await guest("POST", "/v1/guest/review", **review)).status_code == 201
    assert (await guest("POST", "/v1/guest/late-check-out", **late)).status_code == 409
    found = (await guest("GET", "/v1/guest/invoices")).json()
    assert [i["id"] for i in found] == [issued.json()["id"]]
    paper = f"/v1/guest/invoices/{found[0]['id']}/document"
    assert (await guest("GET", paper)).status_code == 200
    theirs = await desk.guest(desk.next)
    assert (await theirs("GET", paper)).status_code == 404
    assert (await theirs("GET", "/v1/guest/invoices")).json() == []
    said = await audited(db, hotel)
    assert {"guest_link.make", "guest_link.enter", "booking.ask_late", "review.write"} <= set(said)
    assert made["id"] == offered["id"]


async def test_every_other_route_is_shut_to_a_guest(
    desk: Desk, hotel: HotelId, other_hotel: HotelId
) -> None:
    guest = await desk.guest(desk.mine)
    names = {"booking_id": str(desk.mine.id), "room_type_id": str(desk.kind)}
    tried = 0
    for place, status in ((hotel, 403), (other_hotel, 404)):
        known = {**names, "hotel_id": str(place)}
        for call in CALLS:
            if "{hotel_id}" not in call.path:
                continue
            path = PARAMETER.sub(lambda m, k=known: k.get(m[1], str(uuid.UUID(int=1))), call.path)
            answer = await guest(call.method, path, json=call.body)
            assert answer.status_code == status, (call.name, answer.text)
            tried += 1
    assert tried > 400
    assert (await guest("GET", "/v1/hotels")).status_code == 403
    assert (await guest("GET", "/v1/me")).status_code == 403
    key = Guest(desk.call.client, desk.call.key)
    assert (await key("GET", "/v1/guest/booking")).status_code == 401


@pytest.mark.parametrize("end", ["cancelled", "no_show"])
async def test_a_link_is_signed_expires_and_is_revoked_with_its_sessions(
    desk: Desk, db: Database, hotel: HotelId, clock: FixedClock, settings: Settings, end: str
) -> None:
    link = await desk.link(desk.mine, days=2)
    (row,) = await all_of(db, hotel, GuestLink)
    assert link["token"].encode() not in row.digest
    assert len(row.digest) == 32
    assert "token" not in (await desk.call.listed(f"/bookings/{desk.mine.id}/guest-links"))[0]
    secret = link["token"].removeprefix("fdg_").partition(".")[0]
    other_secret = secret[:64] + "x" * 43
    forged = [link["token"][:-1] + "0", link["token"][:-1] + "1", f"fdg_{secret}", "rubbish", "é"]
    ours = Signer(settings.keys_to_sign()).mac(PURPOSE, other_secret)
    forged.append(f"fdg_{other_secret}.{ours}")
    assert [(await desk.enter(t)).status_code for t in forged if t != link["token"]].count(
        401
    ) == len([t for t in forged if t != link["token"]])

    opened = (await desk.enter(link["token"])).json()
    guest = Guest(desk.call.client, opened["access_token"])
    assert (await guest("GET", "/v1/guest/booking")).status_code == 200
    clock.advance(timedelta(seconds=SESSION_SECONDS))
    assert (await guest("GET", "/v1/guest/booking")).status_code == 401
    guest = Guest(desk.call.client, (await desk.enter(link["token"])).json()["access_token"])
    revoked = await desk.call("DELETE", f"/guest-links/{link['id']}")
    assert revoked.json()["revoked_at"] is not None
    assert (await guest("GET", "/v1/guest/booking")).status_code == 401
    assert (await desk.enter(link["token"])).status_code == 401

    short = await desk.link(desk.mine, days=1)
    clock.advance(timedelta(days=1))
    assert (await desk.enter(short["token"])).status_code == 401
    lasting = await desk.guest(desk.mine)
    await become(db, desk.mine, end, at=clock.now())
    assert (await lasting("GET", "/v1/guest/booking")).status_code == 401
    again = await desk.call("POST", f"/bookings/{desk.mine.id}/guest-links", json={})
    assert again.status_code == 409
