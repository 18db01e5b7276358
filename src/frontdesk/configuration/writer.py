"""Who writes a document into a hotel, and how a refusal says where it was met."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.configuration.check import BadConfiguration
from frontdesk.configuration.compare import Change
from frontdesk.configuration.kind import Kind
from frontdesk.configuration.kinds import BY_SECTION
from frontdesk.configuration.state import State
from frontdesk.kit.db import Tenant
from frontdesk.kit.errors import Conflict, Invalid, NotFound, Problem
from frontdesk.tenancy.auth import Principal
from frontdesk.tenancy.models import Hotel
from frontdesk.tenancy.names import UnknownNames


@dataclass(slots=True)
class Writer:
    """Who writes, when, and the ids of what entries name by code."""

    session: AsyncSession
    hotel: Hotel
    asker: Principal
    now: datetime
    ids: dict[str, UUID] = field(default_factory=dict[str, UUID])

    @property
    def by(self) -> str:
        return self.asker.actor

    def know_all(self, state: State) -> None:
        for name, held in state.sections.items():
            for one in held:
                self.know(BY_SECTION[name], one.entry, one.row)

    def know(self, kind: Kind, entry: Any, row: Tenant) -> None:
        self.ids[f"{kind.section}/{entry.get(kind.key[0]) if kind.key else row.id}"] = row.id


def row_of(change: Change) -> Any:
    if change.row is None:
        raise LookupError(change.path)
    return change.row


async def located(path: str, work: Awaitable[object]) -> None:
    """A refusal says which entry it is about."""
    try:
        await work
    except UnknownNames as refused:
        told = [{"path": f"{path}.{one.path}", "message": one.missing} for one in refused.wrong]
        raise BadConfiguration(told) from None
    except (NotFound, Invalid) as refused:
        message = refused.detail or refused.title()
        raise BadConfiguration([{"path": path, "message": message}]) from None
    except Problem as refused:
        refused.extra["path"] = path
        raise
    except IntegrityError:
        raise Conflict("it does not go together with what is there", path=path) from None
    except DBAPIError as refused:
        raise Conflict("the database refuses it", path=path) from refused


Put = Callable[[Writer, Change, Any], Awaitable[Tenant]]
Drop = Callable[[Writer, Any], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Way:
    """How entries of one section come and change, and how they go."""

    put: Put
    drop: Drop
    """What other rows hang on is turned off, anything else is deleted."""
