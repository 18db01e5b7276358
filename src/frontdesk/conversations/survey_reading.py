"""What a guest's message says to a survey's question: pure, and shy of everything else."""

import re
from collections.abc import Mapping

from frontdesk.assistant.local.engine import find_emergency
from frontdesk.assistant.local.folding import fold
from frontdesk.assistant.local.phrases import CANCEL, PERSON, START_OVER, STOP

RATED = re.compile(r"^\W*([1-5١-٥])\W*(?:(?:/|of|de|von|sur|su|из|من)?\W*[5٥])?\W*$")
WITH_WORDS = re.compile(
    r"^\W*([1-5١-٥])(?:\s*(?:/|of|de|von|sur|su|из|من)\s*[5٥])?\s*[,.;:!–—\n-]\s*([^\W\d_].*)$",
    re.DOTALL,
)
"""A mark, a stop and why: "2 towels" is none, nor is a time."""
STARS = re.compile(r"^\s*(?:⭐️?|★|🌟){1,5}\s*$")
STAR = re.compile(r"⭐|★|🌟")
NUMBERS: Mapping[str, int] = {
    word: number
    for number, words in {
        1: "one uno una eins un une um uma один واحد",
        2: "two dos zwei deux due dois duas два اثنان",
        3: "three tres drei trois tre três три ثلاثة",
        4: "four cuatro vier quatre quattro quatro четыре أربعة",
        5: "five cinco fünf cinq cinque пять خمسة",
    }.items()
    for word in words.split()
}
LONGEST = 1000


def rating_in(text: str, choice_id: str | None, ask_id: object) -> int | None:
    """1 to 5 where the message is a rating and nothing else."""
    if choice_id is not None:
        prefix, _, number = choice_id.rpartition(":")
        return int(number) if prefix == f"rate:{ask_id}" and number in "12345" else None
    if STARS.match(text):
        return len(STAR.findall(text))
    said = RATED.match(text)
    if said:
        return int(said[1])
    return NUMBERS.get(text.strip().strip(".!").casefold())


def rated_in(text: str, choice_id: str | None, ask_id: object) -> tuple[int, str | None] | None:
    """A rating, and the words that came with it, as long as they ask for nothing."""
    alone = rating_in(text, choice_id, ask_id)
    if alone is not None:
        return alone, None
    said = WITH_WORDS.match(text) if choice_id is None else None
    why = comment_in(said[2], "text") if said else None
    return (int(said[1]), why) if said and why else None


def comment_in(text: str, kind: str) -> str | None:
    """The words, unless they ask for something: then the bot or a person is to read them."""
    folded = fold(text)
    asks = (
        "?" in text
        or "؟" in text
        or any(wish.search(folded) for wish in (STOP, PERSON, CANCEL, START_OVER))
    )
    if kind != "text" or asks or not text.strip() or len(text) > LONGEST:
        return None
    return None if find_emergency(folded) is not None else text.strip()
