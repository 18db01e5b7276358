"""The departments of a hotel, as rows."""

from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from frontdesk.kit.db import Tenant


class Department(Tenant):
    __tablename__ = "departments"
    __table_args__ = (UniqueConstraint("hotel_id", "code"),)
    hotel_id: Mapped[UUID] = mapped_column(ForeignKey("hotels.id"), primary_key=True)
    code: Mapped[str]
    """What rules and programs call it; never changed."""
    name: Mapped[str]
    active: Mapped[bool] = mapped_column(server_default="true")
