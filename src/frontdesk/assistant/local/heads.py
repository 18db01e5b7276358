"""Small classifiers over the embedding of a message, and the seed phrases' own embeddings.

`scripts/train` makes them all, for the bundled model only.
"""

from functools import lru_cache
from importlib.resources import files
from io import BytesIO
from typing import Literal

import numpy as np

from frontdesk.assistant.local.phrases import SEEDS
from frontdesk.assistant.values import Intent
from frontdesk.knowledge.embedder import Vectors

Head = Literal["mood", "chat", "knowledge"]
CHAT = 0.8
"""From here on a message is asking or arranging, and its mood is plain."""
CAUTION = 1.6
"""A complaint that is missed costs more than praise that is."""


@lru_cache(maxsize=1)
def _weights() -> dict[str, Vectors]:
    data = files("frontdesk.assistant.local").joinpath("heads.npz").read_bytes()
    with np.load(BytesIO(data)) as arrays:
        return {name: np.asarray(arrays[name], dtype=np.float32) for name in arrays.files}


def seeds() -> dict[Intent, Vectors]:
    """The embedded seed phrases: embedding them at each start would cost seconds."""
    return {intent: _weights()[f"seeds_{intent}"] for intent in SEEDS}


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
    negative, neutral, positive = odds("mood", vector)
    negative *= CAUTION
    total = negative + neutral + positive
    return negative / total, neutral / total, positive / total


def needs_knowledge(vector: Vectors) -> float:
    """How likely an answer has to be looked up."""
    return odds("knowledge", vector)[1]
