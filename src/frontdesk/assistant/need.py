"""What a person has to be called for, whatever else a message is about."""

from dataclasses import dataclass
from enum import StrEnum


class Need(StrEnum):
    PERSON = "person"
    COMPLAINT = "complaint"
    DISPUTE = "dispute"
    """Money, the law, something stolen or broken."""
    DANGER = "danger"
    UNANSWERED = "unanswered"
    """Asked again, or never answered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Needing:
    need: Need | None = None
    calm: float = 0.0
    """How surely nobody has to be called, 0 to 1."""
    later: bool = False
    """There is nothing to do for now: they think it over, or it is settled."""
