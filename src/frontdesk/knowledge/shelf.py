"""Documents in memory, ranked as the store ranks them: for measuring, with no database."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from frontdesk.knowledge.embedder import Embedder, Vectors
from frontdesk.knowledge.rules import bm25, terms

LEXICAL_WEIGHT = 0.04


@dataclass(frozen=True, slots=True)
class Note:
    id: str
    owner: str
    """Only the documents of one owner are ranked together."""
    hotel: str
    title: str
    text: str


class Shelf:
    def __init__(self, embedder: Embedder, notes: Sequence[Note]) -> None:
        self._embedder = embedder
        self._notes = notes
        self._vectors: dict[str | None, Vectors] = {}

    def rank(self, question: str, owner: str | None, before: Sequence[str]) -> list[str]:
        """Ids of the owner's documents (of all, where it is None), best first."""
        del before
        mine = [n for n in self._notes if owner is None or n.owner == owner]
        if not mine:
            return []
        vectors = self._vectors.get(owner)
        if vectors is None:
            texts = [". ".join(p for p in (n.title, n.text) if p) for n in mine]
            vectors = self._vectors[owner] = self._embedder.embed_passages(texts)
        cosines = vectors @ self._embedder.embed_queries([question])[0]
        words = self._words(mine, question)
        best = max(words.values(), default=0.0) or 1.0
        lexical = np.asarray([words.get(i, 0.0) / best for i in range(len(mine))])
        order = np.argsort(-(cosines + LEXICAL_WEIGHT * lexical), kind="stable")
        return [mine[i].id for i in order]

    def _words(self, notes: Sequence[Note], question: str) -> dict[int, float]:
        postings: dict[str, dict[int, int]] = defaultdict(dict)
        lengths: dict[int, int] = {}
        for i, note in enumerate(notes):
            counts = Counter(terms(f"{note.title} {note.text}", "en"))
            lengths[i] = counts.total()
            for term, count in counts.items():
                postings[term][i] = count
        average = sum(lengths.values()) / len(lengths)
        return bm25(
            terms(question, "en"), postings, lengths, documents=len(notes), average=average or 1.0
        )
