"""`frontdesk replay`: a stored conversation decided again, and what differs."""

import sys
from dataclasses import replace
from uuid import UUID

import typer
from sqlalchemy import select

from frontdesk.assistant.matters import Mind
from frontdesk.conversations.replay import Turn, replay
from frontdesk.kit.errors import NotFound
from frontdesk.kit.ids import HotelId
from frontdesk.kit.settings import Settings
from frontdesk.knowledge.library import Library
from frontdesk.knowledge.releases import numbered
from frontdesk.messaging.models import Conversation
from frontdesk.runtime import Runtime, open_runtime

ENGINES = ("local", "groq")
NO_ENGINE = "there is no engine of this name here; there is: "


async def replay_conversation(
    settings: Settings, conversation_id: UUID, *, engine: str, knowledge: int | None
) -> int:
    """Read-only; 0 where every turn is decided as it was. What a model costs is booked as ever."""
    if engine not in ENGINES:
        sys.exit(f"frontdesk: {NO_ENGINE}{', '.join(ENGINES)}")
    chosen = settings.model_copy(update={"engine": engine})
    async with open_runtime(chosen) as runtime:
        hotel_id = await _hotel_of(runtime, conversation_id)
        if hotel_id is None:
            sys.exit("frontdesk: there is no such conversation")
        mind = await _knowing(runtime, hotel_id, knowledge)
        turns = await replay(mind, hotel_id, conversation_id)
    for number, turn in enumerate(turns, 1):
        _tell(number, turn)
    other = sum(bool(turn.differs) for turn in turns)
    typer.echo(f"{len(turns)} turns, {other} decided otherwise")
    return 1 if other else 0


async def _knowing(runtime: Runtime, hotel_id: HotelId, number: int | None) -> Mind:
    """The mind with what the hotel had published under this number."""
    mind = runtime.desk.mind
    if number is None:
        return mind
    library = mind.library or Library.alone(mind.db, mind.embedder)
    try:
        async with runtime.db.hotel(hotel_id) as session:
            release = await numbered(session, number)
    except NotFound as missing:
        sys.exit(f"frontdesk: {missing}")
    return replace(mind, library=replace(library, release=release))


async def _hotel_of(runtime: Runtime, conversation_id: UUID) -> HotelId | None:
    async with runtime.db.platform() as session:
        query = select(Conversation.hotel_id).where(Conversation.id == conversation_id)
        found = await session.scalar(query)
    return None if found is None else HotelId(found)


def _tell(number: int, turn: Turn) -> None:
    typer.echo(f"{'~' if turn.differs else '='} {number}. {' / '.join(turn.said)}")
    for name in turn.differs:
        for sign, side in (("-", turn.then), ("+", turn.now)):
            for value in getattr(side, name) or ("nothing",):
                shown = str(value).replace("\n", "\n           ")
                typer.echo(f"    {sign} {name}: {shown}")
