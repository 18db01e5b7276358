"""Structured logs: one event a fact, ids bound once, never a text, phone, token or URL."""

import logging
import sys
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any, cast

import structlog
from structlog.contextvars import bind_contextvars, bound_contextvars, clear_contextvars
from structlog.types import EventDict, FilteringBoundLogger, Processor

PRIVATE = frozenset(
    {"text", "body", "message", "phone", "chat", "token", "url", "authorization", "password", "raw"}
)
"""Keys that must not carry a value into a log, whoever binds them."""

NOISY = (
    *("httpx", "httpcore", "uvicorn.access", "apscheduler", "amqp", "kombu", "stripe"),
    *("groq", "langchain_core", "langchain_groq", "langsmith"),
)
"""They print addresses, some with tokens, or whole requests with guests' words."""


def get_logger() -> FilteringBoundLogger:
    return structlog.get_logger()


def _hide_private(_: Any, __: str, event: EventDict) -> EventDict:
    for key in PRIVATE & event.keys():
        event[key] = "[hidden]"
    return event


def _only_where_it_broke(_: Any, __: str, event: EventDict) -> EventDict:
    """An exception's class and place, without its message: that may quote a guest or a URL."""
    error: Any = event.pop("exc_info", None)
    if error is True:
        error = sys.exc_info()[1]
    if isinstance(error, tuple):
        error = cast("tuple[Any, Any, Any]", error)[1]
    if isinstance(error, BaseException):
        event["error"] = type(error).__name__
        frame = error.__traceback__
        while frame is not None and frame.tb_next is not None:
            frame = frame.tb_next
        if frame is not None:
            event["at"] = f"{frame.tb_frame.f_globals.get('__name__', '?')}:{frame.tb_lineno}"
    return event


def configure_logging(level: str, style: str) -> None:
    """Once per process. Other libraries' records go through the same last processors."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _only_where_it_broke,
        _hide_private,
    ]
    last: Processor = (
        structlog.processors.JSONRenderer()
        if style == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stdout.isatty())
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(
            logging.getLevelNamesMapping()[level.upper()]
        ),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, last],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level.upper())
    for noisy in NOISY:
        logging.getLogger(noisy).setLevel(logging.WARNING)
    for twice in ("celery.worker.strategy", "celery.app.trace"):
        logging.getLogger(twice).setLevel(logging.CRITICAL)  # a task says itself how it went


def bind_ids(**ids: Any) -> None:
    """Bind ids to every later log line of this request or task."""
    bind_contextvars(**{k: str(v) for k, v in ids.items()})


def clear_ids() -> None:
    """Forget what the last request bound."""
    clear_contextvars()


@contextmanager
def bound(**ids: Any) -> Generator[None]:
    """Bind ids to every log line inside the block."""
    with bound_contextvars(**{k: str(v) for k, v in ids.items()}):
        yield
