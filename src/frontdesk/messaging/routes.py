"""The webhook's address, and connecting an instance over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends

from frontdesk.kit.breaker import Breaker
from frontdesk.kit.errors import Problem
from frontdesk.kit.web import ClockDep, DbDep, SettingsDep, VaultDep
from frontdesk.messaging.connect import connect
from frontdesk.messaging.provider import GreenApi, SendFailed, open_client
from frontdesk.tenancy.auth import Principal, allow
from frontdesk.tenancy.schemas import InstanceOut

router = APIRouter(prefix="/v1/hotels/{hotel_id}", tags=["hotels"])
Writer = Annotated[Principal, Depends(allow("hotel:write"))]


class GatewayRefused(Problem):
    """GREEN-API did not do it"""

    status = 502
    code = "gateway_refused"


@router.post(
    "/instances/{instance_id}/connect", responses={502: {"description": GatewayRefused.title()}}
)
async def connect_instance(
    db: DbDep,
    vault: VaultDep,
    clock: ClockDep,
    settings: SettingsDep,
    hotel_id: UUID,
    instance_id: UUID,
    asker: Writer,
) -> InstanceOut:
    """Sets the webhook and every notification, then reads the state.

    A client for this one call: connecting is rare, and an open one weighs 4 MiB.
    """
    try:
        async with open_client(settings.provider_timeout) as client:
            number = await connect(
                db,
                vault,
                GreenApi(client, Breaker()),
                hotel_id,
                instance_id,
                public_url=settings.public_url,
                by=asker.actor,
                now=clock.now(),
            )
    except SendFailed as failure:
        raise GatewayRefused(type(failure).__name__) from None
    return InstanceOut.model_validate(number)
