"""What readers looked for, what they opened, what they did not find.

Revision: 0002, after 0001.
"""

import sqlalchemy as sa
from alembic import op

from faq_cms.models import Instant

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TABLES = ("search_day", "search_click_day", "support_click_day", "missing_question")


def upgrade() -> None:
    op.create_table(
        "search_day",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("query", sa.String(length=80), nullable=False),
        sa.Column("searches", sa.Integer(), nullable=False),
        sa.Column("results", sa.Integer(), nullable=False),
        sa.CheckConstraint("searches > 0 AND results >= 0", name=op.f("ck_search_day_counts")),
        sa.PrimaryKeyConstraint("day", "query", name=op.f("pk_search_day")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "search_click_day",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("query", sa.String(length=80), nullable=False),
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("clicks", sa.Integer(), nullable=False),
        sa.CheckConstraint("clicks > 0", name=op.f("ck_search_click_day_counts")),
        sa.ForeignKeyConstraint(
            ["article_id"], ["article.id"], name=op.f("fk_search_click_day_article_id")
        ),
        sa.PrimaryKeyConstraint("day", "query", "article_id", name=op.f("pk_search_click_day")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "support_click_day",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("place", sa.String(length=24), nullable=False),
        sa.Column("clicks", sa.Integer(), nullable=False),
        sa.CheckConstraint("clicks > 0", name=op.f("ck_support_click_day_counts")),
        sa.PrimaryKeyConstraint("day", "place", name=op.f("pk_support_click_day")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "missing_question",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(length=300), nullable=False),
        sa.Column("received_at", Instant(), nullable=False),
        sa.Column("handled_at", Instant(), nullable=True),
        sa.Column("handled_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "handled_by_id IS NULL OR handled_at IS NOT NULL",
            name=op.f("ck_missing_question_handled_is_dated"),
        ),
        sa.ForeignKeyConstraint(
            ["handled_by_id"], ["account.id"], name=op.f("fk_missing_question_handled_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_missing_question")),
    )
    op.create_index(
        op.f("ix_missing_question_handled_at_received_at"),
        "missing_question",
        ["handled_at", "received_at"],
        unique=False,
    )


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
