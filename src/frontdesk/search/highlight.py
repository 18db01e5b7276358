"""Where in a text a search was right: safe HTML with <mark>, and a piece of a long text."""

import html
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from frontdesk.search.letters import SIGNS, fold

WORD = re.compile(f"[{SIGNS}]|[^\\W_{SIGNS}]+")
AROUND = 80
"""Characters before the first word that was found."""
LONGEST = 240
SAFE = 4
"""A shorter stem has no endings."""
ENDINGS = 5
"""How much longer than its stem a word may be."""


@dataclass(frozen=True, slots=True)
class Term:
    """What one word of the question may stand as; `starts`: it may go on."""

    word: str
    stands: tuple[str, ...]
    starts: bool


Fits = Callable[[str], bool]
"""Whether a folded word is what was asked for."""


def fitting(terms: Sequence[Term]) -> Fits:
    """Most words begin with no letter that any term begins with: they cost next to nothing."""
    longest: dict[str, list[tuple[str, int]]] = {}
    for term in terms:
        if term.starts:
            longest.setdefault(term.word[:1], []).append((term.word, sys.maxsize))
        for stand in term.stands:
            ends = ENDINGS if len(stand) >= SAFE else 0
            longest.setdefault(stand[:1], []).append((stand, len(stand) + ends))

    def fits(said: str) -> bool:
        for stand, most in longest.get(said[:1], ()):
            if len(said) <= most and said.startswith(stand):
                return True
        return False

    return fits


def marked(text: str, fits: Fits) -> str:
    """The whole text."""
    return _marked(text, _found(text, fits), 0, len(text))


def snippet(text: str, fits: Fits) -> str:
    """A piece around the first word that was found, or the beginning."""
    spans = list(_found(text, fits))
    first = max(0, spans[0][0] - AROUND) if spans else 0
    last = min(len(text), first + LONGEST)
    piece = _marked(text, iter(spans), first, last)
    return f"{'…' if first else ''}{piece}{'…' if last < len(text) else ''}"


def _found(text: str, fits: Fits) -> Iterator[tuple[int, int]]:
    plain = text.isascii()  # then folding is no more than small letters
    for word in WORD.finditer(text.lower() if plain else text):
        if fits(word[0] if plain else fold(word[0])):
            yield word.span()


def _marked(text: str, spans: Iterator[tuple[int, int]], first: int, last: int) -> str:
    said: list[str] = []
    at = first
    for start, end in spans:
        if start < first or end > last:
            continue
        said += [html.escape(text[at:start]), f"<mark>{html.escape(text[start:end])}</mark>"]
        at = end
    return "".join(said) + html.escape(text[at:last])
