"""Finding things, completing a word, and keeping what can be found up to date."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.kit.asked import is_to_be_noted
from frontdesk.kit.db import Database
from frontdesk.kit.ids import HotelId
from frontdesk.kit.transaction import as_database_error, driver_of
from frontdesk.search.highlight import Term
from frontdesk.search.words import words

CONFIG = "search_config((SELECT language FROM hotels WHERE id = {0}::uuid))"
FIND = (
    f"search_find({{0}}::uuid, {CONFIG}, $2::text[], $3::boolean[], $4::boolean[],"
    " $5::text::tsquery, $6::text[], $7::text[], $8::text, $9::timestamptz, $10::timestamptz,"
    " $11::boolean, $12::int, $13::real, $14::int, $15::timestamptz, $16::uuid, $17::boolean)"
)
SUGGEST = text("SELECT * FROM search_suggest(:hotel, :said, CAST(:allowed AS text[]), :most)")
BATCH = 200


@dataclass(frozen=True, slots=True)
class After:
    """The last row of the page before."""

    score: int
    at: datetime
    id: UUID
    broad: bool


@dataclass(frozen=True, slots=True)
class Question:
    """`allowed`: what the asker may read at all; `kinds`: what is wanted of it."""

    said: str
    allowed: tuple[str, ...]
    kinds: tuple[str, ...]
    status: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    newest: bool = False
    limit: int = 20
    threshold: float = 0.3
    after: After | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    kind: str
    id: UUID
    parent_id: UUID | None
    title: str
    features: str
    body: str
    status: str
    at: datetime
    score: int


@dataclass(frozen=True, slots=True)
class Found:
    hits: tuple[Hit, ...]
    facets: dict[str, int]
    """Of all kinds that the asker may read."""
    terms: tuple[Term, ...]
    most: bool
    """There is more than is ranked and counted."""
    after: After | None


async def find(session: AsyncSession, hotel_id: UUID, asked: Question) -> Found:
    """One page of what this hotel has, best or newest first; stable under inserts."""
    connection = await session.connection()
    call = f"SELECT * FROM {FIND.format('$1')}"  # noqa: S608 - ours
    with as_database_error("a search"):
        row = await driver_of(connection).fetchrow(call, hotel_id, *_given(asked))
    return _found(row, asked)


async def find_at_once(db: Database, hotel_id: HotelId | UUID, asked: Question) -> Found:
    """The same in one round trip, but for a request whose reading must be noted with it."""
    if is_to_be_noted(hotel_id):
        async with db.hotel(hotel_id) as session:
            return await find(session, hotel_id, asked)
    row = await db.at_once(hotel_id, FIND.format("hotel"), *_given(asked))
    return _found(row, asked)


def _given(asked: Question) -> tuple[object, ...]:
    after, said = asked.after, words(asked.said)
    return (
        said.each,
        said.spelled,
        said.begins,
        said.numbers,
        asked.allowed,
        asked.kinds,
        asked.status,
        asked.since,
        asked.until,
        asked.newest,
        asked.limit + 1,
        asked.threshold,
        after.score if after else None,
        after.at if after else None,
        after.id if after else None,
        after.broad if after else False,
    )


def _found(row: Sequence[Any], asked: Question) -> Found:
    broad, *columns, facets, counts, telling, stands, starts, most = row
    cells = zip(*columns, strict=True) if columns[0] else ()
    hits = tuple(Hit(*each) for each in cells)
    page, more = hits[: asked.limit], len(hits) > asked.limit
    last = After(page[-1].score, page[-1].at, page[-1].id, broad) if more else None
    asked_for = zip(telling, stands, starts, strict=True)
    terms = tuple(Term(word, tuple(like.split(" ")), begins) for word, like, begins in asked_for)
    return Found(page, dict(zip(facets or (), counts or (), strict=True)), terms, most, last)


@dataclass(frozen=True, slots=True)
class Suggestion:
    kind: str
    id: UUID
    title: str


async def suggest(
    session: AsyncSession, hotel_id: UUID, said: str, *, allowed: tuple[str, ...], limit: int
) -> list[Suggestion]:
    """Names of things that go on as `said` begins."""
    given = {"hotel": hotel_id, "said": said, "allowed": list(allowed), "most": limit}
    rows = await session.execute(SUGGEST, given)
    return [Suggestion(row.kind, row.id, row.title) for row in rows]


async def catch_up(db: Database, hotel_id: HotelId) -> int:
    """Read anew what waits, a batch a transaction; gives how many notes there were."""
    taken = 0
    while True:
        async with db.hotel(hotel_id) as session:
            query = text("SELECT search_catch_up(:hotel, :most)")
            done: Any = await session.scalar(query, {"hotel": hotel_id, "most": BATCH})
        taken += done
        if not done:
            return taken


async def rebuild(session: AsyncSession, hotel_id: UUID) -> int:
    """Note everything of a hotel to be read anew by `catch_up`; gives how many."""
    query = text("SELECT search_rebuild(:hotel)")
    queued: Any = await session.scalar(query, {"hotel": hotel_id})
    return queued
