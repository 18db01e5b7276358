"""Trying a hotel's knowledge on its own questions: what would be told, and whether it should be."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.assistant.answer import CONSIDERED, choose
from frontdesk.kit.ids import HotelId
from frontdesk.knowledge.library import Library
from frontdesk.knowledge.release_models import KnowledgeCase
from frontdesk.knowledge.retrieve import Found, Question, consult

MOST = 500
"""Cases of one hotel that are tried."""


@dataclass(frozen=True, slots=True)
class Tried:
    case: KnowledgeCase
    passed: bool
    got: Found | None
    """None: it would have said that it does not know."""

    def told(self) -> dict[str, Any]:
        return {
            "case_id": str(self.case.id),
            "question": self.case.question,
            "expect": self.case.expect,
            "expected": str(self.case.document_id or self.case.fact_key or ""),
            "got": None if self.got is None else str(self.got.document_id),
            "got_title": None if self.got is None else self.got.title,
        }


async def what_answers(library: Library, hotel_id: HotelId, question: Question) -> Found | None:
    found = await consult(library, hotel_id, question, limit=CONSIDERED)
    return choose(found, question.text, question.language)


async def active_cases(session: AsyncSession) -> Sequence[KnowledgeCase]:
    model = KnowledgeCase
    query = select(model).where(model.status == "active").order_by(model.created_at, model.id)
    return (await session.scalars(query.limit(MOST))).all()


async def try_cases(
    library: Library, hotel_id: HotelId, today: date, *, draft: bool
) -> list[Tried]:
    """Each in turn, with no transaction open in between."""
    async with library.db.hotel(hotel_id) as session:
        cases = await active_cases(session)
    tried: list[Tried] = []
    for case in cases:
        asked = Question(case.question, case.language, today, case.audience, draft=draft)
        got = await what_answers(library, hotel_id, asked)
        tried.append(Tried(case, passes(case, got), got))
    return tried


def passes(case: KnowledgeCase, got: Found | None) -> bool:
    match case.expect:
        case "none":
            return got is None
        case "fact":
            return got is not None and got.fact_key == case.fact_key
        case "not":
            return got is None or got.document_id != case.document_id
        case _:
            return got is not None and got.document_id == case.document_id
