"""Staff, their webhooks and notifications over HTTP."""

from datetime import datetime
from typing import Annotated, Any, Literal, TypeVar
from uuid import UUID

from fastapi import APIRouter, Depends, Response
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, field_validator
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.kit.errors import Conflict, NotFound
from frontdesk.kit.outside import only_public, web_address
from frontdesk.kit.web import ClockDep, DbDep, Page, PageDep, SettingsDep, VaultDep, page_rows
from frontdesk.notifications.actions import acknowledge, switch
from frontdesk.notifications.models import Staff, StaffNotification, StaffWebhook
from frontdesk.notifications.queries import staff_of_user, user_of
from frontdesk.notifications.schemas import PreferenceIn, TimeOfDay
from frontdesk.tenancy.audit import changed, record
from frontdesk.tenancy.auth import Principal, allow
from frontdesk.tenancy.envelope import seal
from frontdesk.tenancy.idempotency import OnceDep, answer_once
from frontdesk.tenancy.queries import the_hotel

State = Literal["open", "acknowledged", "closed"]
router = APIRouter(prefix="/v1/hotels/{hotel_id}", tags=["staff"])
EMAIL = r"^[^@\s]+@[^@\s]+$"
EMPTIABLE = frozenset({"email", "quiet_from", "quiet_until"})
Row = TypeVar("Row", Staff, StaffWebhook)
Reader = Annotated[Principal, Depends(allow("staff:read"))]
Writer = Annotated[Principal, Depends(allow("staff:write"))]
Taker = Annotated[Principal, Depends(allow("conversations:write"))]
"""Whoever answers guests may take an alert."""


class StaffIn(BaseModel):
    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"example": {"name": "Night reception", "phone": "34600999001"}},
    )
    name: str = Field(min_length=1, max_length=200)
    phone: str | None = Field(None, pattern=r"^[1-9][0-9]{6,14}$")
    language: str = Field("en", pattern=r"^[a-z]{2,3}$")
    role: str = Field("reception", max_length=60)
    on_duty: bool = True
    min_priority: int = Field(0, ge=0, le=100)
    email: str | None = Field(None, max_length=254, pattern=EMAIL)
    quiet_from: TimeOfDay | None = None
    """By the hotel's clock; what is urgent (90 or more) comes all the same."""
    quiet_until: TimeOfDay | None = None
    preferences: list[PreferenceIn] = Field(default_factory=list[PreferenceIn], max_length=30)
    """The kind's before any's, then the highest priority that fits: by these channels alone."""
    digest_below: int = Field(0, ge=0, le=90)
    """What presses less is gathered until the next of `digest_at`."""
    digest_at: list[TimeOfDay] = Field(default_factory=list[TimeOfDay], max_length=12)


class StaffOut(StaffIn):
    model_config = ConfigDict(from_attributes=True, extra="ignore")
    id: UUID


class StaffPatch(BaseModel):
    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"on_duty": False}})
    name: str | None = Field(None, min_length=1, max_length=200)
    role: str | None = Field(None, min_length=1, max_length=60)
    on_duty: bool | None = None
    min_priority: int | None = Field(None, ge=0, le=100)
    email: str | None = Field(None, max_length=254, pattern=EMAIL)
    quiet_from: TimeOfDay | None = None
    quiet_until: TimeOfDay | None = None
    preferences: list[PreferenceIn] | None = Field(None, max_length=30)
    digest_below: int | None = Field(None, ge=0, le=90)
    digest_at: list[TimeOfDay] | None = Field(None, max_length=12)
    membership_id: UUID | None = None
    """The member who is the same person, and takes alerts in the console."""


class WebhookIn(BaseModel):
    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {"url": "https://desk.example.org/frontdesk", "secret": "sixteen or more."}
        },
    )
    url: Annotated[str, AfterValidator(web_address)] = Field(
        pattern=r"^https?://\S+$", max_length=2000
    )
    secret: SecretStr = Field(min_length=16, max_length=300)


class WebhookOut(BaseModel):
    """Its secret is never shown again; its address is, without a query."""

    model_config = ConfigDict(from_attributes=True)
    id: UUID
    url: str
    enabled: bool

    @field_validator("url")
    @classmethod
    def _without_query(cls, url: str) -> str:
        return url.partition("?")[0]


class WebhookPatch(BaseModel):
    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"enabled": False}})
    enabled: bool


class NotificationOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)
    id: UUID
    kind: str
    department: str | None
    conversation_id: UUID | None
    priority_score: int
    title: str
    body: str
    status: str
    acknowledged_by: UUID | None
    acknowledged_at: datetime | None
    acknowledged_via: str | None
    tellings: int
    """How often the same episode was told."""
    unattended: bool
    """Nobody on shift could be told."""
    details: dict[str, Any]
    created_at: datetime


