"""The operator's commands for people: a hotel's members, and an identity provider to try with."""

from typing import Any

import typer
from pydantic import BaseModel, ValidationError
from sqlalchemy import select

from frontdesk.cli_operations import find_hotel
from frontdesk.kit.clock import SystemClock
from frontdesk.kit.db import open_database
from frontdesk.kit.errors import Invalid
from frontdesk.kit.secrets import Vault, new_token
from frontdesk.kit.settings import Settings
from frontdesk.local.identity_provider import IdentityProvider, create_identity_provider
from frontdesk.local.serving import server_of
from frontdesk.local.spawn import HOST
from frontdesk.tenancy.auth import SCOPES, Principal
from frontdesk.tenancy.letterbox import ask_mail
from frontdesk.tenancy.members import invitation, invite
from frontdesk.tenancy.person_models import Membership
from frontdesk.tenancy.person_schemas import MemberIn, Password
from frontdesk.tenancy.queries import the_hotel
from frontdesk.tenancy.seat import let_back_in, lose_factor, seat, shut_out

OPERATOR = Principal("operator", None, frozenset(SCOPES))


class WithPassword(BaseModel):
    password: Password


def _read(model: type[BaseModel], given: dict[str, Any]) -> Any:
    try:
        return model.model_validate(given)
    except ValidationError as wrong:
        raise Invalid("; ".join(f"{e['loc'][0]}: {e['msg']}" for e in wrong.errors())) from None


async def show_members(settings: Settings, slug: str) -> None:
    db = open_database(settings)
    async with db.hotel(await find_hotel(db, slug)) as session:
        query = select(Membership).order_by(Membership.email)
        for member in (await session.scalars(query)).all():
            typer.echo(f"{member.email:40} {member.role:12} {member.status:8} {member.name}")
    await db.close()


async def add_member(settings: Settings, slug: str, given: dict[str, str], password: str) -> None:
    wanted: MemberIn = _read(MemberIn, given)
    secret: WithPassword = _read(WithPassword, {"password": password})
    db, now = open_database(settings), SystemClock().now()
    await seat(
        db,
        await find_hotel(db, slug),
        wanted.email,
        wanted.name,
        wanted.role,
        secret.password.get_secret_value(),
        by=OPERATOR.actor,
        now=now,
    )
    typer.echo(f"{wanted.email} is {wanted.role} of {slug}")
    await db.close()


async def invite_member(settings: Settings, slug: str, given: dict[str, str]) -> None:
    wanted: MemberIn = _read(MemberIn, given)
    db, now = open_database(settings), SystemClock().now()
    hotel_id = await find_hotel(db, slug)
    async with db.hotel(hotel_id) as session:
        hotel = await the_hotel(session)
        member = await invite(session, hotel_id, wanted.model_dump(), asker=OPERATOR)
        facts, vault = invitation(member, hotel), Vault(settings.fernet_keys())
        await ask_mail(session, vault, "invite", facts, now=now, hotel_id=hotel_id)
    typer.echo(f"a mail goes to {wanted.email}")
    await db.close()


async def disable_person(settings: Settings, email: str, *, again: bool) -> None:
    db = open_database(settings)
    if again:
        await let_back_in(db, email.lower())
        typer.echo(f"{email} may sign in")
    else:
        ended = await shut_out(db, email.lower(), now=SystemClock().now())
        typer.echo(f"{email} may not sign in any more; {ended} sessions ended")
    await db.close()


async def take_factor_off(settings: Settings, email: str) -> None:
    db = open_database(settings)
    ended = await lose_factor(db, email.lower(), now=SystemClock().now())
    typer.echo(f"{email} signs in by password alone; {ended} sessions ended")
    await db.close()


def provide_identities(port: int, client: str, secret: str) -> None:
    provider = IdentityProvider(client, secret or new_token(12), issuer=f"http://{HOST}:{port}")
    typer.echo(
        f"FRONTDESK_OIDC_ISSUER={provider.issuer}\nFRONTDESK_OIDC_CLIENT_ID={client}\n"
        f"FRONTDESK_OIDC_CLIENT_SECRET={provider.client_secret}"
    )
    server_of(create_identity_provider(provider), port=port).run()
