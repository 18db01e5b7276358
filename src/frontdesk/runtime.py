"""The one composition root: settings in, everything a process needs out."""

import importlib

ROOMS_WITH_TABLES = (
    "tenancy",
    "guests",
    "messaging",
    "rooms",
    "bookings",
    "knowledge",
    "notifications",
    "triggers",
)


def import_models() -> None:
    """Make every table known to the metadata, for migrations."""
    for room in ROOMS_WITH_TABLES:
        importlib.import_module(f"frontdesk.{room}.models")
