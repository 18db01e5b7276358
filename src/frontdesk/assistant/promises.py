"""What a sentence speaks of that costs or binds a hotel, and how often it says no."""

import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from frontdesk.assistant.local.folding import LETTER, fold

HERE = Path(__file__).parent
DENSE = re.compile(r"[\u0e00-\u0e7f\u3005-\u30ff\u3400-\u9fff\uac00-\ud7af]")


def subjects(text: str) -> frozenset[str]:
    """Which of the subjects in promises.txt it speaks of, in whatever language."""
    folded = fold(text)
    return frozenset(name for name, words in _lists("promises.txt") if words.search(folded))


def noes(text: str, language: str) -> int | None:
    """How often it says no; None where we have no words of that language to tell by."""
    words = dict(_lists("negations.txt")).get(language)
    return None if words is None else len(words.findall(fold(text)))


@lru_cache
def _lists(name: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple(_read((HERE / name).read_text(encoding="utf-8")))


def _read(text: str) -> Iterator[tuple[str, re.Pattern[str]]]:
    for line in text.splitlines():
        name, found, words = line.partition(":")
        if found and not line.startswith("#"):
            yield name, re.compile("|".join(_pattern(word) for word in words.split()))


def _pattern(word: str) -> str:
    """`_` is a space, `*` any letters; signs and scripts without spaces match anywhere."""
    plain = re.escape(fold(word.replace("_", " ").strip("*"))).replace(r"\ ", r"\s+")
    plain = plain.replace(r"\*", r"\w*")
    if DENSE.search(word) or not any(map(str.isalnum, word)) or word == "n't":
        return plain
    before = rf"{LETTER}*" if word.startswith("*") else rf"(?<!{LETTER})"
    after = rf"{LETTER}*" if word.endswith("*") else "" if word.endswith("'") else rf"(?!{LETTER})"
    return f"{before}{plain}{after}"
