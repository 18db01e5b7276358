"""Writing facts down: each is a document of its own, found and told as one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.kit.errors import Invalid
from frontdesk.knowledge.actions import add_document, replace_document
from frontdesk.knowledge.facts import (
    IN_HOUSE,
    LANGUAGES,
    BadValue,
    catalogue,
    checked,
    label,
    sentence,
)
from frontdesk.knowledge.models import KnowledgeDocument
from frontdesk.tenancy.models import Hotel


class BadFact(Invalid):
    """A fact does not have the value that belongs there"""

    code = "bad_fact"


@dataclass(frozen=True, slots=True)
class FactSaid:
    """One fact as somebody writes it; None where the hotel's own way is meant."""

    key: str
    value: object
    variant: str = "main"
    language: str | None = None
    audience: str | None = None
    owner: str = ""
    valid_from: date | None = None
    valid_until: date | None = None


@dataclass(frozen=True, slots=True)
class Saved:
    fact: KnowledgeDocument
    old: Mapping[str, Any] | None = field(default=None)
    """Its value before; None where it is new."""


async def put_facts(
    session: AsyncSession, hotel: Hotel, facts: Sequence[FactSaid], *, by: str
) -> list[Saved]:
    """All or none. Raises BadFact with the place of everything that is wrong."""
    values = _checked(facts)
    keys = {fact.key for fact in facts}
    query = select(KnowledgeDocument).where(KnowledgeDocument.fact_key.in_(keys)).with_for_update()
    known = {(d.fact_key, d.variant): d for d in await session.scalars(query)}
    return [
        await _put(session, hotel, fact, value, known.get((fact.key, fact.variant)), by=by)
        for fact, value in zip(facts, values, strict=True)
    ]


def _checked(facts: Sequence[FactSaid]) -> list[Any]:
    values: list[Any] = []
    wrong: list[dict[str, str]] = []
    seen: set[tuple[str, str]] = set()
    for at, fact in enumerate(facts):
        try:
            values.append(_value(fact, seen))
        except BadValue as bad:
            wrong.append({"at": f"body.facts.{at}.{bad.path}", "problem": str(bad)})
    if wrong:
        raise BadFact(errors=wrong)
    return values


def _value(fact: FactSaid, seen: set[tuple[str, str]]) -> Any:
    kind = catalogue().get(fact.key)
    if kind is None:
        raise BadValue("there is no fact of that key", "key")
    if (fact.key, fact.variant) in seen:
        raise BadValue("this fact is there twice", "key")
    seen.add((fact.key, fact.variant))
    return checked(kind, fact.value)


async def _put(
    session: AsyncSession,
    hotel: Hotel,
    fact: FactSaid,
    value: object,
    known: KnowledgeDocument | None,
    *,
    by: str,
) -> Saved:
    kind = catalogue()[fact.key]
    kept = {"value": value, **({"currency": hotel.currency} if kind.type == "money" else {})}
    own = hotel.language if hotel.language in LANGUAGES else "en"
    language = fact.language or own
    said = {
        "title": label(fact.key, language),
        "body": sentence(fact.key, kept, language),
        "value": kept,
        "language": language,
        "audience": fact.audience or ("in_house" if fact.key in IN_HOUSE else "guest"),
        "owner": fact.owner,
        "valid_from": fact.valid_from,
        "valid_until": fact.valid_until,
    }
    if known is not None:
        old = known.value
        await replace_document(session, known, said, by=by)
        return Saved(known, old)
    made = KnowledgeDocument(
        hotel_id=hotel.id,
        source="fact",
        fact_key=fact.key,
        variant=fact.variant,
        version=1,
        **said,
    )
    await add_document(session, made, by=by)
    return Saved(made)
