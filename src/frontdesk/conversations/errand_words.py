"""Reads the words of errands: what is wanted, whether it is asked for, or only asked about."""

import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from frontdesk.assistant.local.folding import SPACED, fold, word_lists

LISTS = Path(__file__).with_name("errand_words.txt")


@lru_cache(maxsize=1)
def words() -> Mapping[str, re.Pattern[str]]:
    """By list; whole words of a folded text."""
    return {
        name: re.compile(rf"(?<!{SPACED})(?:{fold(said)})(?!{SPACED})")
        for name, said in word_lists(LISTS).items()
    }


def items() -> list[tuple[str, re.Pattern[str]]]:
    """The more telling first."""
    kept = ((name.partition(" "), pattern) for name, pattern in words().items())
    return [(item, pattern) for (kind, _, item), pattern in kept if kind == "item"]
