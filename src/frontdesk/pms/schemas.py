"""What is said and shown of a hotel's PMS."""

from datetime import datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, model_validator

from frontdesk.kit.errors import Invalid
from frontdesk.kit.outside import web_address
from frontdesk.rooms.schemas import Code

EXAMPLE: dict[str, Any] = {
    "kind": "mews",
    "url": "https://api.mews.com",
    "client_token": "client-token",
    "access_token": "access-token",
    "service_id": "bd26d8db-86da-4f96-9efc-e5a4654a4a94",
    "room_types": {"5c0804f9-d03a-4b13-a57d-b00300781a41": "DBL"},
    "automatic": True,
}
Token = Annotated[SecretStr, Field(min_length=1, max_length=200)]
ForeignId = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.:-]{1,100}$")]
Address = Annotated[
    str, Field(max_length=500, pattern=r"^https?://[^\x00-\x20?#]+$"), AfterValidator(web_address)
]


class PmsIn(BaseModel):
    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": EXAMPLE})
    kind: Literal["mews"]
    url: Address
    client_token: Token | None = Field(None, description="not said: as it was")
    access_token: Token | None = None
    service_id: ForeignId = Field(description="the service that sells the rooms")
    room_types: dict[ForeignId, Code] = Field(
        default_factory=dict, max_length=200, description="from the PMS's ids to our codes"
    )
    automatic: bool = Field(False, description="else each reading is a preview to apply")

    @model_validator(mode="after")
    def both_tokens(self) -> Self:
        if (self.client_token is None) != (self.access_token is None):
            raise ValueError("client_token and access_token come together")
        return self

    def need_tokens(self) -> None:
        """Raises Invalid: tokens are given out to the address they were said for."""
        if self.client_token is None:
            raise Invalid("this address needs its client_token and access_token")


class PmsOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)
    kind: str
    url: str
    service_id: str
    room_types: dict[str, str]
    automatic: bool
    since: datetime | None
    """The cursor: everything that changed there before is in."""
    synced_at: datetime | None
    stale_since: datetime | None = None
    """Set where what we have may be older than what the PMS has."""
    next_sync_at: datetime | None
    failures: int
    error: str | None
    import_id: UUID | None
    """The last reading, in the import desk."""


class PmsConflictOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)
    id: UUID
    external_id: str
    problem: str
    import_id: UUID | None
    try_at: datetime
    created_at: datetime
