"""Reading JSON that may be anything: a value of the wanted shape, or an empty one."""

from collections.abc import Iterable, Mapping
from typing import Any, cast

Json = Mapping[str, Any]


def mapping(value: object) -> Json:
    """The object, or an empty one where the wire put something else."""
    return cast("Json", value) if isinstance(value, dict) else {}


def items(value: object) -> list[object]:
    return cast("list[object]", value) if isinstance(value, list) else []


def text_of(value: object) -> str | None:
    """A non-empty text that UTF-8 and PostgreSQL can hold; numbers become text, the rest nothing.

    JSON may carry NUL and halves of surrogate pairs (a clipped emoji): neither can be stored.
    """
    if type(value) is str and value.isascii() and "\x00" not in value:
        return value or None
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    text = str(value).replace("\x00", "")
    return (text if text.isascii() else text.encode(errors="replace").decode()) or None


def first_mapping(values: Iterable[object]) -> Json:
    """The first object with anything in it, or an empty one."""
    for value in values:
        if found := mapping(value):
            return found
    return {}
