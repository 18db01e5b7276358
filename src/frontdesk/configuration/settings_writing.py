"""Writing the sections that are the fields of one thing."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from frontdesk.assistant.publishing_routes import Publishing, keep_publishing
from frontdesk.assistant.usage_routes import set_limits
from frontdesk.configuration.compare import Change
from frontdesk.configuration.kinds import (
    AUTONOMY,
    DESK,
    HOTEL,
    MODEL_LIMITS,
    PUBLISHING,
)
from frontdesk.configuration.state import State
from frontdesk.configuration.writer import Writer, located
from frontdesk.conversations.autonomy_routes import Autonomy, keep_autonomy
from frontdesk.conversations.desk_routes import keep_desk
from frontdesk.conversations.desk_schemas import DeskIn
from frontdesk.tenancy.actions import change_hotel
from frontdesk.tenancy.schemas import HotelPatch


async def write_settings(
    writer: Writer, state: State, changes: Sequence[Change], sections: Iterable[str]
) -> None:
    for section in sections:
        said = {change.name: change.new for change in changes if change.section == section}
        if said:
            whole = {**state.settings[section], **said}
            await located(section, _keep(writer, section, said, whole))


async def _keep(
    writer: Writer, section: str, said: Mapping[str, Any], whole: Mapping[str, Any]
) -> None:
    session, hotel, by = writer.session, writer.hotel, writer.by
    match section:
        case _ if section == HOTEL:
            change_hotel(session, hotel, HotelPatch.model_validate(said), by=by)
        case _ if section == DESK:
            await keep_desk(session, hotel, DeskIn.model_validate(whole), by=by)
        case _ if section == AUTONOMY:
            keep_autonomy(session, hotel, Autonomy.model_validate(whole), by=by)
        case _ if section == PUBLISHING:
            keep_publishing(session, hotel, Publishing.model_validate(whole), by=by)
        case _ if section == MODEL_LIMITS:
            await set_limits(session, hotel.id, said, by=by)
        case _:
            raise LookupError(section)
