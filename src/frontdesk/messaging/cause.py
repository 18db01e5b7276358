"""Which rules stand behind what a transaction writes: set once, kept on every row it causes."""

from collections.abc import Generator, Sequence
from contextlib import contextmanager

from sqlalchemy.ext.asyncio import AsyncSession

CHAIN = "chain"
"""Where a session keeps it."""


@contextmanager
def caused_by(session: AsyncSession, chain: Sequence[str]) -> Generator[None]:
    """Events, messages and alerts written inside know these rules as their cause."""
    before = session.info.get(CHAIN, [])
    session.info[CHAIN] = list(chain)
    try:
        yield
    finally:
        session.info[CHAIN] = before


def chain_of(session: AsyncSession) -> list[str]:
    return list(session.info.get(CHAIN, []))
