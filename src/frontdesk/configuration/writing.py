"""Writing what changed, section after section."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from frontdesk.configuration import (
    desk_writing,
    knowledge_writing,
    rate_writing,
    room_writing,
    staff_writing,
)
from frontdesk.configuration.compare import Change
from frontdesk.configuration.kind import Kind
from frontdesk.configuration.kinds import DESK, KINDS, SETTINGS_OF, WRITES
from frontdesk.configuration.rate_writing import free_default
from frontdesk.configuration.said import in_ids
from frontdesk.configuration.settings_writing import write_settings
from frontdesk.configuration.state import State
from frontdesk.configuration.writer import Way, Writer, located, row_of
from frontdesk.kit.db import Tenant
from frontdesk.kit.errors import Forbidden
from frontdesk.tenancy.roles import change_role_itself, delete_role, make_role
from frontdesk.triggers.models import Trigger
from frontdesk.triggers.saving import save_trigger


async def write(writer: Writer, state: State, changes: Sequence[Change]) -> None:
    """Raises Forbidden where the asker may not write a section, and what the actions raise, with
    the path of the entry; the caller's transaction is then of no use. The desk comes after what
    its rules name.
    """
    lacking = sorted({WRITES[c.section] for c in changes} - writer.asker.scopes)
    if lacking:
        raise Forbidden(f"it lacks {', '.join(lacking)}")
    writer.know_all(state)
    await write_settings(writer, state, changes, [name for name in SETTINGS_OF if name != DESK])
    await free_default(writer, [c for c in changes if c.section == "rate_plans"])
    for kind in KINDS:
        for change in sorted(_of(kind, changes), key=_order):
            await located(change.path, _put(writer, kind, change))
    await write_settings(writer, state, changes, [DESK])
    for kind in reversed(KINDS):
        for change in _of(kind, changes, gone=True):
            await located(change.path, WAYS[kind.section].drop(writer, row_of(change)))


def _of(kind: Kind, changes: Sequence[Change], *, gone: bool = False) -> list[Change]:
    return [c for c in changes if c.section == kind.section and (c.what == "remove") is gone]


def _order(change: Change) -> bool:
    """A plan that starts from another comes after it."""
    return bool(change.new and change.new.get("parent"))


async def _put(writer: Writer, kind: Kind, change: Change) -> None:
    said = kind.schema.model_validate(in_ids(kind, change.new, writer.ids))
    row = await WAYS[kind.section].put(writer, change, said)
    writer.know(kind, change.new, row)


async def _put_role(writer: Writer, change: Change, said: Any) -> Tenant:
    session, asker, limits = writer.session, writer.asker, (said.scopes, said.approval_limit)
    if change.what == "add":
        return await make_role(session, writer.hotel.id, said.name, *limits, asker=asker)
    role = row_of(change)
    await change_role_itself(session, role, *limits, asker=asker)
    return role


async def _drop_role(writer: Writer, row: Any) -> None:
    await delete_role(writer.session, row, asker=writer.asker)


async def _put_trigger(writer: Writer, change: Change, said: Any) -> Tenant:
    row = Trigger(hotel_id=writer.hotel.id) if change.what == "add" else row_of(change)
    await save_trigger(writer.session, row, said.columns(), by=writer.by)
    return row


async def _drop_trigger(writer: Writer, row: Any) -> None:
    await save_trigger(writer.session, row, {"enabled": False}, by=writer.by)


WAYS: Mapping[str, Way] = MappingProxyType(
    {
        "roles": Way(_put_role, _drop_role),
        "triggers": Way(_put_trigger, _drop_trigger),
        **room_writing.WAYS,
        **rate_writing.WAYS,
        **desk_writing.WAYS,
        **staff_writing.WAYS,
        **knowledge_writing.WAYS,
    }
)
