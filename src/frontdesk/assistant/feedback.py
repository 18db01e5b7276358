"""What people say of an answer becomes a case that publishing has to pass."""

import re
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.kit.errors import Conflict, NotFound
from frontdesk.knowledge.models import KnowledgeChunk
from frontdesk.knowledge.release_models import KnowledgeCase
from frontdesk.messaging.models import Message

WRONG = re.compile(
    r"(that|this|it)( is|'s|’s) (wrong|not (right|true|correct)|incorrect)|wrong answer"
    r"|(eso|esto) (no es (cierto|correcto|verdad)|está mal|es incorrecto)"
    r"|(das|dies) (ist|stimmt) (falsch|nicht( richtig)?)|(c'est|c’est) (faux|incorrect)"
    r"|ce n'est pas (vrai|correct)|(è|e') (sbagliato|falso)|non è (vero|corretto)"
    r"|(isso|isto) (está errado|não (é|está) (verdade|certo))|это (не так|неправда|неверно|ошибка)"
    r"|هذا (خطأ|غير صحيح)|(dat|dit) (is|klopt) (fout|onjuist|niet( juist| waar)?)"
    r"|bu (yanlış|doğru değil)|(这|那)(是错的|不对|不正确)|(それ|これ)は(違い|間違|正しくな)"
    r"|(그건|이건|그것은) ?(틀렸|틀려|사실이 아니|아니에요)|(यह|ये|वह) (गलत|ग़लत|सही नहीं) है",
    re.IGNORECASE,
)
"""A guest contradicts, in each of our languages."""
SHORT = 120
"""Longer messages say more than that."""


class NoSource(Conflict):
    """No text of the house is behind this message, or it was replaced since"""

    code = "no_source"


def says_wrong(text: str) -> bool:
    return len(text) <= SHORT and WRONG.search(text) is not None


async def judge(session: AsyncSession, message_id: UUID, *, up: bool, by: str) -> KnowledgeCase:
    """By one person once; again is the newer word. Raises NotFound and NoSource."""
    answer = await session.scalar(select(Message).where(Message.id == message_id))
    if answer is None:
        raise NotFound("there is no such message")
    asked = await session.scalar(
        select(Message)
        .where(
            Message.conversation_id == answer.conversation_id,
            Message.turn_id == answer.turn_id,
            Message.direction == "in",
            Message.text != "",
        )
        .order_by(Message.occurred_at.desc())
        .limit(1)
    )
    chunk = await _chunk(session, answer)
    if asked is None or chunk is None or answer.author != "bot":
        raise NoSource
    known = await session.scalar(
        select(KnowledgeCase).where(
            KnowledgeCase.message_id == message_id, KnowledgeCase.made_by == by
        )
    )
    case = known or KnowledgeCase(hotel_id=answer.hotel_id, message_id=message_id, made_by=by)
    case.question, case.language = asked.text[:1000], asked.language or "en"
    case.audience, case.origin = chunk.audience, "feedback"
    case.expect, case.verdict = ("document", "up") if up else ("not", "down")
    case.document_id = chunk.document_id
    case.status = "proposed" if by == "guest" else "active"
    session.add(case)
    await session.flush()
    await session.refresh(case)
    return case


async def _chunk(session: AsyncSession, answer: Message) -> KnowledgeChunk | None:
    said = [str(s) for s in answer.meta.get("sources", ()) if str(s).startswith("chunk:")]
    if not said:
        return None
    chunk_id = UUID(said[0].removeprefix("chunk:"))
    return await session.scalar(select(KnowledgeChunk).where(KnowledgeChunk.id == chunk_id))


async def heard(session: AsyncSession, conversation_id: UUID, text: str) -> None:
    """A guest who says that our last answer is wrong proposes a case."""
    if not says_wrong(text):
        return
    last = await session.scalar(
        select(Message)
        .where(Message.conversation_id == conversation_id, Message.direction == "out")
        .order_by(Message.occurred_at.desc(), Message.id.desc())
        .limit(1)
    )
    if last is None or last.author != "bot" or await _chunk(session, last) is None:
        return
    await judge(session, last.id, up=False, by="guest")
