"""Writing what a hotel knows: its texts and its typed facts."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from frontdesk.configuration.compare import Change
from frontdesk.configuration.kinds import FACTS
from frontdesk.configuration.writer import Way, Writer, row_of
from frontdesk.kit.db import Tenant
from frontdesk.knowledge.actions import add_document, remove_document, replace_document
from frontdesk.knowledge.fact_actions import put_facts
from frontdesk.knowledge.models import KnowledgeDocument
from frontdesk.tenancy.audit import record


async def _put_fact(writer: Writer, _: Change, said: Any) -> Tenant:
    (saved,) = await put_facts(writer.session, writer.hotel, [said.said()], by=writer.by)
    return saved.fact


async def _put_text(writer: Writer, change: Change, said: Any) -> Tenant:
    session, columns, by = writer.session, said.model_dump(), writer.by
    if change.what == "add":
        row = KnowledgeDocument(hotel_id=writer.hotel.id, version=1, **columns)
        await add_document(session, row, by=by)
    else:
        row = row_of(change)
        await replace_document(session, row, columns, by=by)
    new = {"version": row.version, "audience": row.audience, "language": row.language}
    action, subject = f"document.{change.what}", f"document:{row.id}"
    record(session, row.hotel_id, action, subject, by=by, new=new)
    return row


async def _drop(writer: Writer, row: Any) -> None:
    await remove_document(writer.session, row)
    subject, old = f"document:{row.id}", {"version": row.version}
    record(writer.session, row.hotel_id, "document.delete", subject, by=writer.by, old=old)


WAYS: Mapping[str, Way] = MappingProxyType(
    {FACTS: Way(_put_fact, _drop), "knowledge": Way(_put_text, _drop)}
)
