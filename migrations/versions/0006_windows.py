"""Sums of votes over closed days; flags found by their period, votes set aside among the others.

Revision: 0006, after 0005.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

COUNTS = ("helpful", "unhelpful", "off_text", "set_aside")


def upgrade() -> None:
    op.create_table(
        "closed_day",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_closed_day_single_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_closed_day")),
    )
    op.create_table(
        "window_tally",
        sa.Column("span", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=24), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in COUNTS),
        sa.ForeignKeyConstraint(
            ["version_id"], ["version.id"], name=op.f("fk_window_tally_version_id")
        ),
        sa.PrimaryKeyConstraint("span", "source", "version_id", name=op.f("pk_window_tally")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "day_total",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("source", sa.String(length=24), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in COUNTS),
        sa.PrimaryKeyConstraint("day", "source", name=op.f("pk_day_total")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_vote_set_aside",
        "vote",
        ["article_id", "period_id", "day"],
        unique=False,
        sqlite_where=sa.text("set_aside = 1"),
        postgresql_where=sa.text("set_aside"),
    )
    op.create_index(op.f("ix_flag_period_id"), "flag", ["period_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_flag_period_id"), table_name="flag")
    op.drop_index("ix_vote_set_aside", table_name="vote")
    for table in ("day_total", "window_tally", "closed_day"):
        op.drop_table(table)
