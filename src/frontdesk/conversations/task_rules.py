"""What may become of a task, and which department a thing is of: tables."""

from collections.abc import Mapping
from types import MappingProxyType

WAYS: Mapping[tuple[str, str], str] = MappingProxyType(
    {
        ("open", "in_progress"): "start",
        ("open", "done"): "finish",
        ("open", "cancelled"): "cancel",
        ("in_progress", "open"): "put_back",
        ("in_progress", "done"): "finish",
        ("in_progress", "cancelled"): "cancel",
    }
)
"""`rls/93_states.sql` holds the same ways; a test compares them."""
GOING = frozenset({"open", "in_progress"})
DEPARTMENT_OF: Mapping[str, str] = MappingProxyType(
    {
        "towels": "housekeeping",
        "bedding": "housekeeping",
        "toiletries": "housekeeping",
        "cleaning": "housekeeping",
        "baby": "housekeeping",
        "iron": "housekeeping",
        "laundry": "housekeeping",
        "repair": "maintenance",
        "noise": "reception",
        "late_check_out": "reception",
        "early_check_in": "reception",
        "wake_up": "reception",
        "luggage": "reception",
        "key": "reception",
        "invoice": "reception",
        "lost": "reception",
        "room_wish": "reception",
        "taxi": "concierge",
        "table": "restaurant",
        "room_service": "restaurant",
        "treatment": "spa",
        "other": "reception",
    }
)
"""Every item there is. A hotel without that department has it done by reception."""
MINUTES: Mapping[str, int] = MappingProxyType(
    {"towels": 30, "bedding": 30, "toiletries": 30, "key": 15, "repair": 60, "cleaning": 60}
)
"""In how long a thing is usually wanted, where the guest names no time."""


def ways_from(state: str) -> list[str]:
    return sorted(new for old, new in WAYS if old == state)
