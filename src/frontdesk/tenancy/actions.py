"""Opening hotels, connecting numbers, giving out keys."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.kit.errors import Conflict, Invalid, NotFound
from frontdesk.kit.secrets import Vault, digest, new_token
from frontdesk.tenancy.audit import record
from frontdesk.tenancy.auth import SCOPES
from frontdesk.tenancy.departments import known_codes
from frontdesk.tenancy.envelope import seal
from frontdesk.tenancy.models import ApiKey, Hotel, WhatsAppInstance
from frontdesk.tenancy.schemas import HotelIn, HotelPatch, InstanceIn, KeyIn


class AlreadyThere(Conflict):
    """There is one with that name already"""

    code = "already_there"


async def open_hotel(session: AsyncSession, wanted: HotelIn) -> Hotel:
    """`session` is the platform's."""
    hotel = Hotel(**wanted.model_dump(), settings={})
    session.add(hotel)
    await _flush(session)
    return hotel


def change_hotel(session: AsyncSession, hotel: Hotel, wanted: HotelPatch, *, by: str) -> None:
    """Only what is said; a null empties it. What has no column of its own goes into `settings`."""
    said = wanted.model_dump(exclude_unset=True)
    columns = {name: value for name, value in said.items() if hasattr(Hotel, name)}
    others = {name: value for name, value in said.items() if name not in columns}
    old = {name: getattr(hotel, name) for name in columns} | {
        name: hotel.settings.get(name) for name in others
    }
    for name, value in columns.items():
        setattr(hotel, name, value)
    kept = {**hotel.settings, **others}
    hotel.settings = {name: value for name, value in kept.items() if value is not None}
    record(session, hotel.id, "hotel.change", f"hotel:{hotel.id}", by=by, old=old, new=said)


async def add_instance(
    session: AsyncSession, vault: Vault, hotel_id: UUID, wanted: InstanceIn, *, by: str
) -> WhatsAppInstance:
    token = wanted.webhook_token.get_secret_value() if wanted.webhook_token else new_token()
    instance = WhatsAppInstance(
        hotel_id=hotel_id,
        instance_key=new_token(18),
        id_instance=wanted.id_instance,
        api_url=wanted.api_url.rstrip("/"),
        api_token=await seal(session, vault, hotel_id, wanted.api_token.get_secret_value()),
        webhook_token=await seal(session, vault, hotel_id, token),
        webhook_token_digest=digest(token),
        daily_cap=wanted.daily_cap,
        state="unknown",
    )
    session.add(instance)
    await _flush(session)
    new = {"daily_cap": wanted.daily_cap, "shut": wanted.webhook_token is None}
    record(session, hotel_id, "instance.add", f"instance:{instance.id}", by=by, new=new)
    return instance


async def add_key(
    session: AsyncSession, hotel_id: UUID, wanted: KeyIn, *, by: str
) -> tuple[ApiKey, str]:
    """The stored key and, this once, its secret."""
    scopes = wanted.scopes if wanted.scopes is not None else list(SCOPES)
    unknown = sorted(set(scopes) - set(SCOPES))
    if unknown:
        raise Invalid(f"no such scopes: {', '.join(unknown)}")
    secret = f"fd_{new_token()}"
    key = ApiKey(
        hotel_id=hotel_id,
        name=wanted.name,
        digest=digest(secret),
        hint=secret[-4:],
        scopes=scopes,
        departments=await known_codes(session, hotel_id, wanted.departments),
    )
    session.add(key)
    await _flush(session)
    new = {"scopes": scopes, "departments": key.departments}
    record(session, hotel_id, "key.add", f"key:{key.id}", by=by, new=new)
    return key, secret


async def the_key(session: AsyncSession, key_id: UUID) -> ApiKey:
    key = await session.scalar(select(ApiKey).where(ApiKey.id == key_id))
    if key is None:
        raise NotFound("there is no such key")
    return key


def revoke_key(session: AsyncSession, key: ApiKey, *, by: str, now: datetime) -> None:
    old, new = {"revoked_at": key.revoked_at}, {"revoked_at": key.revoked_at or now}
    key.revoked_at = key.revoked_at or now
    record(session, key.hotel_id, "key.revoke", f"key:{key.id}", by=by, old=old, new=new)


async def _flush(session: AsyncSession) -> None:
    try:
        await session.flush()
    except IntegrityError:
        raise AlreadyThere from None
