"""One version of one document in one worker's hands: a lease that ends by itself."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.kit.ids import HotelId
from frontdesk.knowledge.library import Library
from frontdesk.knowledge.models import KnowledgeDocument

LEASE = timedelta(minutes=3)


class Overtaken(Exception):
    """The document was changed, or the hotel's vectors moved, while it was being read"""


@dataclass(frozen=True, slots=True)
class Work:
    """One version of one document, under our lease."""

    library: Library
    hotel_id: HotelId
    document_id: UUID
    version: int

    def still_ours(self) -> ColumnElement[bool]:
        return (
            (KnowledgeDocument.id == self.document_id)
            & (KnowledgeDocument.version == self.version)
            & (KnowledgeDocument.status == "queued")
        )

    async def document(self, session: AsyncSession) -> KnowledgeDocument:
        """Locked, its lease renewed. Raises Overtaken."""
        found = await session.scalar(
            select(KnowledgeDocument).where(self.still_ours()).with_for_update()
        )
        if found is None:
            raise Overtaken
        await session.execute(
            update(KnowledgeDocument)
            .where(self.still_ours())
            .values(lease_until=func.now() + LEASE)
        )
        return found
