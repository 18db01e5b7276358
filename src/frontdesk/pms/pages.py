"""How far one reading of a PMS has come: its pages, sealed, so that each step asks for new ones.

A reading is the same questions every time; those that were answered are not asked again. So a step
ends after seconds, however slow the PMS is, and the next one goes on where it was.
"""

import asyncio
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.kit.ids import uuid7
from frontdesk.kit.secrets import Vault
from frontdesk.pms.models import PmsPage
from frontdesk.tenancy.envelope import seal, unseal


@dataclass(frozen=True, slots=True)
class Answer:
    """One page, and where the next one begins."""

    rows: list[Any]
    cursor: str | None


@dataclass(slots=True)
class Pages:
    """What was answered before, what this step adds, and when it has asked enough."""

    known: Mapping[str, Answer] = field(default_factory=dict[str, Answer])
    seconds: float = float("inf")
    """After so many no new question is begun; one is asked in any case."""
    fresh: dict[str, Answer] = field(default_factory=dict[str, Answer])
    began: float = field(default_factory=lambda: asyncio.get_running_loop().time())

    def of(self, question: str) -> Answer | None:
        return self.known.get(question) or self.fresh.get(question)

    def over(self) -> bool:
        return asyncio.get_running_loop().time() - self.began >= self.seconds

    def enough(self) -> bool:
        return bool(self.fresh) and self.over()


def question(path: str, wish: Mapping[str, Any]) -> str:
    said = json.dumps([path, wish], sort_keys=True, default=str)
    return hashlib.sha256(said.encode()).hexdigest()


async def known_pages(session: AsyncSession, vault: Vault, hotel_id: UUID) -> dict[str, Answer]:
    found: dict[str, Answer] = {}
    for page in (await session.scalars(select(PmsPage))).all():
        rows, cursor = json.loads(await unseal(session, vault, hotel_id, page.body))
        found[page.question] = Answer(rows, cursor)
    return found


async def keep_pages(session: AsyncSession, vault: Vault, hotel_id: UUID, pages: Pages) -> None:
    for asked, answer in pages.fresh.items():
        said = json.dumps([answer.rows, answer.cursor], default=str)
        row = {
            "hotel_id": hotel_id,
            "id": uuid7(),
            "question": asked,
            "body": await seal(session, vault, hotel_id, said),
        }
        await session.execute(insert(PmsPage).values(row).on_conflict_do_nothing())


async def forget_pages(session: AsyncSession) -> None:
    """Of the hotel's reading: it is over, or begins anew."""
    await session.execute(delete(PmsPage))
