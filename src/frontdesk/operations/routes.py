"""Health: alive, and able to work, with what is broken named."""

from fastapi import APIRouter
from fastapi.responses import JSONResponse
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from frontdesk.kit.cache import hit_rates
from frontdesk.kit.db import Database
from frontdesk.kit.web import DbDep, SettingsDep
from frontdesk.operations.broker import BadAnswer, ping

router = APIRouter(tags=["operations"])


@router.get("/healthz")
async def alive() -> dict[str, str]:
    return {"status": "alive"}


@router.get("/readyz")
async def ready(db: DbDep, settings: SettingsDep) -> JSONResponse:
    """503 names what is broken. The broker down only delays work, so it is told but not fatal."""
    database = await _database(db)
    parts = {"database": database, "broker": await _broker(settings.redis_url)}
    status = 200 if database == "ok" else 503
    kept = {"cache_hit_rate": hit_rates(await db.cache.everywhere() or dict(db.cache.counts))}
    said = {"status": "ready" if status == 200 else "broken", **parts, **kept}
    return JSONResponse(said, status)


async def _database(db: Database) -> str:
    try:
        async with db.nobody() as session:
            await session.execute(text("SELECT 1"))
    except (SQLAlchemyError, OSError, TimeoutError) as lost:
        return f"broken: {type(lost).__name__}"
    return "ok"


async def _broker(url: str) -> str:
    try:
        await ping(url)
    except (BadAnswer, OSError, ValueError) as lost:
        return f"broken: {type(lost).__name__}"
    return "ok"
