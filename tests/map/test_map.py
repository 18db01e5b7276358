"""The map is the country: README's folders, catalogues, ways up and down, no mocked parts."""

import asyncio
import json
import re
import uuid
from pathlib import Path

import asyncpg
import pytest
from alembic import command

from frontdesk.api.app import OPEN, api_routes, create_app, scopes_of
from frontdesk.kit.db import plain_url
from frontdesk.kit.settings import Settings
from frontdesk.local.migrate import alembic_config, upgrade_head
from tests.conftest import Server, _clone, _drop, at

ROOT = Path(__file__).resolve().parents[2]
CATALOGUES = sorted((ROOT / "src/frontdesk/assistant/catalog").glob("*.json"))
MIGRATED = """
    SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace
    AND relkind IN ('r', 'p', 'v', 'm') AND relname <> 'alembic_version'"""


def _read(path: Path) -> dict[str, object]:
    return json.loads(path.read_text())


def _holes_in(text: object) -> set[str]:
    return set(re.findall(r"\{(\w+)", json.dumps(text)))


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.stem)
def test_every_language_says_the_same_things(path: Path) -> None:
    english, theirs = _read(CATALOGUES[0].with_name("en.json")), _read(path)
    assert set(theirs) == set(english)
    differing = [key for key in english if _holes_in(theirs[key]) != _holes_in(english[key])]
    assert differing == []


def test_there_are_catalogues() -> None:
    assert len(CATALOGUES) >= 8


def test_nothing_is_mocked() -> None:
    mocked = re.compile(r"^\s*(from|import)\s+(unittest|mock)\b|\bmonkeypatch\b", re.MULTILINE)
    files = [p for folder in ("src", "workers", "tests") for p in (ROOT / folder).rglob("*.py")]
    here = Path(__file__).resolve()
    assert len(files) > 100
    assert [p.name for p in files if p != here and mocked.search(p.read_text())] == []


def test_the_readme_names_every_folder() -> None:
    readme = (ROOT / "README.md").read_text()
    drawn = readme.partition("## Map")[2].split("```")[1]
    named = set(re.findall(r"\w+", drawn))
    rooms = {p.parent.name for p in ROOT.glob("src/frontdesk/*/__init__.py")}
    suites = {p.name for p in (ROOT / "tests").iterdir() if p.is_dir() and p.name != "__pycache__"}
    tops = {"migrations", "rls", "src", "workers", "scripts", "tests"}
    assert len(rooms) >= 12
    assert (rooms | suites | tops) - named == set()


def test_the_readme_names_every_setting() -> None:
    readme = (ROOT / "README.md").read_text()
    names = {str(f.validation_alias or f.alias) for f in Settings.model_fields.values()}
    assert len(names) > 20
    assert {name for name in names if f"`{name}`" not in readme} == set()


def test_every_route_declares_a_scope_and_tells_errors(settings: Settings) -> None:
    app = create_app(settings)
    routes = list(api_routes(app))
    assert len(routes) > 40
    assert [r.path for r in routes if not scopes_of(r) and r.path not in OPEN] == []


async def test_the_migrations_go_down_to_nothing_and_up_again(
    server: Server, settings: Settings
) -> None:
    name = f"d_{uuid.uuid4().hex[:12]}"
    await _clone(server, name)
    url = at(settings.database_owner_url, name)
    owner = await asyncpg.connect(plain_url(url))
    try:
        before = {r[0] for r in await owner.fetch(MIGRATED)}
        await asyncio.to_thread(command.downgrade, alembic_config(url), "base")
        assert await owner.fetch(MIGRATED) == []
        await asyncio.to_thread(upgrade_head, url)
        assert {r[0] for r in await owner.fetch(MIGRATED)} == before
        assert len(before) >= 31
    finally:
        await owner.close()
        await _drop(server, name)
