"""A hotel's members and its own roles over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel
from sqlalchemy import select

from frontdesk.kit.errors import Conflict
from frontdesk.kit.web import ClockDep, DbDep, Page, PageDep, VaultDep, page_rows
from frontdesk.tenancy.audit import record
from frontdesk.tenancy.auth import Principal, allow
from frontdesk.tenancy.idempotency import OnceDep, answer_once
from frontdesk.tenancy.letterbox import ask_mail
from frontdesk.tenancy.members import (
    change_member,
    invitation,
    invite,
    may_give,
    remove,
    the_member,
)
from frontdesk.tenancy.permissions import APPROVES, BUILT_IN
from frontdesk.tenancy.person_models import Membership, Role
from frontdesk.tenancy.person_schemas import (
    BuiltInRole,
    MemberIn,
    MemberOut,
    MemberPatch,
    RoleIn,
    RoleOut,
    RolePage,
    RolePut,
)
from frontdesk.tenancy.queries import the_hotel
from frontdesk.tenancy.roles import change_role_itself, delete_role, make_role, the_role

router = APIRouter(prefix="/v1/hotels/{hotel_id}", tags=["people"])
PeopleReader = Annotated[Principal, Depends(allow("users:read"))]
PeopleWriter = Annotated[Principal, Depends(allow("users:write"))]
RoleReader = Annotated[Principal, Depends(allow("roles:read"))]
RoleWriter = Annotated[Principal, Depends(allow("roles:write"))]


@router.post("/members", status_code=201, response_model=MemberOut)
async def invite_member(
    db: DbDep,
    vault: VaultDep,
    clock: ClockDep,
    hotel_id: UUID,
    asker: PeopleWriter,
    once: OnceDep,
    wanted: MemberIn,
) -> Response:
    """They get a mail with a link; nothing here tells whether they were known before."""
    async with db.hotel(hotel_id) as session:
        hotel = await the_hotel(session)

        async def create() -> BaseModel:
            member = await invite(session, hotel_id, wanted.model_dump(), asker=asker)
            await session.refresh(member)
            facts = invitation(member, hotel)
            now = clock.now()
            await ask_mail(session, vault, "invite", facts, now=now, hotel_id=hotel_id)
            return MemberOut.model_validate(member)

        return await answer_once(session, once, hotel_id, create)


@router.post("/members/{membership_id}/invite", status_code=202)
async def invite_again(
    db: DbDep,
    vault: VaultDep,
    clock: ClockDep,
    hotel_id: UUID,
    membership_id: UUID,
    asker: PeopleWriter,
) -> MemberOut:
    """A new link; the one before is void."""
    async with db.hotel(hotel_id) as session:
        hotel, member = await the_hotel(session), await the_member(session, membership_id)
        if member.status != "invited":
            raise Conflict("only an open invitation is mailed again")
        await may_give(session, asker, member.role)
        facts = invitation(member, hotel)
        await ask_mail(session, vault, "invite", facts, now=clock.now(), hotel_id=hotel_id)
        record(session, hotel_id, "member.invite_again", f"member:{member.id}", by=asker.actor)
        return MemberOut.model_validate(member)


@router.get("/members")
async def list_members(
    db: DbDep, hotel_id: UUID, asker: PeopleReader, ask: PageDep
) -> Page[MemberOut]:
    async with db.hotel(hotel_id) as session:
        model = Membership
        rows, after = await page_rows(session, select(model), ask, model.created_at, model.id)
    return Page(items=[MemberOut.model_validate(r) for r in rows], next=after)


@router.get("/members/{membership_id}")
async def read_member(
    db: DbDep, hotel_id: UUID, membership_id: UUID, asker: PeopleReader
) -> MemberOut:
    async with db.hotel(hotel_id) as session:
        return MemberOut.model_validate(await the_member(session, membership_id))


@router.patch("/members/{membership_id}")
async def patch_member(
    db: DbDep, hotel_id: UUID, membership_id: UUID, asker: PeopleWriter, wanted: MemberPatch
) -> MemberOut:
    async with db.hotel(hotel_id) as session:
        member = await the_member(session, membership_id)
        role = wanted.role or member.role
        await change_member(session, member, role, wanted.departments, asker=asker)
        return MemberOut.model_validate(member)


@router.delete("/members/{membership_id}")
async def remove_member(
    db: DbDep, hotel_id: UUID, membership_id: UUID, asker: PeopleWriter
) -> MemberOut:
    async with db.hotel(hotel_id) as session:
        member = await the_member(session, membership_id)
        await remove(session, member, asker=asker)
        return MemberOut.model_validate(member)


@router.get("/roles")
async def list_roles(db: DbDep, hotel_id: UUID, asker: RoleReader, ask: PageDep) -> RolePage:
    async with db.hotel(hotel_id) as session:
        rows, after = await page_rows(session, select(Role), ask, Role.created_at, Role.id)
    built_in = [
        BuiltInRole(name=name, scopes=sorted(scopes), approval_limit=APPROVES[name])
        for name, scopes in BUILT_IN.items()
    ]
    items = [RoleOut.model_validate(r) for r in rows]
    return RolePage(items=items, next=after, built_in=built_in)


@router.post("/roles", status_code=201, response_model=RoleOut)
async def create_role(
    db: DbDep, hotel_id: UUID, asker: RoleWriter, once: OnceDep, wanted: RoleIn
) -> Response:
    async with db.hotel(hotel_id) as session:
        await the_hotel(session)

        async def create() -> BaseModel:
            made = await make_role(
                session,
                hotel_id,
                wanted.name,
                wanted.scopes,
                wanted.approval_limit,
                asker=asker,
            )
            return RoleOut.model_validate(made)

        return await answer_once(session, once, hotel_id, create)


@router.get("/roles/{role_id}")
async def read_role(db: DbDep, hotel_id: UUID, role_id: UUID, asker: RoleReader) -> RoleOut:
    async with db.hotel(hotel_id) as session:
        return RoleOut.model_validate(await the_role(session, role_id))


@router.put("/roles/{role_id}")
async def put_role(
    db: DbDep, hotel_id: UUID, role_id: UUID, asker: RoleWriter, wanted: RolePut
) -> RoleOut:
    async with db.hotel(hotel_id) as session:
        role = await the_role(session, role_id)
        await change_role_itself(session, role, wanted.scopes, wanted.approval_limit, asker=asker)
        return RoleOut.model_validate(role)


@router.delete("/roles/{role_id}", status_code=204)
async def drop_role(db: DbDep, hotel_id: UUID, role_id: UUID, asker: RoleWriter) -> None:
    async with db.hotel(hotel_id) as session:
        await delete_role(session, await the_role(session, role_id), asker=asker)
