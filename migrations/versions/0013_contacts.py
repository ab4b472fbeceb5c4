"""Where the author of a remark may be told that it was answered.

Revision: 0013, after 0012.
"""

import sqlalchemy as sa
from alembic import op

from faq_cms.models import Instant

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "contact",
        sa.Column("remark_id", sa.Integer(), nullable=False),
        sa.Column("address", sa.String(length=254), nullable=False),
        sa.Column("key", sa.String(length=43), nullable=False),
        sa.Column("left_at", Instant(), nullable=False),
        sa.Column("sent_at", Instant(), nullable=True),
        sa.Column("declined_at", Instant(), nullable=True),
        sa.CheckConstraint(
            "sent_at IS NULL OR declined_at IS NULL", name=op.f("ck_contact_decided_once")
        ),
        sa.ForeignKeyConstraint(["remark_id"], ["remark.id"], name=op.f("fk_contact_remark_id")),
        sa.PrimaryKeyConstraint("remark_id", name=op.f("pk_contact")),
        sa.UniqueConstraint("key", name=op.f("uq_contact_key")),
    )


def downgrade() -> None:
    op.drop_table("contact")
