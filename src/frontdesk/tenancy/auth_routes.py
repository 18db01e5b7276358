"""Signing in, staying in and getting out over HTTP: the routes that need no key."""

import json
from contextlib import suppress
from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Body, Header, Query, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlalchemy import select

from frontdesk.kit.errors import NotFound, Unauthorized
from frontdesk.kit.languages import preferred
from frontdesk.kit.secrets import WrongSecretKey
from frontdesk.kit.web import CallerDep, DbDep, SettingsDep, VaultDep
from frontdesk.tenancy.access import CSRF_HEADER, person_of
from frontdesk.tenancy.auth import Anybody
from frontdesk.tenancy.cookies import (
    OIDC_COOKIE,
    PATHS,
    REFRESH_COOKIE,
    clear_cookies,
    is_secure,
    session_out,
    set_cookies,
)
from frontdesk.tenancy.doors import EntranceDep, ProviderDep
from frontdesk.tenancy.federated import sign_in_known
from frontdesk.tenancy.letterbox import ask_mail
from frontdesk.tenancy.letters import PAGE
from frontdesk.tenancy.link_page import POLICY, page
from frontdesk.tenancy.links import accept
from frontdesk.tenancy.models import Hotel
from frontdesk.tenancy.oidc import Begun, NotFromProvider, declined
from frontdesk.tenancy.person_schemas import (
    AcceptIn,
    ForgotIn,
    LoginIn,
    LogoutIn,
    RefreshIn,
    RegisterIn,
    SessionOut,
)
from frontdesk.tenancy.sessions import SessionEnded, end_family, end_own, refresh
from frontdesk.tenancy.sign_in import sign_in
from frontdesk.tenancy.throttle import count_mail

router = APIRouter(prefix="/v1/auth", tags=["sign-in"])
pages = APIRouter(tags=["sign-in"])
OIDC_SECONDS = 600
AcceptLanguage = Annotated[str | None, Header(max_length=1000)]


@router.post("/login")
async def login(
    entrance: EntranceDep,
    settings: SettingsDep,
    caller: CallerDep,
    _: Anybody,
    response: Response,
    wanted: LoginIn,
) -> SessionOut:
    password = wanted.password.get_secret_value()
    granted = await sign_in(entrance, wanted.email, password, wanted.code, caller)
    if wanted.deliver == "cookies":
        set_cookies(response, settings, granted)
    return session_out(granted, wanted.deliver)


@router.post("/refresh")
async def renew(
    request: Request,
    entrance: EntranceDep,
    settings: SettingsDep,
    caller: CallerDep,
    _: Anybody,
    response: Response,
    wanted: RefreshIn,
) -> SessionOut:
    """The token that was used is void; using it again ends the session."""
    given = wanted.refresh_token
    token = given.get_secret_value() if given else request.cookies.get(REFRESH_COOKIE)
    if not token:
        raise SessionEnded
    csrf = request.headers.get(CSRF_HEADER)
    granted = await refresh(entrance, token, caller, csrf=csrf, by_cookie=given is None)
    deliver = "cookies" if given is None else wanted.deliver
    if deliver == "cookies":
        set_cookies(response, settings, granted)
    return session_out(granted, deliver)


@router.post("/logout", status_code=204)
async def logout(
    request: Request,
    entrance: EntranceDep,
    _: Anybody,
    response: Response,
    wanted: Annotated[LogoutIn, Body(default_factory=LogoutIn)],
) -> None:
    """Ends the session of the refresh token, else of the bearer token, else of the cookie, its
    access token with it; nothing to end is no error.
    """
    given = wanted.refresh_token
    scheme, _space, bearer = request.headers.get("authorization", "").partition(" ")
    clear_cookies(response)
    if given is None and bearer and scheme.lower() == "bearer":
        with suppress(Unauthorized):
            await end_own(entrance, person_of(request, bearer))
        return
    token = given.get_secret_value() if given else request.cookies.get(REFRESH_COOKIE)
    if token:
        csrf = request.headers.get(CSRF_HEADER)
        await end_family(entrance, token, csrf=csrf, by_cookie=given is None)


