"""How a guest picks from what was offered: “2”, "la segunda", "the cheapest", "the suite"."""

import re
from collections.abc import Sequence
from pathlib import Path

from frontdesk.assistant.local.folding import any_of, fold, whole, word_lists

_LISTS = word_lists(Path(__file__).with_suffix(".txt"))
ORDINALS = {fold(word): n for n in (1, 2, 3) for word in _LISTS[f"nth {n}"].split("|")}
AROUND = any_of(_LISTS["around"])
GENERIC = frozenset(
    [
        "one",
        "ones",
        "room",
        "rooms",
        "option",
        "zimmer",
        "habitacion",
        "chambre",
        "camera",
        "quarto",
    ]
)
WORD = "|".join(sorted(map(re.escape, ORDINALS), key=len, reverse=True))
NUMBERED = re.compile(
    rf"(?:(?:{AROUND})[\s,.:]+)*#?(?:(?P<n>\d{{1,2}})|(?P<word>{WORD}))(?:[\s,.]+(?:{AROUND}))*"
)
"""Of a folded text: nothing but the number, and what politeness puts around it."""
FILLING = whole(_LISTS["around"])
CHEAPEST, DEAREST = whole(_LISTS["cheapest"]), whole(_LISTS["dearest"])
AT_THE_END = whole(_LISTS["last"])
LEFT_TO_US = whole(_LISTS["left to us"])
"""Whoever leaves the choice to us is quoted the cheapest, and may still say no."""
WORDS = re.compile(r"[^\W_]+")
LONG = 12
"""Words: who writes more says more than a choice."""


def picked(text: str, count: int, names: Sequence[str] = ()) -> int | None:
    """Which of `count` things on a list is meant, from 0, or None; a question picks nothing.

    `names` are of rooms, cheapest first: these may also be picked by price or by name.
    """
    said = fold(text).strip(" .!)…,")
    if not count or len(said.split()) > LONG:
        return None
    numbered = NUMBERED.fullmatch(said) or NUMBERED.fullmatch(FILLING.sub("", said).strip())
    if numbered is not None:
        number = int(numbered["n"]) if numbered["n"] else ORDINALS[numbered["word"]]
        return number - 1 if 1 <= number <= count else None
    if _only(AT_THE_END, said):
        return count - 1
    if not names:
        return None
    if _only(CHEAPEST, said) or _only(LEFT_TO_US, said):
        return 0
    if _only(DEAREST, said):
        return count - 1
    return _by_name(said, names)


def _only(words: re.Pattern[str], said: str) -> bool:
    """One of these is there, and else nothing that says anything."""
    found = words.search(said)
    return found is not None and not _rest(words.sub(" ", said))


def _rest(said: str) -> set[str]:
    return set(WORDS.findall(FILLING.sub(" ", said))) - GENERIC


def _by_name(said: str, names: Sequence[str]) -> int | None:
    """By words that only one of the names has; every other word has to be of the names too."""
    tokens = [set(WORDS.findall(FILLING.sub(" ", fold(name)))) for name in names]
    left = _rest(said)
    if not left or not left <= set().union(*tokens):
        return None
    own = [mine - set().union(*(t for t in tokens if t is not mine)) for mine in tokens]
    hits = [at for at, mine in enumerate(own) if left & mine]
    return hits[0] if len(hits) == 1 else None
