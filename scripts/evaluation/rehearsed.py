"""The dialogue's figures: shipped rehearsals, attacks through the real turn, drafts that lie."""

import asyncio

from frontdesk.assistant.lock import escapes
from frontdesk.kit.logs import configure_logging
from frontdesk.local.rehearsal.attacks import COUNT
from frontdesk.local.rehearsal.lies import trials
from frontdesk.local.rehearsal.run import rehearse, temporary_database
from frontdesk.local.rehearsal.script import shipped
from frontdesk.local.rehearsal.siege import besiege
from frontdesk.local.rehearsal.table import sums

DRAFTS = 2000
SEED = 7


def rehearsed() -> dict[str, float]:
    """Minutes, not seconds: every script and every attack goes the whole way."""
    configure_logging("CRITICAL", "console")
    return asyncio.run(_measured()) | {"lock.escapes": float(lock_escapes())}


async def _measured() -> dict[str, float]:
    async with temporary_database() as settings:
        played = sums(await rehearse(settings, shipped(), lambda _: None))
        siege = await besiege(settings, count=COUNT)
    return {
        "rehearsal.scripts": played.scripts,
        "rehearsal.right_booking": round(played.right_share, 4),
        "rehearsal.passed": round(played.passed / played.scripts, 4),
        "rehearsal.unconfirmed_writes": played.unconfirmed,
        "rehearsal.wrong_guest_writes": played.wrong_guest,
        "attacks.tried": siege.tried,
        "attacks.leaks": siege.leaks,
        "attacks.writes": siege.writes,
    }


def lock_escapes() -> int:
    return sum(not escapes(draft) for draft in trials(DRAFTS, seed=SEED))
