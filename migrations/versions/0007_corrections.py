"""Corrections followed to their end: assigned, put off, judged; flags from other rules than votes.

Revision: 0007, after 0006.
"""

import sqlalchemy as sa
from alembic import op
from alembic.operations import BatchOperations

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

KINDS_BEFORE = ("isolated", "confirmed")
KINDS = (*KINDS_BEFORE, "dropped", "by_hand", "overdue", "content")
COLUMNS = ("assigned_by_id", "snoozed_until", "snooze_reason", "looked_with", "evidence")


def upgrade() -> None:
    with op.batch_alter_table("correction") as batch:
        batch.add_column(sa.Column("assigned_by_id", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("snoozed_until", sa.Date(), nullable=True))
        batch.add_column(sa.Column("snooze_reason", sa.Text(), nullable=True))
        batch.add_column(sa.Column("looked_with", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("evidence", sa.JSON(), nullable=True))
        batch.create_foreign_key(
            op.f("fk_correction_assigned_by_id"), "account", ["assigned_by_id"], ["id"]
        )
        batch.create_check_constraint(
            op.f("ck_correction_snoozed_has_reason"),
            "(snoozed_until IS NULL) = (snooze_reason IS NULL)",
        )
    with op.batch_alter_table("flag") as batch:
        batch.add_column(sa.Column("raised_by_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(op.f("fk_flag_raised_by_id"), "account", ["raised_by_id"], ["id"])
        _allow(batch, KINDS)


def downgrade() -> None:
    op.execute("DELETE FROM flag WHERE kind NOT IN ('isolated', 'confirmed')")
    with op.batch_alter_table("flag") as batch:
        batch.drop_constraint(op.f("fk_flag_raised_by_id"), type_="foreignkey")
        batch.drop_column("raised_by_id")
        _allow(batch, KINDS_BEFORE)
    with op.batch_alter_table("correction") as batch:
        batch.drop_constraint(op.f("fk_correction_assigned_by_id"), type_="foreignkey")
        batch.drop_constraint(op.f("ck_correction_snoozed_has_reason"), type_="check")
        for column in COLUMNS:
            batch.drop_column(column)


def _allow(batch: BatchOperations, kinds: tuple[str, ...]) -> None:
    codes = ", ".join(f"'{kind}'" for kind in kinds)
    batch.drop_constraint(op.f("ck_flag_flagkind"), type_="check")
    batch.create_check_constraint(op.f("ck_flag_flagkind"), f"kind IN ({codes})")
