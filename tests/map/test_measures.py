"""The measures of the house style, kept by a test: sizes, layers, names, schema."""

import ast
import itertools
import statistics
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from frontdesk.kit.jobs import Job
from frontdesk.local.schema_check import differences
from workers.tasks import TASKS

ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted([*ROOT.glob("src/frontdesk/**/*.py"), *ROOT.glob("workers/*.py")])
EMPTY_NAMES = {"utils", "helpers", "common", "base", "manager", "service", "services", "misc"}


def percentile(values: list[int], share: float) -> int:
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def functions() -> Iterator[tuple[str, int]]:
    """Name and length of each function, its signature and docstring not counted."""
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                body = node.body[1:] if ast.get_docstring(node) else node.body
                length = (node.end_lineno or 0) - body[0].lineno + 1 if body else 0
                yield f"{path.name}:{node.name}", length


def test_files_stay_small() -> None:
    sizes = {path: len(path.read_text().splitlines()) for path in SOURCES}
    code = [size for path, size in sizes.items() if path.name != "__init__.py"]
    assert len(code) > 50
    assert statistics.median(code) <= 110
    assert percentile(code, 0.95) <= 250, [p.name for p, n in sizes.items() if n > 250]
    assert {p.name: n for p, n in sizes.items() if n > 400} == {}


def test_functions_stay_short() -> None:
    lengths = dict(functions())
    assert len(lengths) > 300
    assert statistics.median(lengths.values()) <= 10
    longest = sorted(lengths.items(), key=lambda item: -item[1])[:20]
    assert percentile(list(lengths.values()), 0.95) <= 30, longest


def test_no_module_has_an_empty_name() -> None:
    assert [p for p in SOURCES if p.stem in EMPTY_NAMES or p.parent.name in EMPTY_NAMES] == []


def test_each_module_opens_with_what_it_is_for() -> None:
    silent = [p for p in SOURCES if not ast.get_docstring(ast.parse(p.read_text()))]
    assert silent == []


def test_the_layers_look_down_only() -> None:
    ran = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command as c; c()"],
        check=False,
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=120,
    )
    assert ran.returncode == 0, ran.stdout
    assert "0 broken" in ran.stdout


def test_every_job_has_its_task_and_every_task_its_job() -> None:
    assert set(TASKS) == set(Job)
    assert {task.name for task in TASKS.values()} == {f"frontdesk.{job}" for job in Job}


def test_the_product_never_imports_its_workers() -> None:
    for path in ROOT.glob("src/frontdesk/**/*.py"):
        imported = [
            node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Import)
        ]
        names = itertools.chain.from_iterable((a.name for a in node.names) for node in imported)
        assert not any(name.split(".")[0] == "workers" for name in names), path


@pytest.mark.parametrize("name", ["requirements.lock", "scripts/check.lock"])
def test_the_locks_hash_everything_and_name_no_address(name: str) -> None:
    text = (ROOT / name).read_text()
    pinned = [line for line in text.splitlines() if line and not line.startswith((" ", "#"))]
    assert len(pinned) > 10
    assert all("==" in line and line.endswith("\\") for line in pinned)
    assert "://" not in text
    assert "index-url" not in text


async def test_the_migrations_make_what_the_models_mean() -> None:
    assert await differences() == ""
