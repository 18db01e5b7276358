"""Whether a planned send is still of use: bookings come late, and machines stand still."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

STALE = timedelta(days=1)
"""So long after its time nothing goes out that only an outage has kept."""


@dataclass(frozen=True, slots=True)
class Due:
    """When it should have gone, when that became known, and until when it is of use."""

    due_at: datetime
    planned_at: datetime
    until_at: datetime | None = None


def too_late(schedule: Mapping[str, Any], due: Due, now: datetime) -> dict[str, Any] | None:
    """Why not, with the values; None where it goes out now."""
    rule = schedule.get("late", "skip")
    came_late = due.planned_at > due.due_at
    if rule == "until":
        over = due.until_at is None or now >= due.until_at
        over = over and (came_late or due.until_at is not None)
    else:
        over = (rule == "skip" and came_late) or (not came_late and now > due.due_at + STALE)
    if not over:
        return None
    until = due.until_at.isoformat() if due.until_at else None
    return {
        "late": rule,
        "due_at": due.due_at.isoformat(),
        "until_at": until,
        "known_at": due.planned_at.isoformat(),
        "now": now.isoformat(),
    }
