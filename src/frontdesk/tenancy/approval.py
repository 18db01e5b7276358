"""What costs the hotel money needs somebody whose limit covers it: refused with who may."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.kit.errors import Forbidden
from frontdesk.tenancy.auth import Principal
from frontdesk.tenancy.permissions import APPROVES, BUILT_IN, within
from frontdesk.tenancy.person_models import Role


class AboveLimit(Forbidden):
    """This costs the hotel more than you may approve"""

    code = "above_approval_limit"


async def need_approval(session: AsyncSession, asker: Principal, scope: str, amount: int) -> None:
    """Raises AboveLimit, which names the limit and the roles that may. `amount` in minor units."""
    if amount <= 0 or asker.may_approve(amount):
        return
    raise AboveLimit(
        f"it costs {amount}, and your limit is {asker.approval_limit} (minor units)",
        amount=amount,
        limit=asker.approval_limit,
        roles=await _roles(session, asker.hotel_id, scope, amount),
    )


async def _roles(
    session: AsyncSession, hotel_id: UUID | None, scope: str, amount: int
) -> list[str]:
    own = (await session.scalars(select(Role).where(Role.hotel_id == hotel_id))).all()
    named: Iterable[tuple[str, Iterable[str], int | None]] = [
        *((name, scopes, APPROVES[name]) for name, scopes in BUILT_IN.items()),
        *((role.name, role.scopes, role.approval_limit) for role in own),
    ]
    return sorted(name for name, scopes, most in named if scope in scopes and within(amount, most))
