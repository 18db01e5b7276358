"""Unanswered questions that ask the same, together: by nearness of their vectors, largest first."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.kit.errors import NotFound
from frontdesk.knowledge.embedder import Embedder, Vectors
from frontdesk.knowledge.models import KnowledgeGap

MOST = 200
"""Open questions that are looked at, the newest first."""
ALIKE = 0.6
"""How near two questions are, between the model's floor and one, to be the same."""


@dataclass(slots=True)
class Group:
    leader: KnowledgeGap
    """The one that is asked most."""
    gaps: list[KnowledgeGap] = field(default_factory=list[KnowledgeGap])

    @property
    def count(self) -> int:
        return sum(gap.count for gap in self.gaps)


async def open_gaps(session: AsyncSession) -> Sequence[KnowledgeGap]:
    query = select(KnowledgeGap).where(KnowledgeGap.status == "open")
    newest = query.order_by(KnowledgeGap.last_asked_at.desc()).limit(MOST)
    return (await session.scalars(newest)).all()


async def grouped(model: Embedder, gaps: Sequence[KnowledgeGap]) -> list[Group]:
    """Each joins the nearest leader that is near enough, else it leads; most asked first."""
    if not gaps:
        return []
    ordered = sorted(gaps, key=lambda g: (-g.count, g.created_at))
    vectors = await asyncio.to_thread(model.embed_queries, [g.question for g in ordered])
    return _cluster(ordered, vectors, model.floor + (1 - model.floor) * ALIKE)


def _cluster(gaps: Sequence[KnowledgeGap], vectors: Vectors, near: float) -> list[Group]:
    groups: list[Group] = []
    leading: list[int] = []
    for at, gap in enumerate(gaps):
        alike = vectors[leading] @ vectors[at] if leading else np.zeros(0)
        best = int(alike.argmax()) if leading else -1
        if best >= 0 and float(alike[best]) >= near:
            groups[best].gaps.append(gap)
        else:
            groups.append(Group(gap, [gap]))
            leading.append(at)
    return sorted(groups, key=lambda g: -g.count)


async def close_gaps(session: AsyncSession, gaps: Sequence[KnowledgeGap]) -> None:
    ids = [gap.id for gap in gaps]
    await session.execute(
        update(KnowledgeGap).where(KnowledgeGap.id.in_(ids)).values(status="closed")
    )


def group_of(groups: Sequence[Group], gap: KnowledgeGap) -> Group:
    """Raises NotFound."""
    found = next((g for g in groups if any(one.id == gap.id for one in g.gaps)), None)
    if found is None:
        raise NotFound("this question is not open")
    return found
