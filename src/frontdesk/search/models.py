"""What can be found, the words that a hotel knows, and what waits to be read anew."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, Text, func, text
from sqlalchemy.dialects.postgresql import ARRAY, TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from frontdesk.kit.db import Base, Tenant


class SearchEntry(Tenant):
    """One thing as a search finds it, with the thing's own id; kept by the database."""

    __tablename__ = "search_entries"
    __table_args__ = (
        Index(
            "ix_search_entries_things",
            "hotel_id",
            "words",
            postgresql_using="gin",
            postgresql_where=text("kind <> 'messages'"),
        ),
        Index(
            "ix_search_entries_said",
            "hotel_id",
            "words",
            postgresql_using="gin",
            postgresql_where=text("kind = 'messages'"),
        ),
        Index("ix_search_entries_newest", "hotel_id", "kind", "at", "id"),
    )
    hotel_id: Mapped[UUID] = mapped_column(ForeignKey("hotels.id"), primary_key=True)
    kind: Mapped[str]
    parent_id: Mapped[UUID | None]
    """Of a message its conversation, of a booking its guest, of a room its type."""
    title: Mapped[str] = mapped_column(server_default="")
    features: Mapped[str] = mapped_column(server_default="")
    body: Mapped[str] = mapped_column(server_default="")
    status: Mapped[str] = mapped_column(server_default="")
    at: Mapped[datetime] = mapped_column(server_default=func.now())
    words: Mapped[Any] = mapped_column(TSVECTOR, server_default="")
    """Title A, features and numbers B, body C; as said and stemmed, folded to Latin letters."""


class SearchWord(Base):
    """A word that something of the hotel says: what a typo is corrected against."""

    __tablename__ = "search_words"
    __table_args__ = (
        Index("ix_search_words_near", "slips", postgresql_using="gin"),
        Index(
            "ix_search_words_like",
            "hotel_id",
            "word",
            postgresql_using="gin",
            postgresql_ops={"word": "gin_trgm_ops"},
        ),
    )
    hotel_id: Mapped[UUID] = mapped_column(primary_key=True)
    word: Mapped[str] = mapped_column(Text(collation="C"), primary_key=True)
    slips: Mapped[list[int]] = mapped_column(ARRAY(BigInteger), server_default="{}")
    """It, and it with each letter left out: what one slip of the finger meets. As numbers that
    begin with the hotel, so that the index is the hotel's own without a second key."""


class SearchNote(Base):
    """Something changed and waits for the job."""

    __tablename__ = "search_queue"
    __table_args__ = (Index("ix_search_queue_waiting", "hotel_id", "queued_at"),)
    hotel_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=func.gen_random_uuid())
    kind: Mapped[str]
    """A kind of thing; `words` that may be said nowhere any more; `hotel`: all of it."""
    subject_id: Mapped[UUID | None]
    words: Mapped[list[str] | None] = mapped_column(ARRAY(Text))
    queued_at: Mapped[datetime] = mapped_column(server_default=func.now())
