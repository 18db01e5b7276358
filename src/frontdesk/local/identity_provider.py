"""An identity provider for one machine and for tests: OpenID Connect over real HTTP.

It speaks what a Keycloak realm speaks of the code flow: discovery, keys, authorization with PKCE,
and the token endpoint. Whoever asks signs in as whom they name: it has no passwords.
"""

import base64
import hashlib
import secrets
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from html import escape
from typing import Any
from urllib.parse import parse_qsl, unquote, urlencode

from joserfc import jwt
from joserfc.jwk import RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from frontdesk.kit.clock import Clock, SystemClock
from frontdesk.local.serving import running

CODE_SECONDS = 60
TOKEN_SECONDS = 300
FORM = """<!doctype html><meta charset="utf-8"><title>Sign in</title>
<form><label>Mail address <input name="login_hint" type="email" required autofocus></label>
<button>Sign in</button> <button name="deny" value="yes" formnovalidate>Do not</button>
{kept}</form>"""


@dataclass(frozen=True, slots=True)
class Account:
    subject: str
    email: str
    name: str
    verified: bool = True


@dataclass(frozen=True, slots=True)
class Asked:
    """One authorization that waits for its code to be exchanged."""

    account: Account
    redirect_uri: str
    nonce: str
    challenge: str
    until: float


def new_key() -> RSAKey:
    return RSAKey.generate_key(2048, auto_kid=True)


@dataclass(slots=True)
class IdentityProvider:
    """Its people by mail address, its client, and what it gave out."""

    client_id: str
    client_secret: str
    clock: Clock = field(default_factory=SystemClock)
    issuer: str = ""
    accounts: dict[str, Account] = field(default_factory=dict[str, Account])
    asked: dict[str, Asked] = field(default_factory=dict[str, Asked])
    changes: dict[str, Any] = field(default_factory=dict[str, Any])
    """Claims to tell otherwise: how a broken or hostile provider would."""
    key: RSAKey = field(default_factory=new_key)
    published: RSAKey | None = None
    """Another key to show than the one that signs."""

    def turn_keys(self) -> None:
        """A new key; what the old one signed is void."""
        self.key = new_key()

    def account(self, email: str) -> Account:
        """Anybody is known here: a stranger gets an account of their own."""
        made = Account(f"sub-{hashlib.sha256(email.encode()).hexdigest()[:16]}", email, email)
        return self.accounts.setdefault(email, made)


def create_identity_provider(provider: IdentityProvider) -> Starlette:
    app = Starlette(
        routes=[
            Route("/healthz", _alive),
            Route("/.well-known/openid-configuration", _discovery),
            Route("/keys", _keys),
            Route("/authorize", _authorize),
            Route("/token", _token, methods=["POST"]),
        ]
    )
    app.state.provider = provider
    return app


async def _alive(_: Request) -> Response:
    return JSONResponse({"status": "alive"})


async def _discovery(request: Request) -> Response:
    issuer = _of(request).issuer
    return JSONResponse(
        {
            "issuer": issuer,
            "authorization_endpoint": f"{issuer}/authorize",
            "token_endpoint": f"{issuer}/token",
            "jwks_uri": f"{issuer}/keys",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "code_challenge_methods_supported": ["S256"],
        }
    )


async def _keys(request: Request) -> Response:
    provider = _of(request)
    public = (provider.published or provider.key).as_dict(private=False)
    return JSONResponse({"keys": [{**public, "use": "sig", "alg": "RS256"}]})


async def _authorize(request: Request) -> Response:
    """Asks who it is, then sends them back with a code, or with their no."""
    provider, asked = _of(request), request.query_params
    wanted = {"response_type": "code", "client_id": provider.client_id}
    wanted["code_challenge_method"] = "S256"
    if any(asked.get(name) != value for name, value in wanted.items()):
        return JSONResponse({"error": "invalid_request"}, 400)
    if asked.get("deny"):
        back = urlencode({"error": "access_denied", "state": asked.get("state", "")})
        return RedirectResponse(f"{asked.get('redirect_uri')}?{back}", 302)
    if not asked.get("login_hint"):
        kept = "".join(
            f'<input type="hidden" name="{escape(k)}" value="{escape(v)}">'
            for k, v in asked.items()
        )
        return HTMLResponse(FORM.format(kept=kept))
    code = secrets.token_urlsafe(16)
    provider.asked[code] = Asked(
        provider.account(asked["login_hint"]),
        asked.get("redirect_uri", ""),
        asked.get("nonce", ""),
        asked.get("code_challenge", ""),
        provider.clock.now().timestamp() + CODE_SECONDS,
    )
    back = urlencode({"code": code, "state": asked.get("state", "")})
    return RedirectResponse(f"{asked.get('redirect_uri')}?{back}", 302)


async def _token(request: Request) -> Response:
    """A code works once, for its client, its address and the verifier of its challenge."""
    provider = _of(request)
    given = dict(parse_qsl((await request.body()).decode()))
    if not _is_client(request, provider):
        return JSONResponse({"error": "invalid_client"}, 401)
    asked = provider.asked.pop(given.get("code", ""), None)
    now = provider.clock.now().timestamp()
    digest = hashlib.sha256(given.get("code_verifier", "").encode()).digest()
    challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    if (
        asked is None
        or now > asked.until
        or (given.get("redirect_uri"), challenge) != (asked.redirect_uri, asked.challenge)
    ):
        return JSONResponse({"error": "invalid_grant"}, 400)
    return JSONResponse(
        {
            "access_token": secrets.token_urlsafe(16),
            "token_type": "Bearer",
            "expires_in": TOKEN_SECONDS,
            "id_token": _id_token(provider, asked, int(now)),
        }
    )


def _is_client(request: Request, provider: IdentityProvider) -> bool:
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return False
    name, _, secret = base64.b64decode(given).decode().partition(":")
    return (unquote(name), unquote(secret)) == (provider.client_id, provider.client_secret)


def _id_token(provider: IdentityProvider, asked: Asked, now: int) -> str:
    who = asked.account
    claims = {
        "iss": provider.issuer,
        "sub": who.subject,
        "aud": provider.client_id,
        "iat": now,
        "exp": now + TOKEN_SECONDS,
        "nonce": asked.nonce,
        "email": who.email,
        "email_verified": who.verified,
        "name": who.name,
        **provider.changes,
    }
    return jwt.encode({"alg": "RS256", "kid": provider.key.kid}, claims, provider.key)


def _of(request: Request) -> IdentityProvider:
    return request.app.state.provider


@asynccontextmanager
async def running_identity_provider(
    provider: IdentityProvider, *, port: int = 0
) -> AsyncGenerator[str]:
    """On a free loopback port, in this process; gives its issuer."""
    async with running(create_identity_provider(provider), port=port) as issuer:
        provider.issuer = issuer
        yield issuer
