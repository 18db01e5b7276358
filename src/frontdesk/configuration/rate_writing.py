"""Writing plans and rates, through the actions that their own routes call."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from sqlalchemy import update

from frontdesk.bookings.rate_actions import (
    add_plan,
    add_rate,
    remove_rate,
    replace_plan,
    replace_rate,
    retire_plan,
)
from frontdesk.bookings.rate_models import RatePlan
from frontdesk.configuration.compare import Change
from frontdesk.configuration.kinds import BY_SECTION
from frontdesk.configuration.writer import Way, Writer, row_of
from frontdesk.kit.db import Tenant


async def free_default(writer: Writer, changes: Sequence[Change]) -> None:
    """One plan at a time is the default: the old one steps down before the new one comes."""
    for change in changes:
        stays = change.new is not None and change.new["is_default"]
        if change.old and change.old["is_default"] and not stays:
            stepping = update(RatePlan).where(RatePlan.id == row_of(change).id)
            await writer.session.execute(stepping.values(is_default=False))


async def _put_plan(writer: Writer, change: Change, said: Any) -> Tenant:
    if change.what == "add":
        return await add_plan(writer.session, writer.hotel.id, said, by=writer.by)
    return await replace_plan(writer.session, row_of(change).id, said, by=writer.by)


async def _drop_plan(writer: Writer, row: Any) -> None:
    await retire_plan(writer.session, row.id, by=writer.by)


async def _put_rate(writer: Writer, change: Change, said: Any) -> Tenant:
    session, model, by = writer.session, BY_SECTION[change.section].model, writer.by
    if change.what == "add":
        return await add_rate(session, writer.hotel.id, model, said, by=by)
    return await replace_rate(session, model, row_of(change).id, said, by=by)


async def _drop_rate(writer: Writer, row: Tenant) -> None:
    await remove_rate(writer.session, type(row), row.id, by=writer.by)


WAYS: Mapping[str, Way] = MappingProxyType(
    {"rate_plans": Way(_put_plan, _drop_plan)}
    | dict.fromkeys(
        ("taxes", "rate_rules", "rate_supplements", "rate_restrictions", "rate_allotments"),
        Way(_put_rate, _drop_rate),
    )
)
