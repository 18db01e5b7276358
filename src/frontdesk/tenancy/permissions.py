"""Every permission there is, and the four built-in roles as sets of them."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

SCOPES = (
    "hotel:read",
    "hotel:write",
    "conversations:read",
    "conversations:write",
    "bookings:read",
    "bookings:write",
    "bookings:check_in",
    "bookings:overbook",
    "rooms:read",
    "rooms:write",
    "housekeeping:read",
    "housekeeping:write",
    "maintenance:read",
    "maintenance:write",
    "rates:read",
    "rates:write",
    "guests:read",
    "guests:write",
    "guests:export",
    "guests:erase",
    "payments:read",
    "payments:write",
    "payments:refund",
    "reviews:read",
    "reviews:write",
    "reviews:moderate",
    "knowledge:read",
    "knowledge:write",
    "triggers:read",
    "triggers:write",
    "events:read",
    "staff:read",
    "staff:write",
    "users:read",
    "users:write",
    "roles:read",
    "roles:write",
    "keys:read",
    "keys:write",
    "audit:read",
    "reports:read",
    "imports:read",
    "imports:write",
    "calendars:read",
    "calendars:write",
    "search:read",
)
"""What an API key of a hotel can be allowed."""

ALL = frozenset(SCOPES)
_OF_ADMINS = frozenset(
    ["hotel:write", "users:write", "roles:write", "keys:read", "keys:write", "guests:erase"]
)
_OF_STAFF = frozenset(
    [
        *("hotel:read", "conversations:read", "conversations:write"),
        *("bookings:read", "bookings:check_in", "rooms:read", "rates:read"),
        *("housekeeping:read", "housekeeping:write", "maintenance:read", "maintenance:write"),
        *("guests:read", "payments:read", "reviews:read", "knowledge:read"),
        *("staff:read", "calendars:read", "search:read"),
    ]
)
BUILT_IN: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "admin": ALL,
        "manager": ALL - _OF_ADMINS,
        "staff": _OF_STAFF,
        "customer": frozenset({"rooms:read"}),
    }
)
"""A customer reads what everybody may: no route for the hotel's people is also a guest's own."""
WHOLE_HOUSE = frozenset(
    [
        *("hotel:write", "staff:write", "users:write", "roles:write", "keys:read", "keys:write"),
        *("triggers:read", "triggers:write", "events:read", "audit:read", "knowledge:write"),
        *("guests:export", "guests:erase"),
    ]
)
"""What shows or moves the whole hotel's and cannot be cut: who is of some departments alone does
not have it, whatever their role holds.
"""
APPROVES: Mapping[str, int | None] = MappingProxyType(
    {"admin": None, "manager": None, "staff": 0, "customer": 0}
)
"""Minor units that a built-in role may approve; None: any amount."""


def unknown(scopes: Iterable[str]) -> list[str]:
    return sorted(set(scopes) - ALL)


def within(amount: int | None, limit: int | None) -> bool:
    """Whether a limit of `limit` covers `amount`; None is any amount."""
    return limit is None or (amount is not None and amount <= limit)
