"""Addresses of pictures in a document: judged before it is written, as their own route does."""

from typing import Any, cast
from urllib.parse import urlsplit
from uuid import UUID

from sqlalchemy import select

from frontdesk.configuration.check import BadConfiguration, Errors
from frontdesk.kit.db import Database
from frontdesk.kit.ids import HotelId
from frontdesk.kit.outside import BadAddress, only_public
from frontdesk.rooms.catalogue_models import Photo

HOSTS = 50
"""Different machines that one document may name: each is asked for."""


async def check_addresses(
    db: Database, hotel_id: HotelId | UUID, raw: object, *, allow_private: bool
) -> None:
    """Of pictures that the hotel does not show already. Asks the network: no transaction may be
    open. Raises BadConfiguration.
    """
    async with db.hotel(hotel_id) as session:
        known = set(await session.scalars(select(Photo.url)))
    paths: dict[str, tuple[str, str]] = {}
    for at, url in _addresses(raw):
        if url in known:
            continue
        paths.setdefault(_host(url), (f"photos[{at}].url", url))
    if len(paths) > HOSTS:
        message = f"photos of more than {HOSTS} different machines"
        raise BadConfiguration([{"path": "photos", "message": message}])
    errors: Errors = []
    for path, url in paths.values():
        try:
            await only_public(url, allow_private=allow_private)
        except BadAddress as refused:
            errors.append({"path": path, "message": refused.title()})
    if errors:
        raise BadConfiguration(errors)


def _addresses(raw: object) -> list[tuple[int, str]]:
    """What is no address is told of later, with everything else that is wrong."""
    said: Any = cast("dict[str, Any]", raw).get("photos") if isinstance(raw, dict) else None
    photos = cast("list[Any]", said) if isinstance(said, list) else []
    urls = [cast("dict[str, Any]", p).get("url") if isinstance(p, dict) else None for p in photos]
    return [(at, url) for at, url in enumerate(urls) if isinstance(url, str)]


def _host(url: str) -> str:
    try:
        return urlsplit(url).netloc
    except ValueError:
        return url