@router.post("/staff", status_code=201, response_model=StaffOut)
async def create_staff(
    db: DbDep, hotel_id: UUID, asker: Writer, once: OnceDep, wanted: StaffIn
) -> Response:
    async with db.hotel(hotel_id) as session:
        await the_hotel(session)

        async def create() -> BaseModel:
            person = Staff(hotel_id=hotel_id, **wanted.model_dump())
            session.add(person)
            try:
                await session.flush()
            except IntegrityError:
                raise Conflict("somebody of the staff has that phone") from None
            new = wanted.model_dump()
            record(session, hotel_id, "staff.add", f"staff:{person.id}", by=asker.actor, new=new)
            return StaffOut.model_validate(person)

        return await answer_once(session, once, hotel_id, create)


@router.get("/staff")
async def list_staff(db: DbDep, hotel_id: UUID, asker: Reader, ask: PageDep) -> Page[StaffOut]:
    async with db.hotel(hotel_id) as session:
        rows, after = await page_rows(session, select(Staff), ask, Staff.created_at, Staff.id)
    return Page(items=[StaffOut.model_validate(r) for r in rows], next=after)


@router.patch("/staff/{staff_id}")
async def change_staff(
    db: DbDep, hotel_id: UUID, staff_id: UUID, asker: Writer, wanted: StaffPatch
) -> StaffOut:
    """On or off duty, and from which priority on they are told."""
    async with db.hotel(hotel_id) as session:
        person = await _found(session, Staff, staff_id)
        said = wanted.model_dump(exclude_unset=True, exclude={"membership_id"})
        if wanted.membership_id is not None:
            said["user_id"] = await user_of(session, wanted.membership_id)
        values = {k: v for k, v in said.items() if v is not None or k in EMPTIABLE}
        old, new = changed(person, values)
        for name, value in new.items():
            setattr(person, name, value)
        subject = f"staff:{person.id}"
        record(session, hotel_id, "staff.change", subject, by=asker.actor, old=old, new=new)
        await session.flush()
        return StaffOut.model_validate(person)


@router.post("/staff-webhooks", status_code=201, response_model=WebhookOut)
async def create_webhook(
    db: DbDep,
    vault: VaultDep,
    settings: SettingsDep,
    hotel_id: UUID,
    asker: Writer,
    once: OnceDep,
    wanted: WebhookIn,
) -> Response:
    """Signed as Standard Webhooks 1.0.0 says, with this secret: see `/webhooks` for every event."""
    await only_public(wanted.url, allow_private=settings.allow_private_urls)
    async with db.hotel(hotel_id) as session:
        await the_hotel(session)

        async def create() -> BaseModel:
            hook = StaffWebhook(
                hotel_id=hotel_id,
                url=wanted.url,
                secret=await seal(session, vault, hotel_id, wanted.secret.get_secret_value()),
                enabled=True,
            )
            session.add(hook)
            await session.flush()
            subject, new = f"webhook:{hook.id}", {"enabled": True}
            record(session, hotel_id, "webhook.add", subject, by=asker.actor, new=new)
            return WebhookOut.model_validate(hook)

        return await answer_once(session, once, hotel_id, create)


@router.get("/staff-webhooks")
async def list_webhooks(db: DbDep, hotel_id: UUID, asker: Reader, ask: PageDep) -> Page[WebhookOut]:
    model = StaffWebhook
    async with db.hotel(hotel_id) as session:
        rows, after = await page_rows(session, select(model), ask, model.created_at, model.id)
    return Page(items=[WebhookOut.model_validate(r) for r in rows], next=after)


@router.patch("/staff-webhooks/{webhook_id}")
async def change_webhook(
    db: DbDep, hotel_id: UUID, webhook_id: UUID, asker: Writer, wanted: WebhookPatch
) -> WebhookOut:
    async with db.hotel(hotel_id) as session:
        hook = await _found(session, StaffWebhook, webhook_id)
        old, new = {"enabled": hook.enabled}, {"enabled": wanted.enabled}
        await switch(session, hook, enabled=wanted.enabled)
        subject = f"webhook:{hook.id}"
        record(session, hotel_id, "webhook.change", subject, by=asker.actor, old=old, new=new)
        await session.flush()
        return WebhookOut.model_validate(hook)


async def _found(session: AsyncSession, model: type[Row], row_id: UUID) -> Row:
    row = await session.scalar(select(model).where(model.id == row_id))
    if row is None:
        raise NotFound("this hotel has no such entry")
    return row


@router.get("/notifications")
async def list_notifications(
    db: DbDep, hotel_id: UUID, asker: Reader, ask: PageDep, status: State | None = None
) -> Page[NotificationOut]:
    model = StaffNotification
    query = select(model)
    if status is not None:
        query = query.where(model.status == status)
    async with db.hotel(hotel_id) as session:
        rows, after = await page_rows(session, query, ask, model.created_at, model.id)
    return Page(items=[NotificationOut.model_validate(r) for r in rows], next=after)


@router.post("/notifications/{notification_id}/acknowledge")
async def acknowledge_notification(
    db: DbDep, clock: ClockDep, hotel_id: UUID, notification_id: UUID, asker: Taker
) -> NotificationOut:
    """Its ladder stands still; the first one who takes it stays the one."""
    async with db.hotel(hotel_id) as session:
        by, now, person = asker.actor, clock.now(), await staff_of_user(session, asker.actor)
        told = await acknowledge(session, notification_id, by=by, now=now, staff_id=person)
        await session.flush()
        return NotificationOut.model_validate(told)
