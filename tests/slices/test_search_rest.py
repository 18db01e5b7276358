"""Searching over HTTP: what a role may see, safe highlights, clear answers to any question."""

import asyncio
from datetime import UTC, datetime, timedelta

import asyncpg
import httpx
import pytest
from sqlalchemy import func, select, update

from frontdesk.guests.models import Guest
from frontdesk.kit.clock import FixedClock
from frontdesk.kit.db import RING_CHANNEL, Database, notice, plain_url
from frontdesk.kit.ids import HotelId, uuid7
from frontdesk.kit.jobs import Job
from frontdesk.kit.secrets import Vault
from frontdesk.kit.settings import Settings
from frontdesk.knowledge.models import KnowledgeDocument
from frontdesk.messaging.models import Message
from frontdesk.search.actions import catch_up
from frontdesk.search.models import SearchWord
from frontdesk.tenancy.models import AuditEntry
from frontdesk.tenancy.person_models import Membership
from tests.conftest import NOON
from tests.factories import all_of, number_of, thread_of
from tests.slices.test_booking import booked, quoted, room_of
from tests.slices.test_rest import Caller, client, key_of
from tests.slices.test_search import guest_of, kind_of_room, put
from workers.sweeps import sweep

__all__ = ["client"]


@pytest.fixture
async def call(client: httpx.AsyncClient, db: Database, hotel: HotelId) -> Caller:
    return Caller(client, await key_of(db, hotel))


async def said(db: Database, vault: Vault, hotel: HotelId, *texts: str) -> list[Message]:
    thread = await thread_of(db, hotel, (await number_of(db, vault, hotel)).id)
    rows = [
        Message(
            hotel_id=hotel,
            conversation_id=thread.id,
            direction="in",
            author="guest",
            kind="text",
            text=text,
            occurred_at=NOON + timedelta(minutes=n),
        )
        for n, text in enumerate(texts)
    ]
    await put(db, hotel, *rows)
    return rows


async def test_a_message_is_found_until_it_is_edited_deleted_or_erased(
    call: Caller, db: Database, vault: Vault, hotel: HotelId
) -> None:
    rows = await said(db, vault, hotel, *(f"We lost a marmot {n}" for n in range(3)))
    path = f"/v1/hotels/{hotel}/search/messages"

    async def found() -> set[str]:
        return {i["id"] for i in (await call("GET", f"{path}?q=marmot")).json()["items"]}

    assert await found() == {str(row.id) for row in rows}
    async with db.hotel(hotel) as session:
        changed = [await session.get_one(Message, (hotel, row.id)) for row in rows]
        changed[0].text = "We lost a cat"
        changed[1].deleted_at = NOON
        changed[2].text = ""
    assert await found() == set()
    edited = (await call("GET", f"{path}?q=cat")).json()["items"]
    assert [i["id"] for i in edited] == [str(rows[0].id)]
    assert edited[0]["parent_id"] == str(rows[0].conversation_id)


async def test_what_is_new_is_noted_with_the_row_and_read_by_the_job(
    db: Database, vault: Vault, hotel: HotelId, call: Caller
) -> None:
    thread = await thread_of(db, hotel, (await number_of(db, vault, hotel)).id)
    async with db.hotel(hotel) as session:
        session.add(
            Message(
                hotel_id=hotel,
                conversation_id=thread.id,
                direction="in",
                author="guest",
                kind="text",
                text="A heron in the pool",
                occurred_at=NOON,
            )
        )
    path = f"/v1/hotels/{hotel}/search?q=heron"
    assert (await call("GET", path)).json()["items"] == []
    assert await catch_up(db, hotel) >= 1
    assert len((await call("GET", path)).json()["items"]) == 1
    assert await catch_up(db, hotel) == 0


