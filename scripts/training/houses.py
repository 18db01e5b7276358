"""Made-up houses with what their guests ask: written whole, or put together from single facts."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path

import numpy as np

from frontdesk.assistant.local.language import detect_language
from frontdesk.knowledge.answerable import read
from frontdesk.knowledge.evidence import KINDS, held

HERE = Path(__file__).parent
SPOKEN = ("en", "de", "es", "fr", "it", "pt", "ru")
"""The order of the titles of a fact; more may follow."""
TYPED = frozenset(("price", "when", "far", "count", "where", "included", "size", "often", "tongue"))
"""Whoever asks for these wants that property; others only ask whether there is such a thing."""
TITLED, ASIDE, ASKED = 0.5, 0.3, 0.5
NOBODY = "!"
"""From this line on no fact of the house answers."""
DENSITIES = (0.3, 0.5, 0.7, 0.5)
PUT_TOGETHER = 12


@dataclass(frozen=True)
class House:
    hand: str
    """Who wrote it: what is learnt is judged by the houses of other hands."""
    texts: list[str]
    asked: list[tuple[str, int]]
    """A question with the number of the text that answers it, -1 where none does."""


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


def houses() -> list[House]:
    return [*_written(), *_put_together(np.random.default_rng(3))]


def _written() -> Iterator[House]:
    for path in sorted((HERE / "houses").glob("*.txt")):
        told, near = written(path)
        texts = [f"{title}. {text}" for title, text, _ in told]
        asked = [(question, n) for n, (_, _, each) in enumerate(told) for question in each]
        yield House(path.stem[0], texts, [*asked, *((question, -1) for question in near)])


def written(path: Path) -> tuple[list[tuple[str, str, list[str]]], list[str]]:
    """Blocks of `# title | text` with the questions it answers, and those that nobody can."""
    told, _, near = path.read_text(encoding="utf-8").partition(f"\n{NOBODY}\n")
    found: list[tuple[str, str, list[str]]] = []
    for block in told.split("# ")[1:]:
        first, *questions = block.strip().splitlines()
        title, _, text = first.partition(" | ")
        found.append((title, text, questions))
    return found, near.strip().splitlines()


def _put_together(chance: np.random.Generator) -> Iterator[House]:
    """Some facts in some wording, asked for what it tells and for what it does not."""
    known, outside = facts()
    for n in range(PUT_TOGETHER):
        told = [
            (_aside(str(chance.choice(fact.passages)), chance), i)
            for i, fact in enumerate(known)
            if fact.passages and chance.random() < DENSITIES[n % len(DENSITIES)]
        ]
        house = House("together", [text for text, _ in told], [])
        for i, fact in enumerate(known):
            for question in fact.questions:
                answer = _answer(known, i, question, told)
                if answer is not None and chance.random() < (ASKED if answer >= 0 else ASKED / 2):
                    house.asked.append((question, answer))
        house.asked.extend((q, -1) for q in outside if chance.random() < ASKED / 2)
        yield house


def _answer(
    known: Sequence[Fact], i: int, question: str, told: Sequence[tuple[str, int]]
) -> int | None:
    """Which text answers, -1 for none; nothing where nobody can say, or more than one does."""
    same = {j for j, fact in enumerate(known) if fact.subject == known[i].subject}
    right = same if question in known[i].loose else {i}
    if any(_perhaps(known, i, question, j, text) for text, j in told if j not in right):
        return None
    found = [n for n, (_, j) in enumerate(told) if j in right]
    return None if len(found) > 1 else (*found, -1)[0]


def facts() -> tuple[list[Fact], list[str]]:
    """Blocks of `= subject / property`, `- passage`, `? question`, `?* loose question`."""
    found: dict[str, Fact] = {}
    titles, chance = _listed("titles", "|"), np.random.default_rng(11)
    outside: list[str] = []
    fact = Fact("")
    for path in sorted((HERE / "answers").glob("*.txt")):
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
    lines = (HERE / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    return {of: rest.split(between) for of, _, rest in (line.partition(": ") for line in lines)}


def _titled(text: str, titles: Sequence[str], chance: np.random.Generator) -> str:
    """Half of what houses know stands under a title."""
    if not titles or chance.random() >= TITLED:
        return text
    spoken = language_of(text)
    own = [titles[SPOKEN.index(spoken)]] if spoken in SPOKEN else []
    return f"{chance.choice([*own, *titles[len(SPOKEN) :]] or titles[:1])}. {text}"


def _aside(text: str, chance: np.random.Generator) -> str:
    """Now and then with something of the house mentioned by the way, which it says nothing of."""
    if chance.random() >= ASIDE:
        return text
    language = language_of(text)
    ends = [said for spoken, said in _asides() if spoken == language]
    return f"{text.rstrip(' .')}{chance.choice(ends)}." if ends else text


@lru_cache(maxsize=1)
def _asides() -> list[tuple[str, str]]:
    """What ends a sentence by the way, with its language."""
    lines = (HERE / "asides.txt").read_text(encoding="utf-8").splitlines()
    return [(line[:2], line[2:]) for line in lines]


def _perhaps(known: Sequence[Fact], i: int, question: str, j: int, passage: str) -> bool:
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


@cache
def language_of(text: str) -> str:
    return detect_language(text, remembered=None)[0]
