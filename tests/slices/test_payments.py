"""Payments through the provider's HTTP: asked once, told in any order, and reconciled."""

import asyncio
import hashlib
import hmac
import json
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import select, update

from frontdesk.bookings.cancel import cancel
from frontdesk.bookings.models import Booking, BookingNight
from frontdesk.bookings.no_show import no_show
from frontdesk.bookings.payment_models import Payment, PaymentAccount
from frontdesk.bookings.rate_models import RatePlan
from frontdesk.kit.clock import FixedClock
from frontdesk.kit.db import Database
from frontdesk.kit.ids import HotelId, uuid7
from frontdesk.kit.secrets import Vault
from frontdesk.kit.settings import Settings
from frontdesk.messaging.events import emit
from frontdesk.messaging.models import Conversation, OutboundMessage
from frontdesk.messaging.shapes import sample
from frontdesk.operations.dead import list_dead, replay
from frontdesk.privacy.erase import erase
from frontdesk.tenancy.envelope import unseal
from frontdesk.triggers.actions import run_next, work_due_step
from frontdesk.triggers.models import TriggerRun
from tests.factories import CHAT, all_of, number_of
from tests.paying import KEY, SECRET, Shop, open_shop
from tests.slices.test_booking import booked, quoted, room_of
from tests.slices.test_rest import key_of
from tests.slices.test_triggers import rule


@pytest.fixture
def clock() -> FixedClock:
    """The provider has its own clock, and refuses a checkout that is over: so ours is right."""
    return FixedClock(datetime.now(UTC))


@pytest.fixture
async def booking(db: Database, hotel: HotelId, other_hotel: HotelId, clock: FixedClock) -> Booking:
    at_noon = FixedClock(datetime(2026, 11, 21, 12, tzinfo=UTC))
    kind = await room_of(db, hotel, capacity=5)
    return await booked(db, hotel, await quoted(db, hotel, kind, at_noon, nights=2), at_noon)


@pytest.fixture
async def shop(
    db: Database, settings: Settings, vault: Vault, clock: FixedClock, booking: Booking
) -> AsyncIterator[Shop]:
    key = await key_of(db, HotelId(booking.hotel_id))
    async with open_shop(db, settings, vault, clock, booking, key) as opened:
        yield opened


