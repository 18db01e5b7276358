"""A card number that somebody writes anywhere into payments is in no table and no log."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import asyncpg
import pytest

from frontdesk.bookings.callbacks import scrubbed
from frontdesk.bookings.cards import holds_card, is_card, without_cards
from frontdesk.bookings.models import Booking
from frontdesk.kit.clock import FixedClock
from frontdesk.kit.db import Database
from frontdesk.kit.ids import HotelId
from frontdesk.kit.secrets import Vault
from frontdesk.kit.settings import Settings
from tests.conftest import Server, at
from tests.paying import Shop, open_shop
from tests.slices.test_booking import booked, quoted, room_of
from tests.slices.test_payments import EVENT, signed
from tests.slices.test_rest import key_of

CARD = "4242424242424242"
SPELLINGS = (CARD, "4242 4242 4242 4242", "4242-4242-4242-4242", "４２４２４２４２４２４２４２４２")
TEXT = "SELECT string_agg(t::text, '') FROM {} t"


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(datetime.now(UTC))


@pytest.fixture
async def booking(db: Database, hotel: HotelId, other_hotel: HotelId) -> Booking:
    at_noon = FixedClock(datetime(2026, 11, 21, 12, tzinfo=UTC))
    kind = await room_of(db, hotel, capacity=5)
    return await booked(db, hotel, await quoted(db, hotel, kind, at_noon), at_noon)


@pytest.fixture
async def shop(
    db: Database, settings: Settings, vault: Vault, clock: FixedClock, booking: Booking
) -> AsyncIterator[Shop]:
    key = await key_of(db, HotelId(booking.hotel_id))
    async with open_shop(db, settings, vault, clock, booking, key) as opened:
        yield opened


def found(text: str) -> list[str]:
    plain = text.replace("\\", "")
    return [spelling for spelling in (*SPELLINGS, CARD[6:]) if spelling in plain]


def how_often(text: str) -> int:
    plain = text.replace("\\", "")
    return sum(plain.count(spelling) for spelling in (*SPELLINGS, CARD[6:]))


async def tables(server: Server, settings: Settings) -> dict[str, str]:
    """All that is in each."""
    root = await asyncpg.connect(at(server.superuser, settings.database_url.rpartition("/")[2]))
    names = await root.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    everything = {t[0]: await root.fetchval(TEXT.format(t[0])) or "" for t in names}
    await root.close()
    return everything


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"my card {CARD} please", True),
        *((f"x{spelling}.", True) for spelling in SPELLINGS),
        ("5555 5555 5555 4444", True),
        ("378282246310005", True),
        ("4242424242424241", False),
        ("ES91 2100 0418 4502 0005 1332", False),
        ("0198f3b1-0000-7000-8000-424242424242", False),
        ("34600111222", False),
        ("", False),
    ],
)
def test_a_card_is_known_by_its_digits(text: str, expected: bool) -> None:
    assert holds_card(text) is expected
    assert ("[card number]" in without_cards(text)) is expected
    assert not any(is_card(run) for run in without_cards(text).split() if len(run) > 1)


def test_of_a_callback_only_what_we_know_is_kept() -> None:
    card = {"number": CARD, "last4": "4242", "exp_year": 2034}
    thing = {
        "id": f"ch_{CARD}",
        "object": "charge",
        "amount": 1,
        "status": {"id": CARD, "card": card},
        "payment_method_details": {"card": card},
        "billing_details": {"email": "guest@example.com"},
        "metadata": {"payment_id": SPELLINGS[1], "note": CARD},
        "amount_captured": int(CARD),
    }
    kept = json.dumps(scrubbed({"data": {"object": thing}}))
    assert found(kept) == []
    assert "4242" not in kept
    assert "guest@" not in kept
    assert scrubbed({"data": "x"}) == scrubbed({}) == {}


async def test_no_way_into_payments_leaves_a_card_behind(
    shop: Shop, server: Server, settings: Settings, capfd: pytest.CaptureFixture[str], caplog
) -> None:
    """Other tests' guests may have written of one in a chat."""
    told = await tables(server, settings)
    before = {name: how_often(text) for name, text in told.items() if how_often(text)}
    assert "payments" not in before
    made = await shop.link(amount=4000)
    taken = await shop.call(
        "POST", f"/bookings/{shop.booking.id}/payments", {"method": "cash", "amount": 1000}
    )
    folio, payment = taken.json()["folio_id"], taken.json()["id"]
    line = {"kind": "addon", "description": "Spa", "amount": 500}
    added = (await shop.call("POST", f"/folios/{folio}/lines", line)).json()["lines"][-1]["id"]
    booking = f"/bookings/{shop.booking.id}"
    buyer = {"name": "B"}
    refused: list[int] = []
    for card in SPELLINGS:
        tries = [
            ("POST", f"{booking}/folios", {"name": card}),
            ("POST", f"/folios/{folio}/lines", {**line, "description": f"paid with {card}"}),
            ("POST", f"/folio-lines/{added}/reverse", {"reason": card}),
            ("POST", f"{booking}/payments", {"method": "cash", "amount": 1, "reference": card}),
            ("POST", f"{booking}/payment-links", {"amount": 1, "purpose": card}),
            ("POST", f"{booking}/payment-links", {card: 1}),
            ("POST", f"/payments/{payment}/refunds", {"amount": 1, "reason": card}),
            ("PUT", "/payment-account", {"secret_key": f"sk_test_{card}"}),
            ("PUT", "/payment-account", {"secret_key": "x", "return_url": f"http://a/{card}"}),
            ("POST", f"/folios/{folio}/invoices", {"buyer": {**buyer, "address": card}}),
            ("POST", f"/folios/{folio}/invoices", {"buyer": {"name": card}}),
            ("GET", f"/payments?cursor={card}", None),
        ]
        refused += [(await shop.call(*asked)).status_code for asked in tries]
        once = {"Idempotency-Key": card} if card.isascii() else {}
        answer = await shop.call("POST", f"/folios/{folio}/lines", line, headers=once)
        refused += [answer.status_code] if once else []
    assert set(refused) == {422}
    pan = int(CARD)
    assert (await shop.call("POST", f"{booking}/payment-links", {"amount": pan})).status_code == 422
    await shop.client.post(f"/v1/hotels/{shop.hotel}{booking}/folios", content=f"{{{CARD}")
    thing = {"id": made["id"], "object": CARD, "status": CARD, "metadata": {"payment_id": CARD}}
    for kind in (CARD, "charge.succeeded", "checkout.session.completed"):
        event = {**EVENT, "id": f"evt_{kind}_{CARD}", "type": kind, "data": {"object": thing}}
        body = json.dumps(event).encode()
        hooked = await shop.client.post(shop.webhook_url, content=body, headers=signed(body))
        assert hooked.status_code == 200
    await shop.client.post(f"{shop.webhook_url}/{CARD}", content=CARD.encode())
    await shop.client.post(made["url"], data={"do": CARD})
    await shop.at_till("pay", made)
    await shop.told(3)
    everything = await tables(server, settings)
    assert "Spa" in everything["folio_lines"]
    assert len([t for t in everything.values() if t]) >= 12
    assert {t: how_often(text) for t, text in everything.items() if how_often(text)} == before
    logged = capfd.readouterr()
    said = logged.out + logged.err + caplog.text
    assert "payment" in said or not said
    assert found(said) == []
