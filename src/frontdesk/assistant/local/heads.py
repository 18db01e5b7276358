"""Small classifiers over the embedding of a message.

`scripts/train` makes them all, for the bundled model only.
"""

from collections.abc import Sequence
from functools import lru_cache
from importlib.resources import files
from io import BytesIO
from typing import Literal

import numpy as np

from frontdesk.assistant.values import Intent
from frontdesk.knowledge.embedder import Vectors

Head = Literal["mood", "chat", "knowledge", "errand"]
ERRANDS = (
    *(Intent.QUESTION, Intent.FIND_ROOM, Intent.CHANGE_BOOKING, Intent.CANCEL_BOOKING),
    *(Intent.MY_BOOKING, Intent.COMPLAINT, Intent.REQUEST, Intent.OUTSIDE, Intent.PERSON),
    *(Intent.REQUEST, Intent.REQUEST),
)
"""Of the classes of `scripts/training/errands`; the last two tell when they come and leave."""
CHAT = 0.8
"""From here on a message is asking or arranging, and its mood is plain."""
NEIGHBOURS = 25
"""Sentences of the training whose mood has a say."""
NEARNESS = 0.01
"""A cosine this much smaller has a third of the say."""


@lru_cache(maxsize=1)
def _weights() -> dict[str, Vectors]:
    data = files("frontdesk.assistant.local").joinpath("heads.npz").read_bytes()
    with np.load(BytesIO(data)) as arrays:
        return {name: np.asarray(arrays[name], dtype=np.float32) for name in arrays.files}


def odds(head: Head, vector: Vectors) -> list[float]:
    """The probability of each class."""
    weights = _weights()
    scores = vector @ weights[f"{head}_weights"] + weights[f"{head}_biases"]
    grown = np.exp(scores - scores.max())
    return (grown / grown.sum()).tolist()


def mood(vector: Vectors) -> tuple[float, float, float]:
    """How likely the message is negative, neutral and positive."""
    if odds("chat", vector)[1] > CHAT:
        return 0.0, 1.0, 0.0
    learnt, near = odds("mood", vector), _neighbours(vector)
    negative, neutral, positive = ((a + b) / 2 for a, b in zip(learnt, near, strict=True))
    return negative, neutral, positive


def _neighbours(vector: Vectors) -> list[float]:
    """What the nearest sentences of the training are: they know turns of phrase, where the
    regression knows words.
    """
    weights = _weights()
    cosines = weights["mood_vectors"] @ vector
    nearest = np.argpartition(-cosines, NEIGHBOURS)[:NEIGHBOURS]
    say = np.exp((cosines[nearest] - cosines.max()) / NEARNESS)
    moods = np.bincount(weights["mood_classes"][nearest].astype(int), weights=say, minlength=3)
    return (moods / moods.sum()).tolist()


def errand(vector: Vectors, *, but: Sequence[Intent] = ()) -> tuple[Intent, float]:
    """What a message is most likely to want, none of `but`, and how likely."""
    found = zip(ERRANDS, odds("errand", vector), strict=True)
    likely = [0.0 if intent in but else odds_of for intent, odds_of in found]
    best = max(range(len(likely)), key=likely.__getitem__)
    return ERRANDS[best], likely[best]


def needs_knowledge(vector: Vectors) -> float:
    """How likely an answer has to be looked up."""
    return odds("knowledge", vector)[1]
