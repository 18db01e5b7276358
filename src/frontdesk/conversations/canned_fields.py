"""The fields of a canned reply: which there are, and what each says of a chat; pure."""

import re
from collections.abc import Mapping
from types import MappingProxyType

FIELD = re.compile(r"\{([^{}]*)\}")
FIELDS: Mapping[str, str] = MappingProxyType(
    {
        "guest_name": "text: the guest's name",
        "hotel_name": "text: the hotel's name",
        "hotel_phone": "text: the hotel's phone",
        "agent_name": "text: who sends it",
        "booking_code": "text: of the stay that is now or next",
        "arrival": "date: of that stay, as the language writes it",
        "departure": "date: of that stay",
        "nights": "number: of that stay",
        "room": "text: its room's number, once there is one",
        "total": "money: of that stay, in the hotel's currency",
    }
)


class BadField(ValueError):
    """A canned reply names a field that there is not"""


class MissingField(ValueError):
    """A field has no value in this chat"""

    def __init__(self, names: list[str]) -> None:
        super().__init__(f"there is no {', '.join(names)} here")
        self.names = names


def fields_in(text: str) -> list[str]:
    """In their order, once each. Raises BadField."""
    named = list(dict.fromkeys(FIELD.findall(text)))
    unknown = [name for name in named if name not in FIELDS]
    if unknown or FIELD.sub("", text).count("{") or FIELD.sub("", text).count("}"):
        wrong = ", ".join(f"{{{name}}}" for name in unknown) or "a brace alone"
        raise BadField(f"{wrong}: a field is one of {', '.join(FIELDS)}")
    return named


def fill(text: str, values: Mapping[str, str | None]) -> str:
    """Raises MissingField with every name that has no value."""
    missing = [name for name in fields_in(text) if not values.get(name)]
    if missing:
        raise MissingField(missing)
    return FIELD.sub(lambda found: values[found[1]] or "", text)
