"""What the routes of people ask of the app."""

from typing import Annotated

from fastapi import Depends, Request

from frontdesk.kit.web import ClockDep, DbDep, SignerDep, VaultDep
from frontdesk.tenancy.oidc import Provider
from frontdesk.tenancy.sessions import Entrance


def _entrance(db: DbDep, vault: VaultDep, signer: SignerDep, clock: ClockDep) -> Entrance:
    return Entrance(db, vault, signer, clock)


def _provider(request: Request) -> Provider:
    return request.app.state.provider


EntranceDep = Annotated[Entrance, Depends(_entrance)]
ProviderDep = Annotated[Provider, Depends(_provider)]
