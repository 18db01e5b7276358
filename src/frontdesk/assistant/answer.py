"""Answers from the hotel's own knowledge: its own sentences with their source, or none."""

import re
from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import select

from frontdesk.assistant.acting import Acting, Done
from frontdesk.assistant.reply import Draft, Voice
from frontdesk.assistant.states import TALKING, State
from frontdesk.assistant.values import Button, Handover
from frontdesk.bookings.models import Booking
from frontdesk.kit.clock import local_day
from frontdesk.kit.db import Database
from frontdesk.knowledge.answerable import CONSIDERED, ENOUGH, MODEL, Passage, read, surely
from frontdesk.knowledge.embedder import Embedder
from frontdesk.knowledge.facts import catalogue, sentence
from frontdesk.knowledge.library import Library
from frontdesk.knowledge.retrieve import Answers, Found, Question, consult
from frontdesk.knowledge.rules import stands_out

SAME = 0.03
"""Chunks this close in score say the same; the guest's language decides between them."""
AS_SURE = 1.0
"""Log odds; chunks that answer this surely beside the best say the same."""
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
    voice = acting.voice
    found = await _consulted(library or Library.alone(db, embedder), acting, question)
    best = choose(found, question, voice.language)
    if best is None:
        return _unknown(acting, question)
    return Done((_told(best, voice),), acting.state)


async def the_fact(
    db: Database,
    embedder: Embedder,
    acting: Acting,
    question: str,
    keys: Sequence[str],
    *,
    library: Library | None = None,
) -> tuple[Draft, ...]:
    """The first of these typed facts that the house has, unasked; nothing else will do."""
    answers = await _consulted(library or Library.alone(db, embedder), acting, question)
    found = [f for f in answers.found if f.fact_key in keys]
    found.sort(key=lambda f: keys.index(f.fact_key or ""))
    return tuple(_told(f, acting.voice) for f in found[:1])


async def _consulted(library: Library, acting: Acting, question: str) -> Answers:
    scene = acting.scene
    day, audience = local_day(scene.now, scene.hotel.zone), await _audience(acting)
    asked = Question(question, acting.voice.language, day, audience)
    return await consult(library, scene.hotel.id, asked, limit=CONSIDERED)


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


def choose(answers: Answers, question: str, language: str) -> Found | None:
    """The best chunk, in the guest's language where one is as good; None when none is good."""
    good = _answering(answers, question, language)
    if good is None:
        good = _near(answers)
    spoken = [f for f in good if f.language == language]
    return next(iter(good[:1] if good and good[0].fact_key else spoken or good), None)


def _answering(answers: Answers, question: str, language: str) -> list[Found] | None:
    """The chunks that answer as surely as the best one, if that answers at all.

    None where the judge cannot tell: with another model's vectors, or too few chunks.
    """
    found = [(f, f.vector) for f in answers.found if f.vector is not None]
    if answers.model != MODEL or answers.asked is None or not found or found[0][0].lift is None:
        return None
    passages = [Passage(f.whole, f.language, vector, f.cosine) for f, vector in found]
    odds: list[float] = surely(question, language, answers.asked, passages).tolist()
    least = max(ENOUGH, max(odds) - AS_SURE)
    fees = _fees(question, language, [f for f, _ in found])
    order = sorted(range(len(odds)), key=lambda i: odds[i] - fees[i], reverse=True)
    return [found[i][0] for i in order if odds[i] >= least]


def _fees(question: str, language: str, found: Sequence[Found]) -> list[float]:
    """Whether there is such a thing comes before what it costs, unless the price is asked for."""
    if read(question, language).kinds & {"price", "included"}:
        return [0.0] * len(found)
    money = {key for key, kind in catalogue().items() if kind.type == "money"}
    return [AS_SURE if f.fact_key in money else 0.0 for f in found]


def _near(answers: Answers) -> list[Found]:
    """By likeness alone; among too few chunks to tell, words in common have to vouch."""
    found, lift = answers.found, answers.lift
    if not found or found[0].cosine < answers.floor:
        return []
    top = found[0]
    if top.lift is None:
        vouched = top.lexical > 0 or top.cosine >= answers.floor + MARGIN
    else:
        standing = top.lift - (NARROW * lift if top.fact_key is not None else 0)
        vouched = stands_out(standing, top.about, misses=top.misses, lift=lift)
    return [f for f in found if f.score >= top.score - SAME] if vouched else []


def _unknown(acting: Acting, question: str) -> Done:
    button = Button("person:", acting.voice.label("person_button"))
    draft = acting.voice.say("unknown_answer", buttons=(button,))
    note = Handover("unknown_answer", 30, "unknown_answer", question)
    talking = acting.state if acting.state.stage in TALKING else State()
    state = replace(talking, stage="offering_person", subject=None)
    return Done((draft,), state, note, gap=question)


def _shorten(body: str) -> str:
    cut = body[:LONGEST]
    ends = [m.end() for m in re.finditer(r"[.!?。！？؟]", cut)]
    return cut[: ends[-1]] if ends else f"{cut}…"
