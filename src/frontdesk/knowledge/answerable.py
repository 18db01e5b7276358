"""Whether a passage answers a question, or is only about something near it.

A small network weighs how alike the two are in a space learnt for hotels, what each names, and
whether the passage holds the kind of thing that is asked for. `scripts/train` makes it, for the
bundled model only.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from io import BytesIO
from typing import Any

import numpy as np
from numpy.typing import NDArray

from frontdesk.knowledge.aspects import aspects
from frontdesk.knowledge.embedder import Vectors
from frontdesk.knowledge.evidence import KINDS, held
from frontdesk.knowledge.rules import terms
from frontdesk.knowledge.vocabulary import WORDS, in_order, leads, named

MODEL = "multilingual-e5-small-q4"
CONSIDERED = 20
"""Passages that are weighed against each other."""
ENOUGH = 0.65
"""Log odds from which on a passage is given as the answer."""
UNTOLD = 3.0
"""Log odds that a passage loses which names no price, size or language where one is asked for."""
USUAL, SPREAD = 0.83, 15.0
"""Bring the bundled model's narrow cosines to the scale of the other features."""
DECISIVE = frozenset({"price", "included", "size", "tongue"})
LONG = 12
"""Words; longer questions are all the same."""


@dataclass(frozen=True, slots=True)
class Passage:
    text: str
    language: str
    vector: Vectors
    cosine: float


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with what it names."""

    subjects: tuple[frozenset[str], ...]
    """As they come."""
    kinds: frozenset[str]
    words: frozenset[str]
    aspects: frozenset[str]
    length: float


@dataclass(frozen=True, slots=True)
class Space:
    """Where questions and passages about the same thing of a hotel lie close."""

    questions: Vectors
    """Their mean."""
    passages: Vectors
    turn: Vectors

    def likeness(self, question: Vectors, passages: Vectors) -> Vectors:
        near = _unit((passages - self.passages) @ self.turn)
        alike = near @ _unit((question - self.questions) @ self.turn)
        return np.asarray(alike, dtype=np.float32)


@lru_cache(maxsize=1)
def _learnt() -> dict[str, Vectors]:
    data = files("frontdesk.knowledge").joinpath("answers.npz").read_bytes()
    with np.load(BytesIO(data)) as arrays:
        return {name: np.asarray(arrays[name], dtype=np.float32) for name in arrays.files}


def surely(question: str, language: str, vector: Vectors, passages: Sequence[Passage]) -> Vectors:
    """How surely each passage answers: log odds, 0 where it is as likely as not."""
    known = _learnt()
    space = Space(known["questions"], known["passages"], known["turn"])
    asked = read(question, language)
    mean = sum(p.cosine for p in passages) / len(passages)
    odds = weigh(known, traits(space, asked, vector, passages, mean=mean))
    wanted = {KINDS[kind] for kind in asked.kinds & DECISIVE}
    told = [wanted <= held(p.text) for p in passages]
    return np.where(told, odds, odds - np.float32(UNTOLD))


def weigh(known: dict[str, Vectors], rows: Vectors) -> Vectors:
    inputs = (rows - known["mean"]) / known["spread"]
    hidden = np.tanh(inputs @ known["inner"] + known["inner_bias"])
    odds = hidden @ known["outer"] + inputs @ known["straight"] + known["outer_bias"]
    return np.asarray(odds, dtype=np.float32)


def read(question: str, language: str) -> Asked:
    return Asked(
        subjects=in_order("subjects", question),
        kinds=named("asking", question),
        words=frozenset(terms(question, language)),
        aspects=frozenset(aspects(question)),
        length=min(LONG, len(WORDS.findall(question))) / LONG,
    )


def traits(
    space: Space, asked: Asked, vector: Vectors, passages: Sequence[Passage], *, mean: float
) -> Vectors:
    """A row for each passage: what speaks for its answering and what against."""
    likeness = space.likeness(vector, np.asarray([p.vector for p in passages]))
    cosines = np.asarray([p.cosine for p in passages], dtype=np.float32)
    near = np.stack(
        [
            likeness,
            SPREAD * (cosines - mean),
            SPREAD * (cosines - USUAL),
            _lead(likeness),
            SPREAD * _lead(cosines),
        ],
        axis=1,
    )
    subjects = [in_order("subjects", p.text) for p in passages]
    weights = _rarity(_all(asked.subjects), [_all(found) for found in subjects])
    said = [
        [*_named(asked, found, leads(p.text), weights), *_held(asked, p.text), *_worded(asked, p)]
        for p, found in zip(passages, subjects, strict=True)
    ]
    return np.hstack([near, np.asarray(said, dtype=np.float32)])


def _rarity(asked: frozenset[str], found: Sequence[frozenset[str]]) -> dict[str, float]:
    """What few passages are about says more; 1 in all."""
    raw = {
        name: float(np.log((len(found) + 1) / (sum(name in f for f in found) + 0.5)))
        for name in sorted(asked)
    }
    total = sum(raw.values()) or 1.0
    return {name: weight / total for name, weight in raw.items()}


def _all(found: Sequence[frozenset[str]]) -> frozenset[str]:
    return frozenset[str]().union(*found)


def _named(
    asked: Asked,
    order: Sequence[frozenset[str]],
    leads: Sequence[frozenset[str]],
    weights: dict[str, float],
) -> list[float]:
    """Subjects asked for and named, asked for and missing, and named besides.

    What a sentence names first it is about; the rest it mentions.
    """
    wanted, found = _all(asked.subjects), _all(order)
    common = wanted & found
    at = next((i for i, names in enumerate(order) if names & wanted), len(order))
    first = _all(leads)
    return [
        float(bool(common)),
        len(common) / max(1, len(wanted)),
        float(bool(wanted) and not common),
        float(not wanted),
        float(bool(wanted) and wanted <= found),
        sum(weights[name] for name in sorted(common)),
        len(common) / max(1, len(found)),
        len(found - wanted) / 5,
        float(bool(first & wanted)),
        float(bool(common) and not first & wanted),
        1 / (1 + at) if common else 0.0,
        float(bool(asked.subjects) and bool(asked.subjects[0] & found)),
        float(bool(first) and not wanted),
    ]


def _held(asked: Asked, text: str) -> list[float]:
    """For each kind of thing that can be asked for: asked and there, asked and not."""
    there = held(text)
    row: list[float] = []
    for kind, sign in KINDS.items():
        wanted = kind in asked.kinds
        row += [float(wanted and sign in there), float(wanted and sign not in there)]
    return row


def _worded(asked: Asked, passage: Passage) -> list[float]:
    words = asked.words & frozenset(terms(passage.text, passage.language))
    about = asked.aspects & frozenset(aspects(passage.text))
    return [
        len(words) / max(1, len(asked.words)),
        len(about) / max(1, len(asked.aspects)),
        float(bool(asked.aspects) and not about),
        asked.length,
    ]


def _lead(values: Vectors) -> Vectors:
    """How far each stands before the best of the others."""
    best = int(values.argmax())
    others = np.full(len(values), values[best])
    others[best] = max(np.delete(values, best).tolist(), default=float(values[best]))
    return values - others


def _unit(rows: NDArray[np.floating[Any]]) -> Vectors:
    size = np.linalg.norm(rows, axis=-1, keepdims=True) + 1e-9
    return np.asarray(rows / size, dtype=np.float32)
