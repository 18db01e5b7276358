"""Documents in memory, ranked as the store ranks them: for measuring, with no database."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from frontdesk.knowledge.aspects import aspects
from frontdesk.knowledge.embedder import Embedder, Vectors
from frontdesk.knowledge.rules import blend, bm25, terms


@dataclass(frozen=True, slots=True)
class Note:
    name: str
    owner: str
    """Only the documents of one owner are ranked together."""
    title: str
    text: str
    language: str

    @property
    def whole(self) -> str:
        return ". ".join(part for part in (self.title, self.text) if part)


@dataclass(frozen=True, slots=True)
class Ranked:
    name: str
    cosine: float
    lexical: float
    about: float
    misses: bool
    lift: float
    score: float
    note: Note
    vector: Vectors


@dataclass(frozen=True, slots=True)
class _Board:
    """One owner's notes with what ranking needs."""

    notes: Sequence[Note]
    vectors: Vectors
    postings: dict[str, dict[int, int]]
    lengths: dict[int, int]


class Shelf:
    def __init__(self, embedder: Embedder, notes: Sequence[Note]) -> None:
        self._embedder = embedder
        self._notes = notes
        self._boards: dict[str | None, _Board] = {}

    def rank(self, question: str, owner: str | None, language: str) -> list[Ranked]:
        """The owner's documents (all, where it is None), best first."""
        board = self._board(owner)
        if not board.notes:
            return []
        cosines: list[float] = (
            board.vectors @ self._embedder.embed_queries([question])[0]
        ).tolist()
        words = _bm25(board, terms(question, language))
        asked = aspects(question)
        about = _bm25(board, asked)
        mean = sum(cosines) / len(cosines)
        ranked = [
            _ranked(
                note,
                board.vectors[i],
                cosine,
                words.get(i, 0.0),
                about.get(i, 0.0),
                asked=bool(asked),
                mean=mean,
                embedder=self._embedder,
            )
            for i, (note, cosine) in enumerate(zip(board.notes, cosines, strict=True))
        ]
        return sorted(ranked, key=lambda r: -r.score)

    def _board(self, owner: str | None) -> _Board:
        known = self._boards.get(owner)
        if known is None:
            notes = [n for n in self._notes if owner is None or n.owner == owner]
            vectors = self._embedder.embed_passages([n.whole for n in notes])
            known = self._boards[owner] = _Board(notes, vectors, *_postings(notes))
        return known


def _ranked(
    note: Note,
    vector: Vectors,
    cosine: float,
    words: float,
    about: float,
    *,
    asked: bool,
    mean: float,
    embedder: Embedder,
) -> Ranked:
    score = blend(cosine, words, about, lift=embedder.lift)
    misses, lift = asked and not about, cosine - mean
    return Ranked(note.name, cosine, words, about, misses, lift, score, note, vector)


def _postings(notes: Sequence[Note]) -> tuple[dict[str, dict[int, int]], dict[int, int]]:
    postings: dict[str, dict[int, int]] = defaultdict(dict)
    lengths: dict[int, int] = {}
    for i, note in enumerate(notes):
        words = terms(note.whole, note.language)
        lengths[i] = len(words)
        for term, count in Counter(words + aspects(note.whole)).items():
            postings[term][i] = count
    return postings, lengths


def _bm25(board: _Board, wanted: Sequence[str]) -> dict[int, float]:
    average = sum(board.lengths.values()) / len(board.lengths) or 1.0
    return bm25(wanted, board.postings, board.lengths, documents=len(board.notes), average=average)
