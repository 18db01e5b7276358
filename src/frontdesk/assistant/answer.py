"""Answers from the hotel's own knowledge: its own sentences with their source, or none."""

import re
from collections.abc import Sequence

from sqlalchemy import select

from frontdesk.assistant.acting import Acting, Done
from frontdesk.assistant.decide import State
from frontdesk.assistant.reply import Draft, Voice
from frontdesk.assistant.values import Button, Handover
from frontdesk.bookings.models import Booking
from frontdesk.kit.clock import local_day
from frontdesk.kit.db import Database
from frontdesk.knowledge.embedder import Embedder
from frontdesk.knowledge.facts import sentence
from frontdesk.knowledge.library import Library
from frontdesk.knowledge.retrieve import Found, Question, consult
from frontdesk.knowledge.rules import stands_out

SAME = 0.03
"""Chunks this close in score say the same; the guest's language decides between them."""
MARGIN = 0.05
"""How far above the model's floor a lone vector match has to be."""
NARROW = 0.3
"""A fact says one thing: what it has to stand out by more than a text, in units of the lift."""
LONGEST = 600


async def answer(
    db: Database,
    embedder: Embedder,
    acting: Acting,
    question: str,
    *,
    library: Library | None = None,
) -> Done:
    scene, voice = acting.scene, acting.voice
    day, audience = local_day(scene.now, scene.hotel.zone), await _audience(acting)
    asked = Question(question, voice.language, day, audience)
    shelves = library or Library.alone(db, embedder)
    found = await consult(shelves, scene.hotel.id, asked)
    best = choose(found.found, voice.language, floor=found.floor, lift=found.lift)
    if best is None:
        return _unknown(acting, question)
    return Done((_told(best, voice),), acting.state)


async def _audience(acting: Acting) -> str:
    """Who lives here is known from the chat and the booking, never from the text."""
    query = select(Booking.id).where(
        Booking.guest_id == acting.scene.guest.id, Booking.status == "checked_in"
    )
    async with acting.db.hotel(acting.scene.hotel.id) as session:
        return "guest" if await session.scalar(query.limit(1)) is None else "in_house"


def _told(best: Found, voice: Voice) -> Draft:
    """A fact in the guest's language; a text as the house wrote it."""
    source = f"chunk:{best.chunk_id}"
    if best.fact_key is not None and best.value is not None:
        said = sentence(best.fact_key, best.value, voice.spoken)
        return Draft(said, (said,), sources=(source, f"fact:{best.fact_key}"))
    text = best.body if len(best.body) <= LONGEST else _shorten(best.body)
    if best.language != voice.spoken:
        text = f"{voice.label('from_house')}\n{text}"
    return Draft(text, (best.body,), sources=(source,))


def choose(found: Sequence[Found], language: str, *, floor: float, lift: float) -> Found | None:
    """The best chunk, in the guest's language where one is as good; None when none is good.

    Where there are too few chunks to tell whether one stands out, words in common have to vouch.
    """
    if not found or found[0].cosine < floor:
        return None
    top = found[0]
    if top.lift is not None:
        standing = top.lift - (NARROW * lift if top.fact_key is not None else 0)
        if not stands_out(standing, top.about, misses=top.misses, lift=lift):
            return None
    elif top.lexical == 0 and top.cosine < floor + MARGIN:
        return None
    if top.fact_key is not None:
        return top
    alike = [f for f in found if f.score >= top.score - SAME and f.language == language]
    return alike[0] if alike else top


def _unknown(acting: Acting, question: str) -> Done:
    button = Button("person:", acting.voice.label("person_button"))
    draft = acting.voice.say("unknown_answer", buttons=(button,))
    who = acting.scene.guest.name or "A guest"
    note = Handover("unknown_answer", 30, f"{who} asked what I do not know: “{question[:120]}”")
    return Done((draft,), State(stage="offering_person"), note, gap=question)


def _shorten(body: str) -> str:
    cut = body[:LONGEST]
    ends = [m.end() for m in re.finditer(r"[.!?。！？؟]", cut)]
    return cut[: ends[-1]] if ends else f"{cut}…"
