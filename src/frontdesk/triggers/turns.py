"""Which event comes next: those of one subject in the order they happened, one at a time."""

from sqlalchemy import Select, func, select

from frontdesk.messaging.models import OutboxEvent

WINDOW = 500
"""So many of the oldest are looked at: what comes before another of its subject is among them."""


def next_event() -> Select[OutboxEvent]:
    """The first of a subject, ours until the transaction ends. One that fails lets other subjects
    pass, and holds up its own until it is done or dead.
    """
    of = OutboxEvent
    waits = of.processed_at.is_(None) & of.dead_at.is_(None)
    subject = func.event_subject(of.event_type, of.aggregate_id, of.payload)
    oldest = select(of.id, of.seq, subject.label("subject")).where(waits)
    oldest = oldest.order_by(of.seq).limit(WINDOW).subquery()
    turn = func.row_number().over(partition_by=oldest.c.subject, order_by=oldest.c.seq)
    turns = select(oldest.c.id, turn.label("turn")).subquery()
    query = select(of).join(turns, (turns.c.id == of.id) & (turns.c.turn == 1)).where(waits)
    query = query.order_by(of.tries, of.seq).limit(1)
    return query.with_for_update(skip_locked=True, of=of)
