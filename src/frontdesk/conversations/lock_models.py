"""Who is writing a reply just now."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped

from frontdesk.kit.db import Tenant


class ReplyLock(Tenant):
    """Polite, not firm: it fades within seconds, and whoever insists writes all the same."""

    __tablename__ = "reply_locks"
    __table_args__ = (
        ForeignKeyConstraint(
            ["hotel_id", "conversation_id"], ["conversations.hotel_id", "conversations.id"]
        ),
        UniqueConstraint("hotel_id", "conversation_id"),
    )
    conversation_id: Mapped[UUID]
    holder: Mapped[str]
    """`user:<id>` or `key:<id>`, as in the audit log."""
    until: Mapped[datetime]
