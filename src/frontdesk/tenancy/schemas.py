"""Hotels, instances and keys as the API shows them; secrets go in and never come out."""

import re
from datetime import datetime
from functools import cache
from typing import Annotated, Any
from uuid import UUID
from zoneinfo import available_timezones

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr

from frontdesk.kit.outside import web_address
from frontdesk.tenancy.departments import DepartmentCodes

zones = cache(available_timezones)
"""Read, as the currencies, when a hotel is first written: they weigh 3 MiB."""


@cache
def currencies() -> set[str]:
    from babel.numbers import list_currencies  # noqa: PLC0415 - see kit/money.py

    return list_currencies()


def _zone(value: str) -> str:
    if value not in zones():
        raise ValueError("not an IANA time zone")
    return value


def _currency(value: str) -> str:
    if value not in currencies():
        raise ValueError("not an ISO 4217 currency")
    return value


def _token(value: SecretStr) -> SecretStr:
    """It becomes a part of an address."""
    if not re.fullmatch(r"[\w.~-]+", value.get_secret_value(), re.ASCII):
        raise ValueError("not a token: letters, digits, and . _ ~ - only")
    return value


class HotelIn(BaseModel):
    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {
                "slug": "seaside",
                "name": "Seaside Hotel",
                "timezone": "Europe/Madrid",
                "currency": "EUR",
                "language": "es",
            }
        },
    )
    slug: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{1,40}$")
    name: str = Field(min_length=1, max_length=200)
    timezone: Annotated[str, AfterValidator(_zone)]
    currency: Annotated[str, AfterValidator(_currency)]
    language: str = Field("en", pattern=r"^[a-z]{2,3}$")
    phone: str | None = Field(None, max_length=30)
    emergency_number: str = Field("112", pattern=r"^\+?[0-9 ]{2,20}$")
    cancel_free_hours: int = Field(24, ge=0, le=24 * 60)
    quote_minutes: int = Field(30, ge=1, le=24 * 60)


class HotelOut(HotelIn):
    model_config = ConfigDict(from_attributes=True, extra="ignore")
    id: UUID
    settings: dict[str, Any]
    created_at: datetime


class HotelNamed(BaseModel):
    """A hotel to whoever may not read it: what its own addresses are made with, and no more."""

    model_config = ConfigDict(from_attributes=True, extra="ignore")
    id: UUID
    slug: str
    name: str


class Retention(BaseModel):
    """Days that a class of rows is kept; what is left out keeps its default."""

    model_config = ConfigDict(extra="forbid")
    raw_events: int | None = Field(None, ge=1, le=3650)
    """Webhook bodies as they came."""
    webhook_calls: int | None = Field(None, ge=1, le=3650)
    """What the hotel's own systems were sent, and how each call went."""
    messages: int | None = Field(None, ge=7, le=3650)
    desk: int | None = Field(None, ge=7, le=3650)
    """Tasks that are over, notes, scheduled words, and why a chat went where."""
    media_links: int | None = Field(None, ge=1, le=3650)
    notifications: int | None = Field(None, ge=7, le=3650)
    happenings: int | None = Field(None, ge=7, le=3650)
    """Events, but for those that the ledger of triggers points at."""
    journeys: int | None = Field(None, ge=30, le=3650)
    """The ledger: what rules did, or did not do, and why."""
    statuses: int | None = Field(None, ge=1, le=3650)
    answers: int | None = Field(None, ge=1, le=365)
    """Of requests with an Idempotency-Key."""
    questions: int | None = Field(None, ge=7, le=3650)
    """That nobody could answer."""
    mails: int | None = Field(None, ge=1, le=3650)
    """That were sent; their words went with the sending."""
    model_calls: int | None = Field(None, ge=31, le=3650)
    """What each call of a language model cost; no words."""
    imports: int | None = Field(None, ge=1, le=3650)
    """Lines of previews, and what takes an import back."""
    broadcasts: int | None = Field(None, ge=30, le=3650)
    surveys: int | None = Field(None, ge=30, le=3650)
    guests: int | None = Field(None, ge=90, le=3650)
    """Who never stayed, since they were last heard of; then they are erased."""
    audit: int | None = Field(None, ge=90, le=3650)


