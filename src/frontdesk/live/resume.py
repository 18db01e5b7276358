"""Where a connection was cut: a token that says exactly which transactions it has been told of."""

import base64
import binascii
import itertools
from dataclasses import dataclass
from datetime import datetime, timedelta

KEPT = timedelta(hours=24)
"""How long changes are kept; whoever was away for longer loads everything anew."""
LONGEST = 6000
"""Characters of a token: some hundred transactions under way, and twice."""
HIGHEST = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Place:
    """All that `seen` saw has been told; of what came up to `until`, the numbers up to `past`."""

    seen: str
    """A snapshot as PostgreSQL writes it: xmin:xmax:xip,xip."""
    at: int
    """Unix seconds."""
    until: str = ""
    past: int = 0

    @property
    def newest(self) -> str:
        return self.until or self.seen


class NoPlace(ValueError):
    """The resume token is not one of ours"""


def token(place: Place) -> str:
    said = f"{place.seen}~{place.until}~{place.past}~{place.at}"
    return base64.urlsafe_b64encode(said.encode()).decode().rstrip("=")


def read(said: str) -> Place:
    """Raises NoPlace: the database is only asked about what is a snapshot."""
    if len(said) > LONGEST:
        raise NoPlace(NoPlace.__doc__)
    try:
        raw = base64.b64decode(f"{said}{'=' * (-len(said) % 4)}", altchars=b"-_", validate=True)
        seen, until, past, at = raw.decode("ascii").split("~")
        bounds(seen)
        if until:
            bounds(until)
        return Place(seen, _number(at), until, _number(past))
    except (ValueError, binascii.Error):
        raise NoPlace(NoPlace.__doc__) from None


def bounds(snapshot: str) -> tuple[int, int]:
    """Xmin and xmax. Raises ValueError where PostgreSQL would refuse it."""
    low, high, busy = snapshot.split(":")
    xmin, xmax = _number(low), _number(high)
    between = [_number(x) for x in busy.split(",")] if busy else []
    ordered = all(a < b for a, b in itertools.pairwise(between))
    if not 0 < xmin <= xmax or not ordered or any(not xmin <= x < xmax for x in between):
        raise ValueError(snapshot)
    return xmin, xmax


def _number(said: str) -> int:
    if not (said.isascii() and said.isdigit() and len(said) <= len(str(HIGHEST))):
        raise ValueError(said)
    if int(said) > HIGHEST:
        raise ValueError(said)
    return int(said)


def is_gone(place: Place, current: str, *, now: datetime) -> bool:
    """Too long ago, or of another database: one that was restored counts from elsewhere."""
    old = now.timestamp() - place.at > KEPT.total_seconds()
    return old or bounds(place.newest)[1] > bounds(current)[1] or place.at > now.timestamp() + 60
