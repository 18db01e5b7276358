"""Small classifiers over the embedding of a message.

`scripts/train` makes them all, for the bundled model only.
"""

from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from io import BytesIO
from typing import Literal

import numpy as np

from frontdesk.assistant.need import Need
from frontdesk.assistant.values import Intent
from frontdesk.knowledge.embedder import Vectors

Head = Literal["mood", "chat", "knowledge", "errand", "need"]
ERRANDS = (
    *(Intent.QUESTION, Intent.FIND_ROOM, Intent.CHANGE_BOOKING, Intent.CANCEL_BOOKING),
    *(Intent.MY_BOOKING, Intent.COMPLAINT, Intent.REQUEST, Intent.OUTSIDE, Intent.PERSON),
    *(Intent.REQUEST, Intent.REQUEST),
)
"""Of the classes of `scripts/training/errands`; the last two tell when they come and leave."""
CHAT = 0.8
"""From here on a message is asking or arranging, and its mood is plain."""
NEEDS = (Need.PERSON, Need.COMPLAINT, Need.DISPUTE, Need.DANGER, Need.UNANSWERED)
"""The last classes of `scripts/training/needs`; the ones before them need nobody."""
NEIGHBOURS = 25
"""Sentences of the training that have a say."""
NEARNESS = 0.01
"""A cosine this much smaller has a third of the say."""
FINE = 1 / 400
"""What one step of a vector that is kept in whole numbers stands for."""


@lru_cache(maxsize=1)
def _weights() -> dict[str, Vectors]:
    data = files("frontdesk.assistant.local").joinpath("heads.npz").read_bytes()
    with np.load(BytesIO(data)) as arrays:
        read = {name: np.asarray(arrays[name], dtype=np.float32) for name in arrays.files}
    return read | {name: read[name] * FINE for name in ("need_vectors", "errand_vectors")}


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
    negative, neutral, positive = _both("mood", vector)
    return negative, neutral, positive


@dataclass(frozen=True, slots=True)
class Needs:
    calm: float
    """How likely nobody has to be called."""
    praise: float
    later: float
    """How likely there is nothing to do for now."""
    likeliest: Need
    """If somebody has to be."""


def needs(vector: Vectors) -> Needs:
    plain, praise, later, *others = _both("need", vector)
    likeliest = NEEDS[max(range(len(others)), key=others.__getitem__)]
    return Needs(plain + praise + later, praise, later, likeliest)


def _both(head: Literal["mood", "need", "errand"], vector: Vectors) -> list[float]:
    learnt, near = odds(head, vector), _neighbours(head, vector)
    return [(a + b) / 2 for a, b in zip(learnt, near, strict=True)]


def _neighbours(head: Literal["mood", "need", "errand"], vector: Vectors) -> list[float]:
    """What the nearest sentences of the training are: they know turns of phrase, where the
    regression knows words.
    """
    weights = _weights()
    cosines = weights[f"{head}_vectors"] @ vector
    nearest = np.argpartition(-cosines, NEIGHBOURS)[:NEIGHBOURS]
    say = np.exp((cosines[nearest] - cosines.max()) / NEARNESS)
    classes = weights[f"{head}_classes"][nearest].astype(int)
    found = np.bincount(classes, weights=say, minlength=len(weights[f"{head}_biases"]))
    return (found / found.sum()).tolist()


def errands(vector: Vectors) -> dict[Intent, float]:
    """How likely a message wants each: as likely as the likeliest of its classes."""
    found: dict[Intent, float] = {}
    for intent, likely in zip(ERRANDS, _both("errand", vector), strict=True):
        found[intent] = max(found.get(intent, 0.0), likely)
    return found


def needs_knowledge(vector: Vectors) -> float:
    """How likely an answer has to be looked up."""
    return odds("knowledge", vector)[1]
