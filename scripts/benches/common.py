"""What benches share: a database of their own, hotels in it, CPU of a process, medians."""

import asyncio
import os
import statistics
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from frontdesk.kit.db import Database, open_database
from frontdesk.kit.ids import HotelId
from frontdesk.kit.secrets import Vault, new_key
from frontdesk.kit.settings import Settings
from frontdesk.local.migrate import upgrade_head
from frontdesk.local.postgres import start_postgres
from frontdesk.local.roles import ensure_roles_and_database
from frontdesk.tenancy.actions import add_instance, open_hotel
from frontdesk.tenancy.models import WhatsAppInstance
from frontdesk.tenancy.schemas import HotelIn, InstanceIn

TOKEN = "a-webhook-token-of-the-bench"
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Ground:
    settings: Settings
    db: Database
    vault: Vault


@asynccontextmanager
async def ground() -> AsyncIterator[Ground]:
    """A migrated database in a temporary folder, gone afterwards; fsync stays on."""
    with tempfile.TemporaryDirectory(prefix="frontdesk-bench-") as folder:
        Path(folder).chmod(0o755)
        postgres = await asyncio.to_thread(start_postgres, Path(folder) / "postgres")
        try:
            urls = await ensure_roles_and_database(postgres)
            await asyncio.to_thread(upgrade_head, urls.owner)
            key = new_key()
            settings = Settings(
                _env_file=None,
                DATABASE_URL=urls.app,
                DATABASE_PLATFORM_URL=urls.platform,
                DATABASE_OWNER_URL=urls.owner,
                FRONTDESK_SECRET_KEY=key,
                FRONTDESK_BURST_SECONDS=0,
                FRONTDESK_LOG_LEVEL="ERROR",
                DATABASE_POOL_SIZE=70,
            )
            db = open_database(settings)
            yield Ground(settings, db, Vault((key,)))
            await db.close()
        finally:
            await asyncio.to_thread(postgres.stop)


async def hotel_with_number(
    at: Ground, n: int, *, api_url: str = "http://127.0.0.1:1"
) -> tuple[HotelId, WhatsAppInstance]:
    wanted = {
        "slug": f"bench-{n}",
        "name": f"Bench {n}",
        "timezone": "Europe/Madrid",
        "currency": "EUR",
    }
    async with at.db.platform() as session:
        hotel = await open_hotel(session, HotelIn.model_validate(wanted))
        hotel.settings = {"pace_ms": 0}
        hotel_id = HotelId(hotel.id)
    number = {
        "id_instance": str(7105_000_000 + n),
        "api_url": api_url,
        "api_token": "bench-token",
        "webhook_token": TOKEN,
    }
    async with at.db.hotel(hotel_id) as session:
        made = await add_instance(
            session, at.vault, hotel_id, InstanceIn.model_validate(number), by="bench"
        )
    return hotel_id, made


def cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def cpu_ns(pid: int | str) -> int:
    """Of its main thread."""
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0])


def rss_mib(pid: int) -> float:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    return 0.0


def percentile(values: Sequence[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def median(values: Sequence[float]) -> float:
    return statistics.median(values)


def steady(base: Sequence[float]) -> bool:
    """A run whose base moved more than twofold between its own rounds says nothing."""
    return max(base) <= 2 * min(base)
