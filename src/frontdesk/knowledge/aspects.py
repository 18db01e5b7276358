"""What of a hotel a text is about, in any language: "silent", "ruidoso" and 隔音 are all quiet."""

import unicodedata
from collections import defaultdict
from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple

from frontdesk.knowledge.rules import CJK, WORDS, plain

MARK = "~"
"""Leads an aspect among the terms of a chunk: no word begins with it."""
SHORTEST = 3


class _Words(NamedTuple):
    exact: dict[str, frozenset[str]]
    beginnings: dict[str, frozenset[str]]
    dense: tuple[tuple[str, str], ...]
    """Of scripts without spaces: found anywhere."""


@lru_cache(maxsize=1)
def _words() -> _Words:
    text = files("frontdesk.knowledge").joinpath("words/aspects.txt").read_text("utf-8")
    exact: dict[str, set[str]] = defaultdict(set)
    beginnings: dict[str, set[str]] = defaultdict(set)
    dense: list[tuple[str, str]] = []
    for line in text.splitlines():
        aspect, _, words = line.partition(": ")
        for word in _folded(words).split():
            if CJK.search(word):
                dense.append((word.rstrip("*"), aspect))
            elif word.endswith("*"):
                beginnings[word[:-1]].add(aspect)
            else:
                exact[word].add(aspect)
    return _Words(_frozen(exact), _frozen(beginnings), tuple(dense))


def _folded(text: str) -> str:
    """Without case and accents, and Korean syllables whole again."""
    return unicodedata.normalize("NFC", plain(text.casefold()))


def _frozen(sets: dict[str, set[str]]) -> dict[str, frozenset[str]]:
    return {word: frozenset(aspects) for word, aspects in sets.items()}


@lru_cache(maxsize=8192)
def _of_word(word: str) -> tuple[str, ...]:
    words = _words()
    found = set(words.exact.get(word, ()))
    for size in range(SHORTEST, len(word) + 1):
        found |= words.beginnings.get(word[:size], frozenset())
    return tuple(sorted(found))


def aspects(text: str) -> list[str]:
    """One for each word that names it, marked, so that it can stand among a chunk's terms."""
    folded = _folded(text)
    found = [aspect for word in WORDS.findall(folded) for aspect in _of_word(word)]
    if CJK.search(folded):
        found += [aspect for word, aspect in _words().dense if word in folded]
    return [MARK + aspect for aspect in found]
