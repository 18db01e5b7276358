"""The best of some names that come only with a one-line description each, or none of them.

A description that means one of our own topics lends that topic's example sentences to the name;
any other is compared as it stands.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

import numpy as np

from frontdesk.knowledge.embedder import Embedder, Vectors

SAME_TOPIC = 0.87
"""From this cosine on a description and a topic mean the same."""
DESCRIBED = 0.4
"""What the description itself adds to the nearness of the examples."""
NEAREST = 2
OUTSIDE = "outside"


@dataclass(frozen=True, slots=True)
class _Topic:
    about: str
    examples: tuple[str, ...]


@lru_cache(maxsize=1)
def _topics() -> tuple[_Topic, ...]:
    """Blocks of a `= description` and its sentences; the last one is `outside`."""
    text = files("frontdesk.assistant.local").joinpath("topics.txt").read_text("utf-8")
    blocks = (block.strip().splitlines() for block in text.split("= ") if block.strip())
    return tuple(_Topic(first, tuple(rest)) for first, *rest in blocks)


class Labels:
    """Embeds the topics and the descriptions once."""

    def __init__(self, embedder: Embedder, described: Mapping[str, str]) -> None:
        self._embedder = embedder
        self._names = list(described)
        if not described:
            return
        views = [f"{name.replace('_', ' ')}: {about}" for name, about in described.items()]
        self._views = embedder.embed_queries(views)
        inside = [topic for topic in _topics() if topic.about != OUTSIDE]
        outside = next(topic for topic in _topics() if topic.about == OUTSIDE)
        examples = [embedder.embed_queries(topic.examples) for topic in inside]
        self._outside = embedder.embed_queries(outside.examples)
        self._usual = np.concatenate([*examples, self._outside]) @ self._views.T
        abouts = embedder.embed_queries([topic.about for topic in inside])
        self._examples = _lend(self._views @ abouts.T, examples)

    def best(self, text: str) -> str | None:
        if not self._names or not text.strip():
            return None
        vector = self._embedder.embed_queries([text])[0]
        views = self._views @ vector
        lifts = views - self._usual.mean(axis=0)
        scores = [
            (_near(examples, vector) if examples is not None else float(view))
            + DESCRIBED * float(lift)
            for examples, view, lift in zip(self._examples, views, lifts, strict=True)
        ]
        best = max(range(len(scores)), key=scores.__getitem__)
        return self._names[best] if scores[best] > _near(self._outside, vector) else None


def _lend(likeness: Vectors, examples: list[Vectors]) -> list[Vectors | None]:
    """Each name's nearest topic, if they mean the same and it is not another's more than its."""
    lent: list[Vectors | None] = []
    for name, row in enumerate(likeness):
        topic = int(row.argmax())
        own = int(likeness[:, topic].argmax()) == name and float(row[topic]) >= SAME_TOPIC
        lent.append(examples[topic] if own else None)
    return lent


def _near(examples: Vectors, vector: Vectors) -> float:
    """The mean cosine of the nearest few."""
    cosines: list[float] = sorted((examples @ vector).tolist())[-NEAREST:]
    return sum(cosines) / len(cosines)
