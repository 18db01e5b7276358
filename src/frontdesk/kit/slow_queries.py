"""Queries that took too long, in the log by their shape and never with their values."""

import time
from typing import Any

from sqlalchemy import Connection, Engine, event

from frontdesk.kit.logs import get_logger


def watch_queries(engine: Engine, *, log_all: bool, slow_ms: float | None) -> None:
    """Log each statement over `slow_ms` milliseconds, or every one where `log_all`."""
    if slow_ms is None and not log_all:
        return
    threshold = 0.0 if log_all else (slow_ms or 0.0)

    def before(connection: Connection, *_: Any) -> None:
        connection.info["query_started"] = time.perf_counter()

    def after(connection: Connection, _: Any, statement: str, *__: Any) -> None:
        took = (time.perf_counter() - connection.info["query_started"]) * 1000
        if took >= threshold:
            get_logger().info("slow_query", statement=statement[:500], ms=round(took, 1))

    event.listen(engine, "before_cursor_execute", before)
    event.listen(engine, "after_cursor_execute", after)
