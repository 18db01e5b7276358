"""The operator's commands: hotels, instances, and what died."""

from uuid import UUID

import typer
from pydantic import ValidationError
from sqlalchemy import select

from frontdesk.kit.breaker import Breaker
from frontdesk.kit.clock import SystemClock
from frontdesk.kit.db import Database, open_database
from frontdesk.kit.errors import Invalid, NotFound
from frontdesk.kit.ids import HotelId
from frontdesk.kit.secrets import Vault
from frontdesk.kit.settings import Settings
from frontdesk.messaging.connect import connect
from frontdesk.messaging.provider import GreenApi, open_client
from frontdesk.operations.dead import list_dead, replay
from frontdesk.tenancy.actions import add_instance, add_key, open_hotel
from frontdesk.tenancy.models import Hotel
from frontdesk.tenancy.queries import instances
from frontdesk.tenancy.schemas import HotelIn, InstanceIn, KeyIn


async def find_hotel(db: Database, slug: str) -> HotelId:
    async with db.platform() as session:
        found = await session.scalar(select(Hotel.id).where(Hotel.slug == slug))
    if found is None:
        raise NotFound(f"there is no hotel {slug}")
    return HotelId(found)


async def hotels(settings: Settings) -> None:
    db = open_database(settings)
    async with db.platform() as session:
        for hotel in (await session.scalars(select(Hotel).order_by(Hotel.slug))).all():
            typer.echo(f"{hotel.slug:20} {hotel.name:30} {hotel.timezone} {hotel.currency}")
    await db.close()


async def add_hotel(settings: Settings, given: dict[str, str]) -> None:
    """Opens a hotel and gives out its first key, shown this once."""
    try:
        wanted = HotelIn.model_validate(given)
    except ValidationError as wrong:
        raise Invalid("; ".join(f"{e['loc'][0]}: {e['msg']}" for e in wrong.errors())) from None
    db = open_database(settings)
    async with db.platform() as session:
        hotel_id = (await open_hotel(session, wanted)).id
    async with db.hotel(hotel_id) as session:
        _, secret = await add_key(
            session, hotel_id, KeyIn(name="first", scopes=None), by="operator"
        )
    typer.echo(f"id   {hotel_id}\nkey  {secret}")
    await db.close()


async def new_instance(settings: Settings, slug: str, given: dict[str, str]) -> None:
    try:
        wanted = InstanceIn.model_validate(given)
    except ValidationError as wrong:
        raise Invalid("; ".join(f"{e['loc'][0]}: {e['msg']}" for e in wrong.errors())) from None
    db = open_database(settings)
    hotel_id = await find_hotel(db, slug)
    async with db.hotel(hotel_id) as session:
        made = await add_instance(
            session, Vault(settings.fernet_keys()), hotel_id, wanted, by="operator"
        )
    typer.echo(f"id   {made.id}\nNow: frontdesk instance connect --hotel {slug}")
    await db.close()


async def connect_instances(settings: Settings, slug: str) -> None:
    """SetSettings and getStateInstance for every number of a hotel."""
    db, vault, clock = open_database(settings), Vault(settings.fernet_keys()), SystemClock()
    hotel_id = await find_hotel(db, slug)
    async with open_client(settings.provider_timeout) as client:
        gateway = GreenApi(client, Breaker())
        async with db.hotel(hotel_id) as session:
            numbers = await instances(session)
        for number in numbers:
            done = await connect(
                db,
                vault,
                gateway,
                hotel_id,
                number.id,
                public_url=settings.public_url,
                by="operator",
                now=clock.now(),
            )
            typer.echo(f"{done.id_instance}: {done.state}")
    await db.close()


async def show_instances(settings: Settings, slug: str) -> None:
    db = open_database(settings)
    hotel_id = await find_hotel(db, slug)
    async with db.hotel(hotel_id) as session:
        for number in await instances(session):
            paused = f"paused: {number.pause_reason}" if number.paused_until else ""
            typer.echo(f"{number.id}  {number.id_instance:14} {number.state:14} {paused}")
    await db.close()


async def show_all_dead(settings: Settings, slug: str | None) -> None:
    """Of one hotel, or of all."""
    db = open_database(settings)
    async with db.platform() as session:
        query = select(Hotel.slug, Hotel.id).order_by(Hotel.slug)
        wanted = query.where(Hotel.slug == slug) if slug else query
        houses = [(name, HotelId(hotel_id)) for name, hotel_id in await session.execute(wanted)]
    if slug and not houses:
        raise NotFound(f"there is no hotel {slug}")
    count = 0
    for name, hotel_id in houses:
        async with db.hotel(hotel_id) as session:
            for d in await list_dead(session):
                typer.echo(f"{d.id}  {d.at:%Y-%m-%d %H:%M}  {name:12} {d.kind:10} {d.why}")
                count += 1
    typer.echo(f"{count} dead; see: frontdesk dead show --help" if count else "Nothing died.")
    await db.close()


async def replay_dead(settings: Settings, slug: str, dead_id: UUID) -> None:
    db = open_database(settings)
    hotel_id = await find_hotel(db, slug)
    async with db.hotel(hotel_id) as session:
        kind = await replay(session, hotel_id, dead_id, now=SystemClock().now())
    typer.echo(f"{kind} {dead_id} is at work again")
    await db.close()


async def show_dead(settings: Settings, slug: str, dead_id: UUID) -> None:
    db = open_database(settings)
    hotel_id = await find_hotel(db, slug)
    async with db.hotel(hotel_id) as session:
        found = next((d for d in await list_dead(session) if d.id == dead_id), None)
    await db.close()
    if found is None:
        raise NotFound("nothing dead has that id")
    typer.echo(f"id    {found.id}\nkind  {found.kind}\nat    {found.at:%Y-%m-%d %H:%M:%S}")
    typer.echo(f"why   {found.why}\nwhat  {found.what}")
    typer.echo(f"Now:  frontdesk dead replay --hotel {slug} {found.id}")
