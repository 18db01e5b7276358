"""`./scripts/perf`: indexes, queries and the cache of a running installation."""

import json
import sys
from collections.abc import Coroutine
from typing import Annotated, Any

import typer

from frontdesk.kit.cache import Cache, hit_rates
from frontdesk.kit.loop import run
from frontdesk.kit.plain import connect_plainly
from frontdesk.kit.settings import Settings
from frontdesk.local.indexes import lacking_indexes
from frontdesk.local.migrate import NotAtHead
from frontdesk.local.place import NotRunning, settings_here
from frontdesk.operations.advice import (
    NotCounted,
    Table,
    costly_statements,
    forget_statements,
    index_advice,
)

GOAL = 0.7
"""Of the cache's hit rate (performance.md, last row)."""
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object.")]
app = typer.Typer(help=__doc__, no_args_is_help=True, add_completion=False)


def main() -> None:
    try:
        app(prog_name="perf")
    except (NotRunning, NotCounted, NotAtHead) as e:
        sys.exit(f"perf: {e}")


def _run(work: Coroutine[Any, Any, int]) -> None:
    raise typer.Exit(run(work))


def _settings() -> Settings:
    return settings_here(Settings())  # pyright: ignore[reportCallIssue]


@app.command("check-indexes")
def check_indexes(as_json: AsJson = False) -> None:
    """Indexes that lack, that were never used, and tables read whole; exit 1 where one lacks."""
    _run(_check_indexes(_settings(), as_json))


@app.command("analyze-queries")
def analyze_queries(
    as_json: AsJson = False,
    limit: Annotated[int, typer.Option(min=1, max=500)] = 15,
    reset: Annotated[bool, typer.Option("--reset", help="Count anew from now on.")] = False,
) -> None:
    """The statements that cost the most, and those slower than DATABASE_SLOW_QUERY_THRESHOLD."""
    _run(_analyze_queries(_settings(), as_json, limit, reset))


@app.command("cache-stats")
def cache_stats(as_json: AsJson = False) -> None:
    """How often each area of the cache answered, over all processes; the goal is 70 %."""
    _run(_cache_stats(_settings(), as_json))


async def _check_indexes(settings: Settings, as_json: bool) -> int:
    lacking = await lacking_indexes(settings.database_owner_url)
    connection = await connect_plainly(settings.database_owner_url)
    try:
        advice = await index_advice(connection)
    finally:
        await connection.close()
    if as_json:
        typer.echo(json.dumps({"lacking": lacking, **advice}))
        return 1 if lacking else 0
    typer.echo(f"{len(advice['usage'])} indexes; the ten that serve most:")
    _show(advice["usage"][:10])
    for title, rows in (
        ("Never used since the counters began (unique ones left out)", advice["unused"]),
        ("Tables often read whole", advice["read_whole"]),
        ("Indexes that do not lead with the hotel", advice["not_led_by_hotel"]),
    ):
        typer.echo(f"\n{title}: {len(rows) or 'none'}")
        _show(rows[:20])
    typer.echo("\nThe models' indexes are all there." if not lacking else "")
    for name in lacking:
        typer.echo(f"LACKS {name}: ./scripts/run_migrations.py --create-indexes makes it")
    return 1 if lacking else 0


async def _analyze_queries(settings: Settings, as_json: bool, limit: int, reset: bool) -> int:
    connection = await connect_plainly(settings.database_owner_url)
    try:
        if reset:
            await forget_statements(connection)
            typer.echo("Counted anew from now on.")
            return 0
        found = await costly_statements(connection, limit=limit)
    finally:
        await connection.close()
    slow = [s for s in found if s["mean_ms"] > settings.database_slow_query_threshold]
    if as_json:
        typer.echo(json.dumps({"statements": found, "slow": len(slow)}))
        return 0
    _show(found)
    over = f"{settings.database_slow_query_threshold:g} ms on average"
    typer.echo(f"\n{len(slow)} of them take more than {over} (DATABASE_SLOW_QUERY_THRESHOLD).")
    return 0


async def _cache_stats(settings: Settings, as_json: bool) -> int:
    cache = Cache(settings.redis_url)
    try:
        counts = await cache.everywhere()
    finally:
        await cache.close()
    rates = hit_rates(counts)
    if as_json:
        typer.echo(json.dumps({"counts": counts, "hit_rates": rates, "goal": GOAL}))
        return 0
    if not rates:
        typer.echo("Nothing was asked of the cache yet.")
        return 0
    _show([{"area": area, "hit_rate": f"{rate:.1%}"} for area, rate in rates.items()])
    met = "met" if rates["all"] > GOAL else "missed"
    typer.echo(f"\nThe goal of {GOAL:.0%} is {met}.")
    return 0


def _show(rows: Table) -> None:
    if not rows:
        return
    lines = [list(map(str, rows[0])), *([str(v) for v in row.values()] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        told = "  ".join(cell.ljust(w) for cell, w in zip(line, widths, strict=True))
        typer.echo(f"  {told.rstrip()}")


if __name__ == "__main__":
    main()
