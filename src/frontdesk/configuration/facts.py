"""Facts in a document: with the value as it is kept, and what goes without saying said."""

from collections.abc import Iterator, Sequence
from typing import Any

from frontdesk.knowledge.facts import (
    BadValue,
    catalogue,
    checked,
    own_language,
    usual_audience,
)


def settled(entries: Sequence[dict[str, Any]], language: str) -> Iterator[tuple[str, str]]:
    """Makes them so, and tells the path and the fault of each that is wrong."""
    for at, entry in enumerate(entries):
        kind = catalogue().get(entry["key"])
        if kind is None:
            yield f"facts[{at}].key", "there is no fact of that key"
            continue
        entry["language"] = entry["language"] or own_language(language)
        entry["audience"] = entry["audience"] or usual_audience(kind.key)
        try:
            entry["value"] = checked(kind, entry["value"])
        except BadValue as bad:
            yield f"facts[{at}].{bad.path}", str(bad)
