"""What the desk's events say: a chat's state, owner, labels and priority, and tasks."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Annotated, Literal

from pydantic import Field

from frontdesk.messaging.shape_parts import ID, Facts, Id, MaybeId

State = Literal["active", "escalated", "pending", "snoozed", "resolved", "closed"]
Priority = Literal["low", "normal", "high", "urgent"]
By = Annotated[str, Field(examples=[f"user:{ID}"])]
At = Annotated[datetime, Field(examples=["2026-07-03T18:04:05+00:00"])]
Member = Annotated[MaybeId, Field(description="a membership")]


class ChatFacts(Facts):
    conversation_id: Id
    guest_id: Id
    by: By
    at: At


class StateChanged(ChatFacts):
    """A chat went from one state to another; `step` is the name of the way."""

    old: Annotated[State, Field(examples=["active"])]
    new: Annotated[State, Field(examples=["escalated"])]
    step: Annotated[str, Field(examples=["hand_over"])]
    owner: Annotated[Literal["bot", "staff"], Field(examples=["staff"])]


class Snoozed(ChatFacts):
    """A chat rests until a time."""

    until: Annotated[datetime, Field(examples=["2026-07-04T08:00:00+00:00"])]


class Woken(ChatFacts):
    """A snoozed chat is awake: its time has come, or the guest wrote."""


class Assigned(ChatFacts):
    """A chat is somebody's, or nobody's any more."""

    assignee_id: Member
    was: Member


class Unassigned(ChatFacts):
    """A chat needs somebody, and was nobody's for longer than the hotel's minutes."""

    minutes: Annotated[int, Field(examples=[10])]
    reason: Annotated[str | None, Field(examples=["complaint"])]
    priority: Annotated[Priority, Field(examples=["normal"])]


class Labelled(ChatFacts):
    """A label was put on a chat; `tags` are all it has now."""

    label: Annotated[str, Field(examples=["vip"])]
    tags: Annotated[list[str], Field(examples=[["vip"]])]


class Unlabelled(Labelled):
    """A label was taken off a chat."""


class PriorityChanged(ChatFacts):
    """A chat presses more, or less."""

    old: Annotated[Priority, Field(examples=["normal"])]
    new: Annotated[Priority, Field(examples=["high"])]


class TaskFacts(Facts):
    task_id: Id
    number: Annotated[int, Field(examples=[12])]
    department: Annotated[str, Field(examples=["housekeeping"])]
    item: Annotated[str, Field(examples=["towels"])]
    state: Annotated[Literal["open", "in_progress", "done", "cancelled"], Field(examples=["open"])]
    priority: Annotated[Priority, Field(examples=["normal"])]
    due_at: Annotated[datetime | None, Field(examples=["2026-07-03T18:34:05+00:00"])]
    room_id: MaybeId
    conversation_id: MaybeId
    guest_id: MaybeId
    booking_id: MaybeId
    assignee_id: Member
    by: By
    at: At


class TaskOpened(TaskFacts):
    """Somebody wants something done."""


class TaskStateChanged(TaskFacts):
    """A task was begun, put back, done or called off."""

    old: Annotated[Literal["open", "in_progress", "done", "cancelled"], Field(examples=["open"])]
    step: Annotated[str, Field(examples=["start"])]


class TaskDone(TaskFacts):
    """A task is done; the guest is told once, where somebody said so."""


class TaskAssigned(TaskFacts):
    """A task is somebody's, or nobody's any more."""

    was: Member


class TaskOverdue(TaskFacts):
    """A task was not done by the time it is due."""


class NoteMentioned(Facts):
    """Somebody is named in a note of the staff's; what it says stays there."""

    note_id: Id
    conversation_id: MaybeId
    task_id: MaybeId
    membership_id: Id
    by: By
    at: At


DESK_SHAPES: Mapping[str, type[Facts]] = MappingProxyType(
    {
        "conversation.state.changed": StateChanged,
        "conversation.snoozed": Snoozed,
        "conversation.woken": Woken,
        "conversation.assigned": Assigned,
        "conversation.unassigned": Unassigned,
        "conversation.labelled": Labelled,
        "conversation.unlabelled": Unlabelled,
        "conversation.priority.changed": PriorityChanged,
        "task.opened": TaskOpened,
        "task.state.changed": TaskStateChanged,
        "task.done": TaskDone,
        "task.assigned": TaskAssigned,
        "task.overdue": TaskOverdue,
        "note.mentioned": NoteMentioned,
    }
)