async def test_a_role_sees_what_it_may_read(
    client: httpx.AsyncClient, db: Database, vault: Vault, hotel: HotelId
) -> None:
    await put(db, hotel, guest_of(hotel, "Iris Blum"), kind_of_room(hotel, "Iris room"))
    await said(db, vault, hotel, "Is Iris there?")
    sees = {
        ("guests:read",): {"guests"},
        ("rooms:read",): {"room_types"},
        ("rooms:read", "conversations:read"): {"room_types", "messages"},
        (): set(),
    }
    for scopes, kinds in sees.items():
        key = await key_of(db, hotel, ["search:read", *scopes])
        caller = Caller(client, key)
        told = (await caller("GET", f"/v1/hotels/{hotel}/search?q=iris")).json()
        assert {i["kind"] for i in told["items"]} == set(told["facets"]) == kinds
        forced = await caller("GET", f"/v1/hotels/{hotel}/search?q=iris&kinds=guests")
        assert {i["kind"] for i in forced.json()["items"]} == kinds & {"guests"}
        alone = await caller("GET", f"/v1/hotels/{hotel}/search/guests?q=iris")
        assert alone.status_code == (200 if "guests:read" in scopes else 403)
        ends = await caller("GET", f"/v1/hotels/{hotel}/search/suggest?q=iri")
        assert {i["kind"] for i in ends.json()["items"]} == kinds - {"messages"}


async def test_a_booking_is_found_by_who_may_see_its_guest(
    client: httpx.AsyncClient, db: Database, hotel: HotelId, clock: FixedClock
) -> None:
    quote = await quoted(db, hotel, await room_of(db, hotel), clock)
    code = (await booked(db, hotel, quote, clock)).code
    async with db.hotel(hotel) as session:
        await session.execute(update(Guest).values(name="Iris Blum", phone="34600111222"))
    await catch_up(db, hotel)
    for scopes, seen in ((["guests:read"], {"bookings", "guests"}), ([], set())):
        key = await key_of(db, hotel, ["search:read", "bookings:read", *scopes])
        caller = Caller(client, key)
        for word in ("iris", "600111222"):
            told = (await caller("GET", f"/v1/hotels/{hotel}/search?q={word}")).json()
            assert {i["kind"] for i in told["items"]} == seen
        alone = await caller("GET", f"/v1/hotels/{hotel}/search/bookings?q={code}")
        assert alone.status_code == (200 if seen else 403)
        listed = await caller("GET", f"/v1/hotels/{hotel}/bookings?code={code}")
        assert [b["code"] for b in listed.json()["items"]] == [code]


async def test_who_searched_is_in_the_audit_log(call: Caller, db: Database, hotel: HotelId) -> None:
    await put(db, hotel, guest_of(hotel, "Iris Blum"))
    for path in ("search", "search/guests", "search/suggest"):
        assert (await call("GET", f"/v1/hotels/{hotel}/{path}?q=iris")).json()["items"]
    async with db.hotel(hotel) as session:
        query = select(AuditEntry.action).where(AuditEntry.action.endswith(".read"))
        noted = (await session.scalars(query)).all()
    assert sorted(noted) == ["guests.read", "search.read", "suggest.read"]


async def test_highlights_are_safe_html(call: Caller, db: Database, hotel: HotelId) -> None:
    body = "<script>alert(1)</script> " + "word " * 100 + "the <b>Kayaks</b> & more"
    await put(
        db,
        hotel,
        KnowledgeDocument(hotel_id=hotel, title='<img src="x"> Kayak', body=body, language="en"),
    )
    (hit,) = (await call("GET", f"/v1/hotels/{hotel}/search?q=kayak")).json()["items"]
    assert hit["title_html"] == "&lt;img src=&quot;x&quot;&gt; <mark>Kayak</mark>"
    assert "&lt;b&gt;<mark>Kayaks</mark>&lt;/b&gt; &amp; more" in hit["snippet_html"]
    assert hit["snippet_html"].startswith("…")
    (hit,) = (await call("GET", f"/v1/hotels/{hotel}/search?q=alert")).json()["items"]
    assert hit["snippet_html"].startswith("&lt;script&gt;<mark>alert</mark>(1)&lt;/script&gt;")


