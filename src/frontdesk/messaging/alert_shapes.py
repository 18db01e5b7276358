"""What the events of alerts to staff say: ids, levels and times, and nobody's words."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from frontdesk.messaging.shape_parts import Facts, Id, MaybeId

Kind = Annotated[str, Field(examples=["complaint"])]
Priority = Annotated[int, Field(examples=[80], ge=0, le=100)]
Rung = Annotated[int, Field(examples=[0], ge=0, description="of the ladder; 0 is the first")]
At = Annotated[datetime, Field(examples=["2026-07-03T18:04:05+00:00"])]


class AlertFacts(Facts):
    notification_id: Id
    kind: Kind
    department: Annotated[str | None, Field(examples=["reception"])]
    priority_score: Priority
    conversation_id: MaybeId
    at: At


class NotificationSent(AlertFacts):
    """Staff are told of something: it stands in the list, and goes out by these ways."""

    level: Rung
    channels: Annotated[list[str], Field(examples=[["in_app", "whatsapp"]])]
    people: Annotated[int, Field(examples=[2], ge=0)]


class NotificationAcknowledged(AlertFacts):
    """Somebody took an alert; its ladder stands still."""

    staff_id: MaybeId
    via: Annotated[Literal["console", "whatsapp", "link"], Field(examples=["whatsapp"])]
    by: Annotated[str, Field(examples=["staff:01932b1e-5a70-7c44-9f10-3f6d1c2b7a01"])]
    waited_seconds: Annotated[int, Field(examples=[95], ge=0)]


class AlertEscalated(AlertFacts):
    """Nobody took an alert in time: the next level of its ladder is told."""

    level: Rung


class AlertUnattended(AlertFacts):
    """Nobody on shift could be told of an alert: the hotel's last resort is."""


ALERT_SHAPES: dict[str, type[Facts]] = {
    "notification.sent": NotificationSent,
    "notification.acknowledged": NotificationAcknowledged,
    "alert.escalated": AlertEscalated,
    "alert.unattended": AlertUnattended,
}
