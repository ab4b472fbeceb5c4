"""Imports that can be undone; neutral answers and views in the totals of other systems.

Revision: 0011, after 0010.
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("counter_snapshot", sa.Column("neutral", sa.Integer(), nullable=True))
    op.add_column("counter_snapshot", sa.Column("views", sa.Integer(), nullable=True))
    op.add_column("import_batch", sa.Column("categories", sa.JSON(), nullable=True))
    op.add_column("import_batch", sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "import_effect",
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=500), nullable=False),
        sa.Column("created", sa.Boolean(), nullable=False),
        sa.Column("published", sa.Boolean(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=True),
        sa.Column("before", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["import_batch.id"], name=op.f("fk_import_effect_batch_id")
        ),
        sa.ForeignKeyConstraint(
            ["article_id"], ["article.id"], name=op.f("fk_import_effect_article_id")
        ),
        sa.PrimaryKeyConstraint("batch_id", "article_id", name=op.f("pk_import_effect")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_import_effect_article_id"), "import_effect", ["article_id"])


def downgrade() -> None:
    op.drop_table("import_effect")
    for table, columns in (
        ("import_batch", ("undone_at", "categories")),
        ("counter_snapshot", ("views", "neutral")),
    ):
        for column in columns:
            op.drop_column(table, column)
