"""Where the address of a merged category leads.

Revision: 0004, after 0003.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "category_redirect",
        sa.Column("slug", sa.String(length=90), nullable=False),
        sa.Column("category_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["category_id"], ["category.id"], name=op.f("fk_category_redirect_category_id")
        ),
        sa.PrimaryKeyConstraint("slug", name=op.f("pk_category_redirect")),
    )
    op.create_index(
        op.f("ix_category_redirect_category_id"), "category_redirect", ["category_id"], unique=False
    )


def downgrade() -> None:
    op.drop_table("category_redirect")
