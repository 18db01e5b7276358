"""`frontdesk isolation`: the proof of the wall as a report that a hotel can read."""

import json
from collections import defaultdict
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import asdict

import typer
from sqlalchemy import delete, select

from frontdesk.api.app import api_routes, create_app
from frontdesk.kit.db import Database, open_database
from frontdesk.kit.ids import HotelId
from frontdesk.kit.settings import Settings
from frontdesk.operations.findings import Finding
from frontdesk.operations.isolation import catalogue
from frontdesk.operations.probe import probe_routes, probe_rows, tenant_tables
from frontdesk.tenancy.actions import add_key, open_hotel
from frontdesk.tenancy.models import ApiKey, Hotel
from frontdesk.tenancy.schemas import HotelIn, KeyIn

PROBE = {"name": "Probe", "timezone": "UTC", "currency": "EUR"}


async def isolation(settings: Settings, *, as_json: bool) -> int:
    """Print every finding; gives the exit code: 1 on any hole."""
    findings = await prove(settings)
    holes = [f for f in findings if not f.holds]
    if as_json:
        typer.echo(json.dumps({"holes": len(holes), "findings": [asdict(f) for f in findings]}))
    else:
        _report(findings, holes)
    return 1 if holes else 0


async def prove(settings: Settings) -> list[Finding]:
    """The catalogue, and two probe hotels that reach for each other's rows and routes."""
    db = open_database(settings)
    try:
        async with db.nobody() as session:
            findings = await catalogue(session)
        mine, other = [await _probe_hotel(db, f"isolation-probe-{n}") for n in "ab"]
        findings += await probe_rows(db, mine, other)
        app = create_app(settings.model_copy(update={"log_level": "ERROR"}))
        async with app.router.lifespan_context(app), _probe_key(db, mine) as key:
            findings += await probe_routes(app, api_routes(app), key=key, other=other)
    finally:
        await db.close()
    return findings


async def _probe_hotel(db: Database, slug: str) -> HotelId:
    """The same two empty hotels are used again each time."""
    async with db.platform() as session:
        known = await session.scalar(select(Hotel.id).where(Hotel.slug == slug))
        if known is None:
            known = (await open_hotel(session, HotelIn.model_validate({"slug": slug, **PROBE}))).id
        return HotelId(known)


@asynccontextmanager
async def _probe_key(db: Database, hotel_id: HotelId) -> AsyncGenerator[str]:
    """A key for this one probe; it goes, and no other, however the probe ends."""
    async with db.hotel(hotel_id) as session:
        key, secret = await add_key(session, hotel_id, KeyIn(name="probe", scopes=None), by="probe")
        key_id = key.id
    try:
        yield secret
    finally:
        async with db.hotel(hotel_id) as session:
            await session.execute(delete(ApiKey).where(ApiKey.id == key_id))


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
