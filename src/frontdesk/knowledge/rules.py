"""Cutting texts into chunks and words: pure, the same for documents and questions."""

import math
import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeVar

import snowballstemmer

STEMMERS = {
    "en": "english",
    "es": "spanish",
    "de": "german",
    "fr": "french",
    "it": "italian",
    "pt": "portuguese",
    "ru": "russian",
    "ar": "arabic",
    "nl": "dutch",
    "tr": "turkish",
}
WORDS = re.compile(r"\w+")
CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
STOPWORDS = frozenset(
    [
        "a",
        "an",
        "and",
        "are",
        "as",
        "at",
        "be",
        "by",
        "can",
        "do",
        "does",
        "for",
        "from",
        "have",
        "how",
        "i",
        "in",
        "is",
        "it",
        "me",
        "my",
        "of",
        "on",
        "or",
        "our",
        "that",
        "the",
        "there",
        "this",
        "to",
        "us",
        "was",
        "we",
        "what",
        "when",
        "where",
        "which",
        "who",
        "will",
        "with",
        "you",
        "your",
        "de",
        "la",
        "el",
        "los",
        "las",
        "un",
        "una",
        "y",
        "o",
        "en",
        "es",
        "con",
        "para",
        "por",
        "que",
        "del",
        "al",
        "se",
        "su",
        "hay",
        "der",
        "die",
        "das",
        "und",
        "oder",
        "ein",
        "eine",
        "ist",
        "im",
        "mit",
        "für",
        "von",
        "zu",
        "den",
        "dem",
        "ich",
        "wir",
        "sie",
        "le",
        "les",
        "des",
        "une",
        "et",
        "ou",
        "est",
        "dans",
        "avec",
        "pour",
        "du",
        "au",
        "je",
        "vous",
        "nous",
        "il",
        "lo",
        "gli",
        "di",
        "che",
        "per",
        "sono",
        "e",
        "os",
        "um",
        "uma",
        "em",
        "com",
        "da",
        "no",
        "na",
    ]
)
MAX_CHUNK = 700
"""Characters; a paragraph is not cut unless it is longer."""
K1, B = 1.2, 0.75
WORDS_WEIGHT, ASPECTS_WEIGHT = 0.6, 4.8
"""Chosen on one half of the development questions and checked on the other."""
ABOUT_IT, MISSES_IT, ENOUGH_LIFT = 1.4, 0.5, 1.65
"""Chosen on our own hotel (scripts/evaluation): its questions with their fact and without it."""
D = TypeVar("D")


@dataclass(frozen=True, slots=True)
class Piece:
    heading: str
    body: str


def cut(text: str) -> list[Piece]:
    """Paragraphs under their nearest heading; long ones at sentence ends."""
    pieces: list[Piece] = []
    heading = ""
    for block in re.split(r"\n\s*\n", text.replace("\r\n", "\n")):
        lines = block.strip().splitlines()
        while lines and lines[0].lstrip().startswith("#"):
            heading = lines.pop(0).strip("# \t")
        body = " ".join(line.strip() for line in lines).strip()
        pieces += [Piece(heading, part) for part in _shorten(body)]
    return pieces


def _shorten(body: str) -> list[str]:
    parts, part = list[str](), ""
    for sentence in re.split(r"(?<=[.!?。！？؟])\s+", body):
        if part and len(part) + len(sentence) > MAX_CHUNK:
            parts.append(part)
            part = ""
        part = f"{part} {sentence}".strip()
    return [*parts, part] if part else parts


@lru_cache(maxsize=16)
def _stem(language: str) -> Callable[[str], str] | None:
    name = STEMMERS.get(language)
    if name is None:
        return None
    made: Any = snowballstemmer.stemmer(name)  # pyright: ignore[reportUnknownMemberType]
    return made.stemWord


def terms(text: str, language: str) -> list[str]:
    """Stemmed words without accents and stop words; single signs for Chinese and its kin."""
    found: list[str] = []
    for word in WORDS.findall(text.casefold()):
        if CJK.search(word):
            found += [word[i : i + 2] for i in range(max(1, len(word) - 1))]
        elif word not in STOPWORDS:
            found.append(_root(word, language))
    return found


@lru_cache(maxsize=32768)
def _root(word: str, language: str) -> str:
    """A hotel's words come again and again, and a stemmer takes its time."""
    stem = _stem(language)
    return plain(stem(word) if stem else word)


def plain(word: str) -> str:
    """Without accents and other marks."""
    parts = unicodedata.normalize("NFKD", word)
    return "".join(c for c in parts if not unicodedata.combining(c))


def blend(cosine: float, words: float, aspects: float, *, lift: float) -> float:
    """A chunk's score; `words` and `aspects` are BM25 as shares of a perfect match.

    What a question is about leads, and the vectors order what is about the same. In units of the
    model's own `lift`, because one model's cosines lie further apart than another's.
    """
    return cosine + lift * (WORDS_WEIGHT * words + ASPECTS_WEIGHT * aspects)


def stands_out(standing: float, aspects: float, *, misses: bool, lift: float) -> bool:
    """Whether the best chunk answers: what nothing answers is about equally far from everything.

    `standing` is how far its cosine lies above the mean of all; `misses`: the question names
    aspects of a hotel and the chunk none of them.
    """
    return standing + lift * (ABOUT_IT * aspects - MISSES_IT * misses) >= ENOUGH_LIFT * lift


def weights(
    query: Sequence[str], holders: Mapping[str, int], *, documents: int
) -> dict[str, float]:
    """What each word of a question weighs; together as much as a perfect match."""
    rare = {
        term: math.log1p((documents - holders.get(term, 0) + 0.5) / (holders.get(term, 0) + 0.5))
        for term in set(query)
    }
    perfect = sum(rare.values())
    return {term: weight / perfect for term, weight in rare.items()} if perfect else {}


def bm25(
    query: Sequence[str],
    postings: Mapping[str, Mapping[D, int]],
    lengths: Mapping[D, int],
    *,
    documents: int,
    average: float,
) -> dict[D, float]:
    """Okapi BM25 as a share, from 0 to 1, of what a document with every term once would score.

    `postings`: term -> document -> count.
    """
    scores: dict[D, float] = defaultdict(float)
    holders = {term: len(found) for term, found in postings.items()}
    for term, weight in weights(query, holders, documents=documents).items():
        for document, count in postings.get(term, {}).items():
            norm = K1 * (1 - B + B * lengths[document] / average)
            scores[document] += weight * count * (K1 + 1) / (count + norm)
    return {document: min(1.0, score) for document, score in scores.items()}
