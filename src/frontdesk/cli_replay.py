"""`frontdesk replay`: a stored conversation decided again, and what differs."""

import sys
from uuid import UUID

import typer
from sqlalchemy import select

from frontdesk.conversations.replay import Turn, replay
from frontdesk.kit.ids import HotelId
from frontdesk.kit.settings import Settings
from frontdesk.messaging.models import Conversation
from frontdesk.runtime import Runtime, open_runtime

ENGINES = ("local", "groq")
NO_ENGINE = "there is no engine of this name here; there is: "
NO_VERSIONS = "a turn cannot be answered from an older version yet; leave --knowledge out"


async def replay_conversation(
    settings: Settings, conversation_id: UUID, *, engine: str, knowledge: str | None
) -> int:
    """Read-only; 0 where every turn is decided as it was. What a model costs is booked as ever."""
    if engine not in ENGINES:
        sys.exit(f"frontdesk: {NO_ENGINE}{', '.join(ENGINES)}")
    if knowledge is not None:
        sys.exit(f"frontdesk: {NO_VERSIONS}")
    chosen = settings.model_copy(update={"engine": engine})
    async with open_runtime(chosen) as runtime:
        hotel_id = await _hotel_of(runtime, conversation_id)
        if hotel_id is None:
            sys.exit("frontdesk: there is no such conversation")
        turns = await replay(runtime.desk.mind, hotel_id, conversation_id)
    for number, turn in enumerate(turns, 1):
        _tell(number, turn)
    other = sum(bool(turn.differs) for turn in turns)
    typer.echo(f"{len(turns)} turns, {other} decided otherwise")
    return 1 if other else 0


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
