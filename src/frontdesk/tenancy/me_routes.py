"""A person's own account over HTTP: themselves, their password, second factor and sessions."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends
from sqlalchemy import select

from frontdesk.kit import one_time
from frontdesk.kit.errors import Conflict, NotFound
from frontdesk.kit.web import CallerDep, Page, PageDep, page_rows
from frontdesk.tenancy import second_factor
from frontdesk.tenancy.access import Person, alive, places
from frontdesk.tenancy.auth import SignedIn
from frontdesk.tenancy.doors import EntranceDep
from frontdesk.tenancy.person_models import User, UserSession
from frontdesk.tenancy.person_schemas import (
    CodeIn,
    ConfirmIn,
    EnrolmentOut,
    MeOut,
    MePatch,
    OwnSessionOut,
    PasswordIn,
    PlaceOut,
    RecoveryOut,
)
from frontdesk.tenancy.profile import rename
from frontdesk.tenancy.sessions import Entrance, end_sessions
from frontdesk.tenancy.sign_in import change_password, confirm
from frontdesk.tenancy.sign_in_log import note

router = APIRouter(prefix="/v1/me", tags=["me"])


async def _me(entrance: Entrance, person: Person) -> MeOut:
    async with entrance.db.platform() as session:
        user = await alive(session, person, now=entrance.clock.now())
        found = await places(session, user.id)
    return MeOut(
        email=user.email,
        name=user.name,
        phone=user.phone,
        second_factor=user.totp_confirmed_at is not None,
        hotels=[
            PlaceOut(
                hotel_id=at.hotel_id,
                role=at.role,
                departments=list(at.departments),
                scopes=sorted(at.scopes),
                approval_limit=at.approval_limit,
            )
            for at in found
            if at.hotel_id is not None
        ],
    )


@router.get("")
async def read_me(entrance: EntranceDep, person: SignedIn) -> MeOut:
    """Who they are, and what they may do at each of their hotels."""
    return await _me(entrance, person)


@router.patch("")
async def patch_me(entrance: EntranceDep, person: SignedIn, wanted: MePatch) -> MeOut:
    """Every hotel of theirs sees the new name."""
    await rename(entrance, person, name=wanted.name, phone=wanted.phone)
    return await _me(entrance, person)


@router.post("/password", status_code=204)
async def new_password(
    entrance: EntranceDep, person: SignedIn, caller: CallerDep, wanted: PasswordIn
) -> None:
    """Ends every other session."""
    old, new = wanted.old.get_secret_value(), wanted.new.get_secret_value()
    await change_password(entrance, person, old, new, caller)


async def _confirmed(
    entrance: EntranceDep, person: SignedIn, caller: CallerDep, wanted: ConfirmIn
) -> Person:
    password = wanted.password.get_secret_value()
    await confirm(entrance, person, password, wanted.code, caller)
    return person


Confirmed = Annotated[Person, Depends(_confirmed)]
"""The password, and the code where there is one, were asked for once more."""


@router.post("/second-factor")
async def enrol(entrance: EntranceDep, person: Confirmed) -> EnrolmentOut:
    """Of no effect until a code is confirmed."""
    async with entrance.db.platform() as session:
        user = await alive(session, person, now=entrance.clock.now())
        secret = second_factor.enrol(user, entrance.vault)
    return EnrolmentOut(secret=secret, uri=one_time.provisioning_uri(secret, user.email))


@router.post("/second-factor/confirm")
async def confirm_enrolment(entrance: EntranceDep, person: SignedIn, wanted: CodeIn) -> RecoveryOut:
    now = entrance.clock.now()
    async with entrance.db.platform() as session:
        user = await alive(session, person, now=now)
        codes = await second_factor.confirm(session, user, entrance.vault, wanted.code, now=now)
        await note(session, user.id, "second_factor_on")
    return RecoveryOut(recovery_codes=codes)


@router.post("/second-factor/recovery-codes")
async def renew_codes(entrance: EntranceDep, person: Confirmed) -> RecoveryOut:
    """The old ones are void."""
    async with entrance.db.platform() as session:
        user = await alive(session, person, now=entrance.clock.now())
        if user.totp_confirmed_at is None:
            raise Conflict("there is no second factor")
        await note(session, user.id, "recovery_codes_renew")
        return RecoveryOut(recovery_codes=await second_factor.new_codes(session, user.id))


@router.post("/second-factor/disable", status_code=204)
async def disable(entrance: EntranceDep, person: Confirmed) -> None:
    async with entrance.db.platform() as session:
        user: User = await alive(session, person, now=entrance.clock.now())
        await second_factor.take_off(session, user)
        await note(session, user.id, "second_factor_off")


@router.get("/sessions")
async def list_sessions(
    entrance: EntranceDep, person: SignedIn, ask: PageDep
) -> Page[OwnSessionOut]:
    async with entrance.db.platform() as session:
        await alive(session, person, now=entrance.clock.now())
        query = select(UserSession).where(UserSession.user_id == person.user_id)
        rows, after = await page_rows(session, query, ask, UserSession.created_at, UserSession.id)
    items = [OwnSessionOut.model_validate(r) for r in rows]
    for item in items:
        item.current = item.id == person.session_id
    return Page(items=items, next=after)


@router.delete("/sessions/{session_id}", status_code=204)
async def end_session(entrance: EntranceDep, person: SignedIn, session_id: UUID) -> None:
    now = entrance.clock.now()
    async with entrance.db.platform() as session:
        user = await alive(session, person, now=now)
        if not await end_sessions(session, user.id, why="revoked", now=now, only=session_id):
            raise NotFound


@router.delete("/sessions", status_code=204)
async def end_other_sessions(entrance: EntranceDep, person: SignedIn) -> None:
    """All but this one."""
    now = entrance.clock.now()
    async with entrance.db.platform() as session:
        user = await alive(session, person, now=now)
        await end_sessions(session, user.id, why="revoked", now=now, but=person.session_id)
