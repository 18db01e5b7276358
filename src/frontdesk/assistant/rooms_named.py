"""Which of a hotel's room types a guest means by "the double" or "the family suite"."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from frontdesk.assistant.heard_words import KINDS
from frontdesk.assistant.local.folding import fold


def named(types: Iterable[tuple[UUID, str]], kinds: Sequence[str]) -> UUID | None:
    """The type (id and name) that more of the named sorts fit than any other, if there is one."""
    scores = [(sum(_is(kind, name) for kind in kinds), type_id) for type_id, name in types]
    best = max((score for score, _ in scores), default=0)
    fitting = [type_id for score, type_id in scores if score == best]
    return fitting[0] if best > 0 and len(fitting) == 1 else None


def meets(kinds: Sequence[str], name: str) -> bool:
    """Whether a type of this name is one of the named sorts."""
    return any(_is(kind, name) for kind in kinds)


def _is(kind: str, name: str) -> bool:
    folded = fold(name)
    return kind in folded or bool(KINDS[kind].search(folded))
