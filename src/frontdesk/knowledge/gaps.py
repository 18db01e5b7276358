"""Questions that the hotel's knowledge could not answer, counted."""

import re
import unicodedata
from datetime import datetime
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.kit.ids import uuid7
from frontdesk.knowledge.models import KnowledgeGap


def fingerprint(question: str) -> str:
    """The question without case, accents and punctuation."""
    folded = unicodedata.normalize("NFKD", question.casefold())
    kept = "".join(c for c in folded if not unicodedata.combining(c))
    return " ".join(re.findall(r"\w+", kept))[:300]


async def record_gap(
    session: AsyncSession, hotel_id: UUID, question: str, *, language: str, now: datetime
) -> None:
    write = insert(KnowledgeGap).values(
        hotel_id=hotel_id,
        id=uuid7(),
        question=question[:1000],
        fingerprint=fingerprint(question),
        language=language,
        last_asked_at=now,
    )
    write = write.on_conflict_do_update(
        index_elements=["hotel_id", "fingerprint"],
        set_={"count": KnowledgeGap.count + 1, "last_asked_at": now, "status": "open"},
    )
    await session.execute(write)
