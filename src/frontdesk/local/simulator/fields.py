"""Reading a call's body: what the wire asks of it, said as GREEN-API says it."""

from collections.abc import Mapping
from typing import Any, cast

from frontdesk.local.simulator.state import Bubble, Number

Body = Mapping[str, Any]


class BadCall(Exception):
    """The body is not what the method takes"""


def text_field(body: Body, name: str, *, limit: int = 20_000) -> str:
    value = body.get(name)
    if not isinstance(value, str) or not value:
        raise BadCall(f"'{name}' is required")
    if len(value) > limit:
        raise BadCall(f"'{name}' length must be less than or equal to {limit} characters long")
    return value


def chat_field(number: Number, body: Body, name: str = "chatId") -> str:
    """The chat of a person known by phone or lid, or of a group."""
    chat = text_field(body, name)
    local, _, kind = chat.rpartition("@")
    if kind not in ("c.us", "lid", "g.us") or not local.replace("-", "").isdigit():
        raise BadCall(f"'{name}' bad format, use phone_number@c.us, @lid or group_id@g.us")
    return number.person(chat)


def message_field(number: Number, body: Body) -> Bubble:
    bubble = number.find(text_field(body, "idMessage"), chat_field(number, body))
    if bubble is None:
        raise BadCall("message not found")
    return bubble


def objects(body: Body, name: str, *, least: int, most: int) -> list[dict[str, Any]]:
    asked = body.get(name)
    listed = cast("list[Any]", asked) if isinstance(asked, list) else []
    if not least <= len(listed) <= most or not all(isinstance(o, dict) for o in listed):
        raise BadCall(f"'{name}' must contain {least} to {most} items")
    return cast("list[dict[str, Any]]", listed)


def number_field(body: Body, name: str, default: float) -> float:
    """From a query string or a body."""
    try:
        return float(body.get(name, default))
    except (TypeError, ValueError):
        raise BadCall(f"'{name}' must be a number") from None
