"""Answers from the hotel's own knowledge: its own sentences with their source, or none."""

import re
from collections.abc import Sequence

from frontdesk.assistant.acting import Acting, Done
from frontdesk.assistant.reply import Draft
from frontdesk.assistant.states import State
from frontdesk.assistant.values import Button, Handover
from frontdesk.kit.clock import local_day
from frontdesk.kit.db import Database
from frontdesk.knowledge.embedder import Embedder
from frontdesk.knowledge.retrieve import Found, retrieve
from frontdesk.knowledge.rules import stands_out

SAME = 0.03
"""Chunks this close in score say the same; the guest's language decides between them."""
MARGIN = 0.05
"""How far above the model's floor a lone vector match has to be."""
LONGEST = 600


async def answer(db: Database, embedder: Embedder, acting: Acting, question: str) -> Done:
    scene, voice = acting.scene, acting.voice
    found = await retrieve(
        db,
        embedder,
        scene.hotel.id,
        question,
        language=voice.language,
        today=local_day(scene.now, scene.hotel.zone),
    )
    best = choose(found, voice.language, floor=embedder.floor, lift=embedder.lift)
    if best is None:
        return _unknown(acting, question)
    text = best.body if len(best.body) <= LONGEST else _shorten(best.body)
    if best.language != voice.spoken:
        text = f"{voice.label('from_house')}\n{text}"
    draft = Draft(text, (best.body,), sources=(f"chunk:{best.chunk_id}",))
    return Done((draft,), acting.state)


def choose(found: Sequence[Found], language: str, *, floor: float, lift: float) -> Found | None:
    """The best chunk, in the guest's language where one is as good; None when none is good.

    Where there are too few chunks to tell whether one stands out, words in common have to vouch.
    """
    if not found or found[0].cosine < floor:
        return None
    top = found[0]
    if top.lift is not None:
        if not stands_out(top.lift, top.about, misses=top.misses, lift=lift):
            return None
    elif top.lexical == 0 and top.cosine < floor + MARGIN:
        return None
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
