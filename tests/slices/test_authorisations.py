"""Money that is only held: captured in part or whole, released, run out; told in any order."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from frontdesk.bookings.models import Booking
from frontdesk.kit.clock import FixedClock
from frontdesk.kit.db import Database
from frontdesk.kit.ids import HotelId
from frontdesk.kit.secrets import Vault
from frontdesk.kit.settings import Settings
from frontdesk.tenancy.actions import add_key
from frontdesk.tenancy.schemas import KeyIn
from tests.paying import Shop, open_shop
from tests.slices.stays import audited
from tests.slices.test_booking import booked, quoted, room_of
from tests.slices.test_rest import key_of


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(datetime.now(UTC))


@pytest.fixture
async def shop(
    db: Database,
    settings: Settings,
    vault: Vault,
    clock: FixedClock,
    hotel: HotelId,
    other_hotel: HotelId,
) -> AsyncIterator[Shop]:
    at_noon = FixedClock(datetime(2026, 11, 21, 12, tzinfo=UTC))
    kind = await room_of(db, hotel, capacity=5)
    booking: Booking = await booked(
        db, hotel, await quoted(db, hotel, kind, at_noon, nights=2), at_noon
    )
    async with open_shop(db, settings, vault, clock, booking, await key_of(db, hotel)) as opened:
        yield opened


async def held(shop: Shop, amount: int) -> dict[str, Any]:
    path = f"/bookings/{shop.booking.id}/authorisations"
    once = {"Idempotency-Key": f"hold-{amount}"}
    first, again = [
        await shop.call("POST", path, {"amount": amount}, headers=once) for _ in range(2)
    ]
    assert (first.status_code, first.json()["id"]) == (201, again.json()["id"]), first.text
    return first.json()


async def paid_in(shop: Shop, made: dict[str, Any], *, told: int) -> None:
    await shop.at_till("pay", made)
    await shop.told(told)


async def test_what_is_held_is_on_the_folio_only_when_it_is_captured(shop: Shop) -> None:
    made = await held(shop, 9000)
    early = await shop.call("POST", f"/payments/{made['id']}/capture", {})
    assert (early.status_code, early.json()["type"].rpartition(":")[2]) == (409, "not_held")
    await paid_in(shop, made, told=3)
    known = await shop.payment(made["id"])
    assert (known.status, known.authorised_amount, known.paid_amount) == ("authorised", 9000, 0)
    assert await shop.balance() == 0
    assert await shop.events() == ["payment.authorised"]
    capture = f"/payments/{made['id']}/capture"
    assert (await shop.call("POST", capture, {"amount": 9001})).status_code == 409
    done = [(await shop.call("POST", capture, {"amount": 6000})).json() for _ in range(2)]
    assert {(d["status"], d["paid_amount"], d["refunded_amount"]) for d in done} == {
        ("paid", 6000, 0)
    }
    await shop.told(6)
    assert await shop.balance() == -6000
    known = await shop.payment(made["id"])
    assert (known.status, known.attention, known.look_at) == ("paid", None, None)
    assert await shop.events() == ["payment.authorised", "payment.completed"]
    late = await shop.call("POST", f"/payments/{made['id']}/release")
    assert late.status_code == 409
    back = await shop.call("POST", f"/payments/{made['id']}/refunds", {"amount": 1000})
    assert back.json()["status"] == "paid"

    await shop.told(8)
    assert (await shop.payment(made["id"])).refunded_amount == 1000
    assert await shop.balance() == -5000
    assert {"payment.ask", "payment.capture"} <= set(await audited(shop.db, shop.hotel))


async def test_released_or_run_out_it_never_was_a_payment(shop: Shop) -> None:
    freed, lost = await held(shop, 5000), await held(shop, 4000)
    await paid_in(shop, freed, told=3)
    await paid_in(shop, lost, told=6)
    path = f"/payments/{freed['id']}/release"
    done = [(await shop.call("POST", path)).json()["status"] for _ in range(2)]
    assert done == ["released", "released"]
    await shop.till("faults", hold=True)
    await shop.at_till("lapse", lost)
    shop.clock.advance(timedelta(days=7, hours=1))
    await shop.work()
    known = await shop.payment(lost["id"])
    assert (known.status, known.failure) == ("released", "expired")
    await shop.till("release", backwards=True)
    await shop.told(10)
    assert (await shop.payment(lost["id"])).status == "released"
    assert await shop.balance() == 0
    assert await shop.events() == [*["payment.authorised"] * 2, *["payment.released"] * 2]


async def test_a_lost_answer_is_asked_again_and_a_refusal_takes_the_decision_back(
    shop: Shop,
) -> None:
    made, gone = await held(shop, 5000), await held(shop, 4000)
    await paid_in(shop, made, told=3)
    await paid_in(shop, gone, told=6)
    await shop.till("faults", lose=9, hold=True)
    unclear = await shop.call("POST", f"/payments/{made['id']}/capture", {})
    assert (unclear.json()["status"], unclear.json()["ending"]) == ("authorised", "capture")
    await shop.till("faults", hold=True)
    shop.clock.advance(timedelta(minutes=5))
    await shop.work()
    assert (await shop.payment(made["id"])).paid_amount == 5000
    assert await shop.balance() == -5000
    await shop.at_till("lapse", gone)
    refused = (await shop.call("POST", f"/payments/{gone['id']}/capture", {})).json()
    assert (refused["ending"], bool(refused["failure"])) == (None, True)
    await shop.till("release", backwards=True)
    await shop.told(10)
    assert (await shop.payment(gone["id"])).status == "released"
    assert await shop.balance() == -5000
    assert (await shop.payment(made["id"])).refunded_amount == 0


async def test_capturing_needs_the_right_to_take_money(shop: Shop) -> None:
    made = await held(shop, 5000)
    await paid_in(shop, made, told=3)
    async with shop.db.hotel(shop.hotel) as session:
        wanted = KeyIn(name="reads", scopes=["payments:read"])
        _, key = await add_key(session, shop.hotel, wanted, by="t")
    as_reader = {"Authorization": f"Bearer {key}"}
    for deed in ("capture", "release"):
        answer = await shop.call("POST", f"/payments/{made['id']}/{deed}", {}, headers=as_reader)
        assert answer.status_code == 403
    assert (await shop.payment(made["id"])).status == "authorised"
