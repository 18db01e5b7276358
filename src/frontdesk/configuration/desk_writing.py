"""Writing what the desk says, asks and is called for, through the actions of its own routes."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from frontdesk.configuration.compare import Change
from frontdesk.configuration.writer import Way, Writer, row_of
from frontdesk.conversations.canned import drop_reply, save_reply
from frontdesk.conversations.causes import forget_cause, set_cause
from frontdesk.conversations.label_book import add_label, drop_label, rename_label
from frontdesk.conversations.note_models import CannedReply
from frontdesk.conversations.survey_models import Survey
from frontdesk.conversations.surveys import save_survey
from frontdesk.kit.db import Tenant
from frontdesk.tenancy.departments import change_department, open_department


async def _put_department(writer: Writer, change: Change, said: Any) -> Tenant:
    columns = said.model_dump()
    if change.what == "add":
        return await open_department(writer.session, writer.hotel.id, columns, by=writer.by)
    return await change_department(writer.session, row_of(change).id, columns, by=writer.by)


async def _drop_department(writer: Writer, row: Any) -> None:
    await change_department(writer.session, row.id, {"active": False}, by=writer.by)


async def _put_label(writer: Writer, change: Change, said: Any) -> Tenant:
    session, by = writer.session, writer.by
    if change.what == "add":
        return await add_label(session, writer.hotel.id, said.name, said.colour, by=by)
    row = row_of(change)
    await rename_label(session, row, said.name, said.colour, by=by)
    return row


async def _drop_label(writer: Writer, row: Any) -> None:
    await drop_label(writer.session, row, by=writer.by)


async def _put_reply(writer: Writer, change: Change, said: Any) -> Tenant:
    new = change.what == "add"
    row = CannedReply(hotel_id=writer.hotel.id) if new else row_of(change)
    action = "canned.add" if new else "canned.change"
    return await save_reply(writer.session, row, said.model_dump(), action, by=writer.by)


async def _drop_reply(writer: Writer, row: Any) -> None:
    await drop_reply(writer.session, row, by=writer.by)


async def _put_survey(writer: Writer, change: Change, said: Any) -> Tenant:
    row = Survey(hotel_id=writer.hotel.id) if change.what == "add" else row_of(change)
    return await save_survey(writer.session, row, said.model_dump(mode="json"), by=writer.by)


async def _drop_survey(writer: Writer, row: Any) -> None:
    await save_survey(writer.session, row, {"active": False}, by=writer.by)


async def _put_cause(writer: Writer, _: Change, said: Any) -> Tenant:
    columns = said.model_dump(mode="json")
    return await set_cause(writer.session, writer.hotel.id, columns, by=writer.by)


async def _drop_cause(writer: Writer, row: Any) -> None:
    await forget_cause(writer.session, row, by=writer.by)


WAYS: Mapping[str, Way] = MappingProxyType(
    {
        "departments": Way(_put_department, _drop_department),
        "labels": Way(_put_label, _drop_label),
        "canned_replies": Way(_put_reply, _drop_reply),
        "surveys": Way(_put_survey, _drop_survey),
        "escalation_causes": Way(_put_cause, _drop_cause),
    }
)
