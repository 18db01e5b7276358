"""`frontdesk isolation`: the proof of the wall as a report that a hotel can read."""

import asyncio
import json
from collections import defaultdict
from contextlib import suppress
from dataclasses import asdict

import typer
from fastapi import FastAPI
from sqlalchemy import func, select

from frontdesk.api.app import api_routes, create_app
from frontdesk.kit.db import Database, open_database
from frontdesk.kit.ids import HotelId
from frontdesk.kit.rehearsal import Rehearsal
from frontdesk.kit.settings import Settings
from frontdesk.operations.findings import Finding
from frontdesk.operations.isolation import catalogue
from frontdesk.operations.probe import probe_rows
from frontdesk.operations.probe_live import probe_live
from frontdesk.operations.probe_routes import probe_routes
from frontdesk.operations.probe_search import probe_search
from frontdesk.operations.probe_world import make_world, tenant_tables
from frontdesk.runtime import import_models
from frontdesk.tenancy.actions import AlreadyThere, open_hotel
from frontdesk.tenancy.models import Hotel
from frontdesk.tenancy.schemas import HotelIn

PROBE = {"name": "Probe", "timezone": "UTC", "currency": "EUR"}
LOCK, AGAIN = 7305044, 0.5
"""One proof at a time, and how soon another asks whether it is its turn, in seconds."""


async def isolation(settings: Settings, *, as_json: bool) -> int:
    """Print every finding; gives the exit code: 1 on any hole."""
    return tell(await prove(settings), as_json=as_json)


def tell(findings: list[Finding], *, as_json: bool) -> int:
    """Print them; gives the exit code."""
    holes = [f for f in findings if not f.holds]
    if as_json:
        typer.echo(json.dumps({"holes": len(holes), "findings": [asdict(f) for f in findings]}))
    else:
        _report(findings, holes)
    return 1 if holes else 0


async def prove(settings: Settings) -> list[Finding]:
    """The catalogue, and two probe hotels that reach for each other's rows and routes."""
    db = open_database(settings)
    probing = settings.model_copy(update={"log_level": "CRITICAL", "allow_private_urls": True})
    try:
        async with db.nobody() as session:
            findings = await catalogue(session)
        return findings + await probe(db, create_app(probing))
    finally:
        await db.close()


async def probe(db: Database, app: FastAPI) -> list[Finding]:
    """Both hotels' rows, and all that the routes do, live in one transaction that is undone.

    Only the two empty hotels stay.
    """
    import_models()
    hotels = [await _probe_hotel(db, f"isolation-probe-{n}") for n in "ab"]
    async with app.router.lifespan_context(app), Rehearsal.of(db) as stage:
        await _alone(stage, hotels[0])
        vault, now = app.state.vault, app.state.clock.now()
        mine, other = [await make_world(stage, vault, h, now=now) for h in hotels]
        findings = await probe_rows(stage, mine, other)
        findings += await probe_search(
            stage,
            mine.hotel_id,
            own=mine.own_word,
            foreign=other.own_word,
            foreign_ids=other.ids,
        )
        app.state.db = stage
        findings += await probe_live(app, stage, mine, other)
        return findings + await probe_routes(app, api_routes(app), stage, mine, other)


async def _alone(stage: Rehearsal, hotel_id: HotelId) -> None:
    """Wait until no other proof is on: it writes to the same hotels, and a statement that waits for
    its rows would be given up after the time that any statement has.
    """
    while True:
        async with stage.hotel(hotel_id) as session:
            if await session.scalar(select(func.pg_try_advisory_xact_lock(LOCK))):
                return
        await asyncio.sleep(AGAIN)


async def _probe_hotel(db: Database, slug: str) -> HotelId:
    """The same two empty hotels are used again each time, also by two proofs at once.

    Looked for first: an insert would wait for the other proof, which works on that row.
    """
    if (found := await _named(db, slug)) is not None:
        return found
    with suppress(AlreadyThere):
        async with db.platform() as session:
            await open_hotel(session, HotelIn.model_validate({"slug": slug, **PROBE}))
    found = await _named(db, slug)
    assert found is not None  # noqa: S101 - by us or by the other proof
    return found


async def _named(db: Database, slug: str) -> HotelId | None:
    async with db.platform() as session:
        found = await session.scalar(select(Hotel.id).where(Hotel.slug == slug))
    return None if found is None else HotelId(found)


def _report(findings: list[Finding], holes: list[Finding]) -> None:
    counts: dict[str, list[bool]] = defaultdict(list)
    for finding in findings:
        counts[finding.check].append(finding.holds)
    for check, held in counts.items():
        typer.echo(f"{'ok  ' if all(held) else 'HOLE'}  {check:42} {sum(held)} of {len(held)}")
    for hole in holes:
        typer.echo(f"HOLE  {hole.check}: {hole.subject} {hole.detail}")
    typer.echo(
        f"\n{len(findings)} findings over {len(tenant_tables())} tables, {len(holes)} holes."
    )
