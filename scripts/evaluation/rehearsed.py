"""The dialogue's figures: shipped rehearsals, attacks through the real turn, drafts that lie."""

import asyncio
import sys

from evaluation.turns import share_below
from frontdesk.assistant.lock import escapes
from frontdesk.kit.logs import configure_logging
from frontdesk.kit.loop import run
from frontdesk.local.rehearsal.attacks import COUNT
from frontdesk.local.rehearsal.lies import trials
from frontdesk.local.rehearsal.play import Played
from frontdesk.local.rehearsal.run import rehearse, temporary_database
from frontdesk.local.rehearsal.script import shipped
from frontdesk.local.rehearsal.siege import besiege
from frontdesk.local.rehearsal.table import sums

DRAFTS = 2000
SEED = 7
LONGEST = 1800
"""Seconds for each, on a busy machine too."""


def played() -> dict[str, float]:
    configure_logging("CRITICAL", "console")
    return run(asyncio.wait_for(_played(), LONGEST))


async def _played() -> dict[str, float]:
    async with temporary_database() as settings:
        done = await rehearse(settings, shipped(), _told)
    got = sums(done)
    return {
        "rehearsal.scripts": got.scripts,
        "rehearsal.right_booking": round(got.right_share, 4),
        "rehearsal.passed": round(got.passed / got.scripts, 4),
        "rehearsal.unconfirmed_writes": got.unconfirmed,
        "rehearsal.wrong_guest_writes": got.wrong_guest,
        "turn.whole_cpu_ms_p95": share_below([c for p in done for c in p.costs], 0.95),
    }


def _told(done: Played) -> None:
    for what in done.wrong:
        sys.stderr.write(f"\n  {what}")


def besieged() -> dict[str, float]:
    configure_logging("CRITICAL", "console")
    return run(asyncio.wait_for(_besieged(), LONGEST))


async def _besieged() -> dict[str, float]:
    async with temporary_database() as settings:
        siege = await besiege(settings, count=COUNT)
    for what in siege.told:
        sys.stderr.write(f"\n  {what}")
    return {
        "attacks.tried": siege.tried,
        "attacks.leaks": siege.leaks,
        "attacks.writes": siege.writes,
    }


def lock_escapes() -> dict[str, float]:
    free = sum(not escapes(draft) for draft in trials(DRAFTS, seed=SEED))
    return {"lock.drafts": DRAFTS, "lock.escapes": free}
