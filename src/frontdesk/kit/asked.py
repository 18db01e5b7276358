"""Who asks by HTTP and from where, bound once a request: the database writes it beside each act."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from contextvars import ContextVar, Token
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from uuid import UUID

if TYPE_CHECKING:
    from frontdesk.kit.caller import Caller  # it brings the web in, which workers do without


@dataclass(slots=True)
class Asked:
    """One request; `hotel_id` and `note` are set where it reads what is personal."""

    ip: str
    user_agent: str
    hotel_id: UUID | None = None
    note: Callable[[Any], None] | None = None
    """Writes into the first session of that hotel that somebody read there, once a request."""
    departments: tuple[UUID, ...] = ()
    """Whose chats and tasks alone its transactions see; none: the whole hotel's."""

    def as_setting(self) -> str:
        """For `app.asked`, which guard_audit() reads: hex, so that no header's word is SQL."""
        return f"{self.ip}\n{self.user_agent}".encode().hex()


_ASKED: ContextVar[Asked | None] = ContextVar("frontdesk_asked", default=None)


def asked() -> Asked | None:
    """None outside a request: workers and commands."""
    return _ASKED.get()


def bind_asked(caller: "Caller") -> Token[Asked | None]:
    """For the rest of this request; a line break would pass for the end of the address."""
    agent = "".join(c for c in caller.agent or "" if c.isprintable())
    return _ASKED.set(Asked(caller.ip or "", agent))


def unbind_asked(before: Token[Asked | None]) -> None:
    _ASKED.reset(before)


def narrow(departments: tuple[UUID, ...]) -> None:
    """Each transaction of this request from now on sees the desk of these departments alone."""
    now = _ASKED.get()
    if now is not None:
        now.departments = departments
    elif departments:
        _ASKED.set(Asked("", "", departments=departments))


@contextmanager
def seeing(departments: tuple[UUID, ...]) -> Generator[None]:
    """As narrow(), for what is done inside, of a connection that asks more than once."""
    before = _ASKED.set(replace(_ASKED.get() or Asked("", ""), departments=departments))
    try:
        yield
    finally:
        _ASKED.reset(before)


def departments_setting() -> str:
    """What `app.departments` is bound to, which the policies of rls/99 read; empty: all."""
    now = _ASKED.get()
    return ",".join(str(UUID(int=d.int)) for d in now.departments) if now else ""


@contextmanager
def speaking_for(ip: str, user_agent: str) -> Generator[None]:
    """For what a worker writes of a request that is over."""
    before = _ASKED.set(Asked(ip, user_agent))
    try:
        yield
    finally:
        _ASKED.reset(before)


def asked_setting() -> str:
    """What `app.asked` is bound to; empty outside a request."""
    now = _ASKED.get()
    return now.as_setting() if now else ""


def note_reading(session: Any, hotel_id: UUID) -> None:
    """In the same transaction as what is read: where nothing was found, nothing is noted."""
    now = _ASKED.get()
    if now is not None and now.note is not None and is_to_be_noted(hotel_id):
        now.note(session)
        now.note = None


def is_to_be_noted(hotel_id: UUID) -> bool:
    """This request reads what is personal of this hotel, and nothing says so yet."""
    now = _ASKED.get()
    return now is not None and now.note is not None and now.hotel_id == hotel_id
