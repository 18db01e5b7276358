"""Where in a text a search was right: safe HTML with <mark>, and a piece of a long text."""

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from frontdesk.search.letters import SIGNS, fold

WORD = re.compile(f"[{SIGNS}]|[^\\W_{SIGNS}]+")
AROUND = 80
"""Characters before the first word that was found."""
LONGEST = 240
ENDINGS = 5
"""How much longer than its stem a word may be."""


@dataclass(frozen=True, slots=True)
class Term:
    """What one word of the question may stand as; `starts`: it may go on."""

    word: str
    stands: tuple[str, ...]
    starts: bool

    def fits(self, said: str) -> bool:
        if self.starts and said.startswith(self.word):
            return True
        return any(_is_or_ends(said, stand) for stand in self.stands)


def _is_or_ends(said: str, stand: str) -> bool:
    if len(stand) < 4:
        return said == stand
    return said.startswith(stand) and len(said) - len(stand) <= ENDINGS


def marked(text: str, terms: Sequence[Term]) -> str:
    """The whole text."""
    return _marked(text, _found(text, terms), 0, len(text))


def snippet(text: str, terms: Sequence[Term]) -> str:
    """A piece around the first word that was found, or the beginning."""
    spans = list(_found(text, terms))
    first = max(0, spans[0][0] - AROUND) if spans else 0
    last = min(len(text), first + LONGEST)
    piece = _marked(text, iter(spans), first, last)
    return f"{'…' if first else ''}{piece}{'…' if last < len(text) else ''}"


def _found(text: str, terms: Sequence[Term]) -> Iterator[tuple[int, int]]:
    for word in WORD.finditer(text):
        folded = fold(word[0])
        if folded and any(term.fits(folded) for term in terms):
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
