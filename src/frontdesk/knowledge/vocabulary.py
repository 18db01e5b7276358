"""What a text names of a fixed list, in any language: subjects of a hotel, kinds of questions."""

import re
import unicodedata
from collections import defaultdict
from functools import lru_cache
from importlib.resources import files
from typing import Literal, NamedTuple

Name = Literal["subjects", "asking"]
LONGEST = 5
"""Words of the longest phrase."""
SHORTEST = 3
COMPOUND = 5
"""Letters of the last part of a compound, as in Hauptbahnhof, at least."""
WORDS = re.compile(r"\w+")
CLAUSE = re.compile(r"(?<=[.!?;,:])\s+|[\u3002\uff01\uff1f\u061f\uff0c\u3001\u060c\n]+")
UNSPACED = r"\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
DENSE = re.compile(rf"[{UNSPACED}\u0900-\u097f]")
SEAM = re.compile(rf"(?<=[a-z0-9])(?=[{UNSPACED}])|(?<=[{UNSPACED}])(?=[a-z0-9])")
ARTICLE = re.compile(r"^(?:وال|بال|لل|ال)(?=.{3})")
NOTHING = frozenset({"-"})
KEPT = "\u3099\u309a\u094d"
"""Marks that make another letter: the voiced kana, and the Hindi virama."""


class _Vocabulary(NamedTuple):
    exact: dict[str, frozenset[str]]
    beginnings: dict[str, frozenset[str]]
    dense: tuple[tuple[str, str], ...]
    """Of scripts that are found anywhere in a text."""


def fold(text: str) -> str:
    """Without case and accents."""
    parts = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(c for c in parts if c in KEPT or not unicodedata.combining(c))
    return unicodedata.normalize("NFC", bare).replace("ı", "i")


@lru_cache(maxsize=2)
def _vocabulary(name: Name) -> _Vocabulary:
    """Lines of `what: words`; `_` joins a phrase, `*` leaves the end of a word open; words of `-`
    only look like another's.
    """
    text = files("frontdesk.knowledge").joinpath(f"words/{name}.txt").read_text("utf-8")
    exact: dict[str, set[str]] = defaultdict(set)
    beginnings: dict[str, set[str]] = defaultdict(set)
    dense: list[tuple[str, str]] = []
    for line in text.splitlines():
        what, _, words = line.partition(": ")
        for word in words.split():
            phrase = "_".join(_bare(part) for part in fold(word).split("_"))
            if DENSE.search(phrase):
                dense.append((phrase.replace("_", " "), what))
            elif phrase.endswith("*"):
                beginnings[phrase[:-1]].add(what)
            else:
                exact[phrase].add(what)
    return _Vocabulary(_frozen(exact), _frozen(beginnings), tuple(dense))


def _frozen(sets: dict[str, set[str]]) -> dict[str, frozenset[str]]:
    return {word: frozenset(names) for word, names in sets.items()}


def _bare(word: str) -> str:
    """Without the Arabic article."""
    return ARTICLE.sub("", word)


@lru_cache(maxsize=32768)
def _of_phrase(name: Name, phrase: str) -> frozenset[str]:
    """A whole phrase as it begins; else the last part of a compound."""
    found = _beginning(_vocabulary(name), phrase, SHORTEST)
    if "_" not in phrase:
        for cut in range(SHORTEST, len(phrase) - COMPOUND + 1):
            found = found or _beginning(_vocabulary(name), phrase[cut:], COMPOUND)
    return found - NOTHING


def _beginning(known: _Vocabulary, phrase: str, shortest: int) -> frozenset[str]:
    """The longest beginning that is known, of the last word of a phrase, speaks for it."""
    found = known.exact.get(phrase, frozenset[str]())
    least = max(shortest, phrase.rfind("_") + 2)
    for size in range(len(phrase), least - 1, -1):
        if found:
            break
        found = known.beginnings.get(phrase[:size], frozenset())
    return found


class _Place(NamedTuple):
    start: int
    end: int
    names: frozenset[str]


@lru_cache(maxsize=8192)
def in_order(name: Name, text: str) -> tuple[frozenset[str], ...]:
    """What the text names, as it comes; a phrase hides what only its parts name."""
    folded = SEAM.sub(" ", fold(text)).replace("-", " ")
    places = [*_phrases(name, folded), *_dense(name, folded)]
    places.sort(key=lambda p: (p.start, p.end))
    return tuple(p.names for p in places if not any(_hides(other, p) for other in places))


def _hides(longer: _Place, place: _Place) -> bool:
    inside = longer.start <= place.start and place.end <= longer.end
    return inside and longer.end - longer.start > place.end - place.start


def _phrases(name: Name, folded: str) -> list[_Place]:
    words = [(m.start(), m.end(), _bare(m[0])) for m in WORDS.finditer(folded)]
    found: list[_Place] = []
    for size in range(1, LONGEST + 1):
        for i in range(len(words) - size + 1):
            part = words[i : i + size]
            names = _of_phrase(name, "_".join(word for _, _, word in part))
            if names:
                found.append(_Place(part[0][0], part[-1][1], names))
    return found


def _dense(name: Name, folded: str) -> list[_Place]:
    if not DENSE.search(folded):
        return []
    return [
        _Place(m.start(), m.end(), frozenset({what}))
        for word, what in _vocabulary(name).dense
        if word in folded
        for m in re.finditer(re.escape(word), folded)
    ]


@lru_cache(maxsize=8192)
def leads(text: str) -> tuple[frozenset[str], ...]:
    """The subjects that each clause names first."""
    orders = [in_order("subjects", clause) for clause in CLAUSE.split(text)]
    return tuple(order[0] for order in orders if order)


def named(name: Name, text: str) -> frozenset[str]:
    """Each thing of the list that the text has a word or a phrase for."""
    return frozenset[str]().union(*in_order(name, text))
