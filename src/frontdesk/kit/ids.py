"""Time-ordered ids, made by us so that a row has its name before it is stored."""

import secrets
import time
from typing import NewType
from uuid import UUID

HotelId = NewType("HotelId", UUID)


def uuid7() -> UUID:
    """A version 7 UUID (RFC 9562): 48 bits of Unix milliseconds, then random bits."""
    value = (time.time_ns() // 1_000_000) << 80 | secrets.randbits(80)
    value = value & ~(0xF << 76) | 0x7 << 76
    return UUID(int=value & ~(0x3 << 62) | 0x2 << 62)
