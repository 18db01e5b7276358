"""a kind of alerts is one there is

A ladder, a template or a preference of any other was accepted, and no alert ever used it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0236"
down_revision = "0235"
branch_labels = None
depends_on = None
THERE_ARE = """
    * emergency complaint asked_for_person money legal request change_booking identity_locked
    unknown_answer cannot_see missed_call sentiment urgency repeated_question failed_action
    low_confidence person vip in_house_at_night policy autonomy_off draft lock runaway late
    failed task task_overdue mention assigned trigger rule_broken rules_latched pms_conflict
    whatsapp_down system"""
UNUSED = (
    "DELETE FROM alert_ladders WHERE kind <> ALL (:kinds)",
    "DELETE FROM alert_templates WHERE kind <> ALL (:kinds)",
    """UPDATE staff SET preferences = (
        SELECT coalesce(jsonb_agg(one), '[]') FROM jsonb_array_elements(preferences) AS one
        WHERE coalesce(one->>'kind', '*') = ANY (:kinds))
    WHERE EXISTS (SELECT FROM jsonb_array_elements(preferences) AS one
        WHERE coalesce(one->>'kind', '*') <> ALL (:kinds))""",
)


def upgrade() -> None:
    kinds = sa.bindparam("kinds", THERE_ARE.split(), type_=sa.ARRAY(sa.Text))
    for statement in UNUSED:
        op.execute(sa.text(statement).bindparams(kinds))


def downgrade() -> None:
    """What could never be used is not brought back."""
