"""The names of background work: a ring says "look at this", the row says what."""

from enum import StrEnum


class Job(StrEnum):
    TAKE_TURN = "take_turn"
    """key: `instance_id|chat`"""
    APPLY_EVENTS = "apply_events"
    """key: instance_id; statuses, states, quota, calls and our own echoes"""
    RECONCILE = "reconcile"
    """key: `instance_id|minutes` of the journal to look through"""
    DELIVER = "deliver"
    """key: instance_id"""
    TELL_STAFF = "tell_staff"
    """key: empty"""
    RUN_TRIGGERS = "run_triggers"
    """key: empty"""
    INGEST_DOCUMENT = "ingest_document"
    """key: document_id"""
    RUN_IMPORT = "run_import"
    """key: import_id"""
    READ_CALENDAR = "read_calendar"
    """key: calendar_source_id"""