@router.post("/register", status_code=202)
async def register(
    db: DbDep,
    vault: VaultDep,
    entrance: EntranceDep,
    caller: CallerDep,
    _: Anybody,
    wanted: RegisterIn,
) -> None:
    """A guest of a hotel: a mail follows, and the answer is the same for known addresses."""
    now = entrance.clock.now()
    async with db.platform() as session:
        hotel = await session.scalar(select(Hotel).where(Hotel.slug == wanted.hotel))
    if hotel is None:
        raise NotFound("there is no such hotel")
    await count_mail(db, wanted.email, caller.ip, now=now)
    facts = {
        "email": wanted.email,
        "name": wanted.name,
        "hotel": hotel.name,
        "hotel_id": str(hotel.id),
        "language": hotel.language,
    }
    async with db.nobody() as session:
        await ask_mail(session, vault, "register", facts, now=now)


@router.post("/password/forgot", status_code=202)
async def forgot(
    db: DbDep,
    vault: VaultDep,
    entrance: EntranceDep,
    caller: CallerDep,
    _: Anybody,
    wanted: ForgotIn,
    accept_language: AcceptLanguage = None,
) -> None:
    """A mail follows where the address is known; the answer does not tell."""
    now = entrance.clock.now()
    await count_mail(db, wanted.email, caller.ip, now=now)
    async with db.nobody() as session:
        facts = {"email": wanted.email, "language": preferred(accept_language)}
        await ask_mail(session, vault, "reset", facts, now=now)


@router.post("/links/accept", status_code=204)
async def accept_link(
    entrance: EntranceDep, caller: CallerDep, _: Anybody, wanted: AcceptIn
) -> None:
    """Takes an invitation, confirms a registration or sets a new password."""
    password = wanted.password.get_secret_value() if wanted.password else None
    await accept(entrance, wanted.token.get_secret_value(), password, ip=caller.ip)


@router.get("/oidc/start", status_code=302, response_class=RedirectResponse)
async def oidc_start(
    provider: ProviderDep,
    entrance: EntranceDep,
    settings: SettingsDep,
    _: Anybody,
) -> Response:
    """To the identity provider; what belongs to this try travels in a sealed cookie."""
    url, begun = await provider.begin(now=entrance.clock.now())
    response = RedirectResponse(url, 302)
    response.set_cookie(
        OIDC_COOKIE,
        entrance.vault.seal(json.dumps(asdict(begun))).decode(),
        max_age=OIDC_SECONDS,
        path=PATHS[OIDC_COOKIE],
        secure=is_secure(settings),
        httponly=True,
        samesite="lax",
    )
    return response


@router.get("/oidc/callback")
async def oidc_callback(
    request: Request,
    provider: ProviderDep,
    entrance: EntranceDep,
    settings: SettingsDep,
    caller: CallerDep,
    _: Anybody,
    response: Response,
    state: Annotated[str, Query(max_length=500)],
    code: Annotated[str | None, Query(max_length=2000)] = None,
    error: Annotated[str | None, Query(max_length=100, pattern=r"^[ -~]*$")] = None,
) -> SessionOut:
    """Back from the identity provider: the session comes as cookies.

    Who said no there, or was refused, comes with an `error` in place of the code.
    """
    try:
        sealed = request.cookies.get(OIDC_COOKIE, "").encode()
        begun = Begun(**json.loads(entrance.vault.open(sealed, within=OIDC_SECONDS)))
    except (WrongSecretKey, ValueError):
        raise NotFromProvider from None
    if code is None:
        raise declined(begun, state, error)
    known = await provider.finish(begun, state, code, now=entrance.clock.now())
    granted = await sign_in_known(entrance, known, caller)
    set_cookies(response, settings, granted)
    response.delete_cookie(OIDC_COOKIE, path=PATHS[OIDC_COOKIE])
    return session_out(granted, "cookies")


@pages.get(PAGE, response_class=HTMLResponse)
async def link_page(_: Anybody, accept_language: AcceptLanguage = None) -> HTMLResponse:
    """Where the link of a mail leads; its token stays behind `#` and is sent by the page."""
    said = page(preferred(accept_language))
    return HTMLResponse(said, headers={"Content-Security-Policy": POLICY})
