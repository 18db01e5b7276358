"""The orders that a desk reads its list of chats in; what lacks the thing comes last in each."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Literal

from sqlalchemy import DateTime, String, case, cast, func, literal_column

from frontdesk.kit.pages import Order
from frontdesk.messaging.models import Conversation

Sort = Literal["newest", "waiting", "priority", "due"]
NEVER = datetime(9999, 1, 1, tzinfo=UTC)
DUE: Any = literal_column(
    "(SELECT min(k.due_at) FROM sla_clocks k WHERE k.hotel_id = conversations.hotel_id"
    " AND k.conversation_id = conversations.id AND k.state = 'running')",
    DateTime(timezone=True),
)
"""The next promise that runs out; the clocks are of a room above this one."""
WAITING: Any = func.coalesce(Conversation.waiting_since, NEVER)
RANK: Any = case(
    {"urgent": "0", "high": "1", "normal": "2"}, value=Conversation.priority, else_="3"
)
PRESSING: Any = cast(
    RANK + func.to_char(func.timezone("UTC", WAITING), "YYYYMMDDHH24MISSUS"), String
)
"""Of one priority, who waits longest is first."""


def order_of(sort: Sort) -> tuple[str, Order]:
    """As `page_sorted` takes it; a cursor of one order is none of another."""
    columns: Mapping[Sort, Any] = {
        "newest": Conversation.last_message_at,
        "waiting": WAITING,
        "priority": PRESSING,
        "due": func.coalesce(DUE, NEVER),
    }
    said = "-newest" if sort == "newest" else sort
    return said, Order({sort: columns[sort]}, Conversation.id)