class HotelPatch(BaseModel):
    """What may change while guests are staying; a zone or a currency may not."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"example": {"quiet_hours": "22:00-08:00", "pace_ms": 1000}},
    )
    name: str | None = Field(None, min_length=1, max_length=200)
    language: str | None = Field(None, pattern=r"^[a-z]{2,3}$")
    phone: str | None = Field(None, max_length=30)
    emergency_number: str | None = Field(None, pattern=r"^\+?[0-9 ]{2,20}$")
    cancel_free_hours: int | None = Field(None, ge=0, le=24 * 60)
    quote_minutes: int | None = Field(None, ge=1, le=24 * 60)
    quiet_hours: str | None = Field(
        None, pattern=r"^(([01][0-9]|2[0-3]):[0-5][0-9]-([01][0-9]|2[0-3]):[0-5][0-9])?$"
    )
    """The hotel's own time, in which nothing is sent that nobody asked for; "" for none."""
    pace_ms: int | None = Field(None, ge=0, le=60_000)
    """Between messages to different chats."""
    rules_per_hour: int | None = Field(None, ge=1, le=1_000_000)
    """Messages of rules to all guests together, before a latch falls and a person is asked; 500."""
    unasked_per_day: int | None = Field(None, ge=0, le=100)
    """Messages that one guest did not ask for, a day of the hotel's; 5."""
    review_link: Annotated[str, AfterValidator(web_address)] | None = Field(
        None, pattern=r"^https://[^/\s]+(/[^\s]*)?$", max_length=500
    )
    """Where every guest may write publicly how it was."""
    guest_page: Annotated[str, AfterValidator(web_address)] | None = Field(
        None, pattern=r"^https://[^/\s#]+(/[^\s#]*)?$", max_length=300
    )
    """The hotel's page for its guests: it reads a link's token from behind the hash."""
    retention: Retention | None = None


class InstanceIn(BaseModel):
    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {
                "id_instance": "7105000001",
                "api_url": "https://7105.api.greenapi.com",
                "api_token": "the-apiTokenInstance-of-it",
                "webhook_token": "a long random text",
            }
        },
    )
    id_instance: str = Field(pattern=r"^[0-9]{1,20}$")
    api_url: Annotated[str, AfterValidator(web_address)] = Field(
        pattern=r"^https?://[^/\s]+(/[^\s]*)?$", max_length=300
    )
    api_token: Annotated[SecretStr, AfterValidator(_token)] = Field(min_length=8, max_length=300)
    webhook_token: SecretStr | None = Field(None, min_length=16, max_length=300)
    """Left out, a random one is made; without any, the webhook stays shut."""
    daily_cap: int = Field(1000, ge=1, le=1_000_000)


class InstanceOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)
    id: UUID
    id_instance: str
    api_url: str
    instance_key: str
    wid: str | None
    state: str
    paused_until: datetime | None
    pause_reason: str | None
    daily_cap: int


class KeyIn(BaseModel):
    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"example": {"name": "booking site", "scopes": ["bookings:write"]}},
    )
    name: str = Field(min_length=1, max_length=100)
    scopes: list[Annotated[str, Field(max_length=60)]] | None = Field(default=None, max_length=200)
    """None: all that the asking key has; for the platform's, all that there are."""
    departments: DepartmentCodes = Field(default_factory=list[str])
    """Codes: chats and tasks of these alone are there for it, and no permission that is the whole
    hotel's; none: the whole hotel.
    """


class KeyOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)
    id: UUID
    name: str
    hint: str
    scopes: list[str]
    departments: list[str]
    revoked_at: datetime | None


class NewKey(KeyOut):
    key: str
    """Shown this once."""