async def test_pages_filters_and_sorting(call: Caller, db: Database, hotel: HotelId) -> None:
    await put(db, hotel, *(guest_of(hotel, f"Nora {n}") for n in range(5)))
    path = f"/v1/hotels/{hotel}/search/guests"
    seen: list[str] = []
    ask = {"q": "nora", "limit": 2, "sort": "newest"}
    for _ in range(3):
        page = (await call("GET", path, params=ask)).json()
        seen += [i["id"] for i in page["items"]]
        ask["cursor"] = page["next"]
    assert page["next"] is None
    rows = sorted(await all_of(db, hotel, Guest), key=lambda g: (g.created_at, g.id), reverse=True)
    assert seen == [str(g.id) for g in rows]
    for narrowed, count in {
        "status=vip": 0,
        "status=guest": 5,
        "since=2200-01-01T00:00:00Z": 0,
        "until=2200-01-01T00:00:00Z": 5,
        "until=1971-01-01T00:00:00Z": 0,
    }.items():
        told = (await call("GET", f"{path}?q=nora&{narrowed}")).json()
        assert (len(told["items"]), told["facets"].get("guests", 0)) == (count, count)


@pytest.mark.parametrize(
    ("ask", "status"),
    [
        ("q=", 422),
        ("", 422),
        ("q=%00", 422),
        ("q=a%00b", 422),
        ("q=" + "x" * 10_000, 422),
        ("q=%ff%fe", 200),
        ("q=%20", 200),
        ("q=!!!", 200),
        ("q=a|b%26c:*", 200),
        ("q=x&cursor=nonsense", 422),
        ("q=x&cursor=e30=", 422),
        ("q=x&cursor=W10=", 422),
        ("q=x&since=9999-12-31T23:59:59-12:00", 422),
        ("q=x&since=0001-01-01T00:00:00%2B12:00", 422),
        ("q=x&limit=99999999999999999999", 422),
        ("q=x&kinds=secrets", 422),
        ("q=x&status=%00", 422),
    ],
)
async def test_any_question_has_a_clear_answer(
    call: Caller, hotel: HotelId, ask: str, status: int
) -> None:
    assert (await call("GET", f"/v1/hotels/{hotel}/search?{ask}")).status_code == status


async def test_the_clock_rings_for_what_waits_to_be_read(
    db: Database, settings: Settings, hotel: HotelId
) -> None:
    async with db.hotel(hotel) as session:
        session.add(guest_of(hotel, "Magda"))
    heard: list[str] = []
    listener = await asyncpg.connect(plain_url(settings.database_url))
    await listener.add_listener(RING_CHANNEL, lambda *told: heard.append(told[3]))
    await sweep(db, FixedClock(datetime.now(UTC) + timedelta(minutes=1)), older_than=timedelta(0))
    wanted = notice(Job.READ_FOR_SEARCH, hotel)
    for _ in range(100):
        if wanted in heard:
            break
        await asyncio.sleep(0.02)
    await listener.close()
    assert wanted in heard


async def test_users_are_found_by_name_mail_role_and_phone(
    call: Caller, db: Database, hotel: HotelId
) -> None:
    member = Membership(
        hotel_id=hotel,
        user_id=uuid7(),
        email="sophie@example.org",
        name="Sophie Lang",
        phone="+49 30 901820",
        role="staff",
        status="active",
    )
    await put(db, hotel, member)
    path = f"/v1/hotels/{hotel}/search/users"
    for said in ("sofie lang", "sophie@example.org", "sophie staff", "901820"):
        told = (await call("GET", path, params={"q": said})).json()
        assert [i["title"] for i in told["items"]] == ["Sophie Lang"]
    async with db.hotel(hotel) as session:
        (await session.get_one(Membership, (hotel, member.id))).status = "removed"
    assert (await call("GET", path, params={"q": "sophie"})).json()["items"] == []


async def test_what_is_let_go_of_as_too_old_is_not_found(
    call: Caller, db: Database, vault: Vault, hotel: HotelId
) -> None:
    await said(db, vault, hotel, "An ibex on the roof")
    path = f"/v1/hotels/{hotel}/search/messages?q=ibex"
    assert len((await call("GET", path)).json()["items"]) == 1
    async with db.hotel(hotel) as session:
        await session.execute(update(Message).values(occurred_at=NOON - timedelta(days=900)))
        let_go = select(func.expire_rows("messages", NOON - timedelta(days=800), 10))
        assert await session.scalar(let_go) == 1
    assert (await call("GET", path)).json()["items"] == []
    await catch_up(db, hotel)
    async with db.hotel(hotel) as session:
        words = (await session.scalars(select(SearchWord.word))).all()
    assert "ibex" not in words
