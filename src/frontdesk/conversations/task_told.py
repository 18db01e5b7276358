"""What the events of a task say: no words of the guest's."""

from typing import Any

from frontdesk.conversations.task_models import Task


def facts(task: Task, department: str) -> dict[str, Any]:
    return {
        "task_id": str(task.id),
        "number": task.number,
        "department": department,
        "item": task.item,
        "state": task.state,
        "priority": task.priority,
        "due_at": None if task.due_at is None else task.due_at.isoformat(),
        "room_id": _said(task.room_id),
        "conversation_id": _said(task.conversation_id),
        "guest_id": _said(task.guest_id),
        "booking_id": _said(task.booking_id),
        "assignee_id": _said(task.assignee_id),
    }


def _said(row_id: object) -> str | None:
    return None if row_id is None else str(row_id)
