"""Reads the words of errands: what is wanted, whether it is asked for, or only asked about."""

import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from frontdesk.assistant.local.folding import SPACED, fold

LISTS = Path(__file__).with_name("errand_words.txt")


@lru_cache(maxsize=1)
def words() -> Mapping[str, re.Pattern[str]]:
    """By list; whole words of a folded text."""
    lists: dict[str, str] = {}
    name = ""
    for line in LISTS.read_text(encoding="utf-8").splitlines():
        if line.startswith("    "):
            lists[name] += line.strip()
        elif not line.startswith("#"):
            name = line.strip()
            lists[name] = ""
    return {
        name: re.compile(rf"(?<!{SPACED})(?:{fold(said)})(?!{SPACED})")
        for name, said in lists.items()
    }


def items() -> list[tuple[str, re.Pattern[str]]]:
    """The more telling first."""
    kept = ((name.partition(" "), pattern) for name, pattern in words().items())
    return [(item, pattern) for (kind, _, item), pattern in kept if kind == "item"]
