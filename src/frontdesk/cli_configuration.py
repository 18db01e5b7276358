"""`frontdesk hotel export, diff, apply`: a hotel as a file of YAML."""

import codecs
import sys
from pathlib import Path
from typing import Any, cast

import typer
import yaml
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.cli_operations import find_hotel
from frontdesk.configuration.actions import Applied, apply
from frontdesk.configuration.check import BadConfiguration
from frontdesk.configuration.photos import check_addresses
from frontdesk.configuration.state import brief, read_state
from frontdesk.kit.clock import SystemClock
from frontdesk.kit.db import open_database
from frontdesk.kit.errors import Problem
from frontdesk.kit.settings import Settings
from frontdesk.tenancy.auth import SCOPES, Principal
from frontdesk.tenancy.queries import the_hotel

UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
OPERATOR = Principal("platform", None, frozenset(SCOPES))


async def export_hotel(settings: Settings, slug: str) -> None:
    db = open_database(settings)
    async with db.hotel(await find_hotel(db, slug)) as session:
        document = await _document(session)
    await db.close()
    typer.echo(as_yaml(document), nl=False)


async def apply_file(
    settings: Settings, slug: str, path: Path, wanted: object, *, dry_run: bool
) -> int:
    """Tells each change; 1 where the file does not hold together and nothing was changed."""
    db = open_database(settings)
    now = SystemClock().now()
    try:
        hotel_id = await find_hotel(db, slug)
        await check_addresses(db, hotel_id, wanted, allow_private=settings.allow_private_urls)
        async with db.hotel(hotel_id) as session:
            done = await apply(session, wanted, asker=OPERATOR, now=now, dry_run=dry_run)
    except Problem as refused:
        if "path" not in refused.extra and not isinstance(refused, BadConfiguration):
            raise
        one = [{"path": refused.extra.get("path"), "message": refused.detail or refused.title()}]
        for error in refused.extra.get("errors", one):
            typer.echo(f"{path}: {error['path']}: {error['message']}", err=True)
        return 1
    finally:
        await db.close()
    _tell(done)
    return 0


def as_yaml(document: object) -> str:
    return yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=100)


def read_file(path: Path) -> Any:
    """Some shells write what a command prints as UTF-16, with its mark at the beginning."""
    raw = path.read_bytes()
    try:
        return read_yaml(raw.decode("utf-16" if raw[:2] in UTF_16 else "utf-8-sig"))
    except UnicodeDecodeError:
        sys.exit("frontdesk: this is no text in UTF-8")


def read_yaml(text: str) -> Any:
    """As JSON would have it: days as text. A key said twice is a mistake and no second word."""
    try:
        return yaml.load(text, Loader=_Plain)  # noqa: S506 - a safe loader
    except yaml.YAMLError as refused:
        sys.exit(f"frontdesk: this is no YAML: {refused}")


class _Plain(yaml.SafeLoader):
    """Without dates, and without keys that overwrite each other."""


def _mapping(loader: Any, node: Any) -> dict[Any, Any]:
    keys: list[Any] = [loader.construct_object(key, deep=True) for key, _ in node.value]
    twice = next((key for key in keys if keys.count(key) > 1), None)
    if twice is not None:
        raise yaml.constructor.ConstructorError(
            None, None, f"{twice} is said twice", node.start_mark
        )
    return loader.construct_mapping(node, deep=True)


def _text(loader: Any, node: Any) -> str:
    return loader.construct_yaml_str(node)


_Plain.add_constructor("tag:yaml.org,2002:map", _mapping)
_Plain.add_constructor("tag:yaml.org,2002:timestamp", _text)


async def _document(session: AsyncSession) -> dict[str, Any]:
    now = SystemClock().now()
    return brief((await read_state(session, await the_hotel(session), now=now)).document())


def _tell(done: Applied) -> None:
    for change in done.changes:
        said = change.told()
        typer.echo(f"{said['what']:6} {said['path']}")
        for name, value in _fields(said["old"]).items():
            typer.echo(f"       - {name}: {value}")
        for name, value in _fields(said["new"]).items():
            typer.echo(f"       + {name}: {value}")
    typer.echo(f"{len(done.changes)} changes" if done.changes else "nothing to change")


def _fields(said: Any) -> dict[str, Any]:
    if said is None:
        return {}
    return cast("dict[str, Any]", said) if isinstance(said, dict) else {"value": said}
