"""What each channel received, when, and what it serves since.

Revision: 0008, after 0007.
"""

import sqlalchemy as sa
from alembic import op

from faq_cms.models import Instant

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "destination",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(length=24), nullable=False),
        sa.Column("way", sa.String(length=24), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("selection", sa.JSON(), nullable=False),
        sa.Column("selection_key", sa.String(length=64), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("seen_at", Instant(), nullable=True),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("left_at", Instant(), nullable=True),
        sa.CheckConstraint(
            "way IN ('machine', 'job', 'push', 'download')", name=op.f("ck_destination_way")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_destination")),
        sa.UniqueConstraint(
            "channel",
            "way",
            "name",
            "selection_key",
            name=op.f("uq_destination_channel_way_name_selection_key"),
        ),
    )
    op.create_table(
        "delivery",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("destination_id", sa.Integer(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("outcome", sa.String(length=24), nullable=False),
        sa.Column("articles", sa.Integer(), nullable=False),
        sa.Column("added", sa.Integer(), nullable=False),
        sa.Column("modified", sa.Integer(), nullable=False),
        sa.Column("withdrawn", sa.Integer(), nullable=False),
        sa.Column("failure", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "added >= 0 AND modified >= 0 AND withdrawn >= 0", name=op.f("ck_delivery_counts")
        ),
        sa.CheckConstraint(
            "(outcome = 'failed') = (failure <> '')", name=op.f("ck_delivery_failure_is_said")
        ),
        sa.CheckConstraint(
            "outcome IN ('done', 'failed', 'missed')", name=op.f("ck_delivery_deliveryoutcome")
        ),
        sa.ForeignKeyConstraint(
            ["destination_id"], ["destination.id"], name=op.f("fk_delivery_destination_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery")),
    )
    op.create_index(
        op.f("ix_delivery_destination_id_at"), "delivery", ["destination_id", "at"], unique=False
    )
    op.create_table(
        "held_article",
        sa.Column("destination_id", sa.Integer(), nullable=False),
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("changed_at", Instant(), nullable=False),
        sa.Column("sent_at", Instant(), nullable=False),
        sa.Column("remote_id", sa.String(length=64), nullable=True),
        sa.Column("remote_digest", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(
            ["article_id"], ["article.id"], name=op.f("fk_held_article_article_id")
        ),
        sa.ForeignKeyConstraint(
            ["destination_id"], ["destination.id"], name=op.f("fk_held_article_destination_id")
        ),
        sa.ForeignKeyConstraint(
            ["version_id"], ["version.id"], name=op.f("fk_held_article_version_id")
        ),
        sa.PrimaryKeyConstraint("destination_id", "article_id", name=op.f("pk_held_article")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        op.f("ix_held_article_article_id"), "held_article", ["article_id"], unique=False
    )


def downgrade() -> None:
    for table in ("held_article", "delivery", "destination"):
        op.drop_table(table)
