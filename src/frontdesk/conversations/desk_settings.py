"""What a hotel says of its desk: kept in its settings."""

from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.conversations.desk_schemas import DeskIn
from frontdesk.conversations.routing import DeskSettings, Rule
from frontdesk.tenancy.models import Hotel
from frontdesk.tenancy.queries import the_hotel

KEY = "desk"
"""In a hotel's settings."""
SETS = ("reasons", "languages", "labels", "departments", "skills")


def desk_of(hotel: Hotel) -> DeskIn:
    """As it is said over HTTP."""
    return DeskIn.model_validate(hotel.settings.get(KEY, {}))


async def desk_settings(session: AsyncSession) -> DeskSettings:
    return settings_of(await the_hotel(session))


def settings_of(hotel: Hotel) -> DeskSettings:
    said = dict[str, Any](hotel.settings.get(KEY, {}))
    said["rules"] = tuple(_rule(r) for r in said.get("rules", ()))
    return DeskSettings(**said)


def _rule(said: dict[str, Any]) -> Rule:
    values = dict[str, Any](said)
    values |= {name: frozenset(said[name]) for name in SETS if name in said}
    member = said.get("membership_id")
    values["membership_id"] = UUID(member) if member else None
    return Rule(**values)
