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
    BadValue,
    catalogue,
    checked,
    label,
    own_language,
    sentence,
    usual_audience,
)
from frontdesk.knowledge.models import KnowledgeDocument
from frontdesk.tenancy.audit import record
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
    saved = [
        await _put(session, hotel, fact, value, known.get((fact.key, fact.variant)), by=by)
        for fact, value in zip(facts, values, strict=True)
    ]
    for one in saved:
        _note(session, one, by=by)
    return saved


def _note(session: AsyncSession, saved: Saved, *, by: str) -> None:
    fact = saved.fact
    kept = ("fact_key", "variant", "version", "audience", "valid_from", "valid_until")
    new = {**{name: getattr(fact, name) for name in kept}, "value": fact.value}
    old = None if saved.old is None else {"value": saved.old}
    subject = f"document:{fact.id}"
    record(session, fact.hotel_id, "fact.put", subject, by=by, old=old, new=new)


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
    language = fact.language or own_language(hotel.language)
    said = {
        "title": label(fact.key, language),
        "body": sentence(fact.key, kept, language),
        "value": kept,
        "language": language,
        "audience": fact.audience or usual_audience(fact.key),
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
