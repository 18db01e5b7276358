"""What one section of the document is: rows, or the fields of one thing."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from pydantic import BaseModel
from sqlalchemy import ColumnElement

from frontdesk.kit.db import Tenant


@dataclass(frozen=True, slots=True)
class Kind:
    """Rows of `model`, each said as `schema`, with codes in place of ids."""

    section: str
    model: type[Tenant]
    schema: type[BaseModel]
    key: tuple[str, ...]
    """Fields by which an entry is known again; none: by all of them."""
    reads: str
    writes: str
    ids: Mapping[str, str] = field(default_factory=dict[str, str])
    """Field of the entry: the schema's field that holds the id of what it names."""
    links: Mapping[str, tuple[str, str]] = field(default_factory=dict[str, tuple[str, str]])
    """Field of the entry: section and field of what it has to name."""
    words: Mapping[str, tuple[str, str]] = field(default_factory=dict[str, tuple[str, str]])
    """The same for words that come into their section by being used."""
    switch: str | None = None
    """What is taken out of the section is turned off by this: other rows hang on it."""
    again: tuple[str, ...] = ()
    """Fields by any of which it is known again, one after the other, where its key is not."""
    alone: bool = True
    """No two entries have the same key."""
    only: ColumnElement[bool] | None = None
    """Which of the model's rows; none: all."""


@dataclass(frozen=True, slots=True)
class Settings:
    """The fields of one thing: those that are left out stay as they are."""

    section: str
    schema: type[BaseModel]
    reads: str
    writes: str
