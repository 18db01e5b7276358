"""Signing in through an identity provider: code flow with PKCE, state and nonce (Authlib)."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast

from frontdesk.kit.errors import Invalid, Problem, Unauthorized
from frontdesk.kit.logs import get_logger
from frontdesk.kit.settings import Settings

if TYPE_CHECKING:
    from joserfc.jwk import KeySet

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA")
"""Signed with the provider's private key; never `none`, never with our own secret."""
SCOPE = "openid email profile"
ENDPOINTS = ("authorization_endpoint", "token_endpoint")
SECONDS = 10
LEEWAY = 60
FRESH = 3600
"""Seconds for which what the provider told of itself is believed."""


class NoProvider(Problem):
    """No identity provider is set up here"""

    status = 404
    code = "no_identity_provider"


class ProviderFailed(Problem):
    """The identity provider does not answer as it should"""

    status = 502
    code = "identity_provider_failed"


class NotFromProvider(Invalid):
    """This answer does not belong to a sign-in that began here"""

    code = "not_from_provider"


class Declined(Unauthorized):
    """The identity provider has not signed this person in"""

    code = "sign_in_declined"


@dataclass(frozen=True, slots=True)
class Begun:
    """What is remembered of a sign-in while its person is with the provider."""

    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True, slots=True)
class Known:
    """Who the provider says it is."""

    issuer: str
    subject: str
    email: str | None
    name: str | None


@dataclass(slots=True)
class _Told:
    """The provider's own endpoints and keys, and until when they are believed."""

    endpoints: Mapping[str, str]
    keys: "KeySet"
    until: float


class Provider:
    """One identity provider, by its issuer; its description and keys are kept for an hour."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._told: _Told | None = None

    @property
    def redirect_uri(self) -> str:
        return f"{self._settings.public_url.rstrip('/')}/v1/auth/oidc/callback"

    async def begin(self, *, now: datetime) -> tuple[str, Begun]:
        """Where to send the person, and what to remember. Raises NoProvider, ProviderFailed."""
        begun = Begun(*(secrets.token_urlsafe(48) for _ in range(3)))
        async with self._client() as client:
            told = await self._about(client, now=now)
            url, _ = client.create_authorization_url(
                told.endpoints["authorization_endpoint"],
                state=begun.state,
                nonce=begun.nonce,
                code_verifier=begun.verifier,
            )
        return url, begun

    async def finish(self, begun: Begun, state: str, code: str, *, now: datetime) -> Known:
        """Raises NotFromProvider and ProviderFailed."""
        if not secrets.compare_digest(state.encode(), begun.state.encode()):
            raise NotFromProvider
        async with self._client() as client:
            told = await self._about(client, now=now)
            token = await self._token(client, told.endpoints["token_endpoint"], code, begun)
            claims = await self._claims(client, token, now=now)
        if not secrets.compare_digest(str(claims.get("nonce")).encode(), begun.nonce.encode()):
            raise NotFromProvider
        verified = claims.get("email_verified") is True
        return Known(
            str(claims["iss"]),
            str(claims["sub"]),
            str(claims["email"]).strip().lower() if verified and claims.get("email") else None,
            str(claims["name"])[:200] if claims.get("name") else None,
        )

    def _client(self) -> Any:
        from authlib.integrations.httpx_client import (  # noqa: PLC0415 - 11 MiB, seldom needed
            AsyncOAuth2Client,
        )

        at = self._settings
        if not at.oidc_issuer or not at.oidc_client_id:
            raise NoProvider
        return AsyncOAuth2Client(
            client_id=at.oidc_client_id,
            client_secret=at.oidc_client_secret.get_secret_value() or None,
            scope=SCOPE,
            redirect_uri=self.redirect_uri,
            code_challenge_method="S256",
            timeout=SECONDS,
        )

    async def _about(self, client: Any, *, now: datetime, again: bool = False) -> _Told:
        if self._told is not None and now.timestamp() < self._told.until and not again:
            return self._told
        issuer = self._settings.oidc_issuer
        try:
            metadata = await _json(client, f"{issuer.rstrip('/')}/.well-known/openid-configuration")
            _same_issuer(metadata, issuer)
            told = {name: str(metadata[name]) for name in ENDPOINTS}
            keys = _signing_keys(await _json(client, str(metadata["jwks_uri"])))
        except ProviderFailed:
            raise
        except Exception as lost:  # noqa: BLE001 - its client's errors are of whichever httpx is there
            raise _failed(lost) from None
        self._told = _Told(told, keys, now.timestamp() + FRESH)
        return self._told

    async def _token(self, client: Any, url: str, code: str, begun: Begun) -> str:
        from authlib.common.errors import AuthlibBaseError  # noqa: PLC0415 - see _client

        try:
            token = await client.fetch_token(url, code=code, code_verifier=begun.verifier)
        except AuthlibBaseError:
            raise NotFromProvider from None
        except Exception as lost:  # noqa: BLE001 - see _about
            raise _failed(lost) from None
        if "id_token" not in token:
            raise ProviderFailed("it gives no id_token")
        return str(token["id_token"])

    async def _claims(self, client: Any, token: str, *, now: datetime) -> Mapping[str, Any]:
        """Checked against the provider's keys; fetched once more where it has turned them."""
        from joserfc.errors import JoseError  # noqa: PLC0415 - see kit/tokens.py

        for again in (False, True):
            told = await self._about(client, now=now, again=again)
            try:
                return self._checked(token, told, now=now)
            except (JoseError, ValueError, KeyError) as wrong:
                get_logger().warning("id_token_refused", exc_info=wrong, again=again)
        raise NotFromProvider

    def _checked(self, token: str, told: _Told, *, now: datetime) -> Mapping[str, Any]:
        from joserfc import jwt  # noqa: PLC0415 - see kit/tokens.py

        found = jwt.decode(token, told.keys, algorithms=ALGORITHMS)
        mine = self._settings.oidc_client_id
        rules = jwt.JWTClaimsRegistry(
            now=int(now.timestamp()),
            leeway=LEEWAY,
            iss={"essential": True, "value": self._settings.oidc_issuer},
            aud={"essential": True, "value": mine},
            exp={"essential": True},
            sub={"essential": True},
        )
        rules.validate(found.claims)
        if isinstance(found.claims["aud"], list) and found.claims.get("azp", mine) != mine:
            raise ValueError("azp")
        return found.claims


def declined(begun: Begun, state: str, error: str | None) -> Problem:
    """What to answer who comes back without a code: that it is no answer to us, or why."""
    if not secrets.compare_digest(state.encode(), begun.state.encode()):
        return NotFromProvider()
    return Declined(f"it said {error}" if error else "")


async def _json(client: Any, url: str) -> dict[str, Any]:
    answer = await client.request("GET", url, withhold_token=True)
    answer.raise_for_status()
    return answer.json()


def _signing_keys(told: Mapping[str, Any]) -> "KeySet":
    """A provider may show keys for encryption too."""
    from joserfc.jwk import KeySet  # noqa: PLC0415 - see kit/tokens.py

    usable = [key for key in told["keys"] if key.get("use", "sig") == "sig"]
    return KeySet.import_key_set(cast("Any", {"keys": usable}))


def _failed(lost: Exception) -> ProviderFailed:
    get_logger().warning("identity_provider_failed", exc_info=lost)
    return ProviderFailed()


def _same_issuer(metadata: Mapping[str, Any], issuer: str) -> None:
    if metadata["issuer"] != issuer:
        raise ProviderFailed("it calls itself by another name than FRONTDESK_OIDC_ISSUER")
