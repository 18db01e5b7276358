"""What kinds of things there are to find, and what one must be allowed to read them."""

from typing import Literal

Kind = Literal[
    "room_types",
    "rooms",
    "features",
    "add_ons",
    "bed_types",
    "floors",
    "bookings",
    "guests",
    "users",
    "messages",
    "documents",
]
KINDS: dict[Kind, str] = {
    "room_types": "rooms:read",
    "rooms": "rooms:read",
    "features": "rooms:read",
    "add_ons": "rooms:read",
    "bed_types": "rooms:read",
    "floors": "rooms:read",
    "bookings": "bookings:read",
    "guests": "guests:read",
    "users": "users:read",
    "messages": "conversations:read",
    "documents": "knowledge:read",
}
"""Each has its function and its trigger in rls/72_search_kinds.sql."""
ALSO: dict[Kind, str] = {"bookings": "guests:read"}
"""A booking is found by its guest's name and phone, and shows them."""


def readable(scopes: frozenset[str]) -> tuple[Kind, ...]:
    return tuple(k for k, scope in KINDS.items() if {scope, ALSO.get(k, scope)} <= scopes)
