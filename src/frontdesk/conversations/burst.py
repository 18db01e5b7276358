"""How long to wait for the rest of a burst of short messages."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

COMPLETE = re.compile(r"[.!?…。！？؟)]\s*$|[\U0001F300-\U0001FAFF]\s*$")
DANGLING = re.compile(
    r"(,|:|;|-|…|\.\.\.|\b(and|und|y|et|e|и|و|from|to|von|para|per|for|für|с|до))\s*$",
    re.IGNORECASE,
)


def looks_complete(text: str) -> bool:
    """A sentence that ends, or one long enough to stand alone."""
    text = text.strip()
    if not text or DANGLING.search(text):
        return False
    return bool(COMPLETE.search(text)) or len(text.split()) >= 4


def burst_ends(
    texts: Sequence[str],
    first_at: datetime,
    last_at: datetime,
    *,
    complete: float,
    longest: float,
    asked: bool = False,
) -> datetime:
    """When to stop waiting: `complete` seconds after a whole sentence, twice that otherwise.

    Where we `asked` something, a short answer is whole and waits half as long. Never later than
    `longest` seconds after the first message; 0 never waits.
    """
    if complete <= 0:
        return last_at
    wait = complete if looks_complete(texts[-1]) else complete * 2
    if asked and len(texts[-1].split()) <= 3:
        wait = complete / 2
    return min(last_at + timedelta(seconds=wait), first_at + timedelta(seconds=longest))
