"""The shapes of ladders, shifts, channels, templates and the delivery log on the wire."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, model_validator

from frontdesk.notifications.kinds import Kind
from frontdesk.notifications.rules import WAIT
from frontdesk.notifications.words import checked

CLOCK = r"^([01][0-9]|2[0-3]):[0-5][0-9]$"
Channel = Literal["whatsapp", "email", "apprise"]
Role = Annotated[str, Field(min_length=1, max_length=60)]
TimeOfDay = Annotated[str, Field(pattern=CLOCK)]
Checked = Annotated[str, AfterValidator(checked)]


def _shape(example: dict[str, Any]) -> ConfigDict:
    return ConfigDict(extra="forbid", json_schema_extra={"example": example})


class Level(BaseModel):
    """Who is told and how; with neither roles nor people everybody on shift."""

    model_config = _shape({"roles": ["reception"], "minutes": 5})
    roles: list[Role] = Field(default_factory=list[Role], max_length=20)
    off_shift: bool = False
    """Also those who are not on shift now."""
    channels: list[Channel] = Field(default_factory=list[Channel], max_length=3)
    """None: by each person's own."""
    minutes: int = Field(WAIT, ge=1, le=10_080)
    """Until the next level, or those in charge, where nobody takes it."""


class LevelIn(Level):
    people: list[UUID] = Field(default_factory=list[UUID], max_length=50)
    """Ids of staff."""
    shared: list[UUID] = Field(default_factory=list[UUID], max_length=20)
    """Ids of shared channels, e.g. a team's room."""


class Ladder(BaseModel):
    model_config = _shape(
        {
            "kind": "complaint",
            "min_priority": 0,
            "levels": [
                {"roles": ["reception"], "minutes": 5},
                {"roles": ["manager"], "off_shift": True, "minutes": 10},
            ],
        }
    )
    kind: Kind = "*"
    department: Role | None = None
    min_priority: int = Field(0, ge=0, le=100)
    enabled: bool = True


class LadderIn(Ladder):
    levels: list[LevelIn] = Field(min_length=1, max_length=8)


class LadderOut(LadderIn):
    model_config = ConfigDict(from_attributes=True, extra="ignore")
    id: UUID


class AlertKindOut(BaseModel):
    kind: str
    means: str


class ShiftIn(BaseModel):
    model_config = _shape({"weekday": 4, "starts": "22:00", "ends": "06:00"})
    weekday: int = Field(ge=0, le=6)
    """0 is Monday: the day on which it begins."""
    starts: TimeOfDay
    ends: TimeOfDay
    """Of the next day where it is not later than `starts`."""


class ShiftOut(ShiftIn):
    model_config = ConfigDict(from_attributes=True, extra="ignore")
    id: UUID


class ShiftsIn(BaseModel):
    model_config = _shape({"shifts": [{"weekday": 4, "starts": "22:00", "ends": "06:00"}]})
    shifts: list[ShiftIn] = Field(max_length=50)

    @model_validator(mode="after")
    def _each_once(self) -> "ShiftsIn":
        begins = {(s.weekday, s.starts) for s in self.shifts}
        if len(begins) != len(self.shifts):
            raise ValueError("two shifts begin at the same time")
        return self


class PreferenceIn(BaseModel):
    model_config = _shape({"kind": "*", "min_priority": 80, "channels": ["whatsapp", "apprise"]})
    kind: Kind = "*"
    min_priority: int = Field(0, ge=0, le=100)
    channels: list[Channel] = Field(max_length=3)
    """None: not told of it, unless it is urgent."""


class ChannelIn(BaseModel):
    model_config = _shape(
        {"name": "Front desk room", "url": "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ"}
    )
    name: str = Field(min_length=1, max_length=100)
    url: SecretStr = Field(min_length=4, max_length=2000)
    """An Apprise address; never shown again."""
    staff_id: UUID | None = None
    """Whose it is; without, it is shared and named by ladders."""


class ChannelPatch(BaseModel):
    model_config = _shape({"enabled": False})
    enabled: bool


class ChannelOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)
    id: UUID
    name: str
    service: str
    staff_id: UUID | None
    enabled: bool


class ChannelTest(BaseModel):
    """What a service said to a message of ours."""

    error: str | None


class TemplateIn(BaseModel):
    model_config = _shape(
        {"kind": "complaint", "language": "es", "title": "Queja: {title}", "body": "{body}"}
    )
    kind: Kind = "*"
    language: str = Field(pattern=r"^[a-z]{2,3}$")
    title: Checked = Field(min_length=1, max_length=200)
    body: Checked = Field(min_length=1, max_length=2000)
    """In braces: title, body, kind, priority, department, hotel, level."""


class TemplateOut(TemplateIn):
    model_config = ConfigDict(from_attributes=True, extra="ignore")
    id: UUID


class StepOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)
    id: UUID
    level: int
    due_at: datetime
    state: str
    reached: int | None
    worked_at: datetime | None
    plan: dict[str, Any]


class NotificationDeliveryOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)
    id: UUID
    notification_id: UUID
    level: int
    channel: str
    staff_id: UUID | None
    webhook_id: UUID | None
    channel_id: UUID | None
    membership_id: UUID | None
    status: str
    tries: int
    next_try_at: datetime
    error: str | None
    created_at: datetime


class DeliveryAttemptOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)
    id: UUID
    result: str
    error: str | None
    attempted_at: datetime
    next_try_at: datetime | None
