"""People, roles and sessions on the wire; passwords and tokens go in and, but once, never out."""

import re
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr
from pydantic.config import JsonDict

from frontdesk.kit.web import Page
from frontdesk.tenancy.departments import DepartmentCodes

ADDRESS = re.compile(r"[a-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[a-z0-9.-]{1,180}\.[a-z0-9-]{2,60}")
"""ASCII, as every mail server takes it."""
PLAIN = r"^[^\x00-\x1f\x7f]+$"
ROLE = r"^[A-Za-z][A-Za-z0-9 _-]{1,39}$"


def _address(value: str) -> str:
    lower = value.strip().lower()
    if not ADDRESS.fullmatch(lower):
        raise ValueError("not a mail address")
    return lower


Email = Annotated[str, Field(max_length=254), AfterValidator(_address)]
Name = Annotated[str, Field(min_length=1, max_length=200, pattern=PLAIN)]
Phone = Annotated[str, Field(min_length=3, max_length=30, pattern=r"^\+?[0-9 ()/.-]+$")]
Password = Annotated[SecretStr, Field(min_length=8, max_length=200)]
Typed = Annotated[SecretStr, Field(max_length=200)]
"""What is compared, and may be anything."""
Code = Annotated[str, Field(min_length=6, max_length=40, pattern=r"^[0-9A-Za-z -]+$")]
Token = Annotated[SecretStr, Field(min_length=10, max_length=200)]
Deliver = Literal["body", "cookies"]


def shown(example: JsonDict) -> ConfigDict:
    return ConfigDict(extra="forbid", json_schema_extra={"example": example})


class LoginIn(BaseModel):
    model_config = shown(
        {"email": "ana@seaside.example", "password": "eight or more", "deliver": "cookies"}
    )
    email: Email
    password: Typed
    code: Code | None = None
    """Of the second factor, or a recovery code."""
    deliver: Deliver = "body"
    """`cookies`: HTTP-only ones, and the body holds no token but the CSRF one."""


class SessionOut(BaseModel):
    token_type: Literal["bearer"] = "bearer"  # noqa: S105 - RFC 6750's word
    expires_in: int
    """Seconds that the access token lasts."""
    session_id: UUID
    csrf_token: str
    """For X-CSRF-Token, with every write by cookie."""
    access_token: str | None = None
    refresh_token: str | None = None


class RefreshIn(BaseModel):
    model_config = shown({"refresh_token": "fdr_the newest one", "deliver": "body"})
    refresh_token: Token | None = None
    """Left out, the cookie's; then X-CSRF-Token is wanted."""
    deliver: Deliver = "body"


class LogoutIn(BaseModel):
    model_config = shown({"refresh_token": "fdr_the newest one"})
    refresh_token: Token | None = None
    """Left out, the bearer token's session; without one the cookie's, with X-CSRF-Token."""


class RegisterIn(BaseModel):
    model_config = shown({"email": "guest@mail.example", "name": "Ana", "hotel": "seaside"})
    email: Email
    name: Name
    hotel: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{1,40}$")
    """The hotel's short name."""


class ForgotIn(BaseModel):
    model_config = shown({"email": "ana@seaside.example"})
    email: Email


class AcceptIn(BaseModel):
    model_config = shown({"token": "the part after # of the link", "password": "eight or more"})
    token: Token
    password: Password | None = None
    """Needed for a new password, and by who has none yet."""


class PlaceOut(BaseModel):
    hotel_id: UUID
    role: str
    departments: list[str]
    """Codes: chats and tasks of these alone are there for them; none: the whole hotel's."""
    scopes: list[str]
    """What they may do there, all told."""
    approval_limit: int | None
    """Minor units that they may approve; null: any amount."""


class MeOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)
    email: str
    name: str
    phone: str | None
    second_factor: bool
    hotels: list[PlaceOut]


class MePatch(BaseModel):
    model_config = shown({"name": "Ana M.", "phone": "+34 600 111 222"})
    name: Name | None = None
    phone: Phone | None = None


class PasswordIn(BaseModel):
    model_config = shown({"old": "the present one", "new": "eight or more"})
    old: Typed
    new: Password


class ConfirmIn(BaseModel):
    model_config = shown({"password": "the present one", "code": "123456"})
    password: Typed
    code: Code | None = None
    """Where the second factor is on."""


class CodeIn(BaseModel):
    model_config = shown({"code": "123456"})
    code: Code


class EnrolmentOut(BaseModel):
    secret: str
    """Base32, shown this once."""
    uri: str
    """The same for the app to scan."""


class RecoveryOut(BaseModel):
    recovery_codes: list[str]
    """Each works once; shown this once."""


class OwnSessionOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)
    id: UUID
    method: str
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    revoked_why: str | None
    ip: str | None
    user_agent: str | None
    current: bool = False


class MemberIn(BaseModel):
    model_config = shown({"email": "ana@seaside.example", "name": "Ana", "role": "staff"})
    email: Email
    name: Name
    role: str = Field(pattern=ROLE)
    phone: Phone | None = None
    departments: DepartmentCodes = Field(default_factory=list[str])
    """Codes: chats and tasks of these alone are there for them; none: the whole hotel's."""


class MemberPatch(BaseModel):
    """What is left out stays as it is."""

    model_config = shown({"role": "staff", "departments": []})
    role: str | None = Field(None, pattern=ROLE)
    departments: DepartmentCodes | None = None


class MemberOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)
    id: UUID
    email: str
    name: str
    phone: str | None
    role: str
    departments: list[str]
    """Codes: chats and tasks of these alone are there for them; none: the whole hotel's."""
    status: Literal["invited", "active", "removed"]
    joined_at: datetime | None
    created_at: datetime


Permissions = Annotated[list[Annotated[str, Field(max_length=60)]], Field(max_length=100)]
Limit = Annotated[int, Field(ge=0, le=10**15)]


class RoleIn(BaseModel):
    model_config = shown(
        {"name": "Night desk", "scopes": ["rooms:read", "bookings:read"], "approval_limit": 5000}
    )
    name: str = Field(pattern=ROLE)
    scopes: Permissions
    approval_limit: Limit | None = 0
    """Minor units that it may approve, of refunds and the like; null is any amount."""


class RolePut(BaseModel):
    model_config = shown({"scopes": ["rooms:read", "bookings:read"], "approval_limit": 5000})
    scopes: Permissions
    approval_limit: Limit | None = 0


class RoleOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)
    id: UUID
    name: str
    scopes: list[str]
    approval_limit: int | None


class BuiltInRole(BaseModel):
    name: str
    scopes: list[str]
    approval_limit: int | None


class RolePage(Page[RoleOut]):
    built_in: list[BuiltInRole]
    """In every hotel, and not to be changed."""
