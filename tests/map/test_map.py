"""The map is the country: README's folders, catalogues, ways up and down, no mocked parts."""

import asyncio
import json
import re
from pathlib import Path

import asyncpg
import pytest
from alembic import command

from frontdesk.kit.db import plain_url
from frontdesk.kit.settings import Settings
from frontdesk.local.migrate import alembic_config, upgrade_head

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text()
NOT_FOR_HANDS = {"set_up", "check.lock", "postgres_roles.sh"}
"""Scripts that others call."""
MADE = {"data", "dist", "build"}
"""Folders that running and building leave."""
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


def _drawn() -> list[str]:
    return README.partition("## Map")[2].split("```")[1].splitlines()


def test_the_map_names_every_room_and_no_other() -> None:
    named = {m[1] for line in _drawn() if (m := re.match(r"  (\w+)/ ", line))}
    rooms = {p.parent.name for p in ROOT.glob("src/frontdesk/*/__init__.py")}
    assert len(rooms) >= 12
    assert named == rooms


def test_the_map_names_every_folder_and_no_other() -> None:
    named = {m[1] for line in _drawn() if (m := re.match(r"([\w/]+)/", line))}
    folders = {p.name for p in ROOT.iterdir() if p.is_dir() and p.name[0] not in "._"}
    assert {name.partition("/")[0] for name in named} == folders - MADE


def test_the_map_names_what_lies_in_tests_and_scripts() -> None:
    lines = {m[1]: m[2].split() for line in _drawn() if (m := re.match(r"(\w+)/ +(.*)", line))}
    suites = {p.parent.name for p in (ROOT / "tests").glob("*/test_*.py")}
    assert set(lines["tests"]) == suites
    commands = {p.name for p in (ROOT / "scripts").iterdir() if p.is_file()}
    assert set(lines["scripts"]) == commands - NOT_FOR_HANDS


def test_the_map_names_the_files_beside_the_rooms() -> None:
    drawn = "\n".join(_drawn())
    beside = {p.name for p in ROOT.glob("src/frontdesk/*.py")} - {"__init__.py"}
    assert {name for name in beside if name not in drawn and not name.startswith("cli")} == set()
    assert "cli*.py" in drawn


def _settings() -> set[str]:
    return {str(f.validation_alias or f.alias) for f in Settings.model_fields.values()}


def test_the_readme_has_every_setting_and_no_other() -> None:
    table = README.partition("\n## Settings")[2].partition("\n## ")[0]
    cells = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
    named = [name for cell in cells for name in re.findall(r"`(\w+)`", cell)]
    assert len(named) > 20
    assert sorted(named) == sorted(_settings())


def test_the_example_has_every_setting_with_its_default_and_no_other() -> None:
    text = (ROOT / ".env.example").read_text()
    given = dict(re.findall(r"^(\w+)=(.*)$", text, re.MULTILINE))
    assert set(given) == _settings()
    plain = Settings.model_construct()
    said = Settings(_env_file=None, **{name: value for name, value in given.items() if value})
    assert said == plain


def test_docker_compose_sets_only_what_there_is() -> None:
    text = (ROOT / "docker-compose.yml").read_text()
    ours = r"^ +((?:DATABASE|REDIS|FRONTDESK)_\w+):"
    assert set(re.findall(ours, text, re.MULTILINE)) <= _settings()
    assert "FRONTDESK_SECRET_KEY" in re.findall(ours, text, re.MULTILINE)


async def test_the_migrations_go_down_to_nothing_and_up_again(apart: Settings) -> None:
    url = apart.database_owner_url
    owner = await asyncpg.connect(plain_url(url))
    before = {r[0] for r in await owner.fetch(MIGRATED)}
    await asyncio.to_thread(command.downgrade, alembic_config(url), "base")
    assert await owner.fetch(MIGRATED) == []
    await asyncio.to_thread(upgrade_head, url)
    assert {r[0] for r in await owner.fetch(MIGRATED)} == before
    assert len(before) >= 31
    await owner.close()
