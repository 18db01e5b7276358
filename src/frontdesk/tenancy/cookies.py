"""The cookies of a session: HTTP-only but for the CSRF token, which our page has to read."""

from collections.abc import Mapping

from fastapi import Response

from frontdesk.kit.settings import Settings
from frontdesk.tenancy.access import ACCESS_COOKIE, ACCESS_SECONDS
from frontdesk.tenancy.person_schemas import Deliver, SessionOut
from frontdesk.tenancy.sessions import REFRESH, Granted

REFRESH_COOKIE = "fd_refresh"
CSRF_COOKIE = "fd_csrf"
OIDC_COOKIE = "fd_oidc"
PATHS: Mapping[str, str] = {
    ACCESS_COOKIE: "/",
    CSRF_COOKIE: "/",
    REFRESH_COOKIE: "/v1/auth",
    OIDC_COOKIE: "/v1/auth/oidc",
}


def is_secure(settings: Settings) -> bool:
    return settings.public_url.startswith("https://")


def session_out(granted: Granted, deliver: Deliver) -> SessionOut:
    tokens = deliver == "body"
    return SessionOut(
        expires_in=ACCESS_SECONDS,
        session_id=granted.person.session_id,
        csrf_token=granted.csrf,
        access_token=granted.access if tokens else None,
        refresh_token=granted.refresh if tokens else None,
    )


def set_cookies(response: Response, settings: Settings, granted: Granted) -> None:
    week = int(REFRESH.total_seconds())
    for name, value, seconds in (
        (ACCESS_COOKIE, granted.access, ACCESS_SECONDS),
        (REFRESH_COOKIE, granted.refresh, week),
        (CSRF_COOKIE, granted.csrf, week),
    ):
        response.set_cookie(
            name,
            value,
            max_age=seconds,
            path=PATHS[name],
            secure=is_secure(settings),
            httponly=name != CSRF_COOKIE,
            samesite="strict" if name == REFRESH_COOKIE else "lax",
        )


def clear_cookies(response: Response) -> None:
    for name, path in PATHS.items():
        response.delete_cookie(name, path=path)
