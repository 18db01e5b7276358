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
    SEND_MAIL = "send_mail"
    """key: empty; the nil hotel's mails are the installation's own"""
    EXPIRE = "expire"
    """key: empty; lets go of what is older than the hotel keeps it"""
    SEAL_AUDIT = "seal_audit"
    """key: empty; gives the audit log's new entries their place in the hotel's chain"""
    SETTLE_PAYMENTS = "settle_payments"
    """key: empty; callbacks that wait, and payments whose outcome is open"""
