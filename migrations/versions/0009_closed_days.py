"""The revision of closed days; votes that say why found among the others of a measure.

Revision: 0009, after 0008.
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("ledger", sa.Column("closed", sa.Integer(), server_default="0", nullable=False))
    op.create_index(
        "ix_vote_reason",
        "vote",
        ["period_id", "reason"],
        unique=False,
        sqlite_where=sa.text("reason IS NOT NULL"),
        postgresql_where=sa.text("reason IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_vote_reason", table_name="vote")
    op.drop_column("ledger", "closed")