async def test_a_link_is_paid_on_its_page_and_the_folio_hears_of_it(shop: Shop) -> None:
    made = await shop.link()
    assert (made["status"], made["amount"]) == ("pending", (shop.booking.total * 3 + 5) // 10)
    page = await shop.client.get(made["url"])
    assert "no card, no money" in page.text
    paid = await shop.client.post(made["url"], data={"do": "pay"})
    assert (paid.status_code, paid.headers["location"]) == (303, "http://127.0.0.1:8000/paid")
    await shop.told(3)
    known = await shop.payment(made["id"])
    assert (known.status, known.paid_amount, known.attention) == ("paid", made["amount"], None)
    assert await shop.balance() == -made["amount"]
    assert await shop.events() == ["payment.completed"]


async def test_the_rate_plans_own_deposit_goes_before_the_hotels(shop: Shop) -> None:
    async with shop.db.hotel(shop.hotel) as session:
        plan = RatePlan(hotel_id=shop.hotel, id=uuid7(), code="HALF", name="Half", deposit=5000)
        session.add(plan)
        await session.flush()
        await session.execute(update(BookingNight).values(rate_plan_id=plan.id))
    assert (await shop.link())["amount"] == (shop.booking.total + 1) // 2


async def test_the_same_link_asked_for_twice_is_one_checkout(shop: Shop) -> None:
    path = f"/bookings/{shop.booking.id}/payment-links"
    once = {"Idempotency-Key": "k1"}
    first, second = [
        (await shop.call("POST", path, {"amount": 700}, headers=once)).json() for _ in range(2)
    ]
    assert first == second
    assert first["url"]


@pytest.mark.parametrize("deed", ["double", "backwards", "slow"])
async def test_callbacks_twice_backwards_or_slow_are_one_payment(shop: Shop, deed: str) -> None:
    plan = {"double": {"double": 3}, "backwards": {"hold": True}, "slow": {"slow": 0.2}}
    await shop.till("faults", **plan[deed])
    made = await shop.link(amount=4000)
    await shop.at_till("pay", made)
    if deed == "backwards":
        await shop.at_till("refund", made, amount=1000)
        await shop.till("release", backwards=True)
        await shop.told(5)
        assert (await shop.payment(made["id"])).status == "partially_refunded"
        assert await shop.balance() == -3000
        assert await shop.events() == ["payment.completed", "payment.refunded"]
        return
    await shop.told(12 if deed == "double" else 3)
    assert await shop.balance() == -4000
    assert await shop.events() == ["payment.completed"]


async def test_money_for_a_cancelled_stay_waits_for_a_decision(shop: Shop) -> None:
    made = await shop.link(amount=4000)
    async with shop.db.hotel(shop.hotel) as session:
        await cancel(session, shop.booking.id, by="t", now=shop.clock.now())
    await shop.at_till("pay", made)
    await shop.told(3)
    waiting = (await shop.call("GET", "/payments", params={"attention": True})).json()["items"]
    assert [(p["id"], p["attention"], p["status"]) for p in waiting] == [
        (made["id"], "late", "paid")
    ]
    back = await shop.call("POST", f"/payments/{made['id']}/refunds", {"reason": "cancelled"})
    assert (back.status_code, back.json()["status"]) == (201, "paid")
    assert (await shop.payment(made["id"])).attention is None
    assert await shop.balance() == 0


@pytest.mark.parametrize("lost", [False, True])
async def test_a_page_of_a_cancelled_stay_takes_no_money(shop: Shop, lost: bool) -> None:
    made, held = await shop.link(amount=4000), await shop.link(amount=3000)
    await shop.at_till("pay", held)
    await shop.told(3)
    async with shop.db.hotel(shop.hotel) as session:
        await cancel(session, shop.booking.id, by="t", now=shop.clock.now())
    if lost:
        await shop.till("faults", errors=2)
        await shop.work()
        assert (await shop.payment(made["id"])).status == "pending"
        shop.clock.advance(timedelta(minutes=1))
    await shop.work()
    page = await shop.client.post(made["url"], data={"do": "pay"})
    assert "this checkout is expired" in page.text
    known = await shop.payment(made["id"])
    assert (known.status, known.failure, known.paid_amount) == ("failed", "expired", 0)
    assert (known.look_at, known.attention) == (None, None)
    assert ((await shop.payment(held["id"])).status, await shop.balance()) == ("paid", -3000)
    fee = await shop.link(amount=1000)
    await shop.work()
    assert (await shop.payment(fee["id"])).status == "pending"


async def test_who_did_not_come_pays_no_old_page_and_the_fee_waits_for_nobody(shop: Shop) -> None:
    made = await shop.link(purpose="balance")
    path = f"/bookings/{shop.booking.id}/authorisations"
    held = (await shop.call("POST", path, {"amount": 2000})).json()
    await shop.at_till("pay", held)
    await shop.told(1)
    today = shop.clock.now()
    shop.clock.at = datetime(2026, 11, 21, 12, tzinfo=UTC) + timedelta(days=30)
    async with shop.db.hotel(shop.hotel) as session:
        gone = await no_show(session, shop.booking.id, by="t", now=shop.clock.now())
    await shop.work()
    shop.clock.at = today
    page = await shop.client.post(made["url"], data={"do": "pay"})
    assert "this checkout is expired" in page.text
    assert (await shop.payment(made["id"])).status == "failed"
    assert (await shop.payment(held["id"])).status == "authorised"
    fee = await shop.link(purpose="balance")
    assert fee["amount"] == gone.no_show_fee > 0
    await shop.at_till("pay", fee)
    await shop.told(5)
    known = await shop.payment(fee["id"])
    assert (known.status, known.attention, await shop.balance()) == ("paid", None, 0)
    more = await shop.link(amount=100)
    await shop.at_till("pay", more)
    await shop.told(8)
    assert (await shop.payment(more["id"])).attention == "late"


async def test_what_is_held_on_a_page_after_its_stay_was_cancelled_goes_free(shop: Shop) -> None:
    path = f"/bookings/{shop.booking.id}/authorisations"
    made = (await shop.call("POST", path, {"amount": 4000})).json()
    async with shop.db.hotel(shop.hotel) as session:
        await cancel(session, shop.booking.id, by="t", now=shop.clock.now())
    await shop.at_till("pay", made)
    await shop.told(1)
    assert (await shop.payment(made["id"])).status == "released"
    assert await shop.balance() == 0


async def test_a_page_of_an_erased_guest_takes_no_money(shop: Shop) -> None:
    made = await shop.link(amount=4000)
    async with shop.db.hotel(shop.hotel) as session:
        whom = shop.booking.guest_id
        await erase(session, whom, by="t", now=shop.clock.now(), even_with_stays=True)
    await shop.work()
    page = await shop.client.post(made["url"], data={"do": "pay"})
    assert "this checkout is expired" in page.text
    assert (await shop.payment(made["id"])).status == "failed"


async def test_an_expired_link_that_is_paid_after_all_is_late(shop: Shop) -> None:
    made = await shop.link(amount=4000, minutes=31)
    shop.clock.advance(timedelta(hours=2))
    await shop.at_till("pay", made)
    await shop.told(3)
    assert (await shop.payment(made["id"])).attention == "late"
    kept = await shop.call("POST", f"/payments/{made['id']}/accept")
    assert kept.json()["attention"] is None


async def test_an_expired_link_has_failed(shop: Shop) -> None:
    made = await shop.link(amount=4000)
    await shop.at_till("expire", made)
    await shop.told(1)
    known = await shop.payment(made["id"])
    assert (known.status, known.failure) == ("failed", "expired")
    assert await shop.events() == ["payment.failed"]


async def test_paying_the_whole_twice_is_seen(shop: Shop) -> None:
    first, second = [await shop.link(share=10_000, purpose="balance") for _ in range(2)]
    assert first["amount"] == second["amount"] == shop.booking.total
    for made in (first, second):
        await shop.at_till("pay", made)
    await shop.told(6)
    flags = {(await shop.payment(made["id"])).attention for made in (first, second)}
    assert flags == {None, "double"}


async def _tell(shop: Shop, made: dict[str, Any], **said: Any) -> Payment:
    """A signed callback that the checkout is paid, with other words than the provider's."""
    session = {
        "object": "checkout.session",
        "payment_status": "paid",
        "amount_total": made["amount"],
        "currency": "eur",
        "metadata": {"payment_id": made["id"]},
    }
    event = {**EVENT, "type": "checkout.session.completed", "data": {"object": session | said}}
    body = json.dumps(event).encode()
    answer = await shop.client.post(shop.webhook_url, content=body, headers=signed(body))
    assert answer.status_code == 200
    await shop.work()
    return await shop.payment(made["id"])


async def test_more_than_was_asked_for_is_seen(shop: Shop) -> None:
    made = await shop.link(amount=4000)
    known = await _tell(shop, made, amount_total=4001)
    assert (known.paid_amount, known.attention) == (4001, "more")


async def test_money_in_another_currency_is_not_taken_for_ours(shop: Shop) -> None:
    made = await shop.link(amount=4000)
    known = await _tell(shop, made, currency="usd")
    assert (known.paid_amount, known.status, known.attention) == (0, "pending", "currency")
    assert await shop.balance() == 0


async def test_what_was_given_back_at_the_provider_counts_beside_our_refund(shop: Shop) -> None:
    made = await shop.link(amount=4000)
    await shop.at_till("pay", made)
    await shop.told(3)
    await shop.at_till("refund", made, amount=1000)
    await shop.told(4)
    await shop.till("faults", hold=True)
    path = f"/payments/{made['id']}/refunds"
    assert (await shop.call("POST", path, {"amount": 500})).status_code == 201
    await shop.work()
    assert (await shop.payment(made["id"])).refunded_amount == 1500
    assert await shop.balance() == -2500


async def test_a_part_is_a_part(shop: Shop) -> None:
    made = await shop.link(amount=4000)
    await shop.client.post(made["url"], data={"do": "part"})
    await shop.told(3)
    known = await shop.payment(made["id"])
    assert (known.paid_amount, known.attention) == (2000, "partial")
    assert await shop.balance() == -2000
    rest = await shop.link(purpose="balance")
    assert rest["amount"] == shop.booking.total - 2000


async def test_a_dispute_takes_the_money_back_and_winning_it_returns_it(shop: Shop) -> None:
    made = await shop.link(amount=4000)
    await shop.at_till("pay", made)
    await shop.told(3)
    await shop.at_till("dispute", made)
    await shop.told(4)
    assert (await shop.payment(made["id"])).attention == "disputed"
    assert await shop.balance() == 0
    refused = await shop.call("POST", f"/payments/{made['id']}/refunds", {})
    assert refused.json()["type"].endswith("not_refundable")
    await shop.at_till("win", made)
    await shop.told(5)
    assert await shop.balance() == -4000


async def test_a_dispute_that_is_told_from_its_end_is_not_reopened(shop: Shop) -> None:
    made = await shop.link(amount=4000)
    await shop.till("faults", hold=True)
    for deed in ("pay", "dispute", "win"):
        await shop.at_till(deed, made)
    await shop.till("release", backwards=True)
    await shop.told(5)
    assert await shop.balance() == -4000


async def test_a_lost_answer_is_unknown_and_settled_by_asking_again(shop: Shop) -> None:
    await shop.till("faults", lose=9)
    made = await shop.link(amount=4000)
    assert (made["status"], made["url"]) == ("unknown", None)
    await shop.till("faults")
    shop.clock.advance(timedelta(minutes=5))
    await shop.work()
    known = await shop.payment(made["id"])
    assert known.status == "pending"
    page = (await shop.client.get(str(known.url))).text
    assert page.count("<button") == 3
    await shop.till("faults", hold=True)
    await shop.client.post(str(known.url), data={"do": "pay"})
    checked = await shop.call("POST", f"/payments/{made['id']}/check")
    assert checked.json()["status"] == "paid"


async def test_a_payment_whose_callbacks_never_come_is_found_by_looking(shop: Shop) -> None:
    made = await shop.link(amount=4000, minutes=31)
    await shop.till("faults", hold=True)
    await shop.at_till("pay", made)
    shop.clock.advance(timedelta(minutes=33))
    await shop.work()
    assert (await shop.payment(made["id"])).paid_amount == 4000
    assert await shop.callbacks() == []


async def test_a_refund_whose_answer_is_lost_is_made_once(shop: Shop) -> None:
    made = await shop.link(amount=4000)
    await shop.at_till("pay", made)
    await shop.told(3)
    await shop.till("faults", lose=9, hold=True)
    path = f"/payments/{made['id']}/refunds"
    back = (await shop.call("POST", path, {"amount": 1500})).json()
    assert back["status"] == "unknown"
    tight = await shop.call("POST", path, {"amount": 2501})
    assert (tight.status_code, tight.json()["refundable"]) == (409, 2500)
    await shop.till("faults", hold=True)
    shop.clock.advance(timedelta(minutes=5))
    await shop.work()
    (known,) = (await shop.call("GET", path)).json()
    assert known["status"] == "paid"
    await shop.till("release")
    await shop.told(5)
    assert await shop.balance() == -2500
    assert (await shop.payment(made["id"])).refunded_amount == 1500


async def test_an_outage_of_the_provider_leaves_nothing_half_done(shop: Shop) -> None:
    await shop.till("faults", errors=9)
    made = await shop.link(amount=4000)
    assert made["status"] == "unknown"
    await shop.till("faults")
    checked = await shop.call("POST", f"/payments/{made['id']}/check")
    assert checked.json()["status"] == "pending"


async def test_a_key_that_the_provider_refuses_is_a_failed_payment(shop: Shop) -> None:
    await shop.call("PUT", "/payment-account", {"secret_key": "sk_live_wrong"})
    made = await shop.link(amount=4000)
    assert made["status"] == "failed"
    assert await shop.events() == ["payment.failed"]


def signed(body: bytes, secret: str = SECRET, *, at: int | None = None) -> dict[str, str]:
    when = str(at or int(time.time()))
    mac = hmac.new(secret.encode(), when.encode() + b"." + body, hashlib.sha256).hexdigest()
    return {"Stripe-Signature": f"t={when},v1={mac}"}


EVENT = {"id": "evt_1", "object": "event", "type": "charge.updated", "data": {"object": {}}}


async def test_only_what_the_provider_signed_comes_in(shop: Shop) -> None:
    body = json.dumps(EVENT).encode()

    async def post(url: str, content: bytes, headers: dict[str, str]) -> int:
        async with httpx.AsyncClient() as client:
            return (await client.post(url, content=content, headers=headers)).status_code

    hook = shop.webhook_url
    assert await post(hook, body, {}) == 401
    assert await post(hook, body, {"Stripe-Signature": "t=x,v1=y"}) == 401
    assert await post(hook, body, {"Stripe-Signature": "nonsense"}) == 401
    assert await post(hook, body, signed(body, "whsec_other")) == 401
    assert await post(hook, body + b" ", signed(body)) == 401
    assert await post(hook, body, signed(body, at=int(time.time()) - 900)) == 401
    assert await post(f"{hook}x", body, signed(body)) == 401
    assert await post(hook.rpartition("/")[0] + "/" + "0" * 40, body, signed(body)) == 401
    assert await post(hook, b"\xff\x00", signed(b"\xff\x00")) == 401
    assert await post(hook, b"x" * 2**20 + b"x", {}) == 413
    assert await shop.callbacks() == []
    for _ in range(2):
        assert await post(hook, body, signed(body)) == 200
    assert [c.event_id for c in await shop.callbacks()] == ["evt_1"]


async def test_without_a_webhook_secret_the_door_is_shut(shop: Shop) -> None:
    async with shop.db.hotel(shop.hotel) as session:
        (await session.scalars(select(PaymentAccount))).one().webhook_secret = None
    body = json.dumps(EVENT).encode()
    for secret in (SECRET, "", "None"):
        answer = await shop.client.post(
            shop.webhook_url, content=body, headers=signed(body, secret)
        )
        assert answer.status_code == 401


async def test_secrets_are_written_and_never_read(shop: Shop, vault: Vault) -> None:
    shown = await shop.call("GET", "/payment-account")
    assert shown.json()["has_webhook_secret"] is True
    assert KEY not in shown.text
    assert SECRET not in shown.text
    async with shop.db.hotel(shop.hotel) as session:
        own = (await session.scalars(select(PaymentAccount))).one()
        assert await unseal(session, vault, shop.hotel, own.secret_key) == KEY
    assert KEY.encode() not in own.secret_key


async def test_a_callback_that_fails_goes_to_the_dead_and_can_be_replayed(
    shop: Shop, other_hotel: HotelId
) -> None:
    made = await shop.link(amount=4000)
    broken = {"id": made["id"], "object": "charge", "amount_captured": "a lot", "paid": True}
    broken["metadata"] = {"payment_id": made["id"]}
    event = {**EVENT, "type": "charge.succeeded", "data": {"object": broken}}
    body = json.dumps(event).encode()
    await shop.client.post(shop.webhook_url, content=body, headers=signed(body))
    await shop.work()
    async with shop.db.hotel(shop.hotel) as session:
        (dead,) = await list_dead(session)
        assert (dead.kind, dead.why) == ("payment", "charge.succeeded: ValueError")
    async with shop.db.hotel(other_hotel) as session:
        assert await list_dead(session) == []
    async with shop.db.hotel(shop.hotel) as session:
        await replay(session, shop.hotel, dead.id, now=shop.clock.now())
    assert [c.state for c in await shop.callbacks()] == ["waiting"]
    await shop.at_till("pay", made)
    await shop.told(3)
    assert (await shop.payment(made["id"])).status == "paid"


async def test_what_is_about_another_shop_is_ignored(shop: Shop) -> None:
    thing = {"object": "charge", "paid": True, "amount_captured": 1, "payment_intent": "pi_x"}
    body = json.dumps({**EVENT, "type": "charge.succeeded", "data": {"object": thing}}).encode()
    await shop.client.post(shop.webhook_url, content=body, headers=signed(body))
    await shop.work()
    assert [c.state for c in await shop.callbacks()] == ["ignored"]


async def test_many_refunds_at_once_never_give_back_more_than_came_in(shop: Shop) -> None:
    taken = await shop.call(
        "POST", f"/bookings/{shop.booking.id}/payments", {"method": "cash", "amount": 1000}
    )
    path = f"/payments/{taken.json()['id']}/refunds"
    answers = await asyncio.gather(*(shop.call("POST", path, {"amount": 300}) for _ in range(6)))
    assert sorted(a.status_code for a in answers) == [201, 201, 201, 409, 409, 409]
    assert await shop.balance() == -100


async def test_a_rule_asks_for_a_link_once_and_says_it_when_it_is_there(
    shop: Shop, db: Database, hotel: HotelId, vault: Vault
) -> None:
    number = await number_of(db, vault, hotel)
    chat = Conversation(
        hotel_id=hotel, instance_id=number.id, guest_id=shop.booking.guest_id, chat=CHAT
    )
    async with db.hotel(hotel) as session:
        session.add(chat)
    asks = [{"type": "payment_link", "purpose": "deposit"}, {"type": "tag", "tag": "asked"}]
    await rule(db, hotel, "deposit", asks, event="conversation.returned")
    told = {**sample("conversation.returned"), "conversation_id": str(chat.id)}
    async with db.hotel(hotel) as session:
        await emit(session, hotel, "conversation.returned", uuid7(), told)
    while await run_next(db, shop.clock, hotel):
        pass
    (ran,) = await all_of(db, hotel, TriggerRun)
    assert ran.outcome == "running"
    made = ran.actions[0]["payment_id"]
    await shop.work()
    later = FixedClock(shop.clock.now() + timedelta(seconds=10))
    while await work_due_step(db, later, hotel):
        pass
    (ran,) = await all_of(db, hotel, TriggerRun)
    assert ran.outcome == "fired", ran.actions
    (payment,) = await all_of(db, hotel, Payment)
    assert str(payment.id) == made
    (said,) = await all_of(db, hotel, OutboundMessage)
    assert payment.url in said.text
